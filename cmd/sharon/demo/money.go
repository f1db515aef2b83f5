package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/admin/money"
	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

// payers are where invoices of the trusts go. Both pay outside Stripe, which a
// demonstration does not reach.
var payers = map[string]money.Billing{
	"northmoor": {Person: "Helen Marsh, accounts payable", Email: "accounts.payable@northmoor.example", Street: "Trust headquarters, 4 Bracken Road", Town: "Northmoor", Postcode: "NM4 2QT"},
	"eastvale":  {Person: "Grace Obi, finance", Email: "finance@eastvale.example", Street: "The Old Mill, Vale Street", Town: "Eastvale", Postcode: "EV1 7PL"},
}

// bargain is what was agreed for a service, in days ago; 0 for what is still to come.
type bargain struct {
	service, band                               string
	made, sent, ordered, invoiced, partly, paid int
	credit                                      int // pounds taken off the invoice, the day after it was sent
}

var bargains = map[string][]bargain{
	"northmoor": {
		{service: "kin", band: "small", made: 190, sent: 188, ordered: 160, invoiced: 140, paid: 112, credit: 1140},
		{service: "willow", band: "medium", made: 96, sent: 94, ordered: 70, invoiced: 20, partly: 6},
		{service: "harbour", band: "small", made: 33, sent: 31},
	},
	"eastvale": {
		{service: "orchard", band: "small", made: 240, sent: 238, ordered: 200, invoiced: 42},
		{service: "lantern", band: "small", made: 24, sent: 22, ordered: 4},
	},
}

// seedMoney has the trusts quoted and invoiced, each step on its day, as a finance
// officer would.
func (d Deps) seedMoney(ctx context.Context) error {
	var tomos uuid.UUID
	if err := d.Directory.DB.Read(ctx, uuid.Nil, func(ctx context.Context, db bun.IDB) error {
		return db.NewRaw("SELECT id FROM platform_staff WHERE email_lookup = ?", d.Keys.Lookup(colleagues[2].Email)).Scan(ctx, &tomos)
	}); err != nil {
		return err
	}
	there, err := d.Directory.Trusts(ctx)
	if err != nil {
		return err
	}
	for _, trust := range there {
		all := bargains[trust.Slug]
		if all == nil {
			continue
		}
		c := cashier{Deps: d, trust: trust, by: money.By{ID: tomos, Name: "Tomos", Prove: func(context.Context, string) error { return nil }}}
		if full, err := c.known(ctx); err != nil {
			return err
		} else if full {
			continue
		}
		for n, one := range all {
			if err := c.bargain(ctx, one, fmt.Sprintf("%s-%03d", trust.ODSCode, n+1)); err != nil {
				return fmt.Errorf("money of %s: %w", one.service, err)
			}
		}
		if err := c.on(0).Follow(ctx, trust.ID, true); err != nil {
			return err
		}
	}
	return nil
}

// cashier does a trust's money.
type cashier struct {
	Deps
	trust tenants.Trust
	by    money.By
}

// on is the platform's money so many days ago.
func (c cashier) on(ago int) money.Money {
	at := clock.NewFake(later(day(c.Clock.Now(), -ago), 10, time.Hour))
	if ago == 0 {
		at = clock.NewFake(c.Clock.Now())
	}
	tell := func(context.Context, uuid.UUID, uuid.UUID, string, int64, bool) error { return nil }
	if ago == 0 {
		tell = programmes.Office{Directory: c.Directory}.Paid
	}
	return money.Money{DB: c.Directory.DB, Clock: at, Keys: c.Keys, Directory: c.Directory, Tell: tell, Log: slog.New(slog.DiscardHandler)}
}

func (c cashier) at() money.OneTrust { return money.OneTrust{Trust: c.trust.ID} }

// known tells whether the trust's money was made up before; otherwise it writes
// down where invoices go.
func (c cashier) known(ctx context.Context) (bool, error) {
	c.by.Contact = func(context.Context, uuid.UUID) (out money.Billing, err error) { return out, nil }
	payer, err := c.on(0).Payer(ctx, c.by, c.at())
	if err != nil || payer.Known {
		return payer.Known, err
	}
	_, err = c.on(250).KeepPayer(ctx, c.by, money.KeepPayer{OneTrust: c.at(), Billing: payers[c.trust.Slug], Way: string(money.ByHand)})
	return false, err
}

// bargain goes through what was agreed, step by step.
func (c cashier) bargain(ctx context.Context, one bargain, number string) error {
	form, err := c.on(0).QuoteForm(ctx, c.by, c.at())
	if err != nil {
		return err
	}
	lines := map[string]string{}
	for _, service := range form.Services {
		if strings.EqualFold(service.Name, one.service) {
			lines[service.ID.String()], lines[service.ID.String()+"/onboarding"] = one.band, "true"
		}
	}
	raw, err := json.Marshal(lines)
	if err != nil {
		return err
	}
	made, err := c.on(one.made).MakeQuote(ctx, c.by, money.MakeQuote{OneTrust: c.at(), Lines: raw, Prices: form.Book.Version})
	if err != nil {
		return err
	}
	deal, version := money.OneDeal{OneTrust: c.at(), Deal: made.ID}, 0
	step := func(ago int, do func(m money.Money, on string, version int) error) error {
		if ago == 0 {
			return nil
		}
		m := c.on(ago)
		version++
		return do(m, clock.Day(m.Clock.Now()), version)
	}
	if err := step(one.sent, func(m money.Money, on string, version int) error {
		_, err := m.QuoteSent(ctx, c.by, money.QuoteSent{OneDeal: deal, On: on, Version: version})
		return err
	}); err != nil {
		return err
	}
	if err := step(one.ordered, func(m money.Money, on string, version int) error {
		_, err := m.TakeOrder(ctx, c.by, money.TakeOrder{OneDeal: deal, Number: "PO-" + number, On: on, Version: version})
		return err
	}); err != nil {
		return err
	}
	var invoice money.OneInvoice
	var owed money.Pence
	if err := step(one.invoiced, func(m money.Money, on string, version int) error {
		page, err := m.Deal(ctx, c.by, deal)
		if err != nil {
			return err
		}
		owed = page.Total()
		sent, err := m.IssueInvoice(ctx, c.by, money.IssueInvoice{OneDeal: deal, Number: "SHR-" + number, IssuedOn: on, Amount: owed.Typed(), Proof: "demo", Version: version})
		invoice = money.OneInvoice{OneDeal: deal, Invoice: sent.ID}
		return err
	}); err != nil {
		return err
	}
	if one.credit > 0 {
		off := money.Pence(one.credit * 100)
		if err := step(one.invoiced-1, func(m money.Money, _ string, version int) error {
			_, err := m.GiveCredit(ctx, c.by, money.GiveCredit{OneInvoice: invoice, Amount: off.Typed(), Number: "CN-" + number, Reason: "A training day was not needed.", Proof: "demo", Version: version})
			return err
		}); err != nil {
			return err
		}
		owed -= off
	}
	pay := func(amount money.Pence) func(m money.Money, on string, version int) error {
		return func(m money.Money, on string, version int) error {
			_, err := m.NotePayment(ctx, c.by, money.NotePayment{OneInvoice: invoice, Amount: amount.Typed(), On: on, Reference: "BACS " + number, Version: version})
			return err
		}
	}
	if err := step(one.partly, pay(owed/2)); err != nil {
		return err
	}
	return step(one.paid, pay(owed))
}
