package live

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/tenants"
)

func counts() []tenants.Count {
	return []tenants.Count{
		{Key: "sessions", Name: "Live sessions", About: "Live sessions that took place, on the day for which they were planned.", Of: held},
		{Key: "attendance", Name: "People in live sessions", About: "Members who said or asked something in a live session, each once for each session. Who only read along is not known.", Of: attended},
	}
}

func held(ctx context.Context, s tenants.Scope, from, until time.Time) (all []tenants.Counted, err error) {
	err = s.Select((*Session)(nil)).ColumnExpr("live.starts_at AS at").Where("live.opened_at IS NOT NULL").
		Where("live.starts_at >= ?", from.UTC()).Where("live.starts_at < ?", until.UTC()).Scan(ctx, &all)
	return all, err
}

func attended(ctx context.Context, s tenants.Scope, from, until time.Time) (all []tenants.Counted, err error) {
	err = s.Select((*Session)(nil)).ColumnExpr("live.starts_at AS at").Join("JOIN members AS who ON who.tenant_id = live.tenant_id AND who.service_id = live.service_id").
		Where("live.starts_at >= ?", from.UTC()).Where("live.starts_at < ?", until.UTC()).Where("NOT "+tenants.StaffIn("who.roles")).
		Where(`(EXISTS (SELECT 1 FROM live_messages AS said WHERE said.tenant_id = live.tenant_id AND said.session_id = live.id AND said.author_id = who.id)
			OR EXISTS (SELECT 1 FROM live_questions AS asked WHERE asked.tenant_id = live.tenant_id AND asked.session_id = live.id AND asked.author_id = who.id))`).Scan(ctx, &all)
	return all, err
}
