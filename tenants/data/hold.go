package data

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Holds are the legal holds of a trust, those that stand first.
type Holds struct {
	Standing []Hold `json:"standing"`
	Lifted   []Hold `json:"lifted"`
	services []ui.Option
}

// Holds lists them.
func (d Data) Holds(ctx context.Context, s tenants.Scope, _ web.None) (Holds, error) {
	var rows []Hold
	if err := s.Select(&rows).Order("hold.placed_at DESC").Limit(500).Scan(ctx); err != nil {
		return Holds{}, err
	}
	accounts := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		accounts[i] = row.AccountID
	}
	names, err := namesOf(ctx, s, accounts)
	out := Holds{services: []ui.Option{{Label: "Choose a service"}}}
	for _, row := range rows {
		row.Who = names[row.AccountID]
		if row.LiftedAt == nil {
			out.Standing = append(out.Standing, row)
		} else {
			out.Lifted = append(out.Lifted, row)
		}
	}
	for _, service := range s.Estate.Services {
		out.services = append(out.services, ui.Option{Value: service.Slug, Label: service.Name})
	}
	return out, err
}

// Place names a member of whom nothing may be removed, and why.
type Place struct {
	Service string `json:"service" validate:"required,max=60" label:"a service"`
	Handle  string `json:"handle" validate:"filled,max=60" label:"a handle"`
	Reason  string `json:"reason" validate:"filled,max=500" label:"a reason"`
}

// Place places a legal hold on all that is kept of a member, in every service of
// the trust. Conflict if one stands.
func (d Data) Place(ctx context.Context, s tenants.Scope, in Place) (Hold, error) {
	if err := s.Fresh(); err != nil {
		return Hold{}, err
	}
	service := s.Estate.Service(in.Service)
	if service == nil {
		return Hold{}, fault.Bad("service", "Choose one of the services.")
	}
	person, err := calledIn(ctx, s, service.ID, in.Handle)
	if database.Missing(err) {
		return Hold{}, fault.Bad("handle", "Nobody in this service has this handle.")
	}
	if err != nil {
		return Hold{}, err
	}
	row := Hold{AccountID: person.AccountID, Reason: strings.TrimSpace(in.Reason), PlacedBy: s.Actor.AccountID, PlacedAt: s.Now}
	if row.ID, err = uuid.NewV7(); err != nil {
		return Hold{}, err
	}
	if _, err := s.Insert(&row).Exec(ctx); database.Taken(err) {
		return Hold{}, fault.Bad("handle", "There is a legal hold on this member already.")
	} else if err != nil {
		return Hold{}, err
	}
	return row, s.Audit(ctx, "holds.place", tenants.Audited{Subject: person.AccountID, Reason: row.Reason})
}

// Lifting says why a hold ends.
type Lifting struct {
	ID     uuid.UUID `path:"id"`
	Reason string    `json:"reason" validate:"filled,max=500" label:"why it ends"`
}

// Lift ends a legal hold. What waited for it, such as the member's leaving, goes on.
func (d Data) Lift(ctx context.Context, s tenants.Scope, in Lifting) (Hold, error) {
	if err := s.Fresh(); err != nil {
		return Hold{}, err
	}
	var row Hold
	if err := s.Lock(&row).Where("hold.id = ?", in.ID).Scan(ctx); err != nil {
		return Hold{}, err
	}
	if row.LiftedAt != nil {
		return row, nil // a second time changes nothing
	}
	row.LiftedAt, row.LiftedBy = &s.Now, &s.Actor.AccountID
	if err := tenants.Touched(s.Update(&row).Column("lifted_at", "lifted_by").Where("id = ?", row.ID).Exec(ctx)); err != nil {
		return Hold{}, err
	}
	if err := s.Audit(ctx, "holds.lift", tenants.Audited{Subject: row.AccountID, Reason: strings.TrimSpace(in.Reason)}); err != nil {
		return Hold{}, err
	}
	f, err := farewell(ctx, s, row.AccountID)
	if err != nil || f == nil || f.State != held {
		return row, err
	}
	f.State = working
	if err := f.save(ctx, s, "state"); err != nil {
		return Hold{}, err
	}
	return row, s.Emit(ctx, leaving, tenants.Event{Subject: row.AccountID})
}
