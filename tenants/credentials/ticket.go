// Package credentials is how people keep hold of their account: a forgotten
// password, a new one, another email address.
package credentials

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Purpose is what a ticket's link does.
type Purpose string

// The purposes, and how long each holds.
const (
	Reset   Purpose = "password"
	Confirm Purpose = "email"      // a new address says yes
	Undo    Purpose = "email-undo" // the old address says no
)

var holds = map[Purpose]time.Duration{Reset: time.Hour, Confirm: 24 * time.Hour, Undo: 7 * 24 * time.Hour}

// Ticket is a row behind the link of a letter: it works once and in time.
type Ticket struct {
	bun.BaseModel `bun:"table:tickets,alias:ticket"`
	tenants.InTrust

	ID          uuid.UUID  `bun:"id,pk,type:uuid"`
	Purpose     Purpose    `bun:"purpose"`
	EmailLookup string     `bun:"email_lookup"` // whose account, or which new address
	AccountID   uuid.UUID  `bun:"account_id,type:uuid,nullzero"`
	Sealed      string     `bun:"sealed"` // the address that it is about
	CreatedAt   time.Time  `bun:"created_at"`
	ExpiresAt   time.Time  `bun:"expires_at"`
	UsedAt      *time.Time `bun:"used_at"`
}

func (t Ticket) usable(now time.Time) bool { return t.UsedAt == nil && now.Before(t.ExpiresAt) }

// issue writes a ticket and the event that sends its letter.
func issue(ctx context.Context, s tenants.Scope, kind tenants.Kind, t Ticket) error {
	t.CreatedAt, t.ExpiresAt = s.Now, s.Now.Add(holds[t.Purpose])
	if _, err := s.Insert(&t).Exec(ctx); err != nil {
		return err
	}
	s.Service = nil // a trust's own event
	return s.Emit(ctx, kind, tenants.Event{Subject: t.ID})
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// ticket reads one that a worker is to send; false if it is used or over.
func ticket(ctx context.Context, s tenants.Scope, id uuid.UUID) (t Ticket, ok bool, err error) {
	err = s.Select(&t).Where("ticket.id = ?", id).Scan(ctx)
	if database.Missing(err) {
		return t, false, nil
	}
	return t, err == nil && t.usable(s.Now), err
}

// unusable is the one answer to a link that does nothing any more, or never did.
func unusable() *fault.Error {
	return fault.New(fault.Invalid, "This link cannot be used any more. Links work once and only for a while. You can ask for a new one.")
}

// redeem finds the ticket of a link; unusable otherwise, and that counts as a guess.
func (c Credentials) redeem(ctx context.Context, s tenants.Scope, token string, purpose Purpose) (found Ticket, err error) {
	right, err := s.Try(ctx, func(ctx context.Context, s tenants.Scope) (bool, error) {
		return c.office.Opens(s, token, string(purpose), func(id uuid.UUID) (int, bool, error) {
			ok := false
			found, ok, err = ticket(ctx, s, id)
			return 1, ok && found.Purpose == purpose && found.AccountID != uuid.Nil, err
		})
	})
	if err == nil && !right {
		err = unusable()
	}
	return found, err
}

// use marks a ticket as used; unusable if somebody was faster.
func use(ctx context.Context, s tenants.Scope, t Ticket) error {
	err := tenants.Touched(s.Update((*Ticket)(nil)).Set("used_at = ?", s.Now).Where("id = ?", t.ID).Where("used_at IS NULL").Exec(ctx))
	if fault.Is(err, fault.NotFound) {
		return unusable()
	}
	return err
}

// void ends an account's other tickets of some purposes.
func void(ctx context.Context, s tenants.Scope, account uuid.UUID, purposes ...Purpose) error {
	_, err := s.Update((*Ticket)(nil)).Set("used_at = ?", s.Now).Where("account_id = ?", account).
		Where("purpose IN (?)", bun.List(purposes)).Where("used_at IS NULL").Exec(ctx)
	return err
}

// tidy removes tickets that have been over for a week.
func tidy(ctx context.Context, s tenants.Scope) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		_, err := s.Delete((*Ticket)(nil)).Where("expires_at < ?", s.Now.AddDate(0, 0, -7)).Exec(ctx)
		return err
	})
}

// account reads an account that is in use and keeps others from changing it.
func account(ctx context.Context, s tenants.Scope, id uuid.UUID) (a tenants.Account, err error) {
	return a, s.Lock(&a).Where("account.id = ?", id).Where("account.status = 'active'").Scan(ctx)
}
