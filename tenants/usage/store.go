package usage

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/tenants"
)

// Cell is a number of the trust's own figures.
type Cell struct {
	bun.BaseModel `bun:"table:usage_counts,alias:cell"`
	tenants.InService

	Span    Span   `bun:"span,pk"`
	Since   string `bun:"since,pk"` // the first day
	Key     string `bun:"key,pk"`
	Part    string `bun:"part,pk"`
	Outside bool   `bun:"outside,pk"`
	N       int    `bun:"n"`
}

// Published is a number that left its trust.
type Published struct {
	bun.BaseModel `bun:"table:platform_usage,alias:published"`

	tenants.OfTrust

	ServiceID uuid.UUID `bun:"service_id,pk,type:uuid"`
	Since     string    `bun:"since,pk"` // the first day of a month
	Key       string    `bun:"key,pk"`
	Part      string    `bun:"part,pk"`
	Outside   bool      `bun:"outside,pk"`
	N         int       `bun:"n"`
}

// visit is a day on which somebody came.
type visit struct {
	Day      string    `bun:"day"`
	MemberID uuid.UUID `bun:"member_id,type:uuid"`
	Device   string    `bun:"device"`
	JoinedAt time.Time `bun:"joined_at"`
}

// own are what the part counts itself: those whom the service is for.
var own = []tenants.Count{
	{Key: joined, Of: func(ctx context.Context, s tenants.Scope, from, until time.Time) ([]tenants.Counted, error) {
		return members(ctx, s, "joined_at", from, until)
	}},
	{Key: left, Of: func(ctx context.Context, s tenants.Scope, from, until time.Time) ([]tenants.Counted, error) {
		return members(ctx, s, "left_at", from, until)
	}},
}

func members(ctx context.Context, s tenants.Scope, column string, from, until time.Time) (all []tenants.Counted, err error) {
	err = s.Select((*tenants.Person)(nil)).ColumnExpr("?TableAlias.? AS at", bun.Ident(column)).Where("(person.status = 'active' AND NOT "+tenants.StaffIn("person.roles")+" OR person.left_at IS NOT NULL)").
		Where("?TableAlias.? >= ?", bun.Ident(column), from.UTC()).Where("?TableAlias.? < ?", bun.Ident(column), until.UTC()).Scan(ctx, &all)
	return all, err
}

// visited are who came, from a day until before another.
func visited(ctx context.Context, s tenants.Scope, from, until string) (all []visit, err error) {
	err = s.Select((*tenants.Visit)(nil)).ColumnExpr("visit.day, visit.member_id, visit.device, who.joined_at").
		Join("JOIN members AS who ON who.tenant_id = visit.tenant_id AND who.id = visit.member_id").
		Where("visit.day >= ?", from).Where("visit.day < ?", until).Scan(ctx, &all)
	return all, err
}

// begun is when there first was something to count: the service, or a member who came
// from elsewhere.
func begun(ctx context.Context, s tenants.Scope) (time.Time, error) {
	var first tenants.Person
	err := s.Select(&first).Column("joined_at").Order("person.joined_at").Limit(1).Scan(ctx)
	if database.Missing(err) || err == nil && first.JoinedAt.After(s.Service.CreatedAt) {
		return s.Service.CreatedAt, nil
	}
	return first.JoinedAt, err
}

// counted are the days from one on that have been counted.
func counted(ctx context.Context, s tenants.Scope, from string) (map[string]bool, error) {
	var days []string
	err := s.Select((*Cell)(nil)).Column("since").Where("cell.span = ?", Day).Where("cell.key = ?", active).Where("cell.since >= ?", from).Scan(ctx, &days)
	done := map[string]bool{}
	for _, day := range days {
		done[day] = true
	}
	return done, err
}

// keep writes what was counted. A number that is there and larger stays: what has
// gone since (a post that was erased, a trace of reading that was written over) was
// counted while it was there.
func keep(ctx context.Context, s tenants.Scope, cells []Cell) error {
	for some := range slices.Chunk(cells, 500) {
		_, err := tenants.InsertAll(s, some).On("CONFLICT (tenant_id, service_id, span, since, key, part, outside) DO UPDATE").
			Set("n = EXCLUDED.n").Where("EXCLUDED.n > cell.n").Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// byMonth are the numbers of the months from one on, until before another: days added
// up, and what is counted by the month.
func byMonth(ctx context.Context, s tenants.Scope, from, until string) (cells []Cell, err error) {
	err = s.Select((*Cell)(nil)).ColumnExpr("? AS span, substr(cell.since, 1, 7) || '-01' AS since, cell.key, cell.part, cell.outside, SUM(cell.n) AS n", Month).
		Where("(cell.span = ? AND cell.key <> ? OR cell.span = ?)", Day, active, Month).Where("cell.since >= ?", from).Where("cell.since < ?", until).
		GroupExpr("substr(cell.since, 1, 7), cell.key, cell.part, cell.outside").Scan(ctx, &cells)
	return cells, err
}

// byDay are the numbers of days, and of the weeks that begin in them.
func byDay(ctx context.Context, s tenants.Scope, from, until string) (cells []Cell, err error) {
	err = s.Select(&cells).Where("cell.span <> ?", Month).Where("cell.since >= ?", from).Where("cell.since < ?", until).Scan(ctx)
	return cells, err
}

// until is the day before which all is counted; empty if nothing is.
func counting(ctx context.Context, s tenants.Scope) (last string, err error) {
	err = s.Select((*Cell)(nil)).ColumnExpr("COALESCE(MAX(cell.since), '')").Where("cell.span = ?", Day).Where("cell.key = ?", active).Scan(ctx, &last)
	return last, err
}

// earlier adds up what came before a day.
func earlier(ctx context.Context, s tenants.Scope, before string) (map[string]int, error) {
	var rows []Cell
	err := s.Select((*Cell)(nil)).ColumnExpr("cell.key, SUM(cell.n) AS n").Where("cell.span = ?", Day).Where("cell.key IN (?, ?)", joined, left).
		Where("cell.since < ?", before).Group("cell.key").Scan(ctx, &rows)
	sums := map[string]int{}
	for _, row := range rows {
		sums[row.Key] = row.N
	}
	return sums, err
}

// visits of a person, in any service of the trust.
func visitsOf(ctx context.Context, s tenants.Scope, account uuid.UUID) (all []tenants.Visit, err error) {
	// A person's own rows, in whichever service of the trust they are.
	err = s.SelectAcross(&all).Join("JOIN members AS who ON who.tenant_id = visit.tenant_id AND who.id = visit.member_id").
		Where("who.account_id = ?", account).Order("visit.day").Scan(ctx)
	return all, err
}

// forget removes the visits of an account in the scope's service.
func forget(ctx context.Context, s tenants.Scope, account uuid.UUID) error {
	mine := "SELECT m.id FROM members AS m WHERE m.tenant_id = ? AND m.account_id = ?"
	if _, err := s.Delete((*tenants.Visit)(nil)).Where("member_id IN ("+mine+")", s.Trust().ID, account).Exec(ctx); err != nil {
		return err
	}
	_, err := s.Update((*tenants.Person)(nil)).Set("visited_on = ''").Where("account_id = ?", account).Exec(ctx)
	return err
}

// peersOf are the sheets of a month, one for each service of an area that has any
// figures: of all trusts, from what has left them.
func peersOf(ctx context.Context, s tenants.Scope, area tenants.Area, month string) (map[uuid.UUID]Sheet, error) {
	var rows []Published
	err := InArea(tenants.Stated[Published](s), area, month).Scan(ctx, &rows)
	return Sheets(rows, []string{month}), err
}

// InArea narrows a query to a month of the services of an area, and to who joined and
// left them before.
func InArea(q *bun.SelectQuery, area tenants.Area, month string) *bun.SelectQuery {
	return q.Join("JOIN platform_services AS line ON line.trust_id = published.trust_id AND line.service_id = published.service_id").
		Where("line.area = ?", area).Where("(published.since = ? OR published.since < ? AND published.key IN (?, ?))", month, month, joined, left)
}

// Sheets are those of services, by what was published of each.
func Sheets(rows []Published, months []string) map[uuid.UUID]Sheet {
	all := map[uuid.UUID]Sheet{}
	for _, row := range rows {
		if _, known := all[row.ServiceID]; !known {
			all[row.ServiceID] = newSheet(Month, months, map[string]int{})
		}
		all[row.ServiceID].add(row.cell())
	}
	return all
}

func (p Published) cell() Cell {
	return Cell{Span: Month, Since: p.Since, Key: p.Key, Part: p.Part, Outside: p.Outside, N: p.N}
}
