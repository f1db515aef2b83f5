package account

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// LockPage is the app lock of whoever asks.
type LockPage struct {
	tenants.Lock
	Passkeys bool `json:"passkeys"` // there is one that opens here
}

// LockPage shows it.
func (a Accounts) LockPage(ctx context.Context, s tenants.Scope, _ web.None) (LockPage, error) {
	account, err := mine(ctx, s)
	if err != nil {
		return LockPage{}, err
	}
	out := LockPage{Lock: tenants.Lock{Kind: account.LockKind, Minutes: account.LockMinutes}}
	out.Passkeys, err = opensHere(ctx, s)
	return out, err
}

// opensHere tells whether whoever asks has a passkey for the host that they are at.
func opensHere(ctx context.Context, s tenants.Scope) (bool, error) {
	keys, err := passkeysOf(ctx, s, s.Actor.AccountID)
	for _, key := range keys {
		if key.Host == s.Client.Host {
			return true, err
		}
	}
	return false, err
}

// SetLock is what shall open the pages again, and after how long they shut.
type SetLock struct {
	Kind    string `json:"kind" validate:"required,oneof=off pin passkey" label:"what opens the lock"`
	Minutes int    `json:"minutes" validate:"omitempty,oneof=1 5 15" label:"how many minutes"`
	PIN     string `json:"pin,omitempty" validate:"max=20"`
	Again   string `json:"pin_again,omitempty" validate:"max=20"`
}

var onlyDigits = regexp.MustCompile(`^[0-9]{4,8}$`)

// check says what is wrong with a new PIN.
func (in SetLock) check() error {
	const rising = "01234567890123456789"
	switch {
	case !onlyDigits.MatchString(in.PIN):
		return fault.Bad("pin", "Type a PIN of 4 to 8 numbers.")
	case in.PIN != in.Again:
		return fault.Bad("pin_again", "The two PINs are not the same. Type both again.")
	case strings.Count(in.PIN, in.PIN[:1]) == len(in.PIN), strings.Contains(rising, in.PIN), strings.Contains(rising, reversed(in.PIN)):
		return fault.Bad("pin", "Many people use this PIN, so it is guessed first. Choose another one.")
	}
	return nil
}

func reversed(s string) string {
	var back strings.Builder
	for i := range len(s) {
		back.WriteByte(s[len(s)-1-i])
	}
	return back.String()
}

// SetLock sets, changes or takes off the lock of whoever asks, on all their devices.
// An empty PIN leaves the one that there is.
func (a Accounts) SetLock(ctx context.Context, s tenants.Scope, in SetLock) (web.None, error) {
	if err := s.Fresh(); err != nil {
		return web.None{}, err
	}
	kind, hash := tenants.LockKind(in.Kind), ""
	if in.Kind == "off" {
		kind = tenants.NoLock
	}
	if kind == tenants.PINLock && in.PIN != "" {
		if err := in.check(); err != nil {
			return web.None{}, err
		}
		var err error
		if hash, err = crypt.HashPassword(ctx, in.PIN); err != nil {
			return web.None{}, err
		}
	}
	return web.None{}, s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		account, err := mine(ctx, s)
		if err != nil {
			return err
		}
		was := account.LockKind
		account.LockKind, account.LockMinutes = kind, max(1, in.Minutes)
		switch kind {
		case tenants.PasskeyLock:
			if can, err := opensHere(ctx, s); err != nil {
				return err
			} else if !can {
				return fault.Bad("kind", "You have no passkey that opens here. Make one on the page “How I sign in”, or choose a PIN.")
			}
			account.PINSealed = ""
		case tenants.PINLock:
			if hash == "" && account.PINSealed == "" {
				return in.check()
			}
			if hash != "" {
				if account.PINSealed, err = a.Entrance.Keys.Seal(hash, pinSeal(account)); err != nil {
					return err
				}
			}
		default:
			account.PINSealed = ""
		}
		if err := setLock(ctx, s, account); err != nil {
			return err
		}
		return s.Audit(ctx, "lock.set", tenants.Audited{Subject: account.ID, Before: was, After: kind})
	})
}

func pinSeal(account tenants.Account) string { return "PIN of " + account.ID.String() }

// Here says that somebody is there: the page watches, and asks for nothing meanwhile.
func (a Accounts) Here(context.Context, tenants.Scope, web.None) (web.None, error) {
	return web.None{}, nil
}

// LockNow asks to lock the session.
type LockNow struct {
	// Idle asks for it only if nobody used the session lately, on no page of it.
	Idle bool   `json:"idle,omitempty"`
	Next string `json:"next,omitempty" validate:"max=500"`
}

// LockedNow says whether it is locked, and where to go on.
type LockedNow struct {
	Locked bool   `json:"locked"`
	Next   string `json:"next"`
}

// inexact is how late a page says that somebody is there: see lock.js.
const inexact = 20 * time.Second

// LockNow locks the session that asks. Without a lock it leads to where one is set.
func (a Accounts) LockNow(ctx context.Context, s tenants.Scope, in LockNow) (LockedNow, error) {
	lock := s.Actor.Lock()
	switch {
	case !lock.On():
		return LockedNow{Next: "/account/lock"}, nil
	case in.Idle && s.Idle() < lock.After()-inexact:
		return LockedNow{Next: in.Next}, nil // another page of it is in use
	}
	return LockedNow{true, web.Door(fault.Locked, in.Next)}, s.Shut(ctx)
}

// UnlockForm asks for the page that opens the lock.
type UnlockForm struct {
	Next string `json:"next" validate:"max=500"`
}

// Unlocking is that page.
type Unlocking struct {
	Locked   bool   `json:"locked"`
	PIN      bool   `json:"pin"` // a PIN opens it
	Passkeys bool   `json:"passkeys"`
	Next     string `json:"next"`

	home string // of the service that Next is in
}

// Elsewhere leads on who is not locked out.
func (u Unlocking) Elsewhere() string {
	if u.Locked {
		return ""
	}
	return u.Next
}

// UnlockForm shows it. It is one of the few pages that a locked session opens.
func (a Accounts) UnlockForm(ctx context.Context, s tenants.Scope, in UnlockForm) (out Unlocking, err error) {
	out = Unlocking{Locked: s.Actor.Locked(), PIN: s.Actor.Lock().Kind == tenants.PINLock, Next: in.Next}
	if out.Next == "" {
		out.Next = "/"
	}
	slug, _, _ := strings.Cut(strings.TrimPrefix(in.Next, "/"), "/")
	if s.Estate.Service(slug) != nil {
		out.home = "/" + slug
	}
	out.Passkeys, err = opensHere(ctx, s)
	return out, err
}

// Unlock is what somebody shows to the lock. Its names are unlike those of any
// other form, whose fields may travel beside them.
type Unlock struct {
	PIN     string `json:"proof_pin,omitempty" validate:"max=20"`
	Passkey string `json:"proof_passkey,omitempty" validate:"max=10000"`
	Next    string `json:"proof_next,omitempty" validate:"max=500"`
}

// Unlock opens the session's lock. Invalid if what was shown is not right; the
// fifth wrong one ends the session (Unauthenticated).
func (a Accounts) Unlock(ctx context.Context, s tenants.Scope, in Unlock) (Confirmed, error) {
	field := "proof_pin"
	switch {
	case !s.Actor.Locked():
		return Confirmed{in.Next}, nil // opened on another page meanwhile
	case in.Passkey != "":
		field = "proof_passkey"
	case in.PIN == "":
		return Confirmed{}, fault.Bad(field, "Type your PIN.")
	}
	var account tenants.Account
	left, buckets := 0, signin.Guesses(s.Client)
	err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if err = tenants.Spend(ctx, s, buckets); err != nil {
			return err
		}
		if left, err = s.TryLock(ctx); err != nil {
			return err
		}
		account, err = mine(ctx, s)
		return err
	})
	if err != nil {
		return Confirmed{}, err
	}
	right := false
	if field == "proof_pin" {
		if right, err = a.checkPIN(ctx, account, in.PIN); err != nil {
			return Confirmed{}, err
		}
	}
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		if in.Passkey != "" {
			owner, err := a.usePasskey(ctx, s, in.Passkey)
			if err != nil && !fault.Is(err, fault.Invalid) {
				return err
			}
			right = err == nil && owner == account.ID
		}
		switch {
		case right:
			if err := tenants.Refund(ctx, s, buckets); err != nil {
				return err
			}
			return s.Unlock(ctx)
		case left > 0:
			return nil
		}
		if err := s.EndThis(ctx); err != nil {
			return err
		}
		return s.Audit(ctx, "lock.refused", tenants.Audited{Subject: account.ID})
	})
	switch {
	case err != nil || right:
		return Confirmed{in.Next}, err
	case left == 0:
		return Confirmed{}, fault.New(fault.Unauthenticated, "That was wrong five times, so you are signed out on this device. Please sign in again.")
	}
	return Confirmed{}, fault.Bad(field, fmt.Sprintf("That is not right. You can try %s more.", ui.Count(left, "time", "times")))
}

// checkPIN works outside any unit of work.
func (a Accounts) checkPIN(ctx context.Context, account tenants.Account, pin string) (bool, error) {
	hash := ""
	if account.PINSealed != "" {
		var err error
		if hash, err = a.Entrance.Keys.Open(account.PINSealed, pinSeal(account)); err != nil {
			return false, err
		}
	}
	return crypt.CheckPassword(ctx, pin, hash)
}
