package gifts

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// catalogue lists a service's gifts in their order, retired ones too.
func catalogue(ctx context.Context, s tenants.Scope) ([]Kind, error) {
	var kinds []Kind
	err := s.Select(&kinds).Order("kind.position", "kind.id").Scan(ctx)
	if err == nil && len(kinds) == 0 {
		kinds = Preset(s.Service)
	}
	return kinds, err
}

// stock stores the preset of a service that never changed its catalogue.
func stock(ctx context.Context, s tenants.Scope) error {
	there, err := s.Select((*Kind)(nil)).Exists(ctx)
	if err != nil || there {
		return err
	}
	_, err = tenants.InsertAll(s, Preset(s.Service)).On("CONFLICT DO NOTHING").Exec(ctx) // somebody else may do so at this moment
	return err
}

// kindOf reads one of the stored gifts of the catalogue. No row otherwise.
func kindOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (kind Kind, err error) {
	err = s.Select(&kind).Where("kind.id = ?", id).Scan(ctx)
	return kind, err
}

// add puts a gift at the end of the catalogue. Invalid if that is full.
func add(ctx context.Context, s tenants.Scope, kind Kind, why tenants.Why) (Kind, error) {
	if err := s.Alone(ctx); err != nil {
		return kind, err
	}
	if err := stock(ctx, s); err != nil {
		return kind, err
	}
	var there []Kind
	if err := s.Select(&there).Where("kind.retired_at IS NULL").Scan(ctx); err != nil {
		return kind, err
	}
	if len(there) >= mostKinds {
		return kind, fault.Bad("name", "The catalogue is full. Retire a gift first, so that members can still choose.")
	}
	kind.ID, kind.AddedAt, kind.Position = uuid.Must(uuid.NewV7()), s.Now, 1
	for _, other := range there {
		kind.Position = max(kind.Position, other.Position+1)
	}
	if _, err := s.Insert(&kind).Exec(ctx); err != nil {
		return kind, err
	}
	return kind, s.Audit(ctx, "gifts.add", tenants.Audited{Subject: kind.ID, Reason: why.Reason, After: kind})
}

func retire(ctx context.Context, s tenants.Scope, kind Kind) error {
	return tenants.Touched(s.Update(&kind).Column("retired_at").Where("kind.id = ?", kind.ID).Exec(ctx))
}

func insert(ctx context.Context, s tenants.Scope, gift *Gift) error {
	_, err := s.Insert(gift).Exec(ctx)
	return err
}

func update(ctx context.Context, s tenants.Scope, gift Gift) error {
	return tenants.Touched(s.Update(&gift).Column("opened_at", "put_away_at", "reported_at", "reason").Where("gift.id = ?", gift.ID).Exec(ctx))
}

// alone lets one person's gifts be given one after another, so that counting
// them stays true.
func alone(ctx context.Context, s tenants.Scope) error {
	var me tenants.Person
	return s.Lock(&me).Column("id").Where("person.id = ?", s.Actor.ID()).Scan(ctx)
}

// givenSince counts what the actor gave.
func givenSince(ctx context.Context, s tenants.Scope, since time.Time) (int, error) {
	n, err := s.Select((*Gift)(nil)).Where("gift.from_id = ?", s.Actor.ID()).Where("gift.given_at >= ?", since).Count(ctx)
	return int(n), err
}

func whole(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Relation("From", tenants.Face).Relation("To", tenants.Face).Relation("Kind")
}

// given lists what the actor was given, and one more than a page has.
func given(ctx context.Context, s tenants.Scope, part Part) (gifts []Gift, err error) {
	q := whole(s.Select(&gifts)).Where("gift.to_id = ?", s.Actor.ID()).Order("gift.given_at DESC", "gift.id DESC").Limit(pageSize + 1)
	if part.Away {
		q.Where("gift.put_away_at IS NOT NULL")
	} else {
		q.Where("gift.put_away_at IS NULL")
	}
	if !part.Before.Zero() {
		q.Where("(gift.given_at, gift.id) < (?, ?)", part.Before.At, part.Before.ID)
	}
	return gifts, q.Scan(ctx)
}

// waiting counts the gifts that the actor has not opened, but for those that came
// quietly.
func waiting(ctx context.Context, s tenants.Scope) (int, error) {
	n, err := s.Select((*Gift)(nil)).Where("gift.to_id = ?", s.Actor.ID()).Where("gift.opened_at IS NULL").
		Where("gift.put_away_at IS NULL").Where("NOT gift.quiet").Count(ctx)
	return int(n), err
}

// byID reads a gift whoever it is of, for what happens by itself.
func byID(ctx context.Context, s tenants.Scope, id uuid.UUID) (gift Gift, err error) {
	err = whole(s.Select(&gift)).Where("gift.id = ?", id).Scan(ctx)
	return gift, err
}

// mine reads a gift that the actor gave or was given. No row otherwise.
func mine(ctx context.Context, s tenants.Scope, id uuid.UUID) (gift Gift, err error) {
	me := s.Actor.ID()
	err = whole(s.Select(&gift)).Where("gift.id = ?", id).Where("(gift.to_id = ? OR gift.from_id = ?)", me, me).Scan(ctx)
	return gift, err
}

// toMe reads a gift that the actor was given. No row otherwise.
func toMe(ctx context.Context, s tenants.Scope, id uuid.UUID) (gift Gift, err error) {
	err = whole(s.Select(&gift)).Where("gift.id = ?", id).Where("gift.to_id = ?", s.Actor.ID()).Scan(ctx)
	return gift, err
}

// doorOf is whether a member takes gifts from everybody.
func doorOf(ctx context.Context, s tenants.Scope, member uuid.UUID) (Door, error) {
	var row doorToAll
	err := s.Select(&row).Where("door.member_id = ?", member).Scan(ctx)
	if database.Missing(err) {
		return Open, nil
	}
	return row.Door, err
}

// doorFor is whether a member takes gifts from the actor.
func doorFor(ctx context.Context, s tenants.Scope, member uuid.UUID) (Door, error) {
	var row DoorTo
	err := s.Select(&row).Where("door.member_id = ?", member).Where("door.from_id = ?", s.Actor.ID()).Scan(ctx)
	if database.Missing(err) {
		return Open, nil
	}
	return row.Door, err
}

// doorsTo lists the people for whom the actor chose otherwise than for all.
func doorsTo(ctx context.Context, s tenants.Scope) (rows []DoorTo, err error) {
	err = s.Select(&rows).Relation("From", tenants.Face).Where("door.member_id = ?", s.Actor.ID()).Order("from.handle_key").Scan(ctx)
	return rows, err
}

func keepDoor(ctx context.Context, s tenants.Scope, door Door) error {
	row := doorToAll{MemberID: s.Actor.ID(), Door: door}
	_, err := s.Insert(&row).On("CONFLICT (tenant_id, member_id) DO UPDATE").Set("door = EXCLUDED.door").Exec(ctx)
	return err
}

// keepDoorTo stores a choice about one person; an open door needs no row.
func keepDoorTo(ctx context.Context, s tenants.Scope, from uuid.UUID, door Door) error {
	if door == Open {
		_, err := s.Delete((*DoorTo)(nil)).Where("member_id = ?", s.Actor.ID()).Where("from_id = ?", from).Exec(ctx)
		return err
	}
	row := DoorTo{MemberID: s.Actor.ID(), FromID: from, Door: door}
	_, err := s.Insert(&row).On("CONFLICT (tenant_id, member_id, from_id) DO UPDATE").Set("door = EXCLUDED.door").Exec(ctx)
	return err
}
