package admin

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/portfolio"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

// contactsRow is whom the platform asks at a trust about data protection.
type contactsRow struct {
	bun.BaseModel `bun:"table:platform_trusts,alias:contacts"`

	TrustID        uuid.UUID `bun:"trust_id,pk,type:uuid"`
	ContactsSealed string    `bun:"contacts_sealed"`
	Version        int       `bun:"version"`
	ChangedAt      time.Time `bun:"changed_at"`
}

// registerRow is an entry of a trust's register; what is missing has no row.
type registerRow struct {
	bun.BaseModel `bun:"table:platform_registers,alias:entry"`

	TrustID   uuid.UUID `bun:"trust_id,pk,type:uuid"`
	Kind      string    `bun:"kind,pk"`
	Reference string    `bun:"reference"`
	Dated     string    `bun:"dated"`
	Expires   string    `bun:"expires"`
	Link      string    `bun:"link"`
	Version   int       `bun:"version"`
	ChangedAt time.Time `bun:"changed_at"`
}

// viewRow is a way to look at the portfolio that a colleague gave a name.
type viewRow struct {
	bun.BaseModel `bun:"table:platform_views,alias:kept"`

	StaffID uuid.UUID `bun:"staff_id,pk,type:uuid"`
	Name    string    `bun:"name,pk"`
	Query   string    `bun:"query"`
}

// contacts reads those of a trust; the zero row if nobody wrote any.
func (s store) contacts(ctx context.Context, trust uuid.UUID) (row contactsRow, err error) {
	err = s.db.NewSelect().Model(&row).Where("trust_id = ?", trust).Scan(ctx)
	if database.Missing(err) {
		return contactsRow{}, nil
	}
	return row, err
}

// keep writes what a trust has one row of. Stale if it changed since a version.
func keep[Row contactsRow | registerRow](ctx context.Context, s store, row Row, since int) error {
	if since == 0 {
		return tenants.Fresh(s.db.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx))
	}
	return tenants.Fresh(s.db.NewUpdate().Model(&row).WherePK().Where("version = ?", since).Exec(ctx))
}

// registers are all entries, of one trust or, for the zero UUID, of all.
func (s store) registers(ctx context.Context, trust uuid.UUID) (rows []registerRow, err error) {
	q := s.db.NewSelect().Model(&rows)
	if trust != uuid.Nil {
		q.Where("trust_id = ?", trust)
	}
	return rows, q.Scan(ctx)
}

// lines are all services as they were counted last, with how their onboarding
// stands, of one trust or, for the zero UUID, of all.
func (s store) lines(ctx context.Context, trust uuid.UUID) ([]ServiceLine, error) {
	var lines []portfolio.Line
	var standings []programmes.Standing
	for _, q := range []*bun.SelectQuery{s.db.NewSelect().Model(&lines).Order("name"), s.db.NewSelect().Model(&standings)} {
		if trust != uuid.Nil {
			q.Where("trust_id = ?", trust)
		}
		if err := q.Scan(ctx); err != nil {
			return nil, err
		}
	}
	of := make(map[uuid.UUID]*programmes.Standing, len(standings))
	for i := range standings {
		of[standings[i].ServiceID] = &standings[i]
	}
	all := make([]ServiceLine, len(lines))
	for i, line := range lines {
		all[i] = ServiceLine{line, of[line.ServiceID]}
	}
	return all, nil
}

// deeds are the last things that the platform did to a trust, with who did them.
func (s store) deeds(ctx context.Context, trust uuid.UUID, most int64) (rows []Deed, err error) {
	err = s.db.NewSelect().TableExpr("platform_log AS deed").ColumnExpr("deed.at, deed.action, deed.reason, staff.name AS who").
		Join("JOIN platform_staff AS staff ON staff.id = deed.staff_id").
		Where("deed.trust_id = ?", trust).OrderExpr("deed.id DESC").Limit(most).Scan(ctx, &rows)
	return rows, err
}

func (s store) views(ctx context.Context, staff uuid.UUID) (rows []viewRow, err error) {
	return rows, s.db.NewSelect().Model(&rows).Where("staff_id = ?", staff).Order("name").Scan(ctx)
}

func (s store) keepView(ctx context.Context, row viewRow) error {
	_, err := s.db.NewInsert().Model(&row).On("CONFLICT (staff_id, name) DO UPDATE").Set("query = EXCLUDED.query").Exec(ctx)
	return err
}

func (s store) dropView(ctx context.Context, staff uuid.UUID, name string) error {
	return tenants.Touched(s.db.NewDelete().Model((*viewRow)(nil)).Where("staff_id = ?", staff).Where("name = ?", name).Exec(ctx))
}
