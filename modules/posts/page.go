package posts

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/tenants"
)

// PageSize is how many posts or replies a page has.
const PageSize = 20

// Page is one page of a list, newest first.
type Page struct {
	Posts []Post `json:"posts"`
	// Older continues the list; empty at its end.
	Older string `json:"older,omitempty"`
	// Newest tells whether the list begins with what is newest.
	Newest bool `json:"-"`
}

// Latest lists what the actor may read, newest first, never ranked. Narrow adds
// what a room wants besides; nil for the whole service. What they wrote for
// nobody else is not in it: somebody may look over their shoulder.
func (k *Kernel) Latest(ctx context.Context, s tenants.Scope, before Cursor, narrow func(*bun.SelectQuery) *bun.SelectQuery) (Page, error) {
	return k.list(ctx, s, before, func(q *bun.SelectQuery) *bun.SelectQuery {
		if narrow != nil {
			q = narrow(q)
		}
		return q.Where("post.audience <> ?", tenants.AudienceSelf)
	})
}

// Private lists what the actor wrote in a room for nobody else, or for the
// clinicians alone, newest first.
func (k *Kernel) Private(ctx context.Context, s tenants.Scope, before Cursor, kind string) (Page, error) {
	return k.list(ctx, s, before, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("post.kind = ?", kind).Where("post.author_id = ?", s.Actor.ID()).
			Where("post.audience IN (?)", bun.List([]tenants.Audience{tenants.AudienceSelf, tenants.AudienceClinicians}))
	})
}

// list reads a page. Where a reader's own words hide much of it, it is filled from
// what follows, within reason.
func (k *Kernel) list(ctx context.Context, s tenants.Scope, before Cursor, narrow func(*bun.SelectQuery) *bun.SelectQuery) (Page, error) {
	page := Page{Newest: before.Zero()}
	for range mostFetches {
		more, err := k.fetch(ctx, s, before, PageSize+1-len(page.Posts), narrow)
		if err != nil {
			return Page{}, err
		}
		kept, err := k.wanted(ctx, s, more)
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
	return posts, narrow(q).Scan(ctx)
}

func pointers(all []Post) []*Post {
	to := make([]*Post, len(all))
	for i := range all {
		to[i] = &all[i]
	}
	return to
}

// Span chooses a page of replies, oldest first: from the beginning, from a
// reply on, before one, or the last.
type Span struct {
	From   Cursor `json:"from,omitempty"`
	Before Cursor `json:"before,omitempty"`
	Last   bool   `json:"last,omitempty"`
}

// Asked names a post, a page of its replies and what a new one would quote.
type Asked struct {
	ID    uuid.UUID  `path:"id"`
	Quote *uuid.UUID `json:"quote,omitempty"`
	Written
	Span
}

// Thread is a post with a page of its replies, and the form for one more.
type Thread struct {
	Root    Post   `json:"root"`
	Replies []Post `json:"replies"`
	Earlier string `json:"earlier,omitempty"`
	Later   string `json:"later,omitempty"`
	Quoting *Post  `json:"quoting,omitempty"`
	Desk    Desk   `json:"desk"`
}

// Thread reads the replies to a post, and what the actor has begun of theirs.
func (k *Kernel) Thread(ctx context.Context, s tenants.Scope, root Post, in Asked) (Thread, error) {
	thread, err := k.replies(ctx, s, root, in.Span)
	if err != nil {
		return Thread{}, err
	}
	if thread.Desk, err = k.replyDesk(ctx, s, root, in.Written); err != nil {
		return Thread{}, err
	}
	if thread.Quoting, err = k.quoting(ctx, s, thread.Desk, in.Quote); err != nil {
		return Thread{}, err
	}
	return thread, k.note(ctx, s, root)
}

func (k *Kernel) replies(ctx context.Context, s tenants.Scope, root Post, span Span) (Thread, error) {
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
	if thread.Replies, err = k.wanted(ctx, s, thread.Replies); err != nil {
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
	if condition, args := unhidden(s, "post"); condition != "" {
		q = q.Where(condition, args...)
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

// quoting reads the post that a reply is about to quote: the one that was asked
// for, else the one of its draft; nil without one.
func (k *Kernel) quoting(ctx context.Context, s tenants.Scope, desk Desk, id *uuid.UUID) (*Post, error) {
	if id == nil && desk.Draft != nil {
		id = desk.Draft.QuotesID
	}
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
		if more, err = k.wanted(ctx, s, more); err != nil {
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
