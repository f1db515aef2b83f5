package people

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// silenceable tells why the actor cannot mute or block somebody; nil if they can.
func silenceable(s tenants.Scope, person tenants.Person) error {
	switch {
	case s.Actor.Member == nil:
		return fault.New(fault.Forbidden, "You are not a member of this service, so nobody of it can reach you.")
	case person.ID == s.Actor.ID():
		return fault.Bad("on", "You cannot mute or block yourself.")
	case person.Roles.Staff():
		return fault.Bad("on", "The team cannot be muted or blocked, so that they can reach you when it matters.")
	case s.Actor.Roles.Staff():
		return fault.Bad("on", "You are on the team, which sees and hears everybody.")
	}
	return nil
}

// Silence says whether somebody is muted or blocked.
type Silence struct {
	Handle string `path:"handle"`
	On     bool   `json:"on"`
	From   string `json:"from,omitempty" validate:"max=200"`
}

// Mute spares the actor what somebody writes, and notices of it. They never learn.
func (p People) Mute(ctx context.Context, s tenants.Scope, in Silence) (Stood, error) {
	person, err := s.PersonByHandle(ctx, in.Handle)
	if err != nil {
		return Stood{}, err
	}
	out := Stood{person.HandleKey, back(s, in.From, person)}
	if !in.On {
		return out, s.Untie(ctx, person.ID, tenants.Muting)
	}
	if err := silenceable(s, person); err != nil {
		return Stood{}, err
	}
	return out, s.Tie(ctx, person.ID, tenants.Muting)
}

// Block keeps two from each other: neither finds the other or reads a word of
// theirs. Nobody is told, and a friendship ends. What was written between them
// while it stood stays unseen.
func (p People) Block(ctx context.Context, s tenants.Scope, in Silence) (Stood, error) {
	person, err := s.Anybody(ctx, in.Handle)
	if err != nil {
		return Stood{}, err
	}
	bonds, err := s.Between(ctx, person.ID)
	if err != nil {
		return Stood{}, err
	}
	if bonds.Has(person.ID, tenants.BlockedBy) && !bonds.Has(person.ID, tenants.Blocking) {
		return Stood{}, fault.Missing() // to them there is nobody of this name
	}
	out := Stood{person.HandleKey, "/" + s.Service.Slug + "/circle/silenced"}
	if !in.On {
		return out, s.Untie(ctx, person.ID, tenants.Blocking)
	}
	if err := silenceable(s, person); err != nil {
		return Stood{}, err
	}
	if err := s.Untie(ctx, person.ID, tenants.Friend, tenants.Asking, tenants.AskedBy); err != nil {
		return Stood{}, err
	}
	return out, s.Tie(ctx, person.ID, tenants.Blocking)
}

// Silenced are those whom the actor does not want to hear.
type Silenced struct {
	Muted   []Near `json:"muted"`
	Blocked []Near `json:"blocked"`
}

// Silenced lists them.
func (p People) Silenced(ctx context.Context, s tenants.Scope, _ web.None) (Silenced, error) {
	ties, err := s.Ties(ctx, tenants.Muting, tenants.Blocking)
	by := sorted(ties)
	return Silenced{by[tenants.Muting], by[tenants.Blocking]}, err
}
