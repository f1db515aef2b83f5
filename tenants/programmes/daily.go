package programmes

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/tenants"
)

const (
	morning = 8 // hour in London from which on letters go out by themselves
	everyN  = 7 // days between two nudges about the same thing
)

// Cadence is when owners are nudged, in words.
const Cadence = "On the day that an action or a task is due we write to its owner, and then once a week until they answer."

// hourly is what a programme does by itself: it says anew how it stands, and posts
// what is due. Where there is no mail server letters wait.
func (p Programmes) hourly() tenants.Round {
	return tenants.Round{Key: "programmes", Queue: jobs.Default, Every: time.Hour, Do: func(ctx context.Context, s tenants.Scope) error {
		return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
			w, err := alone(ctx, s)
			if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Conflict) {
				return nil // there is none, or it has ended
			}
			if err == nil {
				err = w.restate(ctx, s)
			}
			if err != nil || p.office.Open() != nil {
				return err
			}
			if err := p.invite(ctx, s, w); err != nil {
				return err
			}
			if s.Now.In(clock.London).Hour() < morning {
				return nil
			}
			if err := w.nudge(ctx, s); err != nil {
				return err
			}
			return w.update(ctx, s)
		})
	}}
}

// update posts the weekly update, on Monday morning or as soon after it as can be.
func (w Whole) update(ctx context.Context, s tenants.Scope) error {
	today := DayOf(s.Now)
	monday := today.Plus(-(int(today.Time().Weekday()+6) % 7))
	if w.WeeklyOn >= monday || today < w.StartsOn {
		return nil
	}
	w.WeeklyOn = monday
	if err := set(ctx, s, &w.Programme, w.ID, "weekly_on"); err != nil {
		return err
	}
	for _, who := range w.People {
		if who.Weekly && who.reachable() {
			if _, err := post(ctx, s, who.ID, toFollow, w.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// owed is what somebody was to do by a day.
type owed struct {
	subject, owner uuid.UUID
	purpose        string
	due            Day
}

// due are the actions and tasks that are due, the tasks as far as they can be done.
func (w Whole) due(today Day) (all []owed) {
	for _, a := range w.Actions {
		if a.DoneAt == nil && a.DueOn <= today {
			all = append(all, owed{a.ID, a.OwnerID, toAnswer, a.DueOn})
		}
	}
	for _, t := range w.Tasks {
		if t.DoneOn == "" && t.OwnerID != nil && t.PlannedTo <= today && t.MovedTo <= today && w.can(t) {
			all = append(all, owed{t.ID, *t.OwnerID, toFinish, t.PlannedTo})
		}
	}
	return all
}

// can tells whether nothing stands before a task.
func (w Whole) can(t Task) bool {
	return (t.Phase == 1 || w.signed(t.Phase-1)) && !slices.ContainsFunc(w.Tasks, func(before Task) bool { return t.waits(before.Key) && before.DoneOn == "" })
}

// nudge writes to the owners of what is due, by the Cadence.
func (w Whole) nudge(ctx context.Context, s tenants.Scope) error {
	due := w.due(DayOf(s.Now))
	if len(due) == 0 {
		return nil
	}
	sent, err := linksAbout(ctx, s, due)
	if err != nil {
		return err
	}
	for _, o := range due {
		if who, _ := w.person(&o.owner); !who.reachable() || !o.again(DayOf(s.Now), sent) {
			continue
		}
		if _, err := post(ctx, s, o.owner, o.purpose, o.subject); err != nil {
			return err
		}
	}
	return nil
}

// again tells whether it is time to write: nobody was written to for a week, and
// nobody answered since it was due.
func (o owed) again(today Day, sent []Link) bool {
	return !slices.ContainsFunc(sent, func(l Link) bool {
		return l.SubjectID == o.subject && (DayOf(l.CreatedAt).Until(today) < everyN || l.Answered != nil && DayOf(*l.Answered) >= o.due)
	})
}
