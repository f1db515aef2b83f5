package wings

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// hasCarers tells whether relatives and carers have a place anywhere in a trust.
func hasCarers(e *tenants.Estate) bool {
	return slices.ContainsFunc(e.Services, (*tenants.Service).ForCarers)
}

// Relations are those whom a member cares for or, of a service user, who care for
// them; and where the actor can find more of them.
type Relations struct {
	Person   tenants.Person `json:"person"`
	Carer    bool           `json:"carer"` // the person cares for these
	People   []Relation     `json:"people"`
	Hidden   int            `json:"hidden"` // are in services that the actor does not work in
	Services []Place        `json:"services"`
}

// Relation is one of them, in a service that the actor works in.
type Relation struct {
	Handle  string `json:"handle"`
	Service Place  `json:"service"`
}

// Kin shows them to the team.
func (w Wings) Kin(ctx context.Context, s tenants.Scope, in tenants.ByHandle) (Relations, error) {
	person, err := kinsman(ctx, s, in.Handle)
	if err != nil {
		return Relations{}, err
	}
	out := Relations{Person: person, Carer: s.Service.ForCarers(), People: []Relation{}, Services: []Place{}}
	others, err := others(ctx, s)
	if err != nil {
		return Relations{}, err
	}
	for _, service := range others {
		out.Services = append(out.Services, Place{Slug: service.Slug, Name: service.Name})
	}
	rows, err := s.KinOf(ctx, person.AccountID)
	if err != nil {
		return Relations{}, err
	}
	for _, row := range rows {
		if (row.CarerID == person.AccountID) != out.Carer {
			continue
		}
		other := row.CarerID
		if out.Carer {
			other = row.PersonID
		}
		places, err := placesOf(ctx, s, other)
		if err != nil {
			return Relations{}, err
		}
		seen := len(out.People)
		for _, place := range places {
			if at := slices.IndexFunc(others, func(one *tenants.Service) bool { return one.ID == place.ServiceID }); at >= 0 {
				out.People = append(out.People, Relation{place.Handle, Place{Slug: others[at].Slug, Name: others[at].Name}})
			}
		}
		if len(out.People) == seen {
			out.Hidden++
		}
	}
	return out, nil
}

// kinsman is a member whom the service is for. They may be of the team as well.
func kinsman(ctx context.Context, s tenants.Scope, handle string) (tenants.Person, error) {
	person, err := s.PersonByHandle(ctx, handle)
	if err == nil && !isFor(person) {
		err = fault.Missing()
	}
	return person, err
}

func isFor(person tenants.Person) bool {
	return person.Roles.Has(tenants.ServiceUser, tenants.Waiting, tenants.Carer, tenants.PeerSupporter)
}

// others are the services that the actor works in on the other side: those for carers,
// or from there those that are not.
func others(ctx context.Context, s tenants.Scope) (all []*tenants.Service, err error) {
	mine, err := placesOf(ctx, s, s.Actor.AccountID)
	for _, service := range s.Estate.Services {
		at := slices.IndexFunc(mine, func(p tenants.Person) bool { return p.ServiceID == service.ID })
		if at < 0 || service.ForCarers() == s.Service.ForCarers() {
			continue
		}
		there, _ := s.Within(service.ID)
		if there.As(mine[at]).May("kin.note") {
			all = append(all, service)
		}
	}
	return all, err
}

// Relative is somebody on the other side.
type Relative struct {
	Handle  string `path:"handle"`
	Other   string `json:"other" validate:"filled,max=60" label:"their name"`
	Service string `json:"service" validate:"required,max=60" label:"a service"`
}

// Note is that somebody cares for somebody else, and how the team knows.
type Note struct {
	Relative
	Reason string `json:"reason" validate:"filled,max=500" label:"how you know"`
}

// Note keeps it for the team: whoever is linked works on nothing that concerns the
// other. Neither can see anything more by it.
func (w Wings) Note(ctx context.Context, s tenants.Scope, in Note) (Told, error) {
	person, row, err := w.pair(ctx, s, in.Relative)
	if err != nil {
		return Told{}, err
	}
	row.NotedBy, row.NotedAt = s.Actor.AccountID, s.Now
	added, err := s.AddKin(ctx, row)
	if err != nil || !added {
		return Told{person.Handle}, err
	}
	return Told{person.Handle}, s.Audit(ctx, "kin.noted", tenants.Audited{Subject: person.ID, Reason: in.Reason})
}

// Remove takes it back. NotFound if it was not noted.
func (w Wings) Remove(ctx context.Context, s tenants.Scope, in Relative) (Told, error) {
	person, row, err := w.pair(ctx, s, in)
	if err != nil {
		return Told{}, err
	}
	if err := s.DropKin(ctx, row.CarerID, row.PersonID); err != nil {
		return Told{}, err
	}
	return Told{person.Handle}, s.Audit(ctx, "kin.removed", tenants.Audited{Subject: person.ID})
}

// pair finds both, and who of them cares for whom.
func (w Wings) pair(ctx context.Context, s tenants.Scope, in Relative) (tenants.Person, tenants.Kin, error) {
	person, err := kinsman(ctx, s, in.Handle)
	if err != nil {
		return person, tenants.Kin{}, err
	}
	all, err := others(ctx, s)
	if err != nil {
		return person, tenants.Kin{}, err
	}
	at := slices.IndexFunc(all, func(one *tenants.Service) bool { return one.Slug == in.Service })
	if at < 0 {
		return person, tenants.Kin{}, fault.Bad("service", "Choose a service that you work in.")
	}
	there, _ := s.Within(all[at].ID)
	there.Actor.Member = nil
	other, err := kinsman(ctx, there, in.Other)
	switch {
	case database.Missing(err):
		return person, tenants.Kin{}, fault.Bad("other", "Nobody in "+all[at].Name+" has this name.")
	case err != nil:
		return person, tenants.Kin{}, err
	case other.AccountID == person.AccountID:
		return person, tenants.Kin{}, fault.Bad("other", "This is the same person.")
	}
	return person, kinBetween(s.Service.ForCarers(), person.AccountID, other.AccountID), nil
}

// kinBetween is a row of two, of whom one cares for the other.
func kinBetween(firstCares bool, first, second uuid.UUID) tenants.Kin {
	if firstCares {
		return tenants.Kin{CarerID: first, PersonID: second}
	}
	return tenants.Kin{CarerID: second, PersonID: first}
}
