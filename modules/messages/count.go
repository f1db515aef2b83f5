package messages

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/tenants"
)

func counts() []tenants.Count {
	return []tenants.Count{{Key: "messages", Name: "Private messages", About: "How many private messages were sent, between members and with the team. Only the number is counted: not who wrote to whom, and nothing of what they wrote.", Deeds: true, Of: sentIn}}
}

func sentIn(ctx context.Context, s tenants.Scope, from, until time.Time) (all []tenants.Counted, err error) {
	err = s.Select((*Message)(nil)).ColumnExpr("message.created_at AS at").Where("message.created_at >= ?", from.UTC()).Where("message.created_at < ?", until.UTC()).Scan(ctx, &all)
	return all, err
}
