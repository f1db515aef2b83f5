package rota

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// ByWeek names a week by one of its days; empty for this one.
type ByWeek struct {
	Week string `json:"week" validate:"max=20" label:"the week"`
}

// Week is the rota of one.
type Week struct {
	From     string `json:"from"` // its Monday
	Previous string `json:"previous"`
	Next     string `json:"next"`
	This     bool   `json:"this"`  // now is in it
	Begun    bool   `json:"begun"` // there is a rota

	Days  []WeekDay `json:"days"`
	Gaps  []Gap     `json:"gaps"` // of the whole week, as far as they are to come
	Now   []Slot    `json:"now"`  // who has a shift at this moment
	Mine  []Slot    `json:"mine"` // the actor's next shifts
	Notes []Note    `json:"notes"`
}

// WeekDay is a day of it, with what begins on it.
type WeekDay struct {
	Day    string    `json:"day"`
	Closed string    `json:"closed,omitempty"` // why the service is closed
	Today  bool      `json:"today"`
	Away   []Absence `json:"away,omitempty"`
	Shifts []Slot    `json:"shifts"`
	Gaps   []Gap     `json:"gaps,omitempty"`
}

// Week reads a week, who is there now, the actor's next shifts and the newest
// hand-over notes.
func (r Rota) Week(ctx context.Context, s tenants.Scope, in ByWeek) (Week, error) {
	day := dayOf(s.Now)
	if in.Week != "" {
		var err error
		if day, err = time.Parse(time.DateOnly, in.Week); err != nil || day.Year() < 2000 || day.Year() > 2200 {
			return Week{}, fault.Missing()
		}
	}
	first := monday(day)
	from, to := begins(first), begins(first.AddDate(0, 0, 7))
	out := Week{From: first.Format(time.DateOnly), Previous: first.AddDate(0, 0, -7).Format(time.DateOnly), Next: first.AddDate(0, 0, 7).Format(time.DateOnly),
		This: !s.Now.Before(from) && s.Now.Before(to)}
	p, err := load(ctx, s, from.AddDate(0, 0, -aside), to.AddDate(0, 0, aside))
	if err != nil {
		return Week{}, err
	}
	out.Begun = !p.empty()
	out.Days = p.days(s, first)
	for _, day := range out.Days {
		for _, gap := range day.Gaps {
			if gap.To.After(s.Now) {
				out.Gaps = append(out.Gaps, gap)
			}
		}
	}
	if err := out.present(ctx, s); err != nil {
		return Week{}, err
	}
	out.Notes, err = latest(ctx, s, 5)
	return out, err
}

// present adds who is there now, and the actor's next shifts.
func (w *Week) present(ctx context.Context, s tenants.Scope) error {
	soon := s.Now.AddDate(0, 0, 28)
	p, err := load(ctx, s, s.Now, soon)
	if err != nil {
		return err
	}
	for _, slot := range p.slots(s.Now, soon) {
		if slot.at(s.Now) {
			w.Now = append(w.Now, slot)
		}
		if slot.Member.ID == s.Actor.ID() && len(w.Mine) < 6 {
			w.Mine = append(w.Mine, slot)
		}
	}
	return nil
}

// aside is how many days before and after a week are looked at, so that a gap on
// its edge is shown whole.
const aside = 2

// days are the seven days from the first on.
func (p plan) days(s tenants.Scope, first time.Time) []WeekDay {
	from, to := begins(first), begins(first.AddDate(0, 0, 7))
	slots, gaps := p.slots(from, to), p.gaps(s, from.AddDate(0, 0, -aside), to.AddDate(0, 0, aside))
	week := make([]WeekDay, 7)
	for i := range week {
		day := first.AddDate(0, 0, i)
		span := tenants.Span{From: begins(day), To: begins(day.AddDate(0, 0, 1))}
		one := WeekDay{Day: day.Format(time.DateOnly), Closed: p.closed[day.Format(time.DateOnly)], Today: day.Equal(dayOf(s.Now))}
		within := func(t time.Time) bool { return !t.Before(span.From) && t.Before(span.To) }
		for _, slot := range slots {
			if within(slot.From) || i == 0 && slot.From.Before(from) {
				one.Shifts = append(one.Shifts, slot)
			}
		}
		for _, gap := range gaps {
			if within(gap.From) || i == 0 && gap.From.Before(from) && gap.To.After(from) {
				one.Gaps = append(one.Gaps, gap)
			}
		}
		for _, a := range p.absences {
			if person, here := p.team[a.MemberID]; here && a.StartsAt.Before(span.To) && a.EndsAt.After(span.From) {
				a.Member = &person
				one.Away = append(one.Away, a)
			}
		}
		week[i] = one
	}
	return week
}

// of are a day's shifts of a kind.
func (d WeekDay) of(kind Kind) (slots []Slot) {
	for _, slot := range d.Shifts {
		if slot.Kind == kind {
			slots = append(slots, slot)
		}
	}
	return slots
}
