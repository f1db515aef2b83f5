package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/modules/recovery"
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
		TargetWeeks     int    `yaml:"target_weeks"`
		Measure         string // key of a questionnaire
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
	Filling                            string // since when a questionnaire is to be filled in
	Carers                             []struct {
		At              string
		Wait, Next      bool
		waiting.Between `yaml:",inline"`
	}
	Said []struct {
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
		way := waiting.Pathway{ID: w.ids.at(w.begun), Key: strings.ToLower(p.Name), Name: p.Name, Next: strings.TrimSpace(p.Next), Range: p.Range, RangeWords: p.RangeWords, Cadence: p.Cadence, TargetWeeks: p.TargetWeeks, Tag: p.Tag, Measure: p.Measure, Version: 1}
		ways[p.Name], rows = way, append(rows, way)
	}
	if err := insert(ctx, s, rows); err != nil {
		return err
	}
	var entries []waiting.Entry
	var said []waiting.Note
	var carers []waiting.Carer
	var asked []recovery.Assignment
	for _, one := range list.People {
		entry := w.onList(one.Reference, ways[one.Pathway], one.Weeks*7+w.ids.IntN(7))
		notes, err := w.waits(&entry, one, ways[one.Pathway])
		if err != nil {
			return err
		}
		entries, said = append(entries, entry), append(said, notes...)
		if err := w.around(keys, entry, one, ways[one.Pathway], &carers, &asked); err != nil {
			return err
		}
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
	return errors.Join(insert(ctx, s, said), insert(ctx, s, carers), insert(ctx, s, asked))
}

// around adds whom a member lets see where they are, and what they are to fill in.
func (w *seeding) around(keys crypt.Keys, entry waiting.Entry, one waiter, way waiting.Pathway, carers *[]waiting.Carer, asked *[]recovery.Assignment) error {
	for _, carer := range one.Carers {
		at, err := moment(w.s.Now, carer.At)
		if err != nil {
			return err
		}
		row := waiting.Carer{ID: w.ids.at(at.UTC()), EntryID: entry.ID, MemberID: *entry.MemberID, SeesWait: carer.Wait, SeesNext: carer.Next, SharedAt: at.UTC(), Until: at.AddDate(0, 0, 90).UTC()}
		opened := at.Add(3 * time.Hour).UTC()
		row.OpenedAt = &opened
		if row.Sealed, err = carer.Seal(keys, row.ID); err != nil {
			return err
		}
		*carers = append(*carers, row)
	}
	if one.Filling == "" {
		return nil
	}
	at, err := moment(w.s.Now, one.Filling)
	at = at.UTC()
	*asked = append(*asked, recovery.Assignment{ID: w.ids.at(at), MemberID: *entry.MemberID, Measure: way.Measure, NextAt: &at, Told: true, AssignedBy: *entry.MemberID, AssignedAt: at})
	return err
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
