package admin

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants/exitkit"
)

// KitsPage are the exit kits of a trust.
type KitsPage struct {
	Trust   TrustName     `json:"trust"`
	Address string        `json:"address"`
	Key     *exitkit.Key  `json:"key"` // that the trust has given; null if it has not
	Kits    []exitkit.Kit `json:"kits"`
	App     bool          `json:"app"` // as in Closing
}

// KitsPage shows the kits of a trust, whatever its state.
func (c Console) KitsPage(ctx context.Context, s Scope, in OneTrust) (out KitsPage, err error) {
	trust, err := c.Directory.Trust(ctx, in.Trust)
	if err != nil {
		return out, err
	}
	out = KitsPage{Trust: nameOf(trust), Address: trust.Address(c.BaseURL), App: s.Staff.app()}
	if out.Key, err = c.Kits.KeyOf(ctx, trust.ID); err != nil {
		return out, err
	}
	out.Kits, err = c.Kits.List(ctx, trust.ID)
	return out, err
}

// AskKit asks for a kit. Recipient is the trust's key as it was read; Proof is as in
// Close.
type AskKit struct {
	OneTrust
	Recipient string `json:"recipient" validate:"filled,max=4000" label:"the trust’s key"`
	Proof     string `json:"proof" validate:"required,max=200" label:"what shows that it is you"`
}

// AskKit has an exit kit made, for the key that the trust itself has given. While one
// is under way, that is the answer. Conflict if the trust has another key by now.
func (c Console) AskKit(ctx context.Context, s Scope, in AskKit) (exitkit.Kit, error) {
	if _, err := c.Directory.Trust(ctx, in.Trust); err != nil {
		return exitkit.Kit{}, err
	}
	if err := c.proves(ctx, s, in.Proof); err != nil {
		return exitkit.Kit{}, err
	}
	return c.Kits.Ask(ctx, in.Trust, in.Recipient, s.by())
}

// OneKit names a kit of a trust.
type OneKit struct {
	OneTrust
	ID uuid.UUID `path:"id"`
}

// FetchKit is the file of a kit, which nobody of the platform can open. NotFound if
// it is not there, or not any more.
func (c Console) FetchKit(ctx context.Context, s Scope, in OneKit) (web.Content, error) {
	return c.Kits.Fetch(ctx, in.Trust, in.ID, s.by())
}

// RemoveKit throws a kit away before its time.
func (c Console) RemoveKit(ctx context.Context, s Scope, in OneKit) (web.None, error) {
	return web.None{}, c.Kits.Remove(ctx, in.Trust, in.ID, s.by())
}
