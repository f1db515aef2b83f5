package live

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/tenants"
)

// Message is something said in a session.
type Message struct {
	bun.BaseModel `bun:"table:live_messages,alias:message"`
	tenants.InService

	ID         uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	SessionID  uuid.UUID  `bun:"session_id,type:uuid" json:"-"`
	Seq        int        `bun:"seq" json:"seq"` // its place in the session, from 1
	AuthorID   uuid.UUID  `bun:"author_id,type:uuid" json:"-"`
	Body       string     `bun:"body" json:"body"`
	BodyHTML   string     `bun:"body_html" json:"-"`
	RenderedBy int        `bun:"rendered_by" json:"-"`
	SaidAt     time.Time  `bun:"said_at" json:"said_at"`
	RemovedAt  *time.Time `bun:"removed_at" json:"removed_at,omitempty"`
	RemovedBy  uuid.UUID  `bun:"removed_by,type:uuid,nullzero" json:"-"`
	RemovedWhy string     `bun:"removed_why" json:"removed_why,omitempty"`

	Author *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:author_id=id" json:"author"`
}

// Write sets the words and what follows from them.
func (m *Message) Write(body string) {
	m.Body, m.BodyHTML, m.RenderedBy = body, markdown.HTML(body), markdown.Version
}

// HTML is the words, rendered and safe.
func (m Message) HTML() string {
	if m.RenderedBy == markdown.Version {
		return m.BodyHTML
	}
	return markdown.HTML(m.Body)
}

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
		if before, err := repeated(ctx, s, x, *in.Key); err != nil || before != nil {
			return Told{deref(before)}, err
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
	if _, err := s.Insert(&m).Exec(ctx); err != nil {
		return Told{}, err
	}
	if err := tenants.Touched(s.Update((*Session)(nil)).Set("last_seq = ?", m.Seq).Where("id = ?", x.ID).Exec(ctx)); err != nil {
		return Told{}, err
	}
	if err := x.sign(ctx, s); err != nil {
		return Told{}, err
	}
	m.Author = s.Actor.Member
	return Told{m}, x.tell(ctx, s, said, m.ID)
}

func deref(m *Message) Message {
	if m == nil {
		return Message{}
	}
	return *m
}

// repeated finds the actor's own message that was sent with this key before;
// nil if there is none.
func repeated(ctx context.Context, s tenants.Scope, x Session, key uuid.UUID) (*Message, error) {
	var found []Message
	if err := s.Select(&found).Relation("Author", who).Where("message.id = ?", key).Scan(ctx); err != nil || len(found) == 0 {
		return nil, err
	}
	if found[0].SessionID != x.ID || found[0].AuthorID != s.Actor.ID() {
		return nil, fault.Bad("key", "Make a new key for a new message.")
	}
	return &found[0], nil
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

// Named names a message of a session.
type Named struct {
	ID      uuid.UUID `path:"id"`
	Message uuid.UUID `path:"message"`
}

// Removal is a message of a session for whoever may remove it.
type Removal struct {
	Session Session `json:"session"`
	Message Message `json:"message"`
}

// Removing reads a message for whoever may remove it.
func (l Live) Removing(ctx context.Context, s tenants.Scope, in Named) (Removal, error) {
	x, err := find(ctx, s, in.ID)
	if err == nil {
		err = x.canSteer(s)
	}
	if err != nil {
		return Removal{}, err
	}
	m, err := message(ctx, s, x, in.Message)
	return Removal{x, m}, err
}

// Remove is a message to remove, and why.
type Remove struct {
	Named
	Reason string `json:"reason" validate:"filled,max=300" label:"why you remove it"`
}

// Remove takes a message out of the session, also of its transcript. The team
// can still read it, with the reason; a second time changes nothing.
func (l Live) Remove(ctx context.Context, s tenants.Scope, in Remove) (Session, error) {
	x, err := alone(ctx, s, in.ID)
	if err == nil {
		err = x.canSteer(s)
	}
	if err != nil {
		return Session{}, err
	}
	m, err := message(ctx, s, x, in.Message)
	if database.Missing(err) {
		there, err := s.Select((*Message)(nil)).Where("message.session_id = ?", x.ID).Where("message.id = ?", in.Message).Exists(ctx)
		if err == nil && !there {
			err = fault.Missing()
		}
		return x, err
	} else if err != nil {
		return Session{}, err
	}
	m.RemovedAt, m.RemovedBy, m.RemovedWhy = &s.Now, s.Actor.ID(), strings.TrimSpace(in.Reason)
	if err := tenants.Touched(s.Update(&m).Column("removed_at", "removed_by", "removed_why").Where("message.id = ?", m.ID).Exec(ctx)); err != nil {
		return Session{}, err
	}
	if x.PinnedSeq == m.Seq {
		if err := x.pin(ctx, s, 0); err != nil {
			return Session{}, err
		}
	}
	if x.State == Open {
		if err := x.sign(ctx, s); err != nil {
			return Session{}, err
		}
	}
	return x, x.tell(ctx, s, removed, m.ID)
}

// Pin names the message to show above the others; none to show none.
type Pin struct {
	ID      uuid.UUID  `path:"id"`
	Message *uuid.UUID `json:"message,omitempty"`
}

// Pin shows one message above the others, or none.
func (l Live) Pin(ctx context.Context, s tenants.Scope, in Pin) (Session, error) {
	x, err := steering(ctx, s, in.ID)
	if err != nil {
		return Session{}, err
	}
	seq := 0
	if in.Message != nil {
		m, err := message(ctx, s, x, *in.Message)
		if err != nil {
			return Session{}, err
		}
		seq = m.Seq
	}
	if err := x.pin(ctx, s, seq); err != nil {
		return Session{}, err
	}
	return x, x.sign(ctx, s)
}

func (x *Session) pin(ctx context.Context, s tenants.Scope, seq int) error {
	x.PinnedSeq = seq
	if err := tenants.Touched(s.Update(x).Column("pinned_seq").Where("live.id = ?", x.ID).Exec(ctx)); err != nil {
		return err
	}
	return x.tell(ctx, s, changed, x.ID)
}

// steering locks an open session for one of its hosts or the team.
func steering(ctx context.Context, s tenants.Scope, id uuid.UUID) (Session, error) {
	x, err := alone(ctx, s, id)
	if err == nil {
		err = x.canSteer(s)
	}
	if err == nil && x.State != Open {
		err = fault.New(fault.Forbidden, "This session is not open.")
	}
	return x, err
}

// muting is a member who only reads for the rest of a session.
type muting struct {
	bun.BaseModel `bun:"table:live_mutes,alias:mute"`
	tenants.InService

	SessionID uuid.UUID `bun:"session_id,pk,type:uuid"`
	MemberID  uuid.UUID `bun:"member_id,pk,type:uuid"`
	MutedBy   uuid.UUID `bun:"muted_by,type:uuid"`
	MutedAt   time.Time `bun:"muted_at"`
}

// Mute says whether a member only reads for the rest of the session.
type Mute struct {
	ID     uuid.UUID `path:"id"`
	Handle string    `json:"handle" validate:"filled,max=60" label:"a member"`
	Muted  bool      `json:"muted"`
}

// Mute mutes a member for this session, or lets them write again. They are
// told; nobody else is. Hosts and the team cannot be muted.
func (l Live) Mute(ctx context.Context, s tenants.Scope, in Mute) (Session, error) {
	x, err := steering(ctx, s, in.ID)
	if err != nil {
		return Session{}, err
	}
	person, err := s.PersonByHandle(ctx, in.Handle)
	if database.Missing(err) || err == nil && !slices.Contains(person.Roles.Audiences(), x.Audience) {
		return Session{}, fault.Bad("handle", "There is nobody of this name in the session.")
	} else if err != nil {
		return Session{}, err
	}
	if x.steers(s.As(person)) {
		return Session{}, fault.Bad("handle", "Hosts and the team cannot be muted.")
	}
	row := muting{SessionID: x.ID, MemberID: person.ID, MutedBy: s.Actor.ID(), MutedAt: s.Now}
	if in.Muted {
		_, err = s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx)
	} else {
		_, err = s.Delete((*muting)(nil)).Where("session_id = ?", x.ID).Where("member_id = ?", person.ID).Exec(ctx)
	}
	if err != nil {
		return Session{}, err
	}
	if err := x.sign(ctx, s); err != nil {
		return Session{}, err
	}
	hosts := []uuid.UUID{person.ID}
	for _, host := range x.Hosts {
		hosts = append(hosts, host.MemberID)
	}
	return x, s.Emit(ctx, changed, tenants.Event{Module: key, Subject: x.ID, About: x.ID, Readers: tenants.NewIDs(hosts...)})
}

func isMuted(ctx context.Context, s tenants.Scope, x Session) (bool, error) {
	return s.Select((*muting)(nil)).Where("mute.session_id = ?", x.ID).Where("mute.member_id = ?", s.Actor.ID()).Exists(ctx)
}

// mutedIn lists who is muted, for those with the host's tools.
func mutedIn(ctx context.Context, s tenants.Scope, x Session) ([]tenants.Person, error) {
	var people []tenants.Person
	err := s.Select(&people).Column("id", "handle", "handle_key", "avatar", "roles").
		Where("EXISTS (SELECT 1 FROM live_mutes AS m WHERE m.tenant_id = person.tenant_id AND m.session_id = ? AND m.member_id = person.id)", x.ID).
		Order("person.handle_key").Scan(ctx)
	return people, err
}
