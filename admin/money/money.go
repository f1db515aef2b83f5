// Package money is what SHaRON costs and who has paid: prices, quotes, purchase
// orders, invoices and credit notes, by Stripe or noted by hand. It knows the
// platform's own tables; of a trust it knows the name and its services' names.
//
// Nothing here closes anybody's door. An invoice that nobody pays is told to those
// who run the platform, and a person decides, at the trust's own page.
package money

import (
	"context"
	"log/slog"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/tenants"
)

// Money is what the console's pages of money are made of.
type Money struct {
	DB        *database.DB
	Clock     clock.Clock
	Keys      crypt.Keys
	Directory *tenants.Directory
	Stripe    *Stripe // nil where there is no key: everything is noted by hand
	Hook      string  // by which Stripe signs what it tells us; empty where it tells us nothing
	// Tell tells a service's onboarding programme how far its money has come. drives
	// says whether it comes from here, or the programme is left to itself again. A
	// service without a programme is not told anything.
	Tell func(ctx context.Context, trust, service uuid.UUID, stage string, pence int64, drives bool) error
	Log  *slog.Logger
}

// By is who of the platform asks.
type By struct {
	ID   uuid.UUID
	Name string
	App  bool // they prove themselves by a code, not by their password
	// Prove checks that it is still them. Invalid names the field proof.
	Prove func(ctx context.Context, proof string) error
	// Contact is whom the platform knows at a trust, to begin with.
	Contact func(ctx context.Context, trust uuid.UUID) (Billing, error)
}

// id is nil for nobody.
func (b By) id() *uuid.UUID {
	if b.ID == uuid.Nil {
		return nil
	}
	return &b.ID
}

func (m Money) read(ctx context.Context, fn func(context.Context, store) error) error {
	return m.DB.Read(ctx, uuid.Nil, m.within(fn))
}

func (m Money) write(ctx context.Context, fn func(context.Context, store) error) error {
	return m.DB.Write(ctx, uuid.Nil, m.within(fn))
}

func (m Money) today() Day { return dayOf(m.Clock.Now()) }
