package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/hibiken/asynq"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// patience is how long a look into the queue may take: whoever looks wants to
// know quickly that it does not answer.
const patience = 2 * time.Second

// State is how a queue stands.
type State struct {
	Queue string `json:"queue"`
	// Paused says that nothing of it is worked on.
	Paused bool `json:"paused"`
	// How many tasks wait, are being done, are for later, wait for their next
	// try, have failed for good, and are done but still kept.
	Pending   int `json:"pending"`
	Active    int `json:"active"`
	Scheduled int `json:"scheduled"`
	Retry     int `json:"retry"`
	Archived  int `json:"archived"`
	Completed int `json:"completed"`
	// Waiting is for how many seconds the oldest pending task has waited.
	Waiting float64 `json:"waiting_seconds"`
	// Tries since midnight UTC, and how many of them failed.
	Processed int `json:"processed_today"`
	Failed    int `json:"failed_today"`
}

// Failure is a task that failed: it waits for its next try or, archived, for a
// person. What it carries is not in it.
type Failure struct {
	Queue    string    `json:"queue"`
	ID       string    `json:"id"`
	Type     string    `json:"type"`
	Tries    int       `json:"tries"`
	Error    string    `json:"error"` // of the last try, without addresses
	FailedAt time.Time `json:"failed_at"`
	Archived bool      `json:"archived"`
	NextAt   time.Time `json:"next_at,omitzero"`
}

// States tells how each queue stands, by urgency, also before its first task.
// Unavailable if the server does not answer within two seconds.
func (q *Queue) States(ctx context.Context) ([]State, error) {
	return within(ctx, func() ([]State, error) {
		there, err := q.inspector.Queues()
		if err != nil {
			return nil, err
		}
		states := make([]State, len(Names))
		for i, name := range Names {
			states[i].Queue = name
			if !slices.Contains(there, name) {
				continue
			}
			info, err := q.inspector.GetQueueInfo(name)
			if err != nil {
				return nil, err
			}
			states[i] = State{Queue: name, Paused: info.Paused, Pending: info.Pending, Active: info.Active, Scheduled: info.Scheduled,
				Retry: info.Retry, Archived: info.Archived, Completed: info.Completed, Waiting: info.Latency.Seconds(),
				Processed: info.Processed, Failed: info.Failed}
		}
		return states, nil
	})
}

// Failures lists at most so many failed tasks of each queue, latest first.
func (q *Queue) Failures(ctx context.Context, most int) ([]Failure, error) {
	return within(ctx, func() ([]Failure, error) {
		var all []Failure
		for _, name := range Names {
			failed, err := q.failures(name, most)
			if err != nil {
				return nil, err
			}
			all = append(all, failed...)
		}
		return all, nil
	})
}

func (q *Queue) failures(name string, most int) ([]Failure, error) {
	retry, err := q.inspector.ListRetryTasks(name, asynq.PageSize(most))
	if errors.Is(err, asynq.ErrQueueNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	archived, err := q.archived(name, most)
	if err != nil {
		return nil, err
	}
	var failed []Failure
	for _, task := range slices.Concat(archived, retry) {
		one := Failure{Queue: name, ID: task.ID, Type: task.Type, Tries: task.Retried, Error: Guarded(task.LastErr),
			FailedAt: task.LastFailedAt, NextAt: task.NextProcessAt}
		if task.State == asynq.TaskStateArchived {
			one.Archived = true
			one.Tries++ // its last try, after which there was no other
		}
		failed = append(failed, one)
	}
	slices.SortStableFunc(failed, func(a, b Failure) int { return b.FailedAt.Compare(a.FailedAt) })
	return failed[:min(most, len(failed))], nil
}

// archived reads the last pages of the list, which has the oldest first.
func (q *Queue) archived(name string, most int) ([]*asynq.TaskInfo, error) {
	info, err := q.inspector.GetQueueInfo(name)
	if err != nil {
		return nil, err
	}
	last := max(1, (info.Archived+most-1)/most)
	var all []*asynq.TaskInfo
	for page := max(1, last-1); page <= last; page++ {
		some, err := q.inspector.ListArchivedTasks(name, asynq.PageSize(most), asynq.Page(page))
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// Pause stops work on a queue, on all nodes; what is being done is finished.
func (q *Queue) Pause(ctx context.Context, name string) error {
	return q.steer(ctx, name, func() error {
		if info, err := q.inspector.GetQueueInfo(name); err == nil && info.Paused {
			return nil
		}
		if err := q.begin(name); err != nil {
			return err
		}
		return q.inspector.PauseQueue(name)
	})
}

// Resume takes up work on a queue again.
func (q *Queue) Resume(ctx context.Context, name string) error {
	return q.steer(ctx, name, func() error {
		info, err := q.inspector.GetQueueInfo(name)
		if err != nil || !info.Paused {
			return err
		}
		return q.inspector.UnpauseQueue(name)
	})
}

// begin makes a queue known to the server, which does not show that a queue is
// paused before it has had a task.
func (q *Queue) begin(name string) error {
	there, err := q.inspector.Queues()
	if err != nil || slices.Contains(there, name) {
		return err
	}
	client := asynq.NewClient(q.Connection)
	defer func() { _ = client.Close() }()
	task, err := client.Enqueue(asynq.NewTask("queue:begin", nil), asynq.Queue(name), asynq.ProcessIn(time.Hour), asynq.MaxRetry(0))
	if err != nil {
		return err
	}
	return q.inspector.DeleteTask(name, task.ID)
}

// RunAgain gives a failed task to the workers now. Conflict if it is not among
// the failed ones any more.
func (q *Queue) RunAgain(ctx context.Context, name, id string) error {
	return q.steer(ctx, name, func() error {
		if err := q.failed(name, id, asynq.TaskStateArchived, asynq.TaskStateRetry); err != nil {
			return err
		}
		return q.inspector.RunTask(name, id)
	})
}

// Remove deletes an archived task. Conflict if it is not there any more, or may
// still be tried.
func (q *Queue) Remove(ctx context.Context, name, id string) error {
	return q.steer(ctx, name, func() error {
		if err := q.failed(name, id, asynq.TaskStateArchived); err != nil {
			return err
		}
		return q.inspector.DeleteTask(name, id)
	})
}

func (q *Queue) failed(name, id string, states ...asynq.TaskState) error {
	info, err := q.inspector.GetTaskInfo(name, id)
	if errors.Is(err, asynq.ErrTaskNotFound) || errors.Is(err, asynq.ErrQueueNotFound) || err == nil && !slices.Contains(states, info.State) {
		return fault.New(fault.Conflict, "This task is not there any more, or is being tried again. Look at the list once more.")
	}
	return err
}

// steer does something to one of our queues; NotFound for any other name.
func (q *Queue) steer(ctx context.Context, name string, do func() error) error {
	if !slices.Contains(Names, name) {
		return fault.Missing()
	}
	_, err := within(ctx, func() (struct{}, error) { return struct{}{}, do() })
	return err
}

// within waits no longer than patience for asynq, which takes no context here.
// What is not waited for ends by the timeouts of the connection.
func within[T any](ctx context.Context, ask func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answered := make(chan answer, 1)
	go func() {
		var got answer
		defer func() {
			if panicked := recover(); panicked != nil {
				got.err = fmt.Errorf("panic: %v", panicked)
			}
			answered <- got
		}()
		got.value, got.err = ask()
	}()
	var got answer
	select {
	case got = <-answered:
	case <-ctx.Done():
		got.err = ctx.Err()
	}
	var known *fault.Error
	if got.err != nil && !errors.As(got.err, &known) {
		got.err = fault.Wrap(fault.Unavailable, "The queue does not answer. Tasks wait until it does.", got.err)
	}
	return got.value, got.err
}

// address is what a mail server repeats when it refuses somebody.
var address = regexp.MustCompile(`[^\s<>"'(]+@[^\s<>"')]+`)

// Guarded is an error as those may read it who must not know any member.
func Guarded(text string) string {
	text = address.ReplaceAllString(text, "(an address)")
	if runes := []rune(text); len(runes) > 300 {
		return string(runes[:300]) + "…"
	}
	return cmp.Or(text, "no reason given")
}
