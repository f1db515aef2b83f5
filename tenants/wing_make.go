package tenants

import (
	"context"
	"fmt"
	"slices"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// NewWing is what a wing needs to begin.
type NewWing struct {
	Kind     WingKind
	Preset   string // which of the area's wings it begins as; empty for none
	From, To int    // in years, both with; of an age band
	Name     string
	Slug     string
	About    string
}

// Offered are the wings that a service can be given, with the names that they would
// have; none where it can have no wings.
func (s *Service) Offered() (all []NewWing) {
	if s.wing != nil {
		return nil
	}
	for _, wing := range s.Area.preset().Offers() {
		in := NewWing{Kind: BandWing, Preset: wing.Key, From: wing.From, To: wing.To, Name: s.Name + ", " + wing.Name, Slug: s.Slug + "-" + wing.Key, About: wing.About}
		if wing.ForCarers() {
			in.Kind = CarersWing
		}
		all = append(all, in)
	}
	return all
}

// Begins is what a wing of the service would begin with.
func (s *Service) Begins(in NewWing) areas.Area {
	if in.Kind == CarersWing {
		return carersArea.preset()
	}
	return s.Area.preset().Wing(in.Preset)
}

// makeOffered makes one of the wings that the scope's service can be given.
func makeOffered(ctx context.Context, s Scope, key string) (*Service, error) {
	offered := s.Service.Offered()
	at := slices.IndexFunc(offered, func(in NewWing) bool { return in.Preset == key })
	if at < 0 {
		return nil, fault.Bad("wings", "One of these wings does not exist. Load the page again.")
	}
	return CreateWing(ctx, s, offered[at])
}

// oldest is the highest age that a band can have.
const oldest = 120

// CreateWing makes a wing of the scope's service. It has its rooms and words from its
// preset; its colour, hours, people to call in a crisis and team are those of the
// service. Invalid says which part to mend.
func CreateWing(ctx context.Context, s Scope, in NewWing) (*Service, error) {
	root := s.Service
	if root.wing != nil || root.ForCarers() {
		return nil, fault.New(fault.Conflict, "This service can have no wings.")
	}
	if err := s.Alone(ctx); err != nil {
		return nil, err
	}
	wing := &Wing{ParentID: root.ID, Kind: in.Kind, Preset: in.Preset, From: in.From, To: in.To}
	area := root.Area
	if in.Kind == CarersWing {
		wing.From, wing.To, area = 0, 0, carersArea
	}
	if err := wing.check(ctx, s); err != nil {
		return nil, err
	}
	made, err := CreateService(ctx, s, NewService{Area: area, Name: in.Name, Slug: in.Slug, About: in.About, Accent: root.Accent,
		Staffed: root.Staffed, Crisis: root.Crisis, Modules: root.Begins(in).Rooms, wing: wing})
	if err != nil {
		return nil, err
	}
	return made, shareWith(ctx, s, made, nil)
}

// check tells what is wrong with a wing beside those that there are.
func (w *Wing) check(ctx context.Context, s Scope) error {
	if w.Kind == BandWing && (w.From < 1 || w.To < w.From || w.To > oldest) {
		return fault.Bad("from_age", "Enter the youngest and the oldest age, such as 14 and 17.")
	}
	var there []Wing
	if err := s.SelectAcross(&there).Where("wing.parent_id = ?", w.ParentID).Order("wing.from_age").Scan(ctx); err != nil {
		return err
	}
	for _, other := range there {
		switch {
		case other.Kind != w.Kind:
		case w.Kind == CarersWing:
			return fault.Bad("kind", "There is a wing for relatives and carers already.")
		case other.From <= w.To && w.From <= other.To:
			return fault.Bad("from_age", fmt.Sprintf("There is a wing for %d to %d already. Nobody can be of two ages.", other.From, other.To))
		}
	}
	return nil
}
