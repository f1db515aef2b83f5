package tenants

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
)

// Wing says that a service belongs to another one, its root: it is for those of an
// age, or for relatives and carers. It is a service like any other, so what keeps
// services apart keeps wings apart; only the team is one (see ShareTeam).
type Wing struct {
	bun.BaseModel `bun:"table:wings,alias:wing"`
	InService

	ParentID uuid.UUID `bun:"parent_id,type:uuid"`
	Kind     WingKind  `bun:"kind"`
	Preset   string    `bun:"preset"` // which of its area's wings it began as; empty for none
	From     int       `bun:"from_age"`
	To       int       `bun:"to_age"` // in years, both with; zero where age is nothing to it
}

// WingKind is whom a wing is for.
type WingKind string

// The kinds of wings.
const (
	BandWing   WingKind = "band"
	CarersWing WingKind = "carers"
)

// Takes tells whether an age band is for somebody of an age.
func (w Wing) Takes(age int) bool { return w.From <= age && age <= w.To }

// Leaves is the first day on which somebody born on a day is too old for the band.
func (w Wing) Leaves(born clock.Date) clock.Date { return born.Birthday(w.To + 1) }

// Words say whom the wing is for.
func (w Wing) Words() string {
	switch {
	case w.Kind == CarersWing:
		return "Relatives and carers"
	case w.From == w.To:
		return fmt.Sprintf("Age %d", w.From)
	}
	return fmt.Sprintf("Ages %d to %d", w.From, w.To)
}

// Wing is what the service is of another one; nil if it stands by itself.
func (s *Service) Wing() *Wing { return s.wing }

// Band is the age band that the service is; nil if it is none.
func (s *Service) Band() *Wing {
	if s.wing == nil || s.wing.Kind != BandWing {
		return nil
	}
	return s.wing
}

// ForCarers tells whether the service is for relatives and carers. They have a place
// in such services alone, and service users have none there.
func (s *Service) ForCarers() bool { return s.Area == carersArea }

const carersArea Area = "carers"

// Root is the service that another one is a wing of; itself if it is none.
func (e *Estate) Root(of *Service) *Service {
	if of.wing != nil {
		for _, service := range e.Services {
			if service.ID == of.wing.ParentID {
				return service
			}
		}
	}
	return of
}

// Wings are those of a service or, where it is a wing itself, of its root: age bands
// from the youngest on, then relatives and carers.
func (e *Estate) Wings(of *Service) (wings []*Service) {
	root := e.Root(of)
	for _, service := range e.Services {
		if service.wing != nil && service.wing.ParentID == root.ID {
			wings = append(wings, service)
		}
	}
	slices.SortStableFunc(wings, func(a, b *Service) int {
		return cmp.Or(cmp.Compare(a.wing.Kind, b.wing.Kind), cmp.Compare(a.wing.From, b.wing.From))
	})
	return wings
}

// Family is a service's root with its wings; nil where it has none.
func (e *Estate) Family(of *Service) []*Service {
	wings := e.Wings(of)
	if len(wings) == 0 {
		return nil
	}
	return append([]*Service{e.Root(of)}, wings...)
}

// Place finds where in the family of a service somebody of a role, born on a day, has
// their place today. Invalid says why there is none.
func (e *Estate) Place(near *Service, role Role, born, today clock.Date) (*Service, error) {
	root := e.Root(near)
	if role.Staff() {
		return root, nil
	}
	var bands []*Service
	for _, one := range append([]*Service{near}, e.Family(near)...) {
		if one.Band() != nil {
			bands = append(bands, one)
		} else if one.ForCarers() && (role == Carer || role == PeerSupporter && one == near) {
			return one, nil
		}
	}
	switch {
	case role == Carer || root.ForCarers():
		return nil, root.admits(role, born, today) // says why
	case len(bands) == 0:
		return root, nil
	}
	for _, band := range bands {
		if band.admits(role, born, today) == nil {
			return band, nil
		}
	}
	if born == "" {
		return nil, noBirth()
	}
	return nil, fault.Bad("born_on", fmt.Sprintf("They are %d, and no wing of %s is for that age.", born.Age(today), root.Name))
}

// Fits is nil if a service is the right place in its family for somebody of a role,
// born on a day. Invalid says which one is, or why none is.
func (e *Estate) Fits(at *Service, role Role, born, today clock.Date) error {
	place, err := e.Place(at, role, born, today)
	if err != nil || place.ID == at.ID {
		return err
	}
	who := "Service users have"
	switch {
	case place.Band() != nil:
		who = fmt.Sprintf("They are %d, so they have", born.Age(today))
	case place.ForCarers():
		who = "Relatives and carers have"
	case role.Staff():
		who = "The team, which is the same in all wings, has"
	}
	return fault.Bad("to", who+" a place in "+place.Name+".")
}

// Takes tells whether people of a role can have a place in the family of a service.
func (e *Estate) Takes(near *Service, role Role) bool {
	return slices.ContainsFunc(append(e.Family(near), near), func(one *Service) bool { return one.takes(role) == nil })
}

// takes is nil if people of a role can have a place in the service.
func (s *Service) takes(role Role) error {
	switch {
	case role.Staff() && s.wing != nil:
		return fault.Bad("role", "The team of a wing is that of the service that it belongs to. Add them there.")
	case role.Staff():
		return nil
	case role == Carer && !s.ForCarers():
		return fault.Bad("role", "Relatives and carers never share the service users’ rooms. They need a service of their own, or a wing of this one.")
	case s.ForCarers() && role != Carer && role != PeerSupporter:
		return fault.Bad("role", "Only relatives and carers have a place here.")
	}
	return nil
}

// admits is takes for somebody of a role who was born on a day.
func (s *Service) admits(role Role, born, today clock.Date) error {
	band := s.Band()
	if err := s.takes(role); err != nil || band == nil || role.Staff() {
		return err
	}
	switch {
	case born == "":
		return noBirth()
	case !band.Takes(born.Age(today)):
		return fault.Bad("born_on", s.Name+" is for another age.")
	}
	return nil
}

func noBirth() error {
	return fault.Bad("born_on", "Enter their date of birth. It says which wing they belong in.")
}
