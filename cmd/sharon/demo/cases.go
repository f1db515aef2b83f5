package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules/cases"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// danger is a case as the file tells it, with what was done about it.
type danger struct {
	About   string // a login; empty in a drill
	Level   safety.Level
	At      string
	Drill   bool
	Outcome string // empty while it is open
	Reason  string
	Events  []event
}

type event struct {
	By    string // empty for the software
	After string // since the entry before
	What  string // as the case's entries have it
	Words string
	To    string // a login whom it was about
}

// targets are the minutes until a case is to be taken on, as services begin.
var targets = map[safety.Level]int{safety.Crisis: safety.Defaults.CrisisMinutes, safety.Red: safety.Defaults.RedMinutes}

func (w *seeding) dangers(ctx context.Context, s tenants.Scope, all []danger) error {
	for _, one := range all {
		at, err := moment(s.Now, one.At)
		if err != nil {
			return fmt.Errorf("case of %s: %w", one.At, err)
		}
		row := safety.Case{MemberID: w.people[one.About].ID, OpenedAt: at.UTC().Truncate(time.Microsecond)}
		if err := w.danger(ctx, s, one, &row); err != nil {
			return err
		}
	}
	return nil
}

// urgent opens the case of an item that cannot wait, as the platform does: somebody
// of the team was called and has it, and ended it where the item is decided.
func (w *seeding) urgent(ctx context.Context, s tenants.Scope, item *safety.Item, why, with string) error {
	one := danger{Level: item.Level, Events: []event{{What: "opened", Words: why}, {What: "calling", Words: "On duty"}, {What: "paged", To: with, Words: "Text: sent"},
		{By: with, After: "4m", What: safety.Acknowledged, Words: "4 minutes 3 seconds after it was opened"}}}
	if item.DecidedAt != nil {
		one.Outcome, one.Reason = "safe", "We wrote to each other. She is safe, and knows where we are."
		one.Events = append(one.Events, event{By: with, After: "2h", What: "closed", Words: "The member is safe. " + one.Reason})
	}
	row := safety.Case{MemberID: item.AuthorID, ItemID: item.ID, OpenedAt: item.RaisedAt}
	if err := w.danger(ctx, s, one, &row); err != nil {
		return err
	}
	item.CaseID, item.DueAt = &row.ID, row.DueAt
	return item.Put(ctx, s)
}

// danger makes a case; row says whom it is about, what opened it and when.
func (w *seeding) danger(ctx context.Context, s tenants.Scope, one danger, row *safety.Case) error {
	at := row.OpenedAt
	row.ID, row.Level, row.Drill, row.Outcome, row.Reason, row.Version = w.ids.at(at), one.Level, one.Drill, one.Outcome, one.Reason, 1
	row.DueAt = at.Add(time.Duration(targets[one.Level]) * time.Minute)
	var entries []safety.Entry
	var calls []cases.Call
	for i, event := range one.Events {
		if i > 0 {
			at = at.Add(time.Second)
		}
		if event.After != "" {
			var err error
			if at, err = after(at, event.After); err != nil {
				return err
			}
			at = at.UTC()
		}
		by := w.people[event.By].ID
		entries = append(entries, safety.Entry{ID: w.ids.at(at), CaseID: row.ID, At: at, ActorID: by, What: event.What, Words: event.Words, SubjectID: w.people[event.To].ID})
		then := at
		switch event.What {
		case "calling":
			calls = append(calls, cases.Call{ID: w.ids.at(at), CaseID: row.ID, Round: 1, Position: len(calls) + 1, Name: event.Words, CalledAt: at,
				NextAt: at.Add(5 * time.Minute), Tries: 1, Attempts: []cases.Attempt{}, Reached: true})
		case "paged":
			last := &calls[len(calls)-1]
			last.People = tenants.NewIDs(append([]uuid.UUID(last.People), w.people[event.To].ID)...)
		case "acknowledged":
			row.OwnerID, row.AckedAt = &by, &then
			for i := range calls {
				calls[i].StoppedAt = &then
			}
		case "closed":
			row.ClosedAt = &then
		}
	}
	if _, err := s.Insert(row).Exec(ctx); err != nil {
		return err
	}
	if err := insert(ctx, s, entries); err != nil {
		return err
	}
	return insert(ctx, s, calls)
}
