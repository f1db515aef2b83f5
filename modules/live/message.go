package live

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/tenants"
)

// Message is something said in a session.
type Message struct {
	bun.BaseModel `bun:"table:live_messages,alias:message"`
	tenants.InService

	ID        uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	SessionID uuid.UUID `bun:"session_id,type:uuid" json:"-"`
	Seq       int       `bun:"seq" json:"seq"` // its place in the session, from 1
	AuthorID  uuid.UUID `bun:"author_id,type:uuid" json:"-"`
	Body      string    `bun:"body" json:"body"`
	markdown.Rendered
	SaidAt time.Time `bun:"said_at" json:"said_at"`
	// Held says that only its author and hosts see it until the team has looked.
	Held       bool       `bun:"held" json:"held,omitempty"`
	RemovedAt  *time.Time `bun:"removed_at" json:"removed_at,omitempty"`
	RemovedBy  uuid.UUID  `bun:"removed_by,type:uuid,nullzero" json:"-"`
	RemovedWhy string     `bun:"removed_why" json:"removed_why,omitempty"`

	Author *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:author_id=id" json:"author"`
}

// Write sets the words and what follows from them.
func (m *Message) Write(body string) {
	m.Body, m.Rendered = body, markdown.Render(body)
}

// HTML is the words, rendered and safe.
func (m Message) HTML() string { return m.HTMLOf(m.Body) }

// Say is something to say. Key is made by whoever sends it, so that the same
// message sent twice is one.
type Say struct {
	ID   uuid.UUID  `path:"id"`
	Key  *uuid.UUID `json:"key,omitempty"`
	Body string     `json:"body" validate:"filled,max=1000" label:"your message"`
}

// Told is a message and the place where it stands.
type Told struct {
	Message Message `json:"message"`
}

// Say says something in an open session. Forbidden if it is not open or the
// actor is muted; Limited, with the seconds to wait, in slow mode.
func (l Live) Say(ctx context.Context, s tenants.Scope, in Say) (Told, error) {
	x, err := alone(ctx, s, in.ID)
	if err != nil {
		return Told{}, err
	}
	if in.Key != nil {
		if before, found, err := repeated(ctx, s, x, *in.Key); err != nil || found {
			return Told{before}, err
		}
	}
	if err := canSay(ctx, s, x); err != nil {
		return Told{}, err
	}
	m := Message{ID: uuid.Must(uuid.NewV7()), SessionID: x.ID, Seq: x.LastSeq + 1, AuthorID: s.Actor.ID(), SaidAt: s.Now}
	if in.Key != nil {
		m.ID = *in.Key
	}
	m.Write(strings.TrimSpace(in.Body))
	text := textOf(m)
	verdict, err := l.desk.Screen(ctx, s, text)
	if err != nil {
		return Told{}, err
	}
	verdict.Hold = verdict.Hold && !s.Actor.Roles.Staff()
	m.Held = verdict.Hold
	if _, err := s.Insert(&m).Exec(ctx); err != nil {
		return Told{}, err
	}
	if _, err := l.desk.Settle(ctx, s, text, verdict); err != nil {
		return Told{}, err
	}
	if err := tenants.Touched(s.Update((*Session)(nil)).Set("last_seq = ?", m.Seq).Where("id = ?", x.ID).Exec(ctx)); err != nil {
		return Told{}, err
	}
	if err := x.sign(ctx, s); err != nil {
		return Told{}, err
	}
	m.Author = s.Actor.Member
	if m.Held {
		return Told{m}, nil
	}
	return Told{m}, x.tell(ctx, s, said, m.ID)
}

// repeated finds the actor's own message that was sent with this key before.
// Invalid if the key is of another message.
func repeated(ctx context.Context, s tenants.Scope, x Session, key uuid.UUID) (Message, bool, error) {
	var found []Message
	if err := s.Select(&found).Relation("Author", tenants.Face).Where("message.id = ?", key).Scan(ctx); err != nil || len(found) == 0 {
		return Message{}, false, err
	}
	if found[0].SessionID != x.ID || found[0].AuthorID != s.Actor.ID() {
		return Message{}, false, fault.Bad("key", "Make a new key for a new message.")
	}
	return found[0], true, nil
}

// canSay tells why the actor may not say something now; nil if they may.
func canSay(ctx context.Context, s tenants.Scope, x Session) error {
	muted, err := isMuted(ctx, s, x)
	if err != nil {
		return err
	}
	if why := shut(s, x, muted); why != "" {
		return fault.New(fault.Forbidden, why)
	}
	if x.SlowSeconds == 0 || x.steers(s) {
		return nil
	}
	last, err := lastWord(ctx, s, x)
	if err != nil || last == nil {
		return err
	}
	next := last.Add(time.Duration(x.SlowSeconds) * time.Second)
	if !s.Now.Before(next) {
		return nil
	}
	wait := int(math.Ceil(next.Sub(s.Now).Seconds()))
	return &fault.Error{Code: fault.Limited, RetryAfter: wait, Message: fmt.Sprintf(
		"This session is in slow mode, so that everybody can follow. You can send your next message in %s.", seconds(wait))}
}

// shut says why the actor cannot say anything; empty if they can.
func shut(s tenants.Scope, x Session, muted bool) string {
	switch {
	case x.Before():
		return "This session has not begun. You can write as soon as a host has opened it."
	case x.State != Open:
		return "This session is closed, so nobody can write in it now."
	case s.Actor.Member == nil:
		return "You are not a member of this service, so you cannot write in it."
	case muted:
		return "A host has asked you to only read for the rest of this session. You can still follow it. If something is wrong, the team can tell you more."
	}
	return ""
}
