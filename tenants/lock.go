package tenants

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
)

// LockKind is what opens a locked session.
type LockKind string

// The kinds of locks.
const (
	NoLock      LockKind = ""
	PINLock     LockKind = "pin"
	PasskeyLock LockKind = "passkey"
)

// Lock keeps those out who pick up a device on which somebody is signed in: a
// browser's session that nobody used for some minutes opens nothing until its
// owner has shown that it is them. API clients have no such lock.
type Lock struct {
	Kind    LockKind `json:"kind"`
	Minutes int      `json:"minutes"`
}

// On tells whether there is one.
func (l Lock) On() bool { return l.Kind != NoLock }

// After is how long nobody may use a session until it is locked.
func (l Lock) After() time.Duration { return time.Duration(l.Minutes) * time.Minute }

// noticedEvery is how often the use of a session with a lock is noted: the lock is
// that much too early at the most, where the page does not watch by itself.
const noticedEvery = 5 * time.Second

// shut tells whether a session that was last used then is locked.
func (l Lock) shut(lockedAt *time.Time, seen, now time.Time) bool {
	return l.On() && (lockedAt != nil || now.Sub(seen) > l.After())
}

// Lock is the one that whoever asks has set; none for an API client.
func (a Actor) Lock() Lock { return a.session.lock }

// Locked tells whether the session opens nothing until its lock has been opened.
func (a Actor) Locked() bool { return a.session.locked }

// Badged tells whether whoever asks wants to see on the app's icon how much waits.
func (a Actor) Badged() bool { return a.session.badged }

// Idle is for how long nobody has used the session, about.
func (s Scope) Idle() time.Duration { return s.Now.Sub(s.Actor.session.seen) }

// Shut locks the session that asks.
func (s Scope) Shut(ctx context.Context) error {
	return Touched(s.Update((*Session)(nil)).Set("locked_at = ?", s.Now).Where("token_hash = ?", s.Actor.session.hash).Exec(ctx))
}

// Unlock opens the session that asks. Unauthenticated if it has been ended meanwhile.
func (s Scope) Unlock(ctx context.Context) error {
	return ended(Touched(s.Update((*Session)(nil)).Set("locked_at = NULL").Set("lock_tries = 0").Set("seen_at = ?", s.Now).
		Where("token_hash = ?", s.Actor.session.hash).Exec(ctx)))
}

// LockTries is how often somebody may show the wrong thing to a lock: then the
// session is over, and only signing in anew helps.
const LockTries = 5

// TryLock counts a try at the lock before it is known how it ends, and says how many
// are left after it. Unauthenticated if there was none left.
func (s Scope) TryLock(ctx context.Context) (left int, err error) {
	var row Session
	err = s.Lock(&row).Where("token_hash = ?", s.Actor.session.hash).Scan(ctx)
	if database.Missing(err) || err == nil && row.LockTries >= LockTries {
		return 0, ended(fault.Missing())
	}
	if err != nil {
		return 0, err
	}
	_, err = s.Update((*Session)(nil)).Set("lock_tries = ?", row.LockTries+1).Where("token_hash = ?", s.Actor.session.hash).Exec(ctx)
	return LockTries - row.LockTries - 1, err
}

// EndThis ends the session that asks.
func (s Scope) EndThis(ctx context.Context) error { return closeSession(ctx, s) }

// ended is what somebody learns whose session is there no more.
func ended(err error) error {
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.Unauthenticated, "You are signed out on this device. Please sign in again.")
	}
	return err
}
