package cases

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Hand is who shall take a case over, and what they need to know.
type Hand struct {
	ID    uuid.UUID `path:"id"`
	To    string    `json:"to" validate:"filled,max=60" label:"a colleague"`
	Words string    `json:"words" validate:"filled,max=2000" label:"what they need to know"`
}

// Hand asks a colleague to take a case over. They are told, by every channel if
// it is urgent, and have as long to say yes as the level gives; otherwise the team
// is called again.
func (c Cases) Hand(ctx context.Context, s tenants.Scope, in Hand) (At, error) {
	one, err := c.locked(ctx, s, in.ID)
	if err != nil {
		return At{}, err
	}
	if one.Drill {
		return At{}, fault.New(fault.Conflict, "A drill is not handed over.")
	}
	to, err := c.colleague(ctx, s, one, in.To)
	if err != nil {
		return At{}, err
	}
	if err := stop(ctx, s, one.ID); err != nil {
		return At{}, err
	}
	until := one
	until.Grade(s, one.Level)
	me := s.Actor.ID()
	if one.OwnerID == nil {
		one.OwnerID = &me
	}
	if one.AckedAt == nil {
		one.AckedAt = &s.Now
	}
	one.AskedID, one.AskedUntil = &to.ID, &until.DueAt
	if err := note(ctx, s, one, handed, strings.TrimSpace(in.Words), to.ID); err != nil {
		return At{}, err
	}
	if err := s.Emit(ctx, concerns, tenants.Event{Subject: to.ID, About: one.ID}); err != nil {
		return At{}, err
	}
	if one.Level.Urgent() {
		if err := callColleague(ctx, s, one); err != nil {
			return At{}, err
		}
	}
	return At{one.ID}, one.Put(ctx, s)
}

// colleague is who is asked. Invalid, about "to", unless they can work on the case.
func (c Cases) colleague(ctx context.Context, s tenants.Scope, one safety.Case, handle string) (tenants.Person, error) {
	to, err := s.PersonByHandle(ctx, handle)
	if err != nil && !database.Missing(err) {
		return to, err
	}
	near, nearErr := c.desk.Near(ctx, s, one.MemberID)
	switch {
	case nearErr != nil:
		return to, nearErr
	case err != nil, !works(s, &to), near.Has(to.ID):
		return to, fault.Bad("to", "Choose a colleague who can work on this case.")
	case one.OwnerID != nil && *one.OwnerID == to.ID:
		return to, fault.Bad("to", to.Handle+" has this case.")
	case to.ID == s.Actor.ID():
		return to, fault.Bad("to", "That is you. Choose a colleague.")
	}
	return to, nil
}

// callColleague has whom the case is handed to called like a rung of the tree.
func callColleague(ctx context.Context, s tenants.Scope, one safety.Case) error {
	round, err := rounds(ctx, s, one.ID)
	if err != nil {
		return err
	}
	call := Call{ID: uuid.Must(uuid.NewV7()), CaseID: one.ID, Round: round + 1, Name: "Hand-over", People: tenants.IDs{*one.AskedID},
		CalledAt: s.Now, NextAt: *one.AskedUntil, TryAt: &s.Now, Attempts: []Attempt{}}
	_, err = s.Insert(&call).Exec(ctx)
	return err
}

// Reason is why.
type Reason struct {
	ID     uuid.UUID `path:"id"`
	Reason string    `json:"reason" validate:"filled,max=2000" label:"a reason"`
}

// Back gives a case back: its owner does, or whoever was asked to take it over and
// cannot. If it is urgent the team is called again, from the first.
func (c Cases) Back(ctx context.Context, s tenants.Scope, in Reason) (At, error) {
	one, err := c.locked(ctx, s, in.ID)
	if err != nil {
		return At{}, err
	}
	me := s.Actor.ID()
	if (one.OwnerID == nil || *one.OwnerID != me) && (one.AskedID == nil || *one.AskedID != me) {
		return At{}, fault.New(fault.Conflict, "You do not have this case, so you cannot give it back.")
	}
	return At{one.ID}, c.free(ctx, s, &one, returned, strings.TrimSpace(in.Reason), uuid.Nil)
}

// free takes a case from its owner: its clock begins anew and the leads are told.
func (c Cases) free(ctx context.Context, s tenants.Scope, one *safety.Case, what, words string, subject uuid.UUID) error {
	if err := stop(ctx, s, one.ID); err != nil {
		return err
	}
	one.OwnerID, one.AckedAt, one.AskedID, one.AskedUntil = nil, nil, nil, nil
	one.Grade(s, one.Level)
	if err := one.Note(ctx, s, what, words, subject); err != nil {
		return err
	}
	if err := tellLeads(ctx, s, *one); err != nil {
		return err
	}
	return one.Put(ctx, s)
}
