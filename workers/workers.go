// Package workers does what happens by itself: what follows from events, and
// what comes round. Several workers on several nodes share the work.
package workers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/hibiken/asynq"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/metrics"
	"github.com/sharon-nhs/sharon/tenants"
)

// Deps are what the work needs.
type Deps struct {
	Directory *tenants.Directory
	Sessions  tenants.Sessions
	Queue     *jobs.Queue
	Relay     *Relay
	On        []tenants.Handler
	Rounds    []tenants.Round
	Chores    []Chore
	Queues    []string      // that this worker serves; none means all
	Beat      time.Duration // how often a worker looks for what is due; zero means every two seconds
	Clock     clock.Clock
	Log       *slog.Logger
	Metrics   *metrics.Metrics // nil for none
}

// Chore is periodic work of the platform, in no trust. Several may run at once.
type Chore struct {
	Key     string
	Queue   string
	Every   time.Duration
	Timeout time.Duration
	Do      func(ctx context.Context) error
}

// Run works until ctx ends, then finishes what it began.
func Run(ctx context.Context, d Deps) error {
	share, err := jobs.Share(d.Queues)
	if err != nil {
		return err
	}
	server := asynq.NewServer(d.Queue.Connection, asynq.Config{
		Concurrency: 8, Queues: share, TaskCheckInterval: 50 * time.Millisecond,
		DelayedTaskCheckInterval: time.Second, ShutdownTimeout: 20 * time.Second,
		RetryDelayFunc: retryAfter, Logger: quiet{d.Log}, LogLevel: asynq.WarnLevel,
		BaseContext: func() context.Context { return context.WithoutCancel(ctx) },
	})
	mux := asynq.NewServeMux()
	mux.Handle(prefix, newConsequences(d))
	schedule := d.schedule()
	for _, work := range schedule {
		mux.HandleFunc(work.Type, func(ctx context.Context, _ *asynq.Task) error {
			took := clock.Stopwatch()
			err := work.Do(ctx)
			d.Metrics.Round(strings.Trim(strings.TrimPrefix(work.Type, "round:"), ":"), took(), err)
			if err != nil {
				d.Log.ErrorContext(ctx, "round failed", slog.String("round", work.Type), slog.Any("cause", err))
				return errors.New("failed; the log says why")
			}
			return nil
		})
	}
	if err := server.Start(mux); err != nil {
		return fmt.Errorf("workers: %w", err)
	}
	defer server.Shutdown()
	var watching sync.WaitGroup
	defer watching.Wait()
	for _, round := range d.Rounds {
		if round.Queue == "" {
			watching.Go(func() { d.watch(ctx, round) })
		}
	}
	beat(ctx, d, schedule)
	return nil
}

// retryAfter waits longer with each try, up to a quarter of an hour; not at all
// when it was a worker that died.
func retryAfter(tried int, err error, _ *asynq.Task) time.Duration {
	if errors.Is(err, asynq.ErrLeaseExpired) {
		return 0
	}
	return min(time.Second<<min(tried, 10), 15*time.Minute)
}

// quiet gives asynq's own words to our log.
type quiet struct{ log *slog.Logger }

func (q quiet) Debug(args ...any) { q.log.Debug("asynq", slog.String("says", fmt.Sprint(args...))) }
func (q quiet) Info(args ...any)  { q.log.Info("asynq", slog.String("says", fmt.Sprint(args...))) }
func (q quiet) Warn(args ...any)  { q.log.Warn("asynq", slog.String("says", fmt.Sprint(args...))) }
func (q quiet) Error(args ...any) { q.log.Error("asynq", slog.String("says", fmt.Sprint(args...))) }
func (q quiet) Fatal(args ...any) { q.log.Error("asynq", slog.String("says", fmt.Sprint(args...))) }
