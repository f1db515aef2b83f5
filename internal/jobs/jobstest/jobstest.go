// Package jobstest leaves tasks in a queue for tests, as workers would.
package jobstest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"github.com/sharon-nhs/sharon/internal/jobs"
)

// Offer puts a task of the kind into the queue and returns its id. It may be
// tried so many times.
func Offer(t testing.TB, q *jobs.Queue, name, kind string, tries int) string {
	t.Helper()
	client := asynq.NewClient(q.Connection)
	defer func() { _ = client.Close() }()
	task, err := client.Enqueue(asynq.NewTask(kind, []byte("a secret payload")), asynq.Queue(name), asynq.MaxRetry(tries-1))
	if err != nil {
		t.Fatal(err)
	}
	return task.ID
}

// Work serves all queues for a while: it tries each task, which comes to nothing
// if because is not empty. It returns how many tries there were.
func Work(t testing.TB, q *jobs.Queue, because string, until func(tries int) bool) int {
	t.Helper()
	var tries atomic.Int32
	server := asynq.NewServer(q.Connection, asynq.Config{
		Concurrency: 2, Queues: jobs.Weights, TaskCheckInterval: 20 * time.Millisecond, LogLevel: asynq.FatalLevel,
		RetryDelayFunc: func(int, error, *asynq.Task) time.Duration { return time.Hour },
	})
	err := server.Start(asynq.HandlerFunc(func(context.Context, *asynq.Task) error {
		defer tries.Add(1)
		if because == "" {
			return nil
		}
		return errors.New(because)
	}))
	if err != nil {
		t.Fatal(fmt.Errorf("work: %w", err))
	}
	defer server.Shutdown()
	for range 250 {
		if until(int(tries.Load())) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	return int(tries.Load())
}
