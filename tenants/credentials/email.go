package credentials

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// A new address is asked to say yes, the old one is told and may say no. The
// subject is the ticket of each.
var (
	confirming = tenants.Kind{Key: "credentials.email_confirm", Queue: jobs.Default}
	undoing    = tenants.Kind{Key: "credentials.email_undo", Queue: jobs.Default}
)

// final leaves aside that an address took no email: trying again does not mend that.
func final(err error) error {
	var refused *mail.Refused
	if errors.As(err, &refused) && refused.Address {
		return nil
	}
	return err
}

// Move is another email address to sign in with.
type Move struct {
	Email   string `json:"email" validate:"required,email,max=254" label:"your new email address"`
	Current string `json:"current" validate:"required,max=200" label:"your password"`
}

// Move asks the new address to confirm, and tells the old one. Until the new one
// has, nothing changes. Whether somebody else has that address is not told here.
func (c Credentials) Move(ctx context.Context, s tenants.Scope, in Move) (web.None, error) {
	if err := c.office.Open(); err != nil {
		return web.None{}, err
	}
	if err := c.proves(ctx, s, in.Current); err != nil {
		return web.None{}, err
	}
	address := strings.TrimSpace(in.Email)
	lookup := c.office.Keys.Lookup(address)
	return web.None{}, s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		a, err := account(ctx, s, s.Actor.AccountID)
		if err != nil {
			return err
		}
		if a.EmailLookup == lookup {
			return fault.Bad("email", "This is the address that you sign in with already.")
		}
		if err := s.Ask(ctx, "email:"+lookup); err != nil {
			return err
		}
		old, err := a.Email(c.office.Keys)
		if err != nil {
			return err
		}
		if err := void(ctx, s, a.ID, Confirm); err != nil {
			return err
		}
		for _, one := range []struct {
			purpose Purpose
			kind    tenants.Kind
			address string
		}{{Confirm, confirming, address}, {Undo, undoing, old}} {
			t := Ticket{ID: newID(), Purpose: one.purpose, EmailLookup: c.office.Keys.Lookup(one.address), AccountID: a.ID}
			if t.Sealed, err = c.office.Keys.Seal(one.address, t.ID.String()); err != nil {
				return err
			}
			if err := issue(ctx, s, one.kind, t); err != nil {
				return err
			}
		}
		return s.Audit(ctx, "email.change_asked", tenants.Audited{Subject: a.ID})
	})
}

// sendConfirm writes to a new address, unless it is somebody's already.
func (c Credentials) sendConfirm(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	t, address, err := c.addressed(ctx, s, e.Subject, func(ctx context.Context, s tenants.Scope, t Ticket) (bool, error) {
		taken, err := s.Select((*tenants.Account)(nil)).Where("email_lookup = ?", t.EmailLookup).Exists(ctx)
		return !taken, err
	})
	if err != nil || address == "" {
		return err
	}
	return final(c.office.Send(ctx, t.ID, "", address, "Is this your address?", mail.Letter{
		Heading: "Is this your address?",
		Lines:   []string{"Somebody, probably you, wants to sign in to SHaRON with it. The link works once, for a day.", "If it was not you, you need not do anything."},
		Link:    mail.Link{Text: "Yes, use this address", URL: c.office.Link(s, "/account/email/confirm/", string(Confirm), t.ID, 1)},
	}))
}

// sendUndo tells an old address.
func (c Credentials) sendUndo(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	t, address, err := c.addressed(ctx, s, e.Subject, nil)
	if err != nil || address == "" {
		return err
	}
	return final(c.office.Send(ctx, t.ID, "", address, "Your email address is about to change", mail.Letter{
		Heading: "Your email address is about to change",
		Lines:   []string{"Somebody, probably you, wants to sign in to SHaRON with another address.", "If it was not you, press the button within 7 days. You keep this address, and whoever is signed in is signed out."},
		Link:    mail.Link{Text: "It was not me", URL: c.office.Link(s, "/account/email/undo/", string(Undo), t.ID, 1)},
	}))
}

// addressed opens a ticket's address for a letter; empty if none is to be sent.
func (c Credentials) addressed(ctx context.Context, s tenants.Scope, id uuid.UUID, wanted func(context.Context, tenants.Scope, Ticket) (bool, error)) (t Ticket, address string, err error) {
	err = s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		found, ok, err := ticket(ctx, s, id)
		if err == nil && ok && wanted != nil {
			ok, err = wanted(ctx, s, found)
		}
		if err != nil || !ok {
			return err
		}
		t = found
		address, err = c.office.Keys.Open(t.Sealed, t.ID.String())
		return err
	})
	return t, address, err
}

// Confirming shows a new address a button. It uses nothing up.
func (c Credentials) Confirming(ctx context.Context, s tenants.Scope, in ByToken) (Link, error) {
	_, err := c.redeem(ctx, s, in.Token, Confirm)
	return Link{in.Token}, err
}

// Confirm makes the new address the one to sign in with.
func (c Credentials) Confirm(ctx context.Context, s tenants.Scope, in ByToken) (web.None, error) {
	return web.None{}, c.change(ctx, s, in.Token, Confirm, "email.changed", func(context.Context, tenants.Scope, uuid.UUID) error { return nil })
}

// Undone shows an old address a button. It uses nothing up.
func (c Credentials) Undone(ctx context.Context, s tenants.Scope, in ByToken) (Link, error) {
	_, err := c.redeem(ctx, s, in.Token, Undo)
	return Link{in.Token}, err
}

// Undo gives the old address back, ends every session and all that was asked for
// since, and sends a link for a new password: whoever asked knew the old one.
func (c Credentials) Undo(ctx context.Context, s tenants.Scope, in ByToken) (web.None, error) {
	return web.None{}, c.change(ctx, s, in.Token, Undo, "email.change_undone", func(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
		if err := void(ctx, s, id, Confirm, Undo, Reset); err != nil {
			return err
		}
		if err := tenants.Touched(s.Update((*tenants.Account)(nil)).Set("password_hash = ''").Where("id = ?", id).Exec(ctx)); err != nil {
			return err
		}
		if err := s.EndSessions(ctx, id); err != nil {
			return err
		}
		a, err := account(ctx, s, id)
		if err != nil {
			return err
		}
		return issue(ctx, s, asked, Ticket{ID: newID(), Purpose: Reset, EmailLookup: a.EmailLookup})
	})
}

// change gives an account the address of a ticket, and does what else follows.
func (c Credentials) change(ctx context.Context, s tenants.Scope, token string, purpose Purpose, action string, then func(context.Context, tenants.Scope, uuid.UUID) error) error {
	t, err := c.redeem(ctx, s, token, purpose)
	if err != nil {
		return err
	}
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		a, err := account(ctx, s, t.AccountID)
		if err != nil {
			return err
		}
		if err := use(ctx, s, t); err != nil {
			return err
		}
		address, err := c.office.Keys.Open(t.Sealed, t.ID.String())
		if err != nil {
			return err
		}
		sealed, err := c.office.Keys.Seal(address, a.ID.String())
		if err != nil {
			return err
		}
		_, err = s.Update((*tenants.Account)(nil)).Set("email_lookup = ?", t.EmailLookup).Set("email_sealed = ?", sealed).Where("id = ?", a.ID).Exec(ctx)
		if err != nil {
			return err
		}
		if err := s.Audit(ctx, action, tenants.Audited{Subject: a.ID}); err != nil {
			return err
		}
		return then(ctx, s, a.ID)
	})
	if database.Taken(err) || database.Missing(err) {
		return unusable() // somebody has that address meanwhile, or the account is gone
	}
	return err
}
