package posts

import (
	"context"
	"maps"
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

// uncount takes from the numbers of replies and of reactions those of people whom
// the actor does not hear.
func uncount(ctx context.Context, s tenants.Scope, posts []*Post) error {
	hears, _ := s.Hears("")
	if hears == "" {
		return nil
	}
	byID := map[uuid.UUID][]*Post{}
	var answered, reacted []uuid.UUID
	for _, p := range posts {
		byID[p.ID] = append(byID[p.ID], p)
		if p.Replies > 0 {
			answered = append(answered, p.ID)
		}
		if p.WithYou+p.Hug+p.ThankYou+p.Hope > 0 {
			reacted = append(reacted, p.ID)
		}
	}
	replies, err := unheardReplies(ctx, s, answered)
	if err != nil {
		return err
	}
	reactions, err := unheardReactions(ctx, s, reacted)
	for _, one := range replies {
		for _, p := range byID[one.PostID] {
			p.Replies -= one.Count
		}
	}
	for _, one := range reactions {
		for _, p := range byID[one.PostID] {
			*p.counter(one.Kind) -= one.Count
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
	called, err := s.Called(ctx, named...)
	if err != nil || len(called) == 0 {
		return err
	}
	var gone []uuid.UUID
	err = s.Select((*tenants.Person)(nil)).Column("id").Where("person.id IN (?)", bun.List(slices.Collect(maps.Values(called)))).Where("NOT ("+sees+")", args...).Scan(ctx, &gone)
	for _, p := range posts {
		p.Mentions = slices.DeleteFunc(p.Mentions, func(handle string) bool { return slices.Contains(gone, called[handle]) })
	}
	return err
}
