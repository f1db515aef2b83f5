package tenants

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/realtime"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/web"
)

// Live tells the open pages of a service what happens in it. It tells ids; what
// they stand for a page asks for itself, by the doors that everything goes through.
type Live struct {
	Directory *Directory
	Sessions  Sessions
	// Unread counts what waits for the actor, by room.
	Unread func(ctx context.Context, s Scope) (map[string]int, error)

	hub  *realtime.Hub[Event, *listener]
	told chan []Event
	open context.Context // ends with Close
	stop context.CancelFunc
}

// stayEvery is how often streams are asked whether they may stay: a session, a
// role or a room that is gone ends them within twice that.
const stayEvery = 15 * time.Second

// Streams are how many open pages this process tells.
func (l *Live) Streams() int {
	if l.hub == nil {
		return 0
	}
	return l.hub.Open()
}

// Start opens the house for streams until Close.
func (l *Live) Start(bus realtime.Bus, log *slog.Logger) {
	l.open, l.stop = context.WithCancel(context.Background()) //nolint:forbidigo // Close ends it, no request
	l.told = make(chan []Event, 4096)
	l.hub = realtime.NewHub(bus, frame, missed, realtime.Usual(), log)
	l.hub.Watch(stayEvery, l.stay)
	go l.publish(log)
}

// Close ends all streams.
func (l *Live) Close() {
	l.stop()
	l.hub.Close()
}

// Send takes what has been committed.
func (l *Live) Send(events []Event) {
	select {
	case l.told <- events:
	case <-l.open.Done():
	}
}

func (l *Live) publish(log *slog.Logger) {
	for {
		select {
		case <-l.open.Done():
			return
		case events := <-l.told:
			for _, e := range events {
				if e.Audience == "" && len(e.Readers) == 0 {
					continue
				}
				if err := l.hub.Publish(l.open, streamKey(e.TenantID, e.ServiceID), e); err != nil {
					log.ErrorContext(l.open, "not told live", slog.Any("cause", err))
				}
			}
		}
	}
}

// Signal is one event as a page is told of it.
type Signal struct {
	ID      uuid.UUID `json:"id,omitzero"` // zero for what nobody can miss
	Event   string    `json:"event"`
	Subject uuid.UUID `json:"subject"`
	About   uuid.UUID `json:"about,omitzero"`
}

func signal(e Event) Signal { return Signal{e.ID, e.Kind, e.Subject, e.About} }

func frame(e Event) realtime.Frame {
	data, _ := json.Marshal(signal(e)) // four ids are always JSON
	if e.ID == uuid.Nil {
		return realtime.Frame{Data: data}
	}
	return realtime.Frame{ID: e.ID.String(), Data: data}
}

// Listen asks for what happened since the last event that a page was told of.
type Listen struct {
	Last uuid.UUID `json:"last,omitzero"`
	// Counts asks a client's poll for the counts alone.
	Counts bool `json:"counts,omitempty"`
}

// What a page is told of itself each time that it comes back: Here, that it knows
// all up to now, or Anew, that it was away for too long to be told what it missed
// and should be loaded again.
var (
	Here = Kind{Key: "here"}
	Anew = Kind{Key: "anew"}
)

// Heard is what happened, for a client that polls, and what waits for it by room.
type Heard struct {
	Events []Signal       `json:"events"`
	Unread map[string]int `json:"unread"`
}

// replayed bounds how much of what happened in a service is told again. It is well
// above what happens in a busy one during the overlap: with less, whoever comes back
// would always be told to load anew.
const replayed = 10_000

// overlap is how long a unit of work may take: an event that was written before
// another one may be committed after it.
const overlap = 20 * time.Second

// Listen is the stream of a page.
func (l *Live) Listen(_ context.Context, s Scope, in Listen) (web.Live[Heard], error) {
	ear := &listener{scope: s.Outlive(), since: idTime(in.Last, s.Now)}
	since := func(ctx context.Context) (heard Heard, err error) {
		var events []Event
		if !in.Counts {
			happened, err := s.Happened(ctx, ear.from(), replayed)
			if err != nil {
				return Heard{}, err
			}
			events = ear.told(happened)
		}
		heard.Events = make([]Signal, len(events))
		for i, e := range events {
			heard.Events[i] = signal(e)
		}
		heard.Unread = map[string]int{}
		if !s.Actor.Member.Away(s.Now) { // on a break nothing waits
			heard.Unread, err = l.Unread(ctx, s)
		}
		return heard, err
	}
	return web.Live[Heard]{Missed: since, Serve: func(conn net.Conn) { l.hub.Serve(conn, ear) }}, nil
}

// idTime is the time that an id begins with; now for none.
func idTime(id uuid.UUID, now time.Time) time.Time {
	if id.Version() != 7 {
		return now
	}
	return time.Unix(id.Time().UnixTime())
}

// listener is an open page.
type listener struct {
	scope Scope
	since time.Time // when it was told of something last
}

var _ realtime.Reader[Event] = (*listener)(nil)

func (l *listener) Key() string {
	return streamKey(l.scope.Estate.Trust.ID, l.scope.serviceID())
}

func streamKey(trust, service uuid.UUID) string { return trust.String() + service.String() }

func (l *listener) Wants(e Event) bool { return e.For(l.scope) }

// from is since when it has to be told, at most as long as events are shown.
func (l *listener) from() time.Time {
	since, oldest := l.since.Add(-overlap), l.scope.Now.Add(-shownFor)
	if since.Before(oldest) {
		return oldest
	}
	return since
}

// told is what the page is told when it comes back, and last how far it knows then.
func (l *listener) told(happened History) []Event {
	mark := Event{ID: newID(), Kind: Here.Key}
	events, all := happened.For(l.scope, l.since.Add(-overlap))
	if !all {
		mark.Kind = Anew.Key
	}
	return append(events, mark)
}

// missed reads once for all listeners of one service what each was not told of.
func missed(ctx context.Context, _ string, ears []*listener) (of func(*listener) []Event, err error) {
	first := slices.MinFunc(ears, func(a, b *listener) int { return a.from().Compare(b.from()) })
	err = first.scope.Read(ctx, func(ctx context.Context, s Scope) error {
		happened, err := s.Happened(ctx, first.from(), replayed)
		of = func(l *listener) []Event { return l.told(happened) }
		return err
	})
	return of, err
}

// present is a session as it is now.
type present struct {
	TokenHash     string     `bun:"token_hash"`
	SeenAt        time.Time  `bun:"seen_at"`
	CreatedAt     time.Time  `bun:"created_at"`
	ConfigVersion int64      `bun:"config_version"`
	TrustStatus   string     `bun:"status"`
	Roles         Roles      `bun:"roles"`
	TrustRoles    Roles      `bun:"trust_roles"`
	Away          *time.Time `bun:"away_until"`
	LockKind      LockKind   `bun:"lock_kind"`
	LockMinutes   int        `bun:"lock_minutes"`
	LockedAt      *time.Time `bun:"locked_at"`
}

// stay tells which listeners of one service may go on: those whose session is
// open and for whom nothing has changed, neither a role nor what is open here.
// The others come back, if they may, and find it as it is now.
func (l *Live) stay(ctx context.Context, _ string, ears []*listener) (func(*listener) bool, error) {
	first := ears[0].scope
	now := l.Directory.Clock.Now()
	found := make(map[string]present, len(ears))
	err := first.Read(ctx, func(ctx context.Context, s Scope) error {
		for some := range slices.Chunk(ears, 1000) {
			hashes := make([]string, len(some))
			for i, ear := range some {
				hashes[i] = ear.scope.Actor.session.hash
			}
			var rows []present
			err := s.unit.db.NewSelect().TableExpr("sessions AS s").
				ColumnExpr("s.token_hash, s.seen_at, s.created_at, t.config_version, t.status, COALESCE(m.roles, '') AS roles, a.trust_roles, m.away_until, s.locked_at, a.lock_minutes").
				ColumnExpr("CASE WHEN s.bearer THEN '' ELSE a.lock_kind END AS lock_kind").
				Join("JOIN trusts AS t ON t.id = s.tenant_id").
				Join("JOIN accounts AS a ON a.tenant_id = s.tenant_id AND a.id = s.account_id AND a.status = 'active'").
				Join("LEFT JOIN members AS m ON m.tenant_id = a.tenant_id AND m.account_id = a.id AND m.service_id = ? AND m.status = 'active'", s.serviceID()).
				Where("s.tenant_id = ?", s.Estate.Trust.ID).Where("s.token_hash IN (?)", bun.List(hashes)).Scan(ctx, &rows)
			if err != nil {
				return err
			}
			for _, row := range rows {
				found[row.TokenHash] = row
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return func(ear *listener) bool {
		row, open := found[ear.scope.Actor.session.hash]
		return open && !signin.Sessions(l.Sessions).Over(row.CreatedAt, row.SeenAt, now) && row.TrustStatus == "active" &&
			!(Lock{row.LockKind, row.LockMinutes}).shut(row.LockedAt, row.SeenAt, now) &&
			row.ConfigVersion == ear.scope.Estate.Trust.ConfigVersion &&
			slices.Equal(append(slices.Clone(row.TrustRoles), row.Roles...), ear.scope.Actor.Roles) &&
			(&Person{AwayUntil: row.Away}).Away(now) == ear.scope.Actor.Member.Away(ear.scope.Now)
	}, nil
}
