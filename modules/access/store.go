package access

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// of reads a member's record; of version 0 if there is none.
func (a Access) of(ctx context.Context, s tenants.Scope, member uuid.UUID) (row Record, err error) {
	err = s.Select(&row).Relation("By", tenants.Face).Where("record.member_id = ?", member).Scan(ctx)
	if database.Missing(err) {
		return Record{Needs: Needs{Keys: []string{}}}, nil
	}
	if err != nil {
		return row, err
	}
	return row, a.open(row.Sealed, row.ID, &row.Needs)
}

// recordOf reads a member's record to write it anew. Conflict if it is gone.
func recordOf(ctx context.Context, s tenants.Scope, member uuid.UUID) (row Record, err error) {
	err = s.Lock(&row).Where("record.member_id = ?", member).Scan(ctx)
	if database.Missing(err) {
		return row, fault.Stale()
	}
	return row, err
}

func recordsOf(ctx context.Context, s tenants.Scope, members []uuid.UUID) (rows []Record, err error) {
	err = s.Select(&rows).Where("record.member_id IN (?)", bun.List(members)).Scan(ctx)
	return rows, err
}

// put writes a record over the version that was seen. Conflict if there is another.
func put(ctx context.Context, s tenants.Scope, row Record, seen int) error {
	if seen == 0 {
		return tenants.Fresh(s.Insert(&row).On("CONFLICT (tenant_id, member_id) DO NOTHING").Exec(ctx))
	}
	return tenants.Fresh(s.Update(&row).Column("needs_sealed", "shared", "recorded_by", "recorded_at", "review_on", "reminded_at", "version").
		Where("record.member_id = ?", row.MemberID).Where("record.version = ?", seen).Exec(ctx))
}

// again sets the day of the next review.
func again(ctx context.Context, s tenants.Scope, member uuid.UUID, seen int, day clock.Date) error {
	return tenants.Fresh(s.Update((*Record)(nil)).Set("review_on = ?", day).Set("reminded_at = NULL").Set("version = version + 1").
		Where("member_id = ?", member).Where("version = ?", seen).Exec(ctx))
}

// overdue are the records of active members whose day has come.
func overdue(ctx context.Context, s tenants.Scope) (rows []Record, err error) {
	err = s.Select(&rows).Relation("Member", tenants.Face).ApplyQueryBuilder(ripe(s)).
		Order("record.review_on", "record.id").Limit(200).Scan(ctx)
	return rows, err
}

func unreminded(ctx context.Context, s tenants.Scope) (rows []Record, err error) {
	err = s.Claim(&rows).ApplyQueryBuilder(ripe(s)).Where("record.reminded_at IS NULL").
		Order("record.review_on", "record.id").Limit(200).Scan(ctx)
	return rows, err
}

// ripe narrows to what is due, of those who are here.
func ripe(s tenants.Scope) func(bun.QueryBuilder) bun.QueryBuilder {
	return func(q bun.QueryBuilder) bun.QueryBuilder {
		return q.Where("record.review_on <= ?", clock.DateOf(s.Now)).
			Where("record.member_id IN (SELECT m.id FROM members AS m WHERE m.tenant_id = ? AND m.status = 'active')", s.Trust().ID)
	}
}

func reminded(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	return tenants.Touched(s.Update((*Record)(nil)).Set("reminded_at = ?", s.Now).Where("id = ?", id).Exec(ctx))
}

// contacts are those with a member, the latest first.
func (a Access) contacts(ctx context.Context, s tenants.Scope, member uuid.UUID) (rows []Contact, err error) {
	err = s.Select(&rows).Relation("By", tenants.Face).Where("contact.member_id = ?", member).
		Order("contact.on_day DESC", "contact.noted_at DESC").Limit(200).Scan(ctx)
	for i := range rows {
		if err == nil {
			err = a.open(rows[i].Sealed, rows[i].ID, &rows[i].Outcome)
		}
	}
	return rows, err
}
