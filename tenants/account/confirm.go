package account

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// ConfirmForm asks for the page on which somebody shows again that it is them.
type ConfirmForm struct {
	Next string `json:"next" validate:"max=4000"`
}

// Confirmation is that page: what they can show.
type Confirmation struct {
	Next     string `json:"next"`
	App      bool   `json:"app"`
	Passkeys bool   `json:"passkeys"`
}

// ConfirmForm shows the page.
func (a Accounts) ConfirmForm(ctx context.Context, s tenants.Scope, in ConfirmForm) (Confirmation, error) {
	account, err := mine(ctx, s)
	if err != nil {
		return Confirmation{}, err
	}
	keys, err := passkeysOf(ctx, s, account.ID)
	return Confirmation{in.Next, account.TOTPSealed != "", len(keys) > 0}, err
}

// Confirm is one thing that shows who somebody is. The names are unlike those of
// any other form, whose fields may travel beside them.
type Confirm struct {
	Password string `json:"proof_password,omitempty" validate:"max=200" label:"your password"`
	Code     string `json:"proof_code,omitempty" validate:"max=40" label:"your code"`
	Passkey  string `json:"proof_passkey,omitempty" validate:"max=10000"`
	Next     string `json:"proof_next,omitempty" validate:"max=4000"`
}

// Confirmed says where to go on.
type Confirmed struct {
	Next string `json:"next"`
}

// Confirm makes the session fresh. Invalid if what was shown is not right; Limited
// after too many tries.
func (a Accounts) Confirm(ctx context.Context, s tenants.Scope, in Confirm) (Confirmed, error) {
	field, right := "proof_password", false
	switch {
	case in.Passkey != "":
		field = "proof_passkey"
	case in.Code != "":
		field = "proof_code"
	case in.Password == "":
		return Confirmed{}, fault.Bad(field, "Enter your password, or choose another way to show that it is you.")
	}
	err := a.try(ctx, s, func(ctx context.Context, account tenants.Account) (err error) {
		if field == "proof_password" {
			right, err = crypt.CheckPassword(ctx, in.Password, account.PasswordHash)
		}
		return err
	}, func(ctx context.Context, s tenants.Scope, account tenants.Account) (bool, error) {
		switch field {
		case "proof_passkey":
			owner, err := a.usePasskey(ctx, s, in.Passkey)
			if err != nil {
				return false, err
			}
			right = owner == account.ID
		case "proof_code":
			way, err := a.useCode(ctx, s, account, in.Code)
			if err != nil {
				return false, err
			}
			right = way != ""
		}
		if !right {
			return false, nil
		}
		if err := s.Proved(ctx, field != "proof_password"); err != nil {
			return false, err
		}
		return true, s.Audit(ctx, "session.confirmed", tenants.Audited{Subject: account.ID})
	})
	if fault.Is(err, fault.Invalid) {
		return Confirmed{}, fault.Bad(field, "That is not right. Check it and try again.")
	}
	return Confirmed{in.Next}, err
}
