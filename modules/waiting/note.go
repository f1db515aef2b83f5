package waiting

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Say is what somebody who waits tells the team.
type Say string

// The first three are check-ins.
const (
	Same      Say = "same"
	Worse     Say = "worse"
	Better    Say = "better"
	Changing  Say = "changed"    // something about them has changed
	Unwanting Say = "not_needed" // they no longer need what they wait for
)

// sayings are all of them, to the person and to the team, and how the team marks them.
var sayings = []struct {
	Say
	mine, hint, theirs, tag string
}{
	{Same, "Still waiting, about the same", "", "About the same", "plain"},
	{Worse, "Worse", "Somebody of the team looks at it.", "Worse", "danger"},
	{Better, "Better", "You keep your place.", "Better", "ok"},
	{Changing, "Something has changed", "", "Something has changed", "warn"},
	{Unwanting, "I no longer need this", "", "No longer needs this", "warn"},
}

func (s Say) tag() (name, colour string) {
	for _, one := range sayings {
		if one.Say == s {
			return one.theirs, one.tag
		}
	}
	return "", "plain"
}

// CheckIn tells whether it says how somebody is.
func (s Say) CheckIn() bool { return s == Same || s == Worse || s == Better }

// Note is what somebody told the team, once.
type Note struct {
	bun.BaseModel `bun:"table:waiting_notes,alias:note"`
	tenants.InService

	ID       uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	EntryID  uuid.UUID  `bun:"entry_id,type:uuid" json:"-"`
	MemberID *uuid.UUID `bun:"member_id,type:uuid" json:"-"`
	Kind     Say        `bun:"kind" json:"kind"`
	Words    string     `bun:"words" json:"words,omitempty"`
	At       time.Time  `bun:"at" json:"at"`
	SeenAt   *time.Time `bun:"seen_at" json:"seen_at,omitempty"`
	SeenBy   *uuid.UUID `bun:"seen_by,type:uuid" json:"-"`

	Member *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:member_id=id" json:"-"`
}

// CheckIn is how somebody who waits is.
type CheckIn struct {
	How   Say    `json:"how" validate:"required,oneof=same worse better" label:"how you are"`
	Words string `json:"words" validate:"max=1000" label:"a few words"`
}

// CheckIn keeps how somebody who waits is, and tells the team as the service wants it.
func (w Waiting) CheckIn(ctx context.Context, s tenants.Scope, in CheckIn) (Mine, error) {
	return w.tell(ctx, s, in.How, in.Words)
}

// News is something that the team should know.
type News struct {
	What Say    `json:"what" validate:"required,oneof=changed not_needed" label:"what it is"`
	More string `json:"more" validate:"max=1000" label:"a few words"`
}

// News keeps what has changed. Nothing follows from it by itself: somebody of the
// team reads it first.
func (w Waiting) News(ctx context.Context, s tenants.Scope, in News) (Mine, error) {
	if in.What == Changing && strings.TrimSpace(in.More) == "" {
		return Mine{}, fault.Bad("more", "Say in a few words what has changed.")
	}
	return w.tell(ctx, s, in.What, in.More)
}

func (w Waiting) tell(ctx context.Context, s tenants.Scope, what Say, words string) (Mine, error) {
	entry, err := mine(ctx, s)
	if err != nil {
		return Mine{}, err
	}
	words = strings.TrimSpace(words)
	note := Note{ID: uuid.Must(uuid.NewV7()), EntryID: entry.ID, MemberID: entry.MemberID, Kind: what, Words: words, At: s.Now}
	text := safety.Text{Sort: noteSort, Module: key, Subject: note.ID, Author: s.Actor.ID(), Body: words, Private: true}
	verdict, err := w.desk.Screen(ctx, s, text)
	if err != nil {
		return Mine{}, err
	}
	if what == Worse {
		verdict.Findings = append(verdict.Findings, settings(s).worse())
	}
	if what.CheckIn() && what != Worse && words == "" {
		note.SeenAt = &s.Now // there is nothing to read
	} else {
		entry.Unread++
	}
	if _, err := s.Insert(&note).Exec(ctx); err != nil {
		return Mine{}, err
	}
	entry.said(what, s.Now, cadenceOf(entry))
	if err := put(ctx, s, &entry); err != nil {
		return Mine{}, err
	}
	if _, err := w.desk.Settle(ctx, s, text, verdict); err != nil {
		return Mine{}, err
	}
	if err := w.heard(ctx, s, note); err != nil {
		return Mine{}, err
	}
	if what.CheckIn() {
		if err := w.measure(ctx, s, entry); err != nil {
			return Mine{}, err
		}
	}
	return w.Where(ctx, s, web.None{})
}

// said is an entry after its person said how they are, or that something changed.
func (e *Entry) said(what Say, now time.Time, cadence time.Duration) {
	e.SaidAt = &now
	if what != Changing {
		e.Pulse = what
	}
	next := now.Add(cadence)
	e.AskAt, e.Asked, e.Missed = &next, 0, 0
}

func cadenceOf(e Entry) time.Duration { return time.Duration(e.Pathway.Cadence) * 24 * time.Hour }

// heard tells those of the team who look after people who wait, live.
func (w Waiting) heard(ctx context.Context, s tenants.Scope, note Note) error {
	team, err := s.WhoMay(ctx, "waiting.care")
	if err != nil {
		return err
	}
	ids := make([]uuid.UUID, len(team))
	for i, person := range team {
		ids[i] = person.ID
	}
	if err := s.Emit(ctx, Said, tenants.Event{Module: key, Subject: note.ID, About: note.EntryID, Readers: tenants.NewIDs(ids...)}); err != nil {
		return err
	}
	return s.Emit(ctx, modules.Recount, tenants.Event{Module: key, Subject: note.ID, Readers: tenants.NewIDs(ids...)})
}

// noteSort is what somebody who waits said, on the desk.
const noteSort = "waiting_note"

// worse is what the desk makes of it when somebody says that they are worse.
func (x Settings) worse() safety.Finding {
	return safety.Finding{Source: safety.ByCheckIn, Detail: "says that they are worse", Level: safety.Amber, Case: x.WorseCase}
}

// sort is what somebody who waits said as the desk has it. Only the team reads it, so
// there is nothing to hide: to leave it is to have looked.
func (w Waiting) sort() safety.Sort {
	looked := func(ctx context.Context, s tenants.Scope, id uuid.UUID, _ *safety.Deed) error {
		note, err := noteOf(ctx, s, id)
		if err != nil {
			return err
		}
		return seen(ctx, s, note.EntryID, note.ID)
	}
	return safety.Sort{
		Key: noteSort, Name: "check-in of somebody who waits", Show: showNote,
		Acts: map[safety.Act]func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error{safety.Approve: looked},
		Undo: func(context.Context, tenants.Scope, uuid.UUID, safety.Deed) error { return nil },
	}
}

func showNote(ctx context.Context, s tenants.Scope, id uuid.UUID) (safety.Subject, error) {
	note, err := noteOf(ctx, s, id)
	if err == nil && (!s.Actor.Roles.Staff() || note.MemberID != nil && *note.MemberID == s.Actor.ID()) {
		err = fault.Missing()
	}
	if err != nil {
		return safety.Subject{}, err
	}
	title, _ := note.Kind.tag()
	out := safety.Subject{Title: title, Body: note.Words, HTML: markdown.HTML(note.Words), Where: "check-in while waiting", State: "only the team reads it", Private: true, Author: note.Member, At: note.At}
	if s.May("waiting.care") {
		out.Path = "/waiting/entries/" + note.EntryID.String()
	}
	return out, nil
}

func noteOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (row Note, err error) {
	return row, s.Select(&row).Relation("Member", tenants.Face).Where("note.id = ?", id).Scan(ctx)
}

// notes lists what was said of an entry, the latest first.
func notes(ctx context.Context, s tenants.Scope, entry uuid.UUID, most int64) (rows []Note, err error) {
	return rows, s.Select(&rows).Where("note.entry_id = ?", entry).Order("note.at DESC", "note.id DESC").Limit(most).Scan(ctx)
}

// seen notes that somebody of the team read what was said; without ids, all of it.
func seen(ctx context.Context, s tenants.Scope, entry uuid.UUID, ids ...uuid.UUID) error {
	by := s.Actor.Member
	q := s.Update((*Note)(nil)).Set("seen_at = ?", s.Now).Where("entry_id = ?", entry).Where("seen_at IS NULL")
	if by != nil {
		q = q.Set("seen_by = ?", by.ID)
	}
	if len(ids) > 0 {
		q = q.Where("id IN (?)", bun.List(ids))
	}
	if _, err := q.Exec(ctx); err != nil {
		return err
	}
	left, err := s.Select((*Note)(nil)).Where("note.entry_id = ?", entry).Where("note.seen_at IS NULL").Count(ctx)
	if err != nil {
		return err
	}
	_, err = s.Update((*Entry)(nil)).Set("unread = ?", left).Where("id = ?", entry).Exec(ctx)
	return err
}
