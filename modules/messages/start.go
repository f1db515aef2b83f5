package messages

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Chosen is whom a new conversation is meant for.
type Chosen struct {
	To string `json:"to,omitempty" validate:"max=500"`
}

// Beginning is the form of a new conversation.
type Beginning struct {
	To       string           `json:"to,omitempty"`
	People   []tenants.Person `json:"people"`
	MaxGroup int              `json:"max_group"` // with the actor; 0 where there are no groups
	// MayWriteToTeam tells whether the actor may write to the whole team.
	MayWriteToTeam bool `json:"may_write_to_team"`
	// Reach says when a clinician answers; nil unless there is one among People.
	Reach *Reach `json:"reach,omitempty"`
	peers bool
}

// Beginning says what the actor may do about a new conversation.
func (m Messages) Beginning(ctx context.Context, s tenants.Scope, in Chosen) (Beginning, error) {
	rules := settings(s)
	out := Beginning{To: in.To, MayWriteToTeam: mayWriteToTeam(s) == nil, peers: rules.MembersMayWriteEachOther || s.Actor.Roles.Staff()}
	if rules.Groups && out.peers {
		out.MaxGroup = rules.MaxGroup
	}
	for _, handle := range handles(in.To) {
		person, err := s.PersonByHandle(ctx, handle)
		if database.Missing(err) {
			continue // the form says so when it is sent
		} else if err != nil {
			return Beginning{}, err
		}
		out.People = append(out.People, person)
	}
	if slices.ContainsFunc(out.People, func(p tenants.Person) bool { return p.Roles.Staff() }) && !s.Actor.Roles.Staff() {
		reach, err := reachOf(ctx, s)
		if err != nil {
			return Beginning{}, err
		}
		out.Reach = &reach
	}
	return out, nil
}

// handles are the names in a list like "Fern, Ivy".
func handles(list string) (names []string) {
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimPrefix(strings.TrimSpace(name), "@")
		if name != "" && !slices.ContainsFunc(names, func(known string) bool { return tenants.HandleKey(known) == tenants.HandleKey(name) }) {
			names = append(names, name)
		}
	}
	return names
}

// Start is the first message of a conversation.
type Start struct {
	To   string `json:"to" validate:"filled,max=500" label:"whom to write to"`
	Name string `json:"name,omitempty" validate:"max=60" label:"a name for the group"`
	Draft
}

// Start writes to one or more people. To somebody whom the actor has not written
// with it is a request. Where there is a conversation already, it goes on.
func (m Messages) Start(ctx context.Context, s tenants.Scope, in Start) (Delivery, error) {
	id, err := in.key()
	if err != nil {
		return Delivery{}, err
	}
	if before, err := again(ctx, s, id, in.Body); err != nil || before != nil {
		if err != nil {
			return Delivery{}, err
		}
		return delivery(s, *before), nil
	}
	people, err := m.invited(ctx, s, in.To)
	if err != nil {
		return Delivery{}, err
	}
	var t talk
	if len(people) == 1 {
		t, err = m.direct(ctx, s, people[0])
	} else {
		t, err = m.group(ctx, s, people, strings.TrimSpace(in.Name))
	}
	if err != nil {
		return Delivery{}, err
	}
	return m.put(ctx, s, t, id, in.Body, nil)
}

// Writing is Start to one member, for rooms that have no conversations of their
// own. It returns where the message can be read, below the trust.
func Writing(desk *safety.Desk) func(ctx context.Context, s tenants.Scope, to, body string) (path string, err error) {
	return func(ctx context.Context, s tenants.Scope, to, body string) (string, error) {
		sent, err := Messages{desk: desk}.Start(ctx, s, Start{To: to, Draft: Draft{Body: body}})
		return sent.Path, err
	}
}

// invited finds the people of a list. Invalid, about the list, says who cannot be written to.
func (m Messages) invited(ctx context.Context, s tenants.Scope, list string) ([]tenants.Person, error) {
	names, rules := handles(list), settings(s)
	if len(names) == 0 {
		return nil, fault.Bad("to", "Enter at least one handle.")
	}
	if len(names) > 1 && (!rules.Groups || !rules.MembersMayWriteEachOther && !s.Actor.Roles.Staff()) {
		return nil, fault.Bad("to", "In this service a conversation is between two. Enter one handle.")
	}
	if len(names)+1 > rules.MaxGroup {
		return nil, fault.Bad("to", fmt.Sprintf("A group has at most %d people, and you are one of them.", rules.MaxGroup))
	}
	var people []tenants.Person
	for _, name := range names {
		person, err := s.Anybody(ctx, name) // a request across a block looks sent
		switch {
		case database.Missing(err):
			return nil, fault.Bad("to", "There is nobody here called "+name+".")
		case err != nil:
			return nil, err
		case person.ID == s.Actor.ID():
			return nil, fault.Bad("to", "You cannot write to yourself. Enter somebody else’s handle.")
		}
		people = append(people, person)
	}
	return people, m.together(ctx, s, people)
}

// together tells which of some people may not be in a conversation with the actor or each other.
func (m Messages) together(ctx context.Context, s tenants.Scope, people []tenants.Person) error {
	ids := make([]uuid.UUID, len(people))
	for i, person := range people {
		ids[i] = person.ID
		if err := mayMeet(s, s.Actor.Roles, person.Roles); fault.Is(err, fault.Suspended) {
			return err
		} else if err != nil {
			return asField(err)
		}
		for _, other := range people[:i] {
			if err := sameSide(s, person.Roles, other.Roles); err != nil {
				return asField(err)
			}
		}
	}
	bonds, err := s.Between(ctx, ids...)
	for _, person := range people {
		if err == nil && bonds.Has(person.ID, tenants.Blocking) {
			err = fault.Bad("to", "You have blocked "+person.Handle+". Unblock them to write.")
		}
	}
	return err
}

// asField says of the list of people what was said of the conversation.
func asField(err error) error { return fault.Bad("to", words(err)) }

// direct finds the conversation with somebody, or makes it, and locks it.
func (m Messages) direct(ctx context.Context, s tenants.Scope, person tenants.Person) (talk, error) {
	known, err := acquainted(ctx, s, []tenants.Person{person})
	if err != nil {
		return talk{}, err
	}
	pair := tenants.NewIDs(s.Actor.ID(), person.ID)
	text := pair[0].String() + " " + pair[1].String()
	t, made, err := m.make(ctx, s, Conversation{Kind: Direct, Pair: &text}, []tenants.Person{person}, known)
	if err != nil || made {
		return t, err
	}
	if t.mine.State != In { // writing back is an answer
		if err := t.stand(ctx, s, In); err != nil {
			return talk{}, err
		}
	}
	return t, t.shut(s)
}

func (m Messages) group(ctx context.Context, s tenants.Scope, people []tenants.Person, name string) (talk, error) {
	known, err := acquainted(ctx, s, people)
	if err != nil {
		return talk{}, err
	}
	t, _, err := m.make(ctx, s, Conversation{Kind: Group, Name: name}, people, known)
	return t, err
}

// acquainted are those of some people whom the actor has written with, in any
// conversation that both are in, or who need not ask.
func acquainted(ctx context.Context, s tenants.Scope, people []tenants.Person) (map[uuid.UUID]bool, error) {
	known := map[uuid.UUID]bool{}
	var ids []uuid.UUID
	for _, person := range people {
		if known[person.ID] = s.Actor.Roles.Staff() || person.Roles.Staff(); !known[person.ID] {
			ids = append(ids, person.ID)
		}
	}
	if len(ids) == 0 {
		return known, nil
	}
	var rows []Participant
	err := s.Select(&rows).Column("member_id").Distinct().
		Join("JOIN participants AS mine ON mine.tenant_id = part.tenant_id AND mine.conversation_id = part.conversation_id AND mine.member_id = ? AND mine.state = ?", s.Actor.ID(), In).
		Where("part.state = ?", In).Where("part.member_id IN (?)", bun.List(ids)).Scan(ctx)
	for _, row := range rows {
		known[row.MemberID] = true
	}
	return known, err
}

// make makes a conversation, unless there is one of the same pair, and locks it.
func (m Messages) make(ctx context.Context, s tenants.Scope, c Conversation, others []tenants.Person, known map[uuid.UUID]bool) (t talk, made bool, err error) {
	if c.ID, err = uuid.NewV7(); err != nil {
		return talk{}, false, err
	}
	c.ActiveAt, c.CreatedAt = s.Now, s.Now
	result, err := s.Insert(&c).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return talk{}, false, err
	}
	if rows, err := result.RowsAffected(); err != nil || rows == 0 {
		if err == nil {
			t, err = ofPair(ctx, s, *c.Pair)
		}
		return t, false, err
	}
	me, asked := s.Actor.ID(), 0
	parts := []Participant{{ConversationID: c.ID, MemberID: me, State: In, ActiveAt: s.Now}}
	for i, person := range others {
		part := Participant{ConversationID: c.ID, MemberID: person.ID, State: In, ActiveAt: s.Now, Person: &others[i]}
		if !known[person.ID] {
			part.State, part.AskedBy = Asked, &me
			asked++
		}
		parts = append(parts, part)
	}
	if err := mayAsk(ctx, s, asked); err != nil {
		return talk{}, false, err
	}
	if _, err := tenants.InsertAll(s, parts).Exec(ctx); err != nil {
		return talk{}, false, err
	}
	t.Conversation = c
	t.divide(parts, s.Actor.ID())
	t.bonds, err = s.Between(ctx, ids(t.others)...)
	return t, true, err
}

// ofPair reads the conversation of a pair whatever the actor's state in it, and locks it.
func ofPair(ctx context.Context, s tenants.Scope, pair string) (talk, error) {
	var t talk
	if err := s.Lock(&t.Conversation).Where("conversation.pair = ?", pair).Scan(ctx); err != nil {
		return talk{}, err
	}
	var all []Participant
	if err := s.Select(&all).Relation("Person").Where("part.conversation_id = ?", t.ID).Scan(ctx); err != nil {
		return talk{}, err
	}
	t.divide(all, s.Actor.ID())
	var err error
	t.bonds, err = s.Between(ctx, ids(t.others)...)
	return t, err
}

// stand sets the actor's state in a conversation.
func (t talk) stand(ctx context.Context, s tenants.Scope, state State) error {
	t.mine.State = state
	return tenants.Touched(s.Update((*Participant)(nil)).Set("state = ?", state).
		Where("conversation_id = ?", t.ID).Where("member_id = ?", s.Actor.ID()).Exec(ctx))
}

// link leads from somebody's page to a conversation with them.
func (m Messages) link(s tenants.Scope, person tenants.Person) []tenants.Link {
	if s.Actor.Member == nil || person.ID == s.Actor.ID() || !s.May("messages.write") || mayMeet(s, s.Actor.Roles, person.Roles) != nil {
		return nil
	}
	return []tenants.Link{{Name: "Write a message", Path: "/messages/new?to=" + person.HandleKey}}
}
