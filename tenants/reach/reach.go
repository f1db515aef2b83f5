// Package reach is how a service's people are reached: when its team is there, and
// whom members call in a crisis beside those that everybody has. Its wings, whose team
// is the same, have both from it.
package reach

import (
	"context"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// mostContacts keeps the list one that somebody in a crisis can take in.
const mostContacts = 5

const path = "/settings/reach"

// New is the part that every service has of it.
func New() tenants.Part {
	return tenants.Part{
		Routes: routes,
		Acts:   tenants.Acts{"reach.hours": "Changed when a service’s team is there", "reach.crisis": "Changed whom members of a service call in a crisis"},
		Links: func(s tenants.Scope) []tenants.MeLink {
			if s.Service == nil || !s.May("services.configure") {
				return nil
			}
			return []tenants.MeLink{{Name: "Hours and crisis contacts", About: "When the team is here, and whom to call", Path: "/" + s.Service.Slug + path}}
		},
	}
}

func routes(r *tenants.Router) {
	r = r.In("/{service}", "")
	const one = path + "/contacts/{place}"
	back, form := web.SeeOther(path), web.FormAt(one)
	web.Get(r, path, "services.configure", "When the team is there, and whom members call in a crisis", show, page)
	web.Post(r, path+"/hours", "services.configure", "Change when the team is there", setHours, back, web.FormAt(path))
	web.Post(r, path+"/contacts", "services.configure", "Add somebody to call in a crisis", add, back, web.FormAt(path))
	web.Get(r, one, "services.configure", "Somebody to call in a crisis", contactAt, contactPage)
	web.Post(r, one, "services.configure", "Change somebody to call in a crisis", change, back, form)
	web.Post(r, one+"/remove", "services.configure", "Remove somebody to call in a crisis", remove, back, form)
}

// Reach is how a service's people are reached.
type Reach struct {
	Week     Week              `json:"week"`
	Contacts []tenants.Contact `json:"contacts"` // the service's own
	Shown    []tenants.Contact `json:"shown"`    // as “Get help now” has them
	Rota     bool              `json:"rota"`     // the rota says when the team is there
	Version  int               `json:"version"`
	Of       *Root             `json:"of,omitempty"` // where it is changed; nil for here
}

// Root is the service that a wing has this from.
type Root struct {
	Name string `json:"name"`
	Slug string `json:"slug"`
}

func show(_ context.Context, s tenants.Scope, _ web.None) (Reach, error) {
	return of(s, s.Service), nil
}

func of(s tenants.Scope, service *tenants.Service) Reach {
	out := Reach{Week: weekOf(service.Staffed), Contacts: service.Crisis, Shown: tenants.Contacts(service), Rota: service.Rostered(s.Now), Version: service.ReachVersion}
	if root := s.Estate.Root(service); service.Wing() != nil {
		out.Of = &Root{root.Name, root.Slug}
	}
	return out
}

// Hours are when the team is there. Version is the one that somebody saw.
type Hours struct {
	Week
	Version int `json:"version" validate:"gte=1"`
	tenants.Why
}

// setHours keeps them. Conflict if something changed since Version.
func setHours(ctx context.Context, s tenants.Scope, in Hours) (Reach, error) {
	staffed, err := in.hours()
	if err != nil {
		return Reach{}, err
	}
	return keep(ctx, s, "reach.hours", in.Version, in.Why, func(service *tenants.Service) { service.Staffed = staffed })
}

// Contact is somebody to call, as it is entered.
type Contact struct {
	Name    string `json:"name" validate:"filled,max=100" label:"who answers"`
	Phone   string `json:"phone" validate:"max=20" label:"the number to call"`
	Text    string `json:"text" validate:"max=20" label:"the number to text"`
	Word    string `json:"word" validate:"max=20" label:"the word to text"`
	Hours   string `json:"hours" validate:"filled,max=100" label:"when they answer"`
	Version int    `json:"version" validate:"gte=1"`
	tenants.Why
}

// contact is it as it is kept. Invalid where nobody could reach it.
func (c Contact) contact() (tenants.Contact, error) {
	out := tenants.Contact{Name: c.Name, Phone: c.Phone, Text: c.Text, Word: c.Word, Hours: c.Hours}
	switch {
	case c.Phone == "" && c.Text == "":
		return out, fault.Bad("phone", "Enter a number to call, or one to text.")
	case c.Phone != "" && !areas.CanCall(c.Phone):
		return out, fault.Bad("phone", "Enter a telephone number of this country, such as 01632 960001.")
	case c.Text != "" && !areas.CanText(c.Text):
		return out, fault.Bad("text", "Enter a number that takes texts: five or six digits, or a mobile number.")
	case c.Word != "" && c.Text == "":
		return out, fault.Bad("text", "Enter the number that the word is texted to.")
	}
	return out, nil
}

// add puts one at the end.
func add(ctx context.Context, s tenants.Scope, in Contact) (Reach, error) {
	contact, err := in.contact()
	if err != nil {
		return Reach{}, err
	}
	if len(s.Service.Crisis) >= mostContacts {
		return Reach{}, fault.Bad("name", "There are five already. A longer list helps nobody in a crisis: change or remove one.")
	}
	return keep(ctx, s, "reach.crisis", in.Version, in.Why, func(service *tenants.Service) { service.Crisis = append(service.Crisis, contact) })
}

// At is the place of one among the service's own, from 1 on.
type At struct {
	Place int `path:"place"`
}

// OneOf is one of a service's contacts.
type OneOf struct {
	Place   int             `json:"place"`
	Contact tenants.Contact `json:"contact"`
	Version int             `json:"version"`
}

func contactAt(_ context.Context, s tenants.Scope, in At) (OneOf, error) {
	if in.Place < 1 || in.Place > len(s.Service.Crisis) {
		return OneOf{}, fault.Missing()
	}
	return OneOf{in.Place, s.Service.Crisis[in.Place-1], s.Service.ReachVersion}, nil
}

// Changed is one in other words, by its place from 1 on.
type Changed struct {
	At
	Contact
}

func change(ctx context.Context, s tenants.Scope, in Changed) (Reach, error) {
	contact, err := in.contact()
	if err != nil {
		return Reach{}, err
	}
	if _, err := contactAt(ctx, s, in.At); err != nil {
		return Reach{}, err
	}
	return keep(ctx, s, "reach.crisis", in.Version, in.Why, func(service *tenants.Service) { service.Crisis[in.Place-1] = contact })
}

// Removed is one to remove.
type Removed struct {
	At
	Version int `json:"version" validate:"gte=1"`
	tenants.Why
}

func remove(ctx context.Context, s tenants.Scope, in Removed) (Reach, error) {
	if _, err := contactAt(ctx, s, in.At); err != nil {
		return Reach{}, err
	}
	return keep(ctx, s, "reach.crisis", in.Version, in.Why, func(service *tenants.Service) {
		service.Crisis = slices.Delete(service.Crisis, in.Place-1, in.Place)
	})
}

// keep writes what was changed to the service and its wings. Conflict if it changed
// since the version, or if the service is a wing, which has it from its root.
func keep(ctx context.Context, s tenants.Scope, act string, version int, why tenants.Why, changed func(*tenants.Service)) (Reach, error) {
	was := s.Service
	if was.Wing() != nil {
		return Reach{}, fault.New(fault.Conflict, "This wing has its hours and crisis contacts from "+s.Estate.Root(was).Name+". Change them there.")
	}
	now := *was
	now.Staffed, now.Crisis, now.ReachVersion = slices.Clone(was.Staffed), slices.Clone(was.Crisis), version+1
	changed(&now)
	write := func(ids ...uuid.UUID) *bun.UpdateQuery {
		return s.Update(&now).Column("staffed", "crisis", "reach_version").Where("service.id IN (?)", bun.List(ids))
	}
	if err := tenants.Fresh(write(was.ID).Where("service.reach_version = ?", version).Exec(ctx)); err != nil {
		return Reach{}, err
	}
	var wings []uuid.UUID
	for _, wing := range s.Estate.Wings(was) {
		wings = append(wings, wing.ID)
	}
	if len(wings) > 0 {
		if err := tenants.Touched(write(wings...).Exec(ctx)); err != nil {
			return Reach{}, err
		}
	}
	kept := func(service *tenants.Service) map[string]any {
		return map[string]any{"staffed": service.Staffed, "crisis": service.Crisis}
	}
	if err := s.Audit(ctx, act, tenants.Audited{Subject: was.ID, Reason: why.Reason, Before: kept(was), After: kept(&now)}); err != nil {
		return Reach{}, err
	}
	return of(s, &now), s.Changed(ctx)
}

func contactPath(ctx context.Context, place int) string {
	return ui.Path(ctx, path+"/contacts/"+strconv.Itoa(place))
}
