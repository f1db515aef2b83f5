package forums

import (
	"context"
	"fmt"
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
	_, err := s.Insert(&mark).On("CONFLICT (tenant_id, member_id, post_id) DO UPDATE").Set("read_at = EXCLUDED.read_at").Exec(ctx)
	return err
}

// unread tells whether there are words that the actor has not seen. What was
// written before they joined does not count as new.
func unread(s tenants.Scope, row Row) bool {
	switch {
	case s.Actor.Member == nil:
		return false
	case row.ReadAt == nil:
		return row.ActiveAt.After(s.Actor.Member.JoinedAt)
	}
	return row.ActiveAt.After(*row.ReadAt)
}

const myReadAt = "(SELECT m.read_at FROM thread_reads AS m WHERE m.tenant_id = thread.tenant_id AND m.post_id = thread.post_id AND m.member_id = ?) AS read_at"

// find reads what a thread has beside its post.
func find(ctx context.Context, s tenants.Scope, id uuid.UUID) (Row, error) {
	var row Row
	err := s.Select(&row).ColumnExpr("thread.*").ColumnExpr(myReadAt, s.Actor.ID()).Where("thread.post_id = ?", id).Scan(ctx)
	return row, err
}

// list reads a page of threads that the actor may read, the latest word first.
func (f Forums) list(ctx context.Context, s tenants.Scope, before posts.Cursor, narrow func(*bun.SelectQuery) *bun.SelectQuery) (Threads, error) {
	var page Threads
	q := s.Select(&page.Threads).ColumnExpr("thread.*").ColumnExpr(myReadAt, s.Actor.ID()).
		Relation("Post", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Column("id", "kind", "title", "replies", "published_at", "author_id", "audience", "state")
		}).
		Relation("Post.Author", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Column("id", "handle", "handle_key", "avatar", "roles")
		})
	q = f.posts.Seen(s, narrow(q)).Order("thread.active_at DESC", "thread.post_id DESC").Limit(posts.PageSize + 1)
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
	for i := range page.Threads {
		page.Threads[i].Unread = unread(s, page.Threads[i])
	}
	return page, nil
}

// readable lists the boards that the actor may enter, with their latest word.
func readable(ctx context.Context, s tenants.Scope) ([]Board, error) {
	var boards []Board
	err := s.Select(&boards).ColumnExpr("place.*").
		ColumnExpr("(SELECT t.active_at FROM threads AS t WHERE t.tenant_id = place.tenant_id AND t.place_id = place.id AND NOT t.pinned ORDER BY t.active_at DESC LIMIT 1) AS active_at").
		Where("place.module = ?", key).Where("place.audience IN (?)", bun.List(s.Actor.Roles.Audiences())).
		Order("place.position", "place.name").Scan(ctx)
	return boards, err
}

// pinnable keeps a board from filling with pins.
func pinnable(ctx context.Context, s tenants.Scope, was Row, in Steer, to posts.Place) error {
	if !in.Pinned || was.Pinned && was.PlaceID == to.ID {
		return nil
	}
	most := modules.Tune(s, key, defaults).MaxPinned
	pinned, err := s.Select((*Row)(nil)).Where("thread.place_id = ?", to.ID).Where("thread.pinned").Count(ctx)
	if err == nil && int(pinned) >= most {
		return fault.Bad("pinned", fmt.Sprintf("A board can have %d pinned threads. Unpin another one first.", most))
	}
	return err
}
