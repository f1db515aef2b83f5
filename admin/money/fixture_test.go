package money_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/webhook"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/admin/money"
	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/testkit/stripetest"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/migrations"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/portfolio"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const hook = "whsec_for_tests"

// world is money on a real database, with a trust of two services.
type world struct {
	*testing.T
	ctx      context.Context
	db       *database.DB
	clock    *clock.Fake
	money    money.Money
	tomos    money.By
	trust    uuid.UUID
	services []uuid.UUID
}

func onBoth(t *testing.T, test func(w *world)) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Migrated(migrations.Files), func(t *testing.T, url string) {
		t.Parallel()
		test(newWorld(t, url))
	})
}

func newWorld(t *testing.T, url string) *world {
	t.Helper()
	w := &world{T: t, ctx: t.Context(), db: testkit.Open(t, url), clock: clock.NewFake(time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC))}
	keys, err := crypt.NewKeys([]byte("a secret for tests that is long enough"))
	w.must(err)
	directory := &tenants.Directory{DB: w.db, Clock: w.clock, BaseHost: "localhost"}
	w.must(admin.Roster{DB: w.db, Keys: keys, Clock: w.clock}.Add(w.ctx, admin.NewStaff{Email: "tomos@sharon.example", Name: "Tomos", Role: tenants.Finance, PasswordHash: "none"}))
	w.money = money.Money{DB: w.db, Clock: w.clock, Keys: keys, Directory: directory, Hook: hook, Tell: programmes.Office{Directory: directory}.Paid, Log: slog.New(slog.DiscardHandler)}
	var tomos uuid.UUID
	w.scan(&tomos, "SELECT id FROM platform_staff")
	w.tomos = money.By{ID: tomos, Name: "Tomos", Contact: func(context.Context, uuid.UUID) (money.Billing, error) { return money.Billing{}, nil },
		Prove: func(_ context.Context, proof string) error {
			if proof != "it is me" {
				return fault.Bad("proof", "This is not your password.")
			}
			return nil
		}}
	w.trust, w.services = w.newTrust("RNM9Z", "Northmoor", "Willow", "Harbour")
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) scan(into any, query string, args ...any) {
	w.Helper()
	w.must(w.db.Read(w.ctx, uuid.Nil, func(ctx context.Context, db bun.IDB) error { return db.NewRaw(query, args...).Scan(ctx, into) }))
}

// newTrust makes a trust with services, which are in the portfolio.
func (w *world) newTrust(ods, name string, services ...string) (uuid.UUID, []uuid.UUID) {
	w.Helper()
	directory := w.money.Directory
	made, err := directory.CreateTrust(w.ctx, tenants.NewTrust{ODSCode: ods, Name: name, Slug: "t" + uuid.NewString()[:8]})
	w.must(err)
	var ids []uuid.UUID
	for _, service := range services {
		one, err := directory.NewService(w.ctx, made.ID, tenants.NewService{Area: "perinatal", Name: service, Slug: "s" + uuid.NewString()[:8], Accent: "#005eb8"})
		w.must(err)
		ids = append(ids, one.ID)
	}
	none := portfolio.Posts(func(context.Context, tenants.Scope, time.Time) ([]int, error) {
		return make([]int, portfolio.Weeks), nil
	})
	w.must(directory.WriteAs(w.ctx, made.ID, "", none.Count))
	return made.ID, ids
}

// byStripe has everything from now on go to a Stripe on this machine.
func (w *world) byStripe() *stripetest.Stripe {
	w.Helper()
	s := stripetest.Start(w)
	account, err := money.OpenStripe(money.StripeOptions{Key: stripetest.Key, URL: s.URL, Timeout: 500 * time.Millisecond})
	w.must(err)
	w.money.Stripe = account
	return s
}

// pays writes down how the trust pays.
func (w *world) pays(way money.Way) {
	w.Helper()
	_, err := w.money.KeepPayer(w.ctx, w.tomos, money.KeepPayer{OneTrust: w.at(), Way: string(way), Billing: money.Billing{Person: "Accounts payable", Email: "ap@northmoor.example", Postcode: "nm1 1aa"}})
	w.must(err)
}

func (w *world) at() money.OneTrust { return money.OneTrust{Trust: w.trust} }

// once and yearly are lines of a quote for a service.
func once(service uuid.UUID) map[string]string {
	return map[string]string{service.String() + "/onboarding": "true"}
}

func yearly(service uuid.UUID) map[string]string {
	return map[string]string{service.String(): "small", service.String() + "/onboarding": "true"}
}

// quoted makes a quote of lines.
func (w *world) quoted(lines map[string]string) money.OneDeal {
	w.Helper()
	raw, err := json.Marshal(lines)
	w.must(err)
	made, err := w.money.MakeQuote(w.ctx, w.tomos, money.MakeQuote{OneTrust: w.at(), Lines: raw})
	w.must(err)
	return money.OneDeal{OneTrust: w.at(), Deal: made.ID}
}

func (w *world) today() string { return w.clock.Now().In(clock.London).Format(time.DateOnly) }

// ordered makes a quote for which there is a purchase order.
func (w *world) ordered(lines map[string]string) money.OneDeal {
	w.Helper()
	at := w.quoted(lines)
	_, err := w.money.TakeOrder(w.ctx, w.tomos, money.TakeOrder{OneDeal: at, Number: "PO-4711", On: w.today(), Version: 1})
	w.must(err)
	return at
}

// issued has a deal invoiced.
func (w *world) issued(at money.OneDeal, number string) money.Invoice {
	w.Helper()
	deal := w.deal(at)
	_, err := w.money.IssueInvoice(w.ctx, w.tomos, money.IssueInvoice{OneDeal: at, Number: number, IssuedOn: w.today(), Amount: deal.Total().Typed(), Proof: "it is me", Version: deal.Version})
	w.must(err)
	all := w.deal(at).Invoices
	return all[len(all)-1].Invoice
}

func (w *world) deal(at money.OneDeal) money.DealPage {
	w.Helper()
	page, err := w.money.Deal(w.ctx, w.tomos, at)
	w.must(err)
	return page
}

// is fails the test unless the error has a code.
func (w *world) is(what string, err error, code fault.Code) {
	w.Helper()
	if !fault.Is(err, code) {
		w.Errorf("%s: %v, not %s", what, err, code)
	}
}

// signed is a delivery of an event, signed at a time.
func signed(event map[string]any, secret string, at time.Time) web.Delivery {
	body, err := json.Marshal(event)
	if err != nil {
		panic(err)
	}
	return signedBy(string(body), secret, at)
}

func signedBy(words, secret string, at time.Time) web.Delivery {
	out := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: []byte(words), Secret: secret, Timestamp: at})
	return web.Delivery{Body: out.Payload, Signature: out.Header}
}

// signedText is a delivery of some words that Stripe signed.
func signedText(words string, at time.Time) web.Delivery { return signedBy(words, hook, at) }

// eventOf is one as Stripe sends it.
func eventOf(id, kind string, created int64, object map[string]any) map[string]any {
	return map[string]any{"id": id, "object": "event", "api_version": stripe.APIVersion, "type": kind, "created": created, "data": map[string]any{"object": object}}
}

// tells delivers an event now.
func (w *world) tells(event map[string]any) {
	w.Helper()
	_, err := w.money.Receive(w.ctx, signed(event, hook, time.Now()))
	w.must(err)
}

// stripeInvoice is an invoice as Stripe tells it; changes are laid over it.
func stripeInvoice(id, state string, deal money.Deal, ours uuid.UUID, changes map[string]any) map[string]any {
	total := int64(deal.Total())
	object := map[string]any{"id": id, "object": "invoice", "status": state, "currency": "gbp", "total": total, "amount_due": total, "amount_paid": 0, "amount_remaining": total,
		"created": deal.MadeAt.Unix(), "due_date": deal.MadeAt.Unix() + 30*86400, "number": "SHARON-" + id, "status_transitions": map[string]any{"finalized_at": deal.MadeAt.Unix()},
		"metadata": map[string]string{"sharon_deal": deal.ID.String()}}
	if ours != uuid.Nil {
		object["metadata"] = map[string]string{"sharon_deal": deal.ID.String(), "sharon_invoice": ours.String()}
	}
	if state == "paid" {
		object["amount_paid"], object["amount_remaining"] = total, 0
	}
	for key, value := range changes {
		object[key] = value
	}
	return object
}
