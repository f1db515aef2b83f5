package posts

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// Seen narrows a query to the posts that the actor may read: of open rooms, not
// below something that is out of sight, and visible to their roles or their own.
// Whoever began a conversation sees its replies, also where they chose an
// audience that they are not in themselves. Every query of posts goes through
// it, or through SeenRoots.
func (k *Kernel) Seen(s tenants.Scope, q *bun.SelectQuery) *bun.SelectQuery {
	states := seenStates(s)
	me := s.Actor.ID()
	if condition, args := unhidden(s, "post"); condition != "" {
		q = q.Where(condition, args...)
		condition, args = unhidden(s, "root")
		q = q.Where("(post.parent_id IS NULL OR "+rootIs+" AND "+condition+"))", args...)
	}
	readable, args := k.readable(s)
	root, heard := s.Hears("root.author_id")
	if root != "" {
		root = " AND " + root
	}
	return q.Where(inRooms, bun.List(k.openRooms(s))).
		Where("("+readable+" OR post.state IN (?) AND "+rootIs+" AND root.author_id = ?))", append(args, bun.List(states), me)...).
		Where("(post.parent_id IS NULL OR "+rootIs+" AND (root.state IN (?) OR root.state = ? AND root.author_id = ?)"+root+"))",
			append([]any{bun.List(states), Held, me}, heard...)...).
		ApplyQueryBuilder(unmuted(s))
}

// readable is the condition that a post is for the actor: visible to their roles
// or among their friends, or their own.
func (k *Kernel) readable(s tenants.Scope, more ...tenants.Audience) (string, []any) {
	circle, args := s.InCircle("post.circle_id")
	args = append([]any{bun.List(seenStates(s)), bun.List(append(more, s.Actor.Roles.Audiences()...)), tenants.AudienceFriends}, args...)
	return "(post.state IN (?) AND (post.audience IN (?) OR post.audience = ? AND " + circle + ") OR post.author_id = ? AND post.state IN (?))",
		append(args, s.Actor.ID(), bun.List([]State{Visible, Held}))
}

// unmuted leaves out what somebody wrote whom the actor muted, or whom a block
// keeps from them, and what stands on the wall of one of the latter.
func unmuted(s tenants.Scope) func(bun.QueryBuilder) bun.QueryBuilder {
	return func(q bun.QueryBuilder) bun.QueryBuilder {
		return s.Seeing("(SELECT pl.owner_id FROM places AS pl WHERE pl.tenant_id = post.tenant_id AND pl.id = post.place_id)")(s.Hearing("post.author_id")(q))
	}
}

// SeenRoots is Seen for queries of posts that begin a conversation: they need
// not ask about what stands above.
func (k *Kernel) SeenRoots(s tenants.Scope, q *bun.SelectQuery) *bun.SelectQuery {
	return q.ApplyQueryBuilder(k.rootsSeen(s))
}

func (k *Kernel) rootsSeen(s tenants.Scope) func(bun.QueryBuilder) bun.QueryBuilder {
	return func(q bun.QueryBuilder) bun.QueryBuilder {
		if condition, args := unhidden(s, "post"); condition != "" {
			q = q.Where(condition, args...)
		}
		readable, args := k.readable(s)
		return unmuted(s)(q.Where(inRooms, bun.List(k.openRooms(s))).Where("post.parent_id IS NULL").Where(readable, args...))
	}
}

func seenStates(s tenants.Scope) []State {
	if s.May("posts.moderate") {
		return []State{Visible, Held}
	}
	return []State{Visible}
}

const rootIs = "EXISTS (SELECT 1 FROM posts AS root WHERE root.tenant_id = post.tenant_id AND root.id = post.parent_id"

const inRooms = "post.module IN (?)"

// openRooms are those whose posts the actor may read.
func (k *Kernel) openRooms(s tenants.Scope) []string {
	open := []string{""}
	for _, kind := range k.kinds {
		if s.Service != nil && s.Service.Open(kind.Module) && s.May(kind.Module+".read") {
			open = append(open, kind.Module)
		}
	}
	slices.Sort(open)
	return slices.Compact(open)
}

// said adds to a query all that a page shows of a post but where it stands.
func said(s tenants.Scope, q *bun.SelectQuery) *bun.SelectQuery {
	return q.
		ExcludeColumn("tenant_id", "service_id"). // the scope's own
		Relation("Author", tenants.Face).
		ColumnExpr(myReaction+"my_reaction", s.Actor.ID())
}

// shown adds to a query all that a page shows of a post.
func shown(s tenants.Scope, q *bun.SelectQuery) *bun.SelectQuery {
	return said(s, q).Relation("Place", where).Relation("Place.Owner", tenants.Face)
}

func where(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Column("id", "module", "slug", "name", "owner_id", "audience")
}

const (
	myReaction = "(SELECT r.kind FROM reactions AS r WHERE r.tenant_id = post.tenant_id AND r.post_id = post.id AND r.member_id = ?) AS "
	iFollow    = "EXISTS (SELECT 1 FROM follows AS f WHERE f.tenant_id = post.tenant_id AND f.post_id = post.id AND f.member_id = ?) AS "
	iDraft     = "EXISTS (SELECT 1 FROM drafts AS d WHERE d.tenant_id = post.tenant_id AND d.member_id = ? AND d.kind = ? AND d.about_id = post.id) AS "
)

// listed leaves out, of each post of a list, the words in the form that is not
// shown: a page needs them rendered, a client as they were written.
func listed(s tenants.Scope, q *bun.SelectQuery) *bun.SelectQuery {
	switch {
	case !s.Client.Browser:
		return q.ExcludeColumn("body_html")
	case s.Actor.Filters():
		return q // words are looked for as they were written
	}
	return q.ExcludeColumn("body").
		ColumnExpr("CASE WHEN post.rendered_by = ? THEN '' ELSE post.body END AS body", markdown.Version)
}

// bare reads one post that the actor may read, without what a page shows of it.
func (k *Kernel) bare(ctx context.Context, s tenants.Scope, id uuid.UUID) (post Post, err error) {
	err = k.Seen(s, s.Select(&post)).ExcludeColumn("body", "body_html").Where("post.id = ?", id).Scan(ctx)
	return post, err
}

// unseen reads a post whoever may see it, for what happens by itself.
func unseen(ctx context.Context, s tenants.Scope, id uuid.UUID) (post Post, err error) {
	err = s.Select(&post).ExcludeColumn("body_html").Relation("Author", tenants.Face).Relation("Place").Where("post.id = ?", id).Scan(ctx)
	return post, err
}

// lastSeen is what a post said when others could last see it, before now; nil if
// they never could.
func lastSeen(ctx context.Context, s tenants.Scope, id uuid.UUID) (*version, error) {
	var rows []version
	err := s.Select(&rows).Where("version.post_id = ?", id).Where("version.state = ?", Visible).Order("version.version DESC").Limit(1).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

func followersOf(ctx context.Context, s tenants.Scope, post uuid.UUID) (people []tenants.Person, err error) {
	err = s.Select(&people).Column("id", "account_id", "roles", "own").Where("status = 'active'").
		Where("id IN (?)", s.Select((*Follower)(nil)).Column("member_id").Where("post_id = ?", post)).Scan(ctx)
	return people, err
}

func membersOf(ctx context.Context, s tenants.Scope) (people []tenants.Person, err error) {
	err = s.Select(&people).Column("id", "account_id", "roles", "own").Where("status = 'active'").Scan(ctx)
	return people, err
}

// membersLike are those, but for the actor, whose names begin so and whom the
// actor sees; some more than a page offers, because not all may read everything.
func membersLike(ctx context.Context, s tenants.Scope, key string) (people []tenants.Person, err error) {
	q := tenants.Face(s.Select(&people)).Where("person.status = 'active'").Where("person.id <> ?", s.Actor.ID()).ApplyQueryBuilder(s.Seeing("person.id"))
	if key != "" {
		q.Where("person.handle_key >= ?", key).Where("person.handle_key < ?", key+"\U0010ffff")
	}
	err = q.Order("person.handle_key").Limit(4 * mostNames).Scan(ctx)
	return people, err
}

func friendsOf(ctx context.Context, s tenants.Scope, member uuid.UUID) (people []tenants.Person, err error) {
	friends, err := s.Friends(ctx, member)
	if err != nil || len(friends) == 0 {
		return nil, err
	}
	err = s.Select(&people).Column("id", "account_id", "roles", "own").Where("status = 'active'").Where("id IN (?)", bun.List(friends)).Scan(ctx)
	return people, err
}

// membersCalled are the members whom some handles mean, and which means whom.
func membersCalled(ctx context.Context, s tenants.Scope, keys []string) (people []tenants.Person, called map[string]uuid.UUID, err error) {
	if called, err = s.Called(ctx, keys...); err != nil || len(called) == 0 {
		return nil, nil, err
	}
	err = s.Select(&people).Column("id", "account_id", "roles", "own").Where("status = 'active'").Where("id IN (?)", bun.List(slices.Collect(maps.Values(called)))).Scan(ctx)
	return people, called, err
}

// unheard are how many replies to a post, or reactions of a kind, are of people
// whom the actor does not hear.
type unheard struct {
	PostID uuid.UUID `bun:"post_id,type:uuid"`
	Kind   string    `bun:"kind"`
	Count  int       `bun:"unheard"`
}

func unheardReplies(ctx context.Context, s tenants.Scope, of []uuid.UUID) (found []unheard, err error) {
	if len(of) == 0 {
		return nil, nil
	}
	hears, args := s.Hears("post.author_id")
	err = s.Select((*Post)(nil)).ColumnExpr("post.parent_id AS post_id, count(*) AS unheard").Where("post.parent_id IN (?)", bun.List(of)).
		Where("post.state <> ?", Removed).Where("NOT ("+hears+")", args...).Group("parent_id").Scan(ctx, &found)
	return found, err
}

func unheardReactions(ctx context.Context, s tenants.Scope, to []uuid.UUID) (found []unheard, err error) {
	if len(to) == 0 {
		return nil, nil
	}
	hears, args := s.Hears("reaction.member_id")
	err = s.Select((*Reaction)(nil)).ColumnExpr("reaction.post_id, reaction.kind, count(*) AS unheard").Where("reaction.post_id IN (?)", bun.List(to)).
		Where("NOT ("+hears+")", args...).Group("post_id", "kind").Scan(ctx, &found)
	return found, err
}

// oneMore counts a reply to a post that the actor may read and that is not itself
// a reply. It locks the conversation as Alone does, and returns what a reply
// needs to know of its root. One statement: what else wants the lock waits for less.
func (k *Kernel) oneMore(ctx context.Context, s tenants.Scope, id uuid.UUID) (root Post, err error) {
	err = s.Update(&root).Set("replies = replies + 1").Where("post.id = ?", id).ApplyQueryBuilder(k.rootsSeen(s)).
		Returning("id, kind, module, place_id, author_id, audience, circle_id, state, replies").Scan(ctx)
	k.Dress(s, &root)
	return root, err
}

// find reads one post that the actor may read. NotFound otherwise.
func (k *Kernel) find(ctx context.Context, s tenants.Scope, id uuid.UUID) (Post, error) {
	var post Post
	q := k.Seen(s, shown(s, s.Select(&post))).ColumnExpr(iFollow+"following", s.Actor.ID()).ColumnExpr(iDraft+"drafting", s.Actor.ID(), Reply)
	if err := q.Where("post.id = ?", id).Scan(ctx); err != nil {
		return Post{}, err
	}
	return post, k.serve(ctx, s, &post)
}

// Find is find, for rooms that do something about posts.
func (k *Kernel) Find(ctx context.Context, s tenants.Scope, id uuid.UUID) (Post, error) {
	return k.find(ctx, s, id)
}

// FindWith reads what a room keeps beside one post, and the post with it: q is a
// query of a row whose relation Post is post. NotFound where the actor may not
// read it.
func (k *Kernel) FindWith(ctx context.Context, s tenants.Scope, q *bun.SelectQuery, id uuid.UUID, post *Post) error {
	q = q.
		Relation("Post", func(q *bun.SelectQuery) *bun.SelectQuery { return q.ExcludeColumn("tenant_id", "service_id") }).
		Relation("Post.Author", tenants.Face).Relation("Post.Place", where).Relation("Post.Place.Owner", tenants.Face).
		ColumnExpr(myReaction+"post__my_reaction", s.Actor.ID()).ColumnExpr(iFollow+"post__following", s.Actor.ID()).
		ColumnExpr(iDraft+"post__drafting", s.Actor.ID(), Reply)
	if err := k.SeenRoots(s, q).Where("post.id = ?", id).Scan(ctx); err != nil {
		return err
	}
	return k.serve(ctx, s, post)
}

// Titles says what posts are called in a sentence, those that the actor may read:
// their title, or whose they are.
func (k *Kernel) Titles(ctx context.Context, s tenants.Scope, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	titles := make(map[uuid.UUID]string, len(ids))
	if len(ids) == 0 {
		return titles, nil
	}
	var found []Post
	q := k.Seen(s, s.Select(&found)).Column("id", "title", "author_id", "parent_id", "notes").
		Relation("Author", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Column("id", "handle") })
	if s.Actor.Filters() {
		q.Column("body")
	}
	if err := q.Where("post.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, err
	}
	k.Dress(s, pointers(found)...)
	err := k.cover(ctx, s, pointers(found))
	for _, post := range found {
		titles[post.ID] = post.called(s.Actor.ID())
	}
	return titles, err
}

// among reads those of some posts that the actor may read and that fit.
func (k *Kernel) among(ctx context.Context, s tenants.Scope, ids []uuid.UUID, narrow modules.Narrow) (found []Post, err error) {
	q := k.Seen(s, s.Select(&found)).ExcludeColumn("tenant_id", "service_id").
		Relation("Author", tenants.Face).Relation("Place", where).Relation("Place.Owner", tenants.Face).
		Where("post.id IN (?)", bun.List(ids))
	if narrow.Room != "" {
		q.Where("post.module = ?", narrow.Room)
	}
	if narrow.By != uuid.Nil {
		q.Where("post.author_id = ?", narrow.By)
	}
	if !narrow.From.IsZero() {
		q.Where("post.published_at >= ?", narrow.From.UTC())
	}
	if !narrow.To.IsZero() {
		q.Where("post.published_at < ?", narrow.To.UTC())
	}
	return found, q.Scan(ctx)
}

// Place reads a place of a room by its slug. NotFound if the actor may not enter.
func (k *Kernel) Place(ctx context.Context, s tenants.Scope, module, slug string) (Place, error) {
	var place Place
	if err := s.Select(&place).Relation("Owner").Where("place.module = ?", module).Where("place.slug = ?", slug).Scan(ctx); err != nil {
		return Place{}, err
	}
	if !place.CanRead(s) {
		return Place{}, fault.Missing()
	}
	return place, nil
}

// published counts the posts, without replies, of a time.
func published(ctx context.Context, s tenants.Scope, from, to time.Time) (int, error) {
	n, err := s.Select((*Post)(nil)).Where("post.parent_id IS NULL").Where("post.published_at >= ?", from.UTC()).Where("post.published_at < ?", to.UTC()).Count(ctx)
	return int(n), err
}
