// Package admin is the platform's console: those who bring trusts on and keep
// SHaRON running. They belong to no trust. Nothing here has a tenants.Scope, so
// nothing here can read what a member wrote: what comes from a trust is a count.
package admin

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/tenants"
)

// Scope is who asks at the console, and when. It reaches the platform's own
// tables and no row of any trust.
type Scope struct {
	Staff  *Staff // nil: nobody has signed in
	Client signin.Client
	Now    time.Time

	session session
	db      *database.DB
}

// May tells whether whoever asks holds a role with the permission.
func (s Scope) May(permission string) bool {
	return s.Staff != nil && slices.ContainsFunc(Grants[permission], func(role string) bool { return s.Staff.Roles.Has(tenants.Role(role)) })
}

// by is who asks, for what is written down.
func (s Scope) by() tenants.By { return tenants.By{ID: s.Staff.ID, Name: s.Staff.Name} }

// read opens a unit of work for reading the platform's tables.
func (s Scope) read(ctx context.Context, fn func(context.Context, store) error) error {
	return s.db.Read(ctx, uuid.Nil, within(s.Now, fn))
}

// write opens a unit of work on the platform's tables.
func (s Scope) write(ctx context.Context, fn func(context.Context, store) error) error {
	return s.db.Platform(ctx, within(s.Now, fn))
}

// Roster makes the accounts of platform staff.
type Roster struct {
	DB    *database.DB
	Keys  crypt.Keys
	Clock clock.Clock
}

// NewStaff is somebody who may sign in to the console.
type NewStaff struct {
	Email, Name  string
	PasswordHash string // empty for somebody who has yet to choose a password
	Role         tenants.Role
}

// Add makes accounts, all of them or none. Invalid says which part to mend.
func (r Roster) Add(ctx context.Context, all ...NewStaff) error {
	return r.DB.Platform(ctx, within(r.Clock.Now(), func(ctx context.Context, rows store) error {
		for _, in := range all {
			if _, err := in.add(ctx, rows, r.Keys); err != nil {
				return err
			}
		}
		return nil
	}))
}

// add makes one account.
func (in NewStaff) add(ctx context.Context, rows store, keys crypt.Keys) (Staff, error) {
	staff, err := in.staff(keys)
	if err != nil {
		return staff, err
	}
	staff.CreatedAt = rows.now
	if err = rows.add(ctx, &staff); database.Taken(err) {
		err = fault.Bad("email", "Somebody signs in to the console with this email address already.")
	}
	return staff, err
}

func (in NewStaff) staff(keys crypt.Keys) (Staff, error) {
	in.Email, in.Name = strings.TrimSpace(in.Email), strings.TrimSpace(in.Name)
	switch {
	case !slices.Contains(tenants.PlatformRoles, in.Role):
		return Staff{}, fault.Bad("role", "Platform staff are platform_admin, onboarding_manager or finance.")
	case !strings.Contains(in.Email, "@"):
		return Staff{}, fault.Bad("email", "Write an email address, such as priya@sharon.example.")
	case in.Name == "" || len([]rune(in.Name)) > 100:
		return Staff{}, fault.Bad("name", "Write their name, in 100 characters or fewer.")
	}
	staff := Staff{ID: uuid.Must(uuid.NewV7()), EmailLookup: keys.Lookup(in.Email), Name: in.Name, PasswordHash: in.PasswordHash, Roles: tenants.Roles{in.Role}, Status: "active", Version: 1}
	var err error
	staff.EmailSealed, err = keys.Seal(in.Email, staff.ID.String())
	return staff, err
}

// Has tells whether somebody signs in with this email address.
func (r Roster) Has(ctx context.Context, email string) (bool, error) {
	var found Staff
	err := r.DB.Read(ctx, uuid.Nil, within(r.Clock.Now(), func(ctx context.Context, rows store) (err error) {
		found, err = rows.byEmail(ctx, r.Keys.Lookup(email))
		return err
	}))
	return found.ID != uuid.Nil, err
}

// Enter writes what the platform knows of a trust at first: whom it asks there,
// and entries of its register.
func (r Roster) Enter(ctx context.Context, trust uuid.UUID, contacts Contacts, entries ...Register) error {
	return r.DB.Platform(ctx, within(r.Clock.Now(), func(ctx context.Context, rows store) error {
		row, err := contacts.sealed(r.Keys, trust, 1, rows.now)
		if err != nil {
			return err
		}
		if err := keep(ctx, rows, row, 0); err != nil {
			return err
		}
		for _, entry := range entries {
			if err := keep(ctx, rows, registerRow{TrustID: trust, Kind: entry.Kind, Reference: entry.Reference, Dated: entry.Dated, Expires: entry.Expires, Link: entry.Link, Version: 1, ChangedAt: rows.now}, 0); err != nil {
				return err
			}
		}
		return nil
	}))
}
