package posts

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

// Serve is serve, for rooms that read posts with what they keep beside them.
func (k *Kernel) Serve(ctx context.Context, s tenants.Scope, posts ...*Post) error {
	return k.serve(ctx, s, posts...)
}

// serve makes posts ready for the actor: says where they stand, and takes from
// them what is not for the actor's eyes. Who has no bonds and no filters pays for
// none of that.
func (k *Kernel) serve(ctx context.Context, s tenants.Scope, posts ...*Post) error {
	k.Dress(s, posts...)
	if err := uncount(ctx, s, posts); err != nil {
		return err
	}
	if err := unname(ctx, s, posts); err != nil {
		return err
	}
	return k.cover(ctx, s, posts)
}

// uncount takes from the number of replies those that the actor does not see.
func uncount(ctx context.Context, s tenants.Scope, posts []*Post) error {
	hears, args := s.Hears("post.author_id")
	var ids []uuid.UUID
	for _, p := range posts {
		if p.Replies > 0 {
			ids = append(ids, p.ID)
		}
	}
	if hears == "" || len(ids) == 0 {
		return nil
	}
	var counts []struct {
		ParentID uuid.UUID `bun:"parent_id,type:uuid"`
		Unheard  int       `bun:"unheard"`
	}
	err := s.Select((*Post)(nil)).Column("parent_id").ColumnExpr("count(*) AS unheard").Where("post.parent_id IN (?)", bun.List(ids)).
		Where("post.state = ?", Visible).Where("NOT ("+hears+")", args...).Group("parent_id").Scan(ctx, &counts)
	for _, count := range counts {
		for _, p := range posts {
			if p.ID == count.ParentID {
				p.Replies -= count.Unheard
			}
		}
	}
	return err
}

// unname leaves the names of people whom the actor does not see without a link.
func unname(ctx context.Context, s tenants.Scope, posts []*Post) error {
	sees, args := s.Sees("person.id")
	var named []string
	for _, p := range posts {
		named = append(named, p.Mentions...)
	}
	if sees == "" || len(named) == 0 {
		return nil
	}
	var gone []string
	err := s.Select((*tenants.Person)(nil)).Column("handle_key").Where("person.handle_key IN (?)", bun.List(named)).Where("NOT ("+sees+")", args...).Scan(ctx, &gone)
	for _, p := range posts {
		p.Mentions = slices.DeleteFunc(p.Mentions, func(handle string) bool { return slices.Contains(gone, handle) })
	}
	return err
}
