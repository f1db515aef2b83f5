package workers_test

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/migrations"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/workers"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// works is what several workers share: one database and one queue.
type works struct {
	*testing.T
	deps  workers.Deps
	db    *database.DB
	clock *clock.Fake
	trust tenants.Trust
}

func onBoth(t *testing.T, test func(w *works)) {
	prepare := testkit.Migrated(migrations.Files)
	t.Run("embedded", func(t *testing.T) { test(newWorks(t, testkit.SQLite(t, prepare), "")) })
	t.Run("grown", func(t *testing.T) { test(newWorks(t, testkit.Postgres(t, prepare), testkit.Redis(t))) })
}

func newWorks(t *testing.T, databaseURL, redisURL string) *works {
	t.Helper()
	w := &works{T: t, db: testkit.Open(t, databaseURL), clock: clock.NewFake(time.Date(2026, 11, 20, 10, 31, 0, 0, time.UTC))}
	queue, err := jobs.Open(redisURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(queue.Close)
	directory := &tenants.Directory{DB: w.db, Clock: w.clock, BaseHost: "localhost"}
	if w.trust, err = directory.CreateTrust(t.Context(), tenants.NewTrust{ODSCode: "RX1", Name: "Northmoor", Slug: "northmoor"}); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	w.deps = workers.Deps{Directory: directory, Sessions: tenants.Sessions{Idle: time.Hour, Absolute: 12 * time.Hour}, Queue: queue, Relay: workers.NewRelay(directory, queue, log), Clock: w.clock, Log: log}
	return w
}

// run starts so many workers, waits until done says so, and stops them.
func (w *works) run(many int, done func() bool) {
	w.Helper()
	w.runFor(time.Minute, many, done)
}

func (w *works) runFor(most time.Duration, many int, done func() bool) {
	w.Helper()
	ctx, stop := context.WithCancel(w.Context())
	var all sync.WaitGroup
	for range many {
		all.Go(func() {
			if err := workers.Run(ctx, w.deps); err != nil {
				w.Error(err)
			}
		})
	}
	for deadline := time.Now().Add(most); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.Errorf("the work was not done in %v", most)
			break
		}
	}
	stop()
	stopped := make(chan struct{})
	go func() { all.Wait(); close(stopped) }()
	select {
	case <-stopped:
	case <-time.After(time.Minute):
		w.Fatal("the workers did not stop")
	}
}

// ids lists the sweeps that are done, at most a day's.
func (w *works) ids() (ids []string) {
	w.Helper()
	inspector := asynq.NewInspector(w.deps.Queue.Connection)
	defer func() { _ = inspector.Close() }()
	tasks, _ := inspector.ListCompletedTasks(jobs.Bulk, asynq.PageSize(1000)) // none while there is no such queue
	for _, task := range tasks {
		if task.Type == "housekeeping:sweep:" {
			ids = append(ids, task.ID)
		}
	}
	return ids
}

// leave puts an old limit into the trust, for the sweep to find.
func (w *works) leave() {
	w.Helper()
	err := w.db.Write(w.Context(), w.trust.ID, func(ctx context.Context, db bun.IDB) error {
		_, err := db.NewRaw("INSERT INTO throttles (tenant_id, subject, failures, updated_at) VALUES (?, 'old', 1, ?)", w.trust.ID, w.clock.Now().Add(-48*time.Hour)).Exec(ctx)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
}

func (w *works) left() (n int) {
	w.Helper()
	err := w.db.Read(w.Context(), w.trust.ID, func(ctx context.Context, db bun.IDB) error {
		return db.NewRaw("SELECT count(*) FROM throttles WHERE tenant_id = ?", w.trust.ID).Scan(ctx, &n)
	})
	if err != nil {
		w.Fatal(err)
	}
	return n
}

func TestPeriodicTaskRunsOnceASlotOnThreeWorkers(t *testing.T) {
	onBoth(t, func(w *works) {
		w.leave()
		w.run(3, func() bool { return len(w.ids()) > 0 })
		if got := w.ids(); len(got) != 1 || got[0] != "housekeeping:sweep:2026-11-20T10:30:00Z" {
			w.Errorf("in the first slot: %v", got)
		}
		if n := w.left(); n != 0 {
			w.Errorf("the sweep left %d rows", n)
		}
		w.clock.Advance(10 * time.Minute)
		w.leave()
		start := time.Now()
		w.run(3, func() bool { return time.Since(start) > 500*time.Millisecond }) // a restart within the slot
		if got := w.ids(); len(got) != 1 || w.left() != 1 {
			w.Errorf("after a restart in the same slot: %v, %d rows", got, w.left())
		}
		w.clock.Advance(5 * time.Minute)
		w.run(3, func() bool { return len(w.ids()) > 1 })
		if got := w.ids(); len(got) != 2 || w.left() != 0 {
			w.Errorf("in the second slot: %v, %d rows", got, w.left())
		}
	})
}

// A day in quarters of an hour: every round and every sweep happens once in each
// of its slots, whichever of the workers does it.
func TestADayOfPeriodicTasksOnThreeWorkers(t *testing.T) {
	w := newWorks(t, testkit.Postgres(t, testkit.Migrated(migrations.Files)), testkit.Redis(t))
	err := w.deps.Directory.WriteAs(t.Context(), w.trust.ID, "", func(ctx context.Context, s tenants.Scope) error {
		_, err := tenants.CreateService(ctx, s, tenants.NewService{Area: "perinatal", Name: "Willow", Slug: "willow", Accent: "1f5a4f"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	done := map[string]int{} // round and slot
	slot := func(key string, every time.Duration) string {
		return key + w.clock.Now().Truncate(every).Format(" 02 15:04")
	}
	every := map[string]time.Duration{"quarterly": 15 * time.Minute, "hourly": time.Hour, "daily": 24 * time.Hour}
	for key, often := range every {
		w.deps.Rounds = append(w.deps.Rounds, tenants.Round{Key: key, Queue: jobs.Bulk, Every: often, Do: func(context.Context, tenants.Scope) error {
			mu.Lock()
			defer mu.Unlock()
			done[slot(key, often)]++
			return nil
		}})
	}
	w.deps.Beat = 20 * time.Millisecond
	w.clock.Advance(w.clock.Now().Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(w.clock.Now())) // midnight
	const slots = 24 * 4
	passed := 0
	w.runFor(2*time.Minute, 3, func() bool {
		mu.Lock()
		defer mu.Unlock()
		for key, often := range every {
			if done[slot(key, often)] == 0 {
				return false
			}
		}
		if passed < slots && len(w.ids()) > passed {
			passed++
			w.clock.Advance(15 * time.Minute)
		}
		return passed == slots
	})
	if passed < slots {
		t.Errorf("%d slots of %d", passed, slots)
	}
	for one, times := range done {
		if times != 1 {
			t.Errorf("%s was done %d times", one, times)
		}
	}
}

func TestATrustsRoundIsDoneOnceHoweverManyServicesItHas(t *testing.T) {
	w := newWorks(t, testkit.SQLite(t, testkit.Migrated(migrations.Files)), testkit.Redis(t))
	for _, slug := range []string{"willow", "harbour"} {
		err := w.deps.Directory.WriteAs(t.Context(), w.trust.ID, "", func(ctx context.Context, s tenants.Scope) error {
			_, err := tenants.CreateService(ctx, s, tenants.NewService{Area: "perinatal", Name: slug, Slug: slug, Accent: "1f5a4f"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	var trusts, services int
	count := func(n *int) func(context.Context, tenants.Scope) error {
		return func(_ context.Context, s tenants.Scope) error {
			mu.Lock()
			defer mu.Unlock()
			*n++
			if (s.Service == nil) != (n == &trusts) {
				t.Errorf("in the service %v", s.Service)
			}
			return nil
		}
	}
	w.deps.Rounds = []tenants.Round{
		{Key: "of-trusts", Queue: jobs.Bulk, Every: time.Hour, Trust: true, Do: count(&trusts)},
		{Key: "of-services", Queue: jobs.Bulk, Every: time.Hour, Do: count(&services)},
	}
	w.deps.Beat = 20 * time.Millisecond
	w.runFor(time.Minute, 2, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return trusts > 0 && services > 1
	})
	if trusts != 1 || services != 2 {
		t.Errorf("%d times for the trust, %d times for its services", trusts, services)
	}
}

// What the platform does for itself is done once a slot, in no trust.
func TestThePlatformsWorkIsDoneOnceASlot(t *testing.T) {
	w := newWorks(t, testkit.SQLite(t, testkit.Migrated(migrations.Files)), testkit.Redis(t))
	var done atomic.Int32
	w.deps.Chores = []workers.Chore{{Key: "money", Queue: jobs.Default, Every: time.Minute, Do: func(context.Context) error {
		done.Add(1)
		return nil
	}}}
	w.deps.Beat = 20 * time.Millisecond
	for slot := int32(1); slot <= 2; slot++ {
		start := time.Now()
		w.run(3, func() bool { return done.Load() >= slot && time.Since(start) > 300*time.Millisecond })
		if done.Load() != slot {
			t.Errorf("done %d times in %d slots", done.Load(), slot)
		}
		w.clock.Advance(time.Minute)
	}
}
