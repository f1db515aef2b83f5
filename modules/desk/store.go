package desk

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// tying are the bonds for which somebody decides nothing about the other.
var tying = []tenants.Bond{tenants.Friend, tenants.Blocking, tenants.BlockedBy}

// linked is the condition that somebody of the team is linked to an item: it is
// about them, they reported it, or they have a bond with whom it is about.
func linked(s tenants.Scope, member uuid.UUID) (string, []any) {
	trust := s.Trust().ID
	kin, args := s.IsKin(member, "item.author_id")
	return `(item.author_id IS NOT NULL AND item.author_id = ?
		OR EXISTS (SELECT 1 FROM desk_marks AS k WHERE k.tenant_id = ? AND k.item_id = item.id AND k.by_id = ?)
		OR EXISTS (SELECT 1 FROM ties AS t WHERE t.tenant_id = ? AND t.member_id = ? AND t.other_id = item.author_id AND t.kind IN (?))
		OR EXISTS (SELECT 1 FROM desk_links AS l WHERE l.tenant_id = ? AND l.member_id = ? AND l.other_id = item.author_id)
		OR ` + kin + `)`,
		append([]any{member, trust, member, trust, member, bun.List(tying), trust, member}, args...)
}

// isLinked tells whether they are linked to it.
func isLinked(ctx context.Context, s tenants.Scope, member, item uuid.UUID) (bool, error) {
	condition, args := linked(s, member)
	return s.Select((*safety.Item)(nil)).Where("item.id = ?", item).Where(condition, args...).Exists(ctx)
}

// linkedAmong are those of some items that the actor is linked to.
func linkedAmong(ctx context.Context, s tenants.Scope, items []safety.Item) (map[uuid.UUID]bool, error) {
	found := map[uuid.UUID]bool{}
	if len(items) == 0 {
		return found, nil
	}
	ids := make([]uuid.UUID, len(items))
	for i, item := range items {
		ids[i] = item.ID
	}
	condition, args := linked(s, s.Actor.ID())
	var theirs []uuid.UUID
	err := s.Select((*safety.Item)(nil)).Column("id").Where("item.id IN (?)", bun.List(ids)).Where(condition, args...).Scan(ctx, &theirs)
	for _, id := range theirs {
		found[id] = true
	}
	return found, err
}

func waiting(s tenants.Scope, into any) *bun.SelectQuery {
	return s.Select(into).Where("item.decided_at IS NULL")
}

// open lists what waits, as in asks, with no more than what its order needs.
func (in Ask) open(ctx context.Context, s tenants.Scope) (items []safety.Item, err error) {
	q := waiting(s, &items).Column("id", "level", "raised_at", "due_at", "holder_id")
	switch in.With {
	case "mine":
		q = q.Where("item.holder_id = ?", s.Actor.ID())
	case "nobody":
		q = q.Where("item.holder_id IS NULL")
	}
	if in.Level != "" {
		q = q.Where("item.level = ?", in.Level)
	}
	if in.Source != "" {
		q = q.Where("EXISTS (SELECT 1 FROM desk_marks AS k WHERE k.tenant_id = ? AND k.item_id = item.id AND k.source = ?)", s.Trust().ID, in.Source)
	}
	err = q.Order("item.raised_at").Scan(ctx)
	return items, err
}

// whole reads items with all that a page shows of them, in the order of ids.
func whole(ctx context.Context, s tenants.Scope, ids []uuid.UUID) (items []safety.Item, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = s.Select(&items).Relation("Author", tenants.Face).Relation("Holder", tenants.Face).Relation("Decider", tenants.Face).Where("item.id IN (?)", bun.List(ids)).Scan(ctx)
	if err != nil {
		return nil, err
	}
	var marks []safety.Mark
	if err := s.Select(&marks).Where("mark.item_id IN (?)", bun.List(ids)).Order("mark.at", "mark.id").Scan(ctx); err != nil {
		return nil, err
	}
	slices.SortFunc(items, func(a, b safety.Item) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	for i := range items {
		for _, mark := range marks {
			if mark.ItemID == items[i].ID {
				items[i].Marks = append(items[i].Marks, mark)
			}
		}
	}
	return items, nil
}

// count counts what waits for the actor: with them, or with nobody.
func count(ctx context.Context, s tenants.Scope) (int, error) {
	condition, args := linked(s, s.Actor.ID())
	n, err := waiting(s, (*safety.Item)(nil)).Where("(item.holder_id IS NULL OR item.holder_id = ?)", s.Actor.ID()).Where("NOT "+condition, args...).Count(ctx)
	return int(n), err
}

// raisedSince lists what was raised lately, with no more than figures need.
func raisedSince(ctx context.Context, s tenants.Scope, since time.Time) (items []safety.Item, err error) {
	err = s.Select(&items).Column("level", "raised_at", "due_at", "responded_at", "decided_at").Where("item.raised_at > ?", since).Scan(ctx)
	return items, err
}

func urgentOpen(ctx context.Context, s tenants.Scope) (int, error) {
	n, err := waiting(s, (*safety.Item)(nil)).Where("item.level IN (?)", bun.List([]safety.Level{safety.Crisis, safety.Red})).Count(ctx)
	return int(n), err
}

// claim gives an item to the actor, if it is with whom they believe it to be. It
// is one statement, so that of two in one instant one gets it.
func claim(ctx context.Context, s tenants.Scope, id uuid.UUID, from *uuid.UUID) error {
	q := s.Update((*safety.Item)(nil)).Set("holder_id = ?", s.Actor.ID()).Set("taken_at = ?", s.Now).Set("responded_at = COALESCE(responded_at, ?)", s.Now).Set("version = version + 1").
		Where("item.id = ?", id).Where("item.decided_at IS NULL")
	if from == nil {
		q = q.Where("item.holder_id IS NULL")
	} else {
		q = q.Where("item.holder_id = ?", *from)
	}
	return tenants.Touched(q.Exec(ctx))
}

// letGo puts back what the actor has that is about these members, or about anybody.
func letGo(ctx context.Context, s tenants.Scope, about ...uuid.UUID) error {
	q := s.Update((*safety.Item)(nil)).Set("holder_id = NULL").Set("taken_at = NULL").Set("version = version + 1").Where("holder_id = ?", s.Actor.ID()).Where("decided_at IS NULL")
	if len(about) > 0 {
		q = q.Where("author_id IN (?)", bun.List(about))
	}
	_, err := q.Exec(ctx)
	return err
}

func deedsOf(ctx context.Context, s tenants.Scope, item uuid.UUID) (deeds []safety.Deed, err error) {
	err = s.Select(&deeds).Relation("Actor", tenants.Face).Relation("To", tenants.Face).Where("deed.item_id = ?", item).Order("deed.at", "deed.id").Scan(ctx)
	return deeds, err
}

// latest are the last items about a member, but for one.
func latest(ctx context.Context, s tenants.Scope, member, but uuid.UUID) (items []safety.Item, err error) {
	err = s.Select(&items).Where("item.author_id = ?", member).Where("item.id <> ?", but).Order("item.raised_at DESC", "item.id").Limit(200).Scan(ctx)
	return items, err
}

// looking are the others who have an item open.
func looking(ctx context.Context, s tenants.Scope, item uuid.UUID) (people []tenants.Person, err error) {
	var rows []Exposure
	err = s.Select(&rows).Relation("Member", tenants.Face).Where("exposure.item_id = ?", item).Where("exposure.what = 'words'").
		Where("exposure.seen_at > ?", s.Now.Add(-open)).Where("exposure.member_id <> ?", s.Actor.ID()).Order("exposure.at").Scan(ctx)
	for _, row := range rows {
		people = append(people, *row.Member)
	}
	return people, err
}

// lastExposure is the actor's to an item; the zero Exposure if there is none.
func lastExposure(ctx context.Context, s tenants.Scope, item uuid.UUID, what string) (Exposure, error) {
	var rows []Exposure
	err := s.Select(&rows).Where("exposure.item_id = ?", item).Where("exposure.member_id = ?", s.Actor.ID()).Where("exposure.what = ?", what).
		Order("exposure.seen_at DESC").Limit(1).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return Exposure{}, err
	}
	return rows[0], nil
}

func seenAgain(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	_, err := s.Update((*Exposure)(nil)).Set("seen_at = ?", s.Now).Where("id = ?", id).Exec(ctx)
	return err
}

// exposuresOf lists those of a member since a time, of all with the zero UUID.
func exposuresOf(ctx context.Context, s tenants.Scope, member uuid.UUID, since time.Time) (rows []Exposure, err error) {
	q := s.Select(&rows).Where("exposure.seen_at > ?", since)
	if member != uuid.Nil {
		q = q.Where("exposure.member_id = ?", member)
	}
	err = q.Scan(ctx)
	return rows, err
}

// old narrows to items that were decided before a time, led to no case, and
// concern nobody under a legal hold.
func old(s tenants.Scope, q bun.QueryBuilder, before time.Time) {
	held, whose, trust := tenants.NotHeld(s, "author_id")
	q.Where("item.decided_at < ?", before).Where("item.case_id IS NULL").Where("(item.author_id IS NULL OR "+held+")", whose, trust)
}

func countOld(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	q := s.Select((*safety.Item)(nil))
	old(s, q.QueryBuilder(), before)
	n, err := q.Count(ctx)
	return int(n), err
}

// purgeOld removes items with what was found and done about them.
func purgeOld(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	var ids []uuid.UUID
	q := s.Select((*safety.Item)(nil)).Column("id")
	old(s, q.QueryBuilder(), before)
	if err := q.Scan(ctx, &ids); err != nil {
		return 0, err
	}
	for some := range slices.Chunk(ids, 500) {
		for _, row := range []any{(*safety.Mark)(nil), (*safety.Deed)(nil), (*Exposure)(nil)} {
			if _, err := s.Delete(row).Where("item_id IN (?)", bun.List(some)).Exec(ctx); err != nil {
				return 0, err
			}
		}
		if _, err := s.Delete((*safety.Item)(nil)).Where("item.id IN (?)", bun.List(some)).Exec(ctx); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}
