package posts

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Draft is what a room gives to publish. About is what it gave Desk.
type Draft struct {
	Kind, Module, Title, Body string
	Audience                  tenants.Audience
	About                     uuid.UUID
	Choices                   Choices
	Extras
}

// fits tells what is wrong with a draft or with posting it there; nil for nothing.
func (k *Kernel) fits(s tenants.Scope, place Place, draft Draft) error {
	if err := place.CanPost(s); err != nil {
		return err
	}
	if kind := k.kinds[draft.Kind]; kind.Fits != nil {
		return kind.Fits(s, draft.Body)
	}
	return nil
}

// Publish makes a post in a place. Forbidden if the actor may not post there.
func (k *Kernel) Publish(ctx context.Context, s tenants.Scope, place Place, draft Draft) (Post, error) {
	if err := k.fits(s, place, draft); err != nil {
		return Post{}, err
	}
	post := Post{Kind: draft.Kind, Module: draft.Module, PlaceID: place.ID, Audience: draft.Audience}
	if place.Audience != tenants.AudienceService || post.Audience == "" {
		post.Audience = place.Audience // a place's own audience is the widest that its posts can have
	}
	if post.Audience == tenants.AudienceFriends {
		me := s.Actor.ID()
		if post.CircleID = &me; place.OwnerID != nil {
			post.CircleID = place.OwnerID
		}
	}
	post.Write(strings.TrimSpace(draft.Title), strings.TrimSpace(draft.Body))
	if err := k.insert(ctx, s, &post, draft.About, draft.Extras); err != nil {
		return Post{}, err
	}
	if err := follow(ctx, s, post.ID); err != nil {
		return Post{}, err
	}
	if post.State == Visible {
		if err := k.emit(ctx, s, Published, post); err != nil {
			return Post{}, err
		}
	}
	return k.find(ctx, s, post.ID)
}

// insert adds a post with what its form had besides its words, and forgets the draft.
func (k *Kernel) insert(ctx context.Context, s tenants.Scope, post *Post, about uuid.UUID, extras Extras) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	if post.Notes, err = offered(s, extras.Notes, nil); err != nil {
		return err
	}
	if post.Images, err = pictured(ctx, s, extras, uuid.Nil); err != nil {
		return err
	}
	post.ID, post.AuthorID, post.PublishedAt = id, s.Actor.ID(), s.Now
	post.State, post.Version = Visible, 1
	if err := kindly(s, *post, extras.AsIs); err != nil {
		return err
	}
	said, verdict, err := k.screen(ctx, s, post)
	if err != nil {
		return err
	}
	if _, err = s.Insert(post).Exec(ctx); err != nil {
		return err
	}
	if _, err := k.desk.Settle(ctx, s, said, verdict); err != nil {
		return err
	}
	if _, err := k.mention(ctx, s, post, nil); err != nil {
		return err
	}
	if err := attach(ctx, s, post.ID, post.Images); err != nil || !extras.Draft {
		return err
	}
	return dropOf(ctx, s, post.Kind, about)
}

// NewReply is an answer to a post.
type NewReply struct {
	ID     uuid.UUID  `path:"id"`
	Body   string     `json:"body" validate:"filled,max=10000" label:"your reply"`
	Quotes *uuid.UUID `json:"quotes,omitempty"`
	Extras
}

// Reply answers a post. Everybody who can read it may, unless the room says no.
func (k *Kernel) Reply(ctx context.Context, s tenants.Scope, in NewReply) (Done, error) {
	root, err := k.oneMore(ctx, s, in.ID)
	if err != nil {
		return Done{}, err
	}
	if s.Actor.Member == nil {
		return Done{}, fault.New(fault.Forbidden, "You are not a member of this service, so you cannot reply in it.")
	}
	if kind := k.kinds[root.Kind]; kind.Replying != nil {
		if err := kind.Replying(ctx, s, root); err != nil {
			return Done{}, err
		}
	}
	reply := Post{Kind: Reply, Module: root.Module, PlaceID: root.PlaceID, ParentID: &root.ID, Audience: root.Audience, CircleID: root.CircleID}
	if in.Quotes != nil {
		if err := k.quotable(ctx, s, root, *in.Quotes); err != nil {
			return Done{}, err
		}
		reply.QuotesID = in.Quotes
	}
	reply.Write("", strings.TrimSpace(in.Body))
	if err := k.insert(ctx, s, &reply, root.ID, in.Extras); err != nil {
		return Done{}, err
	}
	if err := follow(ctx, s, root.ID); err != nil {
		return Done{}, err
	}
	if reply.State == Visible {
		err = k.emitIn(ctx, s, Replied, reply, root.State)
	} else {
		err = k.fewer(ctx, s, root.ID, 1) // it counts once others can see it
	}
	if err != nil {
		return Done{}, err
	}
	k.Dress(s, &reply)
	return Done{reply, inThread(s, root, reply, root.Replies > PageSize)}, nil
}

// quotable refuses to quote what stands elsewhere or is not for the actor.
func (k *Kernel) quotable(ctx context.Context, s tenants.Scope, root Post, id uuid.UUID) error {
	quoted, err := k.bare(ctx, s, id)
	if err != nil && !database.Missing(err) {
		return err
	}
	if err != nil || quoted.ID != root.ID && (quoted.ParentID == nil || *quoted.ParentID != root.ID) {
		return fault.Bad("quotes", "The reply that you quote is not here any more. Send yours without the quote.")
	}
	return nil
}

// Alone locks a conversation's first post. Whoever adds to a conversation, takes
// from it or moves it does this before all else, so that they take turns and
// never wait for each other in a circle.
func (k *Kernel) Alone(ctx context.Context, s tenants.Scope, root uuid.UUID) error {
	return s.Lock(new(Post)).Column("id").Where("post.id = ?", root).Scan(ctx, new(uuid.UUID))
}

// inThread is the address of a reply on its root's page.
func inThread(s tenants.Scope, root, reply Post, long bool) string {
	path := "/" + s.Service.Slug + root.Path
	if long {
		path += "?from=" + CursorOf(reply).String()
	}
	return path + "#post-" + reply.ID.String()
}

// back is where a browser returns to after a small command: the page it came
// from, if that is one of this service's, at the post.
func back(s tenants.Scope, from string, post Post) string {
	if home := "/" + s.Service.Slug; !within(home, from) {
		from = home + post.Path
	}
	from, _, _ = strings.Cut(from, "#")
	return from + "#post-" + post.ID.String()
}

// within tells whether a path is one of a service's own.
func within(home, path string) bool {
	return path == home || strings.HasPrefix(path, home+"/") || strings.HasPrefix(path, home+"?")
}

// Follow is a wish to hear, or no longer hear, of new replies.
type Follow struct {
	ID     uuid.UUID `path:"id"`
	Follow bool      `json:"follow"`
}

// Follower is one member's interest in one post.
type Follower struct {
	bun.BaseModel `bun:"table:follows,alias:follow"`
	tenants.InService

	PostID     uuid.UUID `bun:"post_id,pk,type:uuid"`
	MemberID   uuid.UUID `bun:"member_id,pk,type:uuid"`
	FollowedAt time.Time `bun:"followed_at"`
}

// Follow sets whether the actor follows a post.
func (k *Kernel) Follow(ctx context.Context, s tenants.Scope, in Follow) (Done, error) {
	root, err := k.find(ctx, s, in.ID)
	if err == nil && root.IsReply() {
		err = fault.Missing()
	}
	if err != nil {
		return Done{}, err
	}
	if in.Follow {
		err = follow(ctx, s, root.ID)
	} else {
		_, err = s.Delete((*Follower)(nil)).Where("post_id = ?", root.ID).Where("member_id = ?", s.Actor.ID()).Exec(ctx)
	}
	return Done{root, back(s, "", root)}, err
}

func follow(ctx context.Context, s tenants.Scope, post uuid.UUID) error {
	row := Follower{PostID: post, MemberID: s.Actor.ID(), FollowedAt: s.Now}
	_, err := s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx)
	return err
}
