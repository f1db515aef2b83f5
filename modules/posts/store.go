package posts

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/tenants"
)

// PageSize is how many posts or replies a page has.
const PageSize = 20

// Cursor is a place in a list ordered by time and id. Its text is opaque.
type Cursor struct {
	At time.Time
	ID uuid.UUID
}

// CursorOf is the place of a post.
func CursorOf(p Post) Cursor { return Cursor{p.PublishedAt, p.ID} }

// Zero tells whether it is no place at all.
func (c Cursor) Zero() bool { return c.ID == uuid.Nil }

// MarshalText implements encoding.TextMarshaler.
func (c Cursor) MarshalText() ([]byte, error) {
	if c.Zero() {
		return nil, nil
	}
	raw := binary.BigEndian.AppendUint64(nil, uint64(c.At.UnixMicro()))
	return base64.RawURLEncoding.AppendEncode(nil, append(raw, c.ID[:]...)), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *Cursor) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	raw, err := base64.RawURLEncoding.AppendDecode(nil, text)
	if err != nil || len(raw) != 8+16 {
		return errors.New("not a place in a list")
	}
	c.At = time.UnixMicro(int64(binary.BigEndian.Uint64(raw))).UTC() //nolint:gosec // any bits make a time
	if c.At.Year() < 1970 || c.At.Year() > 9999 {
		return errors.New("not a place in a list")
	}
	copy(c.ID[:], raw[8:])
	return nil
}

func (c Cursor) String() string {
	text, _ := c.MarshalText()
	return string(text)
}

// Seen narrows a query to the posts that the actor may read: of open rooms, not
// below something that is out of sight, and visible to their roles or their own.
// Whoever began a conversation sees its replies, also where they chose an
// audience that they are not in themselves. Every query of posts goes through
// it, or through SeenRoots.
func (k *Kernel) Seen(s tenants.Scope, q *bun.SelectQuery) *bun.SelectQuery {
	states := seenStates(s)
	me := s.Actor.ID()
	readable, args := k.readable(s)
	root, heard := s.Hears("root.author_id")
	if root != "" {
		root = " AND " + root
	}
	return q.Where(inRooms, bun.List(k.openRooms(s))).
		Where("("+readable+" OR post.state IN (?) AND "+rootIs+" AND root.author_id = ?))", append(args, bun.List(states), me)...).
		Where("(post.parent_id IS NULL OR "+rootIs+" AND (root.state IN (?) OR root.state = ? AND root.author_id = ?)"+root+"))",
			append([]any{bun.List(states), Held, me}, heard...)...).
		ApplyQueryBuilder(unhidden(s))
}

// readable is the condition that a post is for the actor: visible to their roles
// or among their friends, or their own.
func (k *Kernel) readable(s tenants.Scope, more ...tenants.Audience) (string, []any) {
	circle, args := s.InCircle("post.circle_id")
	args = append([]any{bun.List(seenStates(s)), bun.List(append(more, s.Actor.Roles.Audiences()...)), tenants.AudienceFriends}, args...)
	return "(post.state IN (?) AND (post.audience IN (?) OR post.audience = ? AND " + circle + ") OR post.author_id = ? AND post.state IN (?))",
		append(args, s.Actor.ID(), bun.List([]State{Visible, Held}))
}

// unhidden leaves out what somebody wrote whom the actor muted, or whom a block
// keeps from them, and what stands on the wall of one of the latter.
func unhidden(s tenants.Scope) func(bun.QueryBuilder) bun.QueryBuilder {
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
		readable, args := k.readable(s)
		return unhidden(s)(q.Where(inRooms, bun.List(k.openRooms(s))).Where("post.parent_id IS NULL").Where(readable, args...))
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

func followersOf(ctx context.Context, s tenants.Scope, post uuid.UUID) (people []tenants.Person, err error) {
	err = s.Select(&people).Column("id", "account_id", "roles").Where("status = 'active'").
		Where("id IN (?)", s.Select((*Follower)(nil)).Column("member_id").Where("post_id = ?", post)).Scan(ctx)
	return people, err
}

func membersOf(ctx context.Context, s tenants.Scope) (people []tenants.Person, err error) {
	err = s.Select(&people).Column("id", "account_id", "roles").Where("status = 'active'").Scan(ctx)
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
	err = s.Select(&people).Column("id", "account_id", "roles").Where("status = 'active'").Where("id IN (?)", bun.List(friends)).Scan(ctx)
	return people, err
}

func membersCalled(ctx context.Context, s tenants.Scope, keys []string) (people []tenants.Person, err error) {
	if len(keys) == 0 {
		return nil, nil
	}
	err = s.Select(&people).Column("id", "account_id", "handle_key", "roles").Where("status = 'active'").Where("handle_key IN (?)", bun.List(keys)).Scan(ctx)
	return people, err
}

// oneMore counts a reply to a post that the actor may read and that is not itself
// a reply. It locks the conversation as Alone does, and returns what a reply
// needs to know of its root. One statement: what else wants the lock waits for less.
func (k *Kernel) oneMore(ctx context.Context, s tenants.Scope, id uuid.UUID) (root Post, err error) {
	err = s.Update(&root).Set("replies = replies + 1").Where("post.id = ?", id).ApplyQueryBuilder(k.rootsSeen(s)).
		Returning("id, kind, module, place_id, author_id, audience, circle_id, replies").Scan(ctx)
	k.dress(&root)
	return root, err
}

// find reads one post that the actor may read. NotFound otherwise.
func (k *Kernel) find(ctx context.Context, s tenants.Scope, id uuid.UUID) (Post, error) {
	var post Post
	if err := k.Seen(s, shown(s, s.Select(&post))).ColumnExpr(iFollow+"following", s.Actor.ID()).Where("post.id = ?", id).Scan(ctx); err != nil {
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
		ColumnExpr(myReaction+"post__my_reaction", s.Actor.ID()).ColumnExpr(iFollow+"post__following", s.Actor.ID())
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
	q := k.Seen(s, s.Select(&found)).Column("id", "title", "author_id", "parent_id").
		Relation("Author", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Column("id", "handle") })
	if s.Actor.Filters() {
		q.Column("body")
	}
	if err := q.Where("post.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, err
	}
	err := k.cover(ctx, s, pointers(found))
	for _, post := range found {
		titles[post.ID] = post.called(s.Actor.ID())
	}
	return titles, err
}

// Page is one page of a list, newest first.
type Page struct {
	Posts []Post `json:"posts"`
	// Older continues the list; empty at its end.
	Older string `json:"older,omitempty"`
	// Newest tells whether the list begins with what is newest.
	Newest bool `json:"-"`
}

// Latest lists what the actor may read, newest first, never ranked. Narrow adds
// what a room wants besides; nil for the whole service. Where a reader's own words
// hide much of a page, it is filled from what follows, within reason.
func (k *Kernel) Latest(ctx context.Context, s tenants.Scope, before Cursor, narrow func(*bun.SelectQuery) *bun.SelectQuery) (Page, error) {
	page := Page{Newest: before.Zero()}
	for range mostFetches {
		more, err := k.fetch(ctx, s, before, PageSize+1-len(page.Posts), narrow)
		if err != nil {
			return Page{}, err
		}
		kept, err := k.keep(ctx, s, more)
		if err != nil {
			return Page{}, err
		}
		full := len(more) == PageSize+1-len(page.Posts)
		if page.Posts = append(page.Posts, kept...); !full {
			before = Cursor{}
			break
		}
		if before = CursorOf(more[len(more)-1]); len(page.Posts) > PageSize {
			break
		}
	}
	if len(page.Posts) > PageSize {
		page.Posts = page.Posts[:PageSize]
		before = CursorOf(page.Posts[PageSize-1])
	}
	page.Older = before.String()
	return page, k.serve(ctx, s, pointers(page.Posts)...)
}

// mostFetches bounds how far a page looks for posts that no filter hides.
const mostFetches = 5

func (k *Kernel) fetch(ctx context.Context, s tenants.Scope, before Cursor, limit int, narrow func(*bun.SelectQuery) *bun.SelectQuery) (posts []Post, err error) {
	q := k.SeenRoots(s, listed(s, shown(s, s.Select(&posts)))).Order("post.published_at DESC", "post.id DESC").Limit(int64(limit))
	if !before.Zero() {
		q.Where("(post.published_at, post.id) < (?, ?)", before.At, before.ID)
	}
	if narrow != nil {
		q = narrow(q)
	}
	return posts, q.Scan(ctx)
}

// Span chooses a page of replies, oldest first: from the beginning, from a
// reply on, before one, or the last.
type Span struct {
	From   Cursor `json:"from,omitempty"`
	Before Cursor `json:"before,omitempty"`
	Last   bool   `json:"last,omitempty"`
}

// Thread is a post with a page of its replies.
type Thread struct {
	Root    Post   `json:"root"`
	Replies []Post `json:"replies"`
	Earlier string `json:"earlier,omitempty"`
	Later   string `json:"later,omitempty"`
}

// Thread reads a post and its replies.
func (k *Kernel) Thread(ctx context.Context, s tenants.Scope, root Post, span Span) (Thread, error) {
	thread := Thread{Root: root}
	backwards := span.Last || !span.Before.Zero()
	q := k.below(s, root, s.Select(&thread.Replies)).Limit(PageSize + 1)
	switch {
	case backwards:
		q.Order("post.published_at DESC", "post.id DESC")
		if !span.Last {
			q.Where("(post.published_at, post.id) < (?, ?)", span.Before.At, span.Before.ID)
		}
	default:
		q.Order("post.published_at", "post.id")
		if !span.From.Zero() {
			q.Where("(post.published_at, post.id) >= (?, ?)", span.From.At, span.From.ID)
		}
	}
	if err := q.Scan(ctx); err != nil {
		return Thread{}, err
	}
	more := len(thread.Replies) > PageSize
	switch {
	case backwards:
		thread.Replies = thread.Replies[:min(PageSize, len(thread.Replies))]
		slices.Reverse(thread.Replies)
		if more {
			thread.Earlier = CursorOf(thread.Replies[0]).String()
		}
		if !span.Last {
			thread.Later = span.Before.String()
		}
	default:
		if more {
			thread.Later = CursorOf(thread.Replies[PageSize]).String()
			thread.Replies = thread.Replies[:PageSize]
		}
		if !span.From.Zero() && len(thread.Replies) > 0 {
			thread.Earlier = CursorOf(thread.Replies[0]).String()
		}
	}
	var err error
	if thread.Replies, err = k.keep(ctx, s, thread.Replies); err != nil {
		return Thread{}, err
	}
	if err := k.serve(ctx, s, pointers(thread.Replies)...); err != nil {
		return Thread{}, err
	}
	for _, fn := range k.opened {
		if err := fn(ctx, s, root.ID); err != nil {
			return Thread{}, err
		}
	}
	return thread, k.quoted(ctx, s, thread)
}

// below reads replies to a post that the actor may read, as Seen does: what it
// asks about the room and the root has been answered.
func (k *Kernel) below(s tenants.Scope, root Post, q *bun.SelectQuery) *bun.SelectQuery {
	var more []tenants.Audience
	if root.AuthorID == s.Actor.ID() {
		more = append(more, root.Audience)
	}
	readable, args := k.readable(s, more...)
	return listed(s, said(s, q)).Where("post.parent_id = ?", root.ID).Where(readable, args...).ApplyQueryBuilder(s.Hearing("post.author_id"))
}

// Around is what stands about a post for whoever judges it: of a reply the post
// above it, with a few replies before and after.
func (k *Kernel) Around(ctx context.Context, s tenants.Scope, post Post) (around []Post, err error) {
	if !post.IsReply() {
		return nil, nil
	}
	read := func(rows *[]Post) *bun.SelectQuery {
		return k.Seen(s, said(s, s.Select(rows))).Limit(neighbours)
	}
	var before, after []Post
	if err := read(&around).Where("post.id = ?", *post.ParentID).Scan(ctx); err != nil {
		return nil, err
	}
	if err := read(&before).Where("post.parent_id = ?", *post.ParentID).Where("(post.published_at, post.id) < (?, ?)", post.PublishedAt, post.ID).
		Order("post.published_at DESC", "post.id DESC").Scan(ctx); err != nil {
		return nil, err
	}
	slices.Reverse(before)
	err = read(&after).Where("post.parent_id = ?", *post.ParentID).Where("(post.published_at, post.id) > (?, ?)", post.PublishedAt, post.ID).
		Order("post.published_at", "post.id").Scan(ctx)
	around = slices.Concat(around, before, after)
	return around, errors.Join(err, k.serve(ctx, s, pointers(around)...))
}

// neighbours are how many replies before and after a post go with it.
const neighbours = 3

// Quoting reads the post that a reply is about to quote; nil without one.
func (k *Kernel) Quoting(ctx context.Context, s tenants.Scope, id *uuid.UUID) (*Post, error) {
	if id == nil {
		return nil, nil
	}
	post, err := k.find(ctx, s, *id)
	if database.Missing(err) {
		return nil, nil
	}
	return &post, err
}

// quoted fills what replies quote, where the reader may see it: always something
// of the same conversation, and mostly of the same page.
func (k *Kernel) quoted(ctx context.Context, s tenants.Scope, thread Thread) error {
	if !slices.ContainsFunc(thread.Replies, func(p Post) bool { return p.QuotesID != nil }) {
		return nil
	}
	found := map[uuid.UUID]Post{thread.Root.ID: thread.Root}
	for _, reply := range thread.Replies {
		found[reply.ID] = reply
	}
	var elsewhere []uuid.UUID
	for _, reply := range thread.Replies {
		if _, here := found[orNil(reply.QuotesID)]; !here && reply.QuotesID != nil {
			elsewhere = append(elsewhere, *reply.QuotesID)
		}
	}
	if len(elsewhere) > 0 {
		var more []Post
		var err error
		if err = k.below(s, thread.Root, s.Select(&more)).Where("post.id IN (?)", bun.List(elsewhere)).Scan(ctx); err != nil {
			return err
		}
		if more, err = k.keep(ctx, s, more); err != nil {
			return err
		}
		if err := k.serve(ctx, s, pointers(more)...); err != nil {
			return err
		}
		for _, post := range more {
			found[post.ID] = post
		}
	}
	for i, reply := range thread.Replies {
		if quotes, ok := found[orNil(reply.QuotesID)]; ok {
			thread.Replies[i].Quotes = &quotes
		}
	}
	return nil
}

func orNil(id *uuid.UUID) uuid.UUID {
	if id == nil {
		return uuid.Nil
	}
	return *id
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
