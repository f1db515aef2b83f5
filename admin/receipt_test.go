package admin_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
)

// do sends a command whose effect is what run does.
func (w *world) do(token, key, words string, run func() error) (web.Outcome, error) {
	r := request(token, command)
	r.OnceKey, r.Body = key, []byte(words)
	gate := &admin.Gate{DB: w.db, Clock: w.clock, Keys: w.keys, Sessions: limits}
	err := gate.Enter(w.ctx, r, func(context.Context, admin.Scope) error {
		r.Outcome = web.Outcome{Location: "/things", Answer: words}
		return run()
	})
	return r.Outcome, err
}

func TestASecondClickAtTheConsoleHasNoEffect(t *testing.T) {
	onBoth(t, func(w *world) {
		priya, joan := w.signedIn("priya@sharon.example"), w.signedIn("joan@sharon.example")
		effects := 0
		run := func() error { effects++; return nil }
		expect := func(what string, got web.Outcome, err error, replayed bool, want int) {
			t.Helper()
			if err != nil || got.Replayed != replayed || got.Location != "/things" || effects != want {
				w.Errorf("%s: %+v, %v; %d effects, want %d", what, got, err, effects, want)
			}
		}
		got, err := w.do(priya, "key", "a", run)
		expect("the first", got, err, false, 1)
		got, err = w.do(priya, "key", "a", run)
		expect("the second", got, err, true, 1)
		if _, err := w.do(priya, "key", "b", run); !fault.Is(err, fault.Invalid) || effects != 1 {
			w.Errorf("other words with the same key: %v, %d effects", err, effects)
		}
		got, err = w.do(priya, "another", "a", run)
		expect("another key", got, err, false, 2)
		got, err = w.do(joan, "key", "a", run)
		expect("a colleague's key", got, err, false, 3)
		got, err = w.do(priya, "", "a", run)
		expect("no key", got, err, false, 4)
		if _, err := w.do("made-up", "key", "a", run); !fault.Is(err, fault.Unauthenticated) || effects != 4 {
			w.Errorf("somebody who has not signed in: %v", err)
		}
	})
}

func TestACommandThatFailedCanBeSentAgain(t *testing.T) {
	onBoth(t, func(w *world) {
		priya := w.signedIn("priya@sharon.example")
		broken := errors.New("the queue is away")
		if _, err := w.do(priya, "key", "a", func() error { return broken }); !errors.Is(err, broken) {
			w.Fatalf("failed with %v", err)
		}
		if got, err := w.do(priya, "key", "a", func() error { return nil }); err != nil || got.Replayed {
			w.Errorf("again: %+v, %v", got, err)
		}
	})
}

func TestManyClicksAtOnceAtTheConsoleAreOne(t *testing.T) {
	onBoth(t, func(w *world) {
		priya := w.signedIn("priya@sharon.example")
		var effects atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				_, err := w.do(priya, "key", "a", func() error { effects.Add(1); time.Sleep(20 * time.Millisecond); return nil })
				if err != nil && !fault.Is(err, fault.Conflict) {
					w.Error(err)
				}
			})
		}
		all.Wait()
		if effects.Load() != 1 {
			w.Errorf("%d effects", effects.Load())
		}
	})
}

func TestReceiptsOfTheConsoleAreKeptForADay(t *testing.T) {
	onBoth(t, func(w *world) {
		run := func() error { return nil }
		if _, err := w.do(w.signedIn("priya@sharon.example"), "key", "a", run); err != nil {
			w.Fatal(err)
		}
		w.clock.Advance(23 * time.Hour)
		if w.signedIn("priya@sharon.example"); w.count("platform_receipts") != 1 {
			w.Error("gone within a day")
		}
		w.clock.Advance(2 * time.Hour)
		if w.signedIn("priya@sharon.example"); w.count("platform_receipts") != 0 {
			w.Error("kept for longer than a day")
		}
	})
}
