package programmes

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// Light is how a programme stands.
type Light string

// The lights.
const (
	Red   Light = "red"
	Amber Light = "amber"
	Green Light = "green"
)

// lights are all of them, the worst first.
var lights = []Light{Red, Amber, Green}

// Seen is a programme as both sides see it.
type Seen struct {
	Frame
	Programme Programme     `json:"programme"`
	Month     int           `json:"month"` // 1 to 8
	Done      int           `json:"done"`  // percent of the work
	Gone      int           `json:"gone"`  // percent of the time
	Light     Light         `json:"light"`
	Why       string        `json:"why"`
	Cast      Forecast      `json:"forecast"`
	Phases    []PhaseSeen   `json:"phases"`
	People    []Stakeholder `json:"people"`
	Absences  []AwaySeen    `json:"absences"`
	Holidays  []Holiday     `json:"holidays"`
	Clashes   []Clash       `json:"clashes"`
	Needs     []Need        `json:"needs"`
	Actions   []ActionSeen  `json:"actions"`
	Open      int           `json:"open"`    // actions
	Overdue   int           `json:"overdue"` // of these
	Entries   []Entry       `json:"entries"`
	Meetings  []MeetingSeen `json:"meetings"`
	Coming    *MeetingSeen  `json:"coming,omitempty"` // the next one
	Attended  int           `json:"attended"`         // percent
	Benefits  []BenefitSeen `json:"benefits"`
	// Reason is Why without anybody's name: it may leave the trust.
	Reason string `json:"-"`
	today  Day
}

// PhaseSeen is a phase as it stands.
type PhaseSeen struct {
	Phase
	From     Day        `json:"from"` // by the forecast, as is To
	To       Day        `json:"to"`
	State    State      `json:"state"`
	Note     string     `json:"note"` // in a few words
	Tasks    []TaskSeen `json:"tasks"`
	Evidence []Evidence `json:"evidence"`
	Who      string     `json:"who,omitempty"` // the approver
	GoneWho  bool       `json:"approver_left,omitempty"`
	Unmet    bool       `json:"unmet,omitempty"` // its meeting was not held with a quorum
}

// State is how a phase or a task stands.
type State string

// The states.
const (
	Finished State = "done"
	Late     State = "late"
	Now      State = "now"
	Next     State = "next"
)

// Name is the state in words.
func (s State) Name() string {
	return map[State]string{Finished: "Done", Late: "Late", Now: "Under way", Next: "To come"}[s]
}

// TaskSeen is a task as it stands.
type TaskSeen struct {
	Task
	From  Day    `json:"from"`
	To    Day    `json:"to"`
	State State  `json:"state"`
	Owner string `json:"owner,omitempty"`
}

// AwaySeen is an absence with its names.
type AwaySeen struct {
	Absence
	Who   Stakeholder `json:"who"`
	Cover string      `json:"cover,omitempty"`
}

// ActionSeen is an action with its owner and its age in days.
type ActionSeen struct {
	Action
	Owner   string `json:"owner"`
	Age     int    `json:"age"`
	Overdue bool   `json:"overdue"`
}

// Need is what waits for a person, and where they see to it.
type Need struct {
	What  string `json:"what"`
	Words string `json:"words"`
	// plain are words that name nobody.
	plain string
	Path  string `json:"path"`
	Label string `json:"label"`
}

// Show reads the programme.
func (p Programmes) Show(ctx context.Context, s tenants.Scope, by By, _ Place) (Seen, error) {
	w, err := load(ctx, s)
	if err != nil {
		return Seen{}, err
	}
	return w.seen(s, by)
}

// Overview is the programme with how its weekly update was taken.
type Overview struct {
	Seen
	Readers int      `json:"readers"` // who get the weekly update
	Sent    *Sending `json:"sent"`    // the last one; nil for none yet
}

// Sending is a weekly update that went out.
type Sending struct {
	On     Day      `json:"on"`
	To     int      `json:"to"`
	Opened []string `json:"opened"` // by whom, by name
}

// Overview reads it.
func (p Programmes) Overview(ctx context.Context, s tenants.Scope, by By, _ Place) (out Overview, err error) {
	w, err := load(ctx, s)
	if err != nil {
		return out, err
	}
	if out.Seen, err = w.seen(s, by); err != nil {
		return out, err
	}
	for _, who := range w.People {
		if who.Weekly && who.LeftAt == nil {
			out.Readers++
		}
	}
	links, err := lastUpdate(ctx, s, w)
	for _, link := range links {
		if out.Sent == nil {
			out.Sent = &Sending{On: DayOf(link.CreatedAt), To: len(links), Opened: []string{}}
		}
		if link.Uses > 0 {
			out.Sent.Opened = append(out.Sent.Opened, w.nameOf(&link.PersonID))
		}
	}
	return out, err
}

// person finds somebody of the programme; false if there is nobody of that id.
func (w Whole) person(id *uuid.UUID) (Stakeholder, bool) {
	at := slices.IndexFunc(w.People, func(p Stakeholder) bool { return id != nil && p.ID == *id })
	if at < 0 {
		return Stakeholder{}, false
	}
	return w.People[at], true
}

func (w Whole) nameOf(id *uuid.UUID) string {
	person, _ := w.person(id)
	return person.Name
}

// outlook is what the forecast of today is made of.
func (w Whole) outlook(today Day) Outlook {
	o := Outlook{Items: itemsOf(w.Phases, w.Tasks), Live: live, Planned: w.LiveOn, Today: today, Calendar: England}
	for _, p := range w.People {
		if p.LeftAt == nil {
			o.Players = append(o.Players, Player{p.ID, p.Name, p.Role, p.Required})
		}
	}
	for _, a := range w.Absences {
		away := Away{ID: a.ID, Person: a.PersonID, From: a.From, To: a.To}
		if a.CoverID != nil {
			away.Cover = *a.CoverID
		}
		o.Away = append(o.Away, away)
	}
	return o
}

// firstStage is the phase from which on key players must be there: pre-live.
const firstStage = 6

// stages are the phases in which key players must be there.
func (w Whole) stages(spans Spans) (stages []Stage) {
	for _, phase := range w.Phases {
		if phase.Number < firstStage || phase.SignedAt != nil {
			continue
		}
		span := w.spanOf(phase.Number, spans)
		stages = append(stages, Stage{strings.ToLower(phase.Name[:1]) + phase.Name[1:], span.From, span.To})
	}
	return stages
}

func (w Whole) spanOf(phase int, spans Spans) Span {
	keys := []string{gateKey(phase)}
	for _, task := range w.Tasks {
		if task.Phase == phase {
			keys = append(keys, task.Key)
		}
	}
	return hull(spans, keys)
}

func (w Whole) clashes(o Outlook, spans Spans) []Clash {
	days := make([]Days, len(w.Holidays))
	for i, h := range w.Holidays {
		days[i] = Days{h.Name, h.From, h.To}
	}
	return clashes(w.stages(spans), o.Players, o.Away, days)
}

// seen puts together what both sides see.
func (w Whole) seen(s tenants.Scope, by By) (Seen, error) {
	today := DayOf(s.Now)
	o := w.outlook(today)
	cast, err := o.Forecast()
	if err != nil {
		return Seen{}, err
	}
	out := Seen{Frame: by.Frame, Programme: w.Programme, Cast: cast, People: w.People, Holidays: w.Holidays, Entries: w.Entries, Clashes: w.clashes(o, cast.Meant), today: today}
	out.Phases = w.phasesSeen(today, cast.Spans)
	all, done := 0, 0
	for _, phase := range out.Phases {
		if phase.SignedAt != nil {
			out.Month = phase.Number
		}
		for _, task := range phase.Tasks {
			if all += task.Days; task.State == Finished {
				done += task.Days
			}
		}
	}
	out.Month = min(out.Month+1, len(out.Phases))
	out.Done = done * 100 / max(1, all)
	out.Gone = min(100, max(0, w.StartsOn.Until(today)*100/max(1, w.StartsOn.Until(w.EndsOn))))
	for _, a := range w.Absences {
		seen := AwaySeen{Absence: a, Cover: w.nameOf(a.CoverID)}
		seen.Who, _ = w.person(&a.PersonID)
		out.Absences = append(out.Absences, seen)
	}
	for _, a := range w.Actions {
		seen := ActionSeen{Action: a, Owner: w.nameOf(&a.OwnerID), Age: DayOf(a.CreatedAt).Until(today), Overdue: a.DoneAt == nil && a.DueOn < today}
		if out.Actions = append(out.Actions, seen); a.DoneAt == nil {
			out.Open++
		}
		if seen.Overdue {
			out.Overdue++
		}
	}
	out.Meetings = w.meetingsSeen()
	out.Attended = attended(out.Meetings)
	if at := slices.IndexFunc(out.Meetings, func(m MeetingSeen) bool { return m.StartsAt.After(s.Now) && m.CalledOff == nil }); at >= 0 {
		out.Coming = &out.Meetings[at]
	}
	for _, b := range w.Benefits {
		out.Benefits = append(out.Benefits, BenefitSeen{Benefit: b, Owner: w.nameOf(&b.OwnerID), Now: b.Value, Due: b.ReviewOn <= today})
	}
	if w.EndedAt == nil {
		out.Needs = out.needs()
	}
	out.Light, out.Why, out.Reason = out.light()
	return out, nil
}

func (w Whole) phasesSeen(today Day, spans Spans) (all []PhaseSeen) {
	before := true // the gate before is open
	for _, phase := range w.Phases {
		span := w.spanOf(phase.Number, spans)
		approver, _ := w.person(phase.ApproverID)
		seen := PhaseSeen{Phase: phase, From: span.From, To: span.To, Who: approver.Name, GoneWho: approver.LeftAt != nil, Unmet: phase.Quorum && !w.quorate(phase)}
		done, late := 0, false
		for _, task := range w.Tasks {
			if task.Phase != phase.Number {
				continue
			}
			at := spans[task.Key]
			one := TaskSeen{Task: task, From: at.From, To: at.To, Owner: w.nameOf(task.OwnerID), State: Next}
			switch {
			case task.DoneOn != "":
				one.State = Finished
				done++
			case task.PlannedTo < today:
				one.State, late = Late, true
			case before && at.From <= today:
				one.State = Now
			}
			seen.Tasks = append(seen.Tasks, one)
		}
		for _, e := range w.Evidence {
			if e.PhaseID == phase.ID && e.TaskID == nil {
				seen.Evidence = append(seen.Evidence, e)
			}
		}
		tasks := strconv.Itoa(done) + " of " + ui.Count(len(seen.Tasks), "task", "tasks")
		switch {
		case phase.SignedAt != nil:
			seen.State, seen.Note = Finished, "Signed "+phase.signedOn().Short()
		case late || phase.GateOn < today:
			seen.State, seen.Note = Late, tasks
		case before:
			seen.State, seen.Note = Now, tasks
		default:
			seen.State = Next
		}
		before = phase.SignedAt != nil
		all = append(all, seen)
	}
	return all
}

// tasksDone tells whether nothing of the phase is left to do.
func (p PhaseSeen) tasksDone() bool {
	return !slices.ContainsFunc(p.Tasks, func(t TaskSeen) bool { return t.DoneOn == "" })
}

// lacks are the pieces of evidence that are not there.
func (p PhaseSeen) lacks() (names []string) {
	for _, e := range p.Evidence {
		if !e.There() {
			names = append(names, e.Name)
		}
	}
	return names
}

// phase finds a phase by its number. NotFound if there is none.
func (s Seen) phase(number int) (PhaseSeen, error) {
	return find(s.Phases, func(p PhaseSeen) bool { return p.Number == number })
}

// task finds a task. NotFound if there is none.
func (s Seen) task(id uuid.UUID) (TaskSeen, error) {
	for _, phase := range s.Phases {
		if task, err := find(phase.Tasks, func(t TaskSeen) bool { return t.ID == id }); err == nil {
			return task, nil
		}
	}
	return TaskSeen{}, fault.Missing()
}
