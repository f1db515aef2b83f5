package messages

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// Draft is something to send. Sent again with the same id, it is sent once.
type Draft struct {
	ID   *uuid.UUID `json:"id,omitempty"`
	Body string     `json:"body" validate:"filled,max=10000" label:"your message"`
}

// key is the id, or a new one where the sender made none.
func (d Draft) key() (uuid.UUID, error) {
	if d.ID != nil && *d.ID != uuid.Nil {
		return *d.ID, nil
	}
	return uuid.NewV7()
}

// Send is a message for a conversation that there is.
type Send struct {
	Conversation uuid.UUID `path:"id"`
	Draft
}

// Delivery is the message that was sent and where it can be seen.
type Delivery struct {
	Message Message `json:"message"`
	Path    string  `json:"path"`
}

func delivery(s tenants.Scope, message Message) Delivery {
	return Delivery{message, "/" + s.Service.Slug + "/messages/" + message.ConversationID.String() + "#message-" + message.ID.String()}
}

// Send adds a message to a conversation. Forbidden while a request is not
// answered, and where the service does not let these two write.
func (m Messages) Send(ctx context.Context, s tenants.Scope, in Send) (Delivery, error) {
	t, err := find(ctx, s, in.Conversation, true)
	if err != nil {
		return Delivery{}, err
	}
	id, err := in.key()
	if err != nil {
		return Delivery{}, err
	}
	if before, err := again(ctx, s, id, in.Body); err != nil || before != nil {
		if err == nil && before.ConversationID != t.ID {
			err = otherWords()
		}
		if err != nil {
			return Delivery{}, err
		}
		return delivery(s, *before), nil
	}
	if err := t.shut(s); err != nil {
		return Delivery{}, err
	}
	return m.put(ctx, s, t, id, in.Body, nil)
}

// again finds what was sent with this id before. Invalid if that had other words.
func again(ctx context.Context, s tenants.Scope, id uuid.UUID, body string) (*Message, error) {
	before, err := sentBefore(ctx, s, id)
	if err == nil && before != nil && before.Body != strings.TrimSpace(body) {
		err = otherWords()
	}
	return before, err
}

func otherWords() error {
	return fault.Bad("body", "This was sent already, with other words. If you want to say this too, send it now.")
}

// put writes the message of a conversation that is locked, and tells those who can see it.
func (m Messages) put(ctx context.Context, s tenants.Scope, t talk, client uuid.UUID, body string, pictures []Picture) (Delivery, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Delivery{}, err
	}
	message := Message{ID: id, ConversationID: t.ID, Seq: t.LastSeq + 1, AuthorID: s.Actor.ID(), ClientID: client, CreatedAt: s.Now, Author: asShown(s.Actor.Member)}
	message.Write(strings.TrimSpace(body))
	said, verdict, err := m.screen(ctx, s, t, message)
	if err != nil {
		return Delivery{}, err
	}
	readers, unseen := t.reach(s)
	if message.Held = verdict.Hold; message.Held {
		readers, unseen = readers[:1], ids(t.others)
	}
	message.UnseenBy = tenants.NewIDs(unseen...)
	t.wait(s, &message)
	if _, err := s.Insert(&message).Exec(ctx); err != nil {
		return Delivery{}, err
	}
	if err := message.attach(ctx, s, pictures); err != nil {
		return Delivery{}, err
	}
	if err := t.reached(ctx, s, message, readers); err != nil {
		return Delivery{}, err
	}
	if _, err := m.desk.Settle(ctx, s, said, verdict); err != nil {
		return Delivery{}, err
	}
	if t.ofTeam() && t.HolderID == nil { // whoever answers first has it
		me := s.Actor.ID()
		if err := t.move(ctx, s, Move{Act: Take, ToID: &me}); err != nil {
			return Delivery{}, err
		}
	}
	return delivery(s, message), tell(ctx, s, t, message, readers)
}

// reach are those who can see what the actor says here, the actor first, and those
// of the others from whom a block keeps it.
func (t talk) reach(s tenants.Scope) (readers, unseen []uuid.UUID) {
	readers = []uuid.UUID{s.Actor.ID()}
	for _, p := range t.others {
		if t.bonds.Apart(p.MemberID) {
			unseen = append(unseen, p.MemberID)
		} else if p.State == In || p.State == Asked {
			readers = append(readers, p.MemberID)
		}
	}
	return readers, unseen
}

// reached notes that a message is the last that some can see.
func (t *talk) reached(ctx context.Context, s tenants.Scope, message Message, readers []uuid.UUID) error {
	t.LastSeq, t.ActiveAt = message.Seq, s.Now
	if err := tenants.Touched(s.Update(&t.Conversation).Column("last_seq", "active_at", "waiting_since").Where("conversation.id = ?", t.ID).Exec(ctx)); err != nil {
		return err
	}
	_, err := s.Update((*Participant)(nil)).Set("last_seq = ?", message.Seq).Set("active_at = ?", s.Now).
		Set("read_seq = CASE WHEN member_id = ? THEN ? ELSE read_seq END", s.Actor.ID(), message.Seq).
		Where("conversation_id = ?", t.ID).Where("member_id IN (?)", bun.List(readers)).Exec(ctx)
	return err
}

// asShown is of a person what is shown beside their words.
func asShown(p *tenants.Person) *tenants.Person {
	return &tenants.Person{ID: p.ID, Handle: p.Handle, HandleKey: p.HandleKey, Avatar: p.Avatar, Roles: p.Roles}
}

// wait notes how long a member waits, or has waited, for a word of the team's.
func (t *talk) wait(s tenants.Scope, message *Message) {
	switch {
	case t.withStaff(s) && t.WaitingSince == nil:
		t.WaitingSince = &s.Now
	case t.WaitingSince != nil && s.Actor.Roles.Staff() && (t.ofTeam() || t.Kind == Direct):
		seconds := int(s.Now.Sub(*t.WaitingSince).Seconds())
		message.AnsweredAfter, t.WaitingSince = &seconds, nil
	}
}

func tell(ctx context.Context, s tenants.Scope, t talk, message Message, readers []uuid.UUID) error {
	e := tenants.Event{Module: key, Subject: message.ID, About: t.ID, Readers: tenants.NewIDs(readers...)}
	if t.Kind == Team {
		e.Audience = tenants.AudienceStaff
	}
	if err := s.Emit(ctx, Sent, e); err != nil {
		return err
	}
	return recount(ctx, s, t, readers[1:])
}

// recount has unread counts worked out anew: of these, and of the team if it is
// its mailbox.
func recount(ctx context.Context, s tenants.Scope, t talk, readers []uuid.UUID) error {
	e := tenants.Event{Subject: t.ID, Readers: tenants.NewIDs(readers...)}
	if t.Kind == Team {
		e.Audience = tenants.AudienceStaff
	}
	if len(readers) == 0 && e.Audience == "" {
		return nil
	}
	return s.Emit(ctx, modules.Recount, e)
}

// ByID names a conversation.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Noted is the answer to what leaves nothing behind.
type Noted struct {
	OK bool `json:"ok"`
}

// Type shows the others that the actor is typing. Nothing is stored.
func (m Messages) Type(ctx context.Context, s tenants.Scope, in ByID) (Noted, error) {
	return Noted{true}, s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		t, err := find(ctx, s, in.ID, false)
		if err != nil {
			return err
		}
		if err := t.shut(s); err != nil {
			return err
		}
		e := tenants.Event{Module: key, Subject: s.Actor.ID(), About: t.ID, Readers: tenants.NewIDs(t.reachable()...)}
		if t.Kind == Team && !t.ofTeam() {
			e.Audience = tenants.AudienceStaff
		}
		s.Signal(Typing, e)
		return nil
	})
}

// reachable are those of the others who take part and whom no block hides.
func (t talk) reachable() (ids []uuid.UUID) {
	for _, p := range t.in() {
		if !t.bonds.Apart(p.MemberID) {
			ids = append(ids, p.MemberID)
		}
	}
	return ids
}
