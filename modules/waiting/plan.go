package waiting

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
)

func fieldsOf(err error) []fault.Field {
	var failed *fault.Error
	if errors.As(err, &failed) {
		return failed.Fields
	}
	return nil
}

// said is what is to be read: a line of a file, a form, or what another system put.
type said struct {
	number int
	cells  Cells
	wrong  string // why it cannot be read at all
}

// known are entries as they stand before any is changed.
type known struct {
	byReference map[string]Entry
	// holders are who waits already, by the look-up of an NHS number or an email: the
	// reference, and the line of the file if it is one of it.
	holders map[string]string
}

func knownOf(entries []Entry) known {
	k := known{map[string]Entry{}, map[string]string{}}
	for _, e := range entries {
		k.byReference[refKey(e.Reference)] = e
		k.hold(e, e.Reference)
	}
	return k
}

// refKey is a reference for comparing.
func refKey(reference string) string { return strings.ToLower(strings.TrimSpace(reference)) }

func (k known) hold(e Entry, name string) {
	if !e.Open() {
		return
	}
	for _, lookup := range e.lookups() {
		k.holders[lookup] = name
	}
}

func (k known) release(e Entry) {
	for _, lookup := range e.lookups() {
		delete(k.holders, lookup)
	}
}

// lookups are by what a person is known to wait already.
func (e Entry) lookups() (all []string) {
	for _, lookup := range []string{e.NHSLookup, e.EmailLookup} {
		if lookup != "" {
			all = append(all, lookup)
		}
	}
	return all
}

// plan says of each line what would follow, one after another. It changes nothing
// but what is known, which is spent then.
func plan(r reading, k known, all []said) []Line {
	lines, seen := make([]Line, 0, len(all)), map[string]int{}
	for _, one := range all {
		if one.wrong != "" {
			lines = append(lines, Line{Number: one.number, Wrong: []fault.Field{{Message: one.wrong}}, What: refused})
			continue
		}
		key := refKey(one.cells["reference"])
		before := k.byReference[key]
		line := r.line(one.number, before, one.cells)
		if first, twice := seen[key]; twice && key != "" {
			line.wrong("reference", fmt.Sprintf("This reference is in line %d already.", first))
		} else {
			seen[key] = one.number
		}
		if len(line.Wrong) == 0 {
			k.release(before)
			k.alone(&line)
		}
		k.hold(line.settled(), line.name())
		lines = append(lines, line)
	}
	return lines
}

// alone holds a line to what others say: one person waits once.
func (k known) alone(line *Line) {
	if !line.after.Open() {
		return
	}
	for _, of := range []struct{ field, lookup, what string }{{"nhs_number", line.after.NHSLookup, "NHS number"}, {"email", line.after.EmailLookup, "email address"}} {
		if holder, there := k.holders[of.lookup]; there && of.lookup != "" {
			line.wrong(of.field, "Somebody with this "+of.what+" waits already: "+holder+".")
		}
	}
}

// settled is the entry as it is once the line is taken, or left.
func (l *Line) settled() Entry {
	switch {
	case len(l.Wrong) > 0:
		l.What = refused
		return l.before
	case l.before.ID == uuid.Nil:
		l.What = added
	case l.before.same(l.after):
		l.What = same
	default:
		l.What = changed
	}
	return l.after
}

func (l *Line) name() string {
	if l.Number > 0 {
		return fmt.Sprintf("%s, line %d", l.after.Reference, l.Number)
	}
	return l.after.Reference
}

// same tells whether two states of an entry say the same of it.
func (e Entry) same(o Entry) bool {
	worker := func(id *uuid.UUID) uuid.UUID {
		if id == nil {
			return uuid.Nil
		}
		return *id
	}
	return e.Reference == o.Reference && e.PathwayID == o.PathwayID && e.ReferredOn == o.ReferredOn && e.Priority == o.Priority && e.TargetWeeks == o.TargetWeeks &&
		slices.Equal(e.Pauses, o.Pauses) && worker(e.KeyworkerID) == worker(o.KeyworkerID) && e.Outcome == o.Outcome && e.OutcomeOn == o.OutcomeOn &&
		e.EmailLookup == o.EmailLookup && e.NHSLookup == o.NHSLookup
}
