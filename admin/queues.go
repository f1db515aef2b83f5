package admin

import (
	"context"
	"log/slog"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
)

// shownFailures is how many failed tasks of each queue the page lists.
const shownFailures = 10

// abouts say what waits in each queue.
var abouts = map[string]string{
	jobs.Safety:   "What somebody’s safety hangs on. Always first.",
	jobs.Realtime: "What somebody waits for on a page.",
	jobs.Default:  "Everything else that a person started.",
	jobs.Bulk:     "What has time: digests and tidying up.",
}

// Queues is how the queues stand.
type Queues struct {
	Problem  string         `json:"problem,omitempty"` // why nothing can be seen
	Queues   []jobs.State   `json:"queues"`
	Failures []jobs.Failure `json:"failures"`
	GivenUp  []GivenUp      `json:"given_up"`
}

// Queues looks into the queues. A queue that does not answer is no error: the
// page says so.
func (c Console) Queues(ctx context.Context, _ Scope, _ web.None) (Queues, error) {
	out := Queues{Queues: []jobs.State{}, Failures: []jobs.Failure{}}
	var err error
	if out.GivenUp, err = c.givenUp(ctx); err != nil {
		return out, err
	}
	states, problem := c.states(ctx)
	if problem != "" {
		out.Problem = problem
		return out, nil
	}
	failures, err := c.Queue.Failures(ctx, shownFailures)
	if err != nil {
		out.Problem = c.explain(ctx, err)
		return out, nil
	}
	out.Queues = states
	out.Failures = append(out.Failures, failures...)
	return out, nil
}

func (c Console) states(ctx context.Context) ([]jobs.State, string) {
	if c.Queue == nil {
		return nil, noQueue
	}
	states, err := c.Queue.States(ctx)
	if err != nil {
		return nil, c.explain(ctx, err)
	}
	return states, ""
}

const noQueue = "This web process was not told where the queue is. Start it with REDIS_URL, as the workers are."

func (c Console) explain(ctx context.Context, err error) string {
	c.Log.WarnContext(ctx, "queues cannot be seen", slog.Any("cause", err))
	return "The queue does not answer. Nothing is lost: work waits until it is back. Look at Redis, then load this page again."
}

// OneQueue names a queue.
type OneQueue struct {
	Queue string `path:"queue"`
}

// OneTask names a task of a queue.
type OneTask struct {
	Queue string `path:"queue"`
	Task  string `json:"task" validate:"required,max=500"`
}

// Pause stops work on a queue, on all nodes.
func (c Console) Pause(ctx context.Context, s Scope, in OneQueue) (web.None, error) {
	return c.steer(ctx, s, "pause", in.Queue, "", func() error { return c.Queue.Pause(ctx, in.Queue) })
}

// Resume takes up work on a queue again.
func (c Console) Resume(ctx context.Context, s Scope, in OneQueue) (web.None, error) {
	return c.steer(ctx, s, "resume", in.Queue, "", func() error { return c.Queue.Resume(ctx, in.Queue) })
}

// RunAgain gives a failed task to the workers once more. Conflict if it is not
// among the failed ones any more.
func (c Console) RunAgain(ctx context.Context, s Scope, in OneTask) (web.None, error) {
	return c.steer(ctx, s, "run again", in.Queue, in.Task, func() error { return c.Queue.RunAgain(ctx, in.Queue, in.Task) })
}

// Remove deletes a task that failed for good. Conflict if it is not there any more.
func (c Console) Remove(ctx context.Context, s Scope, in OneTask) (web.None, error) {
	return c.steer(ctx, s, "remove", in.Queue, in.Task, func() error { return c.Queue.Remove(ctx, in.Queue, in.Task) })
}

// steer does it and keeps in the log who did.
func (c Console) steer(ctx context.Context, s Scope, what, queue, task string, do func() error) (web.None, error) {
	if c.Queue == nil {
		return web.None{}, fault.New(fault.Unavailable, noQueue)
	}
	if err := do(); err != nil {
		return web.None{}, err
	}
	c.Log.InfoContext(ctx, "queue steered", slog.String("staff", s.Staff.ID.String()), slog.String("action", what), slog.String("queue", queue), slog.String("task", task))
	return web.None{}, nil
}

// lasting says a time of waiting in words.
func lasting(seconds float64) string {
	switch wait := time.Duration(seconds * float64(time.Second)); {
	case seconds <= 0:
		return "–"
	case wait < time.Second:
		return "less than a second"
	case wait < time.Minute:
		return ui.Count(int(wait.Seconds()), "second", "seconds")
	case wait < time.Hour:
		return ui.Count(int(wait.Minutes()), "minute", "minutes")
	case wait < 48*time.Hour:
		return ui.Count(int(wait.Hours()), "hour", "hours")
	default:
		return ui.Count(int(wait.Hours()/24), "day", "days")
	}
}

// clocked is a time to come.
func clocked(t time.Time) string { return t.In(clock.London).Format("2 January, 15:04") }
