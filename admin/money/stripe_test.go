package money_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/admin/money"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
)

// A trust that pays by Stripe, against Stripe's own description of its API and
// with events that are signed as Stripe signs them.
func TestAnInvoiceGoesThroughStripeFromTheQuoteToThePayment(t *testing.T) {
	onBoth(t, func(w *world) {
		s := w.byStripe()
		w.pays(money.ByStripe)
		at := w.ordered(once(w.services[0]))
		invoice := w.issued(at, "")
		if deal := w.deal(at); invoice.State != money.Asked || len(deal.Calls) != 1 || deal.Stage != money.Ordered || len(s.Requests("", "")) != 0 {
			w.Fatalf("Stripe was asked in the request: %+v", deal)
		}
		w.must(w.money.Round(w.ctx))
		deal := w.deal(at)
		if len(deal.Calls) != 0 || deal.Invoices[0].StripeID == "" || !deal.Payer.Named {
			w.Fatalf("after the round: %+v", deal)
		}
		made := s.Requests("POST", "/v1/invoices")
		if len(made) != 1 || made[0].Form.Get("collection_method") != "send_invoice" || made[0].Form.Get("days_until_due") != "30" || made[0].Form.Get("custom_fields[0][value]") != "PO-4711" ||
			made[0].Form.Get("metadata[sharon_invoice]") != invoice.ID.String() || made[0].Form.Get("default_tax_rates[0]") == "" || made[0].Key == "" {
			w.Errorf("the invoice: %+v", made)
		}
		if lines := s.Requests("POST", "/v1/invoiceitems"); len(lines) != 1 || lines[0].Form.Get("amount") != "1840000" || !strings.HasPrefix(lines[0].Form.Get("description"), "Willow: ") {
			w.Errorf("its lines: %+v", lines)
		}
		if rate := s.Requests("POST", "/v1/tax_rates"); len(rate) != 1 || rate[0].Form.Get("percentage") != "20.0000" || rate[0].Form.Get("inclusive") != "false" {
			w.Errorf("VAT: %+v", rate)
		}
		if customer := s.Requests("POST", "/v1/customers"); len(customer) != 1 || customer[0].Form.Get("address[postal_code]") != "NM1 1AA" {
			w.Errorf("the customer: %+v", customer)
		}
		id := deal.Invoices[0].StripeID
		if len(s.Requests("POST", "/v1/invoices/"+id+"/finalize")) != 1 || len(s.Requests("POST", "/v1/invoices/"+id+"/send")) != 1 {
			w.Errorf("it was not sent: %+v", s.Requests("POST", ""))
		}
		created := w.clock.Now().Unix()
		w.tells(eventOf("evt_1", "invoice.finalized", created, stripeInvoice(id, "open", deal.Deal, invoice.ID, nil)))
		if deal = w.deal(at); deal.Stage != money.Invoiced || deal.Invoices[0].Owed != 22080_00 || deal.Invoices[0].Number != "SHARON-"+id {
			w.Errorf("sent: %+v", deal.Invoices[0])
		}
		w.tells(eventOf("evt_2", "invoice.paid", created+60, stripeInvoice(id, "paid", deal.Deal, invoice.ID, map[string]any{"status_transitions": map[string]any{"paid_at": created + 60}})))
		if deal = w.deal(at); deal.Stage != money.Settled || deal.Invoices[0].Paid != 22080_00 || deal.Invoices[0].PaidOn != "2026-11-20" {
			w.Errorf("paid: %+v", deal.Invoices[0])
		}
		_, err := w.money.GiveCredit(w.ctx, w.tomos, money.GiveCredit{OneInvoice: money.OneInvoice{OneDeal: at, Invoice: invoice.ID}, Amount: "80", Reason: "A day less", Proof: "it is me", Version: deal.Version})
		w.must(err)
		w.must(w.money.Round(w.ctx))
		note := s.Requests("POST", "/v1/credit_notes")
		if deal = w.deal(at); len(note) != 1 || note[0].Form.Get("credit_amount") != "8000" || note[0].Form.Get("invoice") != id || deal.Invoices[0].Credits[0].State != "issued" {
			w.Errorf("the credit note: %+v %+v", note, deal.Invoices[0].Credits)
		}

		// The second invoice finds the customer and the rate.
		w.issued(w.ordered(once(w.services[1])), "")
		w.must(w.money.Round(w.ctx))
		if len(s.Requests("POST", "/v1/customers")) != 1 || len(s.Requests("POST", "/v1/tax_rates")) != 1 || len(s.Requests("POST", "/v1/invoices")) != 2 {
			w.Error("the trust was made a customer twice")
		}
	})
}

func TestASubscriptionBillsEachYearAndEndsWithOne(t *testing.T) {
	onBoth(t, func(w *world) {
		s := w.byStripe()
		w.pays(money.ByStripe)
		at := w.ordered(yearly(w.services[0]))
		first := w.issued(at, "")
		w.must(w.money.Round(w.ctx))
		deal := w.deal(at)
		begun := s.Requests("POST", "/v1/subscriptions")
		if len(begun) != 1 || begun[0].Form.Get("items[0][price_data][recurring][interval]") != "year" || begun[0].Form.Get("items[0][price_data][unit_amount]") != "960000" ||
			begun[0].Form.Get("add_invoice_items[0][price_data][unit_amount]") != "1840000" || begun[0].Form.Get("collection_method") != "send_invoice" || deal.SubscriptionID == "" || deal.Invoices[0].StripeID == "" || len(deal.Calls) != 0 {
			w.Fatalf("the subscription: %+v %+v", begun, deal)
		}
		if sent := s.Requests("POST", "/v1/invoices/"+deal.Invoices[0].StripeID); len(sent) != 1 || sent[0].Form.Get("custom_fields[0][value]") != "PO-4711" {
			w.Errorf("its first invoice has no purchase order: %+v", sent)
		}
		sub := map[string]any{"subscription": deal.SubscriptionID, "billing_reason": "subscription_cycle", "metadata": map[string]string{}, "total": 1152000, "amount_remaining": 1152000}
		created := w.clock.Now().Unix()
		w.tells(eventOf("evt_1", "invoice.paid", created, stripeInvoice(deal.Invoices[0].StripeID, "paid", deal.Deal, first.ID, map[string]any{"subscription": deal.SubscriptionID})))
		w.clock.Advance(365 * 24 * time.Hour)
		created = w.clock.Now().Unix()
		sub["created"] = created
		w.tells(eventOf("evt_2", "invoice.created", created, stripeInvoice("in_next", "draft", deal.Deal, uuid.Nil, sub)))
		if deal = w.deal(at); len(deal.Invoices) != 2 || len(deal.Calls) != 1 || deal.Stage != money.Settled {
			w.Fatalf("the next year: %+v", deal)
		}
		w.must(w.money.Round(w.ctx))
		if sent := s.Requests("POST", "/v1/invoices/in_next/send"); len(sent) != 1 {
			w.Errorf("the next year's invoice was not sent: %+v", sent)
		}
		sub["due_date"] = created + 30*86400
		w.tells(eventOf("evt_3", "invoice.finalized", created+9, stripeInvoice("in_next", "open", deal.Deal, uuid.Nil, sub)))
		if deal = w.deal(at); deal.Stage != money.Invoiced || deal.Invoices[1].Owed != 11520_00 {
			w.Errorf("sent: %+v", deal.Invoices)
		}
		_, err := w.money.EndSubscription(w.ctx, w.tomos, money.EndSubscription{OneDeal: at, Reason: "They close", Proof: "it is not", Version: deal.Version})
		w.is("ended by another", err, fault.Invalid)
		_, err = w.money.EndSubscription(w.ctx, w.tomos, money.EndSubscription{OneDeal: at, Reason: "They close", Proof: "it is me", Version: deal.Version})
		w.must(err)
		w.must(w.money.Round(w.ctx))
		if ended := s.Requests("POST", "/v1/subscriptions/"+deal.SubscriptionID); len(ended) != 1 || ended[0].Form.Get("cancel_at_period_end") != "true" {
			w.Errorf("ended: %+v", ended)
		}
		w.tells(eventOf("evt_4", "customer.subscription.deleted", created+99, map[string]any{"id": deal.SubscriptionID, "object": "subscription", "status": "canceled"}))
		if deal = w.deal(at); deal.SubscriptionState != "canceled" {
			w.Errorf("afterwards: %s", deal.SubscriptionState)
		}
	})
}

// Slow is worse than dead: both are told on the page, and work goes on.
func TestWhileStripeIsSlowOrDownAllElseWorksAndItIsAskedAgain(t *testing.T) {
	onBoth(t, func(w *world) {
		s := w.byStripe()
		w.pays(money.ByStripe)
		first, second := w.ordered(once(w.services[0])), w.ordered(once(w.services[1]))
		w.issued(first, "")
		w.issued(second, "")
		for name, answer := range map[string]func(w http.ResponseWriter, r *http.Request) bool{
			"it hangs": func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true },
			"it hangs up": func(http.ResponseWriter, *http.Request) bool {
				panic(http.ErrAbortHandler)
			},
			"it is broken": func(w http.ResponseWriter, _ *http.Request) bool {
				w.WriteHeader(http.StatusBadGateway)
				return true
			},
			"it is busy": func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusTooManyRequests)
				_, _ = w.Write([]byte(`{"error":{"type":"invalid_request_error","code":"rate_limit"}}`))
				return true
			},
		} {
			s.Fail(answer)
			w.clock.Advance(2 * time.Hour)
			began := time.Now()
			w.must(w.money.Calls(w.ctx))
			if took := time.Since(began); took > 5*time.Second {
				w.Errorf("%s: a round took %s", name, took)
			}
			link, err := w.money.Link(w.ctx, w.tomos, web.None{})
			w.must(err)
			if !link.Failing || link.Stopped != 0 || len(link.Calls) != 2 {
				w.Errorf("%s: %+v", name, link)
			}
			_, err = w.money.List(w.ctx, w.tomos, money.View{})
			w.must(err)
			w.quoted(once(w.services[0]))
		}
		deal := w.deal(first)
		waits := func(call money.Call) bool {
			return call.Problem != "" && call.DueAt.After(w.clock.Now()) && !call.DueAt.After(w.clock.Now().Add(time.Hour))
		}
		if one, other := deal.Calls[0], w.deal(second).Calls[0]; waits(one) == waits(other) {
			w.Errorf("the one that was asked last waits, the other is due: %+v %+v", one, other)
		}
		s.Fail(nil)
		_, err := w.money.CallAgain(w.ctx, w.tomos, money.OneCall{OneTrust: w.at(), Call: deal.Calls[0].ID})
		w.must(err)
		w.must(w.money.Calls(w.ctx))
		w.clock.Advance(2 * time.Hour)
		w.must(w.money.Calls(w.ctx))
		for _, at := range []money.OneDeal{first, second} {
			if deal := w.deal(at); len(deal.Calls) != 0 || deal.Invoices[0].StripeID == "" {
				w.Errorf("once it answers: %+v", deal)
			}
		}
	})
}

// What Stripe refuses waits for a person and is not asked again and again.
func TestWhatStripeRefusesWaitsForAPerson(t *testing.T) {
	onBoth(t, func(w *world) {
		s := w.byStripe()
		w.pays(money.ByStripe)
		at := w.ordered(once(w.services[0]))
		w.issued(at, "")
		refuse := func(status int, body string) func(w http.ResponseWriter, r *http.Request) bool {
			return func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Request-Id", "req_1")
				w.WriteHeader(status)
				_, _ = w.Write([]byte(body))
				return true
			}
		}
		for _, c := range []struct {
			status      int
			body, words string
		}{
			{401, `{"error":{"type":"invalid_request_error","message":"Invalid API Key provided: sk_test_secret"}}`, "does not take the key"},
			{400, `{"error":{"type":"invalid_request_error","code":"email_invalid","param":"email","message":"ap@northmoor.example is bad"}}`, "refused this (email_invalid email). Its request is req_1."},
		} {
			s.Fail(refuse(c.status, c.body))
			before := len(s.Requests("", ""))
			for range 3 {
				w.clock.Advance(2 * time.Hour)
				w.must(w.money.Calls(w.ctx))
			}
			call := w.deal(at).Calls[0]
			if call.StoppedAt == nil || !strings.Contains(call.Problem, c.words) || strings.Contains(call.Problem, "secret") || strings.Contains(call.Problem, "northmoor") || len(s.Requests("", "")) != before+1 {
				w.Errorf("%d: %+v after %d requests", c.status, call, len(s.Requests("", ""))-before)
			}
			_, err := w.money.CallAgain(w.ctx, w.tomos, money.OneCall{OneTrust: w.at(), Call: call.ID})
			w.must(err)
		}
		s.Fail(nil)
		w.must(w.money.Calls(w.ctx))
		if deal := w.deal(at); len(deal.Calls) != 0 {
			w.Errorf("%+v", deal.Calls)
		}
	})
}

// A worker that dies after Stripe was asked leaves a call that asks with the same
// keys, or takes away what is only half there: there is one invoice.
func TestACrashAnywhereLeavesOneInvoice(t *testing.T) {
	onBoth(t, func(w *world) {
		s := w.byStripe()
		w.pays(money.ByStripe)
		for step, path := range []string{"/v1/customers", "/v1/tax_rates", "/v1/invoices", "/v1/invoiceitems", "/finalize", "/send"} {
			at := w.ordered(once(w.services[0]))
			w.issued(at, "")
			seen := len(s.Requests("", ""))
			var once sync.Once
			s.Fail(func(_ http.ResponseWriter, r *http.Request) (died bool) {
				if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, path) {
					once.Do(func() { died = true })
				}
				if died {
					panic(http.ErrAbortHandler) // it has been asked, and nobody hears the answer
				}
				return false
			})
			for range 4 {
				w.must(w.money.Calls(w.ctx))
				w.clock.Advance(time.Minute)
			}
			deal := w.deal(at)
			if len(deal.Calls) != 0 || deal.Invoices[0].StripeID == "" {
				w.Errorf("%d, a death at %s: %+v", step, path, deal.Calls)
			}
			keys, gone := map[string]bool{}, 0
			for _, one := range s.Requests("", "")[seen:] {
				if one.Method == "POST" && one.Path == "/v1/invoices" {
					keys[one.Key] = true
				}
				if one.Method == "DELETE" {
					gone++
				}
			}
			if len(keys)-gone != 1 {
				w.Errorf("a death at %s: invoices under %d keys, and %d taken away", path, len(keys), gone)
			}
			w.clock.Advance(time.Hour)
		}
	})
}

// Several workers share the calls: each is made by one of them.
func TestSeveralWorkersAskOnce(t *testing.T) {
	onBoth(t, func(w *world) {
		s := w.byStripe()
		w.pays(money.ByStripe)
		w.issued(w.ordered(once(w.services[0])), "")
		w.issued(w.ordered(once(w.services[1])), "")
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { w.must(w.money.Calls(w.ctx)) })
		}
		all.Wait()
		if n := len(s.Requests("POST", "/v1/invoices")); n != 2 {
			w.Errorf("%d invoices", n)
		}
	})
}

// What no webhook told is found once a day, mended, and written down as that.
func TestTheDailyComparisonMendsWhatNoWebhookTold(t *testing.T) {
	onBoth(t, func(w *world) {
		s := w.byStripe()
		w.pays(money.ByStripe)
		at := w.ordered(yearly(w.services[0]))
		first := w.issued(at, "")
		w.must(w.money.Round(w.ctx))
		deal := w.deal(at)
		answer := func(out http.ResponseWriter, value any) bool {
			out.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(out).Encode(value)
			return true
		}
		id := deal.Invoices[0].StripeID
		s.Fail(func(out http.ResponseWriter, r *http.Request) bool {
			switch r.URL.Path {
			case "/v1/invoices/" + id:
				return answer(out, stripeInvoice(id, "open", deal.Deal, first.ID, nil))
			case "/v1/invoices":
				return answer(out, map[string]any{"object": "list", "data": []any{
					stripeInvoice("in_strange", "open", deal.Deal, uuid.Nil, map[string]any{"metadata": map[string]string{}}),
					stripeInvoice("in_next", "paid", deal.Deal, uuid.Nil, map[string]any{"subscription": deal.SubscriptionID}),
				}})
			case "/v1/credit_notes":
				return answer(out, map[string]any{"object": "list", "data": []any{map[string]any{"id": "cn_1", "object": "credit_note", "invoice": id, "status": "issued", "amount": 500, "number": "CN-1"}}})
			}
			return false
		})
		w.clock.Advance(25 * time.Hour)
		w.must(w.money.Round(w.ctx))
		deal = w.deal(at)
		slices.SortFunc(deal.Invoices, func(a, b money.InvoiceSeen) int { return strings.Compare(string(a.State), string(b.State)) }) // both were made in the same second
		if len(deal.Invoices) != 2 || deal.Invoices[0].State != money.Open || deal.Invoices[1].State != money.Paid || len(deal.Invoices[0].Credits) != 1 || deal.Stage != money.Invoiced {
			w.Errorf("mended: %+v", deal.Invoices)
		}
		mended := 0
		for _, deed := range deal.Deeds {
			if deed.Action == "told.mended" {
				mended++
			}
		}
		link, err := w.money.Link(w.ctx, w.tomos, web.None{})
		w.must(err)
		if mended != 3 || link.Compared == nil || !strings.Contains(link.Outcome, "3 were mended") {
			w.Errorf("%d mended: %+v", mended, link)
		}
		asked := len(s.Requests("", ""))
		w.clock.Advance(time.Hour)
		w.must(w.money.Round(w.ctx))
		if len(s.Requests("", "")) != asked {
			w.Error("compared again within the day")
		}
		_, err = w.money.Compare(w.ctx, w.tomos, web.None{})
		w.must(err)
		s.Fail(func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) })
		w.must(w.money.Round(w.ctx))
		if link, err = w.money.Link(w.ctx, w.tomos, web.None{}); err != nil || link.Problem == "" {
			w.Errorf("while Stripe is down: %+v %v", link, err)
		}
	})
}

func TestAKeyThatIsNoneIsRefusedAtOnce(t *testing.T) {
	for _, o := range []money.StripeOptions{{Key: ""}, {Key: "pk_live_1"}, {Key: "sk_live_1", URL: "stripe.com"}, {Key: "sk_live_1", URL: "ftp://stripe.com"}} {
		if _, err := money.OpenStripe(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}
