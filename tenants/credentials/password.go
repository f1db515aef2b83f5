package credentials

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Changing shows the form for another password.
func (Credentials) Changing(context.Context, tenants.Scope, web.None) (web.None, error) {
	return web.None{}, nil
}

// Change is another password, by somebody who knows the one that they have.
type Change struct {
	Current  string `json:"current" validate:"required,max=200" label:"the password that you have now"`
	Password string `json:"password" validate:"required,max=200" label:"a new password"`
}

// Change sets another password. Other sessions end; this one goes on.
func (c Credentials) Change(ctx context.Context, s tenants.Scope, in Change) (web.None, error) {
	if err := c.proves(ctx, s, in.Current); err != nil {
		return web.None{}, err
	}
	if err := tenants.CheckPassword(in.Password); err != nil {
		return web.None{}, err
	}
	if in.Password == in.Current {
		return web.None{}, fault.Bad("password", "This is the password that you have already.")
	}
	hash, err := crypt.HashPassword(ctx, in.Password)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		return set(ctx, s, s.Actor.AccountID, hash, "password.changed")
	})
}

// proves checks the password of whoever asks, who may have left a page open.
// Wrong ones count as at sign-in.
func (c Credentials) proves(ctx context.Context, s tenants.Scope, password string) error {
	var mine tenants.Account
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		return s.Select(&mine).Where("id = ?", s.Actor.AccountID).Scan(ctx)
	})
	if err != nil {
		return err
	}
	right, err := crypt.CheckPassword(ctx, password, mine.PasswordHash) // slow, so outside a unit of work
	if err != nil {
		return err
	}
	told, err := s.Try(ctx, func(context.Context, tenants.Scope) (bool, error) { return right, nil })
	if err == nil && !told {
		err = fault.Bad("current", "This is not the password that you have now.")
	}
	return err
}
