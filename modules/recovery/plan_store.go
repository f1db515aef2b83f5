package recovery

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// newest is the newest version of a member's plan. No row if there is none.
func (r Recovery) newest(ctx context.Context, s tenants.Scope, member uuid.UUID) (one Plan, err error) {
	err = s.Select(&one).Where("plan.member_id = ?", member).Order("plan.version DESC").Limit(1).Scan(ctx)
	if err != nil {
		return Plan{}, err
	}
	return one, r.open(one.Sealed, one.ID, &one.Words)
}

// plans are all versions of a member's plan, the newest first.
func (r Recovery) plans(ctx context.Context, s tenants.Scope, member uuid.UUID) (all []Plan, err error) {
	if err := s.Select(&all).Where("plan.member_id = ?", member).Order("plan.version DESC").Scan(ctx); err != nil {
		return nil, err
	}
	for i := range all {
		if err := r.open(all[i].Sealed, all[i].ID, &all[i].Words); err != nil {
			return nil, err
		}
	}
	return all, nil
}
