package money

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"
)

// told is what Stripe says of one of its things, at a time: what we need of it and
// no more. It is kept with the event that it came in.
type told struct {
	Thing        string `json:"thing"` // "invoice", "subscription" or "credit_note"; empty for what we do not need
	ID           string `json:"id"`
	At           int64  `json:"at"`              // seconds, by Stripe's clock
	Ours         string `json:"ours,omitempty"`  // our id of it, which we gave Stripe
	Deal         string `json:"deal,omitempty"`  // likewise
	State        string `json:"state,omitempty"` // in Stripe's words
	Number       string `json:"number,omitempty"`
	Currency     string `json:"currency,omitempty"`
	Total        Pence  `json:"total,omitempty"`
	Paid         Pence  `json:"paid,omitempty"`
	Credited     Pence  `json:"credited,omitempty"`
	Owed         Pence  `json:"owed,omitempty"`
	IssuedOn     Day    `json:"issued_on,omitempty"`
	DueOn        Day    `json:"due_on,omitempty"`
	PaidOn       Day    `json:"paid_on,omitempty"`
	Made         int64  `json:"made,omitempty"` // seconds
	Link         string `json:"link,omitempty"`
	Subscription string `json:"subscription,omitempty"`
	First        bool   `json:"first,omitempty"`   // the first invoice of a subscription
	Invoice      string `json:"invoice,omitempty"` // of a credit note
	Reason       string `json:"reason,omitempty"`
}

// foreign tells whether it can be about nothing of ours, whatever is told later.
func (t told) foreign() bool {
	return t.Thing == "" || t.Thing == "invoice" && t.Ours == "" && t.Deal == "" && t.Subscription == ""
}

func ofInvoice(in *stripe.Invoice, at int64) told {
	out := told{Thing: "invoice", ID: in.ID, At: at, Ours: in.Metadata[ourInvoice], Deal: in.Metadata[ourDeal], State: string(in.Status), Number: in.Number, Currency: string(in.Currency),
		Total: Pence(in.Total), Paid: Pence(in.AmountPaid), Credited: Pence(in.PrePaymentCreditNotesAmount + in.PostPaymentCreditNotesAmount), Made: in.Created, Link: in.HostedInvoiceURL,
		DueOn: daySeconds(in.DueDate), First: in.BillingReason == stripe.InvoiceBillingReasonSubscriptionCreate}
	if in.StatusTransitions != nil {
		out.IssuedOn, out.PaidOn = daySeconds(in.StatusTransitions.FinalizedAt), daySeconds(in.StatusTransitions.PaidAt)
	}
	if in.Status == stripe.InvoiceStatusOpen || in.Status == stripe.InvoiceStatusUncollectible {
		out.Owed = Pence(in.AmountRemaining)
	}
	if in.Subscription != nil {
		out.Subscription = in.Subscription.ID
	}
	if out.Deal == "" && in.SubscriptionDetails != nil {
		out.Deal = in.SubscriptionDetails.Metadata[ourDeal]
	}
	return out
}

func ofSubscription(in *stripe.Subscription, at int64) told {
	out := told{Thing: "subscription", ID: in.ID, At: at, Deal: in.Metadata[ourDeal], State: string(in.Status)}
	if in.CancelAtPeriodEnd && in.Status != stripe.SubscriptionStatusCanceled {
		out.State = "ending"
	}
	return out
}

func ofCredit(in *stripe.CreditNote, at int64) told {
	out := told{Thing: "credit_note", ID: in.ID, At: at, Ours: in.Metadata[ourCredit], State: string(in.Status), Number: in.Number, Total: Pence(in.Amount), Made: in.Created, Reason: in.Memo}
	if in.Invoice != nil {
		out.Invoice = in.Invoice.ID
	}
	return out
}

// headerTime is when Stripe answered, by its clock; 0 if it does not say.
func headerTime(answer *stripe.APIResponse) int64 {
	if answer == nil {
		return 0
	}
	at, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return 0
	}
	return at.Unix()
}

// ours reads one of our ids out of what Stripe says; the zero UUID if it is none.
func ours(text string) uuid.UUID {
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil
	}
	return id
}

// given is the id of a row for something that Stripe made by itself: the same,
// whoever hears of it first.
func given(stripe string) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://stripe.com/"+stripe))
}

// What is known of a thing is the greatest that was told of it, in an order of all
// that can be told. So nothing depends on when, how often and in which order it
// comes: the greatest of the same things is the same.

// compare orders what can be known of one invoice: by how far it has come, which
// never goes back, then by when it was told, then by all the rest.
func (i Invoice) compare(other Invoice) int {
	return cmp.Or(cmp.Compare(rank[i.State], rank[other.State]), cmp.Compare(i.Told, other.Told), cmp.Compare(i.State, other.State), cmp.Compare(i.Paid, other.Paid),
		cmp.Compare(i.Credited, other.Credited), cmp.Compare(other.Owed, i.Owed), cmp.Compare(i.Pence, other.Pence), cmp.Compare(i.Number, other.Number),
		cmp.Compare(i.IssuedOn, other.IssuedOn), cmp.Compare(i.DueOn, other.DueOn), cmp.Compare(i.PaidOn, other.PaidOn), cmp.Compare(i.Link, other.Link))
}

// with is the invoice as it was told.
func (i Invoice) with(t told) Invoice {
	i.StripeID, i.Told, i.State, i.Number, i.Link = t.ID, t.At, State(t.State), t.Number, t.Link
	i.Pence, i.Paid, i.Credited, i.Owed = t.Total, t.Paid, t.Credited, t.Owed
	i.IssuedOn, i.DueOn, i.PaidOn = t.IssuedOn, t.DueOn, t.PaidOn
	return i
}

// words are the invoice for the log.
func (i Invoice) words() string {
	words := cmp.Or(i.Number, "Invoice") + ": " + stateNames[i.State]
	if i.Owed > 0 {
		words += ", " + i.Owed.Words() + " owed"
	}
	return words
}

// stateNames are the states of an invoice in words.
var stateNames = map[State]string{Asked: "being sent", Draft: "not sent yet", Open: "sent", Paid: "paid", Void: "counts no more", Uncollectible: "written off"}

// heard is what came of something that was told.
type heard struct {
	trust   uuid.UUID // whose it is about; the zero UUID if it is about nothing that we know
	changed bool      // it says more than was known
}

// hear takes in what Stripe told. mended says what brought it, if no event did.
func (m Money) hear(ctx context.Context, t told, mended string) (out heard, err error) {
	return out, m.write(ctx, func(ctx context.Context, rows store) (err error) {
		out, err = rows.hear(ctx, t, mended)
		return err
	})
}

func (s store) hear(ctx context.Context, t told, mended string) (heard, error) {
	switch t.Thing {
	case "invoice":
		return s.hearInvoice(ctx, t, mended)
	case "subscription":
		return s.hearSubscription(ctx, t, mended)
	case "credit_note":
		return s.hearCredit(ctx, t, mended)
	}
	return heard{}, nil
}

func (s store) hearInvoice(ctx context.Context, t told, mended string) (heard, error) {
	if _, known := rank[State(t.State)]; !known || t.Currency != sterling {
		return heard{}, nil
	}
	deal, row, err := s.place(ctx, t)
	if err != nil || deal.ID == uuid.Nil {
		return heard{}, err
	}
	next := row.with(t)
	if next.compare(row) <= 0 {
		return heard{trust: deal.TrustID}, nil
	}
	if row.TrustID == uuid.Nil { // Stripe made it
		next.TrustID = deal.TrustID
		if err := s.add(ctx, &next); err != nil {
			return heard{}, err
		}
		if next.State == Draft {
			if err := s.ask(ctx, callRenewed, deal, next.ID); err != nil {
				return heard{}, err
			}
		}
	} else if err := s.put(ctx, &next); err != nil {
		return heard{}, err
	}
	if next.State == row.State && next.Owed == row.Owed && next.Paid == row.Paid {
		return heard{trust: deal.TrustID}, nil
	}
	return heard{deal.TrustID, true}, s.note(ctx, nil, deal.TrustID, &deal.ID, "told"+mended, next.words())
}

// place finds the invoice that was told of, or makes what its row begins as; the
// zero Deal if it is none of ours. The deal is locked.
func (s store) place(ctx context.Context, t told) (deal Deal, row Invoice, err error) {
	row, found, err := s.invoiceBy(ctx, t.ID)
	if err != nil {
		return Deal{}, row, err
	}
	id := ours(t.Deal)
	if found {
		id = row.DealID
	}
	deal, known, err := s.dealBy(ctx, id, t.Subscription)
	if err != nil || !known {
		return Deal{}, row, err
	}
	invoices, err := s.invoicesOf(ctx, deal.ID) // anew: another may have had the deal
	if err != nil {
		return Deal{}, row, err
	}
	for _, one := range invoices {
		if one.StripeID == t.ID {
			return deal, one, nil
		}
	}
	for _, one := range invoices {
		if one.StripeID == "" && one.Way == ByStripe && (one.ID == ours(t.Ours) || t.Ours == "" && t.First) {
			return deal, one, nil
		}
	}
	if t.Subscription == "" {
		return Deal{}, row, nil // it says that it is ours, and we know nothing of it
	}
	return deal, Invoice{ID: given(t.ID), DealID: deal.ID, Way: ByStripe, State: Asked, MadeAt: time.Unix(t.Made, 0).UTC()}, nil
}

func (s store) hearSubscription(ctx context.Context, t told, mended string) (heard, error) {
	deal, known, err := s.dealBy(ctx, ours(t.Deal), t.ID)
	if err != nil || !known || deal.SubscriptionID != "" && deal.SubscriptionID != t.ID {
		return heard{}, err
	}
	over := func(state string) int {
		if state == string(stripe.SubscriptionStatusCanceled) {
			return 1
		}
		return 0
	}
	if cmp.Or(cmp.Compare(over(t.State), over(deal.SubscriptionState)), cmp.Compare(t.At, deal.SubscriptionTold), cmp.Compare(t.State, deal.SubscriptionState)) <= 0 {
		return heard{trust: deal.TrustID}, nil
	}
	changed := deal.SubscriptionState != t.State
	deal.SubscriptionID, deal.SubscriptionState, deal.SubscriptionTold = t.ID, t.State, t.At
	if err := s.put(ctx, &deal); err != nil || !changed {
		return heard{trust: deal.TrustID}, err
	}
	return heard{deal.TrustID, true}, s.note(ctx, nil, deal.TrustID, &deal.ID, "told"+mended, "Subscription: "+subscriptionWords(t.State))
}

func (s store) hearCredit(ctx context.Context, t told, mended string) (heard, error) {
	if t.State != "issued" && t.State != "void" {
		return heard{}, nil
	}
	of, found, err := s.invoiceBy(ctx, t.Invoice)
	if err != nil || !found && ours(t.Ours) == uuid.Nil {
		return heard{}, err
	}
	row, known, err := s.creditBy(ctx, uuid.Nil, t.ID)
	if err == nil && !known && ours(t.Ours) != uuid.Nil {
		row, known, err = s.creditBy(ctx, ours(t.Ours), "")
	}
	if err != nil || !known && !found {
		return heard{}, err
	}
	if known && !found {
		if err := s.db.NewSelect().Model(&of).Where("invoice.id = ?", row.InvoiceID).Scan(ctx); err != nil {
			return heard{}, err
		}
	}
	if _, err := s.alone(ctx, of.DealID); err != nil {
		return heard{}, err
	}
	if !known {
		row = CreditNote{ID: given(t.ID), InvoiceID: of.ID, State: "asked", MadeAt: time.Unix(t.Made, 0).UTC(), Reason: t.Reason}
	}
	next := row
	next.StripeID, next.State, next.Number, next.Pence, next.Told = t.ID, t.State, t.Number, t.Total, t.At
	ranks := map[string]int{"asked": 0, "issued": 1, "void": 2}
	if cmp.Or(cmp.Compare(ranks[next.State], ranks[row.State]), cmp.Compare(next.Told, row.Told), cmp.Compare(next.Pence, row.Pence), cmp.Compare(next.Number, row.Number)) <= 0 {
		return heard{trust: of.TrustID}, nil
	}
	if known {
		err = s.put(ctx, &next)
	} else {
		err = s.add(ctx, &next)
	}
	if err != nil || next.State == row.State {
		return heard{trust: of.TrustID}, err
	}
	return heard{of.TrustID, true}, s.note(ctx, nil, of.TrustID, &of.DealID, "told"+mended, cmp.Or(next.Number, "Credit note")+": "+next.Pence.Words()+" "+map[string]string{"issued": "taken off", "void": "not taken off any more"}[next.State])
}

// subscriptionWords are the states of a subscription in words.
func subscriptionWords(state string) string {
	return cmp.Or(map[string]string{"active": "goes on", "past_due": "goes on, an invoice is late", "unpaid": "goes on, an invoice is late", "ending": "ends with its year", "canceled": "has ended",
		"trialing": "goes on", "incomplete": "begins", "incomplete_expired": "did not begin", "paused": "pauses"}[state], state)
}
