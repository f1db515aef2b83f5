package safety

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// Alarm is an urgent case that nobody has taken on although they were called, or
// that nobody could be called for.
type Alarm struct {
	CaseID uuid.UUID `json:"case"`
	Level  Level     `json:"level"`
	Since  time.Time `json:"since"`
	Words  string    `json:"words"` // what is wrong, for the team
}

// Alarms are those of the service that the actor may work on; none where there is
// no room for cases. The desk and the service lead's pages show them with AlarmBar.
func (d *Desk) Alarms(ctx context.Context, s tenants.Scope) ([]Alarm, error) {
	if d.Alarmed == nil {
		return nil, nil
	}
	return d.Alarmed(ctx, s)
}

// Near are those who do not work on what concerns a member: the member, their
// friends, and whoever is known to belong to them outside (Desk.Linked).
func (d *Desk) Near(ctx context.Context, s tenants.Scope, member uuid.UUID) (tenants.IDs, error) {
	if member == uuid.Nil {
		return nil, nil
	}
	near, err := s.Friends(ctx, member)
	if err != nil {
		return nil, err
	}
	if d.Linked != nil {
		linked, err := d.Linked(ctx, s, member)
		if err != nil {
			return nil, err
		}
		near = slices.Concat(near, linked)
	}
	return tenants.NewIDs(append(near, member)...), nil
}
