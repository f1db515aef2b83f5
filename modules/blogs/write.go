package blogs

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// furthest is how long ahead somebody can plan.
const furthest = 366 * 24 * time.Hour

// Beginning asks for a fresh page to write on, in the journal if wished.
type Beginning struct {
	Journal bool `json:"journal,omitempty"`
}

// Begun is a page to write on.
type Begun struct {
	ID   uuid.UUID `json:"id"`
	Path string    `json:"path"`
}

// Elsewhere sends a browser to the page.
func (b Begun) Elsewhere() string { return b.Path }

// Begin names a fresh page. Nothing is stored before something is written on it.
func (b Blogs) Begin(_ context.Context, s tenants.Scope, in Beginning) (Begun, error) {
	if err := mayWrite(s); err != nil {
		return Begun{}, err
	}
	id, err := uuid.NewV7()
	out := Begun{ID: id, Path: "/" + s.Service.Slug + "/blogs/write/" + id.String()}
	if in.Journal {
		out.Path += "?journal=true"
	}
	return out, err
}

// Page names a page that somebody writes on.
type Page struct {
	Begun   uuid.UUID `path:"begun"`
	Journal bool      `json:"journal,omitempty"`
	posts.Written
}

// Writing is such a page.
type Writing struct {
	Begun     uuid.UUID          `json:"begun"`
	Desk      posts.Desk         `json:"desk"`
	Audiences []tenants.Audience `json:"audiences"`
	Audience  tenants.Audience   `json:"audience,omitempty"`
	Series    []Series           `json:"series,omitempty"`
	// Scheduling tells whether something can be planned here.
	Scheduling bool `json:"scheduling"`

	planned   *posts.Post // how it will look, while it waits
	elsewhere string
}

// Elsewhere is where a browser is sent instead: to what is published already.
func (w Writing) Elsewhere() string { return w.elsewhere }

// Writing reads what the actor has begun on a page, or has planned.
func (b Blogs) Writing(ctx context.Context, s tenants.Scope, in Page) (Writing, error) {
	if err := mayWrite(s); err != nil {
		return Writing{}, err
	}
	out := Writing{Begun: in.Begun, Audiences: audiences(s), Scheduling: settings(s).Scheduling}
	if in.Journal && slices.Contains(out.Audiences, tenants.AudienceSelf) {
		out.Audience = tenants.AudienceSelf
	}
	post, err := published(ctx, s, in.Begun)
	if err != nil {
		return Writing{}, err
	}
	if post != uuid.Nil {
		out.elsewhere = "/" + s.Service.Slug + "/blogs/posts/" + post.String()
	}
	if out.Desk, err = b.posts.Desk(ctx, s, kind, in.Begun, in.Written); err != nil {
		return Writing{}, err
	}
	if draft := out.Desk.Draft; draft != nil && draft.DueAt != nil {
		look := draft.Preview(s)
		b.posts.Dress(s, &look)
		out.planned = &look
	}
	out.Series, err = b.seriesOf(ctx, s, s.Actor.ID())
	return out, err
}

// NewPost is a blog post, to be published now or at its date and time.
type NewPost struct {
	Begun    uuid.UUID        `path:"begun"`
	Title    string           `json:"title" validate:"filled,max=150" label:"a title"`
	Body     string           `json:"body" validate:"filled,max=10000" label:"your words"`
	Audience tenants.Audience `json:"audience,omitempty" validate:"max=40" label:"who can see it"`
	posts.Choices
	posts.Extras
}

// Written is the post, or what waits to become one, and where it is.
type Written struct {
	Post    *posts.Post  `json:"post,omitempty"`
	Waiting *posts.Saved `json:"waiting,omitempty"`
	Path    string       `json:"path"`
}

// Write publishes what the actor wrote, or plans it. What was begun is published
// once: a second time leads to the same post.
func (b Blogs) Write(ctx context.Context, s tenants.Scope, in NewPost) (Written, error) {
	draft := posts.Draft{Kind: kind, Title: in.Title, Body: in.Body, Audience: in.Audience, About: in.Begun, Choices: in.Choices, Extras: in.Extras}
	blog, err := b.check(ctx, s, &draft)
	if err != nil {
		return Written{}, err
	}
	done, err := b.already(ctx, s, in.Begun)
	if err != nil || done != nil {
		return Written{Post: done, Path: pathOf(s, done)}, err
	}
	if in.Date == "" && in.Time == "" {
		post, err := b.publish(ctx, s, blog, draft)
		return Written{Post: &post, Path: pathOf(s, &post)}, err
	}
	at, err := planned(s, in)
	if err != nil {
		return Written{}, err
	}
	waiting, err := b.posts.Schedule(ctx, s, blog, draft, at)
	return Written{Waiting: &waiting, Path: "/" + s.Service.Slug + "/blogs/write/" + in.Begun.String()}, err
}

// planned is when a post is to be published.
func planned(s tenants.Scope, in NewPost) (time.Time, error) {
	at, err := modules.LondonTime(strings.TrimSpace(in.Date), strings.TrimSpace(in.Time))
	switch {
	case !settings(s).Scheduling:
		err = fault.Bad("date", "In this service posts are published at once. Leave the day and the time empty.")
	case in.Audience == tenants.AudienceSelf:
		err = fault.Bad("date", "Only you will see this, so there is nothing to plan. Leave the day and the time empty.")
	case err != nil:
	case !at.After(s.Now):
		err = fault.Bad("date", "Choose a day and a time that are still to come, or leave both empty to publish it now.")
	case at.After(s.Now.Add(furthest)):
		err = fault.Bad("date", "Choose a day within a year from now.")
	}
	return at, err
}

// check holds a draft to what the room and the writer's roles allow, and finds
// their blog, which is then theirs alone until the unit of work ends.
func (b Blogs) check(ctx context.Context, s tenants.Scope, draft *posts.Draft) (posts.Place, error) {
	draft.Module, draft.Draft = key, true
	draft.Choices.Series = strings.Join(strings.Fields(draft.Choices.Series), " ")
	if draft.Audience == "" {
		draft.Audience = tenants.AudienceService
	}
	switch err := mayWrite(s); {
	case err != nil:
		return posts.Place{}, err
	case !slices.Contains(audiences(s), draft.Audience):
		return posts.Place{}, fault.Bad("audience", "Choose who can see it from the list.")
	case draft.Choices.Series != "" && SeriesKey(draft.Choices.Series) == "":
		return posts.Place{}, fault.Bad("series", "Give the series a name with letters or numbers in it.")
	}
	blog, err := posts.BuildHome(ctx, s, blogOf(s, *s.Actor.Member))
	if err != nil {
		return posts.Place{}, err
	}
	return blog, s.Lock(new(posts.Place)).Column("id").Where("place.id = ?", blog.ID).Scan(ctx, new(uuid.UUID))
}

// already is the post that became of what the actor began; nil if there is none.
func (b Blogs) already(ctx context.Context, s tenants.Scope, begun uuid.UUID) (*posts.Post, error) {
	id, err := published(ctx, s, begun)
	if err != nil || id == uuid.Nil {
		return nil, err
	}
	_, post, err := b.find(ctx, s, id)
	return &post, err
}

func pathOf(s tenants.Scope, post *posts.Post) string {
	if post == nil {
		return ""
	}
	return "/" + s.Service.Slug + post.Path
}

// publish makes a post of a draft that was checked.
func (b Blogs) publish(ctx context.Context, s tenants.Scope, blog posts.Place, draft posts.Draft) (posts.Post, error) {
	post, err := b.posts.Publish(ctx, s, blog, draft)
	if err != nil {
		return posts.Post{}, err
	}
	entry := Entry{PostID: post.ID, AuthorID: post.AuthorID, BegunID: draft.About, NoReplies: draft.Choices.NoReplies,
		Series: draft.Choices.Series, SeriesKey: SeriesKey(draft.Choices.Series)}
	_, err = s.Insert(&entry).Exec(ctx)
	return post, err
}

// due publishes what was planned, as its writer.
func (b Blogs) due(ctx context.Context, s tenants.Scope, saved posts.Saved) error {
	draft := saved.ToPublish()
	blog, err := b.check(ctx, s, &draft)
	if err != nil {
		return err
	}
	_, err = b.publish(ctx, s, blog, draft)
	return err
}

// Planned names what waits to be published.
type Planned struct {
	Begun uuid.UUID `path:"begun"`
}

// TakeBack makes a draft again of what is planned, to change or to leave.
// NotFound where it does not wait, or not any more.
func (b Blogs) TakeBack(ctx context.Context, s tenants.Scope, in Planned) (Place, error) {
	return Place{"/" + s.Service.Slug + "/blogs/write/" + in.Begun.String()}, b.posts.TakeBack(ctx, s, kind, in.Begun)
}

// Choices are what the writer of a post can change beside its words.
type Choices struct {
	ID        uuid.UUID `path:"id"`
	Series    string    `json:"series" validate:"max=80" label:"the name of the series"`
	NoReplies bool      `json:"no_replies"`
}

// Choose sets the series of the actor's own post and whether people may reply.
func (b Blogs) Choose(ctx context.Context, s tenants.Scope, in Choices) (Entry, error) {
	_, post, err := b.find(ctx, s, in.ID)
	if err == nil {
		err = post.CanEdit(s)
	}
	if err != nil {
		return Entry{}, err
	}
	series := strings.Join(strings.Fields(in.Series), " ")
	if series != "" && SeriesKey(series) == "" {
		return Entry{}, fault.Bad("series", "Give the series a name with letters or numbers in it.")
	}
	err = tenants.Touched(s.Update((*Entry)(nil)).Set("series = ?", series).Set("series_key = ?", SeriesKey(series)).Set("no_replies = ?", in.NoReplies).
		Where("post_id = ?", post.ID).Exec(ctx))
	if err != nil {
		return Entry{}, err
	}
	entry, _, err := b.find(ctx, s, post.ID)
	return entry, err
}
