package reports

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

func madeBy(ctx context.Context, s tenants.Scope, member uuid.UUID) (rows []Report, err error) {
	err = s.Select(&rows).Where("report.reporter_id = ?", member).Order("report.reported_at").Scan(ctx)
	return rows, err
}

// silence takes what a member said in their reports out of them.
func silence(ctx context.Context, s tenants.Scope, member uuid.UUID) error {
	if _, err := s.Update((*Report)(nil)).Set("words = ''").Where("reporter_id = ?", member).Exec(ctx); err != nil {
		return err
	}
	return safety.Forget(ctx, s, member)
}
