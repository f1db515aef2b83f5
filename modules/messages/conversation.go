package messages

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Sort is what a conversation is.
type Sort string

// The sorts.
const (
	Direct Sort = "direct" // between two
	Group  Sort = "group"
	Team   Sort = "team" // between a member and whoever of the team may
)

// Conversation is one of them, whoever looks.
type Conversation struct {
	bun.BaseModel `bun:"table:conversations,alias:conversation"`
	tenants.InService

	ID   uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	Kind Sort      `bun:"kind" json:"kind"`
	Name string    `bun:"name" json:"name,omitempty"`
	// Pair says between whom it is, so that there is one only; nil for a group.
	Pair         *string    `bun:"pair" json:"-"`
	LastSeq      int64      `bun:"last_seq" json:"-"`
	ActiveAt     time.Time  `bun:"active_at" json:"-"`
	WaitingSince *time.Time `bun:"waiting_since" json:"-"`
	HolderID     *uuid.UUID `bun:"holder_id,type:uuid" json:"-"`
	CreatedAt    time.Time  `bun:"created_at" json:"created_at"`

	Holder *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:holder_id=id" json:"-"`
	// Member and Last are filled in the team's mailbox.
	Member *Participant `bun:"-" json:"-"`
}

// State is how somebody stands in a conversation.
type State string

// The states.
const (
	In       State = "in"
	Asked    State = "asked" // by somebody they have not written with; they see the first message
	Declined State = "declined"
	Left     State = "left"
)

// Participant is somebody in a conversation. The team is in none of its
// mailbox's: it may, by policy.
type Participant struct {
	bun.BaseModel `bun:"table:participants,alias:part"`
	tenants.InService

	ConversationID uuid.UUID `bun:"conversation_id,pk,type:uuid"`
	MemberID       uuid.UUID `bun:"member_id,pk,type:uuid"`
	State          State     `bun:"state"`
	// AskedBy wrote to them without having written with them before; nil for nobody.
	AskedBy      *uuid.UUID `bun:"asked_by,type:uuid"`
	Muted        bool       `bun:"muted"`
	LastSeq      int64      `bun:"last_seq"` // of the messages that they can see
	DeliveredSeq int64      `bun:"delivered_seq"`
	ReadSeq      int64      `bun:"read_seq"`
	ActiveAt     time.Time  `bun:"active_at"`

	Person       *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:member_id=id"`
	Conversation *Conversation   `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:conversation_id=id"`
	Last         *Message        `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:conversation_id=conversation_id,join:last_seq=seq"`
}

// here tells whether the conversation exists for them. A request of which they
// can see nothing, because of a block, does not.
func (p Participant) here() bool { return p.State == In || p.State == Asked && p.LastSeq > 0 }

// talk is a conversation as the actor has it.
type talk struct {
	Conversation
	mine   *Participant // nil for the team in its mailbox
	others []Participant
	bonds  tenants.Bonds // of the actor with the others
}

// ofTeam tells whether the actor stands on the team's side of its mailbox.
func (t talk) ofTeam() bool { return t.mine == nil }

// other is the one whom the actor talks with, where it is one.
func (t talk) other() *Participant {
	if t.Kind == Group || len(t.others) != 1 {
		return nil
	}
	return &t.others[0]
}

// withStaff tells whether a member talks with the team or one of it.
func (t talk) withStaff(s tenants.Scope) bool {
	if t.Kind == Team {
		return !t.ofTeam()
	}
	return t.Kind == Direct && !s.Actor.Roles.Staff() && t.staffed()
}

// staffed tells whether one of the others is of the team.
func (t talk) staffed() bool {
	return slices.ContainsFunc(t.others, func(p Participant) bool { return p.State == In && p.Person.Roles.Staff() })
}

// in are the others who take part.
func (t talk) in() []Participant {
	return slices.DeleteFunc(slices.Clone(t.others), func(p Participant) bool { return p.State != In })
}

// title is what the actor calls it: the others, or the group's name.
func (t talk) title() string {
	switch {
	case t.Kind == Team && !t.ofTeam():
		return "The team"
	case t.Name != "":
		return t.Name
	}
	var names []string
	for _, p := range t.others {
		if p.State != Left || t.Kind != Group {
			names = append(names, p.Person.Handle)
		}
	}
	if len(names) == 0 {
		return "A group that the others have left"
	}
	return strings.Join(names, ", ")
}

// find reads a conversation for the actor, and locks it for whoever adds to it.
// NotFound for all who do not take part.
func find(ctx context.Context, s tenants.Scope, id uuid.UUID, lock bool) (talk, error) {
	var t talk
	q := s.Select(&t.Conversation)
	if lock {
		q = s.Lock(&t.Conversation)
	}
	if err := q.Where("conversation.id = ?", id).Scan(ctx); err != nil {
		return talk{}, err
	}
	var all []Participant
	if err := s.Select(&all).Relation("Person").Where("part.conversation_id = ?", id).Order("part.member_id").Scan(ctx); err != nil {
		return talk{}, err
	}
	t.divide(all, s.Actor.ID())
	if t.mine == nil && (t.Kind != Team || !s.May("messages.team")) || t.mine != nil && !t.mine.here() {
		return talk{}, fault.Missing()
	}
	var err error
	t.bonds, err = s.Between(ctx, ids(t.others)...)
	return t, err
}

// divide tells the actor from the others.
func (t *talk) divide(all []Participant, me uuid.UUID) {
	for i, p := range all {
		if p.MemberID == me {
			t.mine = &all[i]
		} else {
			t.others = append(t.others, p)
		}
	}
}

// shut tells why the actor cannot write here now; nil if they can.
func (t talk) shut(s tenants.Scope) error {
	switch {
	case !s.May("messages.write"):
		return fault.New(fault.Forbidden, "Your role here does not allow writing messages.")
	case t.ofTeam():
		return nil
	case t.mine.State == Asked:
		return fault.New(fault.Forbidden, "Accept the request first, then you can write back.")
	case t.Kind == Team && !settings(s).TeamMailbox:
		return fault.New(fault.Forbidden, "The team’s mailbox is closed for now. You can write to one of the team.")
	case t.Kind == Team:
		return nil
	case t.Kind == Group:
		return t.groupShut(s)
	}
	other := t.other()
	switch {
	case other == nil || other.Person.Status != "active":
		return fault.New(fault.Forbidden, "They are not in this service any more.")
	case t.bonds.Has(other.MemberID, tenants.Blocking):
		return fault.New(fault.Forbidden, "You have blocked "+other.Person.Handle+". Unblock them to write.")
	case other.State != In:
		return fault.New(fault.Forbidden, "Sent. You can write again once "+other.Person.Handle+" has answered.")
	}
	return mayMeet(s, s.Actor.Roles, other.Person.Roles)
}

func (t talk) groupShut(s tenants.Scope) error {
	waiting := slices.ContainsFunc(t.others, func(p Participant) bool { return p.State == Asked || p.State == Declined })
	rules := settings(s)
	switch {
	case len(t.in()) == 0 && waiting:
		return fault.New(fault.Forbidden, "Sent. You can write again once somebody has answered.")
	case len(t.in()) == 0:
		return fault.New(fault.Forbidden, "Everybody else has left.")
	case s.Silence() != nil && slices.ContainsFunc(t.in(), func(p Participant) bool { return !p.Person.Roles.Staff() }):
		return s.Silence()
	case s.Actor.Roles.Staff() || t.staffed():
		return nil
	case !rules.Groups || !rules.MembersMayWriteEachOther:
		return fault.New(fault.Forbidden, "Groups are closed in this service for now.")
	}
	return nil
}

// mayMeet tells why two people may not write to each other; nil if they may.
// Everybody may write with the team.
func mayMeet(s tenants.Scope, a, b tenants.Roles) error {
	rules := settings(s)
	switch {
	case a.Staff(), b.Staff():
		return nil
	case s.Silence() != nil:
		return s.Silence()
	case !rules.MembersMayWriteEachOther:
		return fault.New(fault.Forbidden, "In this service members write to the team, and not to each other.")
	}
	return sameSide(s, a, b)
}

// sameSide tells why two people may not read each other's words, not even where
// one of the team brings them together; nil if they may.
func sameSide(s tenants.Scope, a, b tenants.Roles) error {
	if a.Staff() || b.Staff() || s.Service.ForCarers() || a.Has(tenants.Carer) == b.Has(tenants.Carer) {
		return nil
	}
	return fault.New(fault.Forbidden, "In this service carers and service users do not write to each other.")
}
