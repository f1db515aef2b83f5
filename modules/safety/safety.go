// Package safety is the safeguarding kernel: what the rules find in what people
// say, the desk's items that come of it, and the cases that are opened. Rooms ask
// it before words reach others, and tell it how the team can look and act.
package safety

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Text is something that somebody is about to say to others.
type Text struct {
	Sort   string // of subject, as registered
	Module string // key of the room
	// Subject is the id that it will have, or has.
	Subject     uuid.UUID
	Author      uuid.UUID
	Title, Body string
	// Private says that only those it is addressed to read it.
	Private bool
	// To are those whom it is addressed to, where it is private.
	To []uuid.UUID
	// Edit says that it was said before, in other words.
	Edit bool
}

// Source is what found something.
type Source string

// The sources, in the order in which they are explained to the team.
const (
	ByTerm     Source = "term"    // a watched term
	ByFigure   Source = "figure"  // a number that harms, where a service has that rule
	ByFlag     Source = "flag"    // a member reported it
	ByMode     Source = "mode"    // the room's or the hour's rule
	ByRate     Source = "rate"    // too many in too short a time
	Unanswered Source = "waiting" // nobody answered it
	ByRequest  Source = "help"    // somebody asked for a human
	ByMeasure  Source = "measure" // an item of a measure
	ByDrill    Source = "drill"   // made up, to practise
	ByTeam     Source = "team"    // somebody of the team saw it
	ByAppeal   Source = "appeal"  // somebody asks that a decision is looked at again
	ByStrikes  Source = "strikes" // somebody has as many strikes as the service says
	ByCheckIn  Source = "checkin" // somebody who waits says that they are worse
)

// Sources are all of them, in that order.
var Sources = []Source{ByTerm, ByFigure, ByFlag, ByMode, ByRate, Unanswered, ByRequest, ByMeasure, ByDrill, ByTeam, ByAppeal, ByStrikes, ByCheckIn}

// Finding is what one rule says of a text: deterministic and in words that can
// be shown to the team.
type Finding struct {
	Source Source
	// Detail says what it was, such as the watched term. Never the member's words.
	Detail string
	Level  Level
	Hold   bool     // nobody else reads it until the team has looked
	Topics []string // content notes that cover it
	// Support says to show its author whom to turn to, and to ask whether they are safe.
	Support bool
	Case    bool // open a case; crisis and red always do
	// By is the member who reported it, or whose decision an appeal is about; zero for
	// a rule. They decide nothing about the item.
	By uuid.UUID
	// Quiet is only kept with the others: alone it puts nothing on the desk.
	Quiet bool
}

// Catch looks at a text. It runs in the unit of work in which the text is said.
type Catch func(ctx context.Context, s tenants.Scope, t Text) ([]Finding, error)

// Verdict is what the rules together make of a text.
type Verdict struct {
	Hold, Support bool
	Topics        []string
	Findings      []Finding
}

// Desk is the kernel: the sorts of things that rooms have, and the rules.
type Desk struct {
	sorts   map[string]Sort
	catches []Catch

	// Tree is whom to call at a time, as the rota has it.
	Tree Tree
	// Rules are those that somebody can be told that they broke, in words.
	Rules []string
	// Strike gives a member a strike; nil where there are none to give.
	Strike func(ctx context.Context, s tenants.Scope, member uuid.UUID, in Strike) error
	// Recourse is what the member whom a decision concerns can do about it; nil where
	// there is none.
	Recourse func(ctx context.Context, s tenants.Scope, deed Deed) (Recourse, error)
	// Help asks for a human of the team as the actor, as "I need help now" does; nil
	// where there is no room for that.
	Help func(ctx context.Context, s tenants.Scope, words string) error
	// Alarmed is what Alarms asks; the room for cases sets it.
	Alarmed func(ctx context.Context, s tenants.Scope) ([]Alarm, error)
	// Plans are where members keep safety plans; nil where there is no room for that.
	Plans Plans
	// Needs is what members need to be told things well; nil where nobody keeps that.
	Needs Needs
	// Linked are those whom a member is known to belong to outside, or who belong to
	// them: family, colleagues. Nil where nobody keeps that.
	Linked func(ctx context.Context, s tenants.Scope, member uuid.UUID) ([]uuid.UUID, error)
}

// NewDesk returns a desk that knows no room and no rule yet.
func NewDesk() *Desk { return &Desk{sorts: map[string]Sort{}} }

// Watch adds a rule. Rooms call it when they are made.
func (d *Desk) Watch(c Catch) { d.catches = append(d.catches, c) }

// Act is what the team can do about something.
type Act string

// The acts of the desk.
const (
	Approve Act = "approve" // it stays, or is shown
	AskEdit Act = "ask"     // its author is asked to change it; nobody else sees it meanwhile
	Cover   Act = "cover"   // with content notes
	Hide    Act = "hide"
	Remove  Act = "remove"
	Lock    Act = "lock" // no further replies
	// The two answers to an appeal, which are final: the decision stays, or it is taken back.
	Uphold   Act = "uphold"
	Overturn Act = "overturn"
)

// Acts are all of them, as they are offered.
var Acts = []Act{Approve, AskEdit, Cover, Hide, Remove, Lock, Uphold, Overturn}

// Sort is a sort of thing that can be on the desk, as its room registers it.
type Sort struct {
	Key, Name string // "post", "post"
	// Show reads it for the team. NotFound where the actor may not look.
	Show func(ctx context.Context, s tenants.Scope, id uuid.UUID) (Subject, error)
	// Acts carry out what was decided and Undo takes it back, in the unit of work of
	// the decision. What is not in it cannot be chosen. What Undo needs an act writes
	// into the deed's Before.
	Acts map[Act]func(ctx context.Context, s tenants.Scope, id uuid.UUID, d *Deed) error
	Undo func(ctx context.Context, s tenants.Scope, id uuid.UUID, d Deed) error
	// Hold takes it out of the sight of all but its author and the team, where members
	// reported it too often; nil where that cannot be. A second time changes nothing.
	Hold func(ctx context.Context, s tenants.Scope, id uuid.UUID) error
	// Readers are the members who are known to have read it, as far as anybody keeps
	// that; nil where nobody does.
	Readers func(ctx context.Context, s tenants.Scope, id uuid.UUID) (tenants.IDs, error)
}

// Subject is what the team sees of something on the desk.
type Subject struct {
	Title string `json:"title,omitempty"`
	// HTML is its words, rendered and safe.
	HTML    string          `json:"-"`
	Body    string          `json:"body"`
	Path    string          `json:"path"`  // where it stands, below the service; empty where the actor cannot go
	Where   string          `json:"where"` // in words: "wall", "thread in Feeding"
	State   string          `json:"state"` // in words: "waits for the team"
	Author  *tenants.Person `json:"author,omitempty"`
	At      time.Time       `json:"at"`
	Version int             `json:"version"`
	Topics  []string        `json:"topics,omitempty"` // content notes that it has
	// Private says that few were to read it: the team sees its words once they have
	// taken it, which is on record.
	Private bool      `json:"private,omitempty"`
	Images  []Picture `json:"images,omitempty"`
	// Context is what stands around it, oldest first, without itself.
	Context []Subject `json:"context,omitempty"`
}

// Bare is a subject without anything that was said in it.
func (x Subject) Bare() Subject {
	return Subject{Where: x.Where, State: x.State, Author: x.Author, At: x.At, Version: x.Version, Private: x.Private}
}

// Picture is an image of a subject.
type Picture struct {
	Src string `json:"src"` // below the service
	Alt string `json:"alt"`
}

// Register makes a room's sort known. Rooms call it when they are made.
func (d *Desk) Register(sort Sort) { d.sorts[sort.Key] = sort }

// Find asks every room for the thing with this id, as the actor may see it.
// NotFound if none has it.
func (d *Desk) Find(ctx context.Context, s tenants.Scope, id uuid.UUID) (Sort, Subject, error) {
	for _, sort := range d.sorts {
		if sort.Show == nil {
			continue
		}
		subject, err := sort.Show(ctx, s, id)
		if err == nil || !database.Missing(err) {
			return sort, subject, err
		}
	}
	return Sort{}, Subject{}, fault.Missing()
}

// SortOf is the sort with this key; the zero Sort if no room has it.
func (d *Desk) SortOf(key string) Sort { return d.sorts[key] }
