package invitations

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/tenants"
)

// invited are the invitations of those whom the service is for.
func invited(ctx context.Context, s tenants.Scope, from, until time.Time) (all []tenants.Counted, err error) {
	err = s.Select((*Row)(nil)).ColumnExpr("invitation.created_at AS at").Where("NOT "+tenants.StaffIn("invitation.role")).
		Where("invitation.created_at >= ?", from.UTC()).Where("invitation.created_at < ?", until.UTC()).Scan(ctx, &all)
	return all, err
}
