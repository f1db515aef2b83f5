package gifts

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Door is whether somebody takes gifts.
type Door string

// The doors, from the widest to the closed one.
const (
	Open  Door = "open"
	Quiet Door = "quiet" // gifts come, and nobody is told of them
	Shut  Door = "shut"
)

// doorChoice says what a door means, to its owner.
type doorChoice struct {
	Door
	name, hint string
}

var doors = []doorChoice{
	{Open, "Yes", "You are told when a gift comes."},
	{Quiet, "Yes, but quietly", "A gift waits on your shelf and you are not told."},
	{Shut, "No gifts", "Whoever tries is told that you take no gifts just now, and not why."},
}

// doorToAll is a member's choice for everybody. Without a row it is open.
type doorToAll struct {
	bun.BaseModel `bun:"table:gift_doors,alias:door"`
	tenants.InService

	MemberID uuid.UUID `bun:"member_id,pk,type:uuid"`
	Door     Door      `bun:"door"`
}

// DoorTo is a member's choice for one other.
type DoorTo struct {
	bun.BaseModel `bun:"table:gift_doors_to,alias:door"`
	tenants.InService

	MemberID uuid.UUID `bun:"member_id,pk,type:uuid" json:"-"`
	FromID   uuid.UUID `bun:"from_id,pk,type:uuid" json:"-"`
	Door     Door      `bun:"door" json:"door"`

	From *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:from_id=id" json:"from"`
}

// Doors are from whom the actor takes gifts.
type Doors struct {
	Door   Door     `json:"door"`
	People []DoorTo `json:"people"` // those for whom it is not the same
}

// Doors shows the actor's choices.
func (g Gifts) Doors(ctx context.Context, s tenants.Scope, _ web.None) (out Doors, err error) {
	if out.Door, err = doorOf(ctx, s, s.Actor.ID()); err != nil {
		return out, err
	}
	out.People, err = doorsTo(ctx, s)
	return out, err
}

// Tend is a choice for everybody.
type Tend struct {
	Door Door `json:"door" validate:"required,oneof=open quiet shut" label:"gifts"`
}

// Tend says whether the actor takes gifts. Nobody is told.
func (g Gifts) Tend(ctx context.Context, s tenants.Scope, in Tend) (Doors, error) {
	if s.Actor.Member == nil {
		return Doors{}, fault.Missing()
	}
	if err := keepDoor(ctx, s, in.Door); err != nil {
		return Doors{}, err
	}
	return g.Doors(ctx, s, web.None{})
}

// TendTo is a choice for one person.
type TendTo struct {
	Handle string `json:"handle" validate:"filled,max=60" label:"a handle"`
	Door   Door   `json:"door" validate:"required,oneof=open quiet shut" label:"gifts"`
}

// TendTo says whether the actor takes gifts from one person; where their door is
// open it is as for everybody. Nobody is told.
func (g Gifts) TendTo(ctx context.Context, s tenants.Scope, in TendTo) (Doors, error) {
	if s.Actor.Member == nil {
		return Doors{}, fault.Missing()
	}
	person, err := s.PersonByHandle(ctx, strings.TrimPrefix(strings.TrimSpace(in.Handle), "@"))
	switch {
	case database.Missing(err):
		return Doors{}, fault.Bad("handle", "There is nobody here of that name.")
	case err != nil:
		return Doors{}, err
	case person.ID == s.Actor.ID():
		return Doors{}, fault.Bad("handle", "Enter somebody else’s handle.")
	}
	if err := keepDoorTo(ctx, s, person.ID, in.Door); err != nil {
		return Doors{}, err
	}
	return g.Doors(ctx, s, web.None{})
}

// welcome tells whether somebody takes a gift of the actor's, and if so whether
// quietly. One refusal for all reasons: nobody learns that they are not wanted.
func welcome(ctx context.Context, s tenants.Scope, to tenants.Person) (quiet bool, err error) {
	all, err := doorOf(ctx, s, to.ID)
	if err != nil {
		return false, err
	}
	mine, err := doorFor(ctx, s, to.ID)
	if err != nil {
		return false, err
	}
	if all == Shut || mine == Shut { // a block between the two belongs here too
		return false, fault.Bad("to", to.Handle+" takes no gifts just now.")
	}
	return all == Quiet || mine == Quiet, nil
}
