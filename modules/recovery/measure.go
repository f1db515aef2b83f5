package recovery

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Assignment is that a clinician asks a member to fill in a measure, once or again
// and again.
type Assignment struct {
	bun.BaseModel `bun:"table:recovery_assignments,alias:assignment"`
	tenants.InService

	ID         uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	MemberID   uuid.UUID `bun:"member_id,type:uuid" json:"-"`
	Measure    string    `bun:"measure" json:"measure"`         // key of its definition
	EveryWeeks int       `bun:"every_weeks" json:"every_weeks"` // 0 for once
	// NextAt is when it is due; nil once there is nothing more to fill in. Told is that
	// the member was told of it.
	NextAt     *time.Time `bun:"next_at" json:"next_at,omitempty"`
	Told       bool       `bun:"told" json:"-"`
	AssignedBy uuid.UUID  `bun:"assigned_by,type:uuid" json:"-"`
	AssignedAt time.Time  `bun:"assigned_at" json:"assigned_at"`

	Name string `bun:"-" json:"name"` // of the measure
}

// due tells whether it is to be filled in now.
func (x Assignment) due(now time.Time) bool { return x.NextAt != nil && !x.NextAt.After(now) }

// Response is a measure that a member filled in.
type Response struct {
	bun.BaseModel `bun:"table:recovery_responses,alias:response"`
	tenants.InService

	ID           uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	MemberID     uuid.UUID `bun:"member_id,type:uuid" json:"-"`
	AssignmentID uuid.UUID `bun:"assignment_id,type:uuid" json:"-"`
	Measure      string    `bun:"measure" json:"measure"`
	Revision     int       `bun:"revision" json:"revision"`
	Sealed       string    `bun:"response_sealed" json:"-"`
	At           time.Time `bun:"at" json:"at"`

	Result `bun:"-"`
	Name   string `bun:"-" json:"name"` // of the measure
	Most   int    `bun:"-" json:"most"` // the highest score that there is
}

// Questionnaires are a member's: what is asked of them and what they filled in.
type Questionnaires struct {
	Asked   []Assignment `json:"asked"`   // that go on
	Results []Response   `json:"results"` // the latest first
}

// Measures shows the actor's own.
func (r Recovery) Measures(ctx context.Context, s tenants.Scope, _ web.None) (Questionnaires, error) {
	return r.questionnaires(ctx, s, s.Actor.ID())
}

// Blank is a measure to be filled in.
type Blank struct {
	Assignment
	Definition Definition `json:"definition"`
}

// Blank is one that is asked of the actor. Forbidden before it is due.
func (r Recovery) Blank(ctx context.Context, s tenants.Scope, in ByID) (out Blank, err error) {
	if out.Assignment, err = assignment(ctx, s, in.ID, s.Actor.ID()); err != nil {
		return out, err
	}
	if !out.due(s.Now) {
		return out, fault.New(fault.Forbidden, "There is nothing to fill in here just now.")
	}
	if out.Definition, err = newestOf(ctx, s, out.Measure); err != nil {
		return out, err
	}
	out.Name = out.Definition.Name
	return out, nil
}

// Fill is a measure, filled in. Answers are the values of options by the number of
// the item, from "1"; what is absent or empty was left out.
type Fill struct {
	ID      uuid.UUID       `path:"id"`
	Answers json.RawMessage `json:"answers"`
}

// read are the answers in the order of the items.
func (x Fill) read(d Definition) ([]*int, error) {
	given := map[string]any{}
	if len(x.Answers) > 0 {
		if err := json.Unmarshal(x.Answers, &given); err != nil {
			return nil, fault.Bad("answers", "Send the answers by the numbers of their questions.")
		}
	}
	all := make([]*int, len(d.Items))
	for number, value := range given {
		field, text := "answers/"+number, fmt.Sprint(value)
		item, err := strconv.Atoi(number)
		if err != nil || item < 1 || item > len(all) {
			return nil, fault.Bad("answers", "There is no question of that number.")
		}
		if value == nil || text == "" {
			continue
		}
		answer, err := strconv.Atoi(text)
		if err != nil || !d.offers(answer) {
			return nil, fault.Bad(field, "Choose one of the answers.")
		}
		all[item-1] = &answer
	}
	return all, nil
}

// Fill keeps what the actor answered, with its score. An answer that a human should
// look at opens a case, and shows the actor whom to turn to.
func (r Recovery) Fill(ctx context.Context, s tenants.Scope, in Fill) (Response, error) {
	blank, err := r.Blank(ctx, s, ByID{in.ID})
	if err != nil {
		return Response{}, err
	}
	given, err := in.read(blank.Definition)
	if err != nil {
		return Response{}, err
	}
	result := blank.Definition.Score(given)
	if !answered(given) {
		return Response{}, fault.Bad("answers/1", "Answer at least one question.")
	}
	one := Response{ID: uuid.Must(uuid.NewV7()), MemberID: s.Actor.ID(), AssignmentID: blank.ID, Measure: blank.Measure, Revision: blank.Definition.Revision, At: s.Now, Result: result, Name: blank.Name, Most: blank.Definition.most()}
	if one.Sealed, err = r.seal(result, one.ID); err != nil {
		return Response{}, err
	}
	if _, err := s.Insert(&one).Exec(ctx); err != nil {
		return Response{}, err
	}
	if err := filled(ctx, s, blank.Assignment); err != nil {
		return Response{}, err
	}
	return one, r.alarm(ctx, s, one, blank.Definition)
}

func answered(given []*int) bool {
	for _, answer := range given {
		if answer != nil {
			return true
		}
	}
	return false
}

// sortOfMeasure is that of filled in measures on the desk.
const sortOfMeasure = "measure"

// alarm has a human look at answers that the measure's rules name.
func (r Recovery) alarm(ctx context.Context, s tenants.Scope, one Response, d Definition) error {
	verdict := safety.Verdict{}
	for _, rule := range d.alarms(one.Answers) {
		verdict.Support = true
		verdict.Findings = append(verdict.Findings, safety.Finding{Source: safety.ByMeasure, Detail: fmt.Sprintf("%s, question %d", d.Name, rule.Item), Level: rule.Level, Support: true, Case: true})
	}
	_, err := r.desk.Settle(ctx, s, safety.Text{Sort: sortOfMeasure, Module: key, Subject: one.ID, Author: one.MemberID, Private: true}, verdict)
	return err
}

// measureSort is a filled in measure as the desk has it: what was answered to the
// questions that its rules name.
func (r Recovery) measureSort() safety.Sort {
	return safety.Sort{Key: sortOfMeasure, Name: "questionnaire", Show: func(ctx context.Context, s tenants.Scope, id uuid.UUID) (safety.Subject, error) {
		one, d, err := r.response(ctx, s, id, uuid.Nil)
		if err != nil {
			return safety.Subject{}, err
		}
		if !s.Actor.Roles.Staff() || one.MemberID == s.Actor.ID() {
			return safety.Subject{}, fault.Missing()
		}
		var words []string
		for _, rule := range d.alarms(one.Answers) {
			words = append(words, fmt.Sprintf("%d. %s: %s", rule.Item, d.Items[rule.Item-1].Text, d.answer(one.Answers[rule.Item-1])))
		}
		return r.private(ctx, s, safety.Subject{Title: d.Name, Body: strings.Join(words, "\n"), Where: "questionnaire", State: "filled in", At: one.At}, one.MemberID)
	}}
}

// Filled is a measure that was filled in, with what it asked.
type Filled struct {
	Response
	Definition Definition `json:"definition"`
}

// Filled reads what the actor filled in.
func (r Recovery) Filled(ctx context.Context, s tenants.Scope, in ByID) (out Filled, err error) {
	out.Response, out.Definition, err = r.response(ctx, s, in.ID, s.Actor.ID())
	return out, err
}
