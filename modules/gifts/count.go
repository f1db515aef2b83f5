package gifts

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/tenants"
)

func counts() []tenants.Count {
	return []tenants.Count{{Key: "gifts", Name: "Gifts", About: "Gifts that members gave each other.", Deeds: true, Of: presented}}
}

func presented(ctx context.Context, s tenants.Scope, from, until time.Time) (all []tenants.Counted, err error) {
	err = s.Select((*Gift)(nil)).ColumnExpr("gift.given_at AS at").Where("gift.given_at >= ?", from.UTC()).Where("gift.given_at < ?", until.UTC()).Scan(ctx, &all)
	return all, err
}
