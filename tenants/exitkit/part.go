package exitkit

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/lockbox"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const home = "/trust/exit-kit"

// New makes the part: where a trust says for which key its kits are made, and
// fetches them. office is asked once everything is wired.
func New(office func() Office) tenants.Part {
	p := part{office}
	return tenants.Part{
		Grants: policy.Grants{"kit.fetch": {string(tenants.TrustAdmin)}},
		Rights: map[string]string{"kit.fetch": "Give the key that opens all the trust’s data, and fetch the exit kit"},
		Acts: tenants.Acts{
			"kit.key":     "Gave the public key that exit kits are made for",
			"kit.taken":   "Fetched an exit kit: all the trust’s data",
			"kit.asked":   "The platform had an exit kit made: all the trust’s data, for the trust’s key",
			"kit.fetched": "The platform fetched an exit kit, which only the trust’s key opens",
			"kit.removed": "The platform threw an exit kit away",
			"kit.written": "An exit kit was written at the server: all the trust’s data, for one key",
		},
		Routes: func(r *tenants.Router) {
			web.Get(r, home, "kit.fetch", "The trust’s exit kits, and the key that they are made for", p.Show, showPage)
			web.Post(r, home, "kit.fetch", "Give the public key that exit kits are made for", p.Give, web.SeeOther(home), web.FormAt(home))
			web.Download(r, home+"/{id}/file", "kit.fetch", "An exit kit of the trust", p.Take)
		},
		Links: func(s tenants.Scope) []tenants.MeLink {
			if !s.May("kit.fetch") {
				return nil
			}
			return []tenants.MeLink{{Name: "Exit kit", About: "All the trust’s data, to take away", Path: home}}
		},
	}
}

type part struct{ office func() Office }

// Show is what a trust's administrator sees.
type Show struct {
	Key  *Key  `json:"key"` // null while the trust has given none
	Kits []Kit `json:"kits"`
}

// Show lists the trust's kits.
func (p part) Show(ctx context.Context, s tenants.Scope, _ web.None) (out Show, err error) {
	if out.Key, err = keyOf(ctx, s); err != nil {
		return out, err
	}
	out.Kits, err = p.office().List(ctx, s.Trust().ID)
	return out, err
}

// Give is the public key that the trust's kits shall be made for.
type Give struct {
	Recipient string `json:"recipient" validate:"filled,max=4000" label:"the public key"`
}

// Give keeps the trust's key, in place of an earlier one. Kits that are made already
// stay as they are. Invalid if it is no key.
func (p part) Give(ctx context.Context, s tenants.Scope, in Give) (web.None, error) {
	if err := s.Fresh(); err != nil {
		return web.None{}, err
	}
	recipient := strings.TrimSpace(in.Recipient)
	if _, err := lockbox.Recipient(recipient); err != nil {
		return web.None{}, err
	}
	if err := giveKey(ctx, s, Key{Recipient: recipient, AccountID: s.Actor.AccountID, GivenAt: s.Now}); err != nil {
		return web.None{}, err
	}
	return web.None{}, s.Audit(ctx, "kit.key", tenants.Audited{Subject: s.Trust().ID, After: map[string]string{"recipient": recipient}})
}

// OneKit names a kit.
type OneKit struct {
	ID uuid.UUID `path:"id"`
}

// Take is the file of a kit. NotFound if it is not there, or not any more.
func (p part) Take(ctx context.Context, s tenants.Scope, in OneKit) (web.Content, error) {
	kit, err := p.office().ready(ctx, s.Trust().ID, in.ID)
	if err != nil {
		return web.Content{}, err
	}
	if err := s.Fresh(); err != nil {
		return web.Content{}, err
	}
	s = s.Outlive()
	return p.office().content(s.Trust(), kit, func(ctx context.Context) error {
		return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
			return s.Audit(ctx, "kit.taken", tenants.Audited{Subject: kit.ID})
		})
	}), nil
}
