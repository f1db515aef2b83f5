package workers

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/tenants"
)

const (
	// watchers is how many places one round without a queue looks after at a time.
	watchers = 32
	// watchFor is how long it may take in one place.
	watchFor = 5 * time.Minute
)

// watch does a round that has no queue, until ctx ends and what it began is done.
// A place where it takes long keeps neither the others waiting nor its own next time.
func (d Deps) watch(ctx context.Context, round tenants.Round) {
	var all sync.WaitGroup
	defer all.Wait()
	tick := time.NewTicker(round.Every)
	defer tick.Stop()
	free := make(chan struct{}, watchers)
	for {
		err := d.places(ctx, round, func(ctx context.Context, s tenants.Scope) error {
			select {
			case free <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
			all.Go(func() {
				defer func() { <-free }()
				d.look(context.WithoutCancel(ctx), round, s)
			})
			return nil
		})
		if err != nil && ctx.Err() == nil {
			d.Log.ErrorContext(ctx, "round failed", slog.String("round", round.Key), slog.Any("cause", err))
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// look does such a round in one place. It never panics.
func (d Deps) look(ctx context.Context, round tenants.Round, s tenants.Scope) {
	defer func() {
		if cause := recover(); cause != nil {
			d.Log.ErrorContext(ctx, "round failed", slog.String("round", round.Key), slog.String("cause", fmt.Sprint(cause)), slog.String("stack", string(debug.Stack())))
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, watchFor)
	defer cancel()
	took := clock.Stopwatch()
	err := round.Do(ctx, s)
	if d.Metrics.Round(round.Key, took(), err); err != nil {
		d.Log.ErrorContext(ctx, "round failed", slog.String("round", round.Key), slog.Any("cause", err))
	}
}
