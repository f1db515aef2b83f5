package people

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// Friendship is how far two are with being friends.
type Friendship string

// The states, as one of the two sees them.
const (
	No      Friendship = "no"
	Asking  Friendship = "asking" // the actor has asked
	Asked   Friendship = "asked"  // they have
	Friends Friendship = "friends"
	Never   Friendship = "never" // not these two
)

func friendship(s tenants.Scope, person tenants.Person, bonds tenants.Bonds) Friendship {
	switch {
	case bonds.Has(person.ID, tenants.Friend):
		return Friends
	case bonds.Has(person.ID, tenants.AskedBy):
		return Asked
	case bonds.Has(person.ID, tenants.Asking):
		return Asking
	case befriendable(s, person) != nil:
		return Never
	}
	return No
}

// befriendable tells why the actor and somebody cannot be friends; nil if they can.
func befriendable(s tenants.Scope, person tenants.Person) error {
	switch {
	case s.Actor.Member == nil:
		return fault.New(fault.Forbidden, "You are not a member of this service, so you have no friends in it.")
	case s.Silence() != nil:
		return s.Silence()
	case person.ID == s.Actor.ID():
		return fault.New(fault.Forbidden, "You cannot be a friend of your own here, though we hope that you are one.")
	case person.Roles.Staff() || s.Actor.Roles.Staff():
		return fault.New(fault.Forbidden, "The team is there for everybody, so it has no friends among the members.")
	case !s.Service.ForCarers() && person.Roles.Has(tenants.Carer) != s.Actor.Roles.Has(tenants.Carer):
		return fault.New(fault.Forbidden, "In this service carers and service users keep to their own rooms.")
	}
	return nil
}

// Act is something that one does about a friendship.
type Act string

// The acts. Nobody is told of a no or of an end.
const (
	Ask      Act = "ask"
	Accept   Act = "accept"
	Decline  Act = "decline"
	Withdraw Act = "withdraw"
	End      Act = "end"
)

// Befriend is an act about the friendship with somebody.
type Befriend struct {
	Handle string `path:"handle"`
	Act    Act    `json:"act" validate:"required,oneof=ask accept decline withdraw end" label:"what to do"`
	From   string `json:"from,omitempty" validate:"max=200"`
}

// Stood is how things stand with somebody after a command, and where a browser goes.
type Stood struct {
	Handle string `json:"handle"`
	Path   string `json:"path"`
}

const (
	mostFriends = 200
	mostAsking  = 30
)

// Befriend asks, answers or ends. Saying the same twice changes nothing; asking
// somebody who has asked is a yes.
func (p People) Befriend(ctx context.Context, s tenants.Scope, in Befriend) (Stood, error) {
	person, err := s.PersonByHandle(ctx, in.Handle)
	if err != nil {
		return Stood{}, err
	}
	bonds, err := s.Between(ctx, person.ID)
	if err != nil {
		return Stood{}, err
	}
	out := Stood{person.HandleKey, back(s, in.From, person)}
	switch in.Act {
	case Ask, Accept:
		err = p.approach(ctx, s, person, bonds, in.Act)
	case Decline:
		err = s.Forget(ctx, person.ID, tenants.AskedBy) // for who asked it stays open: a no is not told
	case Withdraw:
		err = s.Untie(ctx, person.ID, tenants.Asking)
	case End:
		err = s.Untie(ctx, person.ID, tenants.Friend)
	}
	return out, err
}

func (p People) approach(ctx context.Context, s tenants.Scope, person tenants.Person, bonds tenants.Bonds, act Act) error {
	if err := befriendable(s, person); err != nil {
		return err
	}
	switch {
	case bonds.Has(person.ID, tenants.Friend), act == Ask && bonds.Has(person.ID, tenants.Asking) && !bonds.Has(person.ID, tenants.AskedBy):
		return nil
	case bonds.Has(person.ID, tenants.AskedBy):
		return accept(ctx, s, person)
	case act == Accept:
		return fault.New(fault.Conflict, person.Handle+" does not ask to be friends any more. You can ask them.")
	}
	if err := room(ctx, s, tenants.Asking, mostAsking, "You have asked %d people who have not answered. Take one back before you ask another."); err != nil {
		return err
	}
	if err := s.Tie(ctx, person.ID, tenants.Asking); err != nil {
		return err
	}
	return s.Emit(ctx, asked, tenants.Event{Subject: person.ID, Readers: tenants.NewIDs(person.ID)})
}

func accept(ctx context.Context, s tenants.Scope, person tenants.Person) error {
	if err := room(ctx, s, tenants.Friend, mostFriends, "You have %d friends here, which is the most."); err != nil {
		return err
	}
	if err := s.Untie(ctx, person.ID, tenants.Asking, tenants.AskedBy); err != nil {
		return err
	}
	if err := s.Tie(ctx, person.ID, tenants.Friend); err != nil {
		return err
	}
	return s.Emit(ctx, befriend, tenants.Event{Subject: person.ID, Readers: tenants.NewIDs(person.ID)})
}

// room refuses one more bond of a kind than somebody can look after.
func room(ctx context.Context, s tenants.Scope, bond tenants.Bond, most int, words string) error {
	ties, err := s.Ties(ctx, bond)
	if err == nil && len(ties) >= most {
		err = fault.New(fault.Limited, fmt.Sprintf(words, most))
	}
	return err
}

// back is the page that a small command came from, if it is one of this service's;
// otherwise the person's.
func back(s tenants.Scope, from string, person tenants.Person) string {
	home := "/" + s.Service.Slug
	if from == home || strings.HasPrefix(from, home+"/") {
		return from
	}
	return home + "/people/" + person.HandleKey
}

// tellAsked tells somebody who is asked, as long as they are.
func tellAsked(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	return tell(ctx, s, e, "friend_ask", tenants.AskedBy, "/circle")
}

func tellBefriended(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	return tell(ctx, s, e, "friend_yes", tenants.Friend, "/circle")
}

func tell(ctx context.Context, s tenants.Scope, e tenants.Event, kind string, bond tenants.Bond, path string) ([]modules.Notice, error) {
	bonds, err := s.As(tenants.Person{ID: e.Subject}).Between(ctx, e.ActorID)
	if err != nil || !bonds.Has(e.ActorID, bond) {
		return nil, err
	}
	return []modules.Notice{{Kind: kind, To: []uuid.UUID{e.Subject}, Subject: e.ID, About: e.ActorID, Path: path}}, nil
}

// Circle is who is near to the actor.
type Circle struct {
	Friends []Near `json:"friends"`
	AskedBy []Near `json:"asked_by"`
	Asking  []Near `json:"asking"`
}

// Near is somebody and since when.
type Near struct {
	Person tenants.Person `json:"person"`
	tie    tenants.Tie
}

// Circle lists the actor's friends, who asks to be one and whom the actor asked.
func (p People) Circle(ctx context.Context, s tenants.Scope, _ web.None) (Circle, error) {
	ties, err := s.Ties(ctx, tenants.Friend, tenants.AskedBy, tenants.Asking)
	by := sorted(ties)
	return Circle{by[tenants.Friend], by[tenants.AskedBy], by[tenants.Asking]}, err
}

func sorted(ties []tenants.Tie) map[tenants.Bond][]Near {
	by := map[tenants.Bond][]Near{}
	for _, tie := range ties {
		by[tie.Bond] = append(by[tie.Bond], Near{*tie.Other, tie})
	}
	return by
}
