package money

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/webhook"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
)

// Taken says that an event is kept.
type Taken struct {
	ID string `json:"id"`
}

// The facts about what came that Stripe did not sign, and what it signed in
// another version of the API.
const (
	factForged  = "stripe:forged"
	factVersion = "stripe:version"
)

// Receive keeps an event of Stripe's, once, and takes in what it tells; both are
// quick, and ask nobody. NotFound where there is no secret to check it by;
// Malformed if Stripe did not sign it, or not within five minutes.
func (m Money) Receive(ctx context.Context, in web.Delivery) (Taken, error) {
	if m.Hook == "" {
		return Taken{}, fault.New(fault.NotFound, "This SHaRON takes nothing from Stripe: no webhook secret is set (SHARON_STRIPE_WEBHOOK_SECRET).")
	}
	read, err := webhook.ConstructEvent(in.Body, in.Signature, m.Hook)
	switch {
	case errors.Is(err, webhook.ErrNotSigned), errors.Is(err, webhook.ErrInvalidHeader), errors.Is(err, webhook.ErrNoValidSignature), errors.Is(err, webhook.ErrTooOld):
		m.Log.WarnContext(ctx, "a webhook was refused", slog.String("why", err.Error()))
		return Taken{}, errors.Join(m.remark(ctx, factForged, err.Error()), fault.New(fault.Malformed, "Stripe did not sign this, or too long ago."))
	case err == nil && (read.ID == "" || len(read.ID) > 100 || read.Data == nil):
		return Taken{}, fault.New(fault.Malformed, "This is no event.")
	case err != nil && read.APIVersion != "" && read.APIVersion != stripe.APIVersion:
		m.Log.WarnContext(ctx, "a webhook has another version", slog.String("version", read.APIVersion), slog.String("wanted", stripe.APIVersion))
		return Taken{}, errors.Join(m.remark(ctx, factVersion, read.APIVersion), fault.New(fault.Malformed, "This endpoint reads events of version "+stripe.APIVersion+". Create the webhook at Stripe with that version."))
	case err != nil:
		return Taken{}, fault.New(fault.Malformed, "This is no event.")
	}
	row := event{ID: read.ID, Kind: string(read.Type), Told: toldBy(read)}
	fresh := false
	if err := m.write(ctx, func(ctx context.Context, rows store) (err error) {
		if row.CameAt = rows.now; row.Told.foreign() {
			row.DoneAt = &rows.now
		}
		fresh, err = rows.keepEvent(ctx, row)
		return err
	}); err != nil || !fresh {
		return Taken{row.ID}, err
	}
	// It is kept, so Stripe need not send it again; what fails now the round does.
	if err := m.Events(ctx); err != nil {
		m.Log.WarnContext(ctx, "events wait", slog.Any("cause", err))
	}
	return Taken{row.ID}, nil
}

// remark keeps what was wrong with the last request, at most once a minute: anybody
// can send us something.
func (m Money) remark(ctx context.Context, name, words string) error {
	const seldom = time.Minute
	return m.write(ctx, func(ctx context.Context, rows store) error {
		before, err := rows.fact(ctx, name)
		if err != nil || rows.now.Sub(before.At) < seldom {
			return err
		}
		return rows.keepFact(ctx, name, words, before.Number+1)
	})
}

// toldBy is what an event tells; of no thing if it is about nothing that we need.
func toldBy(read stripe.Event) (out told) {
	kind := string(read.Type)
	switch {
	case strings.HasPrefix(kind, "invoice.") && kind != "invoice.upcoming":
		var thing stripe.Invoice
		if json.Unmarshal(read.Data.Raw, &thing) != nil || thing.Object != "invoice" {
			return told{}
		}
		if out = ofInvoice(&thing, read.Created); kind == "invoice.deleted" {
			out.State, out.Ours, out.First = string(Void), "", false // it was there, or it is not ours
		}
	case strings.HasPrefix(kind, "customer.subscription."):
		var thing stripe.Subscription
		if json.Unmarshal(read.Data.Raw, &thing) != nil || thing.Object != "subscription" {
			return told{}
		}
		out = ofSubscription(&thing, read.Created)
	case strings.HasPrefix(kind, "credit_note."):
		var thing stripe.CreditNote
		if json.Unmarshal(read.Data.Raw, &thing) != nil || thing.Object != "credit_note" {
			return told{}
		}
		out = ofCredit(&thing, read.Created)
	}
	if out.ID == "" || len(out.ID) > 100 {
		return told{}
	}
	return out
}

// atOnce is how many events one look takes up.
const atOnce = 200

// Events takes in what was kept and not taken in yet. What is about something that
// we do not know waits: when that is told of, it is tried again.
func (m Money) Events(ctx context.Context) error {
	trusts := map[uuid.UUID]bool{}
	for again := true; again; {
		again = false
		var open []event
		if err := m.read(ctx, func(ctx context.Context, rows store) (err error) {
			open, err = rows.openEvents(ctx, atOnce)
			return err
		}); err != nil {
			return err
		}
		for _, row := range open {
			err := m.write(ctx, func(ctx context.Context, rows store) error {
				out, err := rows.hear(ctx, row.Told, "")
				if err != nil || out.trust == uuid.Nil {
					return err
				}
				trusts[out.trust], again = true, true
				return rows.closeEvent(ctx, row.ID)
			})
			if err != nil {
				return err
			}
		}
	}
	for trust := range trusts {
		m.follow(ctx, trust)
	}
	return nil
}
