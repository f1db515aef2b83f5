package cases

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Opened is a member's safety plan as whoever has their case sees it.
type Opened struct {
	Case safety.Case `json:"case"`
	Plan safety.Plan `json:"plan"`
}

// SafetyPlan opens the plan that the member shares; the case and the member's own
// page keep that it was opened. Forbidden for all but whoever has the case.
func (c Cases) SafetyPlan(ctx context.Context, s tenants.Scope, in ByID) (Opened, error) {
	one, err := c.locked(ctx, s, in.ID)
	if err != nil {
		return Opened{}, err
	}
	if one.OwnerID == nil || *one.OwnerID != s.Actor.ID() {
		return Opened{}, fault.New(fault.Forbidden, "Only whoever has the case can open the safety plan. Take the case on first.")
	}
	if c.desk.Plans == nil {
		return Opened{}, fault.Missing()
	}
	out := Opened{}
	if out.Plan, err = c.desk.Plans.Open(ctx, s, one.MemberID); err != nil {
		return Opened{}, err
	}
	if err := one.Note(ctx, s, planRead, "", one.MemberID); err != nil {
		return Opened{}, err
	}
	out.Case, err = c.find(ctx, s, one.ID)
	return out, err
}
