package workers_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/migrations"
	"github.com/sharon-nhs/sharon/tenants"
)

var (
	happened = tenants.Kind{Key: "test.happened", Queue: jobs.Realtime}
	followed = tenants.Kind{Key: "test.followed"} // what a handler writes
)

// follow is a handler whose effect is a row.
func follow(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	return s.Emit(ctx, followed, tenants.Event{Subject: e.Subject})
}

// emit lets something happen, or, with an error, nearly.
func (w *works) emit(many int, fails error) {
	w.Helper()
	for range many {
		err := w.deps.Directory.WriteAs(w.Context(), w.trust.ID, "", func(ctx context.Context, s tenants.Scope) error {
			return errors.Join(s.Emit(ctx, happened, tenants.Event{Subject: uuid.New()}), fails)
		})
		if !errors.Is(err, fails) {
			w.Fatal(err)
		}
	}
}

// count counts rows of the outbox: all of a kind, and those of them not done.
func (w *works) count(kind tenants.Kind) (all, open int) {
	w.Helper()
	err := w.db.Read(w.Context(), w.trust.ID, func(ctx context.Context, db bun.IDB) error {
		return db.NewRaw("SELECT count(*), count(due_at) FROM outbox WHERE tenant_id = ? AND kind = ?", w.trust.ID, kind.Key).Scan(ctx, &all, &open)
	})
	if err != nil {
		w.Fatal(err)
	}
	return all, open
}

func (w *works) followed(want int) func() bool {
	return func() bool { all, _ := w.count(followed); return all >= want }
}

func (w *works) must(kind tenants.Kind, wantAll, wantOpen int) {
	w.Helper()
	if all, open := w.count(kind); all != wantAll || open != wantOpen {
		w.Errorf("%s: %d, of these %d open; want %d and %d", kind.Key, all, open, wantAll, wantOpen)
	}
}

func TestWhatIsHandedOverTwiceFollowsOnce(t *testing.T) {
	onBoth(t, func(w *works) {
		w.deps.On = []tenants.Handler{{Kind: happened, Do: follow}}
		w.deps.Directory.Outlet = func(events []tenants.Event) { w.deps.Relay.Send(events); w.deps.Relay.Send(events) }
		ctx, stop := context.WithCancel(w.Context())
		defer stop()
		go w.deps.Relay.Run(ctx)
		w.emit(50, nil)
		w.clock.Advance(time.Minute) // the sweeps of three workers find them too
		w.run(3, w.followed(50))
		w.must(followed, 50, 0)
		w.must(happened, 50, 0)
	})
}

func TestNothingFollowsFromWhatWasUndone(t *testing.T) {
	onBoth(t, func(w *works) {
		told := 0
		w.deps.Directory.Outlet = func([]tenants.Event) { told++ }
		w.emit(1, errors.New("undone"))
		w.must(happened, 0, 0)
		if told > 0 {
			w.Error("the relay was told of something that did not happen")
		}
	})
}

func TestAFailedConsequenceLeavesNothingAndIsTriedAgain(t *testing.T) {
	onBoth(t, func(w *works) {
		var tries atomic.Int32
		w.deps.On = []tenants.Handler{{Kind: happened, Do: func(ctx context.Context, s tenants.Scope, e tenants.Event) error {
			if err := follow(ctx, s, e); err != nil || tries.Add(1) > 1 {
				return err
			}
			return errors.New("the first try fails after its writing")
		}}}
		w.emit(1, nil)
		w.clock.Advance(time.Minute)
		w.run(1, w.followed(1))
		w.must(followed, 1, 0)
		w.must(happened, 1, 0)
	})
}

func TestAnEmptiedQueueIsFilledAgainFromTheOutbox(t *testing.T) {
	onBoth(t, func(w *works) {
		w.deps.On = []tenants.Handler{{Kind: happened, Do: follow}}
		w.emit(20, nil)
		w.clock.Advance(time.Minute)
		if n, err := w.deps.Relay.Sweep(w.Context()); n != 20 || err != nil {
			w.Fatalf("handed over %d: %v", n, err)
		}
		inspector := asynq.NewInspector(w.deps.Queue.Connection)
		defer func() { _ = inspector.Close() }()
		if err := inspector.DeleteQueue(jobs.Realtime, true); err != nil {
			w.Fatal(err)
		}
		w.run(1, func() bool { return true })
		w.must(followed, 0, 0)
		w.clock.Advance(time.Minute)
		w.run(1, w.followed(20))
		w.must(followed, 20, 0)
	})
}

func TestALongOutageOfTheQueueIsNoLongerThanItIs(t *testing.T) {
	redis := testkit.StartRedis(t)
	w := newWorks(t, testkit.Postgres(t, testkit.Migrated(migrations.Files)), redis.URL())
	w.emit(1, nil)
	redis.Kill()
	for range 3 {
		w.clock.Advance(10 * time.Minute)
		if n, err := w.deps.Relay.Sweep(w.Context()); n != 0 || err == nil {
			t.Fatalf("handed over %d to nobody: %v", n, err)
		}
	}
	redis.Restart()
	for deadline := time.Now().Add(time.Minute); w.deps.Queue.Ping() != nil; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("redis is back and does not answer")
		}
	}
	if n, err := w.deps.Relay.Sweep(w.Context()); n != 1 || err != nil {
		t.Errorf("handed over %d as soon as it was back: %v", n, err)
	}
}

func TestAnUnknownKindWaitsForANewerWorker(t *testing.T) {
	onBoth(t, func(w *works) {
		w.emit(1, nil)
		w.clock.Advance(time.Minute)
		tried := func() bool { // postponed beyond what the hand-over had set
			var due time.Time
			err := w.db.Read(w.Context(), w.trust.ID, func(ctx context.Context, db bun.IDB) error {
				return db.NewRaw("SELECT due_at FROM outbox WHERE tenant_id = ?", w.trust.ID).Scan(ctx, &due)
			})
			return err == nil && due.After(w.clock.Now().Add(2*time.Minute))
		}
		w.run(1, tried)
		w.must(happened, 1, 1)
		w.deps.On = []tenants.Handler{{Kind: happened, Do: follow}}
		w.clock.Advance(10 * time.Minute)
		w.run(1, w.followed(1))
		w.must(followed, 1, 0)
	})
}

func TestWhatCannotSucceedIsKeptWithItsError(t *testing.T) {
	onBoth(t, func(w *works) {
		broken := atomic.Bool{}
		broken.Store(true)
		w.deps.On = []tenants.Handler{{Kind: happened, Do: func(ctx context.Context, s tenants.Scope, e tenants.Event) error {
			if broken.Load() {
				return fault.New(fault.Invalid, "the template is broken")
			}
			return follow(ctx, s, e)
		}}}
		w.emit(1, nil)
		w.clock.Advance(time.Minute)
		var failed []tenants.Event
		look := func(do func(context.Context, tenants.Outbox) error) {
			w.Helper()
			err := w.deps.Directory.WriteAs(w.Context(), w.trust.ID, "", func(ctx context.Context, s tenants.Scope) error { return do(ctx, tenants.Outbox{Scope: s}) })
			if err != nil {
				w.Fatal(err)
			}
		}
		list := func(ctx context.Context, o tenants.Outbox) (err error) {
			failed, err = o.Failed(ctx, 10)
			return err
		}
		w.run(1, func() bool { look(list); return len(failed) > 0 })
		if len(failed) != 1 || failed[0].Error != "invalid: the template is broken" || failed[0].Kind != happened.Key {
			w.Fatalf("kept: %+v", failed)
		}
		w.must(followed, 0, 0)
		broken.Store(false)
		look(func(ctx context.Context, o tenants.Outbox) error { return o.Retry(ctx, failed[0].ID) })
		w.run(1, w.followed(1))
		w.must(followed, 1, 0)
	})
}

func TestWhatWaitsForADateIsNotDoneBefore(t *testing.T) {
	onBoth(t, func(w *works) {
		w.deps.On = []tenants.Handler{{Kind: happened, Do: follow}}
		later := w.clock.Now().Add(time.Hour)
		err := w.deps.Directory.WriteAs(w.Context(), w.trust.ID, "", func(ctx context.Context, s tenants.Scope) error {
			return s.Emit(ctx, happened, tenants.Event{Subject: uuid.New(), DueAt: &later})
		})
		if err != nil {
			w.Fatal(err)
		}
		if n, err := w.deps.Relay.Sweep(w.Context()); n != 0 || err != nil {
			w.Errorf("handed over %d before its time: %v", n, err)
		}
		w.clock.Advance(time.Hour)
		w.run(1, w.followed(1))
		w.must(followed, 1, 0)
	})
}

func TestAWorkerThatIsStoppedFinishesWhatItBegan(t *testing.T) {
	onBoth(t, func(w *works) {
		began, stopped := make(chan struct{}), make(chan struct{})
		w.deps.On = []tenants.Handler{{Kind: happened, Do: func(ctx context.Context, s tenants.Scope, e tenants.Event) error {
			close(began)
			<-stopped
			time.Sleep(300 * time.Millisecond) // by now the worker is on its way out
			return errors.Join(ctx.Err(), follow(ctx, s, e))
		}}}
		w.emit(1, nil)
		w.clock.Advance(time.Minute)
		w.run(1, func() bool {
			select {
			case <-began:
				close(stopped)
				return true
			default:
				return false
			}
		})
		w.must(happened, 1, 0)
		w.must(followed, 1, 0)
	})
}
