package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/modules/waiting"
	"github.com/sharon-nhs/sharon/tenants"
)

// waitingList is one, as a file tells it.
type waitingList struct {
	Pathways []struct {
		Name, Next, Tag string
		Range           waiting.Range
		RangeWords      string `yaml:"range_words"`
		Cadence         int
		TargetWeeks     int `yaml:"target_weeks"`
	}
	People []waiter
	// Others are those who are not here yet, Began those whose treatment has begun.
	Others, Began int
}

// waiter is a member who waits, for so many weeks.
type waiter struct {
	Who, Reference, Pathway, Keyworker string
	Weeks, Missed                      int
	Priority                           waiting.Priority
	Contact                            waiting.Contact
	ContactWords                       string `yaml:"contact_words"`
	Pause                              []int  // from so many weeks ago until
	Asked                              bool   // a check-in is due
	Said                               []struct {
		At, Words string
		Kind      waiting.Say
	}
}

func (l waitingList) check(members map[string]member) error {
	var wrong []error
	for _, one := range l.People {
		if m, ok := members[one.Who]; !ok || m.Role != tenants.Waiting {
			wrong = append(wrong, fmt.Errorf("waiting %q: %q does not wait", one.Reference, one.Who))
		}
		if m, ok := members[one.Keyworker]; one.Keyworker != "" && (!ok || !m.Role.Staff()) {
			wrong = append(wrong, fmt.Errorf("waiting %q: %q is not of the team", one.Reference, one.Keyworker))
		}
	}
	return errors.Join(wrong...)
}

// waiting puts people on the list.
func (w *seeding) waiting(ctx context.Context, s tenants.Scope, keys crypt.Keys, list waitingList) error {
	if len(list.Pathways) == 0 {
		return nil
	}
	ways := map[string]waiting.Pathway{}
	var rows []waiting.Pathway
	for _, p := range list.Pathways {
		way := waiting.Pathway{ID: w.ids.at(w.begun), Key: strings.ToLower(p.Name), Name: p.Name, Next: strings.TrimSpace(p.Next), Range: p.Range, RangeWords: p.RangeWords, Cadence: p.Cadence, TargetWeeks: p.TargetWeeks, Tag: p.Tag, Version: 1}
		ways[p.Name], rows = way, append(rows, way)
	}
	if err := insert(ctx, s, rows); err != nil {
		return err
	}
	var entries []waiting.Entry
	var said []waiting.Note
	for _, one := range list.People {
		entry := w.onList(one.Reference, ways[one.Pathway], one.Weeks*7+w.ids.IntN(7))
		notes, err := w.waits(&entry, one, ways[one.Pathway])
		if err != nil {
			return err
		}
		entries, said = append(entries, entry), append(said, notes...)
	}
	for n := range list.Others + list.Began {
		way := rows[0]
		if n%5 == 0 {
			way = rows[len(rows)-1]
		}
		entry := w.onList(fmt.Sprintf("EV-%d", 19000+7*n), way, 7+w.ids.IntN(260))
		if n < list.Began {
			ago := w.ids.IntN(80)
			closed := day(s.Now, -ago).Add(11 * time.Hour).UTC()
			entry.ReferredOn = london(s.Now, -ago-60-w.ids.IntN(120))
			entry.Outcome, entry.OutcomeOn, entry.ClosedAt = waiting.FirstAppointment, london(s.Now, -ago), &closed
		} else if err := address(keys, &entry, n); err != nil {
			return err
		}
		entries = append(entries, entry)
	}
	if err := insert(ctx, s, entries); err != nil {
		return err
	}
	return insert(ctx, s, said)
}

func london(now time.Time, days int) waiting.Day { return waiting.Day(clock.Day(day(now, days))) }

// onList is somebody who was referred so many days ago.
func (w *seeding) onList(reference string, way waiting.Pathway, ago int) waiting.Entry {
	added := day(w.s.Now, -min(ago-1, 60)).Add(10 * time.Hour).UTC()
	priority := waiting.Routine
	if w.ids.chance(.15) {
		priority = waiting.Soon
	}
	return waiting.Entry{ID: w.ids.at(added), Reference: reference, PathwayID: way.ID, ReferredOn: london(w.s.Now, -ago), Priority: priority, Contact: waiting.ContactHere, AddedAt: added, ChangedAt: added, Version: 1}
}

// waits fills in what is known of a member, and what they said.
func (w *seeding) waits(entry *waiting.Entry, one waiter, way waiting.Pathway) (notes []waiting.Note, err error) {
	member := w.people[one.Who]
	entry.MemberID, entry.JoinedAt, entry.InvitedAt, entry.Missed = &member.ID, &member.JoinedAt, &member.JoinedAt, one.Missed
	if one.Keyworker != "" {
		worker := w.people[one.Keyworker].ID
		entry.KeyworkerID = &worker
	}
	if one.Priority != "" {
		entry.Priority = one.Priority
	}
	if one.Contact != "" {
		entry.Contact, entry.ContactWords = one.Contact, one.ContactWords
	}
	if len(one.Pause) == 2 {
		entry.Pauses = waiting.Pauses{{From: london(w.s.Now, -7*one.Pause[0]), Until: london(w.s.Now, -7*one.Pause[1])}}
	}
	next := w.s.Now.AddDate(0, 0, way.Cadence-3)
	if one.Asked {
		next, entry.Asked = w.s.Now.AddDate(0, 0, 2), 1
	}
	entry.AskAt = &next
	for i, say := range one.Said {
		at, err := moment(w.s.Now, say.At)
		if err != nil {
			return nil, err
		}
		at = at.UTC()
		note := waiting.Note{ID: w.ids.at(at), EntryID: entry.ID, MemberID: &member.ID, Kind: say.Kind, Words: say.Words, At: at}
		if read := at.Add(5 * time.Hour); i > 0 || say.Kind.CheckIn() && say.Kind != waiting.Worse && say.Words == "" {
			note.SeenAt = &read
		} else {
			entry.Unread++
		}
		if i == 0 {
			entry.SaidAt = &at
		}
		if say.Kind != waiting.Changing && entry.Pulse == "" {
			entry.Pulse = say.Kind
		}
		notes = append(notes, note)
	}
	return notes, nil
}

// address gives somebody an email address that they can be invited at.
func address(keys crypt.Keys, entry *waiting.Entry, n int) (err error) {
	if n%4 == 0 {
		return nil
	}
	email := fmt.Sprintf("%s.%s%d@post.example", strings.ToLower(called[n%len(called)]), strings.ToLower(ofHouse[n%len(ofHouse)]), n)
	entry.EmailLookup = keys.Lookup(email)
	entry.EmailSealed, err = keys.Seal(email, entry.ID.String())
	return err
}
