package live

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// The times around a session.
const (
	opensBefore   = 10 * time.Minute // how early a host can check in
	waitsForHost  = 15 * time.Minute // after the start
	staysOpen     = 5 * time.Minute  // after a host's last sign
	hereFor       = 2 * time.Minute  // a host counts as here so long after a sign; pages give one a minute
	remindsBefore = 30 * time.Minute
)

// Session is a conversation at an hour.
type Session struct {
	bun.BaseModel `bun:"table:live_sessions,alias:live"`
	tenants.InService

	ID          uuid.UUID        `bun:"id,pk,type:uuid" json:"id"`
	Title       string           `bun:"title" json:"title"`
	About       string           `bun:"about" json:"about"`
	Audience    tenants.Audience `bun:"audience" json:"audience"`
	StartsAt    time.Time        `bun:"starts_at" json:"starts_at"`
	Minutes     int              `bun:"minutes" json:"minutes"`
	Questions   bool             `bun:"questions" json:"questions"`
	Anonymous   bool             `bun:"anonymous" json:"anonymous"` // questions may be, to peers
	SlowSeconds int              `bun:"slow_seconds" json:"slow_seconds"`
	Transcript  bool             `bun:"transcript" json:"transcript"`
	Version     int              `bun:"version" json:"version"`
	CreatedBy   uuid.UUID        `bun:"created_by,type:uuid" json:"-"`
	CreatedAt   time.Time        `bun:"created_at" json:"-"`
	OpenedAt    *time.Time       `bun:"opened_at" json:"opened_at,omitempty"`
	ClosesAt    time.Time        `bun:"closes_at" json:"closes_at"` // unless a host gives a sign before
	ClosedAt    *time.Time       `bun:"closed_at" json:"closed_at,omitempty"`
	Ended       Ending           `bun:"ended" json:"ended,omitempty"`
	Reason      string           `bun:"reason" json:"reason,omitempty"` // why it was cancelled
	LastSeq     int              `bun:"last_seq" json:"last_seq"`
	PinnedSeq   int              `bun:"pinned_seq" json:"-"` // 0 for none
	ReminderID  uuid.UUID        `bun:"reminder_id,type:uuid" json:"-"`

	State State  `bun:"-" json:"state"`
	Hosts []Host `bun:"-" json:"hosts"`
}

// Ending is how a session came to its end; empty before.
type Ending string

// The endings.
const (
	HostsLeft Ending = "left"
	ByHost    Ending = "host" // closed early
	NoHost    Ending = "no_host"
	Cancelled Ending = "cancelled"
)

// State is what a session is at a moment.
type State string

// The states, in the order in which a session goes through them.
const (
	Coming  State = "coming"
	Soon    State = "soon"    // a host can open it
	Waiting State = "waiting" // it should have begun, and no host has come
	Open    State = "open"
	Over    State = "over"
	Missed  State = "missed" // no host came
	Off     State = "cancelled"
)

// At is the session's state at a time. It does not wait for the round that
// writes down that a session has closed.
func (x Session) At(now time.Time) State {
	over := x.ClosedAt != nil || !now.Before(x.ClosesAt)
	switch {
	case x.Ended == Cancelled:
		return Off
	case over && x.OpenedAt == nil:
		return Missed
	case over:
		return Over
	case x.OpenedAt != nil:
		return Open
	case !now.Before(x.StartsAt):
		return Waiting
	case !now.Before(x.opensAt()):
		return Soon
	}
	return Coming
}

// ending is how a session ended whose time is up.
func (x Session) ending() Ending {
	if x.OpenedAt == nil {
		return NoHost
	}
	return HostsLeft
}

func (x Session) opensAt() time.Time { return x.StartsAt.Add(-opensBefore) }

// EndsAt is when it is meant to end.
func (x Session) EndsAt() time.Time { return x.StartsAt.Add(time.Duration(x.Minutes) * time.Minute) }

// Before tells whether it has not begun and still may.
func (x Session) Before() bool { return x.State == Coming || x.State == Soon || x.State == Waiting }

// Going tells whether it is still to come or going on.
func (x Session) Going() bool { return x.Before() || x.State == Open }

// reminds tells whether a reminder about id still holds.
func (x Session) reminds(id uuid.UUID, now time.Time) bool {
	return x.ReminderID == id && x.ClosedAt == nil && now.Before(x.ClosesAt)
}

// Host is somebody who may open a session and keep it open.
type Host struct {
	bun.BaseModel `bun:"table:live_hosts,alias:host"`
	tenants.InService

	SessionID uuid.UUID  `bun:"session_id,pk,type:uuid" json:"-"`
	MemberID  uuid.UUID  `bun:"member_id,pk,type:uuid" json:"-"`
	SeenAt    *time.Time `bun:"seen_at" json:"-"`
	LeftAt    *time.Time `bun:"left_at" json:"-"`

	Person *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:member_id=id" json:"person"`
	Here   bool            `bun:"-" json:"here"`
}

// here tells whether the host has given a sign lately and not left since.
func (h Host) here(now time.Time) bool {
	return h.SeenAt != nil && h.LeftAt == nil && now.Sub(*h.SeenAt) < hereFor
}

// Host returns the actor's own row among the hosts; nil if they are none.
func (x Session) host(s tenants.Scope) *Host {
	at := slices.IndexFunc(x.Hosts, func(h Host) bool { return h.MemberID == s.Actor.ID() })
	if at < 0 {
		return nil
	}
	return &x.Hosts[at]
}

// steers tells whether the actor has the host's tools: a host of this session,
// or a moderator.
func (x Session) steers(s tenants.Scope) bool {
	return x.host(s) != nil && s.May("live.host") || s.May("live.moderate")
}

// canSteer tells why s may not use the host's tools; nil if they may.
func (x Session) canSteer(s tenants.Scope) error {
	if !x.steers(s) {
		return fault.New(fault.Forbidden, "Only the hosts of this session and the team can do this.")
	}
	return nil
}

// canChange tells why s may not change or cancel the session; nil if they may.
func (x Session) canChange(s tenants.Scope) error {
	switch {
	case !x.steers(s) && x.CreatedBy != s.Actor.ID():
		return fault.New(fault.Forbidden, "Only whoever made this session, its hosts and the team can change it.")
	case !x.Going():
		return fault.New(fault.Forbidden, "This session is over, so it cannot be changed.")
	}
	return nil
}
