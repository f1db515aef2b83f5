package blogs

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// Asked asks for a page of a list.
type Asked struct {
	Before posts.Cursor `json:"before,omitempty"`
}

// Lately lists what people wrote in their blogs, newest first.
func (b Blogs) Lately(ctx context.Context, s tenants.Scope, in Asked) (posts.Page, error) {
	return b.posts.Latest(ctx, s, in.Before, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("post.kind = ?", kind) })
}

// Journal lists what the actor wrote for nobody else, or for the clinicians alone.
func (b Blogs) Journal(ctx context.Context, s tenants.Scope, in Asked) (posts.Page, error) {
	return b.posts.Private(ctx, s, in.Before, kind)
}

// ByHandle names a member's blog.
type ByHandle struct {
	Handle string       `path:"handle"`
	Before posts.Cursor `json:"before,omitempty"`
}

// Blog is a member's blog as the actor sees it.
type Blog struct {
	Owner  tenants.Person `json:"owner"`
	Name   string         `json:"name,omitempty"`
	About  string         `json:"about,omitempty"`
	Mine   bool           `json:"mine"`
	Series []Series       `json:"series,omitempty"`
	// Waiting is what the actor has planned in it.
	Waiting []posts.Saved `json:"waiting,omitempty"`
	posts.Page
}

// Blog reads a member's blog. Who never wrote has one too: an empty one.
func (b Blogs) Blog(ctx context.Context, s tenants.Scope, in ByHandle) (Blog, error) {
	owner, err := s.PersonByHandle(ctx, in.Handle)
	if err != nil {
		return Blog{}, err
	}
	blog, err := posts.FindHome(ctx, s, blogOf(s, owner))
	if err != nil {
		return Blog{}, err
	}
	out := Blog{Owner: owner, Name: blog.Name, About: blog.About, Mine: owner.ID == s.Actor.ID()}
	if out.Series, err = b.seriesOf(ctx, s, owner.ID); err != nil {
		return Blog{}, err
	}
	if out.Mine {
		if out.Waiting, err = b.posts.Waiting(ctx, s, kind); err != nil {
			return Blog{}, err
		}
	}
	out.Page, err = b.posts.Latest(ctx, s, in.Before, func(q *bun.SelectQuery) *bun.SelectQuery {
		if out.Mine { // those are in the journal
			q = q.Where("post.audience <> ?", tenants.AudienceClinicians)
		}
		return q.Where("post.place_id = ?", blog.ID)
	})
	return out, err
}

// Naming is what the actor's blog is called and about; both may be empty.
type Naming struct {
	Name  string `json:"name" validate:"max=60" label:"the name"`
	About string `json:"about" validate:"max=300" label:"what it is about"`
}

// Named is whose blog it is.
type Named struct {
	Handle string `json:"handle"`
}

// Name gives the actor's blog a name and a line about it.
func (b Blogs) Name(ctx context.Context, s tenants.Scope, in Naming) (Named, error) {
	if err := mayWrite(s); err != nil {
		return Named{}, err
	}
	blog, err := posts.BuildHome(ctx, s, blogOf(s, *s.Actor.Member))
	if err != nil {
		return Named{}, err
	}
	return Named{s.Actor.Member.HandleKey}, tenants.Touched(s.Update((*posts.Place)(nil)).
		Set("name = ?", strings.TrimSpace(in.Name)).Set("about = ?", strings.TrimSpace(in.About)).Where("id = ?", blog.ID).Exec(ctx))
}

// InSeries names a series of a blog.
type InSeries struct {
	Handle string `path:"handle"`
	Series string `path:"series"`
}

// Serial is a series with its posts in order.
type Serial struct {
	Owner tenants.Person `json:"owner"`
	Name  string         `json:"name"`
	Parts []Part         `json:"parts"`
}

// Series lists the posts of a series, the first first. NotFound where there is
// nothing in it that the actor may read.
func (b Blogs) Series(ctx context.Context, s tenants.Scope, in InSeries) (Serial, error) {
	owner, err := s.PersonByHandle(ctx, in.Handle)
	if err != nil {
		return Serial{}, err
	}
	out := Serial{Owner: owner}
	if out.Name, out.Parts, err = b.parts(ctx, s, owner.ID, SeriesKey(in.Series)); err == nil && len(out.Parts) == 0 {
		err = fault.Missing()
	}
	return out, err
}

// Opened is a blog post as the actor sees it.
type Opened struct {
	posts.Thread
	Entry Entry `json:"entry"`
	// Shut says why nobody can reply; empty if they can.
	Shut string `json:"shut,omitempty"`
	// Parts are the posts of its series, this one among them.
	Parts []Part `json:"parts,omitempty"`
	// Series are those of the writer, for them to choose from.
	Series []Series `json:"series,omitempty"`
}

// Show reads a blog post with its replies and its neighbours in the series.
func (b Blogs) Show(ctx context.Context, s tenants.Scope, in posts.Asked) (Opened, error) {
	entry, root, err := b.find(ctx, s, in.ID)
	if err != nil {
		return Opened{}, err
	}
	out := Opened{Entry: entry, Shut: entry.shut(root)}
	if out.Thread, err = b.posts.Thread(ctx, s, root, in); err != nil {
		return Opened{}, err
	}
	if root.AuthorID == s.Actor.ID() {
		if out.Series, err = b.seriesOf(ctx, s, root.AuthorID); err != nil {
			return Opened{}, err
		}
	}
	_, out.Parts, err = b.parts(ctx, s, root.AuthorID, entry.SeriesKey)
	return out, err
}

// at is the place of the post among the parts of its series; -1 if it is not there.
func (o Opened) at() int {
	return slices.IndexFunc(o.Parts, func(part Part) bool { return part.ID == o.Root.ID })
}

// Keep is a wish to read a post later, or no longer.
type Keep struct {
	ID   uuid.UUID `path:"id"`
	Keep bool      `json:"keep"`
	// List says that a browser was on the list and returns there.
	List bool `json:"list,omitempty"`
}

// Place is where a browser goes next.
type Place struct {
	Path string `json:"path"`
}

// Keep puts a post on the actor's reading list or takes it off; saying the same
// twice changes nothing. What they can no longer read can still be taken off.
func (b Blogs) Keep(ctx context.Context, s tenants.Scope, in Keep) (Place, error) {
	out := Place{"/" + s.Service.Slug + "/blogs/kept"}
	if !in.Keep {
		if _, err := s.Delete((*keeping)(nil)).Where("post_id = ?", in.ID).Where("member_id = ?", s.Actor.ID()).Exec(ctx); err != nil || in.List {
			return out, err
		}
	}
	_, post, err := b.find(ctx, s, in.ID)
	if err != nil {
		return Place{}, err
	}
	if !in.List {
		out.Path = "/" + s.Service.Slug + post.Path
	}
	if !in.Keep {
		return out, nil
	}
	if s.Actor.Member == nil {
		return Place{}, fault.New(fault.Forbidden, "You are not a member of this service, so you have no reading list in it.")
	}
	row := keeping{MemberID: s.Actor.ID(), PostID: post.ID, KeptAt: s.Now}
	_, err = s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx)
	return out, err
}

// Kept lists what the actor keeps to read later and may still read.
func (b Blogs) Kept(ctx context.Context, s tenants.Scope, in Asked) (posts.Page, error) {
	return b.posts.Latest(ctx, s, in.Before, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("post.kind = ?", kind).Where(fmt.Sprintf(iKeep, "post.id"), s.Actor.ID())
	})
}
