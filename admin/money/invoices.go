package money

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
)

// IssueInvoice has a deal invoiced. Number, IssuedOn and Amount are of an invoice
// that was written elsewhere, and for a trust that pays outside Stripe only.
type IssueInvoice struct {
	OneDeal
	Number   string `json:"number" validate:"max=40" label:"the invoice’s number"`
	IssuedOn string `json:"issued_on" validate:"max=10" label:"when it was sent"`
	Amount   string `json:"amount" validate:"max=20" label:"the amount with VAT"`
	Proof    string `json:"proof" validate:"required,max=200" label:"what shows that it is you"`
	Version  int    `json:"version" validate:"gte=1" label:"the version"`
}

// Issued names a new invoice.
type Issued struct {
	ID uuid.UUID `json:"id"`
}

// IssueInvoice asks Stripe for the invoice or the subscription of a deal, or notes
// one that was written elsewhere. Conflict if there is no purchase order, or if it
// is invoiced already.
func (m Money) IssueInvoice(ctx context.Context, by By, in IssueInvoice) (Issued, error) {
	way, err := m.wayOf(ctx, by, in.Trust)
	if err != nil {
		return Issued{}, err
	}
	noted := Invoice{ID: uuid.New(), TrustID: in.Trust, DealID: in.Deal, Way: way, State: Asked, MadeBy: by.id()}
	if way == ByHand {
		if err := in.note(&noted, m.today()); err != nil {
			return Issued{}, err
		}
	}
	if err := m.proved(ctx, by, in.Proof, in.OneDeal, in.Version, func(ctx context.Context, rows store, deal Deal) error { return invoiceable(ctx, rows, deal, way) }); err != nil {
		return Issued{}, err
	}
	return Issued{noted.ID}, m.turn(ctx, in.OneDeal, in.Version, func(ctx context.Context, rows store, deal *Deal) error {
		if err := invoiceable(ctx, rows, *deal, way); err != nil {
			return err
		}
		noted.MadeAt = rows.now
		if way == ByHand {
			noted.DueOn = noted.IssuedOn.Plus(deal.DueDays)
			if err := rows.add(ctx, &noted); database.Taken(err) {
				return fault.Bad("number", "There is an invoice with this number already.")
			} else if err != nil {
				return err
			}
			return rows.note(ctx, by.id(), deal.TrustID, &deal.ID, "invoice.noted", noted.Number+", "+noted.Pence.Words())
		}
		noted.Pence = deal.Total()
		if err := rows.add(ctx, &noted); err != nil {
			return err
		}
		if err := rows.ask(ctx, callInvoice, *deal, noted.ID); err != nil {
			return err
		}
		return rows.note(ctx, by.id(), deal.TrustID, &deal.ID, "invoice.asked", noted.Pence.Words())
	})
}

// proved has whoever asks show again that it is them. Their code works once, so
// what would be refused anyway is refused before it is used up; check reads only,
// and whoever calls asks it again when the deal is theirs alone.
func (m Money) proved(ctx context.Context, by By, proof string, at OneDeal, version int, check func(context.Context, store, Deal) error) error {
	if err := m.read(ctx, func(ctx context.Context, rows store) error {
		deal, err := rows.deal(ctx, at.Trust, at.Deal)
		if err == nil && deal.Version != version {
			err = fault.Stale()
		}
		if err != nil {
			return err
		}
		return check(ctx, rows, deal)
	}); err != nil {
		return err
	}
	return by.Prove(ctx, proof)
}

// wayOf is how a trust pays. Conflict while nobody wrote down who does.
func (m Money) wayOf(ctx context.Context, by By, trust uuid.UUID) (Way, error) {
	payer, err := m.Payer(ctx, by, OneTrust{trust})
	if err != nil {
		return "", err
	}
	if !payer.Known {
		return "", fault.New(fault.Conflict, "First write down where invoices for this trust go.")
	}
	if payer.Way == ByStripe && m.Stripe == nil {
		return "", fault.New(fault.Conflict, "This trust pays by Stripe, and there is no key of Stripe here. Change how it pays, or have the key set.")
	}
	return payer.Way, nil
}

// note reads an invoice that was written elsewhere.
func (in IssueInvoice) note(into *Invoice, today Day) (err error) {
	if into.Number = strings.TrimSpace(in.Number); into.Number == "" {
		return fault.Bad("number", "Enter the invoice’s number.")
	}
	if into.IssuedOn, err = readDay("issued_on", in.IssuedOn, today); err != nil {
		return err
	}
	if into.Pence, err = readPence("amount", in.Amount); err != nil {
		return err
	}
	if into.Pence == 0 {
		return fault.Bad("amount", "Enter what the invoice is for.")
	}
	into.State, into.Owed = Open, into.Pence
	return nil
}

// invoiceable refuses an invoice for a deal that can have none.
func invoiceable(ctx context.Context, rows store, deal Deal, way Way) error {
	switch {
	case deal.WithdrawnAt != nil:
		return withdrawn()
	case deal.OrderNumber == "":
		return fault.New(fault.Conflict, "There is no purchase order yet, and a trust pays no invoice without one.")
	case deal.Yearly() && way == ByHand && deal.SubscriptionID == "":
		return nil // each year has its own
	case deal.SubscriptionID != "":
		return fault.New(fault.Conflict, "This is a subscription by Stripe, which sends each year’s invoice by itself.")
	}
	if live, err := live(ctx, rows, deal.ID); err != nil {
		return err
	} else if live {
		return fault.New(fault.Conflict, "This has been invoiced already.")
	}
	return nil
}

// OneInvoice names an invoice of a deal.
type OneInvoice struct {
	OneDeal
	Invoice uuid.UUID `path:"invoice"`
}

// NotePayment is a payment that has come.
type NotePayment struct {
	OneInvoice
	Amount    string `json:"amount" validate:"filled,max=20" label:"the amount"`
	On        string `json:"paid_on" validate:"filled,max=10" label:"when it came"`
	Reference string `json:"reference" validate:"max=100" label:"the bank’s reference"`
	Version   int    `json:"version" validate:"gte=1" label:"the version"`
}

// NotePayment notes a payment. Of an invoice by Stripe, which the trust paid past
// it, Stripe is told that it is paid; so that must be all that is owed.
func (m Money) NotePayment(ctx context.Context, by By, in NotePayment) (web.None, error) {
	on, err := readDay("paid_on", in.On, m.today())
	if err != nil {
		return web.None{}, err
	}
	amount, err := readPence("amount", in.Amount)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, m.turn(ctx, in.OneDeal, in.Version, func(ctx context.Context, rows store, deal *Deal) error {
		invoice, err := owing(ctx, rows, in.OneInvoice)
		if err != nil {
			return err
		}
		switch {
		case amount == 0 || amount > invoice.Owed:
			return fault.Bad("amount", "Enter an amount of "+invoice.Owed.Words()+" or less: that is what is owed.")
		case invoice.Way == ByStripe && amount != invoice.Owed:
			return fault.Bad("amount", "Stripe takes only all that is owed, which is "+invoice.Owed.Words()+". Note the payment when it is complete.")
		}
		if waits, err := rows.waits(ctx, deal.ID, callPaid, invoice.ID); err != nil {
			return err
		} else if waits {
			return fault.New(fault.Conflict, "This payment has been noted already, and Stripe is being told.")
		}
		payment := Payment{ID: uuid.New(), InvoiceID: invoice.ID, Pence: amount, PaidOn: on, Reference: strings.TrimSpace(in.Reference), NotedBy: by.id(), NotedAt: rows.now}
		if err := rows.add(ctx, &payment); err != nil {
			return err
		}
		if err := rows.note(ctx, by.id(), deal.TrustID, &deal.ID, "payment", amount.Words()+", "+on.Words()); err != nil {
			return err
		}
		if invoice.Way == ByStripe {
			return rows.ask(ctx, callPaid, *deal, invoice.ID)
		}
		invoice.Paid += amount
		invoice.PaidOn = on
		return rows.settle(ctx, invoice)
	})
}

// settle writes an invoice that is noted by hand, as its amounts have it.
func (s store) settle(ctx context.Context, invoice Invoice) error {
	invoice.Owed = invoice.Pence - invoice.Paid - invoice.Credited
	switch {
	case invoice.Owed > 0:
	case invoice.Credited < invoice.Pence:
		invoice.State = Paid
	default:
		invoice.State = Void
	}
	return s.put(ctx, &invoice)
}

// owing reads an invoice of which something is owed.
func owing(ctx context.Context, rows store, at OneInvoice) (Invoice, error) {
	invoice, err := rows.invoice(ctx, at.Deal, at.Invoice)
	if err == nil && !invoice.owing() {
		err = fault.New(fault.Conflict, "Nothing is owed on this invoice.")
	}
	return invoice, err
}

// GiveCredit takes something off an invoice.
type GiveCredit struct {
	OneInvoice
	Amount  string `json:"credit_amount" validate:"filled,max=20" label:"the amount with VAT"`
	Number  string `json:"credit_number" validate:"max=40" label:"the credit note’s number"`
	Reason  string `json:"credit_reason" validate:"filled,max=300" label:"why"`
	Proof   string `json:"proof" validate:"required,max=200" label:"what shows that it is you"`
	Version int    `json:"version" validate:"gte=1" label:"the version"`
}

// GiveCredit asks Stripe for a credit note, or notes one that was written
// elsewhere. Of an invoice that is paid the amount goes against the next one.
func (m Money) GiveCredit(ctx context.Context, by By, in GiveCredit) (web.None, error) {
	amount, err := readPence("credit_amount", in.Amount)
	if err != nil {
		return web.None{}, err
	}
	of := func(ctx context.Context, rows store) (Invoice, error) { return in.of(ctx, rows, amount) }
	if err := m.proved(ctx, by, in.Proof, in.OneDeal, in.Version, func(ctx context.Context, rows store, _ Deal) error {
		_, err := of(ctx, rows)
		return err
	}); err != nil {
		return web.None{}, err
	}
	return web.None{}, m.turn(ctx, in.OneDeal, in.Version, func(ctx context.Context, rows store, deal *Deal) error {
		invoice, err := of(ctx, rows)
		if err != nil {
			return err
		}
		note := CreditNote{ID: uuid.New(), InvoiceID: invoice.ID, Number: strings.TrimSpace(in.Number), State: "asked", Pence: amount, Reason: strings.TrimSpace(in.Reason), MadeBy: by.id(), MadeAt: rows.now}
		if invoice.Way == ByHand {
			note.State = "issued"
		}
		if err := rows.add(ctx, &note); err != nil {
			return err
		}
		if err := rows.note(ctx, by.id(), deal.TrustID, &deal.ID, "credit", amount.Words()+": "+note.Reason); err != nil {
			return err
		}
		if invoice.Way == ByStripe {
			return rows.ask(ctx, callCredit, *deal, note.ID)
		}
		invoice.Credited += amount
		if invoice.State == Open {
			return rows.settle(ctx, invoice)
		}
		return rows.put(ctx, &invoice)
	})
}

// of reads the invoice that an amount can be taken off; an error if it cannot.
func (in GiveCredit) of(ctx context.Context, rows store, amount Pence) (Invoice, error) {
	invoice, err := rows.invoice(ctx, in.Deal, in.Invoice)
	if err != nil {
		return invoice, err
	}
	left, err := rows.creditable(ctx, invoice)
	switch {
	case err != nil:
	case !invoice.counts():
		err = fault.New(fault.Conflict, "Nothing can be taken off an invoice that was not sent, or does not count any more.")
	case amount == 0 || amount > left:
		err = fault.Bad("credit_amount", "Enter an amount of "+left.Words()+" or less: that is what can be taken off.")
	case invoice.Way == ByHand && strings.TrimSpace(in.Number) == "":
		err = fault.Bad("credit_number", "Enter the credit note’s number.")
	}
	return invoice, err
}

// creditable is how much can be taken off an invoice: of an open one what is owed,
// of a paid one all. What Stripe is still being asked for counts as done.
func (s store) creditable(ctx context.Context, invoice Invoice) (Pence, error) {
	notes, err := s.credits(ctx, []uuid.UUID{invoice.ID})
	left := invoice.Pence - invoice.Credited
	if invoice.State != Paid {
		left = invoice.Owed
	}
	for _, note := range notes {
		if note.State == "asked" {
			left -= note.Pence
		}
	}
	return max(left, 0), err
}

// EndSubscription is a subscription that shall not go on.
type EndSubscription struct {
	OneDeal
	Reason  string `json:"reason" validate:"filled,max=300" label:"why"`
	Proof   string `json:"proof" validate:"required,max=200" label:"what shows that it is you"`
	Version int    `json:"version" validate:"gte=1" label:"the version"`
}

// EndSubscription has Stripe send no invoice for another year. Nobody's door is
// closed by it.
func (m Money) EndSubscription(ctx context.Context, by By, in EndSubscription) (web.None, error) {
	goesOn := func(_ context.Context, _ store, deal Deal) error {
		if deal.SubscriptionID == "" || deal.SubscriptionState == "canceled" {
			return fault.New(fault.Conflict, "There is no subscription by Stripe that goes on.")
		}
		return nil
	}
	if err := m.proved(ctx, by, in.Proof, in.OneDeal, in.Version, goesOn); err != nil {
		return web.None{}, err
	}
	return web.None{}, m.turn(ctx, in.OneDeal, in.Version, func(ctx context.Context, rows store, deal *Deal) error {
		if err := goesOn(ctx, rows, *deal); err != nil {
			return err
		}
		if err := rows.ask(ctx, callEnd, *deal, deal.ID); err != nil {
			return err
		}
		return rows.note(ctx, by.id(), deal.TrustID, &deal.ID, "subscription.end", in.Reason)
	})
}
