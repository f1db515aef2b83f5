package desk

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// responses are the items that somebody of the team first took or decided in a time.
func responses(ctx context.Context, s tenants.Scope, from, until time.Time) (all []tenants.Counted, err error) {
	err = s.Select((*safety.Item)(nil)).ColumnExpr("item.responded_at AS at, item.raised_at AS since").
		Where("item.responded_at >= ?", from.UTC()).Where("item.responded_at < ?", until.UTC()).
		Where("NOT EXISTS (SELECT 1 FROM desk_marks AS m WHERE m.tenant_id = item.tenant_id AND m.item_id = item.id AND m.source = ?)", safety.ByDrill).Scan(ctx, &all)
	return all, err
}
