package tenants

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Kind is a sort of thing that happens and that something follows from. Queue
// is where its consequences wait; empty where it is only shown live. Version
// grows when its meaning does; a worker leaves versions that it does not know alone.
type Kind struct {
	Key, Queue string
	Version    int
}

// Event is something that happened: a row of the outbox, written in the
// transaction of what it tells of. It carries ids and never words.
type Event struct {
	bun.BaseModel `bun:"table:outbox,alias:event"`
	InService

	ID      uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	Kind    string    `bun:"kind" json:"kind"`
	Module  string    `bun:"module" json:"module"` // key of the room; empty for what is always on
	Queue   string    `bun:"queue" json:"-"`
	Subject uuid.UUID `bun:"subject_id,type:uuid" json:"subject"`
	// About is what the subject stands in, such as a reply's thread; zero for nothing.
	About   uuid.UUID `bun:"about_id,type:uuid,nullzero" json:"about,omitzero"`
	ActorID uuid.UUID `bun:"actor_id,type:uuid,nullzero" json:"actor,omitzero"`
	// Who may learn of it live: an audience of the service, or these readers. Neither: nobody.
	Audience  Audience   `bun:"audience" json:"audience,omitempty"`
	Readers   IDs        `bun:"readers" json:"readers,omitempty"`
	UnseenBy  IDs        `bun:"unseen_by" json:"unseen_by,omitempty"` // none of these, even so
	Version   int        `bun:"version" json:"-"`                     // of the kind
	Attempts  int        `bun:"attempts" json:"-"`
	CreatedAt time.Time  `bun:"created_at" json:"-"`
	DueAt     *time.Time `bun:"due_at" json:"-"`
	FailedAt  *time.Time `bun:"failed_at" json:"-"`
	Error     string     `bun:"error" json:"-"`

	// Prompt says that it should be handed over as soon as it is committed.
	Prompt bool `bun:"-" json:"-"`
}

// handOver is how long a hand-over may take before the relay's sweep sees to it.
const handOver = 10 * time.Second

// Emit notes that something happened. What follows from it happens once this
// unit of work is committed, whatever breaks in between. With DueAt set it
// waits until then.
func (s Scope) Emit(ctx context.Context, kind Kind, e Event) error {
	return s.EmitAll(ctx, kind, []Event{e})
}

// inOne is how many events go into one statement.
const inOne = 500

// EmitAll is Emit for many events of a kind.
func (s Scope) EmitAll(ctx context.Context, kind Kind, events []Event) error {
	deaf, err := s.Deaf(ctx, s.Actor.ID())
	if err != nil {
		return err
	}
	for i := range events {
		e := &events[i]
		if e.Audience != "" {
			e.UnseenBy = deaf
		}
		e.ID, e.ActorID, e.CreatedAt = newID(), s.Actor.ID(), s.Now
		e.Kind, e.Queue, e.Version = kind.Key, kind.Queue, kind.Version
		if e.Queue != "" && e.DueAt == nil {
			due := s.Now.Add(handOver)
			e.DueAt, e.Prompt = &due, true
		}
	}
	for chunk := range slices.Chunk(events, inOne) {
		if _, err := InsertAll(s, chunk).Exec(ctx); err != nil {
			return err
		}
		s.unit.emitted = append(s.unit.emitted, chunk...)
	}
	return nil
}

// Signal shows an event on the open pages of those who may learn of it, now.
// Nothing is stored and nothing follows from it: it has no id, and a page that
// misses it never learns of it.
func (s Scope) Signal(kind Kind, e Event) {
	if s.unit.dir == nil || s.unit.dir.Outlet == nil {
		return
	}
	e.own(s)
	e.Kind, e.Version, e.ActorID, e.CreatedAt = kind.Key, kind.Version, s.Actor.ID(), s.Now
	s.unit.dir.Outlet([]Event{e})
}

// For tells whether somebody may learn of the event as it happens: by audience
// and open room, or as one of its readers. On a break nobody learns of anything.
func (e Event) For(s Scope) bool {
	if s.Actor.Member.Away(s.Now) {
		return false
	}
	if e.Module != "" && (s.Service == nil || !s.Service.Open(e.Module)) {
		return false
	}
	if e.UnseenBy.Has(s.Actor.ID()) {
		return false
	}
	if e.Readers.Has(s.Actor.ID()) {
		return true
	}
	return e.Audience != "" && slices.Contains(s.Actor.Roles.Audiences(), e.Audience)
}

// History is what happened in a service, as far back as it goes.
type History struct {
	events []Event   // oldest first
	after  uuid.UUID // of what has this id, or a smaller one, it knows nothing
}

// Happened reads what was written since some time: the latest, where that is more
// than limit.
func (s Scope) Happened(ctx context.Context, since time.Time, limit int) (h History, err error) {
	h.after = idAt(since)
	err = s.Select(&h.events).Where("event.id > ?", h.after).OrderExpr("event.id DESC").Limit(int64(limit) + 1).Scan(ctx)
	if len(h.events) > limit {
		h.after, h.events = h.events[limit].ID, h.events[:limit]
	}
	slices.Reverse(h.events)
	return h, err
}

// For lists, oldest first, what the actor may learn of and what was written since
// some time; all is false, and nothing is listed, if the history does not go so far
// back.
func (h History) For(s Scope, since time.Time) (events []Event, all bool) {
	at := idAt(since)
	if compareIDs(at, h.after) < 0 {
		return nil, false
	}
	for _, e := range h.events {
		if compareIDs(e.ID, at) > 0 && e.For(s) {
			events = append(events, e)
		}
	}
	return events, true
}

// idAt is the least id that a row written at t can have: ids begin with their
// time (RFC 9562, version 7).
func idAt(t time.Time) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:8], uint64(max(0, t.UnixMilli()))<<16)
	id[6], id[8] = 0x70, 0x80
	return id
}

// IDs are kept in one column, sorted and comma-separated.
type IDs []uuid.UUID

// Has tells whether id is one of them.
func (ids IDs) Has(id uuid.UUID) bool {
	_, found := slices.BinarySearchFunc(ids, id, compareIDs)
	return found
}

func compareIDs(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }

// NewIDs sorts ids.
func NewIDs(ids ...uuid.UUID) IDs {
	sorted := slices.Clone(ids)
	slices.SortFunc(sorted, compareIDs)
	return slices.Compact(sorted)
}

// Value implements driver.Valuer.
func (ids IDs) Value() (driver.Value, error) {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = id.String()
	}
	return strings.Join(words, ","), nil
}

// Scan implements sql.Scanner.
func (ids *IDs) Scan(from any) error {
	words, err := listed(from)
	if err != nil {
		return fmt.Errorf("ids %w", err)
	}
	*ids = nil
	for _, word := range words {
		id, err := uuid.Parse(word)
		if err != nil {
			return err
		}
		*ids = append(*ids, id)
	}
	return nil
}
