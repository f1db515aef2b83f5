package posts

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

// longAgo is how old a post is at the most for which anybody is still asked to answer.
const longAgo = 14 * 24 * time.Hour

// lonely narrows a query of posts to those of members that began a conversation
// before some time and that nobody else answered, where somebody may.
func (k *Kernel) lonely(s tenants.Scope, q *bun.SelectQuery, before time.Time) *bun.SelectQuery {
	for _, kind := range k.kinds {
		if kind.Unasked != "" {
			q.Where("NOT (post.kind = ? AND "+kind.Unasked+")", kind.Key)
		}
	}
	return q.Where("post.parent_id IS NULL").Where("post.state = ?", Visible).
		Where("post.audience IN (?)", bun.List([]tenants.Audience{tenants.AudienceService, tenants.AudiencePeers, tenants.AudienceCarers, tenants.AudienceFriends})).
		Where("post.published_at <= ?", before).Where("post.published_at > ?", s.Now.Add(-longAgo)).
		Where("EXISTS (SELECT 1 FROM members AS m WHERE m.tenant_id = post.tenant_id AND m.id = post.author_id AND m.status = 'active')").
		Where("NOT EXISTS (SELECT 1 FROM posts AS reply WHERE reply.tenant_id = post.tenant_id AND reply.parent_id = post.id AND reply.state = ? AND reply.author_id <> post.author_id)", Visible)
}

// Unanswered lists what the actor may read and answer and nobody did since before,
// what waits longest first.
func (k *Kernel) Unanswered(ctx context.Context, s tenants.Scope, before time.Time) (rows []Post, err error) {
	q := k.SeenRoots(s, listed(s, shown(s, s.Select(&rows)))).Where("post.author_id <> ?", s.Actor.ID())
	if err := k.lonely(s, q, before).Order("post.published_at", "post.id").Limit(PageSize).Scan(ctx); err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(p Post) bool { return p.Author != nil && p.Author.Roles.Staff() })
	if rows, err = k.wanted(ctx, s, rows); err != nil {
		return nil, err
	}
	return rows, k.serve(ctx, s, pointers(rows)...)
}

// Alone is a post that nobody answered, and whose it is.
type Alone struct {
	ID, AuthorID uuid.UUID
}

// Overdue are those of everybody's that nobody answered since before and that were
// not put on the desk for it.
func (k *Kernel) Overdue(ctx context.Context, s tenants.Scope, before time.Time) (all []Alone, err error) {
	var open []string
	for _, kind := range k.kinds {
		if s.Service.Open(kind.Module) {
			open = append(open, kind.Module)
		}
	}
	if len(open) == 0 {
		return nil, nil
	}
	var rows []Post
	q := s.Select(&rows).Column("id", "author_id").Relation("Author", func(q *bun.SelectQuery) *bun.SelectQuery { return q.Column("id", "roles") }).
		Where(inRooms, bun.List(open)).
		Where("NOT EXISTS (SELECT 1 FROM desk_items AS item JOIN desk_marks AS mark ON mark.tenant_id = item.tenant_id AND mark.item_id = item.id AND mark.source = 'waiting' WHERE item.tenant_id = post.tenant_id AND item.sort = ? AND item.subject_id = post.id)", Sort)
	err = k.lonely(s, q, before).Order("post.published_at", "post.id").Limit(200).Scan(ctx)
	for _, row := range rows {
		if row.Author == nil || !row.Author.Roles.Staff() {
			all = append(all, Alone{row.ID, row.AuthorID})
		}
	}
	return all, err
}
