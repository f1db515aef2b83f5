package workers

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/metrics"
	"github.com/sharon-nhs/sharon/tenants"
)

// Relay hands what has happened to the queue: at once where it is told, and by
// a sweep of the outboxes what nobody handed over or what got lost on the way.
type Relay struct {
	Directory *tenants.Directory
	Queue     *jobs.Queue
	Log       *slog.Logger
	// Takes is how long carrying out an event of some kinds may take.
	Takes map[string]time.Duration
	// Metrics are told how late what a sweep finds is; nil for none.
	Metrics *metrics.Metrics

	told chan []tenants.Event
}

// NewRelay returns a relay; Run makes it work.
func NewRelay(directory *tenants.Directory, queue *jobs.Queue, log *slog.Logger) *Relay {
	return &Relay{Directory: directory, Queue: queue, Log: log, told: make(chan []tenants.Event, 4096)}
}

// Send takes what has been committed. It never waits: when the queue is slow or
// away, the sweep finds what was not taken.
func (r *Relay) Send(events []tenants.Event) {
	select {
	case r.told <- events:
	default:
	}
}

// Takes tells, of kinds whose handlers need long, how long.
func Takes(on []tenants.Handler) map[string]time.Duration {
	long := map[string]time.Duration{}
	for _, h := range on {
		if h.Takes > long[h.Kind.Key] {
			long[h.Kind.Key] = h.Takes
		}
	}
	return long
}

// Run hands over what it is told until ctx ends.
func (r *Relay) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case events := <-r.told:
			for _, e := range events {
				if !e.Prompt {
					continue
				}
				if err := r.hand(ctx, e); err != nil && ctx.Err() == nil {
					r.Log.WarnContext(ctx, "not handed over yet", slog.String("event", e.ID.String()), slog.Any("cause", err))
				}
			}
		}
	}
}

// task is what a task of an event carries. V is its version.
type task struct {
	V     int       `json:"v"`
	Trust uuid.UUID `json:"trust"`
	Event uuid.UUID `json:"event"`
}

// prefix begins the type of every event's task.
const prefix = "event:"

// timeout is how long carrying out one event may take, unless its handler says more.
const timeout = 2 * time.Minute

func (r *Relay) hand(ctx context.Context, e tenants.Event) error {
	payload, err := json.Marshal(task{1, e.TenantID, e.ID})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return r.Queue.Offer(ctx, jobs.Task{Type: prefix + e.Kind, ID: e.ID.String(), Queue: e.Queue, Payload: payload, Timeout: cmp.Or(r.Takes[e.Kind], timeout)})
}

// claimed bounds one transaction of the sweep.
const claimed = 500

// Sweep hands over what is due in every trust's outbox. It returns how many.
// While the queue does not answer nothing is taken: each time something is taken
// in vain it waits longer.
func (r *Relay) Sweep(ctx context.Context) (handed int, err error) {
	late := time.Duration(0)
	defer func() { r.Metrics.Lag(late, err) }()
	if err := r.Queue.Ping(); err != nil {
		return 0, fmt.Errorf("the queue does not answer: %w", err)
	}
	err = EachTrust(ctx, r.Directory, func(ctx context.Context, trust tenants.Trust) error {
		for {
			events, waited, err := r.claim(ctx, trust)
			if err != nil {
				return err
			}
			late = max(late, waited)
			for _, e := range events {
				// What was claimed is handed over also by a worker that stops: nobody
				// else would look for it soon.
				if err := r.hand(context.WithoutCancel(ctx), e); err != nil {
					return err
				}
			}
			handed += len(events)
			if len(events) < claimed {
				return nil
			}
		}
	})
	return handed, err
}

// claim takes what is due, and tells how long that has been so of the first. It looks
// before it locks: mostly there is nothing, and SQLite has one writer.
func (r *Relay) claim(ctx context.Context, trust tenants.Trust) (events []tenants.Event, late time.Duration, err error) {
	waiting := false
	err = r.Directory.ReadAs(ctx, trust.ID, "", func(ctx context.Context, s tenants.Scope) (err error) {
		waiting, err = tenants.Outbox{Scope: s}.Waiting(ctx)
		return err
	})
	if err != nil || !waiting {
		return nil, 0, err
	}
	err = r.Directory.WriteAs(ctx, trust.ID, "", func(ctx context.Context, s tenants.Scope) (err error) {
		events, err = tenants.Outbox{Scope: s}.Claim(ctx, claimed)
		if len(events) > 0 && events[0].DueAt != nil {
			late = s.Now.Sub(*events[0].DueAt)
		}
		return err
	})
	return events, late, err
}
