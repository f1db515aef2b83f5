package tenants_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

func TestTrustIsFoundByHost(t *testing.T) {
	onBoth(t, func(w *world) {
		own, err := w.directory.CreateTrust(w.ctx, tenants.NewTrust{ODSCode: "RX3", Name: "Own", Slug: "own", Domain: "Peers.Example.org"})
		w.must(err)
		w.clock.Advance(time.Minute)
		for host, want := range map[string]uuid.UUID{
			"northmoor.localhost": w.north.ID, "eastvale.localhost": w.east.ID, "own.localhost": own.ID, "peers.example.org": own.ID,
			"localhost": {}, "northmoor": {}, "northmoor.example.org": {}, "willow.northmoor.localhost": {}, "": {}, ".localhost": {},
		} {
			trust, err := w.directory.TrustAt(w.ctx, host)
			if trust.ID != want || (want == uuid.UUID{}) != fault.Is(err, fault.NotFound) {
				w.Errorf("%q is %s, %v", host, trust.Slug, err)
			}
		}
	})
}

func TestNewTrustIsFoundWithoutARestart(t *testing.T) {
	onBoth(t, func(w *world) {
		other := w.node()
		if _, err := other.TrustAt(w.ctx, "latecome.localhost"); !fault.Is(err, fault.NotFound) {
			w.Fatal(err)
		}
		w.trust("RX9", "latecome")
		w.clock.Advance(2 * time.Second)
		if _, err := other.TrustAt(w.ctx, "latecome.localhost"); err != nil {
			w.Errorf("two seconds later: %v", err)
		}
	})
}

// shut switches the walls of willow off or on again.
func (w *world) shut(off bool) {
	w.Helper()
	w.write(w.north, "willow", func(ctx context.Context, s tenants.Scope) error {
		if err := tenants.Touched(s.Update((*tenants.Room)(nil)).Set("enabled = ?", !off).Where("module = 'walls'").Exec(ctx)); err != nil {
			return err
		}
		return s.Changed(ctx)
	})
}

func TestChangeHoldsAtOnceOnEveryNode(t *testing.T) {
	onBoth(t, func(w *world) {
		token, nodes := w.signedIn("hazel@example.org"), []*tenants.Directory{w.directory, w.node()}
		for round, off := range []bool{false, true, false} {
			if round > 0 {
				w.shut(off)
			}
			for i, node := range nodes {
				_, err := w.enterAt(node, request(token, wall, "service", "willow"))
				if off && !fault.Is(err, fault.NotFound) || !off && err != nil {
					w.Errorf("round %d, off %v, node %d: %v", round, off, i, err)
				}
			}
		}
	})
}

func TestUnchangedEstateIsReadOnce(t *testing.T) {
	onBoth(t, func(w *world) {
		token := w.signedIn("hazel@example.org")
		enter := func() *tenants.Estate {
			s, err := w.enter(request(token, page, "service", "willow"))
			w.must(err)
			return s.Estate
		}
		first := enter()
		if enter() != first {
			w.Error("the estate was read again though nothing had changed")
		}
		w.shut(true)
		if enter() == first {
			w.Error("the estate was kept though it had changed")
		}
		if kept := w.directory.Remembered("northmoor.localhost"); kept == nil || kept.Trust.ID != w.north.ID || w.directory.Remembered("x") != nil {
			w.Error("what the help page remembers is not what was asked for")
		}
	})
}

func TestUndoneChangeIsNotSeen(t *testing.T) {
	onBoth(t, func(w *world) {
		token := w.signedIn("hazel@example.org")
		before, err := w.enter(request(token, page, "service", "willow"))
		w.must(err)
		_ = w.directory.WriteAs(w.ctx, w.north.ID, "willow", func(ctx context.Context, s tenants.Scope) error {
			w.must(s.Changed(ctx))
			return fault.New(fault.Conflict, "undo")
		})
		after, err := w.enter(request(token, page, "service", "willow"))
		w.must(err)
		if before.Estate != after.Estate {
			w.Error("an undone change made every node read anew")
		}
	})
}

func TestSuspendedTrustIsClosed(t *testing.T) {
	onBoth(t, func(w *world) {
		token := w.signedIn("hazel@example.org")
		w.setTrust(w.north, "status", "suspended")
		for _, r := range []string{token, ""} {
			if _, err := w.enter(request(r, page, "service", "willow")); !fault.Is(err, fault.Closed) {
				w.Errorf("got %v", err)
			}
		}
		if _, err := w.tryToSignIn("hazel@example.org", password, "192.0.2.1", ""); !fault.Is(err, fault.Closed) {
			w.Errorf("sign-in: %v", err)
		}
	})
}
