package forums

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// readMark is how far somebody has read a thread.
type readMark struct {
	bun.BaseModel `bun:"table:thread_reads,alias:mark"`
	tenants.InService

	MemberID uuid.UUID `bun:"member_id,pk,type:uuid"`
	PostID   uuid.UUID `bun:"post_id,pk,type:uuid"`
	ReadAt   time.Time `bun:"read_at"`
}

func markRead(ctx context.Context, s tenants.Scope, thread uuid.UUID, upTo time.Time) error {
	mark := readMark{MemberID: s.Actor.ID(), PostID: thread, ReadAt: upTo}
	_, err := s.Insert(&mark).On("CONFLICT (tenant_id, member_id, post_id) DO UPDATE").Set("read_at = EXCLUDED.read_at").
		Where("mark.read_at < EXCLUDED.read_at").Exec(ctx) // an older page that loads late takes nothing back
	return err
}

// readBy are those who read a thread as far as what was written at a time.
func readBy(ctx context.Context, s tenants.Scope, thread uuid.UUID, since time.Time) (ids []uuid.UUID, err error) {
	err = s.Select((*readMark)(nil)).Column("member_id").Where("mark.post_id = ?", thread).Where("mark.read_at >= ?", since).Scan(ctx, &ids)
	return ids, err
}

// unread tells whether there are words that the actor has not seen. What was
// written before they joined does not count as new, nor do their own words.
func unread(s tenants.Scope, row Row) bool {
	switch {
	case s.Actor.Member == nil, row.ActiveBy == s.Actor.ID():
		return false
	case row.ReadAt == nil:
		return row.ActiveAt.After(s.Actor.Member.JoinedAt)
	}
	return row.ActiveAt.After(*row.ReadAt)
}

const myReadAt = "(SELECT m.read_at FROM thread_reads AS m WHERE m.tenant_id = thread.tenant_id AND m.post_id = thread.post_id AND m.member_id = ?) AS read_at"

// find reads a thread's post and what it has beside that.
func (f Forums) find(ctx context.Context, s tenants.Scope, id uuid.UUID) (Row, posts.Post, error) {
	var post posts.Post
	row := Row{Post: &post}
	q := s.Select(&row).ColumnExpr("thread.*").ColumnExpr(myReadAt, s.Actor.ID()).Where("thread.post_id = ?", id)
	err := f.posts.FindWith(ctx, s, q, id, &post)
	row.Post = nil // it is returned beside the row
	return row, post, err
}

// list reads a page of threads that the actor may read, the latest word first.
func (f Forums) list(ctx context.Context, s tenants.Scope, before posts.Cursor, narrow func(*bun.SelectQuery) *bun.SelectQuery) (Threads, error) {
	var page Threads
	q := s.Select(&page.Threads).ColumnExpr("thread.*").ColumnExpr(myReadAt, s.Actor.ID()).
		Relation("Post", func(q *bun.SelectQuery) *bun.SelectQuery {
			if s.Actor.Filters() {
				q = q.Column("body")
			}
			return q.Column("id", "kind", "title", "replies", "published_at", "author_id", "audience", "state", "notes")
		}).
		Relation("Post.Author", tenants.Face)
	q = f.posts.SeenRoots(s, narrow(q)).Order("thread.active_at DESC", "thread.post_id DESC").Limit(posts.PageSize + 1)
	if !before.Zero() {
		q.Where("(thread.active_at, thread.post_id) < (?, ?)", before.At, before.ID)
	}
	if err := q.Scan(ctx); err != nil {
		return Threads{}, err
	}
	if len(page.Threads) > posts.PageSize {
		page.Threads = page.Threads[:posts.PageSize]
		last := page.Threads[posts.PageSize-1]
		page.Older = posts.Cursor{At: last.ActiveAt, ID: last.PostID}.String()
	}
	return page, f.serve(ctx, s, &page)
}

// serve makes a page of threads ready for the actor.
func (f Forums) serve(ctx context.Context, s tenants.Scope, page *Threads) error {
	roots, last := make([]*posts.Post, len(page.Threads)), make([]uuid.UUID, len(page.Threads))
	for i, row := range page.Threads {
		roots[i], last[i] = row.Post, row.ActiveBy
	}
	bonds, err := s.Between(ctx, last...)
	if err != nil {
		return err
	}
	if err := f.posts.Serve(ctx, s, roots...); err != nil {
		return err
	}
	page.Threads = slices.DeleteFunc(page.Threads, func(row Row) bool { return row.Post.Unwanted })
	for i, row := range page.Threads {
		page.Threads[i].Unread = unread(s, row) && !bonds.Unheard(row.ActiveBy)
	}
	return nil
}

// readable lists the boards that the actor may enter, with their latest word.
func readable(ctx context.Context, s tenants.Scope) ([]Board, error) {
	var boards []Board
	err := s.Select(&boards).ColumnExpr("place.*").
		ColumnExpr(lastWord("NOT t.pinned")+" AS active_at").ColumnExpr(lastWord("t.pinned")+" AS pinned_at").
		Where("place.module = ?", key).Where("place.audience IN (?)", bun.List(s.Actor.Roles.Audiences())).
		Order("place.position", "place.name").Scan(ctx)
	for i := range boards {
		if at := boards[i].PinnedAt; at != nil && (boards[i].ActiveAt == nil || at.After(*boards[i].ActiveAt)) {
			boards[i].ActiveAt = at
		}
	}
	return boards, err
}

// lastWord is the latest activity among a board's pinned or other threads: each
// is the first row of the index, which the two together are not.
func lastWord(which string) string {
	return "(SELECT t.active_at FROM threads AS t JOIN posts AS p ON p.tenant_id = t.tenant_id AND p.id = t.post_id AND p.state = 'visible'" +
		" WHERE t.tenant_id = place.tenant_id AND t.place_id = place.id AND " + which + " ORDER BY t.active_at DESC LIMIT 1)"
}

// pinnable keeps a board from filling with pins.
func pinnable(ctx context.Context, s tenants.Scope, was Row, in Steer, to posts.Place) error {
	if !in.Pinned || was.Pinned && was.PlaceID == to.ID {
		return nil
	}
	// Who pins on one board takes turns, or else two could both find room for one more.
	if err := s.Lock(new(posts.Place)).Column("id").Where("place.id = ?", to.ID).Scan(ctx, new(uuid.UUID)); err != nil {
		return err
	}
	most := modules.Tune(s, key, defaults).MaxPinned
	pinned, err := s.Select((*Row)(nil)).Where("thread.place_id = ?", to.ID).Where("thread.pinned").Count(ctx)
	if err == nil && int(pinned) >= most {
		return fault.Bad("pinned", fmt.Sprintf("A board can have %d pinned threads. Unpin another one first.", most))
	}
	return err
}
