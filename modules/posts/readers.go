package posts

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/tenants"
)

// open is that a member opened a conversation lately. It is there to ask them how
// they are should it turn out to have been hard to read, and goes after two days.
type open struct {
	bun.BaseModel `bun:"table:post_opens,alias:opened"`
	tenants.InService

	MemberID uuid.UUID `bun:"member_id,pk,type:uuid"`
	PostID   uuid.UUID `bun:"post_id,pk,type:uuid"`
	OpenedAt time.Time `bun:"opened_at"`
}

const (
	// opensFor is how long it is kept that somebody opened a conversation, in days.
	opensFor = 2
	// notedEvery is how often one member's opening of a conversation is noted.
	notedEvery = 10 * time.Minute
)

// note keeps that the actor opened a conversation, unless its room knows that or it
// was noted just now. The answer does not wait for it to be written.
func (k *Kernel) note(ctx context.Context, s tenants.Scope, root Post) error {
	if s.Actor.Member == nil || root.own || s.Actor.Roles.Staff() || k.kinds[root.Kind].ReadBy != nil {
		return nil
	}
	noted, err := s.Select((*open)(nil)).Where("opened.member_id = ?", s.Actor.ID()).Where("opened.post_id = ?", root.ID).Where("opened.opened_at > ?", s.Now.Add(-notedEvery)).Exists(ctx)
	if err != nil || noted {
		return err
	}
	s.After(func(ctx context.Context, s tenants.Scope) error {
		row := open{MemberID: s.Actor.ID(), PostID: root.ID, OpenedAt: s.Now}
		_, err := s.Insert(&row).On("CONFLICT (tenant_id, member_id, post_id) DO UPDATE").Set("opened_at = EXCLUDED.opened_at").Exec(ctx)
		return err
	})
	return nil
}

// readBy are the members who are known to have read a post: who opened its
// conversation since it was there, who reacted to it, and who replied after it.
func (k *Kernel) readBy(ctx context.Context, s tenants.Scope, id uuid.UUID) (tenants.IDs, error) {
	post, err := unseen(ctx, s, id)
	if database.Missing(err) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	root := post
	if post.IsReply() {
		if root, err = unseen(ctx, s, *post.ParentID); err != nil {
			return nil, err
		}
	}
	opened, err := k.openedBy(ctx, s, root, post.PublishedAt)
	if err != nil {
		return nil, err
	}
	var reacted, replied []uuid.UUID
	if err := s.Select((*Reaction)(nil)).Column("member_id").Where("reaction.post_id = ?", id).Scan(ctx, &reacted); err != nil {
		return nil, err
	}
	err = s.Select((*Post)(nil)).ColumnExpr("DISTINCT post.author_id").Where("post.parent_id = ?", root.ID).Where("post.published_at >= ?", post.PublishedAt).Scan(ctx, &replied)
	readers := slices.Concat(opened, reacted, replied)
	return tenants.NewIDs(slices.DeleteFunc(readers, func(id uuid.UUID) bool { return id == post.AuthorID })...), err
}

func (k *Kernel) openedBy(ctx context.Context, s tenants.Scope, root Post, since time.Time) (ids []uuid.UUID, err error) {
	if of := k.kinds[root.Kind].ReadBy; of != nil {
		return of(ctx, s, root.ID, since)
	}
	err = s.Select((*open)(nil)).Column("member_id").Where("opened.post_id = ?", root.ID).Where("opened.opened_at >= ?", since).Scan(ctx, &ids)
	return ids, err
}
