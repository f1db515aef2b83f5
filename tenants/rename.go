package tenants

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants/handles"
)

// formerHandle is one that a member gave up. It stays theirs for as long as they
// are here: nobody slips into it, and where others wrote it, it leads to them.
type formerHandle struct {
	bun.BaseModel `bun:"table:former_handles,alias:former"`
	InService

	HandleKey string    `bun:"handle_key,pk"`
	Skeleton  string    `bun:"handle_skeleton"`
	MemberID  uuid.UUID `bun:"member_id,type:uuid"`
	GivenUpAt time.Time `bun:"given_up_at"`
}

// FreeHandle tells whether the actor can take a handle: nobody else has it, had it
// before, or has one that looks like it.
func (s Scope) FreeHandle(ctx context.Context, handle string) (bool, error) {
	looks := handles.Skeleton(handle)
	had, err := s.Select((*Person)(nil)).Where("person.handle_skeleton = ?", looks).Where("person.id <> ?", s.Actor.ID()).Exists(ctx)
	if had || err != nil {
		return false, err
	}
	had, err = s.Select((*formerHandle)(nil)).Where("former.handle_skeleton = ?", looks).Where("former.member_id <> ?", s.Actor.ID()).Exists(ctx)
	return !had, err
}

// RenamedAt is when the actor last took another handle; zero for never.
func (s Scope) RenamedAt(ctx context.Context) (time.Time, error) {
	var last formerHandle
	err := s.Select(&last).Where("former.member_id = ?", s.Actor.ID()).Order("former.given_up_at DESC").Limit(1).Scan(ctx)
	if database.Missing(err) {
		return time.Time{}, nil
	}
	return last.GivenUpAt, err
}

// Rename gives the actor, a member, a handle that is free. Of two who want it at
// once one gets it; Conflict if the actor has been renamed meanwhile.
func (s Scope) Rename(ctx context.Context, handle string) (Person, error) {
	var me Person
	if err := s.Lock(&me).Where("person.id = ?", s.Actor.ID()).Scan(ctx); err != nil {
		return Person{}, err
	}
	if me.Handle != s.Actor.Member.Handle {
		return Person{}, fault.Stale() // another request of theirs was faster
	}
	was := formerHandle{HandleKey: me.HandleKey, Skeleton: me.Skeleton, MemberID: me.ID, GivenUpAt: s.Now}
	if _, err := s.Insert(&was).On("CONFLICT (tenant_id, service_id, handle_key) DO UPDATE").Set("given_up_at = EXCLUDED.given_up_at").Exec(ctx); err != nil {
		return Person{}, err
	}
	me.Call(handle)
	if !web.IsSlug(me.HandleKey) {
		return Person{}, badHandle()
	}
	err := Touched(s.Update(&me).Column("handle", "handle_key", "handle_skeleton").Where("person.id = ?", me.ID).Exec(ctx))
	if database.Taken(err) {
		return Person{}, takenHandle()
	}
	return me, err
}

func badHandle() error {
	return fault.Bad("handle", "A handle has letters, numbers, blanks and hyphens.")
}

func takenHandle() error {
	return fault.Bad("handle", "Somebody in this service has this handle already, or one that looks like it.")
}

// FormerHandles are those that a member gave up, as they are looked up, the oldest
// first.
func (s Scope) FormerHandles(ctx context.Context, member uuid.UUID) (keys []string, err error) {
	err = s.SelectAcross((*formerHandle)(nil)).Column("handle_key").Where("former.member_id = ?", member).Order("former.given_up_at").Scan(ctx, &keys)
	return keys, err
}

// Called finds who is called so, or was before: of those of some handles, as they
// are looked up, that mean anybody, whose they are.
func (s Scope) Called(ctx context.Context, keys ...string) (map[string]uuid.UUID, error) {
	found := map[string]uuid.UUID{}
	if len(keys) == 0 {
		return found, nil
	}
	var before []formerHandle
	if err := s.Select(&before).Where("former.handle_key IN (?)", bun.List(keys)).Scan(ctx); err != nil {
		return nil, err
	}
	for _, one := range before {
		found[one.HandleKey] = one.MemberID
	}
	var now []Person
	err := s.Select(&now).Column("id", "handle_key").Where("person.handle_key IN (?)", bun.List(keys)).Scan(ctx)
	for _, one := range now {
		found[one.HandleKey] = one.ID
	}
	return found, err
}

// Bearing narrows a query of members to whoever of a service is called so, or was
// before.
func (s Scope) Bearing(q *bun.SelectQuery, service uuid.UUID, handle string) *bun.SelectQuery {
	trust, key := s.Estate.Trust.ID, HandleKey(handle)
	return q.Where(`person.id IN (SELECT m.id FROM members AS m WHERE m.tenant_id = ? AND m.service_id = ? AND m.handle_key = ?
		UNION ALL SELECT f.member_id FROM former_handles AS f WHERE f.tenant_id = ? AND f.service_id = ? AND f.handle_key = ?)`, trust, service, key, trust, service, key)
}
