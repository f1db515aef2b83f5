package rota

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// furthest is how far ahead the rota can be written, in days.
const furthest = 2 * 366

// date reads a day from today on. Invalid about the field otherwise.
func date(s tenants.Scope, field, text string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, strings.TrimSpace(text))
	switch today := dayOf(s.Now); {
	case err != nil:
		return day, fault.Bad(field, "Enter a day, such as 2026-11-30.")
	case day.Before(today):
		return day, fault.Bad(field, "This day is over. Choose today or a later day.")
	case day.After(today.AddDate(0, 0, furthest)):
		return day, fault.Bad(field, "Choose a day within two years from now.")
	}
	return day, nil
}

// hours reads two times of day.
func hours(from, to string) (string, string, error) {
	var read [2]string
	for i, field := range []struct{ name, text string }{{"from", from}, {"to", to}} {
		t, err := time.Parse("15:04", strings.TrimSpace(field.text))
		if err != nil {
			return "", "", fault.Bad(field.name, "Enter a time, such as 09:00.")
		}
		read[i] = t.Format("15:04")
	}
	if read[0] == read[1] {
		return "", "", fault.Bad("to", "The shift must end at another time than it begins. It can end on the next morning.")
	}
	return read[0], read[1], nil
}

// Pattern is what the page of the weekly pattern shows.
type Pattern struct {
	Rows []Row            `json:"rows"`
	Team []tenants.Person `json:"team"`
	From string           `json:"from"` // the first day that a new row can have
}

// Pattern lists the rows that have not ended.
func (r Rota) Pattern(ctx context.Context, s tenants.Scope, _ web.None) (Pattern, error) {
	today := dayOf(s.Now).Format(time.DateOnly)
	rows, err := rowsSince(ctx, s, today)
	if err != nil {
		return Pattern{}, err
	}
	team, err := colleagues(ctx, s)
	return Pattern{Rows: rows, Team: team, From: today}, err
}

// AddRows has somebody do the same on some weekdays, week by week.
type AddRows struct {
	Member string   `json:"member" validate:"filled,max=60" label:"who it is"` // a handle
	Kind   Kind     `json:"kind" validate:"required,oneof=duty on_call second" label:"what they do"`
	Days   []string `json:"days" validate:"max=7,dive,oneof=mon tue wed thu fri sat sun" label:"the weekdays"`
	From   string   `json:"from" validate:"filled,max=10" label:"when it begins"`
	To     string   `json:"to" validate:"filled,max=10" label:"when it ends"`
	Since  string   `json:"since" validate:"filled,max=20" label:"the first day"`
	Until  string   `json:"until" validate:"max=20" label:"the last day"`
}

// AddRows adds to the weekly pattern. Invalid if somebody would have the same
// twice at a time.
func (r Rota) AddRows(ctx context.Context, s tenants.Scope, in AddRows) (Pattern, error) {
	if err := alone(ctx, s); err != nil {
		return Pattern{}, err
	}
	person, err := colleague(ctx, s, "member", in.Member)
	if err != nil {
		return Pattern{}, err
	}
	rows, err := in.rows(s, person)
	if err != nil {
		return Pattern{}, err
	}
	known, err := rowsSince(ctx, s, dayOf(s.Now).Format(time.DateOnly))
	if err != nil {
		return Pattern{}, err
	}
	for _, row := range rows {
		if clash := row.clash(known); clash != nil {
			return Pattern{}, fault.Bad("days", fmt.Sprintf("%s is %s already at %s–%s on that weekday.", person.Handle, strings.ToLower(clash.Kind.Name()), clash.From, clash.To))
		}
		known = append(known, row)
	}
	if _, err := tenants.InsertAll(s, rows).Exec(ctx); err != nil {
		return Pattern{}, err
	}
	if err := s.Audit(ctx, "rota.pattern", tenants.Audited{Subject: person.ID, After: in}); err != nil {
		return Pattern{}, err
	}
	if err := Refresh(ctx, s); err != nil {
		return Pattern{}, err
	}
	return r.Pattern(ctx, s, web.None{})
}

// rows makes the rows of what was typed.
func (in AddRows) rows(s tenants.Scope, person tenants.Person) ([]Row, error) {
	from, to, err := hours(in.From, in.To)
	if err != nil {
		return nil, err
	}
	since, err := date(s, "since", in.Since)
	if err != nil {
		return nil, err
	}
	until := ""
	if strings.TrimSpace(in.Until) != "" {
		last, err := date(s, "until", in.Until)
		if err != nil {
			return nil, err
		}
		if last.Before(since) {
			return nil, fault.Bad("until", "The last day must not be before the first.")
		}
		until = last.Format(time.DateOnly)
	}
	if len(in.Days) == 0 {
		return nil, fault.Bad("days", "Choose at least one weekday.")
	}
	rows := make([]Row, len(in.Days))
	for i, day := range in.Days {
		rows[i] = Row{ID: uuid.Must(uuid.NewV7()), MemberID: person.ID, Kind: in.Kind, Weekday: day, From: from, To: to,
			ValidFrom: since.Format(time.DateOnly), ValidUntil: until, CreatedAt: s.Now}
	}
	return rows, nil
}

// clash is a row of the same member and kind whose shifts would overlap; nil for none.
func (r Row) clash(known []Row) *Row {
	for _, other := range known {
		since := max(r.ValidFrom, other.ValidFrom)
		first, err := time.Parse(time.DateOnly, since)
		if other.MemberID != r.MemberID || other.Kind != r.Kind || err != nil {
			continue
		}
		// A week and a day from when both hold has every pair of shifts that there is.
		p := plan{team: map[uuid.UUID]tenants.Person{r.MemberID: {ID: r.MemberID}}, rows: []Row{r, other}}
		slots := p.slots(begins(first), begins(first.AddDate(0, 0, 9)))
		for i, slot := range slots {
			for _, next := range slots[i+1:] {
				if next.From.Before(slot.To) {
					return &other
				}
			}
		}
	}
	return nil
}

// EndRow names a row and, if that is not today, the last day that it holds.
type EndRow struct {
	ID    uuid.UUID `path:"id"`
	Until string    `json:"until" validate:"max=20" label:"the last day"`
}

// EndRow ends a row of the pattern. It stays to be read: who was there is not
// forgotten.
func (r Rota) EndRow(ctx context.Context, s tenants.Scope, in EndRow) (Pattern, error) {
	if err := alone(ctx, s); err != nil {
		return Pattern{}, err
	}
	if err := rowOf(ctx, s, in.ID); err != nil {
		return Pattern{}, err
	}
	last := dayOf(s.Now)
	if strings.TrimSpace(in.Until) != "" {
		var err error
		if last, err = date(s, "until", in.Until); err != nil {
			return Pattern{}, err
		}
	}
	if err := endRow(ctx, s, in.ID, last.Format(time.DateOnly)); err != nil {
		return Pattern{}, err
	}
	if err := s.Audit(ctx, "rota.ended", tenants.Audited{Subject: in.ID, After: in}); err != nil {
		return Pattern{}, err
	}
	if err := Refresh(ctx, s); err != nil {
		return Pattern{}, err
	}
	return r.Pattern(ctx, s, web.None{})
}

// Single is the form of a single shift.
type Single struct {
	Team []tenants.Person `json:"team"`
	Day  string           `json:"day"` // that it begins with
	From string           `json:"from"`
	To   string           `json:"to"`
}

// AtGap is a gap that a single shift may close, as times.
type AtGap struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Single reads whom there is to choose from. With a gap it begins with that.
func (r Rota) Single(ctx context.Context, s tenants.Scope, in AtGap) (Single, error) {
	team, err := colleagues(ctx, s)
	out := Single{Team: team, Day: dayOf(s.Now).Format(time.DateOnly)}
	from, wrongFrom := time.Parse(time.RFC3339, in.From)
	to, wrongTo := time.Parse(time.RFC3339, in.To)
	if wrongFrom == nil && wrongTo == nil && from.Before(to) && to.Sub(from) < 24*time.Hour {
		out.Day, out.From, out.To = dayOf(from).Format(time.DateOnly), clockOf(from), clockOf(to)
	}
	return out, err
}

// AddShift is one shift outside the pattern.
type AddShift struct {
	Member string `json:"member" validate:"filled,max=60" label:"who it is"`
	Kind   Kind   `json:"kind" validate:"required,oneof=duty on_call second" label:"what they do"`
	Day    string `json:"day" validate:"filled,max=20" label:"the day"`
	From   string `json:"from" validate:"filled,max=10" label:"when it begins"`
	To     string `json:"to" validate:"filled,max=10" label:"when it ends"`
}

// Changed says in which week something changed.
type Changed struct {
	ID   uuid.UUID `json:"id"`
	Week string    `json:"week"` // its Monday
}

// AddShift adds it. Invalid if it is over, or if they are away or have the same
// at that time.
func (r Rota) AddShift(ctx context.Context, s tenants.Scope, in AddShift) (Changed, error) {
	if err := alone(ctx, s); err != nil {
		return Changed{}, err
	}
	person, err := colleague(ctx, s, "member", in.Member)
	if err != nil {
		return Changed{}, err
	}
	day, err := date(s, "day", in.Day)
	if err != nil {
		return Changed{}, err
	}
	from, to, err := hours(in.From, in.To)
	if err != nil {
		return Changed{}, err
	}
	for _, hour := range []struct{ field, text string }{{"from", from}, {"to", to}} {
		on := day
		if hour.field == "to" && to < from {
			on = day.AddDate(0, 0, 1)
		}
		if _, err := modules.LondonTime(on.Format(time.DateOnly), hour.text); err != nil {
			return Changed{}, fault.Bad(hour.field, "The clocks go forward in that night, so there is no "+hour.text+" then. Choose 02:00 or later.")
		}
	}
	span := between(day, from, to)
	if !span.To.After(s.Now) || !span.From.Before(span.To) {
		return Changed{}, fault.Bad("to", "This shift would be over already.")
	}
	if busy, err := busy(ctx, s, person, in.Kind, span); err != nil {
		return Changed{}, err
	} else if busy != "" {
		return Changed{}, fault.Bad("member", busy)
	}
	row := Shift{ID: uuid.Must(uuid.NewV7()), MemberID: person.ID, Kind: in.Kind, StartsAt: span.From, EndsAt: span.To, CreatedAt: s.Now}
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return Changed{}, err
	}
	if err := s.Audit(ctx, "rota.shift", tenants.Audited{Subject: row.ID, After: row}); err != nil {
		return Changed{}, err
	}
	return Changed{row.ID, weekOf(span.From)}, Refresh(ctx, s)
}

// busy says why somebody cannot have a shift: they are away, or have the same at
// that time. It is empty if they can.
func busy(ctx context.Context, s tenants.Scope, person tenants.Person, kind Kind, span tenants.Span) (string, error) {
	p, err := load(ctx, s, span.From, span.To)
	if err != nil {
		return "", err
	}
	if !fits(span, p.away(person.ID)) {
		return person.Handle + " is away at that time.", nil
	}
	for _, slot := range p.slots(span.From, span.To) {
		if slot.Member.ID == person.ID && slot.Kind == kind {
			return fmt.Sprintf("%s is %s already: %s.", person.Handle, strings.ToLower(kind.Name()), spanWords(slot.span())), nil
		}
	}
	return "", nil
}

// ByID names a row.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Removing is a single shift to take off.
type Removing struct {
	Shift Shift `json:"shift"`
}

// Removing reads it.
func (r Rota) Removing(ctx context.Context, s tenants.Scope, in ByID) (Removing, error) {
	row, err := shiftOf(ctx, s, in.ID)
	return Removing{row}, err
}

// RemoveShift takes a single shift off that is not over. What stood in place of
// one of the pattern gives that back its place.
func (r Rota) RemoveShift(ctx context.Context, s tenants.Scope, in ByID) (Changed, error) {
	if err := alone(ctx, s); err != nil {
		return Changed{}, err
	}
	row, err := shiftOf(ctx, s, in.ID)
	if err != nil {
		return Changed{}, err
	}
	if !row.EndsAt.After(s.Now) {
		return Changed{}, fault.New(fault.Forbidden, "This shift is over. It stays, so that it can be seen who was there.")
	}
	if err := dropShift(ctx, s, row.ID); err != nil {
		return Changed{}, err
	}
	if err := s.Audit(ctx, "rota.unshift", tenants.Audited{Subject: row.ID, Before: row}); err != nil {
		return Changed{}, err
	}
	return Changed{row.ID, weekOf(row.StartsAt)}, Refresh(ctx, s)
}
