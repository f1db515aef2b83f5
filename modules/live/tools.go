package live

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

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
	if m.AuthorID != s.Actor.ID() {
		if err := s.Audit(ctx, "live.remove", tenants.Audited{Subject: m.ID, Reason: m.RemovedWhy}); err != nil {
			return Session{}, err
		}
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
	person, err := s.Anybody(ctx, in.Handle)
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
	if err == nil {
		err = s.Audit(ctx, "live.mute", tenants.Audited{Subject: person.ID, Before: muted{!in.Muted}, After: muted{in.Muted}})
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

// muted is what the audit log says of it.
type muted struct {
	Muted bool `json:"muted"`
}

func isMuted(ctx context.Context, s tenants.Scope, x Session) (bool, error) {
	return s.Select((*muting)(nil)).Where("mute.session_id = ?", x.ID).Where("mute.member_id = ?", s.Actor.ID()).Exists(ctx)
}

// mutedIn lists who is muted, for those with the host's tools.
func mutedIn(ctx context.Context, s tenants.Scope, x Session) ([]tenants.Person, error) {
	var people []tenants.Person
	err := tenants.Face(s.Select(&people)).
		Where("EXISTS (SELECT 1 FROM live_mutes AS m WHERE m.tenant_id = person.tenant_id AND m.session_id = ? AND m.member_id = person.id)", x.ID).
		Order("person.handle_key").Scan(ctx)
	return people, err
}
