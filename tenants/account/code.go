package account

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/tenants"
)

// CodeForm shows the page of the second step.
func (a Accounts) CodeForm(_ context.Context, _ tenants.Scope, in signin.CodeForm) (signin.CodeForm, error) {
	return in, nil
}

// GiveCode completes a sign-in by password. Invalid if the code is not right or
// has been used; Limited after too many.
func (a Accounts) GiveCode(ctx context.Context, s tenants.Scope, in signin.Code) (tenants.SignedIn, error) {
	var out tenants.SignedIn
	err := a.try(ctx, s, nil, func(ctx context.Context, s tenants.Scope, account tenants.Account) (bool, error) {
		way, err := a.useCode(ctx, s, account, in.Code)
		if err != nil || way == "" {
			return false, err
		}
		if err := s.Proved(ctx, true); err != nil {
			return false, err
		}
		out, err = a.Entrance.Arrive(ctx, s, account, "password and "+way, in.Next)
		return true, err
	})
	return out, err
}

// try has whoever asks show something, with as many tries as at sign-in. Slow, if
// there, works outside any unit of work; check looks, in the unit that keeps what
// follows from it. WrongCode if neither found it right.
func (a Accounts) try(ctx context.Context, s tenants.Scope, slow func(context.Context, tenants.Account) error,
	check func(context.Context, tenants.Scope, tenants.Account) (bool, error)) error {
	var account tenants.Account
	var buckets []signin.Bucket
	err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if account, err = mine(ctx, s); err != nil {
			return err
		}
		known := signin.Known(a.Entrance.Keys, s.Client, s.Trust().ID.String(), account.EmailLookup)
		buckets = signin.Codes(s.Client, account.EmailLookup, known)
		return tenants.Spend(ctx, s, buckets)
	})
	if err != nil {
		return err
	}
	if slow != nil {
		if err := slow(ctx, account); err != nil {
			return err
		}
	}
	right := false
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if right, err = check(ctx, s, account); err != nil {
			return err
		}
		if !right {
			return s.Audit(ctx, "second_factor.refused", tenants.Audited{Subject: account.ID})
		}
		return tenants.Refund(ctx, s, buckets)
	})
	if err == nil && !right {
		return signin.WrongCode()
	}
	return err
}

// useCode uses up a code of the app or a recovery code, and says which it was;
// empty if it is neither. Of two at once one wins.
func (a Accounts) useCode(ctx context.Context, s tenants.Scope, account tenants.Account, code string) (way string, err error) {
	if account.TOTPSealed == "" {
		return "", nil
	}
	secret, err := a.Entrance.Keys.Open(account.TOTPSealed, factorSeal(account))
	if err != nil {
		return "", err
	}
	if step, right := signin.CodeStep(secret, code, account.TOTPUsed, s.Now); right {
		return used("app", useStep(ctx, s, account.ID, step))
	}
	way, err = used("recovery code", useRecoveryCode(ctx, s, account.ID, signin.RecoveryHash(a.Entrance.Keys, account.ID.String(), code)))
	if way != "" {
		err = s.Audit(ctx, "recovery_code.used", tenants.Audited{Subject: account.ID})
	}
	return way, err
}

// used is the way, unless another was faster to use it up.
func used(way string, err error) (string, error) {
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return way, err
}

func factorSeal(account tenants.Account) string { return "second factor of " + account.ID.String() }
