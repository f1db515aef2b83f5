package money

import (
	"cmp"
	"context"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/sheet"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Standing is how a trust's money is.
type Standing struct {
	Trust  TrustName `json:"trust"`
	Stage  Stage     `json:"stage"`
	Agreed Pence     `json:"agreed"`  // without VAT: what was quoted and not withdrawn
	Owed   Pence     `json:"owed"`    // with VAT
	Late   Pence     `json:"late"`    // of it, what should have been paid by now
	NextOn Day       `json:"next_on"` // when the next of it is due, or was
}

// standingOf is how a trust stands on a day.
func standingOf(trust tenants.Trust, deals []Deal, invoices []Invoice, today Day) Standing {
	out := Standing{Trust: nameOf(trust)}
	for _, deal := range deals {
		if stage := stageOf(deal, invoices, today); stage != Nothing {
			out.Stage = out.Stage.over(stage)
			out.Agreed += deal.Net()
		}
	}
	for _, invoice := range invoices {
		if invoice.Owed == 0 {
			continue
		}
		out.Owed += invoice.Owed
		if invoice.late(today) {
			out.Late += invoice.Owed
		}
		if out.NextOn == "" || invoice.DueOn < out.NextOn {
			out.NextOn = invoice.DueOn
		}
	}
	return out
}

// Standings are how all trusts stand, the archive too.
func (m Money) Standings(ctx context.Context) ([]Standing, error) {
	trusts, err := m.Directory.AllTrusts(ctx)
	if err != nil {
		return nil, err
	}
	deals, invoices := map[uuid.UUID][]Deal{}, map[uuid.UUID][]Invoice{}
	if err := m.read(ctx, func(ctx context.Context, rows store) error {
		all, err := rows.deals(ctx, uuid.Nil)
		if err != nil {
			return err
		}
		for _, deal := range all {
			deals[deal.TrustID] = append(deals[deal.TrustID], deal)
		}
		sent, err := rows.invoices(ctx, uuid.Nil)
		for _, invoice := range sent {
			invoices[invoice.TrustID] = append(invoices[invoice.TrustID], invoice)
		}
		return err
	}); err != nil {
		return nil, err
	}
	out := make([]Standing, len(trusts))
	for i, trust := range trusts {
		out[i] = standingOf(trust, deals[trust.ID], invoices[trust.ID], m.today())
	}
	return out, nil
}

// Urgency orders trusts by their money: what is late first, then what is due soonest.
func Urgency(a, b Standing) int {
	return cmp.Or(cmp.Compare(b.Stage.weight(), a.Stage.weight()), cmp.Compare(a.NextOn, b.NextOn))
}

// View is how somebody looks at the list; what is empty counts not.
type View struct {
	Q     string `json:"q" validate:"max=100" label:"what to look for"`
	Stage string `json:"stage" validate:"omitempty,oneof=none quoted ordered invoiced paid overdue" label:"how far it has come"`
	Sort  string `json:"sort" validate:"omitempty,oneof=due owed name" label:"an order"`
}

func (v View) query() string {
	q := url.Values{}
	for name, value := range map[string]string{"q": v.Q, "stage": v.Stage, "sort": v.Sort} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q.Encode()
}

// List is the trusts with their money, and the sums of those that are shown.
type List struct {
	Trusts []Standing `json:"trusts"`
	Agreed Pence      `json:"agreed"`
	Owed   Pence      `json:"owed"`
	Late   Pence      `json:"late"`
	Link   Link       `json:"stripe"`
	view   View
}

// List shows the trusts with their money, what is overdue first.
func (m Money) List(ctx context.Context, by By, in View) (List, error) {
	out := List{Trusts: []Standing{}, view: in}
	all, err := m.Standings(ctx)
	if err != nil {
		return out, err
	}
	out.Trusts = append(out.Trusts, in.among(all)...)
	for _, one := range out.Trusts {
		out.Agreed, out.Owed, out.Late = out.Agreed+one.Agreed, out.Owed+one.Owed, out.Late+one.Late
	}
	out.Link, err = m.Link(ctx, by, web.None{})
	return out, err
}

// among are those that a view shows, in its order.
func (v View) among(all []Standing) (found []Standing) {
	looked := strings.ToLower(strings.TrimSpace(v.Q))
	stage := Stage(v.Stage)
	if v.Stage == "none" {
		stage = Nothing
	}
	for _, one := range all {
		if v.Stage != "" && one.Stage != stage || !strings.Contains(strings.ToLower(one.Trust.Name+" "+one.Trust.ODSCode), looked) {
			continue
		}
		if one.Trust.Status == tenants.Archived && one.Owed == 0 && looked == "" {
			continue // over, and nothing is open
		}
		found = append(found, one)
	}
	slices.SortStableFunc(found, func(a, b Standing) int {
		switch v.Sort {
		case "name":
			return strings.Compare(a.Trust.Name, b.Trust.Name)
		case "owed":
			return cmp.Or(cmp.Compare(b.Owed, a.Owed), strings.Compare(a.Trust.Name, b.Trust.Name))
		}
		return cmp.Or(Urgency(a, b), strings.Compare(a.Trust.Name, b.Trust.Name))
	})
	return found
}

var columns = []string{"trust", "ods_code", "status", "stage", "agreed_without_vat", "owed_with_vat", "overdue_with_vat", "next_due"}

// File is a view of the list as CSV. Amounts are pounds.
func (m Money) File(ctx context.Context, _ By, in View) (web.Content, error) {
	all, err := m.Standings(ctx)
	return web.Content{Type: "text/csv; charset=utf-8", Name: "money-" + string(m.today()) + ".csv", Write: func(_ context.Context, w io.Writer) error {
		out := sheet.NewTable(w, columns...)
		for _, one := range in.among(all) {
			out.Line(one.Trust.Name, one.Trust.ODSCode, one.Trust.Status, one.Stage.Name(), one.Agreed.Typed(), one.Owed.Typed(), one.Late.Typed(), string(one.NextOn))
		}
		return out.Sent()
	}}, err
}

// DealSeen is a deal with what came of it.
type DealSeen struct {
	Deal
	Stage    Stage         `json:"stage"`
	Expired  bool          `json:"expired"` // its prices held until a day that has passed, and nothing was ordered
	Invoices []InvoiceSeen `json:"invoices"`
	Calls    []Call        `json:"calls"` // what Stripe is still to be asked for
}

// InvoiceSeen is an invoice with its payments and credit notes.
type InvoiceSeen struct {
	Invoice
	Overdue  int          `json:"overdue"` // days; 0 for one that is not
	Payments []Payment    `json:"payments"`
	Credits  []CreditNote `json:"credit_notes"`
}

// TrustMoney is all that is known of a trust's money.
type TrustMoney struct {
	Standing
	Payer Payer      `json:"payer"`
	Deals []DealSeen `json:"deals"`
	Deeds []Deed     `json:"deeds"`
}

// shownDeeds is how much of the history a page has.
const shownDeeds = 30

// Trust shows a trust's money. NotFound if there is no such trust.
func (m Money) Trust(ctx context.Context, by By, in OneTrust) (out TrustMoney, err error) {
	trust, err := m.Directory.Trust(ctx, in.Trust)
	if err != nil {
		return out, err
	}
	if out.Payer, err = m.Payer(ctx, by, in); err != nil {
		return out, err
	}
	return out, m.read(ctx, func(ctx context.Context, rows store) error {
		deals, err := rows.deals(ctx, trust.ID)
		if err != nil {
			return err
		}
		invoices, err := rows.invoices(ctx, trust.ID)
		if err != nil {
			return err
		}
		out.Standing = standingOf(trust, deals, invoices, m.today())
		if out.Deals, err = rows.seen(ctx, deals, invoices, m.today()); err != nil {
			return err
		}
		out.Deeds, err = rows.deeds(ctx, trust.ID, nil, shownDeeds)
		out.Deeds = append([]Deed{}, out.Deeds...)
		return err
	})
}

// seen are deals with what came of them.
func (s store) seen(ctx context.Context, deals []Deal, invoices []Invoice, today Day) ([]DealSeen, error) {
	ids := make([]uuid.UUID, len(invoices))
	for i, invoice := range invoices {
		ids[i] = invoice.ID
	}
	payments, err := s.payments(ctx, ids)
	if err != nil {
		return nil, err
	}
	credits, err := s.credits(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]DealSeen, len(deals))
	for i, deal := range deals {
		out[i] = DealSeen{Deal: deal, Stage: stageOf(deal, invoices, today), Invoices: []InvoiceSeen{}, Calls: []Call{}}
		out[i].Expired = deal.OrderNumber == "" && deal.WithdrawnAt == nil && deal.ValidUntil < today
		for _, invoice := range invoices {
			if invoice.DealID != deal.ID {
				continue
			}
			one := InvoiceSeen{Invoice: invoice, Payments: []Payment{}, Credits: []CreditNote{}}
			if invoice.late(today) {
				one.Overdue = invoice.DueOn.Until(today)
			}
			for _, payment := range payments {
				if payment.InvoiceID == invoice.ID {
					one.Payments = append(one.Payments, payment)
				}
			}
			for _, credit := range credits {
				if credit.InvoiceID == invoice.ID {
					one.Credits = append(one.Credits, credit)
				}
			}
			out[i].Invoices = append(out[i].Invoices, one)
		}
		calls, err := s.calls(ctx, deal.ID)
		if err != nil {
			return nil, err
		}
		out[i].Calls = append(out[i].Calls, calls...)
	}
	return out, nil
}

// DealPage is a deal with all that can be done about it.
type DealPage struct {
	Trust TrustName `json:"trust"`
	DealSeen
	Payer Payer  `json:"payer"`
	Today Day    `json:"today"`
	App   bool   `json:"app"` // whoever asks proves themselves by a code, not by their password
	Deeds []Deed `json:"deeds"`
}

// Deal shows a deal. NotFound if the trust has no such deal.
func (m Money) Deal(ctx context.Context, by By, in OneDeal) (out DealPage, err error) {
	if out.Payer, err = m.Payer(ctx, by, in.OneTrust); err != nil {
		return out, err
	}
	out.Trust, out.Today, out.App = out.Payer.Trust, m.today(), by.App
	return out, m.read(ctx, func(ctx context.Context, rows store) error {
		deal, err := rows.deal(ctx, in.Trust, in.Deal)
		if err != nil {
			return err
		}
		invoices, err := rows.invoicesOf(ctx, deal.ID)
		if err != nil {
			return err
		}
		seen, err := rows.seen(ctx, []Deal{deal}, invoices, out.Today)
		if err != nil {
			return err
		}
		out.DealSeen = seen[0]
		out.Deeds, err = rows.deeds(ctx, in.Trust, &deal.ID, shownDeeds)
		out.Deeds = append([]Deed{}, out.Deeds...)
		return err
	})
}

// InvoicePage is an invoice with all that can be done about it.
type InvoicePage struct {
	DealPage
	Invoice InvoiceSeen `json:"invoice"`
	Left    Pence       `json:"left"` // how much can still be taken off
}

// Invoice shows an invoice. NotFound if the deal has none such.
func (m Money) Invoice(ctx context.Context, by By, in OneInvoice) (out InvoicePage, err error) {
	if out.DealPage, err = m.Deal(ctx, by, in.OneDeal); err != nil {
		return out, err
	}
	return out, m.read(ctx, func(ctx context.Context, rows store) error {
		invoice, err := rows.invoice(ctx, in.Deal, in.Invoice)
		if err != nil {
			return err
		}
		for _, one := range out.Invoices {
			if one.ID == invoice.ID {
				out.Invoice = one
			}
		}
		out.Left, err = rows.creditable(ctx, invoice)
		return err
	})
}

// Link is how we and Stripe stand.
type Link struct {
	Key      bool       `json:"key"`
	Hook     bool       `json:"hook"`
	Calls    []CallSeen `json:"calls"`    // what Stripe is still to be asked for, the next first
	Stopped  int        `json:"stopped"`  // of them, those that wait for a person
	Failing  bool       `json:"failing"`  // Stripe did not answer the last time
	Waiting  int        `json:"waiting"`  // events about nothing that we know
	Compared *time.Time `json:"compared"` // when what is known was compared with what Stripe has
	Outcome  string     `json:"outcome,omitempty"`
	Problem  string     `json:"problem,omitempty"` // why it could not be compared since
	Forged   *time.Time `json:"forged"`            // when something came last that Stripe did not sign
	Version  string     `json:"version,omitempty"` // in which Stripe sends events, if it is not ours
}

// CallSeen is a call with whose it is.
type CallSeen struct {
	Call
	Trust string `json:"trust"`
}

// shownCalls is how many the page lists.
const shownCalls = 100

// Link shows how we and Stripe stand.
func (m Money) Link(ctx context.Context, _ By, _ web.None) (Link, error) {
	out := Link{Key: m.Stripe != nil, Hook: m.Hook != "", Calls: []CallSeen{}}
	trusts, err := m.Directory.AllTrusts(ctx)
	if err != nil {
		return out, err
	}
	return out, m.read(ctx, func(ctx context.Context, rows store) error {
		calls, err := rows.openCalls(ctx, shownCalls)
		if err != nil {
			return err
		}
		for _, call := range calls {
			seen := CallSeen{Call: call}
			for _, trust := range trusts {
				if trust.ID == call.TrustID {
					seen.Trust = trust.Name
				}
			}
			out.Calls = append(out.Calls, seen)
			if call.StoppedAt != nil {
				out.Stopped++
			} else if call.Problem != "" {
				out.Failing = true
			}
		}
		events, err := rows.openEvents(ctx, atOnce)
		if err != nil {
			return err
		}
		out.Waiting = len(events)
		for name, at := range map[string]**time.Time{factCompared: &out.Compared, factForged: &out.Forged} {
			known, err := rows.fact(ctx, name)
			if err != nil {
				return err
			}
			if known.Number+int64(len(known.Words)) > 0 && known.At.Unix() > 0 {
				*at = &known.At
			}
			if name == factCompared {
				out.Outcome = known.Words
			}
		}
		tried, err := rows.fact(ctx, factComparison)
		if err != nil {
			return err
		}
		out.Problem = tried.Words
		other, err := rows.fact(ctx, factVersion)
		if rows.now.Sub(other.At) < 2*daily {
			out.Version = other.Words
		}
		return err
	})
}
