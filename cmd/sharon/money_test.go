package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/admin/money"
	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/testkit/stripetest"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

const stripeSecret = "whsec_for_tests"

// withStripe has the site's money go through a Stripe on this machine.
func withStripe(t *testing.T, address string) (*site, *stripetest.Stripe) {
	t.Helper()
	server := stripetest.Start(t)
	s := newSite(t, address, func(a *app) {
		var err error
		if a.Money.Stripe, err = (moneyConfig{StripeKey: stripetest.Key, StripeURL: server.URL}).stripe(); err != nil {
			t.Fatal(err)
		}
		a.Money.Hook = stripeSecret
	})
	return s, server
}

// stripeTells delivers an event as Stripe does: signed, over HTTP, by nobody.
func (s *site) stripeTells(id, kind string, object map[string]any) answer {
	s.t.Helper()
	body, err := json.Marshal(map[string]any{"id": id, "object": "event", "api_version": stripetest.Version, "type": kind, "created": s.clock.Now().Unix(), "data": map[string]any{"object": object}})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.visit("console").sendJSON("/webhooks/stripe", body, "Stripe-Signature", stripetest.Sign(body, stripeSecret, time.Now()))
}

// From the quote to the payment, at the console, by Stripe: the programme's gate
// asks for the purchase order, and the programme says what Stripe told.
func TestBillingDrivesTheProgrammesGateOfMoney(t *testing.T) {
	t.Parallel()
	for name, database := range dialects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, server := withStripe(t, database(t, prepare))
			tomos, joan := s.over("finance@sharon"), s.over("onboarding@sharon")
			path, all := s.moneyOf("eastvale")
			s.sent(tomos, path+"/payer", map[string]any{"billing_name": "Grace Obi", "billing_email": "finance@eastvale.example", "way": "stripe", "version": all.Payer.Version})
			service := ""
			var form money.QuoteForm
			tomos.getJSON(path+"/quotes/new", &form)
			for _, one := range form.Services {
				if one.Name == "Meadow" {
					service = one.ID.String()
				}
			}
			s.sent(joan, meadow+"/new", map[string]any{"starts_on": "2026-11-23"})
			gate := func() programmes.Programme { return s.programmeOf(meadow).Programme }

			deal := path + "/quotes/" + field(t, s.sent(tomos, path+"/quotes", map[string]any{"lines": map[string]string{service + "/onboarding": "true"}, "prices": 0}), "id")
			s.sent(tomos, deal+"/sent", map[string]any{"sent_on": "2026-11-20", "version": 1})
			if now := gate(); now.Money != "quoted" || !now.Billed || now.Pence != 18400_00 {
				t.Errorf("sent: %+v", now)
			}
			if got := tomos.sendJSON(meadow+"/money", map[string]any{"version": gate().Version, "stage": "paid", "pounds": 1}); got.status != http.StatusConflict {
				t.Errorf("by hand, past billing: %d %s", got.status, got.body)
			}
			if page := s.as("finance@sharon").get(meadow + "/money"); !page.has("comes from the service’s quotes") || page.has(`name="stage"`) {
				t.Errorf("the programme's page of money: %s", page.text())
			}
			s.sent(tomos, deal+"/order", map[string]any{"order_number": "PO-9", "ordered_on": "2026-11-20", "version": 2})
			if now := gate(); now.Money != "ordered" {
				t.Errorf("ordered: %+v", now)
			}

			once := url.Values{"proof": {demo.Password}, "version": {"3"}, "_once": {"one page"}}
			browser := s.as("finance@sharon")
			for range 2 { // the second click gets the first answer
				if got := browser.form(deal+"/invoices", once); got.status != http.StatusSeeOther || got.location() != deal {
					t.Fatalf("send the invoice: %d %s", got.status, got.text())
				}
			}
			if page := browser.get(deal); !page.has("Being sent to Stripe") || len(server.Requests("", "")) != 0 {
				t.Errorf("the page while it is sent: %s", page.text())
			}
			if err := s.app.Money.Round(t.Context()); err != nil {
				t.Fatal(err)
			}
			var page money.DealPage
			tomos.getJSON(deal, &page)
			if len(server.Requests("POST", "/v1/invoices")) != 1 || len(page.Invoices) != 1 || page.Invoices[0].StripeID == "" {
				t.Fatalf("after the round: %+v", page)
			}
			invoice := map[string]any{"id": page.Invoices[0].StripeID, "object": "invoice", "status": "open", "currency": "gbp", "total": 2208000, "amount_remaining": 2208000, "due_date": s.clock.Now().Unix() + 30*86400,
				"metadata": map[string]string{"sharon_deal": page.ID.String(), "sharon_invoice": page.Invoices[0].ID.String()}}
			if got := s.stripeTells("evt_1", "invoice.finalized", invoice); got.status != http.StatusOK {
				t.Fatalf("the webhook: %d %s", got.status, got.body)
			}
			if now := gate(); now.Money != "invoiced" {
				t.Errorf("sent by Stripe: %+v", now)
			}
			s.clock.Advance(31 * 24 * time.Hour)
			if err := s.app.Money.Round(t.Context()); err != nil {
				t.Fatal(err)
			}
			if now := gate(); now.Money != "overdue" {
				t.Errorf("by the clock: %+v", now)
			}
			if got := s.as("lead.meadow@eastvale").get("/meadow"); got.status != http.StatusOK {
				t.Errorf("the members' door while it is overdue: %d", got.status)
			}
			var list admin.Portfolio
			joan = s.over("onboarding@sharon")
			if joan.getJSON("/trusts?sort=money", &list); list.Trusts[0].Money.Stage != money.Overdue || list.Trusts[0].Trust.ODSCode != "REV9Z" {
				t.Errorf("the portfolio: %+v", list.Trusts)
			}
			invoice["status"], invoice["amount_remaining"], invoice["amount_paid"] = "paid", 0, 2208000
			for range 2 {
				if got := s.stripeTells("evt_2", "invoice.paid", invoice); got.status != http.StatusOK {
					t.Fatalf("the webhook: %d %s", got.status, got.body)
				}
			}
			if now := gate(); now.Money != "paid" {
				t.Errorf("paid: %+v", now)
			}
		})
	}
}

// Who may only read cannot change, by any of the doors; the walk of the console's
// roles says the same of every route.
func TestAnOnboardingManagerReadsMoneyAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	joan := s.over("onboarding@sharon")
	harbour, _ := s.dealFor("northmoor", "Harbour")
	path, _ := s.moneyOf("northmoor")
	for _, at := range []string{"/money", "/money/prices", "/money/stripe", path, harbour, harbour + "/print"} {
		want(t, at, joan.getJSON(at, nil), http.StatusOK)
		if page := s.as("onboarding@sharon").get(at); strings.Contains(string(page.body), `method="post" action="/money`) {
			t.Errorf("%s offers to change something", at)
		}
	}
	for _, at := range []string{"/money/prices", path + "/payer", path + "/quotes", harbour + "/sent", harbour + "/order", harbour + "/invoices", harbour + "/withdraw", "/money/stripe/compare"} {
		want(t, at, joan.sendJSON(at, map[string]any{}), http.StatusForbidden)
	}
	want(t, "a stranger", s.visit("console").getJSON(path, nil), http.StatusUnauthorized)
	want(t, "the trust's administrator", s.over("admin@northmoor").carried("console")[1].getJSON(path, nil), http.StatusUnauthorized)
}

// Over HTTP: what Stripe did not sign is 400, whoever it says it is from; without a
// secret the endpoint says so; what is too large is hung up on.
func TestTheWebhookTakesWhatStripeSignedAndNothingElse(t *testing.T) {
	t.Parallel()
	s, _ := withStripe(t, testkit.SQLite(t, prepare))
	v := s.visit("console")
	for name, got := range map[string]answer{
		"forged":        v.sendJSON("/webhooks/stripe", map[string]any{"id": "evt_1"}, "Stripe-Signature", "t=1,v1=00"),
		"not signed":    v.sendJSON("/webhooks/stripe", map[string]any{"id": "evt_1"}),
		"by a form":     v.post("/webhooks/stripe", url.Values{"id": {"evt_1"}, "_csrf": {"x"}}),
		"by an account": s.over("platform@sharon").sendJSON("/webhooks/stripe", map[string]any{"id": "evt_1"}),
	} {
		if got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if got := v.sendJSON("/webhooks/stripe", []byte(`{"x":"`+strings.Repeat("x", 300<<10)+`"}`)); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", got.status)
	}
	want(t, "at a trust", s.visit("northmoor").sendJSON("/webhooks/stripe", map[string]any{}), http.StatusNotFound)
	if got := s.stripeTells("evt_"+uuid.NewString(), "charge.succeeded", map[string]any{"object": "charge"}); got.status != http.StatusOK {
		t.Errorf("signed: %d %s", got.status, got.body)
	}
	bare := newSite(t, testkit.SQLite(t, prepare))
	if got := bare.visit("console").sendJSON("/webhooks/stripe", map[string]any{}); got.status != http.StatusNotFound || !got.has("SHARON_STRIPE_WEBHOOK_SECRET") {
		t.Errorf("without a secret: %d %s", got.status, got.body)
	}
}

func TestTheDoctorSaysHowMoneyStands(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in          moneyConfig
		state, says string
	}{
		"nothing":    {moneyConfig{}, "good", "by hand"},
		"no key":     {moneyConfig{StripeKey: "pk_live_1"}, "broken", "secret key"},
		"no secret":  {moneyConfig{StripeKey: "sk_live_1"}, "warning", "once a day"},
		"a test key": {moneyConfig{StripeKey: "sk_test_1", StripeWebhookSecret: "whsec_1"}, "warning", "no money moves"},
		"a secret":   {moneyConfig{StripeWebhookSecret: "whsec_1"}, "warning", "no key"},
		"all":        {moneyConfig{StripeKey: "rk_live_1", StripeWebhookSecret: "whsec_1"}, "good", "through Stripe"},
	} {
		found := doctorCmd{config: config{moneyConfig: c.in}}.money(t.Context())
		if len(found) != 1 || found[0].state != c.state || !strings.Contains(found[0].what, c.says) {
			t.Errorf("%s: %+v", name, found)
		}
	}
}
