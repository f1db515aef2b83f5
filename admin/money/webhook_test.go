package money_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/admin/money"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
)

func TestOnlyWhatStripeSignedJustNowIsTaken(t *testing.T) {
	onBoth(t, func(w *world) {
		w.byStripe()
		w.pays(money.ByStripe)
		at := w.ordered(once(w.services[0]))
		invoice := w.issued(at, "")
		w.must(w.money.Round(w.ctx))
		deal := w.deal(at)
		paid := eventOf("evt_1", "invoice.paid", w.clock.Now().Unix(), stripeInvoice(deal.Invoices[0].StripeID, "paid", deal.Deal, invoice.ID, nil))
		good := signed(paid, hook, time.Now())
		changed := good
		changed.Body = []byte(strings.Replace(string(good.Body), `"paid"`, `"open"`, 1))
		other := eventOf("evt_2", "invoice.paid", 1, nil)
		other["api_version"] = "2026-08-26.dahlia"
		for name, in := range map[string]web.Delivery{
			"another's signature":     signed(paid, "whsec_forged", time.Now()),
			"no signature":            {Body: good.Body},
			"no signature that is":    {Body: good.Body, Signature: "t=1,v1=zz"},
			"other words":             changed,
			"a year old":              signed(paid, hook, time.Now().AddDate(-1, 0, 0)),
			"six minutes old":         signed(paid, hook, time.Now().Add(-6*time.Minute)),
			"another version":         signed(other, hook, time.Now()),
			"no event":                signed(map[string]any{"api_version": "2023-10-16"}, hook, time.Now()),
			"nothing":                 {},
			"an id that goes on":      signed(eventOf(strings.Repeat("e", 200), "invoice.paid", 1, nil), hook, time.Now()),
			"signed, and not JSON":    signedText("{", time.Now()),
			"signed, and a list":      signedText("[]", time.Now()),
			"signed, and null inside": signedText(`{"id":"evt_9","api_version":"2023-10-16","type":"invoice.paid","data":null}`, time.Now()),
		} {
			_, err := w.money.Receive(w.ctx, in)
			w.is(name, err, fault.Malformed)
		}
		if deal = w.deal(at); deal.Stage != money.Ordered {
			w.Fatalf("something of it was believed: %+v", deal)
		}
		link, err := w.money.Link(w.ctx, w.tomos, web.None{})
		if err != nil || link.Forged == nil || link.Version != "2026-08-26.dahlia" {
			w.Errorf("it is not noted: %+v %v", link, err)
		}
		for range 3 { // replayed
			_, err := w.money.Receive(w.ctx, good)
			w.must(err)
		}
		// Sent anew by Stripe after a year, when all is different: it is known.
		w.clock.Advance(365 * 24 * time.Hour)
		w.tells(paid)
		var events int
		w.scan(&events, "SELECT count(*) FROM platform_stripe_events")
		if deal = w.deal(at); events != 1 || deal.Stage != money.Settled || len(deal.Deeds) != 4 {
			w.Errorf("%d events, %s, %+v", events, deal.Stage, deal.Deeds)
		}
		w.money.Hook = ""
		_, err = w.money.Receive(w.ctx, good)
		w.is("without a secret", err, fault.NotFound)
	})
}

// What is told of foreign things, or of none, is kept and changes nothing.
func TestWhatIsNotOursIsPassedOver(t *testing.T) {
	onBoth(t, func(w *world) {
		w.pays(money.ByHand)
		at := w.ordered(once(w.services[0]))
		noted := w.issued(at, "INV-1")
		deal := w.deal(at)
		strange := money.Deal{ID: uuid.New(), MadeAt: deal.MadeAt, Lines: deal.Lines}
		created := w.clock.Now().Unix()
		for i, event := range []map[string]any{
			eventOf("evt_1", "invoice.paid", created, stripeInvoice("in_1", "paid", strange, uuid.New(), nil)),
			eventOf("evt_2", "invoice.paid", created, stripeInvoice("in_2", "paid", deal.Deal, uuid.New(), map[string]any{"metadata": nil})),
			eventOf("evt_3", "invoice.paid", created, stripeInvoice("in_3", "paid", deal.Deal, uuid.New(), nil)),
			eventOf("evt_4", "invoice.paid", created, stripeInvoice("in_4", "paid", deal.Deal, noted.ID, nil)), // it was noted by hand
			eventOf("evt_5", "invoice.paid", created, stripeInvoice("in_5", "paid", deal.Deal, noted.ID, map[string]any{"currency": "usd"})),
			eventOf("evt_6", "invoice.paid", created, stripeInvoice("in_6", "eaten", deal.Deal, noted.ID, nil)),
			eventOf("evt_7", "invoice.upcoming", created, map[string]any{"object": "invoice"}),
			eventOf("evt_8", "charge.succeeded", created, map[string]any{"id": "ch_1", "object": "charge"}),
			eventOf("evt_9", "credit_note.created", created, map[string]any{"id": "cn_1", "object": "credit_note", "status": "issued", "invoice": "in_9", "amount": 5}),
			eventOf("evt_10", "customer.subscription.deleted", created, map[string]any{"id": "sub_9", "object": "subscription", "status": "canceled"}),
			eventOf("evt_11", "invoice.paid", created, map[string]any{"id": "in_7", "object": "invoice", "status": 7, "lines": "x"}),
		} {
			w.tells(event)
			if now := w.deal(at); now.Stage != money.Invoiced || len(now.Invoices) != 1 || now.Invoices[0].Told != 0 {
				w.Errorf("event %d: %+v", i, now.Invoices)
			}
		}
		link, err := w.money.Link(w.ctx, w.tomos, web.None{})
		w.must(err)
		if link.Waiting == 0 {
			w.Error("nothing waits to be known")
		}
		w.byStripe()
		w.clock.Advance(31 * 24 * time.Hour)
		w.must(w.money.Round(w.ctx))
		if link, err = w.money.Link(w.ctx, w.tomos, web.None{}); err != nil || link.Waiting != 0 {
			w.Errorf("%d events wait after a month %v", link.Waiting, err)
		}
	})
}

// history is all that Stripe tells of five deals in two years: more than a hundred
// events, of which many are of the same second.
func (w *world) history(deals []money.OneDeal, invoices []money.Invoice, name string) (all []map[string]any) {
	clock := w.clock.Now().Unix()
	tell := func(kind string, object map[string]any) {
		all = append(all, eventOf(fmt.Sprintf("evt_%s_%d", name, len(all)), kind, clock, object))
		if len(all)%3 != 0 { // every third is of the second of the one before
			clock += 7
		}
	}
	for i, at := range deals {
		deal := w.deal(at).Deal
		total, id := int64(deal.Total()), fmt.Sprintf("in_%s_%d", name, i)
		bill := func(id string, ours uuid.UUID, base map[string]any, end string) {
			as := func(kind, state string, changes map[string]any) {
				merged := map[string]any{}
				for _, from := range []map[string]any{base, changes} {
					for key, value := range from {
						merged[key] = value
					}
				}
				tell(kind, stripeInvoice(id, state, deal, ours, merged))
			}
			as("invoice.created", "draft", map[string]any{"number": nil, "status_transitions": nil})
			as("invoice.updated", "draft", map[string]any{"number": nil, "total": total - 1, "status_transitions": nil})
			as("invoice.finalized", "open", nil)
			as("invoice.sent", "open", nil)
			as("invoice.updated", "open", map[string]any{"amount_paid": 100, "amount_remaining": total - 100})
			credit := map[string]any{"id": "cn_" + id, "object": "credit_note", "status": "issued", "invoice": id, "amount": 500, "number": "CN-" + id, "memo": "A day less", "created": clock}
			tell("credit_note.created", credit)
			as("invoice.updated", "open", map[string]any{"amount_paid": 100, "amount_remaining": total - 600, "pre_payment_credit_notes_amount": 500})
			as("invoice.overdue", "open", map[string]any{"amount_paid": 100, "amount_remaining": total - 600, "pre_payment_credit_notes_amount": 500})
			if end == "open" {
				return
			}
			credit = map[string]any{"id": "cn_" + id, "object": "credit_note", "status": "void", "invoice": id, "amount": 500, "number": "CN-" + id, "memo": "A day less", "created": clock}
			tell("credit_note.voided", credit)
			as("invoice.marked_uncollectible", "uncollectible", map[string]any{"amount_paid": 100, "amount_remaining": total - 100})
			as("invoice."+end, end, map[string]any{"amount_paid": total, "amount_remaining": 0, "status_transitions": map[string]any{"paid_at": clock}})
		}
		if i == 0 {
			bill(id, invoices[i].ID, nil, "paid")
			continue
		}
		sub := fmt.Sprintf("sub_%s_%d", name, i)
		lives := func(kind, state string, ending bool) {
			tell("customer.subscription."+kind, map[string]any{"id": sub, "object": "subscription", "status": state, "cancel_at_period_end": ending, "metadata": map[string]string{"sharon_deal": deal.ID.String()}})
		}
		lives("created", "active", false)
		base := func(reason string) map[string]any {
			return map[string]any{"subscription": sub, "billing_reason": reason, "metadata": map[string]string{}, "subscription_details": map[string]any{"metadata": map[string]string{"sharon_deal": deal.ID.String()}}}
		}
		bill(id, uuid.Nil, base("subscription_create"), "paid")
		lives("updated", "past_due", false)
		clock += 365 * 86400
		lives("updated", "active", false)
		// Of the second year Stripe says by the subscription alone whose it is.
		next := base("subscription_cycle")
		delete(next, "subscription_details")
		bill(id+"_b", uuid.Nil, next, []string{"void", "open"}[i%2])
		lives("updated", "active", true)
		lives("deleted", "canceled", false)
	}
	return all
}

// state is all that is known of deals, in words that do not tell one run from another.
func (w *world) state(deals []money.OneDeal, name string) string {
	var out strings.Builder
	for i, at := range deals {
		deal := w.deal(at)
		fmt.Fprintf(&out, "%d: %s %s\n", i, deal.Stage, deal.SubscriptionState)
		slices.SortFunc(deal.Invoices, func(a, b money.InvoiceSeen) int { return cmp.Compare(a.StripeID, b.StripeID) })
		for _, one := range deal.Invoices {
			fmt.Fprintf(&out, "  %s %s %s %d %d %d %d %s %s %s\n", one.StripeID, one.State, one.Number, one.Pence, one.Paid, one.Credited, one.Owed, one.IssuedOn, one.DueOn, one.PaidOn)
			for _, note := range one.Credits {
				fmt.Fprintf(&out, "    %s %s %s %d\n", note.StripeID, note.State, note.Number, note.Pence)
			}
		}
	}
	return strings.ReplaceAll(out.String(), name, "")
}

// Shown by 4 of the console: about a hundred events, shuffled, doubled and with a
// gap of three days come to the same, whatever the order.
func TestWebhooksInAnyOrderComeToTheSameEnd(t *testing.T) {
	onBoth(t, func(w *world) {
		w.byStripe()
		w.pays(money.ByStripe)
		begun := w.clock.Now()
		run := func(seed uint64) (string, int) {
			w.clock.Advance(begun.Sub(w.clock.Now()))
			name := fmt.Sprintf("s%dx", seed)
			var deals []money.OneDeal
			for i := range 5 {
				lines := yearly(w.services[i%2])
				if i == 0 {
					lines = once(w.services[0])
				}
				deals = append(deals, w.ordered(lines))
			}
			var invoices []money.Invoice
			for _, at := range deals {
				invoices = append(invoices, w.issued(at, ""))
			}
			events := w.history(deals, invoices, name)
			many := len(events)
			if seed > 0 {
				random := rand.New(rand.NewPCG(seed, 7))
				events = append(events, events...)
				random.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			}
			for i, event := range events {
				if i == len(events)/2 {
					w.clock.Advance(3 * 24 * time.Hour)
				}
				w.tells(event)
			}
			w.clock.Advance(begun.AddDate(0, 0, 3).Sub(w.clock.Now()))
			if link, err := w.money.Link(w.ctx, w.tomos, web.None{}); err != nil || link.Waiting != 0 {
				w.Errorf("seed %d: %d events were not taken in %v", seed, link.Waiting, err)
			}
			return w.state(deals, name), many
		}
		straight, many := run(0)
		if many < 100 || strings.Count(straight, "canceled") != 4 || strings.Count(straight, "  in_") != 9 || strings.Count(straight, " void SHARON") != 2 || strings.Count(straight, " paid SHARON") != 5 || strings.Count(straight, "issued") != 2 {
			w.Fatalf("%d events come to\n%s", many, straight)
		}
		for seed := uint64(1); seed <= 3; seed++ {
			if shuffled, _ := run(seed); shuffled != straight {
				w.Fatalf("seed %d comes to\n%s\nnot\n%s", seed, shuffled, straight)
			}
		}
	})
}
