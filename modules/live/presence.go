package live

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Here is a host's sign: the first opens the session, the others keep it open.
// Forbidden too early, too late, and to everybody else.
func (l Live) Here(ctx context.Context, s tenants.Scope, in ByID) (Session, error) {
	x, err := alone(ctx, s, in.ID)
	if err != nil {
		return Session{}, err
	}
	switch {
	case x.host(s) == nil:
		return Session{}, fault.New(fault.Forbidden, "You are not a host of this session.")
	case x.State == Coming:
		return Session{}, fault.New(fault.Forbidden, "It is too early. You can open this session from "+clockWords(x.opensAt())+".")
	case !x.Going():
		return Session{}, fault.New(fault.Forbidden, "This session is over.")
	}
	return x, x.sign(ctx, s)
}

// sign notes that the acting host is here, which puts off the session's closing.
// Of anybody else it notes nothing.
func (x *Session) sign(ctx context.Context, s tenants.Scope) error {
	host := x.host(s)
	if host == nil {
		return nil
	}
	news := x.OpenedAt == nil || !host.here(s.Now)
	if x.OpenedAt == nil {
		x.OpenedAt = &s.Now
	}
	x.ClosesAt = s.Now.Add(staysOpen)
	x.State = x.At(s.Now)
	if err := tenants.Touched(s.Update(x).Column("opened_at", "closes_at").Where("live.id = ?", x.ID).Exec(ctx)); err != nil {
		return err
	}
	host.SeenAt, host.LeftAt, host.Here = &s.Now, nil, true
	if err := host.save(ctx, s); err != nil || !news {
		return err
	}
	return x.tell(ctx, s, changed, x.ID)
}

func (h *Host) save(ctx context.Context, s tenants.Scope) error {
	return tenants.Touched(s.Update(h).Column("seen_at", "left_at").Where("host.session_id = ?", h.SessionID).Where("host.member_id = ?", h.MemberID).Exec(ctx))
}

// Leave is a host's farewell. If no other host gives a sign, the session closes
// five minutes later.
func (l Live) Leave(ctx context.Context, s tenants.Scope, in ByID) (Session, error) {
	x, err := alone(ctx, s, in.ID)
	if err != nil {
		return Session{}, err
	}
	host := x.host(s)
	switch {
	case host == nil:
		return Session{}, fault.New(fault.Forbidden, "You are not a host of this session.")
	case x.State != Open || host.LeftAt != nil:
		return x, nil
	}
	if err := x.sign(ctx, s); err != nil { // the last sign is the leaving itself
		return Session{}, err
	}
	host.LeftAt, host.Here = &s.Now, false
	if err := host.save(ctx, s); err != nil {
		return Session{}, err
	}
	return x, x.tell(ctx, s, changed, x.ID)
}

// Close ends a session early; a second time changes nothing.
func (l Live) Close(ctx context.Context, s tenants.Scope, in ByID) (Session, error) {
	x, err := alone(ctx, s, in.ID)
	if err != nil {
		return Session{}, err
	}
	if err := x.canSteer(s); err != nil {
		return Session{}, err
	}
	switch {
	case x.State == Over:
		return x, nil
	case x.State != Open:
		return Session{}, fault.New(fault.Forbidden, "This session is not open.")
	}
	return x, x.end(ctx, s, ByHost, s.Now)
}

// sweep writes down which sessions have closed because nobody hosted them.
func (l Live) sweep(ctx context.Context, s tenants.Scope) error {
	var due []uuid.UUID
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		return overdue(s.Select((*Session)(nil)), s.Now).Column("id").Order("live.closes_at").Limit(100).Scan(ctx, &due)
	})
	if err != nil || len(due) == 0 {
		return err
	}
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		var sessions []Session
		// Asked again, and locked: a host may have come in this moment.
		if err := overdue(s.Lock(&sessions), s.Now).Where("live.id IN (?)", bun.List(due)).Order("live.id").Scan(ctx); err != nil {
			return err
		}
		for i := range sessions {
			if err := sessions[i].end(ctx, s, sessions[i].ending(), sessions[i].ClosesAt); err != nil {
				return err
			}
		}
		return nil
	})
}

func overdue(q *bun.SelectQuery, now time.Time) *bun.SelectQuery {
	return q.Where("live.closed_at IS NULL").Where("live.closes_at <= ?", now)
}
