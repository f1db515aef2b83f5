package programmes

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Figures are what SHaRON counts by itself, in the order in which they are offered.
type Figures []Figure

// Figure is one of them. Read gives its value in the scope's service, false where
// there is none, or where it is too small to leave the trust.
type Figure struct {
	Key, Name string
	Read      func(ctx context.Context, s tenants.Scope) (value float64, known bool, err error)
}

// name is what a figure is called; empty if there is none of the key.
func (f Figures) name(key string) string {
	one, _ := find(f, func(f Figure) bool { return f.Key == key })
	return one.Name
}

// BenefitSeen is a benefit as it stands.
type BenefitSeen struct {
	Benefit
	Owner string   `json:"owner"`
	Now   *float64 `json:"now"`            // the value of today, or as it was written down last; nil for not known
	Due   bool     `json:"due"`            // it is to be reviewed
	From  string   `json:"from,omitempty"` // the name of the figure that gives the value
}

// Part is how many of a hundred of the way from the baseline to the target are
// done; false while the value is not known.
func (b BenefitSeen) Part() (int, bool) {
	if b.Now == nil || b.Target == b.Baseline {
		return 0, false
	}
	return int(math.Round(min(1, max(0, (*b.Now-b.Baseline)/(b.Target-b.Baseline))) * 100)), true
}

// value puts the figures' values to the benefits.
func (p Programmes) value(ctx context.Context, s tenants.Scope, seen *Seen) error {
	for i := range seen.Benefits {
		b := &seen.Benefits[i]
		figure, err := find(p.figures, func(f Figure) bool { return f.Key == b.Figure })
		if err != nil {
			continue
		}
		b.From = figure.Name
		value, known, err := figure.Read(ctx, s)
		if err != nil {
			return err
		}
		if b.Now = nil; known {
			b.Now = &value
		}
	}
	return nil
}

// Valued reads the programme with the values of its benefits.
func (p Programmes) Valued(ctx context.Context, s tenants.Scope, by By, in Place) (Seen, error) {
	seen, err := p.Show(ctx, s, by, in)
	if err != nil {
		return seen, err
	}
	return seen, p.value(ctx, s, &seen)
}

// BenefitsPage is all benefits with what can be chosen for another.
type BenefitsPage struct {
	Seen    `json:"-"`
	Of      []BenefitSeen `json:"benefits"`
	figures Figures
}

// AllBenefits reads the benefits.
func (p Programmes) AllBenefits(ctx context.Context, s tenants.Scope, by By, in Place) (BenefitsPage, error) {
	seen, err := p.Valued(ctx, s, by, in)
	return BenefitsPage{seen, slices.Concat([]BenefitSeen{}, seen.Benefits), p.figures}, err
}

// BenefitPage is one of them.
type BenefitPage struct {
	Seen    `json:"-"`
	Benefit BenefitSeen `json:"benefit"`
	figures Figures
}

// Benefit reads a benefit.
func (p Programmes) Benefit(ctx context.Context, s tenants.Scope, by By, in ByID) (BenefitPage, error) {
	seen, err := p.Valued(ctx, s, by, in.Place)
	if err != nil {
		return BenefitPage{}, err
	}
	one, err := find(seen.Benefits, func(b BenefitSeen) bool { return b.ID == in.ID })
	return BenefitPage{seen, one, p.figures}, err
}

// Reckoning is what is said of a benefit, as people write it.
type Reckoning struct {
	Claim    string `json:"claim" validate:"required,max=200" label:"what gets better"`
	Formula  string `json:"formula" validate:"required,max=1000" label:"how it is reckoned"`
	Figure   string `json:"figure" validate:"max=60"`
	Baseline string `json:"baseline" validate:"required,max=20" label:"the value before"`
	Target   string `json:"target" validate:"required,max=20" label:"the value to reach"`
	Value    string `json:"value" validate:"max=20"`
	Owner    string `json:"owner" validate:"required,max=36" label:"whose it is"`
	ReviewOn string `json:"review_on" validate:"required,max=10" label:"when it is reviewed"`
}

// fill puts it on a row.
func (p Programmes) fill(s tenants.Scope, w Whole, in Reckoning, row *Benefit) error {
	if in.Figure != "" && p.figures.name(in.Figure) == "" {
		return fault.Bad("figure", "Choose a figure from the list.")
	}
	for _, n := range []struct {
		field, text string
		into        *float64
	}{{"baseline", in.Baseline, &row.Baseline}, {"target", in.Target, &row.Target}} {
		value, err := number(n.field, n.text)
		if err != nil {
			return err
		}
		*n.into = value
	}
	if row.Target == row.Baseline {
		return fault.Bad("target", "A value to reach that is the value before is no benefit.")
	}
	if in.Figure == "" && in.Value != "" {
		value, err := number("value", in.Value)
		if err != nil {
			return err
		}
		row.Value, row.ValuedAt = &value, &s.Now
	}
	owner, err := w.choose("owner", in.Owner, "")
	if err != nil {
		return err
	}
	on, ok := clock.ReadDate(in.ReviewOn)
	if !ok || on <= DayOf(s.Now) || on > w.EndsOn.Months(24) {
		return fault.Bad("review_on", "Write a day that is still to come, such as 2027-09-01.")
	}
	row.Claim, row.Formula, row.Figure, row.OwnerID, row.ReviewOn = in.Claim, in.Formula, in.Figure, *owner, on
	return nil
}

// number reads a number as people write it: 1,200 or 82.5 or 82.5%.
func number(field, text string) (float64, error) {
	text = strings.NewReplacer(",", "", " ", "", "%", "", "£", "").Replace(text)
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(value) || math.Abs(value) > 1e12 {
		return 0, fault.Bad(field, "Write a number, such as 120 or 82.5.")
	}
	return value, nil
}

// AddBenefit is a new benefit.
type AddBenefit struct {
	Place
	Reckoning
}

// AddBenefit adds a benefit.
func (p Programmes) AddBenefit(ctx context.Context, s tenants.Scope, by By, in AddBenefit) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	row := Benefit{ID: newID(), ProgrammeID: w.ID, Version: 1}
	if err := p.fill(s, w, in.Reckoning, &row); err != nil {
		return "", err
	}
	if err := add(ctx, s, &row); err != nil {
		return "", err
	}
	return "/benefits", note(ctx, s, by, "programme.benefit", row.ID, nil, row.ReviewOn)
}

// ReviewBenefit is a benefit as its review found it. Version is the one that was read.
type ReviewBenefit struct {
	Place
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"gte=1" label:"the version"`
	Reckoning
}

// ReviewBenefit notes what a review found, and when the next one is.
func (p Programmes) ReviewBenefit(ctx context.Context, s tenants.Scope, by By, in ReviewBenefit) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	row, err := find(w.Benefits, func(b Benefit) bool { return b.ID == in.ID })
	if err != nil {
		return "", err
	}
	was := row
	if err := p.fill(s, w, in.Reckoning, &row); err != nil {
		return "", err
	}
	row.Version = in.Version + 1
	if err := put(ctx, s, &row, row.ID, in.Version, "claim", "formula", "figure", "baseline", "target", "value", "valued_at", "owner_id", "review_on"); err != nil {
		return "", err
	}
	return "/benefits", note(ctx, s, by, "programme.benefit", row.ID, []any{was.Value, was.ReviewOn}, []any{row.Value, row.ReviewOn})
}
