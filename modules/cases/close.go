package cases

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Close is how a case ended.
type Close struct {
	ID      uuid.UUID `path:"id"`
	Outcome string    `json:"outcome" validate:"required,oneof=safe services crisis_team emergency no_concern no_contact" label:"how it ended"`
	Reason  string    `json:"reason" validate:"filled,max=4000" label:"how you know, and what was done"`
}

// Close closes a case. Nobody is called for it any more.
func (c Cases) Close(ctx context.Context, s tenants.Scope, in Close) (At, error) {
	one, err := c.locked(ctx, s, in.ID)
	if err != nil {
		return At{}, err
	}
	if one.Drill {
		return At{}, fault.New(fault.Conflict, "A drill ends by itself, when somebody has it or everybody was called.")
	}
	if one.AckedAt == nil { // whoever closes it has looked at it
		me := s.Actor.ID()
		one.OwnerID, one.AckedAt = &me, &s.Now
	}
	return At{one.ID}, c.end(ctx, s, &one, in.Outcome, strings.TrimSpace(in.Reason))
}

// end closes a case and stops its calls.
func (c Cases) end(ctx context.Context, s tenants.Scope, one *safety.Case, outcome, reason string) error {
	if err := stop(ctx, s, one.ID); err != nil {
		return err
	}
	one.ClosedAt, one.Outcome, one.Reason, one.AskedID, one.AskedUntil = &s.Now, outcome, reason, nil, nil
	if err := note(ctx, s, *one, closed, outcomeName(outcome)+". "+reason, uuid.Nil); err != nil {
		return err
	}
	if err := one.Put(ctx, s); err != nil {
		return err
	}
	return changed(ctx, s, *one)
}

// Reopen opens a closed case again, with a reason. The actor has it then.
func (c Cases) Reopen(ctx context.Context, s tenants.Scope, in Reason) (At, error) {
	one, err := c.locked(ctx, s, in.ID)
	switch {
	case err == nil:
		return At{}, fault.New(fault.Conflict, "This case is open.")
	case one.ClosedAt == nil || database.Missing(err):
		return At{}, err
	case one.Drill:
		return At{}, fault.New(fault.Conflict, "A drill that is over stays so. Start another one.")
	}
	me := s.Actor.ID()
	one.ClosedAt, one.Outcome, one.Reason, one.OwnerID = nil, "", "", &me
	if err := note(ctx, s, one, reopened, strings.TrimSpace(in.Reason), uuid.Nil); err != nil {
		return At{}, err
	}
	if err := one.Put(ctx, s); err != nil {
		return At{}, err
	}
	return At{one.ID}, changed(ctx, s, one)
}
