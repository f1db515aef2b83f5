package admin

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Closing is what can be done with a trust's doors.
type Closing struct {
	Trust TrustName `json:"trust"`
	Next  []string  `json:"next"` // the states that it can go to
	App   bool      `json:"app"`  // whoever asks proves themselves by a code, not by their password
}

// Closing shows how to close a trust's doors or open them.
func (c Console) Closing(ctx context.Context, s Scope, in OneTrust) (Closing, error) {
	trust, err := c.Directory.Trust(ctx, in.Trust)
	return Closing{nameOf(trust), tenants.NextStates(trust.Status), s.Staff.app()}, err
}

// Close is a state that a trust shall be in. From is the one that was read; Proof
// is a code from the app or, for somebody without one, their password.
type Close struct {
	OneTrust
	From   string `json:"from_state" validate:"oneof=active suspended"`
	To     string `json:"to_state" validate:"oneof=active suspended archived" label:"what shall happen"`
	Reason string `json:"reason" validate:"filled,max=500" label:"why"`
	Code   string `json:"ods" validate:"filled,max=20" label:"the trust’s ODS code"`
	Proof  string `json:"proof" validate:"required,max=200" label:"what shows that it is you"`
}

// Close suspends a trust, opens it again or puts it in the archive. Whoever does
// so names the trust and shows anew that it is them. Conflict if its state is not
// From any more.
func (c Console) Close(ctx context.Context, s Scope, in Close) (web.None, error) {
	trust, err := c.Directory.Trust(ctx, in.Trust)
	if err != nil {
		return web.None{}, err
	}
	if trust.ODSCode != in.Code {
		return web.None{}, fault.Bad("ods", "This is not the trust’s ODS code. Look whether it is the trust that you mean.")
	}
	if err := c.proves(ctx, s, in.Proof); err != nil {
		return web.None{}, err
	}
	return web.None{}, c.Directory.SetStatus(ctx, trust.ID, in.From, in.To, in.Reason, s.by())
}

// proves checks that it is still whoever signed in: by a code that has not been
// used, or by the password of somebody without an app. Wrong ones count as at
// sign-in.
func (c Console) proves(ctx context.Context, s Scope, proof string) error {
	buckets := signin.Codes(s.Client, s.Staff.EmailLookup, signin.Known(c.Keys, s.Client, realm, s.Staff.EmailLookup))
	if err := s.write(ctx, func(ctx context.Context, rows store) error { return signin.Spend(ctx, rows, s.Now, buckets) }); err != nil {
		return err
	}
	app := s.Staff.app()
	if !app {
		right, err := crypt.CheckPassword(ctx, proof, s.Staff.PasswordHash)
		if err == nil && !right {
			err = fault.Bad("proof", "This is not your password.")
		}
		if err != nil {
			return err
		}
	}
	return s.write(ctx, func(ctx context.Context, rows store) error {
		if app {
			if err := c.useCode(ctx, s, rows, proof); fault.Is(err, fault.NotFound) {
				return fault.Bad("proof", "This code is not right, or it has been used. Wait for the next one.")
			} else if err != nil {
				return err
			}
		}
		return signin.Refund(ctx, rows, buckets)
	})
}
