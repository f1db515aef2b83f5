package jobs_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/jobs/jobstest"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// state is that of one queue.
func state(t *testing.T, q *jobs.Queue, name string) jobs.State {
	t.Helper()
	all, err := q.States(t.Context())
	must(t, err)
	for _, one := range all {
		if one.Queue == name {
			return one
		}
	}
	t.Fatalf("no queue %s in %v", name, all)
	return jobs.State{}
}

// soon is a little while, for what must not happen.
func soon() func(int) bool {
	start := time.Now()
	return func(int) bool { return time.Since(start) > 400*time.Millisecond }
}

func TestQueuesAreShownBeforeTheirFirstTask(t *testing.T) {
	onBoth(t, func(t *testing.T, q *jobs.Queue) {
		all, err := q.States(t.Context())
		want := []jobs.State{{Queue: "safety"}, {Queue: "realtime"}, {Queue: "default"}, {Queue: "bulk"}}
		if err != nil || fmt.Sprint(all) != fmt.Sprint(want) {
			t.Errorf("got %v, %v", all, err)
		}
		if failed, err := q.Failures(t.Context(), 5); err != nil || len(failed) != 0 {
			t.Errorf("failures %v, %v", failed, err)
		}
	})
}

func TestPausedQueueIsNotWorked(t *testing.T) {
	onBoth(t, func(t *testing.T, q *jobs.Queue) {
		must(t, q.Pause(t.Context(), jobs.Safety)) // before it has had a task
		must(t, q.Pause(t.Context(), jobs.Safety)) // a second click
		jobstest.Offer(t, q, jobs.Safety, "test:one", 1)
		jobstest.Offer(t, q, jobs.Default, "test:other", 1)
		if tries := jobstest.Work(t, q, "", soon()); tries != 1 {
			t.Errorf("%d tasks were worked on, not the other queue's alone", tries)
		}
		if s := state(t, q, jobs.Safety); !s.Paused || s.Pending != 1 || s.Scheduled != 0 {
			t.Errorf("paused: %+v", s)
		}
		must(t, q.Resume(t.Context(), jobs.Safety))
		must(t, q.Resume(t.Context(), jobs.Safety))
		if tries := jobstest.Work(t, q, "", func(n int) bool { return n > 0 }); tries != 1 {
			t.Errorf("resumed, and %d tasks were worked on", tries)
		}
		if s := state(t, q, jobs.Safety); s.Paused || s.Pending != 0 || s.Processed != 1 {
			t.Errorf("resumed: %+v", s)
		}
	})
}

func TestFailedTaskIsShownWithoutWhatItCarries(t *testing.T) {
	onBoth(t, func(t *testing.T, q *jobs.Queue) {
		id := jobstest.Offer(t, q, jobs.Bulk, "mail:send", 5)
		jobstest.Work(t, q, "550 no mailbox <hazel@example.org>, said hazel@example.org "+strings.Repeat("long ", 100), func(n int) bool { return n > 0 })
		failed, err := q.Failures(t.Context(), 5)
		must(t, err)
		if len(failed) != 1 || failed[0].ID != id || failed[0].Type != "mail:send" || failed[0].Queue != "bulk" || failed[0].Tries != 1 || failed[0].Archived || failed[0].NextAt.IsZero() || failed[0].FailedAt.IsZero() {
			t.Fatalf("got %+v", failed)
		}
		said := fmt.Sprintf("%+v", failed)
		if strings.Contains(said, "hazel") || strings.Contains(said, "secret") || !strings.Contains(said, "550 no mailbox <(an address)>") || len(failed[0].Error) > 310 {
			t.Errorf("it says %s", said)
		}
	})
}

func TestFailedTaskRunsAgainOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, q *jobs.Queue) {
		for name, tries := range map[string]int{"archived": 1, "waiting for its next try": 5} {
			id := jobstest.Offer(t, q, jobs.Default, "test:one", tries)
			jobstest.Work(t, q, "no", func(n int) bool { return n > 0 })
			must(t, q.RunAgain(t.Context(), jobs.Default, id))
			if err := q.RunAgain(t.Context(), jobs.Default, id); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: a second time: %v", name, err)
			}
			if n := jobstest.Work(t, q, "", soon()); n != 1 {
				t.Errorf("%s: it was tried %d times", name, n)
			}
			if failed, err := q.Failures(t.Context(), 5); err != nil || len(failed) > 0 {
				t.Errorf("%s: still failed: %v, %v", name, failed, err)
			}
		}
	})
}

func TestOnlyAnArchivedTaskIsRemoved(t *testing.T) {
	onBoth(t, func(t *testing.T, q *jobs.Queue) {
		archived, waiting := jobstest.Offer(t, q, jobs.Default, "test:one", 1), jobstest.Offer(t, q, jobs.Default, "test:two", 5)
		jobstest.Work(t, q, "no", func(n int) bool { return n > 1 })
		pending := jobstest.Offer(t, q, jobs.Default, "test:three", 1)
		for _, id := range []string{waiting, pending, "nothing"} {
			if err := q.Remove(t.Context(), jobs.Default, id); !fault.Is(err, fault.Conflict) {
				t.Errorf("removed: %v", err)
			}
		}
		must(t, q.Remove(t.Context(), jobs.Default, archived))
		if s := state(t, q, jobs.Default); s.Archived != 0 || s.Retry != 1 || s.Pending != 1 {
			t.Errorf("left: %+v", s)
		}
	})
}

func TestLatestFailuresComeFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, q *jobs.Queue) {
		for i := range 5 {
			jobstest.Offer(t, q, jobs.Default, fmt.Sprintf("test:%d", i), 1)
			jobstest.Work(t, q, "no", func(n int) bool { return n > 0 })
			time.Sleep(time.Second) // asynq keeps seconds
		}
		failed, err := q.Failures(t.Context(), 2)
		if err != nil || len(failed) != 2 || failed[0].Type != "test:4" || failed[0].Tries != 1 || !failed[0].Archived || failed[1].Type != "test:3" {
			t.Errorf("got %+v, %v", failed, err)
		}
	})
}

func TestUnknownQueueIsMissing(t *testing.T) {
	onBoth(t, func(t *testing.T, q *jobs.Queue) {
		for _, name := range []string{"", "urgent", "safety}:x"} {
			for _, err := range []error{q.Pause(t.Context(), name), q.Resume(t.Context(), name), q.RunAgain(t.Context(), name, "x"), q.Remove(t.Context(), name, "x")} {
				if !fault.Is(err, fault.NotFound) {
					t.Errorf("%q: %v", name, err)
				}
			}
		}
	})
}

// A server that is gone, and one that takes the call and says nothing.
func TestLostServerIsToldQuickly(t *testing.T) {
	gone := testkit.StartRedis(t)
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = mute.Close() })
	for name, address := range map[string]string{"gone": gone.URL(), "mute": "redis://" + mute.Addr().String()} {
		q, err := jobs.Open(address)
		must(t, err)
		if name == "gone" {
			gone.Kill()
		}
		start := time.Now()
		if _, err := q.States(t.Context()); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", name, err)
		}
		if err := q.Pause(t.Context(), jobs.Bulk); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(start); took > 12*time.Second {
			t.Errorf("%s: it took %v to say so twice", name, took)
		}
		q.Close()
	}
}

func TestShareOfTheQueues(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  string
	}{
		{nil, "map[bulk:1 default:3 realtime:6 safety:12]"},
		{[]string{"safety", "realtime"}, "map[realtime:6 safety:12]"},
	} {
		if got, err := jobs.Share(c.names); err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("%v: %v, %v", c.names, got, err)
		}
	}
	_, err := jobs.Share([]string{"safety", "urgent"})
	var refused *fault.Error
	if !errors.As(err, &refused) || refused.Code != fault.Invalid || !strings.Contains(refused.Fields[0].Message, `"urgent". The queues are safety, realtime, default, bulk`) {
		t.Errorf("got %v", err)
	}
}
