package jobs_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// onBoth runs a test on the embedded queue and on a real server.
func onBoth(t *testing.T, test func(t *testing.T, q *jobs.Queue)) {
	for name, address := range map[string]func() string{"embedded": func() string { return "" }, "redis": func() string { return testkit.Redis(t) }} {
		t.Run(name, func(t *testing.T) {
			q, err := jobs.Open(address())
			if err != nil {
				t.Fatal(err)
			}
			defer q.Close()
			test(t, q)
		})
	}
}

func TestTaskIsTakenOnceThoughOfferedByMany(t *testing.T) {
	onBoth(t, func(t *testing.T, q *jobs.Queue) {
		var done, offered atomic.Int32
		server := asynq.NewServer(q.Connection, asynq.Config{Concurrency: 4, Queues: jobs.Weights, TaskCheckInterval: 20 * time.Millisecond, LogLevel: asynq.FatalLevel})
		if err := server.Start(asynq.HandlerFunc(func(context.Context, *asynq.Task) error { done.Add(1); return nil })); err != nil {
			t.Fatal(err)
		}
		defer server.Shutdown()
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				client := asynq.NewClient(q.Connection)
				defer func() { _ = client.Close() }()
				_, err := client.Enqueue(asynq.NewTask("test:once", nil), asynq.TaskID("slot"), asynq.Queue(jobs.Safety), asynq.Retention(time.Minute))
				if err == nil {
					offered.Add(1)
				} else if !errors.Is(err, asynq.ErrTaskIDConflict) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for range 6000 {
			if done.Load() > 0 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if offered.Load() != 1 || done.Load() != 1 {
			t.Errorf("taken %d times, done %d times", offered.Load(), done.Load())
		}
	})
}

func TestPingTellsALostServer(t *testing.T) {
	server := testkit.StartRedis(t)
	q, err := jobs.Open(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Ping(); err != nil {
		t.Errorf("alive: %v", err)
	}
	server.Kill()
	if err := q.Ping(); err == nil {
		t.Error("dead, and yet it answers")
	}
}

func TestEmbeddedClockMoves(t *testing.T) {
	q, err := jobs.Open("")
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	client := asynq.NewClient(q.Connection)
	defer func() { _ = client.Close() }()
	offer := func() error {
		_, err := client.Enqueue(asynq.NewTask("test:unique", nil), asynq.Unique(time.Second))
		return err
	}
	if err := offer(); err != nil {
		t.Fatal(err)
	}
	if err := offer(); !errors.Is(err, asynq.ErrDuplicateTask) {
		t.Fatalf("within its second: %v", err)
	}
	for range 600 {
		if offer() == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Error("a key of one second is still there after a minute")
}

func TestBadAddressIsExplained(t *testing.T) {
	if _, err := jobs.Open("http://localhost"); err == nil {
		t.Error("opened")
	}
}
