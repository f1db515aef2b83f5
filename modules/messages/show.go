package messages

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// Asking names a conversation and a page of it.
type Asking struct {
	ID     uuid.UUID `path:"id"`
	Before int       `json:"before,omitempty" validate:"gte=0"`
	// Reported is that the actor has just reported a message here.
	Reported bool `json:"reported,omitempty"`
}

// Taking is somebody who takes part, as the actor may know.
type Taking struct {
	Person tenants.Person `json:"person"`
	// Asked is that they have not answered the request yet.
	Asked bool `json:"asked"`
	// Here tells whether they used messages a moment ago, and let others know.
	Here bool `json:"here"`
}

// Opened is a conversation as the actor sees it.
type Opened struct {
	Conversation
	Title  string   `json:"title"`
	People []Taking `json:"people"`
	// Messages are the oldest first.
	Messages []Message `json:"messages"`
	// Earlier is what to ask with as before, for what was said before these; 0 if nothing was.
	Earlier int `json:"earlier,omitempty"`
	// Request is that the actor has not answered yet.
	Request bool `json:"request"`
	Muted   bool `json:"muted"`
	// Receipt is what became of the actor's own last message, if it is the last.
	Receipt string `json:"receipt,omitempty"`
	// Shut says why the actor cannot write here; empty if they can.
	Shut string `json:"shut,omitempty"`
	// Reach is there for a member who writes with the team.
	Reach *Reach `json:"reach,omitempty"`
	// Mailbox is there for the team, in its own mailbox.
	Mailbox *Mail `json:"mailbox,omitempty"`

	blocked  bool // by the actor
	reported bool
	later    bool // there may be newer messages than these
	// Beside it on a wide screen: the actor's conversations or, in its threads, the mailbox.
	lines Lines
	box   Mailbox
}

// Show reads a conversation, the newest page of it first, and notes that it was read.
func (m Messages) Show(ctx context.Context, s tenants.Scope, in Asking) (Opened, error) {
	t, err := find(ctx, s, in.ID, false)
	if err != nil {
		return Opened{}, err
	}
	out := Opened{Conversation: t.Conversation, Title: t.title(), Request: t.mine != nil && t.mine.State == Asked, Muted: t.mine != nil && t.mine.Muted, Shut: words(t.shut(s))}
	rows, more, err := latest(ctx, s, t.ID, int64(in.Before))
	if err != nil {
		return Opened{}, err
	}
	if out.Messages = rows; more {
		out.Earlier = int(rows[0].Seq)
	}
	if err := out.company(ctx, s, t); err != nil {
		return Opened{}, err
	}
	if other := t.other(); other != nil {
		out.blocked = t.bonds.Has(other.MemberID, tenants.Blocking)
	}
	if t.withStaff(s) {
		reach, err := reachOf(ctx, s)
		if err != nil {
			return Opened{}, err
		}
		out.Reach = &reach
	}
	beside := Listing{Open: t.ID}
	if t.ofTeam() {
		if out.Mailbox, err = mailOf(ctx, s, t); err == nil {
			out.box, err = m.Mailbox(ctx, s, beside)
		}
	} else {
		out.lines, err = m.listing(ctx, s, beside)
	}
	if err != nil {
		return Opened{}, err
	}
	out.reported, out.later = in.Reported, in.Before > 0
	if in.Before == 0 {
		noteRead(s, t, rows)
	}
	return out, nil
}

// company adds who takes part, and what became of the actor's last message.
func (o *Opened) company(ctx context.Context, s tenants.Scope, t talk) error {
	choices, err := choicesOf(ctx, s, append(ids(t.others), s.Actor.ID()))
	if err != nil {
		return err
	}
	for _, p := range t.others {
		if p.State == Left {
			continue
		}
		o.People = append(o.People, Taking{Person: *p.Person, Asked: p.State != In,
			Here: p.State == In && !t.bonds.Apart(p.MemberID) && !o.Request && choices.of(p.MemberID).here(s.Now)})
	}
	if n := len(o.Messages); n > 0 && o.Messages[n-1].AuthorID == s.Actor.ID() {
		o.Receipt = receipt(s, t, o.Messages[n-1], choices)
	}
	return nil
}

// receipt says what became of a message of the actor's. Of a request, and of what
// a block hides, nobody learns more than that it was sent.
func receipt(s tenants.Scope, t talk, message Message, choices chosen) string {
	delivered, read := 0, 0
	shown := settings(s).ReadReceipts && choices.of(s.Actor.ID()).Receipts
	for _, p := range t.in() {
		if message.UnseenBy.Has(p.MemberID) {
			continue
		}
		if p.DeliveredSeq >= message.Seq {
			delivered++
		}
		if shown && p.ReadSeq >= message.Seq && choices.of(p.MemberID).Receipts {
			read++
		}
	}
	switch {
	case read > 0 && t.Kind == Group:
		return fmt.Sprintf("Read by %d of %d", read, len(t.in()))
	case read > 0:
		return "Read"
	case delivered > 0:
		return "Delivered"
	}
	return "Sent"
}

// Newer asks what came after a message.
type Newer struct {
	ID    uuid.UUID `path:"id"`
	After int       `json:"after" validate:"gte=0"`
}

// Since reads what is new in a conversation, at most 100 messages, and notes that it was read.
func (m Messages) Since(ctx context.Context, s tenants.Scope, in Newer) (Opened, error) {
	t, err := find(ctx, s, in.ID, false)
	if err != nil {
		return Opened{}, err
	}
	out := Opened{Conversation: t.Conversation, Title: t.title()}
	if out.Messages, err = after(ctx, s, t.ID, int64(in.After)); err != nil {
		return Opened{}, err
	}
	rows := out.Messages
	if len(rows) == 0 { // what became of the one before
		if rows, _, err = latest(ctx, s, t.ID, int64(in.After)+1); err != nil {
			return Opened{}, err
		}
	}
	with := Opened{Messages: rows}
	if err := with.company(ctx, s, t); err != nil {
		return Opened{}, err
	}
	out.People, out.Receipt = with.People, with.Receipt
	noteRead(s, t, out.Messages)
	return out, nil
}

// noteRead notes, later, how far the actor has read, and that they are here.
func noteRead(s tenants.Scope, t talk, rows []Message) {
	noteHere(s)
	if t.mine == nil || t.mine.State != In || len(rows) == 0 {
		return
	}
	upTo := rows[len(rows)-1].Seq
	if t.mine.ReadSeq >= upTo {
		return
	}
	s.After(func(ctx context.Context, s tenants.Scope) error {
		result, err := s.Update((*Participant)(nil)).Set("read_seq = ?", upTo).
			Set("delivered_seq = CASE WHEN delivered_seq < ? THEN ? ELSE delivered_seq END", upTo, upTo).
			Where("conversation_id = ?", t.ID).Where("member_id = ?", s.Actor.ID()).Where("read_seq < ?", upTo).Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		if others := t.reachable(); len(others) > 0 {
			if err := s.Emit(ctx, Read, tenants.Event{Module: key, Subject: t.ID, About: t.ID, Readers: tenants.NewIDs(others...)}); err != nil {
				return err
			}
		}
		return s.Emit(ctx, modules.Recount, tenants.Event{Subject: t.ID, Readers: tenants.IDs{s.Actor.ID()}})
	})
}

func ids(others []Participant) []uuid.UUID {
	all := make([]uuid.UUID, len(others))
	for i, p := range others {
		all[i] = p.MemberID
	}
	return all
}
