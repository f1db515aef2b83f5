package wings

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Row is a member of an age band, and when they are too old for it.
type Row struct {
	bun.BaseModel `bun:"table:moving_on,alias:moving"`
	tenants.InService

	MemberID uuid.UUID  `bun:"member_id,pk,type:uuid"`
	LeavesOn clock.Date `bun:"leaves_on"` // the first day; empty where it is not known
	Told     state      `bun:"told"`      // what the team was told last
	// ToID is where they go, ArrangedBy the member of the team who told them so.
	ToID       *uuid.UUID `bun:"to_id,type:uuid"`
	ArrangedBy *uuid.UUID `bun:"arranged_by,type:uuid"`
	ArrangedAt *time.Time `bun:"arranged_at"`

	Member *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:member_id=id"`
}

// waitsFor is the condition of rows that the team must do something about.
const waitsFor = "(moving.leaves_on <= ? AND (moving.to_id IS NULL OR moving.leaves_on <= ?))"

// due are the rows of those who will be too old soon, or are, or whose age nobody
// knows; the latest first.
func due(ctx context.Context, s tenants.Scope, today clock.Date) (rows []Row, err error) {
	err = s.Select(&rows).Relation("Member", tenants.Face).Where("moving.leaves_on <= ?", today.Plus(ahead)).Where("member.status = 'active'").
		Order("moving.leaves_on", "member.handle_key").Scan(ctx)
	return rows, err
}

func rowOf(ctx context.Context, s tenants.Scope, member uuid.UUID) (row Row, err error) {
	return row, s.Select(&row).Where("moving.member_id = ?", member).Scan(ctx)
}

// taken is rowOf for who changes it: of two at once, the second sees what the first did.
func taken(ctx context.Context, s tenants.Scope, member uuid.UUID) (row Row, err error) {
	return row, s.Lock(&row).Where("moving.member_id = ?", member).Scan(ctx)
}

// rowsOf are all of the service, for who changes them.
func rowsOf(ctx context.Context, s tenants.Scope) (map[uuid.UUID]Row, error) {
	var rows []Row
	if err := s.Lock(&rows).Scan(ctx); err != nil {
		return nil, err
	}
	all := map[uuid.UUID]Row{}
	for _, row := range rows {
		all[row.MemberID] = row
	}
	return all, nil
}

func put(ctx context.Context, s tenants.Scope, row Row) error {
	_, err := s.Insert(&row).On("CONFLICT (tenant_id, member_id) DO UPDATE").Set("leaves_on = EXCLUDED.leaves_on").Set("told = EXCLUDED.told").
		Set("to_id = EXCLUDED.to_id").Set("arranged_by = EXCLUDED.arranged_by").Set("arranged_at = EXCLUDED.arranged_at").Exec(ctx)
	return err
}

func drop(ctx context.Context, s tenants.Scope, member uuid.UUID) error {
	_, err := s.Delete((*Row)(nil)).Where("member_id = ?", member).Exec(ctx)
	return err
}

// leavers counts those whom the team must see to, and of them those who are too old.
func leavers(ctx context.Context, s tenants.Scope, today clock.Date) (all, late int, err error) {
	if all, err = counted(ctx, s.Select((*Row)(nil)).Where(waitsFor, today.Plus(ahead), today)); err != nil {
		return 0, 0, err
	}
	late, err = counted(ctx, s.Select((*Row)(nil)).Where("moving.leaves_on <> ''").Where("moving.leaves_on <= ?", today))
	return all, late, err
}

// people are the service's members without the team.
func people(ctx context.Context, s tenants.Scope) (all []tenants.Person, err error) {
	err = s.Select(&all).Where("person.status = 'active'").Where("NOT " + tenants.StaffIn("person.roles")).Scan(ctx)
	return all, err
}

func members(ctx context.Context, s tenants.Scope) (int, error) {
	return counted(ctx, s.Select((*tenants.Person)(nil)).Where("person.status = 'active'").Where("NOT "+tenants.StaffIn("person.roles")))
}

func team(ctx context.Context, s tenants.Scope) (all []tenants.Person, err error) {
	err = s.Select(&all).Where("person.status = 'active'").Where(tenants.StaffIn("person.roles")).Order("person.handle_key").Scan(ctx)
	return all, err
}

// openCases counts what the team has begun for somebody's safety and not ended.
func openCases(ctx context.Context, s tenants.Scope, member uuid.UUID) (int, error) {
	return counted(ctx, s.Select((*safety.Case)(nil)).Where("?TableAlias.member_id = ?", member).Where("?TableAlias.closed_at IS NULL"))
}

func counted(ctx context.Context, q *bun.SelectQuery) (int, error) {
	n, err := q.Count(ctx)
	return int(n), err
}

// placesOf are where accounts have a place, across the trust: whom a clinician may link
// stands in another service than the one at hand.
func placesOf(ctx context.Context, s tenants.Scope, accounts ...uuid.UUID) (places []tenants.Person, err error) {
	err = s.SelectAcross(&places).Where("person.account_id IN (?)", bun.List(append(accounts, uuid.Nil))).Where("person.status = 'active'").
		Order("person.handle_key", "person.id").Scan(ctx)
	return places, err
}
