package money_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/admin/money"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// A trust that pays outside Stripe, from the quote to the last pound.
func TestATrustThatPaysOutsideStripeIsNotedByHand(t *testing.T) {
	onBoth(t, func(w *world) {
		at := w.quoted(yearly(w.services[0]))
		deal := w.deal(at)
		if deal.Number != "Q2026-0001" || deal.Net() != 28000_00 || deal.Tax() != 5600_00 || deal.Stage != money.Nothing || deal.ValidUntil != "2027-02-18" {
			w.Fatalf("the quote: %+v", deal)
		}
		issue := money.IssueInvoice{OneDeal: at, Number: "INV-1", IssuedOn: w.today(), Amount: "33,600", Proof: "it is me", Version: 1}
		_, err := w.money.IssueInvoice(w.ctx, w.tomos, issue)
		w.is("an invoice for nobody", err, fault.Conflict)
		w.pays(money.ByHand)
		_, err = w.money.IssueInvoice(w.ctx, w.tomos, issue)
		w.is("an invoice without an order", err, fault.Conflict)

		_, err = w.money.QuoteSent(w.ctx, w.tomos, money.QuoteSent{OneDeal: at, On: "2026-11-21", Version: 1})
		w.is("sent tomorrow", err, fault.Invalid)
		_, err = w.money.QuoteSent(w.ctx, w.tomos, money.QuoteSent{OneDeal: at, On: w.today(), Version: 1})
		w.must(err)
		_, err = w.money.TakeOrder(w.ctx, w.tomos, money.TakeOrder{OneDeal: at, Number: "PO-1", On: w.today(), Version: 1})
		w.is("an order by who saw an older page", err, fault.Conflict)
		_, err = w.money.TakeOrder(w.ctx, w.tomos, money.TakeOrder{OneDeal: at, Number: " PO-1 ", On: w.today(), Version: 2})
		w.must(err)
		if deal = w.deal(at); deal.Stage != money.Ordered || deal.OrderNumber != "PO-1" {
			w.Errorf("ordered: %+v", deal)
		}
		for name, in := range map[string]func(in *money.IssueInvoice){
			"another's proof": func(in *money.IssueInvoice) { in.Proof = "it is not" }, "no number": func(in *money.IssueInvoice) { in.Number = " " },
			"no amount": func(in *money.IssueInvoice) { in.Amount = "0" }, "no day": func(in *money.IssueInvoice) { in.IssuedOn = "" },
		} {
			bad := issue
			bad.Version = 3
			in(&bad)
			_, err := w.money.IssueInvoice(w.ctx, w.tomos, bad)
			w.is(name, err, fault.Invalid)
		}
		invoice := w.issued(at, "INV-1")
		if invoice.State != money.Open || invoice.Owed != 33600_00 || invoice.DueOn != "2026-12-20" {
			w.Errorf("the invoice: %+v", invoice)
		}
		second := issue
		second.Version = 4
		_, err = w.money.IssueInvoice(w.ctx, w.tomos, second)
		w.is("the same number again", err, fault.Invalid)
		_, err = w.money.WithdrawQuote(w.ctx, w.tomos, money.WithdrawQuote{OneDeal: at, Reason: "No", Version: 4})
		w.is("withdrawing what is invoiced", err, fault.Conflict)

		one := money.OneInvoice{OneDeal: at, Invoice: invoice.ID}
		pay := func(amount string) error {
			_, err := w.money.NotePayment(w.ctx, w.tomos, money.NotePayment{OneInvoice: one, Amount: amount, On: w.today(), Reference: "BACS 88", Version: w.deal(at).Version})
			return err
		}
		w.is("more than is owed", pay("33600.01"), fault.Invalid)
		w.is("nothing", pay("0"), fault.Invalid)
		w.must(pay("30000"))
		credit := func(amount, proof string) error {
			_, err := w.money.GiveCredit(w.ctx, w.tomos, money.GiveCredit{OneInvoice: one, Amount: amount, Number: "CN-1", Reason: "A day less", Proof: proof, Version: w.deal(at).Version})
			return err
		}
		w.is("a credit note by another", credit("100", "it is not"), fault.Invalid)
		w.is("more than is left", credit("3600.01", "it is me"), fault.Invalid)
		w.must(credit("600", "it is me"))
		if deal = w.deal(at); deal.Invoices[0].Owed != 3000_00 || deal.Stage != money.Invoiced {
			w.Errorf("after the credit note: %+v", deal.Invoices[0])
		}
		w.clock.Advance(31 * 24 * time.Hour)
		if deal = w.deal(at); deal.Stage != money.Overdue || deal.Invoices[0].Overdue != 1 {
			w.Errorf("a day late: %+v", deal.Invoices[0])
		}
		w.must(pay("3000"))
		if deal = w.deal(at); deal.Stage != money.Settled || deal.Invoices[0].State != money.Paid || len(deal.Invoices[0].Payments) != 2 || len(deal.Invoices[0].Credits) != 1 {
			w.Errorf("paid: %+v", deal)
		}
		w.is("once more", pay("1"), fault.Conflict)
		if len(deal.Deeds) != 7 || deal.Deeds[0].Who != "Tomos" {
			w.Errorf("the history: %+v", deal.Deeds)
		}
	})
}

func TestAllOfAnInvoiceTakenOffCountsNoMore(t *testing.T) {
	onBoth(t, func(w *world) {
		w.pays(money.ByHand)
		at := w.ordered(once(w.services[0]))
		invoice := w.issued(at, "INV-1")
		deal := w.deal(at)
		_, err := w.money.IssueInvoice(w.ctx, w.tomos, money.IssueInvoice{OneDeal: at, Number: "INV-2", IssuedOn: w.today(), Amount: "1", Proof: "it is me", Version: deal.Version})
		w.is("a second invoice for what is paid once", err, fault.Conflict)
		_, err = w.money.GiveCredit(w.ctx, w.tomos, money.GiveCredit{OneInvoice: money.OneInvoice{OneDeal: at, Invoice: invoice.ID}, Amount: invoice.Owed.Typed(), Number: "CN-1", Reason: "Wrong trust", Proof: "it is me", Version: deal.Version})
		w.must(err)
		if deal = w.deal(at); deal.Stage != money.Ordered || deal.Invoices[0].State != money.Void {
			w.Errorf("%+v", deal)
		}
		w.issued(at, "INV-2")
	})
}

// What is another trust's is not found, by any of the doors.
func TestAnotherTrustsDealIsNotThere(t *testing.T) {
	onBoth(t, func(w *world) {
		w.pays(money.ByHand)
		at := w.ordered(once(w.services[0]))
		invoice := w.issued(at, "INV-1")
		other, _ := w.newTrust("REV9Z", "Eastvale", "Orchard")
		there := at
		there.Trust = other
		for name, do := range map[string]func() error{
			"look": func() error { _, err := w.money.Deal(w.ctx, w.tomos, there); return err },
			"order": func() error {
				_, err := w.money.TakeOrder(w.ctx, w.tomos, money.TakeOrder{OneDeal: there, Number: "X", On: w.today(), Version: 3})
				return err
			},
			"withdraw": func() error {
				_, err := w.money.WithdrawQuote(w.ctx, w.tomos, money.WithdrawQuote{OneDeal: there, Reason: "X", Version: 3})
				return err
			},
			"pay": func() error {
				_, err := w.money.NotePayment(w.ctx, w.tomos, money.NotePayment{OneInvoice: money.OneInvoice{OneDeal: there, Invoice: invoice.ID}, Amount: "1", On: w.today(), Version: 3})
				return err
			},
			"an invoice of none": func() error {
				_, err := w.money.Invoice(w.ctx, w.tomos, money.OneInvoice{OneDeal: at, Invoice: uuid.New()})
				return err
			},
			"a trust of none": func() error { _, err := w.money.Trust(w.ctx, w.tomos, money.OneTrust{Trust: uuid.New()}); return err },
		} {
			w.is(name, do(), fault.NotFound)
		}
	})
}

func TestAQuoteIsMadeByThePricesThatWereRead(t *testing.T) {
	onBoth(t, func(w *world) {
		make := func(lines string, prices int) error {
			_, err := w.money.MakeQuote(w.ctx, w.tomos, money.MakeQuote{OneTrust: w.at(), Lines: []byte(lines), Prices: prices})
			return err
		}
		willow := w.services[0].String()
		for name, lines := range map[string]string{"nothing": `{}`, "no object": `[1]`, "none chosen": `{"` + willow + `":""}`, "no such band": `{"` + willow + `":"huge"}`,
			"no such fee": `{"` + willow + `/cake":"true"}`, "no such service": `{"` + uuid.NewString() + `":"small"}`, "numbers": `{"` + willow + `":7}`} {
			w.is(name, make(lines, 0), fault.Invalid)
		}
		at := w.quoted(yearly(w.services[0]))
		change := money.ChangePrices{VAT: "17.5", DueDays: 14, ValidDays: 30, BandKeys: []string{"small", ""}, BandNames: []string{"Small", "New"}, BandPounds: []string{"1", "2.50"}}
		for name, spoil := range map[string]func(in *money.ChangePrices){
			"no amount": func(in *money.ChangePrices) { in.BandPounds = []string{"1", "x"} }, "no band": func(in *money.ChangePrices) { in.BandNames = []string{"", " "} },
			"half a list": func(in *money.ChangePrices) { in.BandPounds = []string{"1"} }, "no rate": func(in *money.ChangePrices) { in.VAT = "twenty" },
			"one key twice": func(in *money.ChangePrices) { in.BandKeys = []string{"small", "small"} },
		} {
			bad := change
			spoil(&bad)
			_, err := w.money.ChangePrices(w.ctx, w.tomos, bad)
			w.is(name, err, fault.Invalid)
		}
		_, err := w.money.ChangePrices(w.ctx, w.tomos, change)
		w.must(err)
		_, err = w.money.ChangePrices(w.ctx, w.tomos, change)
		w.is("a second manager", err, fault.Conflict)
		w.is("by the old prices", make(`{"`+willow+`":"small"}`, 0), fault.Conflict)
		w.must(make(`{"`+willow+`":"small"}`, 1))
		if deal := w.deal(at); deal.Net() != 28000_00 || deal.VAT != 2000 {
			w.Errorf("a quote that was made changed: %+v", deal)
		}
		book, err := w.money.Prices(w.ctx, w.tomos, web.None{})
		if err != nil || book.Version != 1 || book.ChangedBy != "Tomos" || len(book.Once) != 0 || book.Bands[1].Pence != 250 || book.VAT != 1750 {
			w.Errorf("%+v %v", book, err)
		}
	})
}

func TestNumbersOfQuotesAreGivenOutOnce(t *testing.T) {
	onBoth(t, func(w *world) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { w.quoted(once(w.services[0])) })
		}
		all.Wait()
		page, err := w.money.Trust(w.ctx, w.tomos, w.at())
		w.must(err)
		numbers := map[string]bool{}
		for _, deal := range page.Deals {
			numbers[deal.Number] = true
		}
		if len(numbers) != 8 || !numbers["Q2026-0008"] {
			w.Errorf("%v", numbers)
		}
	})
}

// An invoice that nobody pays closes nobody's door, however long it is late and
// however often the round goes.
func TestAnUnpaidInvoiceClosesNobodysDoor(t *testing.T) {
	onBoth(t, func(w *world) {
		w.pays(money.ByHand)
		w.issued(w.ordered(once(w.services[0])), "INV-1")
		for range 4 {
			w.clock.Advance(100 * 24 * time.Hour)
			w.must(w.money.Round(w.ctx))
		}
		page, err := w.money.Trust(w.ctx, w.tomos, w.at())
		w.must(err)
		if page.Stage != money.Overdue || page.Late != 22080_00 {
			w.Errorf("after 400 days: %+v", page.Standing)
		}
		trust, err := w.money.Directory.Trust(w.ctx, w.trust)
		if err != nil || trust.Status != tenants.Active {
			w.Errorf("the trust is %s %v", trust.Status, err)
		}
		w.must(w.money.Directory.ReadAs(w.ctx, w.trust, "", func(_ context.Context, s tenants.Scope) error {
			if len(s.Scopes()) != 2 {
				w.Errorf("%d of 2 services are open", len(s.Scopes()))
			}
			return nil
		}))
	})
}

func TestTheListHasWhatNeedsSomebodyFirst(t *testing.T) {
	onBoth(t, func(w *world) {
		w.pays(money.ByHand)
		w.issued(w.ordered(once(w.services[0])), "INV-1")
		quiet := w.trust
		w.trust, w.services = w.newTrust("REV9Z", "=Eastvale", "Orchard")
		w.pays(money.ByHand)
		w.clock.Advance(-40 * 24 * time.Hour)
		w.issued(w.ordered(once(w.services[0])), "INV-2")
		w.clock.Advance(40 * 24 * time.Hour)
		w.newTrust("RSM9Z", "Southmere")

		list, err := w.money.List(w.ctx, w.tomos, money.View{})
		w.must(err)
		if len(list.Trusts) != 3 || list.Trusts[0].Trust.ID != w.trust || list.Trusts[0].Stage != money.Overdue || list.Trusts[1].Trust.ID != quiet || list.Late != 22080_00 || list.Owed != 44160_00 {
			w.Errorf("%+v", list)
		}
		for view, want := range map[money.View]int{{Stage: "overdue"}: 1, {Stage: "none"}: 1, {Q: "north"}: 1, {Q: "rsm"}: 1, {Stage: "paid"}: 0, {Sort: "name"}: 3, {Sort: "owed"}: 3} {
			if list, err := w.money.List(w.ctx, w.tomos, view); err != nil || len(list.Trusts) != want {
				w.Errorf("%+v: %d trusts %v", view, len(list.Trusts), err)
			}
		}
		file, err := w.money.File(w.ctx, w.tomos, money.View{})
		w.must(err)
		var text strings.Builder
		w.must(file.Write(w.ctx, &text))
		lines, err := csv.NewReader(strings.NewReader(text.String())).ReadAll()
		if err != nil || len(lines) != 4 || strings.HasPrefix(lines[1][0], "=") || lines[1][5] != "22080.00" || lines[1][3] != "Overdue" {
			w.Errorf("the file: %v %v", lines, err)
		}
	})
}

// Two who do the same at once do it once.
func TestTwoColleaguesAtOnceInvoiceOnce(t *testing.T) {
	onBoth(t, func(w *world) {
		w.byStripe()
		w.pays(money.ByStripe)
		at := w.ordered(yearly(w.services[0]))
		errs := make([]error, 4)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				_, errs[i] = w.money.IssueInvoice(w.ctx, w.tomos, money.IssueInvoice{OneDeal: at, Proof: "it is me", Version: 2})
			})
		}
		all.Wait()
		won := len(slices.DeleteFunc(errs, func(err error) bool { return err != nil }))
		if deal := w.deal(at); won != 1 || len(deal.Invoices) != 1 || len(deal.Calls) != 1 {
			w.Errorf("%d went through: %+v", won, deal)
		}
		_, err := w.money.IssueInvoice(w.ctx, w.tomos, money.IssueInvoice{OneDeal: at, Proof: "it is me", Version: 3})
		w.is("from another tab, a minute later", err, fault.Conflict)
	})
}

// The log of money is only ever added to, whoever asks the database.
func TestTheHistoryCannotBeChanged(t *testing.T) {
	onBoth(t, func(w *world) {
		w.quoted(once(w.services[0]))
		for _, statement := range []string{"UPDATE platform_money_log SET words = ''", "DELETE FROM platform_money_log"} {
			err := w.db.Write(w.ctx, uuid.Nil, func(ctx context.Context, db bun.IDB) error {
				_, err := db.ExecContext(ctx, statement)
				return err
			})
			if err == nil {
				w.Errorf("%s went through", statement)
			}
		}
		var n int
		if w.scan(&n, "SELECT count(*) FROM platform_money_log"); n != 1 {
			w.Error(fmt.Sprint(n, " records"))
		}
	})
}
