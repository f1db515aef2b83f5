package wings

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// ofAge is how old somebody must be for a service that is no age band.
const ofAge = 18

// One is somebody who will be too old for their band, and where they can go.
type One struct {
	Leaver
	Services []Place `json:"services"`
	To       string  `json:"to,omitempty"` // the address of the service that was arranged
	Cases    int     `json:"open_cases"`
	Why      string  `json:"why,omitempty"` // they cannot go today; empty if they can
}

// Place is a service that somebody can go to.
type Place struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
	For  string `json:"for,omitempty"`
}

// Show shows what is arranged, and what can be. NotFound of whoever goes nowhere.
func (w Wings) Show(ctx context.Context, s tenants.Scope, in tenants.ByHandle) (One, error) {
	l, err := w.find(ctx, s, in.Handle, rowOf)
	if err != nil {
		return One{}, err
	}
	out := One{Leaver: leaverOf(s, l.row, l.person), Services: []Place{}}
	for _, service := range l.services(s) {
		place := Place{Slug: service.Slug, Name: service.Name}
		if band := service.Band(); band != nil {
			place.For = band.Words()
		}
		out.Services = append(out.Services, place)
	}
	if to := target(s, l.row); to != nil {
		out.To = to.Slug
	}
	if out.Cases, err = openCases(ctx, s, l.person.ID); err != nil {
		return One{}, err
	}
	out.Why = l.keeps(s, out.Cases)
	return out, nil
}

// leaver is somebody of a band with all that decides where they can go.
type leaver struct {
	person tenants.Person
	row    Row
	born   clock.Date
}

func (w Wings) find(ctx context.Context, s tenants.Scope, handle string, read func(context.Context, tenants.Scope, uuid.UUID) (Row, error)) (l leaver, err error) {
	if l.person, err = s.PersonByHandle(ctx, handle); err != nil {
		return l, err
	}
	if l.row, err = read(ctx, s, l.person.ID); err != nil {
		return l, err
	}
	births, err := w.births(ctx, s, []tenants.Person{l.person})
	l.born = births[l.person.AccountID]
	return l, err
}

// services are where they can go on the day on which they must leave: the next band, or
// a service for adults.
func (l leaver) services(s tenants.Scope) (all []*tenants.Service) {
	on := max(clock.DateOf(s.Now), l.row.LeavesOn)
	for _, service := range s.Estate.Services {
		if service != s.Service && l.fits(s, service, on) {
			all = append(all, service)
		}
	}
	return all
}

func (l leaver) fits(s tenants.Scope, service *tenants.Service, on clock.Date) bool {
	if l.born == "" || s.Estate.Fits(service, tenants.ServiceUser, l.born, on) != nil {
		return false
	}
	return service.Band() != nil || l.born.Age(on) >= ofAge
}

// keeps tells what keeps them from going today; empty if nothing does.
func (l leaver) keeps(s tenants.Scope, cases int) string {
	to := target(s, l.row)
	switch {
	case l.born == "":
		return "Nobody told their date of birth. Ask them for it: without it nobody knows where they belong."
	case to == nil:
		return "Arrange first where they go, so that they hear of it before."
	case cases > 0:
		return "There is an open case about them. It stays here, so close it first, and write down who goes on with it there."
	case !l.fits(s, to, clock.DateOf(s.Now)):
		return "They are not of the age for " + to.Name + " today. Wait until they are, or arrange another place."
	}
	return ""
}

// Arrange is where somebody is to go.
type Arrange struct {
	Handle  string `path:"handle"`
	Service string `json:"service" validate:"required,max=60" label:"a service"`
}

// Told is whom it is about.
type Told struct {
	Handle string `json:"handle"`
}

// Arrange keeps where somebody goes and tells them so. Nothing moves yet.
func (w Wings) Arrange(ctx context.Context, s tenants.Scope, in Arrange) (Told, error) {
	l, err := w.find(ctx, s, in.Handle, taken)
	if err != nil {
		return Told{}, err
	}
	fit := l.services(s)
	at := slices.IndexFunc(fit, func(one *tenants.Service) bool { return one.Slug == in.Service })
	if at < 0 {
		return Told{}, fault.Bad("service", "Choose one of these places.")
	}
	by := s.Actor.ID()
	l.row.ToID, l.row.ArrangedBy, l.row.ArrangedAt = &fit[at].ID, &by, &s.Now
	if err := put(ctx, s, l.row); err != nil {
		return Told{}, err
	}
	if err := s.Audit(ctx, "moving.arranged", tenants.Audited{Subject: l.person.ID, After: map[string]string{"service": in.Service}}); err != nil {
		return Told{}, err
	}
	return Told{l.person.Handle}, s.Emit(ctx, arranged, tenants.Event{Subject: l.person.ID, Readers: tenants.NewIDs(l.person.ID)})
}

// Move hands somebody over to the service that was arranged: they keep their name, and
// their safety plan goes with them. Conflict says what keeps them here.
func (w Wings) Move(ctx context.Context, s tenants.Scope, in tenants.ByHandle) (Told, error) {
	l, err := w.find(ctx, s, in.Handle, taken)
	if err != nil {
		return Told{}, err
	}
	cases, err := openCases(ctx, s, l.person.ID)
	if err != nil {
		return Told{}, err
	}
	if why := l.keeps(s, cases); why != "" {
		return Told{}, fault.New(fault.Conflict, why)
	}
	to, _ := s.Within(*l.row.ToID)
	to.Actor.Member = nil
	role := tenants.ServiceUser
	if l.person.Roles.Has(tenants.Waiting) {
		role = tenants.Waiting
	}
	now, err := tenants.Move(ctx, s, l.person, to, role, l.born)
	if err != nil {
		return Told{}, err
	}
	if err := w.carry(ctx, s, l.person, to, now); err != nil {
		return Told{}, err
	}
	if err := drop(ctx, s, l.person.ID); err != nil {
		return Told{}, err
	}
	if err := w.keep(ctx, to); err != nil {
		return Told{}, err
	}
	if err := s.Audit(ctx, "moving.moved", tenants.Audited{Subject: l.person.ID, After: map[string]string{"service": to.Service.Slug}}); err != nil {
		return Told{}, err
	}
	return Told{l.person.Handle}, to.Emit(ctx, moved, tenants.Event{Subject: now.ID, Readers: tenants.NewIDs(now.ID)})
}

// Mine is where the actor goes when they are too old for their band.
type Mine struct {
	// Band tells that they are in an age band now, and so will be too old for it.
	Band  bool   `json:"band"`
	Until string `json:"until,omitempty"` // the month in which they are too old
	Goes  string `json:"goes,omitempty"`  // the service; empty until it is arranged
}

// Mine shows it. NotFound for whoever goes nowhere by their age.
func (w Wings) Mine(ctx context.Context, s tenants.Scope, _ web.None) (Mine, error) {
	if !goes(s) || s.Actor.Member == nil || s.Actor.Roles.Staff() {
		return Mine{}, fault.Missing()
	}
	var rows []Row
	err := s.Select(&rows).Where("moving.member_id = ?", s.Actor.ID()).Scan(ctx)
	out := Mine{Band: s.Service.Band() != nil}
	for _, row := range rows {
		one := leaverOf(s, row, *s.Actor.Member)
		out.Until, out.Goes = one.Month, one.Goes
	}
	return out, err
}
