package desk

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// What can be done about an item besides deciding it.
const (
	took   safety.Act = "take"
	handOn safety.Act = "hand"
	left   safety.Act = "leave"
	undid  safety.Act = "undo"
)

// Taken is an item after it was taken, handed over or put back.
type Taken struct {
	ID      uuid.UUID       `json:"id"`
	Holder  *tenants.Person `json:"holder,omitempty"`
	Version int             `json:"version"`
}

// ours finds an item that waits and that the actor may decide about. Conflict if
// it is decided, Forbidden for whoever is linked to it or no member of the team.
func ours(ctx context.Context, s tenants.Scope, id uuid.UUID) (safety.Item, error) {
	item, linked, err := find(ctx, s, id)
	switch {
	case err != nil:
		return item, err
	case s.Actor.Member == nil:
		return item, fault.New(fault.Forbidden, "You are not a member of this service, so you cannot work at its desk.")
	case linked:
		return item, fault.New(fault.Forbidden, "You are linked to this person; a colleague decides. You can pass it on.")
	case item.DecidedAt != nil:
		return item, fault.New(fault.Conflict, nameOf(item.Decider)+" has decided this already.")
	}
	return item, nil
}

// Take is a wish to have an item: From is with whom it is, where somebody has it.
type Take struct {
	ID   uuid.UUID  `path:"id"`
	From *uuid.UUID `json:"from,omitempty"`
}

// Take gives the item to the actor. Conflict, saying who has it, if somebody else
// was faster; taking what one has changes nothing.
func (d Desk) Take(ctx context.Context, s tenants.Scope, in Take) (Taken, error) {
	item, err := ours(ctx, s, in.ID)
	if err != nil {
		return Taken{}, err
	}
	if item.HolderID != nil && *item.HolderID == s.Actor.ID() {
		return Taken{item.ID, item.Holder, item.Version}, nil
	}
	err = claim(ctx, s, in.ID, in.From)
	if database.Missing(err) {
		return Taken{}, whoHas(ctx, s, in.ID)
	}
	if err != nil {
		return Taken{}, err
	}
	return d.took(ctx, s, item, safety.Deed{Act: took}, "desk.take")
}

// whoHas is the conflict of two who want one item.
func whoHas(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	item, err := ours(ctx, s, id)
	if err != nil {
		return err
	}
	return held(item)
}

func held(item safety.Item) error {
	if item.Holder == nil {
		return fault.New(fault.Conflict, "Nobody has this any more. You can take it.")
	}
	return fault.New(fault.Conflict, nameOf(item.Holder)+" has this.")
}

// took records that an item went from hand to hand.
func (d Desk) took(ctx context.Context, s tenants.Scope, item safety.Item, deed safety.Deed, action string) (Taken, error) {
	if _, err := done(ctx, s, item.ID, deed); err != nil {
		return Taken{}, err
	}
	if err := s.Audit(ctx, action, tenants.Audited{Subject: item.ID}); err != nil {
		return Taken{}, err
	}
	if err := changed(ctx, s, item); err != nil {
		return Taken{}, err
	}
	now, _, err := find(ctx, s, item.ID)
	return Taken{now.ID, now.Holder, now.Version}, err
}

// done keeps what the actor did about an item.
func done(ctx context.Context, s tenants.Scope, item uuid.UUID, deed safety.Deed) (safety.Deed, error) {
	deed.ID, deed.ItemID, deed.ActorID, deed.At = uuid.Must(uuid.NewV7()), item, s.Actor.ID(), s.Now
	_, err := s.Insert(&deed).Exec(ctx)
	return deed, err
}

// changed shows the team's open pages how an item is now.
func changed(ctx context.Context, s tenants.Scope, item safety.Item) error {
	if err := s.Emit(ctx, safety.Changed, tenants.Event{Subject: item.ID, About: item.SubjectID, Audience: tenants.AudienceStaff}); err != nil {
		return err
	}
	return s.Emit(ctx, modules.Recount, tenants.Event{Subject: item.ID, Audience: tenants.AudienceStaff})
}

// Hand gives an item to a colleague.
type Hand struct {
	ID     uuid.UUID `path:"id"`
	To     string    `json:"to" validate:"filled,max=60" label:"a colleague"`
	Reason string    `json:"reason,omitempty" validate:"max=500" label:"a word for them"`
}

// Hand hands an item over, from the actor or from nobody. Whoever is linked to it
// may pass it on, unread. Invalid if that colleague does not work at the desk or
// is linked to it, Conflict if a third has it.
func (d Desk) Hand(ctx context.Context, s tenants.Scope, in Hand) (Taken, error) {
	item, linked, err := find(ctx, s, in.ID)
	if err != nil {
		return Taken{}, err
	}
	if !linked {
		if item, err = ours(ctx, s, in.ID); err != nil {
			return Taken{}, err
		}
	}
	free, err := receivers(ctx, s, in.ID, linked)
	if err != nil {
		return Taken{}, err
	}
	var to *tenants.Person
	for i, person := range free {
		if person.HandleKey == tenants.HandleKey(in.To) {
			to = &free[i]
		}
	}
	if to == nil {
		return Taken{}, fault.Bad("to", "Choose a colleague from the list.")
	}
	if err := give(ctx, s, in.ID, &to.ID); err != nil {
		return Taken{}, err
	}
	out, err := d.took(ctx, s, item, safety.Deed{Act: handOn, ToID: to.ID, Reason: strings.TrimSpace(in.Reason)}, "desk.hand")
	if err != nil {
		return Taken{}, err
	}
	return out, s.Emit(ctx, handed, tenants.Event{Subject: item.ID, About: to.ID})
}

// Leave puts an item back that the actor has.
func (d Desk) Leave(ctx context.Context, s tenants.Scope, in ByID) (Taken, error) {
	item, err := ours(ctx, s, in.ID)
	if err != nil {
		return Taken{}, err
	}
	if item.HolderID == nil {
		return Taken{item.ID, nil, item.Version}, nil
	}
	if err := give(ctx, s, in.ID, nil); err != nil {
		return Taken{}, err
	}
	return d.took(ctx, s, item, safety.Deed{Act: left}, "desk.leave")
}

// give writes who has an item that the actor has, or nobody. Conflict otherwise.
func give(ctx context.Context, s tenants.Scope, id uuid.UUID, to *uuid.UUID) error {
	item, err := safety.TakeItem(ctx, s, id)
	if err != nil {
		return err
	}
	if item.DecidedAt != nil || item.HolderID != nil && *item.HolderID != s.Actor.ID() {
		return whoHas(ctx, s, id)
	}
	item.HolderID, item.TakenAt = to, nil
	if to != nil {
		item.TakenAt = &s.Now
	}
	return item.Put(ctx, s)
}

func nameOf(person *tenants.Person) string {
	if person == nil {
		return "Somebody"
	}
	return person.Handle
}
