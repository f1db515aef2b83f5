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

// Carry takes a member's safety plan, with its versions, along to the service that they
// go to. Who sees it there they say anew; what else they kept here stays. Where they
// have one there already, that is the newer, and this one stays too.
func Carry(ctx context.Context, s tenants.Scope, was tenants.Person, to tenants.Scope, now tenants.Person) error {
	there, err := to.Select((*Plan)(nil)).Where("plan.member_id = ?", now.ID).Exists(ctx)
	if err != nil || there {
		return err
	}
	_, err = s.Update((*Plan)(nil)).Set("service_id = ?", to.Service.ID).Set("member_id = ?", now.ID).Where("member_id = ?", was.ID).Exec(ctx)
	return err
}
