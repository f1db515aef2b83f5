package admin

import (
	"context"

	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/portfolio"
	"github.com/sharon-nhs/sharon/tenants/usage"
)

const itsLine = "JOIN platform_services AS line ON line.trust_id = published.trust_id AND line.service_id = published.service_id"

// usedTotals add up the months of all services, or of those of an area.
func (s store) usedTotals(ctx context.Context, area string) (rows []usage.Published, err error) {
	q := s.db.NewSelect().Model((*usage.Published)(nil)).ColumnExpr("published.since, published.key, published.part, published.outside, SUM(published.n) AS n").
		Group("published.since", "published.key", "published.part", "published.outside")
	if area != "" {
		q.Join(itsLine).Where("line.area = ?", area)
	}
	return rows, q.Scan(ctx, &rows)
}

// usedLately are the rows that a line about a service is made of, up to a month.
func (s store) usedLately(ctx context.Context, month string) (rows []usage.Published, err error) {
	if month == "" {
		return nil, nil
	}
	months := usage.Months(month)
	err = s.db.NewSelect().Model(&rows).Where("(published.key IN (?, ?) OR published.key IN (?, ?) AND published.since >= ?)", "joined", "left", "active", "posts", months[len(months)-2]).
		Where("published.since <= ?", month).Scan(ctx)
	return rows, err
}

// usedBy are the rows of a service.
func (s store) usedBy(ctx context.Context, line portfolio.Line) (rows []usage.Published, err error) {
	err = s.db.NewSelect().Model(&rows).Where("published.trust_id = ?", line.TrustID).Where("published.service_id = ?", line.ServiceID).Scan(ctx)
	return rows, err
}

// usedInArea are the rows of a month of all services of an area, and who joined and
// left before.
func (s store) usedInArea(ctx context.Context, area tenants.Area, month string) (rows []usage.Published, err error) {
	err = usage.InArea(s.db.NewSelect().Model(&rows), area, month).Scan(ctx)
	return rows, err
}
