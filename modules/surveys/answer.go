package surveys

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// ByID names a survey.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Mine is what the actor is asked.
type Mine struct {
	Surveys []Asking `json:"surveys"` // that are open, those that wait for an answer first
}

// Asking is a survey as one of those whom it asks sees it.
type Asking struct {
	Survey
	Answered bool  `json:"answered"`
	Declined bool  `json:"declined"` // they said that it is not for them
	State    State `json:"state"`
}

// Mine lists the open surveys that ask the actor.
func (v Surveys) Mine(ctx context.Context, s tenants.Scope, _ web.None) (Mine, error) {
	out := Mine{Surveys: []Asking{}}
	rows, err := all(ctx, s)
	if err != nil {
		return out, err
	}
	by, err := saidBy(ctx, s, s.Actor.ID())
	for _, row := range rows {
		if x := asking(row, by[row.ID], s); x.State == Open && row.asks(s.Actor.Member, s.Now) {
			out.Surveys = append(out.Surveys, x)
		}
	}
	slices.SortStableFunc(out.Surveys, func(a, b Asking) int { return a.rank() - b.rank() })
	return out, err
}

func asking(row Survey, said Answerer, s tenants.Scope) Asking {
	known := said.SurveyID != uuid.Nil
	return Asking{row, known && said.Answered, known && !said.Answered, row.State(clock.DateOf(s.Now))}
}

func (x Asking) rank() int {
	switch {
	case x.Answered:
		return 2
	case x.Declined:
		return 1
	}
	return 0
}

// Show is a survey to answer. NotFound if it does not ask the actor, or has not
// opened yet.
func (v Surveys) Show(ctx context.Context, s tenants.Scope, in ByID) (Asking, error) {
	row, err := surveyOf(ctx, s, in.ID)
	if err != nil {
		return Asking{}, err
	}
	return v.asking(ctx, s, row)
}

func (v Surveys) asking(ctx context.Context, s tenants.Scope, row Survey) (Asking, error) {
	by, err := said(ctx, s, row.ID, s.Actor.ID())
	out := asking(row, by, s)
	if err == nil && (out.State == Draft || out.State == Planned || !row.asks(s.Actor.Member, s.Now)) {
		err = fault.Missing()
	}
	return out, err
}

// Reply is what somebody answers. Answers are by the key of the question: the number
// of an answer, from 1, or words; of several choices "q3/2": true for each.
type Reply struct {
	ID      uuid.UUID       `path:"id"`
	Answers json.RawMessage `json:"answers"`
}

// Sent is the survey that was answered.
type Sent struct {
	ID uuid.UUID `json:"id"`
}

// Answer counts what the actor answers, and keeps that they have answered, not what.
// So nobody can find, change or take back an answer; a second one has no effect.
// Conflict if the survey closed meanwhile. The command keeps no receipt: that would
// have a fingerprint of what was answered.
func (v Surveys) Answer(ctx context.Context, s tenants.Scope, in Reply) (Sent, error) {
	row, err := taken(ctx, s, in.ID)
	if err != nil {
		return Sent{}, err
	}
	mine, err := v.asking(ctx, s, row)
	if err != nil || mine.Answered {
		return Sent{row.ID}, err
	}
	if mine.State != Open {
		return Sent{}, fault.New(fault.Conflict, "This survey closed while you were writing, so your answers were not sent. Your words are below, to copy if you want to keep them.")
	}
	given, err := row.reply(in.Answers)
	if err != nil {
		return Sent{}, err
	}
	if err := note(ctx, s, Answerer{SurveyID: row.ID, MemberID: s.Actor.ID(), Answered: true}); err != nil {
		return Sent{}, err
	}
	if err := v.post(ctx, s, row, given); err != nil {
		return Sent{}, err
	}
	return Sent{row.ID}, v.comfort(ctx, s, given.said())
}

// comfort shows the actor whom to turn to where their words say that they may be in
// danger. No row is written and nobody is told: what somebody writes here is nobody's.
func (v Surveys) comfort(ctx context.Context, s tenants.Scope, words string) error {
	if words == "" {
		return nil
	}
	verdict, err := v.desk.Hear(ctx, s, safety.Text{Sort: key, Module: key, Author: s.Actor.ID(), Body: words})
	if err == nil && len(verdict.Findings) > 0 {
		s.Lead("/" + s.Service.Slug + "/support")
	}
	return err
}

// Decline says that a survey is not for the actor. They are not reminded of it, and
// can still answer. After an answer it has no effect.
func (v Surveys) Decline(ctx context.Context, s tenants.Scope, in ByID) (Sent, error) {
	row, err := surveyOf(ctx, s, in.ID)
	if err != nil {
		return Sent{}, err
	}
	mine, err := v.asking(ctx, s, row)
	if err != nil || mine.State != Open {
		return Sent{row.ID}, err
	}
	return Sent{row.ID}, note(ctx, s, Answerer{SurveyID: row.ID, MemberID: s.Actor.ID()})
}
