package cases

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Link is what else belongs to a case.
type Link struct {
	bun.BaseModel `bun:"table:case_links,alias:link"`
	tenants.InService

	CaseID    uuid.UUID `bun:"case_id,pk,type:uuid"`
	SubjectID uuid.UUID `bun:"subject_id,pk,type:uuid"`
	Sort      string    `bun:"sort"`
	LinkedAt  time.Time `bun:"linked_at"`
	LinkedBy  uuid.UUID `bun:"linked_by,type:uuid,nullzero"`
}

// mine narrows to cases that the actor may work on: about nobody whom they are
// near to.
func (c Cases) mine(ctx context.Context, s tenants.Scope, q *bun.SelectQuery) (*bun.SelectQuery, error) {
	near, err := c.desk.Near(ctx, s, s.Actor.ID())
	if err != nil || len(near) == 0 {
		return q, err
	}
	return q.Where("(?TableAlias.member_id IS NULL OR ?TableAlias.member_id NOT IN (?))", bun.List(near)), nil
}

func withPeople(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Relation("Member", tenants.Face).Relation("Owner", tenants.Face).Relation("Asked", tenants.Face)
}

// find reads a case that the actor may work on. NotFound otherwise.
func (c Cases) find(ctx context.Context, s tenants.Scope, id uuid.UUID) (found safety.Case, err error) {
	q, err := c.mine(ctx, s, withPeople(s.Select(&found)))
	if err != nil {
		return safety.Case{}, err
	}
	return found, q.Where("?TableAlias.id = ?", id).Scan(ctx)
}

// locked is find for whoever changes it: they take turns. Only members work on
// cases. Conflict if it is closed.
func (c Cases) locked(ctx context.Context, s tenants.Scope, id uuid.UUID) (found safety.Case, err error) {
	if s.Actor.Member == nil {
		return safety.Case{}, fault.New(fault.Forbidden, "You are not a member of this service, so you cannot work on its cases.")
	}
	q, err := c.mine(ctx, s, s.Lock(&found))
	if err != nil {
		return safety.Case{}, err
	}
	if err := q.Where("?TableAlias.id = ?", id).Scan(ctx); err != nil {
		return safety.Case{}, err
	}
	if found.ClosedAt != nil {
		return found, fault.New(fault.Conflict, "This case is closed. Open it again to work on it.")
	}
	return found, nil
}

// openCases are all that are open, with who has them.
func openCases(ctx context.Context, s tenants.Scope) (all []safety.Case, err error) {
	err = s.Select(&all).Relation("Owner").Where("?TableAlias.closed_at IS NULL").Scan(ctx)
	return all, err
}

// running are calls that nobody has stopped, the last first.
func running(ctx context.Context, s tenants.Scope, narrow func(*bun.SelectQuery) *bun.SelectQuery) (all []Call, err error) {
	err = narrow(s.Select(&all)).Where("call.stopped_at IS NULL").Order("call.round DESC", "call.position DESC").Scan(ctx)
	return all, err
}

func ofCase(id uuid.UUID) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("call.case_id = ?", id) }
}

// callsOf are all calls of a case, the first first.
func callsOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (all []Call, err error) {
	err = s.Select(&all).Where("call.case_id = ?", id).Order("call.round", "call.position").Scan(ctx)
	return all, err
}

// callsEach counts the calls of some cases.
func callsEach(ctx context.Context, s tenants.Scope, cases []safety.Case) (map[uuid.UUID]int, error) {
	counts := map[uuid.UUID]int{}
	if len(cases) == 0 {
		return counts, nil
	}
	ids := make([]uuid.UUID, len(cases))
	for i, one := range cases {
		ids[i] = one.ID
	}
	var calls []Call
	err := s.Select(&calls).Column("case_id").Where("call.case_id IN (?)", bun.List(ids)).Scan(ctx)
	for _, call := range calls {
		counts[call.CaseID]++
	}
	return counts, err
}

// stop ends the calls of a case.
func stop(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	_, err := s.Update((*Call)(nil)).Set("stopped_at = ?", s.Now).Set("try_at = NULL").Where("case_id = ?", id).Where("stopped_at IS NULL").Exec(ctx)
	return err
}

// rounds is how often the tree was begun for a case.
func rounds(ctx context.Context, s tenants.Scope, id uuid.UUID) (n int, err error) {
	err = s.Select((*Call)(nil)).ColumnExpr("coalesce(max(call.round), 0)").Where("call.case_id = ?", id).Scan(ctx, &n)
	return n, err
}

// timeline is what happened, the first first.
func timeline(ctx context.Context, s tenants.Scope, id uuid.UUID) (all []safety.Entry, err error) {
	err = s.Select(&all).Relation("Actor", tenants.Face).Where("entry.case_id = ?", id).Order("entry.at", "entry.id").Scan(ctx)
	return all, err
}

// people are members by their ids, whether or not they are still here.
func people(ctx context.Context, s tenants.Scope, ids []uuid.UUID) (map[uuid.UUID]tenants.Person, error) {
	found := map[uuid.UUID]tenants.Person{}
	if len(ids) == 0 {
		return found, nil
	}
	var all []tenants.Person
	err := s.Select(&all).Where("person.id IN (?)", bun.List(tenants.NewIDs(ids...))).Scan(ctx)
	for _, person := range all {
		found[person.ID] = person
	}
	return found, err
}

// works tells whether somebody can work on cases.
func works(s tenants.Scope, person *tenants.Person) bool {
	return person != nil && person.Status == "active" && s.As(*person).May("cases.work")
}

// leads are the service's.
func leads(ctx context.Context, s tenants.Scope) (ids []uuid.UUID, err error) {
	err = s.Select((*tenants.Person)(nil)).Column("id").Where("person.status = 'active'").Where(tenants.Holds("person.roles", tenants.ServiceLead)).Order("person.handle_key").Scan(ctx, &ids)
	return ids, err
}

// links are what else belongs to a case.
func links(ctx context.Context, s tenants.Scope, id uuid.UUID) (all []Link, err error) {
	err = s.Select(&all).Where("link.case_id = ?", id).Order("link.linked_at").Scan(ctx)
	return all, err
}

// items are the desk's items of a case.
func items(ctx context.Context, s tenants.Scope, c safety.Case) (all []safety.Item, err error) {
	err = s.Select(&all).Where("(item.case_id = ? OR item.id = ?)", c.ID, c.ItemID).Order("item.raised_at").Scan(ctx)
	return all, err
}

// drilledSince tells whether there was a drill at or after some time. Whoever
// asks has locked the service, so that two do not both begin one.
func drilledSince(ctx context.Context, s tenants.Scope, t time.Time) (bool, error) {
	var service tenants.Service
	if err := s.Lock(&service).Column("id").Where("id = ?", s.Service.ID).Scan(ctx); err != nil {
		return false, err
	}
	return s.Select((*safety.Case)(nil)).Where("?TableAlias.drill").Where("?TableAlias.opened_at >= ?", t).Exists(ctx)
}

// open counts open cases for the actor, drills not.
func open(ctx context.Context, s tenants.Scope) (int, error) {
	if !s.May("cases.work") {
		return 0, nil
	}
	n, err := s.Select((*safety.Case)(nil)).Where("?TableAlias.closed_at IS NULL").Where("NOT ?TableAlias.drill").
		Where("(?TableAlias.member_id IS NULL OR ?TableAlias.member_id <> ?)", s.Actor.ID()).Count(ctx)
	return int(n), err
}

// aboutThem are the cases about a member.
func aboutThem(ctx context.Context, s tenants.Scope, member uuid.UUID) (all []safety.Case, err error) {
	err = s.Select(&all).Where("?TableAlias.member_id = ?", member).Order("opened_at").Scan(ctx)
	return all, err
}

// keepSettings writes the service's settings of this room.
func keepSettings(ctx context.Context, s tenants.Scope, row tenants.Room, was int) error {
	if was == 0 {
		return tenants.Fresh(s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx))
	}
	return tenants.Fresh(s.Update(&row).Column("settings", "version").Where("module = ?", key).Where("version = ?", was).Exec(ctx))
}
