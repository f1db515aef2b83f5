package resources

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// mostWaiting keeps one member from filling the team's desk.
const mostWaiting = 5

// Suggestion is what a member would like to see in the library.
type Suggestion struct {
	Kind Sort `json:"kind" validate:"required,oneof=article link organisation" label:"a kind"`
	Words
	Tags string `json:"tags,omitempty" validate:"max=300" label:"tags"`
}

// Suggesting is the form of a suggestion.
func (r Resources) Suggesting(_ context.Context, s tenants.Scope, in Sorted) (Form, error) {
	if in.Kind == "" || in.Kind == File {
		in.Kind = Link
	}
	return Form{Kind: in.Kind, Categories: categories(s)}, shut(s)
}

// shut tells why nothing can be suggested; nil if it can.
func shut(s tenants.Scope) error {
	if s.Actor.Member == nil || !settings(s).Suggestions {
		return fault.New(fault.Forbidden, "In this service the team alone chooses what is in the library.")
	}
	return nil
}

// Suggest puts something on the team's desk. Limited while too much of the
// actor's waits there.
func (r Resources) Suggest(ctx context.Context, s tenants.Scope, in Suggestion) (Resource, error) {
	if err := shut(s); err != nil {
		return Resource{}, err
	}
	row, err := fresh(s, in.Kind, in.Words, in.Tags)
	if err != nil {
		return row, err
	}
	n, err := mineWaiting(ctx, s)
	if err == nil && n >= mostWaiting {
		err = fault.New(fault.Limited, "Several suggestions of yours wait for the team already. Please let them catch up first.")
	}
	if err != nil {
		return row, err
	}
	me := s.Actor.ID()
	row.State, row.SuggestedBy = Suggested, &me
	if err := insert(ctx, s, &row); err != nil {
		return row, err
	}
	return row, recount(ctx, s, row)
}

// recount has the team's pages count their desk anew.
func recount(ctx context.Context, s tenants.Scope, row Resource) error {
	return s.Emit(ctx, modules.Recount, tenants.Event{Subject: row.ID, Audience: tenants.AudienceStaff})
}

// Rows is a list of items.
type Rows struct {
	Resources []Resource `json:"resources"`
}

// Mine lists what the actor suggested, and what came of it.
func (r Resources) Mine(ctx context.Context, s tenants.Scope, _ web.None) (out Rows, err error) {
	out.Resources, err = suggestedByMe(ctx, s)
	return out, err
}

// Desk is what waits for the team.
type Desk struct {
	Suggestions []Resource `json:"suggestions"` // the longest first
	Due         []Resource `json:"due"`         // to be looked at again
}

// Desk lists what waits for the team of this service.
func (r Resources) Desk(ctx context.Context, s tenants.Scope, _ web.None) (out Desk, err error) {
	if out.Suggestions, err = suggestions(ctx, s); err == nil {
		out.Due, err = overdue(ctx, s)
	}
	return out, err
}

// Archive lists what was taken out of the library of this service.
func (r Resources) Archive(ctx context.Context, s tenants.Scope, _ web.None) (out Rows, err error) {
	out.Resources, err = archived(ctx, s)
	return out, err
}

// Decide is the team's answer to a suggestion.
type Decide struct {
	ID     uuid.UUID `path:"id"`
	Accept bool      `json:"accept"`
	Answer string    `json:"answer,omitempty" validate:"max=500" label:"a word to whoever suggested it"`
}

// Decide says yes or no to a suggestion, once. Whoever suggested it is told.
func (r Resources) Decide(ctx context.Context, s tenants.Scope, in Decide) (Resource, error) {
	row, err := alone(ctx, s, in.ID)
	if err != nil {
		return Resource{}, err
	}
	if err := row.canChange(s); err != nil {
		return Resource{}, err
	}
	if row.State != Suggested {
		return Resource{}, fault.New(fault.Conflict, "A colleague has answered this already.")
	}
	row.State, row.Answer, row.ChangedAt = Declined, in.Answer, s.Now
	if in.Accept {
		row.State = Published
		if err := (Care{}).apply(ctx, s, &row); err != nil {
			return Resource{}, err
		}
	}
	if err := save(ctx, s, &row); err != nil {
		return Resource{}, err
	}
	if err := recount(ctx, s, row); err != nil {
		return Resource{}, err
	}
	return row, s.Emit(ctx, Answered, tenants.Event{Module: key, Subject: row.ID, Readers: tenants.NewIDs(*row.SuggestedBy)})
}

// ofAnswer tells whoever suggested an item what the team said.
func ofAnswer(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	row, err := byID(ctx, s, e.Subject)
	if database.Missing(err) || err == nil && row.SuggestedBy == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []modules.Notice{{Kind: "moderation", To: []uuid.UUID{*row.SuggestedBy}, Subject: row.ID, Path: "/resources/" + row.ID.String()}}, nil
}
