package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/hibiken/asynq"
)

// Task is work to be done by some worker. Its payload carries ids only: what
// lies in Redis is not sealed.
type Task struct {
	Type, ID, Queue string
	Payload         []byte
	Timeout         time.Duration
	// Kept is how long the id of a finished task stays taken.
	Kept time.Duration
}

// retries spread over about two hours, so that a mail server may be down for a while.
const retries = 12

// Offer hands a task to the queue. A task of the same id that the queue still
// has is the same task: that is no error. One that the queue has given up is
// begun anew.
func (q *Queue) Offer(ctx context.Context, t Task) error {
	err := q.enqueue(ctx, t)
	if !errors.Is(err, asynq.ErrTaskIDConflict) {
		return err
	}
	known, err := q.inspector.GetTaskInfo(t.Queue, t.ID)
	if err != nil || known.State != asynq.TaskStateArchived {
		return nil //nolint:nilerr // it has just been finished
	}
	if err := q.inspector.DeleteTask(t.Queue, t.ID); err != nil {
		return err
	}
	return q.enqueue(ctx, t)
}

func (q *Queue) enqueue(ctx context.Context, t Task) error {
	_, err := q.client.EnqueueContext(ctx, asynq.NewTask(t.Type, t.Payload),
		asynq.TaskID(t.ID), asynq.Queue(t.Queue), asynq.MaxRetry(retries), asynq.Timeout(t.Timeout), asynq.Retention(t.Kept))
	return err
}
