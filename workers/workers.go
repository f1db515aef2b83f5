// Package workers does what happens by itself: tasks from the queue and the
// periodic ones. Several workers on several nodes share the work; a periodic
// task carries its time slot in its id, so that it runs once however many there are.
package workers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hibiken/asynq"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/tenants"
)

// Deps are what the work needs.
type Deps struct {
	Directory *tenants.Directory
	Sessions  tenants.Sessions
	Queue     *jobs.Queue
	Queues    []string // that this worker serves; none means all
	Clock     clock.Clock
	Log       *slog.Logger
}

// Periodic is work that comes round.
type Periodic struct {
	Type  string
	Queue string
	Every time.Duration
	Do    func(ctx context.Context) error
}

// Schedule lists the periodic work.
func Schedule(d Deps) []Periodic {
	return []Periodic{
		{"housekeeping:sweep", jobs.Bulk, 15 * time.Minute, d.sweep},
	}
}

// Run works until ctx ends, then finishes what it began.
func Run(ctx context.Context, d Deps) error {
	share, err := jobs.Share(d.Queues)
	if err != nil {
		return err
	}
	server := asynq.NewServer(d.Queue.Connection, asynq.Config{
		Concurrency: 8, Queues: share, TaskCheckInterval: 50 * time.Millisecond,
		ShutdownTimeout: 20 * time.Second, Logger: quiet{d.Log}, LogLevel: asynq.WarnLevel,
		ErrorHandler: asynq.ErrorHandlerFunc(func(ctx context.Context, task *asynq.Task, err error) {
			d.Log.ErrorContext(ctx, "task failed", slog.String("task", task.Type()), slog.Any("cause", err))
		}),
	})
	mux := asynq.NewServeMux()
	schedule := Schedule(d)
	for _, work := range schedule {
		mux.HandleFunc(work.Type, func(ctx context.Context, _ *asynq.Task) error { return work.Do(ctx) })
	}
	if err := server.Start(mux); err != nil {
		return fmt.Errorf("workers: %w", err)
	}
	defer server.Shutdown()
	client := asynq.NewClient(d.Queue.Connection)
	defer func() { _ = client.Close() }()
	beat(ctx, d, client, schedule)
	return nil
}

// beat offers each slot's task; whoever is first makes it.
func beat(ctx context.Context, d Deps, client *asynq.Client, schedule []Periodic) {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		for _, work := range schedule {
			if err := offer(ctx, client, work, d.Clock.Now()); err != nil {
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

func offer(ctx context.Context, client *asynq.Client, work Periodic, now time.Time) error {
	slot := now.Truncate(work.Every).Format(time.RFC3339)
	_, err := client.EnqueueContext(ctx, asynq.NewTask(work.Type, nil), asynq.TaskID(work.Type+":"+slot), asynq.Queue(work.Queue),
		asynq.MaxRetry(5), asynq.Timeout(5*time.Minute), asynq.Retention(2*work.Every))
	if errors.Is(err, asynq.ErrTaskIDConflict) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// sweep tidies every trust in a unit of work of its own.
func (d Deps) sweep(ctx context.Context) error {
	trusts, err := d.Directory.Trusts(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, trust := range trusts {
		err := d.Directory.WriteAs(ctx, trust.ID, "", func(ctx context.Context, s tenants.Scope) error {
			_, err := d.Sessions.Sweep(ctx, s)
			return err
		})
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("sweep %s: %w", trust.Slug, err))
		}
	}
	return failed
}

// quiet gives asynq's own words to our log.
type quiet struct{ log *slog.Logger }

func (q quiet) Debug(args ...any) { q.log.Debug("asynq", slog.String("says", fmt.Sprint(args...))) }
func (q quiet) Info(args ...any)  { q.log.Info("asynq", slog.String("says", fmt.Sprint(args...))) }
func (q quiet) Warn(args ...any)  { q.log.Warn("asynq", slog.String("says", fmt.Sprint(args...))) }
func (q quiet) Error(args ...any) { q.log.Error("asynq", slog.String("says", fmt.Sprint(args...))) }
func (q quiet) Fatal(args ...any) { q.log.Error("asynq", slog.String("says", fmt.Sprint(args...))) }
