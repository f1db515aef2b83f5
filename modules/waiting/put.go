package waiting

import (
	"context"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// ByReference names an entry as the trust's own system does.
type ByReference struct {
	Reference string `path:"reference"`
}

// Kept is an entry, and what became of it.
type Kept struct {
	Entry
	What what `json:"what,omitempty"` // added, changed or same
	// Path is the page of whoever asks: not everybody who keeps the list reads what is said.
	Path string `json:"path"`
}

func keptOf(s tenants.Scope, row Entry, what what) Kept {
	path := "/" + s.Service.Slug + "/waiting/list"
	if s.May("waiting.care") {
		path = "/" + s.Service.Slug + "/waiting/entries/" + row.ID.String()
	}
	return Kept{row, what, path}
}

// Find reads an entry by the trust's own reference.
func (w Waiting) Find(ctx context.Context, s tenants.Scope, in ByReference) (Kept, error) {
	row, err := byReference(ctx, s, in.Reference)
	return keptOf(s, row, ""), err
}

// Put is an entry as another system has it: all of it, each time. What is empty is
// emptied.
type Put struct {
	Reference   string   `path:"reference"`
	NHSNumber   string   `json:"nhs_number" validate:"max=30" label:"an NHS number"`
	Email       string   `json:"email" validate:"max=254" label:"an email address"`
	Pathway     string   `json:"pathway" validate:"max=80" label:"a pathway"`
	ReferredOn  string   `json:"referred_on" validate:"max=30" label:"a referral date"`
	Priority    Priority `json:"priority" validate:"max=20" label:"a priority"`
	TargetWeeks int      `json:"target_weeks" validate:"gte=0,lte=260" label:"a number of weeks"`
	Keyworker   string   `json:"keyworker" validate:"max=60" label:"a keyworker"`
	// Pauses are intervals of ISO 8601, both days in them: 2026-01-05/2026-02-02.
	Pauses    []string `json:"pauses" validate:"max=50,dive,max=40" label:"pauses"`
	Outcome   Outcome  `json:"outcome" validate:"max=30" label:"an outcome"`
	OutcomeOn string   `json:"outcome_on" validate:"max=30" label:"the day of the outcome"`
}

func (in Put) cells() Cells {
	return Cells{
		"reference": in.Reference, "nhs_number": in.NHSNumber, "email": in.Email, "pathway": in.Pathway, "referred_on": in.ReferredOn,
		"priority": string(in.Priority), "target_weeks": strconv.Itoa(in.TargetWeeks), "keyworker": in.Keyworker,
		"pauses": strings.Join(in.Pauses, ";"), "outcome": string(in.Outcome), "outcome_on": in.OutcomeOn,
	}
}

// Put makes or changes the entry of a reference. The same again changes nothing.
func (w Waiting) Put(ctx context.Context, s tenants.Scope, in Put) (Kept, error) {
	line, err := w.apply(ctx, s, in.cells(), func(Entry) error { return nil })
	if err != nil {
		return Kept{}, err
	}
	row, err := byReference(ctx, s, in.Reference)
	return keptOf(s, row, line.What), err
}

// apply reads what is said of one entry and writes what follows; may is asked about
// it as it stands.
func (w Waiting) apply(ctx context.Context, s tenants.Scope, cells Cells, may func(before Entry) error) (Line, error) {
	r, err := w.alone(ctx, s)
	if err != nil {
		return Line{}, err
	}
	before, err := byReference(ctx, s, cells["reference"])
	if err != nil && !database.Missing(err) {
		return Line{}, err
	}
	if err := may(before); err != nil {
		return Line{}, err
	}
	lookups := append(before.lookups(), r.line(0, Entry{}, cells).after.lookups()...)
	known, err := near(ctx, s, cells["reference"], lookups)
	if err != nil {
		return Line{}, err
	}
	line := plan(r, known, []said{{cells: cells}})[0]
	if len(line.Wrong) > 0 {
		return Line{}, &fault.Error{Code: fault.Invalid, Message: "Some of what you entered needs a change.", Fields: line.Wrong}
	}
	if line.What == same {
		return line, nil
	}
	if err := w.store(ctx, s, []Line{line}); err != nil {
		return Line{}, err
	}
	return line, told(ctx, s, line)
}

// told keeps in the audit log that an entry was added or changed, and shows it.
func told(ctx context.Context, s tenants.Scope, line Line) error {
	row, err := byReference(ctx, s, line.after.Reference)
	if err != nil {
		return err
	}
	record := tenants.Audited{Subject: row.ID, After: row.facts()}
	if line.before.ID != uuid.Nil {
		record.Before = line.before.facts()
	}
	if err := s.Audit(ctx, "waiting."+string(line.What), record); err != nil {
		return err
	}
	return s.Emit(ctx, Changed, tenants.Event{Module: key, Subject: row.ID, Audience: tenants.AudienceStaff})
}

// facts are an entry as the audit log has it: without who it is.
func (e Entry) facts() map[string]any {
	return map[string]any{"reference": e.Reference, "pathway": e.PathwayID, "referred_on": e.ReferredOn, "priority": e.Priority, "pauses": e.Pauses,
		"target_weeks": e.TargetWeeks, "keyworker": e.KeyworkerID, "outcome": e.Outcome, "outcome_on": e.OutcomeOn, "email": e.EmailLookup != "", "nhs_number": e.NHSLookup != ""}
}
