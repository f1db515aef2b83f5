package tenants_test

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

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// device is the cookie of a browser that has signed in before.
func device(out tenants.SignedIn) string {
	for _, cookie := range out.Cookies() {
		if cookie.Name == "sharon-device" {
			return cookie.Value
		}
	}
	return ""
}

func TestSignInOpensASession(t *testing.T) {
	onBoth(t, func(w *world) {
		out, err := w.tryToSignIn(" HAZEL@example.org", password, "192.0.2.1", "")
		w.must(err)
		if out.Next != "/willow" {
			w.Errorf("she lands at %q, not in her only service", out.Next)
		}
		s, err := w.enter(request(out.Token, page, "service", "willow"))
		if err != nil || s.Actor.ID() != w.hazel.ID || !s.May("people.read") || s.May("services.configure") {
			w.Errorf("the session is of %+v, %v", s.Actor, err)
		}
		var stored []tenants.Session
		w.read(w.north, "", func(ctx context.Context, s tenants.Scope) error { return s.Select(&stored).Scan(ctx) })
		if len(stored) != 1 || strings.Contains(fmt.Sprint(stored), out.Token) {
			w.Errorf("stored: %+v", stored)
		}
	})
}

func TestSessionOfAnotherTrustIsNoSession(t *testing.T) {
	onBoth(t, func(w *world) {
		r := request(w.signedIn("hazel@example.org"), page, "service", "orchard")
		r.Host = "eastvale.localhost"
		if _, err := w.enter(r); !fault.Is(err, fault.Unauthenticated) {
			w.Errorf("got %v", err)
		}
	})
}

func TestGateRefuses(t *testing.T) {
	onBoth(t, func(w *world) {
		token := w.signedIn("hazel@example.org")
		for name, c := range map[string]struct {
			token, service string
			want           fault.Code
		}{
			"nobody":                     {"", "willow", fault.Unauthenticated},
			"a made-up token":            {"made-up", "willow", fault.Unauthenticated},
			"a service that is not hers": {token, "harbour", fault.NotFound},
			"a service of another trust": {token, "orchard", fault.NotFound},
			"no service at all":          {token, "nowhere", fault.NotFound},
		} {
			if _, err := w.enter(request(c.token, people, "service", c.service, "handle", "hazel")); !fault.Is(err, c.want) {
				w.Errorf("%s: %v, not %s", name, err, c.want)
			}
		}
	})
}

func TestFormOfACookieSessionNeedsItsToken(t *testing.T) {
	onBoth(t, func(w *world) {
		r := request("", command, "service", "willow")
		r.JSON, r.Cookies["sharon"] = false, w.signedIn("hazel@example.org")
		if _, err := w.enter(r); !fault.Is(err, fault.Forbidden) {
			w.Errorf("got %v", err)
		}
	})
}

func TestSameAnswerWhetherOrNotThereIsAnAccount(t *testing.T) {
	onBoth(t, func(w *world) {
		_, wrong := w.tryToSignIn("hazel@example.org", "not her password", "192.0.2.1", "")
		_, unknown := w.tryToSignIn("nobody@example.org", "not her password", "192.0.2.2", "")
		if !fault.Is(wrong, fault.Invalid) || !reflect.DeepEqual(wrong, unknown) {
			w.Errorf("a wrong password: %v\nan unknown account: %v", wrong, unknown)
		}
		for range 10 {
			_, wrong = w.tryToSignIn("hazel@example.org", "not her password", "192.0.2.1", "")
			_, unknown = w.tryToSignIn("nobody@example.org", "not her password", "192.0.2.2", "")
		}
		if !fault.Is(wrong, fault.Limited) || !reflect.DeepEqual(wrong, unknown) {
			w.Errorf("after many tries: %v and %v", wrong, unknown)
		}
	})
}

func TestLimitHealsWithTime(t *testing.T) {
	onBoth(t, func(w *world) {
		tries := 0
		var err error
		for ; tries < 20; tries++ {
			if _, err = w.tryToSignIn("hazel@example.org", "guess", "192.0.2.1", ""); fault.Is(err, fault.Limited) {
				break
			}
		}
		var limited *fault.Error
		if tries != 6 || !errors.As(err, &limited) || limited.RetryAfter != 120 {
			w.Fatalf("limited after %d tries: %v, %+v", tries, err, limited)
		}
		if _, err := w.tryToSignIn("hazel@example.org", password, "192.0.2.1", ""); !fault.Is(err, fault.Limited) {
			w.Errorf("even the right password: %v", err)
		}
		w.clock.Advance(time.Duration(limited.RetryAfter) * time.Second)
		if _, err := w.tryToSignIn("hazel@example.org", password, "192.0.2.1", ""); err != nil {
			w.Errorf("after the time that was named: %v", err)
		}
	})
}

func TestLimitHoldsOnEveryNodeAndForEachAddress(t *testing.T) {
	onBoth(t, func(w *world) {
		for range 6 {
			_, _ = w.tryToSignIn("hazel@example.org", "guess", "2001:db8::1", "")
		}
		w.directory = w.node() // a restart
		if _, err := w.tryToSignIn("hazel@example.org", "guess", "2001:db8::ffff", ""); !fault.Is(err, fault.Limited) {
			w.Errorf("a neighbour in the same /64: %v", err)
		}
		if _, err := w.tryToSignIn("hazel@example.org", password, "2001:db8:0:1::1", ""); err != nil {
			w.Errorf("another network: %v", err)
		}
	})
}

func TestSuccessTakesItsTryBack(t *testing.T) {
	onBoth(t, func(w *world) {
		for i := range 10 {
			if _, err := w.tryToSignIn("hazel@example.org", password, "192.0.2.1", ""); err != nil {
				w.Fatalf("sign-in %d: %v", i, err)
			}
		}
	})
}

func TestGuessesAtOnceAreAllCounted(t *testing.T) {
	onBoth(t, func(w *world) {
		_, _ = w.tryToSignIn("hazel@example.org", "guess", "192.0.2.1", "")
		var got atomic.Int32
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				if _, err := w.tryToSignIn("hazel@example.org", "guess", "192.0.2.1", ""); fault.Is(err, fault.Invalid) {
					got.Add(1)
				} else if !fault.Is(err, fault.Limited) {
					w.Error(err)
				}
			})
		}
		all.Wait()
		if got.Load() != 5 {
			w.Errorf("%d more guesses were let through; 5 were left", got.Load())
		}
	})
}

func TestFirstGuessesAtOnceAreAllCounted(t *testing.T) {
	onBoth(t, func(w *world) {
		var got atomic.Int32
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				if _, err := w.tryToSignIn("hazel@example.org", "guess", "192.0.2.1", ""); fault.Is(err, fault.Invalid) {
					got.Add(1)
				}
			})
		}
		all.Wait()
		if got.Load() != 6 {
			w.Errorf("%d guesses were let through, not 6", got.Load())
		}
	})
}

// An attacker who knows the email can spend all that the account has, from
// everywhere; a browser that has signed in before still gets in.
func TestKnownDeviceIsNotLockedOutByAnAttacker(t *testing.T) {
	onBoth(t, func(w *world) {
		out, err := w.tryToSignIn("hazel@example.org", password, "192.0.2.1", "")
		w.must(err)
		var last error
		for i := range 70 {
			_, last = w.tryToSignIn("hazel@example.org", "guess", fmt.Sprintf("198.51.100.%d", i), "")
		}
		if !fault.Is(last, fault.Limited) {
			w.Fatalf("the attacker is not limited: %v", last)
		}
		if _, err := w.tryToSignIn("hazel@example.org", password, "203.0.113.9", device(out)); err != nil {
			w.Errorf("the owner's browser: %v", err)
		}
		for name, cookie := range map[string]string{"a made-up": "made.up", "another's": w.strangersDevice(), "a bent": "x" + device(out)} {
			if _, err := w.tryToSignIn("hazel@example.org", password, "203.0.113.9", cookie); !fault.Is(err, fault.Limited) {
				w.Errorf("%s device cookie: %v", name, err)
			}
		}
	})
}

func (w *world) strangersDevice() string {
	w.Helper()
	w.join(w.north, "willow", "moss@example.org", "Moss", tenants.ServiceUser)
	out, err := w.tryToSignIn("moss@example.org", password, "203.0.113.77", "")
	w.must(err)
	return device(out)
}

func TestStolenDeviceIsLimitedToo(t *testing.T) {
	onBoth(t, func(w *world) {
		out, err := w.tryToSignIn("hazel@example.org", password, "192.0.2.1", "")
		w.must(err)
		for range 10 {
			_, _ = w.tryToSignIn("hazel@example.org", "guess", "192.0.2.1", device(out))
		}
		if _, err = w.tryToSignIn("hazel@example.org", "guess", "192.0.2.1", device(out)); !fault.Is(err, fault.Limited) {
			w.Errorf("got %v", err)
		}
	})
}

func TestSessionEndsWhenIdle(t *testing.T) {
	onBoth(t, func(w *world) {
		token := w.signedIn("hazel@example.org")
		for range 5 { // used every so often it lasts
			w.clock.Advance(25 * time.Minute)
			if _, err := w.enter(request(token, page, "service", "willow")); err != nil {
				w.Fatalf("in use: %v", err)
			}
		}
		w.clock.Advance(31 * time.Minute)
		if _, err := w.enter(request(token, page, "service", "willow")); !fault.Is(err, fault.Unauthenticated) {
			w.Errorf("idle for 31 minutes: %v", err)
		}
	})
}

func TestSessionEndsAfterItsDay(t *testing.T) {
	onBoth(t, func(w *world) {
		token := w.signedIn("hazel@example.org")
		var err error
		for at := time.Duration(0); at < 12*time.Hour+time.Minute; at += 20 * time.Minute {
			if _, err = w.enter(request(token, page, "service", "willow")); err != nil && at <= 12*time.Hour {
				w.Fatalf("after %v: %v", at, err)
			}
			w.clock.Advance(20 * time.Minute)
		}
		if _, err = w.enter(request(token, page, "service", "willow")); !fault.Is(err, fault.Unauthenticated) {
			w.Errorf("after more than 12 hours: %v", err)
		}
	})
}

func TestSignOutEndsTheSessionAndNoOther(t *testing.T) {
	onBoth(t, func(w *world) {
		phone, desk := w.signedIn("hazel@example.org"), w.signedIn("hazel@example.org")
		signOut := *command
		w.must(w.gate(w.directory).Enter(w.ctx, request(phone, &signOut, "service", "willow"), func(ctx context.Context, s tenants.Scope) error {
			_, err := tenants.Entrance{Keys: w.keys, Sessions: limits}.SignOut(ctx, s, struct{}{})
			return err
		}))
		if _, err := w.enter(request(phone, page, "service", "willow")); !fault.Is(err, fault.Unauthenticated) {
			w.Errorf("signed out: %v", err)
		}
		if _, err := w.enter(request(desk, page, "service", "willow")); err != nil {
			w.Errorf("the other session: %v", err)
		}
	})
}

func TestClosedAccountAndPastMemberAreOut(t *testing.T) {
	onBoth(t, func(w *world) {
		token := w.signedIn("hazel@example.org")
		w.write(w.north, "willow", func(ctx context.Context, s tenants.Scope) error {
			return tenants.Touched(s.Update((*tenants.Person)(nil)).Set("status = 'left'").Where("id = ?", w.hazel.ID).Exec(ctx))
		})
		if _, err := w.enter(request(token, page, "service", "willow")); !fault.Is(err, fault.NotFound) {
			w.Errorf("a past member: %v", err)
		}
		w.write(w.north, "", func(ctx context.Context, s tenants.Scope) error {
			return tenants.Touched(s.Update((*tenants.Account)(nil)).Set("status = 'closed'").Where("id = ?", w.hazel.AccountID).Exec(ctx))
		})
		if _, err := w.enter(request(token, page, "service", "willow")); !fault.Is(err, fault.Unauthenticated) {
			w.Errorf("a closed account: %v", err)
		}
		if _, err := w.tryToSignIn("hazel@example.org", password, "192.0.2.1", ""); !fault.Is(err, fault.Invalid) {
			w.Errorf("sign-in to a closed account: %v", err)
		}
	})
}

func TestSweepRemovesWhatIsOver(t *testing.T) {
	onBoth(t, func(w *world) {
		sweep := func(trust tenants.Trust) (swept int64) {
			w.write(trust, "", func(ctx context.Context, s tenants.Scope) (err error) {
				swept, err = limits.Sweep(ctx, s)
				return err
			})
			return swept
		}
		_ = w.signedIn("hazel@example.org")
		_, _ = w.tryToSignIn("hazel@example.org", "guess", "192.0.2.1", "")
		if swept := sweep(w.north); swept != 0 {
			w.Errorf("%d rows were swept that are still of use", swept)
		}
		w.clock.Advance(31 * time.Minute)
		if swept := sweep(w.north); swept != 1 {
			w.Errorf("%d rows, not the idle session alone", swept)
		}
		w.clock.Advance(24 * time.Hour)
		if swept := sweep(w.east); swept != 0 {
			w.Errorf("another trust's sweep took %d rows", swept)
		}
		if swept := sweep(w.north); swept != 3 {
			w.Errorf("%d rows, not the three limits that have healed", swept)
		}
	})
}

func TestPasswordRules(t *testing.T) {
	for password, ok := range map[string]bool{
		"short": false, "sevench": false, "eightish": true, "äöüßäöü": false, "äöüßäöüß": true,
		strings.Repeat("long ", 40): true, strings.Repeat("long ", 40) + "!": false, "": false,
		"password": false, "PassWord": false, "12345678": false, "qwertyuiop": false, "iloveyou": false, "letmein1": false, "!qaz2wsx": false, "zaq12wsx": false,
		"three warm words": true, "demo-sharon-2026": true,
	} {
		if err := tenants.CheckPassword(password); (err == nil) != ok || err != nil && (!fault.Is(err, fault.Invalid) || password != "" && strings.Contains(err.Error(), password)) {
			t.Errorf("%q: %v", password, err)
		}
	}
}
