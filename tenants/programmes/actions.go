package programmes

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// AddAction is something that somebody takes on.
type AddAction struct {
	Place
	What  string `json:"what" validate:"required,max=500" label:"what is to be done"`
	Owner string `json:"owner" validate:"required,max=36" label:"who does it"`
	Due   string `json:"due_on" validate:"required,max=10" label:"by when"`
}

// AddAction gives somebody an action.
func (p Programmes) AddAction(ctx context.Context, s tenants.Scope, by By, in AddAction) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	owner, err := w.choose("owner", in.Owner, "")
	if err != nil {
		return "", err
	}
	due, ok := clock.ReadDate(in.Due)
	if !ok || due < w.StartsOn {
		return "", fault.Bad("due_on", "Write a day after the programme’s start, such as 2027-05-12.")
	}
	row := Action{ID: newID(), ProgrammeID: w.ID, What: in.What, OwnerID: *owner, DueOn: due, CreatedAt: s.Now, Version: 1}
	if err := add(ctx, s, &row); err != nil {
		return "", err
	}
	return "/actions", note(ctx, s, by, "programme.action", row.ID, nil, due)
}

func (w Whole) action(id uuid.UUID) (Action, error) {
	return find(w.Actions, func(a Action) bool { return a.ID == id })
}

// FinishAction says that an action is done. Version is the one that was read.
type FinishAction struct {
	Place
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"gte=1" label:"the version"`
}

// FinishAction closes an action, and the links by which it could be answered.
func (p Programmes) FinishAction(ctx context.Context, s tenants.Scope, by By, in FinishAction) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	row, err := w.action(in.ID)
	if err != nil {
		return "", err
	}
	if row.DoneAt != nil {
		return "/actions", nil
	}
	row.DoneAt, row.Version = &s.Now, in.Version+1
	if err := put(ctx, s, &row, row.ID, in.Version, "done_at"); err != nil {
		return "", err
	}
	if err := endLinks(ctx, s, row.ID, toAnswer); err != nil {
		return "", err
	}
	return "/actions", note(ctx, s, by, "programme.action", row.ID, nil, "done")
}

// Nudge writes to the owner of an action.
func (p Programmes) Nudge(ctx context.Context, s tenants.Scope, by By, in ByID) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	row, err := w.action(in.ID)
	if err != nil {
		return "", err
	}
	if row.DoneAt != nil {
		return "", fault.New(fault.Conflict, "This action is done.")
	}
	return "/actions", p.send(ctx, s, by, w, row.OwnerID, toAnswer, row.ID)
}
