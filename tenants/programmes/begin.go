package programmes

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Beginning is what beginning a programme needs.
type Beginning struct {
	Frame
	Running bool `json:"running"`
	Today   Day  `json:"today"`
}

// Beginning tells whether one runs already.
func (p Programmes) Beginning(ctx context.Context, s tenants.Scope, by By, _ Place) (Beginning, error) {
	runs, err := running(ctx, s)
	return Beginning{by.Frame, runs, DayOf(s.Now)}, err
}

// Begin is when a programme starts.
type Begin struct {
	Place
	StartsOn string `json:"starts_on" validate:"required,max=10" label:"the day on which it starts"`
}

// furthest is how many days from today a programme may begin.
const furthest = 366

// Begin makes the service's programme of the usual template. Conflict while
// another one runs.
func (p Programmes) Begin(ctx context.Context, s tenants.Scope, by By, in Begin) (string, error) {
	starts, ok := clock.ReadDate(in.StartsOn)
	if !ok {
		return "", fault.Bad("starts_on", "Write a day, such as 2027-01-04.")
	}
	if away := DayOf(s.Now).Until(starts); away > furthest || away < -furthest {
		return "", fault.Bad("starts_on", "Choose a day within a year of today.")
	}
	if runs, err := running(ctx, s); err != nil {
		return "", err
	} else if runs {
		return "", overlapping()
	}
	w, err := Make(Usual, starts)
	if err != nil {
		return "", err
	}
	w.CreatedAt, w.WeeklyOn = s.Now, max(DayOf(s.Now), w.StartsOn)
	if err := create(ctx, s, w); err != nil {
		return "", err
	}
	return "", note(ctx, s, by, "programme.begin", w.ID, nil, map[string]any{"starts_on": starts, "live_on": w.LiveOn})
}

func overlapping() error {
	return fault.New(fault.Conflict, "This service has a programme that runs. It must end before another begins.")
}

// Make is a programme of a template with its dates, not yet written.
func Make(t Template, starts Day) (w Whole, err error) {
	w.Programme = Programme{ID: newID(), StartsOn: starts, Version: 1}
	w.Phases, w.Tasks = t.rows(starts)
	spans, err := lay(itemsOf(w.Phases, w.Tasks), England)
	if err != nil {
		return w, err
	}
	for i := range w.Phases {
		phase := &w.Phases[i]
		phase.ID, phase.ProgrammeID, phase.GateOn = newID(), w.ID, spans[gateKey(phase.Number)].To
		for at, name := range t[i].Gate.Evidence {
			w.Evidence = append(w.Evidence, Evidence{ID: newID(), PhaseID: phase.ID, Position: at + 1, Name: name})
		}
		w.EndsOn = max(w.EndsOn, phase.GateOn)
	}
	for i := range w.Tasks {
		task := &w.Tasks[i]
		task.ID, task.ProgrammeID, task.PlannedFrom, task.PlannedTo = newID(), w.ID, spans[task.Key].From, spans[task.Key].To
	}
	w.LiveOn = spans[live].From
	for _, days := range usualDays(starts, w.EndsOn.Months(2)) { // and for what runs late
		days.ID, days.ProgrammeID = newID(), w.ID
		w.Holidays = append(w.Holidays, days)
	}
	return w, nil
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// note adds a record to the trust's audit log, with the name of the platform's
// person where it was one: they have no account of the trust.
func note(ctx context.Context, s tenants.Scope, by By, action string, subject uuid.UUID, before, after any) error {
	if by.Side == Platform {
		after = map[string]any{"by": by.Name, "staff": by.Staff, "now": after}
	}
	return s.Audit(ctx, action, tenants.Audited{Subject: subject, Before: before, After: after})
}
