package waiting

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Form is what somebody fills in of an entry, and what they can choose from.
type Form struct {
	Entry    Entry     `json:"entry"`
	Pathways []Pathway `json:"pathways"`
	Team     []string  `json:"team"` // handles of those who can be keyworkers
}

// NewEntry is what a form for a new entry begins with.
func (w Waiting) NewEntry(ctx context.Context, s tenants.Scope, _ web.None) (Form, error) {
	return form(ctx, s, Entry{Priority: Routine})
}

// Editing is an entry to change.
func (w Waiting) Editing(ctx context.Context, s tenants.Scope, in ByID) (Form, error) {
	row, err := entryOf(ctx, s, in.ID)
	if err != nil {
		return Form{}, err
	}
	return form(ctx, s, row)
}

func form(ctx context.Context, s tenants.Scope, row Entry) (out Form, err error) {
	out.Entry = row
	if out.Pathways, err = pathways(ctx, s); err != nil {
		return out, err
	}
	team, err := s.WhoMay(ctx, "waiting.care")
	for _, person := range team {
		out.Team = append(out.Team, person.Handle)
	}
	return out, err
}

// Facts are what somebody types of an entry.
type Facts struct {
	NHSNumber   string `json:"nhs_number" validate:"max=30" label:"an NHS number"`
	Email       string `json:"email" validate:"max=254" label:"an email address"`
	Pathway     string `json:"pathway" validate:"max=80" label:"a pathway"`
	ReferredOn  string `json:"referred_on" validate:"max=30" label:"a referral date"`
	Priority    string `json:"priority" validate:"max=20" label:"a priority"`
	TargetWeeks string `json:"target_weeks" validate:"max=5" label:"a number of weeks"`
	Keyworker   string `json:"keyworker" validate:"max=60" label:"a keyworker"`
	Pauses      string `json:"pauses" validate:"max=2000" label:"pauses"`
}

func (in Facts) cells(reference string) Cells {
	cells := Cells{"reference": reference, "pathway": in.Pathway, "referred_on": in.ReferredOn, "priority": in.Priority, "target_weeks": in.TargetWeeks, "keyworker": in.Keyworker, "pauses": in.Pauses}
	for field, text := range map[string]string{"nhs_number": in.NHSNumber, "email": in.Email} {
		if strings.TrimSpace(text) != "" { // neither is shown in the form, so empty means as it is
			cells[field] = text
		}
	}
	return cells
}

// Add is a new entry.
type Add struct {
	Reference string `json:"reference" validate:"filled,max=60" label:"a reference"`
	Facts
}

// Add puts somebody on the list. Invalid if the reference is there.
func (w Waiting) Add(ctx context.Context, s tenants.Scope, in Add) (Kept, error) {
	line, err := w.apply(ctx, s, in.cells(in.Reference), func(before Entry) error {
		if before.ID != uuid.Nil {
			return fault.Bad("reference", "Somebody is on the list with this reference already.")
		}
		return nil
	})
	if err != nil {
		return Kept{}, err
	}
	row, err := byReference(ctx, s, in.Reference)
	return keptOf(s, row, line.What), err
}

// Edit is an entry as somebody wants it.
type Edit struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version"`
	Facts
	// ForgetEmail takes the address away.
	ForgetEmail bool `json:"forget_email"`
}

// Edit changes an entry. Conflict if somebody else was faster.
func (w Waiting) Edit(ctx context.Context, s tenants.Scope, in Edit) (Kept, error) {
	row, err := entryOf(ctx, s, in.ID)
	if err != nil {
		return Kept{}, err
	}
	cells := in.cells(row.Reference)
	if in.ForgetEmail {
		cells["email"] = ""
	}
	line, err := w.apply(ctx, s, cells, func(before Entry) error {
		if before.Version != in.Version {
			return fault.Stale()
		}
		return nil
	})
	if err != nil {
		return Kept{}, err
	}
	row, err = entryOf(ctx, s, in.ID)
	return keptOf(s, row, line.What), err
}
