package tenants_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// do sends a command that makes a shelf; its answer is the shelf's name.
func (w *world) do(token, key, name string) (*web.Request, error) {
	r := request(token, command, "service", "willow")
	r.OnceKey = key
	err := w.gate(w.directory).Enter(w.ctx, r, func(ctx context.Context, s tenants.Scope) error {
		row := shelf{ID: uuid.Must(uuid.NewV7()), Module: "forums", Slug: uuid.NewString(), Name: name, CreatedAt: s.Now}
		r.Outcome = web.Outcome{Location: "/shelves/" + name, Answer: name}
		_, err := s.Insert(&row).Exec(ctx)
		return err
	})
	return r, err
}

func TestSecondCommandWithTheKeyHasNoEffect(t *testing.T) {
	onBoth(t, func(w *world) {
		token := w.signedIn("hazel@example.org")
		for i, want := range []web.Outcome{
			{Location: "/shelves/0", Answer: "0"},
			{Location: "/shelves/0", Answer: "0", Replayed: true},
			{Location: "/shelves/0", Answer: "0", Replayed: true},
		} {
			r, err := w.do(token, "key", fmt.Sprint(i))
			if err != nil || r.Outcome != want {
				w.Errorf("try %d answers %+v, %v", i, r.Outcome, err)
			}
		}
		if got := w.names(corner{w.north, "willow"}, false); fmt.Sprint(got) != "[0]" {
			w.Errorf("the effects are %v", got)
		}
	})
}

func TestACommandCanLeadElsewhereThanItsPage(t *testing.T) {
	onBoth(t, func(w *world) {
		r := request(w.signedIn("hazel@example.org"), command, "service", "willow")
		err := w.gate(w.directory).Enter(w.ctx, r, func(_ context.Context, s tenants.Scope) error {
			s.Lead("/willow/support")
			r.Outcome = web.Outcome{Location: "/willow/walls", Answer: "{}"}
			return nil
		})
		if err != nil || r.Outcome.Location != "/willow/support" {
			w.Errorf("it leads to %q, %v", r.Outcome.Location, err)
		}
	})
}

func TestManyAtOnceWithOneKeyHaveOneEffect(t *testing.T) {
	onBoth(t, func(w *world) {
		token := w.signedIn("hazel@example.org")
		var first atomic.Int32
		answers := make([]string, 8)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() {
				r, err := w.do(token, "key", fmt.Sprint(i))
				if err != nil {
					w.Error(err)
				}
				if !r.Outcome.Replayed {
					first.Add(1)
				}
				answers[i] = r.Outcome.Answer
			})
		}
		all.Wait()
		effects := w.names(corner{w.north, "willow"}, false)
		if len(effects) != 1 || first.Load() != 1 {
			w.Fatalf("%d effects, %d answers that were not repeats", len(effects), first.Load())
		}
		for i, answer := range answers {
			if answer != effects[0] {
				w.Errorf("try %d was answered %q, not %q", i, answer, effects[0])
			}
		}
	})
}

func TestKeysOfOthersAndOtherKeysAreIndependent(t *testing.T) {
	onBoth(t, func(w *world) {
		w.join(w.north, "willow", "moss@example.org", "Moss", tenants.ServiceUser)
		hazel, moss := w.signedIn("hazel@example.org"), w.signedIn("moss@example.org")
		for _, c := range [][2]string{{hazel, "key"}, {moss, "key"}, {hazel, "other"}, {hazel, ""}, {hazel, ""}} {
			if r, err := w.do(c[0], c[1], "made"); err != nil || r.Outcome.Replayed {
				w.Errorf("%+v, %v", r.Outcome, err)
			}
		}
		if got := w.names(corner{w.north, "willow"}, false); len(got) != 5 {
			w.Errorf("%d effects, not 5", len(got))
		}
	})
}

func TestFailedCommandLeavesItsKeyFree(t *testing.T) {
	onBoth(t, func(w *world) {
		token := w.signedIn("hazel@example.org")
		r := request(token, command, "service", "willow")
		r.OnceKey = "key"
		if err := w.gate(w.directory).Enter(w.ctx, r, func(context.Context, tenants.Scope) error { return fault.Bad("title", "Enter a title.") }); !fault.Is(err, fault.Invalid) {
			w.Fatal(err)
		}
		if r, err := w.do(token, "key", "mended"); err != nil || r.Outcome.Replayed {
			w.Errorf("%+v, %v", r.Outcome, err)
		}
	})
}

func TestKeyThatWasUsedForSomethingElseIsRefused(t *testing.T) {
	onBoth(t, func(w *world) {
		token := w.signedIn("hazel@example.org")
		if _, err := w.do(token, "key", "first"); err != nil {
			w.Fatal(err)
		}
		for name, change := range map[string]func(r *web.Request){
			"another address": func(r *web.Request) { r.Path = "/willow/else" },
			"other words":     func(r *web.Request) { r.Body = []byte(`{"title":"other"}`) },
		} {
			r := request(token, command, "service", "willow")
			r.OnceKey = "key"
			change(r)
			if err := w.gate(w.directory).Enter(w.ctx, r, func(context.Context, tenants.Scope) error { return nil }); !fault.Is(err, fault.Invalid) {
				w.Errorf("%s: %v", name, err)
			}
		}
	})
}
