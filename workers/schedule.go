package workers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/tenants"
)

// Work is what the platform does for itself, in no trust, once in each Every over
// all nodes. It takes five minutes at most.
type Work struct {
	Key   string
	Queue string
	Every time.Duration
	Do    func(ctx context.Context) error
}

// periodic is work that comes round, once a slot of time over all nodes: the
// slot is in the task's id.
type periodic struct {
	Type  string
	Queue string
	Every time.Duration
	Do    func(ctx context.Context) error
}

func (d Deps) schedule() []periodic {
	all := []periodic{{"housekeeping:sweep:", jobs.Bulk, 15 * time.Minute, d.sweep}}
	for _, work := range d.Platform {
		all = append(all, periodic{"platform:" + work.Key + ":", work.Queue, work.Every, work.Do})
	}
	for _, round := range d.Rounds {
		if round.Queue == "" {
			continue // see watch
		}
		all = append(all, periodic{"round:" + round.Key + ":", round.Queue, round.Every, func(ctx context.Context) error { return d.round(ctx, round) }})
	}
	return all
}

// usualBeat is how often a worker looks for what is due.
const usualBeat = 2 * time.Second

// beat sweeps the outboxes and offers each slot's tasks; whoever is first makes them.
func beat(ctx context.Context, d Deps, schedule []periodic) {
	tick := time.NewTicker(cmp.Or(d.Beat, usualBeat))
	defer tick.Stop()
	for {
		if _, err := d.Relay.Sweep(ctx); err != nil && ctx.Err() == nil {
			d.Log.WarnContext(ctx, "sweep of the outboxes", slog.Any("cause", err))
		}
		for _, work := range schedule {
			if err := offer(ctx, d.Queue, work, d.Clock.Now()); err != nil && ctx.Err() == nil {
				d.Log.WarnContext(ctx, "schedule", slog.String("task", work.Type), slog.Any("cause", err))
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func offer(ctx context.Context, queue *jobs.Queue, work periodic, now time.Time) error {
	slot := now.Truncate(work.Every).Format(time.RFC3339)
	return queue.Offer(ctx, jobs.Task{Type: work.Type, ID: work.Type + slot, Queue: work.Queue, Timeout: 5 * time.Minute, Kept: 2 * work.Every})
}

// EachTrust runs fn for every trust. What fails for one does not keep the others waiting.
func EachTrust(ctx context.Context, directory *tenants.Directory, fn func(context.Context, tenants.Trust) error) error {
	trusts, err := directory.Trusts(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, trust := range trusts {
		if err := fn(ctx, trust); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", trust.Slug, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return failed
}

// round runs in every trust, or in every open service of it that has the room on.
func (d Deps) round(ctx context.Context, round tenants.Round) error {
	return d.places(ctx, round, round.Do)
}

// places are the scopes in which a round runs.
func (d Deps) places(ctx context.Context, round tenants.Round, do func(context.Context, tenants.Scope) error) error {
	return EachTrust(ctx, d.Directory, func(ctx context.Context, trust tenants.Trust) error {
		var here tenants.Scope
		err := d.Directory.ReadAs(ctx, trust.ID, "", func(_ context.Context, s tenants.Scope) error {
			here = s
			return nil
		})
		if err != nil {
			return err
		}
		if round.Trust {
			return do(ctx, here)
		}
		var failed error
		for _, s := range here.Scopes() {
			if round.Module == "" || s.Service.Open(round.Module) {
				failed = errors.Join(failed, do(ctx, s))
			}
		}
		return failed
	})
}

// sweep tidies every trust in a unit of work of its own.
func (d Deps) sweep(ctx context.Context) error {
	return EachTrust(ctx, d.Directory, func(ctx context.Context, trust tenants.Trust) error {
		return d.Directory.WriteAs(ctx, trust.ID, "", func(ctx context.Context, s tenants.Scope) error {
			if _, err := d.Sessions.Sweep(ctx, s); err != nil {
				return err
			}
			_, err := tenants.Outbox{Scope: s}.Forget(ctx)
			return err
		})
	})
}
