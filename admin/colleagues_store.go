package admin

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

// staffDeed is something that was done with an account.
type staffDeed struct {
	bun.BaseModel `bun:"table:platform_staff_log,alias:deed"`

	ID      uuid.UUID  `bun:"id,pk,type:uuid"`
	At      time.Time  `bun:"at"`
	ByID    *uuid.UUID `bun:"by_id,type:uuid"` // nil for who runs the machine
	StaffID uuid.UUID  `bun:"staff_id,type:uuid"`
	Action  string     `bun:"action"`
	Reason  string     `bun:"reason"`
}

func (s store) changeStaff(ctx context.Context, row Staff, act, reason string, by *uuid.UUID) error {
	doing, err := actOn(row, act)
	if err != nil {
		return err
	}
	had := row.TOTPSealed
	doing.do(&row)
	if row.TOTPSealed != had {
		if _, err := s.db.NewDelete().Model((*recoveryCode)(nil)).Where("staff_id = ?", row.ID).Exec(ctx); err != nil {
			return err
		}
	}
	return s.keepStaff(ctx, row, doing.Key, reason, by)
}

// keepStaff writes a changed account, ends its sessions and notes what was done.
func (s store) keepStaff(ctx context.Context, row Staff, action, reason string, by *uuid.UUID) error {
	since := row.Version
	row.Version++
	if err := tenants.Fresh(s.db.NewUpdate().Model(&row).Column("roles", "status", "password_hash", "totp_sealed", "version").WherePK().Where("version = ?", since).Exec(ctx)); err != nil {
		return err
	}
	if _, err := s.db.NewDelete().Model((*Session)(nil)).Where("staff_id = ?", row.ID).Exec(ctx); err != nil {
		return err
	}
	return s.noteStaff(ctx, row.ID, action, reason, by)
}

func (s store) noteStaff(ctx context.Context, staff uuid.UUID, action, reason string, by *uuid.UUID) error {
	deed := staffDeed{ID: uuid.Must(uuid.NewV7()), At: s.now, ByID: by, StaffID: staff, Action: action, Reason: strings.TrimSpace(reason)}
	_, err := s.db.NewInsert().Model(&deed).Exec(ctx)
	return err
}

// staff are all accounts, the open ones first.
func (s store) staff(ctx context.Context) (rows []Staff, err error) {
	return rows, s.db.NewSelect().Model(&rows).Order("status", "name", "id").Scan(ctx)
}

func (s store) one(ctx context.Context, id uuid.UUID) (row Staff, err error) {
	return row, s.db.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx)
}

func (s store) staffBy(ctx context.Context, lookup string) (row Staff, err error) {
	return row, s.db.NewSelect().Model(&row).Where("email_lookup = ?", lookup).Scan(ctx)
}

// seen is when each was last seen, of those with a session that can still be open.
func (s store) seen(ctx context.Context, lasts time.Duration) (map[uuid.UUID]time.Time, error) {
	var rows []Session
	err := s.db.NewSelect().Model(&rows).Column("staff_id", "seen_at").Where("created_at > ?", s.now.Add(-lasts)).Scan(ctx)
	seen := map[uuid.UUID]time.Time{}
	for _, row := range rows {
		if row.SeenAt.After(seen[row.StaffID]) {
			seen[row.StaffID] = row.SeenAt
		}
	}
	return seen, err
}

// lockAdmins are the open accounts that may change others, for this transaction alone.
func (s store) lockAdmins(ctx context.Context) (ids []uuid.UUID, err error) {
	q := s.db.NewSelect().Model((*Staff)(nil)).Column("id").Where("status = 'active'").Where(tenants.Holds("roles", tenants.PlatformAdmin)).Order("id")
	return ids, forUpdate(q).Scan(ctx, &ids)
}

// staffDeeds are the last things that were done with an account.
func (s store) staffDeeds(ctx context.Context, staff uuid.UUID, most int64) (rows []Deed, err error) {
	err = s.db.NewSelect().TableExpr("platform_staff_log AS deed").ColumnExpr("deed.at, deed.action, deed.reason, COALESCE(staff.name, 'At the command line') AS who").
		Join("LEFT JOIN platform_staff AS staff ON staff.id = deed.by_id").
		Where("deed.staff_id = ?", staff).OrderExpr("deed.id DESC").Limit(most).Scan(ctx, &rows)
	return rows, err
}
