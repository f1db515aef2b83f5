package standing

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Break is a time that a member takes for themselves: nothing but safety notices
// reaches them. Nobody else is told of it.
type Break struct {
	Until *time.Time `json:"until,omitempty"` // nil where they are on none
}

// Break shows the actor's break.
func (x Standing) Break(_ context.Context, s tenants.Scope, _ web.None) (Break, error) {
	if err := mayRest(s); err != nil {
		return Break{}, err
	}
	if !s.Actor.Member.Away(s.Now) {
		return Break{}, nil
	}
	return Break{s.Actor.Member.AwayUntil}, nil
}

func mayRest(s tenants.Scope) error {
	switch {
	case s.Actor.Member == nil:
		return fault.New(fault.Forbidden, "You are not a member of this service.")
	case s.Actor.Roles.Staff():
		return fault.New(fault.Forbidden, "You are on the team. Note in the rota when you are away, so that somebody else is called.")
	}
	return nil
}

// Rest is a wish for a break.
type Rest struct {
	Days int `json:"days" validate:"gte=1,lte=90" label:"how many days"`
}

// Rest begins a break, or gives the one that there is another end.
func (x Standing) Rest(ctx context.Context, s tenants.Scope, in Rest) (Break, error) {
	if err := mayRest(s); err != nil {
		return Break{}, err
	}
	until := s.Now.AddDate(0, 0, in.Days)
	return Break{&until}, away(ctx, s, &until)
}

// Return ends the break. Where there is none it changes nothing.
func (x Standing) Return(ctx context.Context, s tenants.Scope, _ web.None) (Break, error) {
	if err := mayRest(s); err != nil {
		return Break{}, err
	}
	return Break{}, away(ctx, s, nil)
}
