package forums

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/tenants"
)

// opened are the threads that members had open last in a time.
func opened(ctx context.Context, s tenants.Scope, from, until time.Time) (all []tenants.Counted, err error) {
	err = s.Select((*readMark)(nil)).ColumnExpr("mark.read_at AS at, ? AS part", key).
		Where("mark.read_at >= ?", from.UTC()).Where("mark.read_at < ?", until.UTC()).Scan(ctx, &all)
	return all, err
}
