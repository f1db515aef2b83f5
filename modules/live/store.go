package live

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

// mine narrows a query of sessions to those that the actor may know of.
func mine(s tenants.Scope, q *bun.SelectQuery) *bun.SelectQuery {
	return q.Where("live.audience IN (?)", bun.List(s.Actor.Roles.Audiences()))
}

// find reads a session that the actor may know of, with its hosts. NotFound otherwise.
func find(ctx context.Context, s tenants.Scope, id uuid.UUID) (Session, error) {
	var x Session
	if err := mine(s, s.Select(&x)).Where("live.id = ?", id).Scan(ctx); err != nil {
		return Session{}, err
	}
	return one(ctx, s, x)
}

// alone is find for whoever is about to change something in the session: they
// take turns, so that what they decide on stays true.
func alone(ctx context.Context, s tenants.Scope, id uuid.UUID) (Session, error) {
	var x Session
	if err := mine(s, s.Lock(&x)).Where("live.id = ?", id).Scan(ctx); err != nil {
		return Session{}, err
	}
	return one(ctx, s, x)
}

func one(ctx context.Context, s tenants.Scope, x Session) (Session, error) {
	all := []Session{x}
	err := dress(ctx, s, all)
	return all[0], err
}

// dress fills in states and hosts.
func dress(ctx context.Context, s tenants.Scope, sessions []Session) error {
	if len(sessions) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(sessions))
	for i := range sessions {
		ids[i] = sessions[i].ID
	}
	var hosts []Host
	if err := s.Select(&hosts).Relation("Person", tenants.Face).Where("host.session_id IN (?)", bun.List(ids)).Order("person.handle_key").Scan(ctx); err != nil {
		return err
	}
	for _, host := range hosts {
		at := slices.Index(ids, host.SessionID)
		host.Here = host.here(s.Now)
		sessions[at].Hosts = append(sessions[at].Hosts, host)
	}
	for i := range sessions {
		sessions[i].State = sessions[i].At(s.Now)
	}
	return nil
}

const ahead = "(live.closed_at IS NULL AND live.closes_at > ? OR live.ended = 'cancelled' AND live.starts_at > ?)"

// going lists what is on or coming, the soonest first.
func going(ctx context.Context, s tenants.Scope) ([]Session, error) {
	var sessions []Session
	err := mine(s, s.Select(&sessions)).Where(ahead, s.Now, s.Now).Order("live.starts_at", "live.id").Limit(100).Scan(ctx)
	if err != nil {
		return nil, err
	}
	return sessions, dress(ctx, s, sessions)
}

// shown is a query of messages with who wrote them; what was removed only for the team.
func shown(s tenants.Scope, messages *[]Message, x Session) *bun.SelectQuery {
	q := s.Select(messages).Relation("Author", tenants.Face).Where("message.session_id = ?", x.ID)
	if !s.Actor.Roles.Staff() {
		q.Where("message.removed_at IS NULL").Where("(NOT message.held OR message.author_id = ?)", s.Actor.ID())
	}
	if !x.steers(s) { // who looks after a session sees all of it
		q.ApplyQueryBuilder(s.Hearing("message.author_id"))
	}
	return q
}

// veil takes from sessions the hosts whom the actor does not see.
func veil(ctx context.Context, s tenants.Scope, sessions ...*Session) error {
	var hosts []uuid.UUID
	for _, x := range sessions {
		for _, host := range x.Hosts {
			hosts = append(hosts, host.MemberID)
		}
	}
	bonds, err := s.Between(ctx, hosts...)
	for _, x := range sessions {
		x.Hosts = slices.DeleteFunc(x.Hosts, func(h Host) bool { return bonds.Apart(h.MemberID) })
	}
	return err
}

// message reads one message of a session. NotFound also where it was removed.
func message(ctx context.Context, s tenants.Scope, x Session, id uuid.UUID) (Message, error) {
	var m Message
	err := s.Select(&m).Relation("Author", tenants.Face).Where("message.session_id = ?", x.ID).Where("message.id = ?", id).
		Where("message.removed_at IS NULL").Scan(ctx)
	return m, err
}

// lastWord is when the actor last said something in a session, also if it was
// removed since; nil for never.
func lastWord(ctx context.Context, s tenants.Scope, x Session) (*time.Time, error) {
	var last []Message
	err := s.Select(&last).Column("said_at").Where("message.session_id = ?", x.ID).Where("message.author_id = ?", s.Actor.ID()).
		Order("message.said_at DESC").Limit(1).Scan(ctx)
	if err != nil || len(last) == 0 {
		return nil, err
	}
	return &last[0].SaidAt, nil
}
