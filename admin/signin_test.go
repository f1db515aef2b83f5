package admin_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

func TestSignInOpensASession(t *testing.T) {
	onBoth(t, func(w *world) {
		out, err := w.tryToSignIn(" PRIYA@sharon.example", password, "192.0.2.1", "")
		w.must(err)
		s, err := w.enter(request(out.Token, page))
		if err != nil || out.Next != "/" || s.Staff == nil || s.Staff.Name != "Priya" {
			w.Errorf("the session is of %+v, %v", s.Staff, err)
		}
		if w.count("platform_sessions WHERE token_hash = '"+out.Token+"'") != 0 || w.count("platform_sessions") != 1 {
			w.Error("the token is stored as it is, or not at all")
		}
		if w.count("platform_staff WHERE email_lookup LIKE '%priya%' OR email_sealed LIKE '%priya%'") != 0 {
			w.Error("the email address can be read")
		}
	})
}

func TestNoSessionIsNoStaff(t *testing.T) {
	onBoth(t, func(w *world) {
		for _, token := range []string{"", "made-up", strings.Repeat("x", 4000)} {
			if _, err := w.enter(request(token, page)); !fault.Is(err, fault.Unauthenticated) {
				w.Errorf("%.10q: %v", token, err)
			}
		}
	})
}

func TestEachRoleMayWhatTheTableSays(t *testing.T) {
	onBoth(t, func(w *world) {
		for email, may := range map[string]string{
			"priya@sharon.example": "trusts.list trusts.create trusts.close queues.read queues.steer",
			"joan@sharon.example":  "trusts.list trusts.create queues.read",
			"tomos@sharon.example": "trusts.list",
		} {
			s, err := w.enter(request(w.signedIn(email), page))
			w.must(err)
			for _, permission := range []string{"trusts.list", "trusts.create", "trusts.close", "queues.read", "queues.steer", "posts.read", ""} {
				if want := permission != "" && strings.Contains(may, permission); s.May(permission) != want {
					w.Errorf("%s may %q: %v", email, permission, !want)
				}
			}
		}
		if (admin.Scope{}).May("trusts.list") {
			w.Error("nobody may see the trusts")
		}
	})
}

func TestFormOfACookieSessionNeedsItsToken(t *testing.T) {
	onBoth(t, func(w *world) {
		r := request("", command)
		r.JSON, r.Cookies["sharon"] = false, w.signedIn("priya@sharon.example")
		if _, err := w.enter(r); !fault.Is(err, fault.Forbidden) {
			w.Errorf("got %v", err)
		}
	})
}

func TestSameAnswerWhetherOrNotThereIsAnAccount(t *testing.T) {
	onBoth(t, func(w *world) {
		_, wrong := w.tryToSignIn("priya@sharon.example", "not her password", "192.0.2.1", "")
		_, unknown := w.tryToSignIn("nobody@sharon.example", "not her password", "192.0.2.2", "")
		if !fault.Is(wrong, fault.Invalid) || !reflect.DeepEqual(wrong, unknown) {
			w.Errorf("a wrong password: %v\nan unknown account: %v", wrong, unknown)
		}
		for range 10 {
			_, wrong = w.tryToSignIn("priya@sharon.example", "not her password", "192.0.2.1", "")
			_, unknown = w.tryToSignIn("nobody@sharon.example", "not her password", "192.0.2.2", "")
		}
		if !fault.Is(wrong, fault.Limited) || !reflect.DeepEqual(wrong, unknown) {
			w.Errorf("after many tries: %v and %v", wrong, unknown)
		}
	})
}

func TestLimitHoldsOnEveryNodeAndHeals(t *testing.T) {
	onBoth(t, func(w *world) {
		tries := 0
		var err error
		for ; tries < 20; tries++ { // each through a gate of its own, as on another node
			if _, err = w.tryToSignIn("priya@sharon.example", "guess", "2001:db8::1", ""); fault.Is(err, fault.Limited) {
				break
			}
		}
		var limited *fault.Error
		if tries != 6 || !errors.As(err, &limited) || limited.RetryAfter != 120 {
			w.Fatalf("limited after %d tries: %v", tries, err)
		}
		if _, err := w.tryToSignIn("priya@sharon.example", password, "2001:db8::ffff", ""); !fault.Is(err, fault.Limited) {
			w.Errorf("a neighbour in the same /64: %v", err)
		}
		if _, err := w.tryToSignIn("priya@sharon.example", password, "192.0.2.9", ""); err != nil {
			w.Errorf("another network: %v", err)
		}
		w.clock.Advance(120 * time.Second)
		if _, err := w.tryToSignIn("priya@sharon.example", password, "2001:db8::1", ""); err != nil {
			w.Errorf("after the time that was named: %v", err)
		}
	})
}

func TestGuessesAtOnceAreAllCounted(t *testing.T) {
	onBoth(t, func(w *world) {
		var got atomic.Int32
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				if _, err := w.tryToSignIn("priya@sharon.example", "guess", "192.0.2.1", ""); fault.Is(err, fault.Invalid) {
					got.Add(1)
				} else if !fault.Is(err, fault.Limited) {
					w.Error(err)
				}
			})
		}
		all.Wait()
		if got.Load() != 6 {
			w.Errorf("%d guesses were let through, not 6", got.Load())
		}
	})
}

// Whoever knows the address cannot keep its owner out of a browser that has
// signed in before; one known at a trust is not known here.
func TestKnownDeviceIsNotLockedOutByAnAttacker(t *testing.T) {
	onBoth(t, func(w *world) {
		out, err := w.tryToSignIn("priya@sharon.example", password, "192.0.2.1", "")
		w.must(err)
		mine := out.Cookies()[1].Value
		for i := range 61 {
			_, err = w.tryToSignIn("priya@sharon.example", "guess", fmt.Sprintf("198.51.100.%d", i), "")
		}
		if !fault.Is(err, fault.Limited) {
			w.Fatalf("the attacker is not limited: %v", err)
		}
		if _, err := w.tryToSignIn("priya@sharon.example", password, "203.0.113.9", mine); err != nil {
			w.Errorf("the owner's browser: %v", err)
		}
		for _, device := range []string{"made.up", "x" + mine} {
			if _, err := w.tryToSignIn("priya@sharon.example", password, "203.0.113.9", device); !fault.Is(err, fault.Limited) {
				w.Errorf("device %s: %v", device, err)
			}
		}
	})
}

func TestSessionEndsWhenIdleAndAfterItsDay(t *testing.T) {
	onBoth(t, func(w *world) {
		token := w.signedIn("priya@sharon.example")
		for range 28 { // 11 hours and 40 minutes of use
			w.clock.Advance(25 * time.Minute)
			if _, err := w.enter(request(token, page)); err != nil {
				w.Fatalf("in use: %v", err)
			}
		}
		w.clock.Advance(25 * time.Minute)
		if _, err := w.enter(request(token, page)); !fault.Is(err, fault.Unauthenticated) {
			w.Errorf("after more than 12 hours: %v", err)
		}
		token = w.signedIn("priya@sharon.example")
		w.clock.Advance(31 * time.Minute)
		if _, err := w.enter(request(token, page)); !fault.Is(err, fault.Unauthenticated) {
			w.Errorf("idle for 31 minutes: %v", err)
		}
	})
}

func TestSignOutEndsTheSessionAndNoOther(t *testing.T) {
	onBoth(t, func(w *world) {
		phone, desk := w.signedIn("priya@sharon.example"), w.signedIn("priya@sharon.example")
		s, err := w.enter(request(phone, command))
		w.must(err)
		_, err = w.console.SignOut(w.ctx, s, struct{}{})
		w.must(err)
		if _, err := w.enter(request(phone, page)); !fault.Is(err, fault.Unauthenticated) {
			w.Errorf("signed out: %v", err)
		}
		if _, err := w.enter(request(desk, page)); err != nil {
			w.Errorf("the other session: %v", err)
		}
	})
}

func TestSigningInSweepsWhatIsOver(t *testing.T) {
	onBoth(t, func(w *world) {
		_ = w.signedIn("priya@sharon.example")
		w.clock.Advance(25 * time.Hour)
		_ = w.signedIn("joan@sharon.example")
		if sessions, limits := w.count("platform_sessions"), w.count("platform_throttles"); sessions != 1 || limits != 3 {
			w.Errorf("%d sessions and %d limits are left", sessions, limits)
		}
	})
}

func TestRosterRefusesWhatIsNotRight(t *testing.T) {
	onBoth(t, func(w *world) {
		fine := admin.NewStaff{Email: "new@sharon.example", Name: "New", Role: tenants.Finance}
		for field, spoil := range map[string]func(*admin.NewStaff){
			"role":  func(in *admin.NewStaff) { in.Role = tenants.TrustAdmin },
			"name":  func(in *admin.NewStaff) { in.Name = " " },
			"email": func(in *admin.NewStaff) { in.Email = "Priya@sharon.example" },
		} {
			bad := fine
			spoil(&bad)
			err := w.roster.Add(w.ctx, fine, bad) // the first is good, and must not stay alone
			var failed *fault.Error
			if !errors.As(err, &failed) || failed.Code != fault.Invalid || failed.Fields[0].Name != field {
				w.Errorf("%s: %v", field, err)
			}
		}
		if there, err := w.roster.Has(w.ctx, fine.Email); there || err != nil || w.count("platform_staff") != 3 {
			w.Errorf("half of it stayed: %v, %v", there, err)
		}
	})
}

// An operator closes an account, on SQLite, where nothing keeps us from doing as
// they do, and it holds at once.
func TestClosedAccountIsOut(t *testing.T) {
	w := newWorld(t, sqlite(t))
	token := w.signedIn("priya@sharon.example")
	w.must(w.db.Platform(w.ctx, func(ctx context.Context, db bun.IDB) error {
		_, err := db.NewRaw("UPDATE platform_staff SET status = 'closed' WHERE name = 'Priya'").Exec(ctx)
		return err
	}))
	if _, err := w.enter(request(token, page)); !fault.Is(err, fault.Unauthenticated) {
		w.Errorf("her session: %v", err)
	}
	if _, err := w.tryToSignIn("priya@sharon.example", password, "192.0.2.1", ""); !fault.Is(err, fault.Invalid) {
		w.Errorf("her sign-in: %v", err)
	}
}
