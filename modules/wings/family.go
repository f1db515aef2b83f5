package wings

import (
	"context"
	"slices"
	"strings"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Family is a service with its wings, as its team goes between them.
type Family struct {
	Root  string `json:"root"` // its name
	Doors []Door `json:"doors"`
	// Offers are the wings that it can be given; only from the service itself.
	Offers []Draft `json:"offers"`
}

// Door leads to a wing, or to the service that it belongs to.
type Door struct {
	Slug    string `json:"slug"`
	Name    string `json:"name"`
	For     string `json:"for"` // whom it is for, in words; empty for the service itself
	Here    bool   `json:"here"`
	Members int    `json:"members"` // without the team
	Leaving int    `json:"leaving"` // who will soon be too old for it, or are
	Late    int    `json:"late"`    // who are already
}

// Family shows them.
func (w Wings) Family(ctx context.Context, s tenants.Scope, _ web.None) (Family, error) {
	root := s.Estate.Root(s.Service)
	out := Family{Root: root.Name, Doors: []Door{}, Offers: []Draft{}}
	for _, service := range s.Estate.Family(s.Service) {
		door := Door{Slug: service.Slug, Name: service.Name, Here: service == s.Service}
		if wing := service.Wing(); wing != nil {
			door.For = wing.Words()
		}
		at, _ := s.Within(service.ID)
		var err error
		if door.Members, err = members(ctx, at); err != nil {
			return Family{}, err
		}
		if at.May("moving.read") && goes(at) {
			if door.Leaving, door.Late, err = leavers(ctx, at, clock.DateOf(s.Now)); err != nil {
				return Family{}, err
			}
		}
		out.Doors = append(out.Doors, door)
	}
	if root != s.Service || !s.May("wings.make") {
		return out, nil
	}
	for _, offer := range offered(s) {
		if !slices.ContainsFunc(s.Estate.Wings(root), offer.there) {
			out.Offers = append(out.Offers, offer)
		}
	}
	return out, nil
}

// Draft is a wing as it would be.
type Draft struct {
	Preset string           `json:"preset"`
	Kind   tenants.WingKind `json:"kind"`
	Name   string           `json:"name"`
	Slug   string           `json:"slug"`
	About  string           `json:"about"`
	From   int              `json:"from_age"`
	To     int              `json:"to_age"`
}

// another is the key of a wing that is in no preset.
const another = "another"

// offered are the wings that the service can be given: those of its area, and another
// age band.
func offered(s tenants.Scope) (all []Draft) {
	for _, in := range s.Service.Offered() {
		all = append(all, Draft{in.Preset, in.Kind, in.Name, in.Slug, in.About, in.From, in.To})
	}
	if !s.Service.ForCarers() && s.Service.Wing() == nil {
		all = append(all, Draft{Preset: another, Kind: tenants.BandWing, Name: s.Service.Name + ", ", Slug: s.Service.Slug + "-"})
	}
	return all
}

// there tells whether a wing is what the draft would be.
func (d Draft) there(one *tenants.Service) bool {
	wing := one.Wing()
	return wing.Kind == d.Kind && (d.Kind == tenants.CarersWing || wing.From <= d.To && d.From <= wing.To)
}

// ByPreset names one of the wings that a service can be given.
type ByPreset struct {
	Preset string `json:"preset" validate:"max=40" label:"a wing"`
}

// Begins is a new wing before it is made, with all that it would begin with.
type Begins struct {
	Draft  Draft    `json:"draft"`
	Rooms  []string `json:"rooms"`
	Boards []string `json:"boards"`
	Waits  string   `json:"waits"`
	Rules  string   `json:"rules"` // HTML
	Team   []string `json:"team"`  // handles
}

// Draft shows it. NotFound where the service can have no such wing.
func (w Wings) Draft(ctx context.Context, s tenants.Scope, in ByPreset) (Begins, error) {
	all := offered(s)
	at := slices.IndexFunc(all, func(d Draft) bool { return d.Preset == in.Preset })
	if at < 0 {
		return Begins{}, fault.Missing()
	}
	draft := all[at]
	preset := s.Service.Begins(draft.wing())
	out := Begins{Draft: draft, Rooms: []string{}, Boards: []string{}, Team: []string{}, Waits: preset.Waits.Words(), Rules: markdown.HTML(preset.Rules)}
	for _, room := range w.rooms {
		if preset.On(room.Key) {
			out.Rooms = append(out.Rooms, room.Name)
		}
	}
	for _, board := range preset.Boards {
		out.Boards = append(out.Boards, board.Name)
	}
	team, err := team(ctx, s)
	for _, person := range team {
		out.Team = append(out.Team, person.Handle)
	}
	return out, err
}

func (d Draft) wing() tenants.NewWing {
	preset := d.Preset
	if preset == another {
		preset = ""
	}
	return tenants.NewWing{Kind: d.Kind, Preset: preset, From: d.From, To: d.To, Name: strings.TrimSpace(d.Name), Slug: d.Slug, About: strings.TrimSpace(d.About)}
}

// Make is a wing to be made.
type Make struct {
	Preset string           `json:"preset" validate:"max=40" label:"a wing"`
	Kind   tenants.WingKind `json:"kind" validate:"required,oneof=band carers" label:"whom it is for"`
	Name   string           `json:"name" validate:"filled,max=100" label:"its name"`
	Slug   string           `json:"slug" validate:"filled,max=60" label:"an address"`
	About  string           `json:"about" validate:"max=200" label:"a line about it"`
	From   int              `json:"from_age" validate:"gte=0,lte=120" label:"the youngest age"`
	To     int              `json:"to_age" validate:"gte=0,lte=120" label:"the oldest age"`
}

// Made names a new wing.
type Made struct {
	Slug string `json:"slug"`
}

// Make makes a wing of the service. Invalid says which part to mend.
func (w Wings) Make(ctx context.Context, s tenants.Scope, in Make) (Made, error) {
	wing, err := tenants.CreateWing(ctx, s, Draft(in).wing())
	if err != nil {
		return Made{}, err
	}
	return Made{wing.Slug}, nil
}

// share gives the wings of a service the team that it has now.
func share(ctx context.Context, s tenants.Scope) error {
	if s.Service.Wing() != nil || len(s.Estate.Wings(s.Service)) == 0 {
		return nil
	}
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error { return tenants.ShareTeam(ctx, s) })
}
