package admin

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/web"
)

// CodeForm shows the page of the second step.
func (c Console) CodeForm(_ context.Context, _ Scope, in signin.CodeForm) (signin.CodeForm, error) {
	return in, nil
}

// GiveCode completes a sign-in by password. Invalid if the code is not right or
// has been used; Limited after too many.
func (c Console) GiveCode(ctx context.Context, s Scope, in signin.Code) (SignedIn, error) {
	buckets := signin.Codes(s.Client, s.Staff.EmailLookup, signin.Known(c.Keys, s.Client, realm, s.Staff.EmailLookup))
	if err := s.write(ctx, func(ctx context.Context, rows store) error { return signin.Spend(ctx, rows, s.Now, buckets) }); err != nil {
		return SignedIn{}, err
	}
	err := s.write(ctx, func(ctx context.Context, rows store) error {
		if err := c.useCode(ctx, s, rows, in.Code); err != nil {
			return err
		}
		if err := signin.Refund(ctx, rows, buckets); err != nil {
			return err
		}
		return rows.strengthen(ctx, s.session.hash)
	})
	if fault.Is(err, fault.NotFound) {
		err = signin.WrongCode()
	}
	return c.arrived(*s.Staff, in.Next), err
}

// useCode uses up a code of the app, or else a recovery code; NotFound if it is
// neither. Of two at once one wins.
func (c Console) useCode(ctx context.Context, s Scope, rows store, code string) error {
	if !s.Staff.app() {
		return fault.Missing()
	}
	secret, err := c.Keys.Open(s.Staff.TOTPSealed, factorSeal(s))
	if err != nil {
		return err
	}
	if step, right := signin.CodeStep(secret, code, s.Staff.TOTPUsed, s.Now); right {
		return rows.useStep(ctx, s.Staff.ID, step)
	}
	return rows.useRecoveryCode(ctx, s.Staff.ID, signin.RecoveryHash(c.Keys, s.Staff.ID.String(), code))
}

func factorSeal(s Scope) string { return "second factor of " + s.Staff.ID.String() }

// place is what the app shows.
const place = "console"

// NewFactor makes a secret for whoever asks. It counts once its first code is given.
func (c Console) NewFactor(_ context.Context, s Scope, in signin.NewFactor) (out signin.Setting, err error) {
	if err := maySet(s); err != nil {
		return out, err
	}
	out.SetUp, err = in.Offer(c.Keys, s.Staff.ID.String(), place, s.Now)
	out.Demanded = s.session.lack != signin.Nothing
	return out, err
}

// maySet refuses to set up another app to whoever has not given a code of the one
// there is, and to a session that somebody may have left open.
func maySet(s Scope) error {
	const fresh = 10 * time.Minute
	switch {
	case s.session.lack == signin.ACode:
		return s.session.lack.Refusal()
	case s.Now.Sub(s.session.begun) > fresh:
		return fault.New(fault.Forbidden, "Please sign out and in again first: we need to know that it is still you.")
	}
	return nil
}

// Codes are recovery codes, which are shown this once.
type Codes struct {
	Codes   []string `json:"recovery_codes"`
	Next    string   `json:"next"`
	arrived SignedIn
}

// Cookies make the browser known, if setting up completed a sign-in.
func (c Codes) Cookies() []web.Cookie { return c.arrived.Cookies() }

// SetFactor has codes of an app asked for from now on, in place of an earlier one.
// Invalid if the code is not the app's.
func (c Console) SetFactor(ctx context.Context, s Scope, in signin.SetFactor) (out Codes, err error) {
	if err := maySet(s); err != nil {
		return out, err
	}
	id := s.Staff.ID.String()
	secret, step, err := in.First(c.Keys, id, place, s.Now)
	if err != nil {
		return out, err
	}
	sealed, err := c.Keys.Seal(secret, factorSeal(s))
	if err != nil {
		return out, err
	}
	out.arrived = c.arrived(*s.Staff, in.Next)
	out.Next = out.arrived.Next
	var hashes []string
	out.Codes, hashes = signin.NewRecoveryCodes(c.Keys, id)
	return out, s.write(ctx, func(ctx context.Context, rows store) error {
		if err := rows.setFactor(ctx, s.Staff.ID, sealed, step); err != nil {
			return err
		}
		if err := rows.setRecoveryCodes(ctx, s.Staff.ID, hashes); err != nil {
			return err
		}
		return rows.strengthen(ctx, s.session.hash)
	})
}
