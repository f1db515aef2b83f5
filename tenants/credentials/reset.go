package credentials

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// What follows from a request or a change. The subject is a ticket or, for
// changed, an account.
var (
	asked   = tenants.Kind{Key: "credentials.reset_asked", Queue: jobs.Default}
	changed = tenants.Kind{Key: "credentials.password_changed", Queue: jobs.Default}
)

// Forgotten shows where to ask for a new password.
func (Credentials) Forgotten(context.Context, tenants.Scope, web.None) (web.None, error) {
	return web.None{}, nil
}

// Ask is somebody who forgot their password.
type Ask struct {
	Email string `json:"email" validate:"required,email,max=254" label:"your email address"`
}

// Asked says that an email comes if there is such an account.
type Asked struct{}

// Ask notes that somebody wants a new password. Whether there is such an account a
// worker finds out: words and work here are the same.
func (c Credentials) Ask(ctx context.Context, s tenants.Scope, in Ask) (Asked, error) {
	if err := c.office.Open(); err != nil {
		return Asked{}, err
	}
	lookup := c.office.Keys.Lookup(in.Email)
	return Asked{}, s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		if err := s.Ask(ctx, "reset:"+lookup); err != nil {
			return err
		}
		return issue(ctx, s, asked, Ticket{ID: newID(), Purpose: Reset, EmailLookup: lookup})
	})
}

// sendReset writes to whoever forgot a password, if there is such an account.
func (c Credentials) sendReset(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	var to tenants.Account
	err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		t, ok, err := ticket(ctx, s, e.Subject)
		if err != nil || !ok {
			return err
		}
		err = s.Select(&to).Where("email_lookup = ?", t.EmailLookup).Where("status = 'active'").Scan(ctx)
		if database.Missing(err) {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = s.Update((*Ticket)(nil)).Set("account_id = ?", to.ID).Where("id = ?", t.ID).Exec(ctx)
		return err
	})
	if err != nil || to.ID == uuid.Nil {
		return err
	}
	return c.post(ctx, e.Subject, to, "A new password", mail.Letter{
		Heading: "Choose a new password",
		Lines:   []string{"Somebody, probably you, asked for a new password. The link works once, for an hour.", "If it was not you, you need not do anything: your password stays as it is."},
		Link:    mail.Link{Text: "Choose a new password", URL: c.office.Link(s, "/password/", string(Reset), e.Subject, 1)},
	})
}

// post writes to the address that an account signs in with. A refused address is
// nothing that trying again would mend.
func (c Credentials) post(ctx context.Context, id uuid.UUID, to tenants.Account, subject string, letter mail.Letter) error {
	address, err := to.Email(c.office.Keys)
	if err != nil {
		return err
	}
	return final(c.office.Send(ctx, id, "/"+subject, address, subject, letter))
}

// ByToken is what a link carries.
type ByToken struct {
	Token string `path:"token"`
}

// Link is a link that works.
type Link struct {
	token string
}

// Choosing shows the form for a new password. It uses nothing up.
func (c Credentials) Choosing(ctx context.Context, s tenants.Scope, in ByToken) (Link, error) {
	_, err := c.redeem(ctx, s, in.Token, Reset)
	return Link{in.Token}, err
}

// Choose is a new password for the account of a link.
type Choose struct {
	Token    string `path:"token"`
	Password string `json:"password" validate:"required,max=200" label:"a new password"`
}

// Choose sets a new password, ends every session of the account and tells its
// owner by email. They sign in with it next.
func (c Credentials) Choose(ctx context.Context, s tenants.Scope, in Choose) (web.None, error) {
	t, err := c.redeem(ctx, s, in.Token, Reset)
	if err != nil {
		return web.None{}, err
	}
	if err := tenants.CheckPassword(in.Password); err != nil {
		return web.None{}, err
	}
	hash, err := crypt.HashPassword(ctx, in.Password)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		if err := use(ctx, s, t); err != nil {
			return err
		}
		if err := void(ctx, s, t.AccountID, Reset); err != nil {
			return err
		}
		return set(ctx, s, t.AccountID, hash, "password.reset")
	})
}

// set keeps a new password: other sessions end, and the owner is told.
func set(ctx context.Context, s tenants.Scope, account uuid.UUID, hash, action string) error {
	if err := tenants.Touched(s.Update((*tenants.Account)(nil)).Set("password_hash = ?", hash).Where("id = ?", account).Where("status = 'active'").Exec(ctx)); err != nil {
		return err
	}
	if err := s.EndSessions(ctx, account); err != nil {
		return err
	}
	if err := s.Audit(ctx, action, tenants.Audited{Subject: account}); err != nil {
		return err
	}
	s.Service = nil
	return s.Emit(ctx, changed, tenants.Event{Subject: account})
}

// tellChanged lets an account's owner know of a new password.
func (c Credentials) tellChanged(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	var to tenants.Account
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		return s.Select(&to).Where("id = ?", e.Subject).Where("status = 'active'").Scan(ctx)
	})
	if database.Missing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return c.post(ctx, e.ID, to, "Your password has changed", mail.Letter{
		Heading: "Your password has changed",
		Lines:   []string{"Whoever was signed in elsewhere has been signed out.", "If it was not you, ask for a new password now, and tell your team."},
		Link:    mail.Link{Text: "It was not me", URL: c.office.Address(s.Trust()) + "/password"},
	})
}
