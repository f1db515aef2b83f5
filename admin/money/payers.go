package money

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// OneTrust names a trust.
type OneTrust struct {
	Trust uuid.UUID `path:"trust"`
}

// TrustName is a trust as these pages call it.
type TrustName struct {
	ID      uuid.UUID `json:"id"`
	Name    string    `json:"name"`
	ODSCode string    `json:"ods_code"`
	Status  string    `json:"status"`
}

func nameOf(t tenants.Trust) TrustName { return TrustName{t.ID, t.Name, t.ODSCode, t.Status} }

// Billing is where invoices for a trust go.
type Billing struct {
	Person   string `json:"billing_name" validate:"filled,max=100" label:"a name"`
	Email    string `json:"billing_email" validate:"required,email,max=254" label:"an email address"`
	Street   string `json:"billing_street" validate:"max=200" label:"a street"`
	Town     string `json:"billing_town" validate:"max=100" label:"a town"`
	Postcode string `json:"billing_postcode" validate:"max=10" label:"a postcode"`
}

func billingSeal(trust uuid.UUID) string { return "billing of " + trust.String() }

func (m Money) openBilling(row payer) (out Billing, err error) {
	if row.BillingSealed == "" {
		return out, nil
	}
	err = m.Keys.OpenValue(row.BillingSealed, billingSeal(row.TrustID), &out)
	return out, err
}

// Payer is who pays for a trust, and how.
type Payer struct {
	Trust TrustName `json:"trust"`
	Billing
	Way     Way  `json:"way"`
	Known   bool `json:"known"`  // it has been written down; otherwise it is what the platform knows else
	Stripe  bool `json:"stripe"` // whether there is a way by Stripe at all
	Named   bool `json:"named"`  // Stripe knows them
	Version int  `json:"version"`
}

// Payer shows who pays for a trust.
func (m Money) Payer(ctx context.Context, by By, in OneTrust) (Payer, error) {
	trust, err := m.Directory.Trust(ctx, in.Trust)
	if err != nil {
		return Payer{}, err
	}
	var row payer
	if err := m.read(ctx, func(ctx context.Context, rows store) (err error) {
		row, err = rows.payer(ctx, trust.ID)
		return err
	}); err != nil {
		return Payer{}, err
	}
	out := Payer{Trust: nameOf(trust), Way: row.Way, Known: row.Version > 0, Stripe: m.Stripe != nil, Named: row.StripeID != "", Version: row.Version}
	if out.Known {
		out.Billing, err = m.openBilling(row)
		return out, err
	}
	if out.Way = ByHand; m.Stripe != nil {
		out.Way = ByStripe
	}
	out.Billing, err = by.Contact(ctx, trust.ID)
	return out, err
}

// KeepPayer is who pays for a trust as it shall be. Version is the one that was
// read; 0 where there was none.
type KeepPayer struct {
	OneTrust
	Billing
	Way     string `json:"way" validate:"oneof=stripe hand" label:"how they pay"`
	Version int    `json:"version" validate:"gte=0" label:"the version"`
}

// KeepPayer writes who pays. Conflict if it changed since Version.
func (m Money) KeepPayer(ctx context.Context, by By, in KeepPayer) (web.None, error) {
	if in.Way == string(ByStripe) && m.Stripe == nil {
		return web.None{}, fault.Bad("way", "There is no key of Stripe here. Choose the other way.")
	}
	trust, err := m.Directory.Trust(ctx, in.Trust)
	if err != nil {
		return web.None{}, err
	}
	in.Postcode = strings.ToUpper(strings.TrimSpace(in.Postcode))
	sealed, err := m.Keys.SealValue(in.Billing, billingSeal(trust.ID))
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, m.write(ctx, func(ctx context.Context, rows store) error {
		row := payer{TrustID: trust.ID, Way: Way(in.Way), BillingSealed: sealed, Version: in.Version + 1, ChangedAt: rows.now}
		if err := rows.keepPayer(ctx, row, in.Version); err != nil {
			return err
		}
		return rows.note(ctx, by.id(), trust.ID, nil, "payer", "")
	})
}
