package blogs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// Entry is what a blog post has beside its post.
type Entry struct {
	bun.BaseModel `bun:"table:blog_posts,alias:entry"`
	tenants.InService

	PostID   uuid.UUID `bun:"post_id,pk,type:uuid" json:"-"`
	AuthorID uuid.UUID `bun:"author_id,type:uuid" json:"-"`
	// BegunID is what was begun: published once, however often it is sent.
	BegunID   uuid.UUID `bun:"begun_id,type:uuid" json:"-"`
	Series    string    `bun:"series" json:"series,omitempty"`
	SeriesKey string    `bun:"series_key" json:"series_key,omitempty"` // its part of the address
	NoReplies bool      `bun:"no_replies" json:"no_replies"`

	Post *posts.Post `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:post_id=id" json:"-"`
	// Kept tells whether the actor keeps it to read later.
	Kept bool `bun:"kept,scanonly" json:"kept"`
}

// shut says why nobody replies to a post; empty if they may.
func (e Entry) shut(p posts.Post) string {
	switch {
	case p.Audience == tenants.AudienceSelf:
		return "Only you can see this, so there is nobody to reply."
	case e.NoReplies:
		return "The writer asked for no replies to this one. You can still let them know that you are with them."
	}
	return ""
}

// replying holds a reply, by whichever address it comes, to what the writer chose.
func replying(ctx context.Context, s tenants.Scope, root posts.Post) error {
	if !s.May("blogs.reply") {
		return fault.New(fault.Forbidden, "Your role here does not allow this.")
	}
	var entry Entry
	if err := s.Select(&entry).Column("no_replies").Where("entry.post_id = ?", root.ID).Scan(ctx); err != nil {
		return err
	}
	if shut := entry.shut(root); shut != "" {
		return fault.New(fault.Forbidden, shut)
	}
	return nil
}

// keeping is what somebody keeps to read later.
type keeping struct {
	bun.BaseModel `bun:"table:blog_kept,alias:kept"`
	tenants.InService

	MemberID uuid.UUID `bun:"member_id,pk,type:uuid"`
	PostID   uuid.UUID `bun:"post_id,pk,type:uuid"`
	KeptAt   time.Time `bun:"kept_at"`
}

const iKeep = "EXISTS (SELECT 1 FROM blog_kept AS k WHERE k.tenant_id = ?TableAlias.tenant_id AND k.post_id = %s AND k.member_id = ?)"

// find reads a blog post and what it has beside that. NotFound where the actor
// may not read it.
func (b Blogs) find(ctx context.Context, s tenants.Scope, id uuid.UUID) (Entry, posts.Post, error) {
	var post posts.Post
	entry := Entry{Post: &post}
	q := s.Select(&entry).ColumnExpr("entry.*").ColumnExpr(fmt.Sprintf(iKeep, "entry.post_id")+" AS kept", s.Actor.ID()).Where("entry.post_id = ?", id)
	err := b.posts.FindWith(ctx, s, q, id, &post)
	entry.Post = nil // it is returned beside the entry
	return entry, post, err
}

// published is the post that became of what the actor began; Nil for none yet.
func published(ctx context.Context, s tenants.Scope, begun uuid.UUID) (uuid.UUID, error) {
	var rows []Entry
	err := s.Select(&rows).Column("post_id").Where("entry.author_id = ?", s.Actor.ID()).Where("entry.begun_id = ?", begun).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return uuid.Nil, err
	}
	return rows[0].PostID, nil
}

// blogOf is a member's blog as it is before they write.
func blogOf(s tenants.Scope, owner tenants.Person) posts.Place {
	return posts.Home(s, key, owner, posts.PostOwner)
}

// Part is a post of a series.
type Part struct {
	ID          uuid.UUID `json:"id"`
	Title       string    `json:"title"`
	PublishedAt time.Time `json:"published_at"`
}

// mostParts is how many posts of a series are listed.
const mostParts = 200

// parts are the posts of a series that the actor may read, in order.
func (b Blogs) parts(ctx context.Context, s tenants.Scope, author uuid.UUID, series string) (name string, parts []Part, err error) {
	if series == "" {
		return "", nil, nil
	}
	var rows []Entry
	q := s.Select(&rows).Column("series").Relation("Post", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Column("id", "kind", "title", "notes", "author_id", "published_at")
	}).Where("entry.author_id = ?", author).Where("entry.series_key = ?", series).Order("post.published_at", "post.id").Limit(mostParts)
	if err := b.posts.SeenRoots(s, q).Scan(ctx); err != nil {
		return "", nil, err
	}
	for _, row := range rows {
		b.posts.Dress(s, row.Post)
		name, parts = row.Series, append(parts, Part{row.Post.ID, row.Post.Name(), row.Post.PublishedAt})
	}
	return name, parts, nil
}

// Series is a series as a blog lists it.
type Series struct {
	Key   string `bun:"key" json:"key"`
	Name  string `bun:"name" json:"name"`
	Posts int    `bun:"many" json:"posts"`
}

// seriesOf are the series of a member's blog of which the actor may read something.
func (b Blogs) seriesOf(ctx context.Context, s tenants.Scope, author uuid.UUID) (all []Series, err error) {
	q := s.Select((*Entry)(nil)).ColumnExpr("entry.series_key AS key, max(entry.series) AS name, count(*) AS many").
		Join("JOIN posts AS post ON post.tenant_id = entry.tenant_id AND post.id = entry.post_id").
		Where("entry.author_id = ?", author).Where("entry.series_key <> ''").
		GroupExpr("entry.series_key").OrderExpr("max(post.published_at) DESC").Limit(50)
	err = b.posts.SeenRoots(s, q).Scan(ctx, &all)
	return all, err
}

// SeriesKey makes an address of a series' name, in any script.
func SeriesKey(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}), "-")
}

// fits holds a post to the length that the service chose.
func fits(s tenants.Scope, body string) error {
	if most := settings(s).MaxLength; utf8.RuneCountInString(body) > most {
		return fault.Bad("body", fmt.Sprintf("Your words must be %d characters or fewer. A long story can become a series.", most))
	}
	return nil
}

// mayWrite tells why the actor may not write here; nil if they may.
func mayWrite(s tenants.Scope) error {
	switch {
	case s.Actor.Member == nil:
		return fault.New(fault.Forbidden, "You are not a member of this service, so you cannot write in it.")
	case !s.May("blogs.write"):
		return fault.New(fault.Forbidden, "Your role here does not allow writing a blog.")
	}
	return nil
}

// audiences are those that the actor may write for.
func audiences(s tenants.Scope) []tenants.Audience {
	offers := slices.Clone(s.Actor.Roles.Offers())
	if settings(s).Journals {
		offers = append(offers, tenants.AudienceSelf)
	}
	return offers
}

// keptOf are a member's posts that are in a series, and what they keep to read.
func keptOf(ctx context.Context, s tenants.Scope, member uuid.UUID) (entries []Entry, kept []keeping, err error) {
	if err := s.Select(&entries).Where("entry.author_id = ?", member).Where("entry.series <> ''").Order("entry.series_key").Scan(ctx); err != nil {
		return nil, nil, err
	}
	err = s.Select(&kept).Where("kept.member_id = ?", member).Order("kept.kept_at").Scan(ctx)
	return entries, kept, err
}

// forget removes what is a member's own of their blog; with the words that stay,
// the series that they stand in stays.
func forget(ctx context.Context, s tenants.Scope, member uuid.UUID, keepWords bool) error {
	if _, err := s.Delete((*keeping)(nil)).Where("member_id = ?", member).Exec(ctx); err != nil {
		return err
	}
	if _, err := s.Update((*posts.Place)(nil)).Set("name = ''").Set("about = ''").Where("module = ?", key).Where("owner_id = ?", member).Exec(ctx); err != nil || keepWords {
		return err
	}
	_, err := s.Update((*Entry)(nil)).Set("series = ''").Set("series_key = ''").Where("author_id = ?", member).Exec(ctx)
	return err
}
