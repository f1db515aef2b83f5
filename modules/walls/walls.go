// Package walls gives every member a wall: a place of their own where they and,
// if they like, others write. It may touch places and posts through the kernel.
package walls

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const (
	key  = "walls"
	kind = "wall_post"
)

// Settings is what a service lead tunes.
type Settings struct {
	OthersMayPost bool `json:"others_may_post" label:"Members may write on each other’s walls" hint:"A member can still close their own wall to others."`
	MaxLength     int  `json:"max_length" label:"Longest post, in characters" hint:"Between 280 and 10000." validate:"gte=280,lte=10000"`
}

var defaults = Settings{OthersMayPost: true, MaxLength: 5000}

// Walls is the room.
type Walls struct{ posts *posts.Kernel }

// New makes the room.
func New(kernel *posts.Kernel) modules.Module {
	w := Walls{kernel}
	kernel.Register(posts.Kind{
		Key: kind, Module: key, Name: "wall post",
		Path:  func(p posts.Post) string { return "/posts/" + p.ID.String() },
		Where: where,
		Fits:  fits,
		Spot:  spot,
	})
	return modules.Module{
		Key: key, Name: "Walls", Searched: true, Icon: "sprout", Settings: defaults,
		About: "Each member has a wall to write on, and friends can leave a word there.",
		Grants: policy.Grants{
			"walls.read": {"member"}, "walls.post": {"member"}, "walls.tend": {"member"},
		},
		Routes: func(r *modules.Router) {
			web.Get(r, "/walls", "walls.read", "The walls of this service", w.List, listPage)
			web.Get(r, "/walls/{handle}", "walls.read", "A member's wall", w.Show, wallPage)
			web.Post(r, "/walls/{handle}", "walls.post", "Write on a wall", w.Write, web.SeeOther("{path}"), web.FormAt("/walls/{handle}"))
			web.Post(r, "/walls/{handle}/door", "walls.tend", "Say who may write on my wall", w.Tend, web.SeeOther("/walls/{handle}"), web.FormAt("/walls/{handle}"))
		},
		Rights: map[string]string{
			"walls.read": "Read walls",
			"walls.post": "Write on walls",
			"walls.tend": "Say who may write on their own wall",
		},
		Data: tenants.Holding{Classes: []tenants.Class{{Key: "wall", Name: "Your wall", About: "Who may write on it. What stands on it is with the posts."}}, Export: export},
		Person: func(s tenants.Scope, person tenants.Person) []tenants.Link {
			if !s.May("walls.read") {
				return nil
			}
			return []tenants.Link{{Name: person.Handle + "’s wall", Path: "/walls/" + person.HandleKey}}
		},
		Nav: func(s tenants.Scope) []ui.Room {
			if s.Actor.Member == nil || !s.May("walls.read") {
				return nil
			}
			mine := "/" + s.Service.Slug + "/walls/" + s.Actor.Member.HandleKey
			return []ui.Room{{Key: key, Name: "My wall", Icon: "sprout", Path: mine, Compose: mine + "#write"}}
		},
	}
}

// export adds what a member chose for their wall; what stands on it is the kernel's.
func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	wall, err := posts.FindHome(ctx, s, home(s, person))
	if err == nil && wall.ID != uuid.Nil {
		into.Add("Your wall", tenants.Item{At: wall.CreatedAt, Facts: []tenants.Fact{{Name: "Who may write on it", Value: string(wall.WhoMayPost)}}})
	}
	return err
}

func where(p posts.Post) string {
	switch {
	case p.Place.Owner == nil:
		return ""
	case p.Place.Owner.ID == p.AuthorID:
		return "on their own wall"
	}
	return "on " + p.Place.Owner.Handle + "’s wall"
}

// spot is the wall of the member whom a draft is about.
func spot(ctx context.Context, s tenants.Scope, about uuid.UUID) (posts.Spot, error) {
	var owner tenants.Person
	err := s.Select(&owner).Column("id", "handle", "handle_key").Where("id = ?", about).Where("status = 'active'").Scan(ctx)
	name := owner.Handle + "’s wall"
	if about == s.Actor.ID() {
		name = "Your own wall"
	}
	return posts.Spot{Path: "/walls/" + owner.HandleKey, Name: name}, err
}

// ByHandle names a member's wall.
type ByHandle struct {
	Handle string       `path:"handle"`
	Before posts.Cursor `json:"before,omitempty"`
	posts.Written
}

// Wall is a member's wall as the actor sees it.
type Wall struct {
	Owner      tenants.Person   `json:"owner"`
	WhoMayPost posts.WhoMayPost `json:"who_may_post"`
	Mine       bool             `json:"mine"`
	// Shut says why the actor cannot write here; empty if they can.
	Shut string `json:"shut,omitempty"`
	// Audiences are those that the actor may write for.
	Audiences []tenants.Audience `json:"audiences"`
	Desk      posts.Desk         `json:"desk"`
	posts.Page
}

// Show reads a wall. A member who never wrote has one too: an empty one.
func (w Walls) Show(ctx context.Context, s tenants.Scope, in ByHandle) (Wall, error) {
	owner, err := s.PersonByHandle(ctx, in.Handle)
	if err != nil {
		return Wall{}, err
	}
	wall, err := posts.FindHome(ctx, s, home(s, owner))
	if err != nil {
		return Wall{}, err
	}
	out := Wall{Owner: owner, WhoMayPost: wall.WhoMayPost, Mine: owner.ID == s.Actor.ID()}
	if out.Audiences, err = audiencesOn(ctx, s, owner); err != nil {
		return Wall{}, err
	}
	var refused *fault.Error
	if errors.As(canWrite(s, wall), &refused) {
		out.Shut = refused.Message
	} else if out.Desk, err = w.posts.Desk(ctx, s, kind, owner.ID, in.Written); err != nil {
		return Wall{}, err
	}
	out.Page, err = w.posts.Latest(ctx, s, in.Before, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("post.place_id = ?", wall.ID)
	})
	return out, err
}

// Lately asks for a page of all walls.
type Lately struct {
	Before posts.Cursor `json:"before,omitempty"`
}

// List shows who has written on which wall lately.
func (w Walls) List(ctx context.Context, s tenants.Scope, in Lately) (posts.Page, error) {
	return w.posts.Latest(ctx, s, in.Before, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("post.kind = ?", kind)
	})
}

// NewPost is something to write on a wall.
type NewPost struct {
	Handle   string           `path:"handle"`
	Body     string           `json:"body" validate:"filled,max=10000" label:"your words"`
	Audience tenants.Audience `json:"audience,omitempty" validate:"omitempty,oneof=service peers carers friends staff clinicians" label:"who can see it"`
	posts.Extras
}

// Written is the new post and where it can be seen.
type Written struct {
	Post posts.Post `json:"post"`
	Path string     `json:"path"`
}

// Write puts a post on a wall. Forbidden if its owner or the service does not let others.
func (w Walls) Write(ctx context.Context, s tenants.Scope, in NewPost) (Written, error) {
	owner, err := s.PersonByHandle(ctx, in.Handle)
	if err != nil {
		return Written{}, err
	}
	offers, err := audiencesOn(ctx, s, owner)
	if err != nil {
		return Written{}, err
	}
	if in.Audience != "" && !slices.Contains(offers, in.Audience) {
		return Written{}, fault.Bad("audience", "Choose people among whom the owner of this wall is.")
	}
	wall, err := posts.BuildHome(ctx, s, home(s, owner))
	if err != nil {
		return Written{}, err
	}
	if err := canWrite(s, wall); err != nil {
		return Written{}, err
	}
	post, err := w.posts.Publish(ctx, s, wall, posts.Draft{Kind: kind, Module: key, Body: in.Body, Audience: in.Audience, About: owner.ID, Extras: in.Extras})
	return Written{post, "/" + s.Service.Slug + "/walls/" + owner.HandleKey + "#post-" + post.ID.String()}, err
}

// Door says who may write on the actor's own wall.
type Door struct {
	Handle     string           `path:"handle"`
	WhoMayPost posts.WhoMayPost `json:"who_may_post" validate:"required,oneof=members owner" label:"who may write here"`
}

// Tend opens or closes the actor's wall to others.
func (w Walls) Tend(ctx context.Context, s tenants.Scope, in Door) (Door, error) {
	owner, err := s.PersonByHandle(ctx, in.Handle)
	if err != nil {
		return in, err
	}
	if owner.ID != s.Actor.ID() {
		return in, notYours()
	}
	wall, err := posts.BuildHome(ctx, s, home(s, owner))
	if err != nil {
		return in, err
	}
	return in, tenants.Touched(s.Update((*posts.Place)(nil)).Set("who_may_post = ?", in.WhoMayPost).Where("id = ?", wall.ID).Exec(ctx))
}
