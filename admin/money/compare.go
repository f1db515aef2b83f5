package money

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
)

const (
	// daily is how often what is known is compared with what Stripe has.
	daily = 24 * time.Hour
	// overlap is how far back the list of new invoices goes each time: a webhook may
	// be tried for three days.
	overlap = 4 * daily
	// foreignAfter is when what is about nothing that we know is known to be not ours.
	foreignAfter = 30 * daily
)

// compareDaily compares once a day. If Stripe does not answer it tries again after
// a quarter of an hour.
func (m Money) compareDaily(ctx context.Context) error {
	if m.Stripe == nil {
		return nil
	}
	var last fact
	if err := m.read(ctx, func(ctx context.Context, rows store) (err error) {
		last, err = rows.fact(ctx, factCompared)
		return err
	}); err != nil || m.Clock.Now().Sub(last.At) < daily {
		return err
	}
	if mine, err := m.since(ctx, factComparison, 15*time.Minute); err != nil || !mine {
		return err
	}
	return m.compare(ctx, last.At)
}

// compare reads from Stripe all that can still change, and what is new since a
// time, and mends what differs. What it mended is in the history of each trust.
func (m Money) compare(ctx context.Context, since time.Time) error {
	looked, mended, err := m.compareAll(ctx, since)
	if err != nil {
		m.Log.WarnContext(ctx, "stripe could not be compared", slog.String("why", judge(err).words))
		return m.write(ctx, func(ctx context.Context, rows store) error {
			return rows.keepFact(ctx, factComparison, judge(err).words, 0)
		})
	}
	return m.write(ctx, func(ctx context.Context, rows store) error {
		if err := rows.keepFact(ctx, factComparison, "", 0); err != nil {
			return err
		}
		if err := rows.closeForeign(ctx, rows.now.Add(-foreignAfter)); err != nil {
			return err
		}
		return rows.keepFact(ctx, factCompared, ui.Count(looked, "thing was", "things were")+" compared, "+ui.Count(mended, "was", "were")+" mended", int64(mended))
	})
}

func (m Money) compareAll(ctx context.Context, since time.Time) (looked, mended int, err error) {
	var things []told
	var deals []Deal
	var invoices []Invoice
	if err := m.read(ctx, func(ctx context.Context, rows store) (err error) {
		if deals, err = rows.deals(ctx, uuid.Nil); err == nil {
			invoices, err = rows.invoices(ctx, uuid.Nil)
		}
		return err
	}); err != nil {
		return 0, 0, err
	}
	now := stripe.Params{Context: ctx}
	for _, deal := range deals {
		if deal.SubscriptionID == "" || deal.SubscriptionState == string(stripe.SubscriptionStatusCanceled) {
			continue
		}
		has, err := m.Stripe.subscriptions().Get(deal.SubscriptionID, &stripe.SubscriptionParams{Params: now})
		if err != nil {
			return 0, 0, err
		}
		things = append(things, ofSubscription(has, headerTime(has.LastResponse)))
	}
	for _, invoice := range invoices {
		if invoice.StripeID == "" || rank[invoice.State] == rank[Paid] {
			continue
		}
		has, err := m.Stripe.invoices().Get(invoice.StripeID, &stripe.InvoiceParams{Params: now})
		if err != nil {
			return 0, 0, err
		}
		things = append(things, ofInvoice(has, headerTime(has.LastResponse)))
		notes, err := m.Stripe.creditNotes(ctx, invoice.StripeID)
		if err != nil {
			return 0, 0, err
		}
		for _, note := range notes {
			things = append(things, ofCredit(note, things[len(things)-1].At))
		}
	}
	fresh := &stripe.InvoiceListParams{ListParams: listed(ctx), CreatedRange: &stripe.RangeQueryParams{GreaterThanOrEqual: max(since.Add(-overlap).Unix(), 0)}}
	for list := m.Stripe.invoices().List(fresh); ; {
		if !list.Next() {
			if list.Err() != nil {
				return 0, 0, list.Err()
			}
			break
		}
		things = append(things, ofInvoice(list.Invoice(), headerTime(list.InvoiceList().LastResponse)))
	}
	for _, thing := range things {
		out, err := m.hear(ctx, thing, ".mended")
		if err != nil {
			return 0, 0, err
		}
		if looked++; out.changed {
			mended++
			m.follow(ctx, out.trust)
		}
	}
	return looked, mended, m.Events(ctx)
}

// Compare has what is known compared with what Stripe has soon.
func (m Money) Compare(ctx context.Context, _ By, _ web.None) (web.None, error) {
	if m.Stripe == nil {
		return web.None{}, fault.New(fault.Conflict, "There is no key of Stripe here.")
	}
	return web.None{}, m.write(ctx, func(ctx context.Context, rows store) error { return rows.forget(ctx, factCompared, factComparison) })
}
