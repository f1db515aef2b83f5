package account

import (
	"context"
	"slices"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Overview is how somebody signs in.
type Overview struct {
	App       bool      `json:"app"`            // an app makes codes
	Codes     int       `json:"recovery_codes"` // that are left
	Demanded  bool      `json:"demanded"`       // their work needs a second step
	Passkeys  []Passkey `json:"passkeys"`
	Providers []string  `json:"providers"` // other organisations that know them, by name
	// Offers are organisations that can be linked to an account on a team.
	Offers []tenants.Way `json:"offers"`
}

// Overview shows it.
func (a Accounts) Overview(ctx context.Context, s tenants.Scope, _ web.None) (Overview, error) {
	account, err := mine(ctx, s)
	if err != nil {
		return Overview{}, err
	}
	out := Overview{App: account.TOTPSealed != "", Passkeys: []Passkey{}}
	if out.Codes, err = countRecoveryCodes(ctx, s, account.ID); err != nil {
		return out, err
	}
	if out.Demanded, err = a.Entrance.Demands(ctx, s, account); err != nil {
		return out, err
	}
	keys, err := passkeysOf(ctx, s, account.ID)
	for _, key := range keys {
		out.Passkeys = append(out.Passkeys, Passkey{key.ID, key.Name, key.Host, key.CreatedAt, key.UsedAt})
	}
	if err != nil {
		return out, err
	}
	if out.Providers, err = providersOf(ctx, s, account.ID); err != nil {
		return out, err
	}
	out.Offers, err = a.offers(ctx, s, account, out.Providers)
	return out, err
}

// offers are the providers that an account on a team is not linked with yet.
func (a Accounts) offers(ctx context.Context, s tenants.Scope, account tenants.Account, linked []string) ([]tenants.Way, error) {
	if team, err := tenants.OnTeam(ctx, s, account); err != nil || !team {
		return []tenants.Way{}, err
	}
	ways, err := a.Ways(ctx, s)
	return slices.DeleteFunc(ways, func(way tenants.Way) bool { return slices.Contains(linked, way.Name) }), err
}

// NewFactor makes a secret for whoever asks. It counts once its first code is given.
func (a Accounts) NewFactor(ctx context.Context, s tenants.Scope, in signin.NewFactor) (signin.Setting, error) {
	account, err := a.maySet(ctx, s)
	if err != nil {
		return signin.Setting{}, err
	}
	out := signin.Setting{Demanded: s.Actor.Lacks()}
	out.SetUp, err = in.Offer(a.Entrance.Keys, account.ID.String(), s.Client.Host, s.Now)
	return out, err
}

// maySet is the account that asks, if it may be given a second step now. A
// password alone never replaces what there is: who has an app, a passkey or
// another sign-in comes in by that first.
func (a Accounts) maySet(ctx context.Context, s tenants.Scope) (tenants.Account, error) {
	account, err := mine(ctx, s)
	if err != nil || !s.Actor.Lacks() {
		if err == nil {
			err = s.Fresh()
		}
		return account, err
	}
	if account.TOTPSealed != "" {
		return account, fault.New(fault.CodeNeeded, "Type the code from your app first.")
	}
	keys, err := passkeysOf(ctx, s, account.ID)
	if err != nil {
		return account, err
	}
	others, err := providersOf(ctx, s, account.ID)
	if err == nil && len(keys)+len(others) > 0 {
		err = fault.New(fault.Forbidden, "Sign in with your passkey, or with your organisation, and then set up the app.")
	}
	return account, err
}

// Codes are recovery codes, which are shown this once.
type Codes struct {
	Codes []string `json:"recovery_codes"`
	Next  string   `json:"next,omitempty"`

	arrived tenants.SignedIn
}

// Cookies make the browser known, if setting up completed a sign-in.
func (c Codes) Cookies() []web.Cookie { return c.arrived.Cookies() }

// SetFactor has codes of an app asked for from now on, in place of an earlier one.
// Devices that are signed in by a password alone have to do so anew. Invalid if the code is not the app's.
func (a Accounts) SetFactor(ctx context.Context, s tenants.Scope, in signin.SetFactor) (out Codes, err error) {
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		account, err := a.maySet(ctx, s)
		if err != nil {
			return err
		}
		secret, step, err := in.First(a.Entrance.Keys, account.ID.String(), s.Client.Host, s.Now)
		if err != nil {
			return err
		}
		sealed, err := a.Entrance.Keys.Seal(secret, factorSeal(account))
		if err != nil {
			return err
		}
		if err := setFactor(ctx, s, account.ID, sealed, step); err != nil {
			return err
		}
		if out.Codes, err = a.newCodes(ctx, s, account); err != nil {
			return err
		}
		if err := s.Proved(ctx, true); err != nil {
			return err
		}
		if err := endWeakSessions(ctx, s); err != nil {
			return err
		}
		if err := s.Audit(ctx, "second_factor.set", tenants.Audited{Subject: account.ID, Before: account.TOTPSealed != "", After: true}); err != nil {
			return err
		}
		out.Next = in.Next
		if s.Actor.Lacks() {
			arrived, err := a.Entrance.Arrive(ctx, s, account, "password and app", in.Next)
			out.Next, out.arrived = arrived.Next, arrived
			return err
		}
		return nil
	})
	return out, err
}

// newCodes makes recovery codes in place of those that there are.
func (a Accounts) newCodes(ctx context.Context, s tenants.Scope, account tenants.Account) ([]string, error) {
	codes, hashes := signin.NewRecoveryCodes(a.Entrance.Keys, account.ID.String())
	return codes, setRecoveryCodes(ctx, s, account.ID, hashes)
}

// RenewCodes makes ten new recovery codes; the old ones are good no more.
// NotFound without an app.
func (a Accounts) RenewCodes(ctx context.Context, s tenants.Scope, _ web.None) (out Codes, err error) {
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		if err := s.Fresh(); err != nil {
			return err
		}
		account, err := mine(ctx, s)
		if err != nil {
			return err
		}
		if account.TOTPSealed == "" {
			return fault.Missing()
		}
		if out.Codes, err = a.newCodes(ctx, s, account); err != nil {
			return err
		}
		return s.Audit(ctx, "recovery_codes.made", tenants.Audited{Subject: account.ID})
	})
	return out, err
}

// RemoveFactor lets somebody sign in with their password alone again. Forbidden to
// those whose work needs a second step: they can only change it.
func (a Accounts) RemoveFactor(ctx context.Context, s tenants.Scope, _ web.None) (web.None, error) {
	if err := s.Fresh(); err != nil {
		return web.None{}, err
	}
	account, err := mine(ctx, s)
	if err != nil {
		return web.None{}, err
	}
	if demanded, err := a.Entrance.Demands(ctx, s, account); err != nil {
		return web.None{}, err
	} else if demanded {
		return web.None{}, fault.New(fault.Forbidden, "Your work here needs a second step. You can set it up anew, on another phone for instance.")
	}
	if err := setFactor(ctx, s, account.ID, "", account.TOTPUsed); err != nil {
		return web.None{}, err
	}
	if err := setRecoveryCodes(ctx, s, account.ID, nil); err != nil {
		return web.None{}, err
	}
	return web.None{}, s.Audit(ctx, "second_factor.removed", tenants.Audited{Subject: account.ID, Before: account.TOTPSealed != "", After: false})
}
