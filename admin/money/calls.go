package money

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
)

// The kinds of calls.
const (
	callInvoice = "invoice" // or a subscription, if something of the deal is yearly
	callRenewed = "renewed" // Stripe made the invoice of another year: it gets the purchase order and is sent
	callPaid    = "paid"
	callCredit  = "credit"
	callEnd     = "end"
)

// callNames are the calls in words, as what is being done.
var callNames = map[string]string{callInvoice: "Sending the invoice", callRenewed: "Sending the next year’s invoice", callPaid: "Telling that the invoice is paid",
	callCredit: "Writing the credit note", callEnd: "Ending the subscription"}

// Name is what is being done, in words.
func (c Call) Name() string { return callNames[c.Kind] }

const (
	// lease is how long a worker has for a call before another one takes it.
	lease = 3 * time.Minute
	// keyLives is how long the same key is used. Stripe forgets keys after a day;
	// what it was asked for before is looked for then.
	keyLives = 20 * time.Hour
)

// ask has Stripe asked for something soon. Conflict if it is being asked already.
func (s store) ask(ctx context.Context, kind string, deal Deal, subject uuid.UUID) error {
	if waits, err := s.waits(ctx, deal.ID, kind, subject); err != nil {
		return err
	} else if waits {
		return fault.New(fault.Conflict, "Stripe is being asked for this already.")
	}
	return s.add(ctx, &Call{ID: uuid.New(), Kind: kind, TrustID: deal.TrustID, DealID: deal.ID, SubjectID: subject, DueAt: s.now, MadeAt: s.now})
}

// waits tells whether there is such a call that is not done.
func (s store) waits(ctx context.Context, deal uuid.UUID, kind string, subject uuid.UUID) (bool, error) {
	open, err := s.calls(ctx, deal)
	for _, call := range open {
		if call.Kind == kind && call.SubjectID == subject {
			return true, err
		}
	}
	return false, err
}

// key is the idempotency key of a step of the call.
func (c Call) key(step string, now time.Time) string {
	return fmt.Sprintf("%s-%d-%d-%s", c.ID, c.Turn, int(now.Sub(c.MadeAt)/keyLives), step)
}

// Calls asks Stripe for all that is due, one after the other. It stops at the
// first that Stripe does not answer: the others would wait in vain too.
func (m Money) Calls(ctx context.Context) error {
	if m.Stripe == nil {
		return nil
	}
	for ctx.Err() == nil {
		var call Call
		var found bool
		if err := m.write(ctx, func(ctx context.Context, rows store) (err error) {
			call, found, err = rows.claim(ctx)
			return err
		}); err != nil || !found {
			return err
		}
		failed := m.perform(ctx, call)
		if err := m.write(context.WithoutCancel(ctx), func(ctx context.Context, rows store) error { return rows.finish(ctx, call, failed) }); err != nil {
			return err
		}
		m.follow(ctx, call.TrustID)
		if failed != nil {
			m.tellLog(ctx, call, failed)
			if !judge(failed).stop {
				return nil
			}
		}
	}
	return ctx.Err()
}

// tellLog says what failed, without what Stripe says in words.
func (m Money) tellLog(ctx context.Context, call Call, failed error) {
	words := judge(failed).words
	var refused *stripe.Error
	if !errors.As(failed, &refused) {
		words = failed.Error()
	}
	m.Log.WarnContext(ctx, "stripe was asked in vain", slog.String("call", call.ID.String()), slog.String("kind", call.Kind), slog.Int("tries", call.Tries), slog.String("why", words))
}

// finish writes down what became of a call: it is done, comes again later, or
// waits for a person.
func (s store) finish(ctx context.Context, call Call, failed error) error {
	switch now := judge(failed); {
	case failed == nil:
		call.DoneAt, call.Problem = &s.now, ""
	case errors.Is(failed, errAgain):
		call.DueAt, call.Problem = s.now, ""
		call.Turn++
	default:
		if call.Problem = now.words; now.turn {
			call.Turn++
		}
		if now.stop {
			call.StoppedAt = &s.now
		}
		call.DueAt = s.now.Add(min(30*time.Second<<min(call.Tries-1, 10), time.Hour))
	}
	return s.put(ctx, &call)
}

// errAgain says that the call begins anew at once, under other keys.
var errAgain = errors.New("what an earlier try left was taken away")

// patience is how long all steps of a call may take together.
const patience = 2 * time.Minute

// perform carries out a call. To do it again changes nothing that it did.
func (m Money) perform(ctx context.Context, call Call) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var deal Deal
	if err := m.read(ctx, func(ctx context.Context, rows store) (err error) {
		deal, err = rows.deal(ctx, call.TrustID, call.DealID)
		return err
	}); err != nil {
		return err
	}
	w := work{m, m.Stripe, call, deal, m.Clock.Now()}
	switch call.Kind {
	case callCredit:
		return w.credit(ctx)
	case callEnd:
		ended, err := m.Stripe.subscriptions().Update(deal.SubscriptionID, &stripe.SubscriptionParams{Params: asked(ctx, w.key("end")), CancelAtPeriodEnd: stripe.Bool(true)})
		if err != nil {
			return err
		}
		return m.listen(ctx, ofSubscription(ended, headerTime(ended.LastResponse)))
	}
	invoice, err := w.invoice(ctx)
	if err != nil {
		return err
	}
	switch {
	case call.Kind == callInvoice && deal.Yearly():
		return w.subscribe(ctx, invoice)
	case call.Kind == callInvoice:
		return w.once(ctx, invoice)
	case call.Kind == callRenewed:
		return w.send(ctx, invoice)
	}
	return w.settle(ctx, invoice)
}

// work is a call that is being carried out.
type work struct {
	Money
	stripe *Stripe
	call   Call
	deal   Deal
	now    time.Time
}

func (w work) key(step string) string { return w.call.key(step, w.now) }

// again tells whether an earlier try may have left something at Stripe.
func (w work) again() bool { return w.call.Tries > 1 }

func (w work) invoice(ctx context.Context) (invoice Invoice, err error) {
	return invoice, w.read(ctx, func(ctx context.Context, rows store) (err error) {
		invoice, err = rows.invoice(ctx, w.deal.ID, w.call.SubjectID)
		return err
	})
}

// customer is what Stripe calls the trust. It is made one of its customers first.
func (w work) customer(ctx context.Context) (string, error) {
	trust, err := w.Directory.Trust(ctx, w.deal.TrustID)
	if err != nil {
		return "", err
	}
	var row payer
	if err := w.read(ctx, func(ctx context.Context, rows store) (err error) {
		row, err = rows.payer(ctx, trust.ID)
		return err
	}); err != nil || row.StripeID != "" {
		return row.StripeID, err
	}
	to, err := w.openBilling(row)
	if err != nil {
		return "", err
	}
	id, err := w.stripe.customer(ctx, w.key("customer"), nameOf(trust), to, w.again())
	if err != nil {
		return "", err
	}
	return id, w.write(ctx, func(ctx context.Context, rows store) error { return rows.nameCustomer(ctx, trust.ID, id) })
}

// known is a fact about Stripe's things that is found out once.
func (w work) known(ctx context.Context, name string, find func() (string, error)) (string, error) {
	var kept fact
	if err := w.read(ctx, func(ctx context.Context, rows store) (err error) {
		kept, err = rows.fact(ctx, name)
		return err
	}); err != nil || kept.Words != "" {
		return kept.Words, err
	}
	words, err := find()
	if err != nil {
		return "", err
	}
	return words, w.write(ctx, func(ctx context.Context, rows store) error { return rows.keepFact(ctx, name, words, 0) })
}

// rate is what Stripe calls the deal's rate of VAT.
func (w work) rate(ctx context.Context) (string, error) {
	return w.known(ctx, fmt.Sprintf("stripe:vat:%d", w.deal.VAT), func() (string, error) { return w.stripe.taxRate(ctx, w.key("vat"), w.deal.VAT) })
}

// once makes and sends an invoice of what is paid once.
func (w work) once(ctx context.Context, invoice Invoice) error {
	customer, err := w.customer(ctx)
	if err != nil {
		return err
	}
	rate, err := w.rate(ctx)
	if err != nil {
		return err
	}
	if w.again() {
		if done, err := w.resume(ctx, customer, &invoice); err != nil || done {
			return err
		}
	}
	made, err := w.stripe.draft(ctx, w.key("draft"), customer, rate, w.deal, invoice.ID)
	if err != nil {
		return err
	}
	if err := w.bind(ctx, &invoice, made.ID); err != nil {
		return err
	}
	for i, line := range w.deal.Lines {
		if err := w.stripe.line(ctx, w.key(fmt.Sprintf("line-%d", i)), customer, invoice.StripeID, line); err != nil {
			return err
		}
	}
	return w.send(ctx, invoice)
}

// resume goes on with what an earlier try left: an invoice with all its lines is
// sent; a draft that lacks some is taken away, and all begins anew.
func (w work) resume(ctx context.Context, customer string, invoice *Invoice) (done bool, err error) {
	if invoice.StripeID == "" {
		id, err := w.stripe.findInvoice(ctx, customer, invoice.ID)
		if err != nil || id == "" {
			return false, err
		}
		if err := w.bind(ctx, invoice, id); err != nil {
			return false, err
		}
	}
	left, err := w.stripe.invoices().Get(invoice.StripeID, &stripe.InvoiceParams{Params: stripe.Params{Context: ctx}})
	if err != nil {
		return false, err
	}
	if left.Status != stripe.InvoiceStatusDraft || left.Subtotal == int64(w.deal.Net()) {
		return true, w.send(ctx, *invoice)
	}
	if _, err := w.stripe.invoices().Del(left.ID, &stripe.InvoiceParams{Params: stripe.Params{Context: ctx}}); err != nil {
		return false, err
	}
	if err := w.bind(ctx, invoice, ""); err != nil {
		return false, err
	}
	return true, errAgain
}

// bind keeps what Stripe calls an invoice.
func (w work) bind(ctx context.Context, invoice *Invoice, id string) error {
	invoice.StripeID = id
	return w.write(ctx, func(ctx context.Context, rows store) error {
		if _, err := rows.alone(ctx, w.deal.ID); err != nil {
			return err
		}
		now, err := rows.invoice(ctx, w.deal.ID, invoice.ID)
		if err != nil {
			return err
		}
		if now.StripeID = id; now.State == Asked && id != "" {
			now.State = Draft
		} else if id == "" {
			now.State = Asked
		}
		return rows.put(ctx, &now)
	})
}

// listen takes in what Stripe answered.
func (m Money) listen(ctx context.Context, t told) error {
	_, err := m.hear(ctx, t, "")
	return err
}

// send has Stripe send an invoice that is complete.
func (w work) send(ctx context.Context, invoice Invoice) error {
	sent, err := w.stripe.send(ctx, w.key("invoice"), invoice.StripeID, w.deal, invoice.ID, w.call.Kind == callInvoice)
	if err != nil {
		return err
	}
	return w.listen(ctx, ofInvoice(sent, headerTime(sent.LastResponse)))
}

// subscribe begins a subscription and sends its first invoice.
func (w work) subscribe(ctx context.Context, invoice Invoice) error {
	customer, err := w.customer(ctx)
	if err != nil {
		return err
	}
	rate, err := w.rate(ctx)
	if err != nil {
		return err
	}
	for id, name := range map[string]string{productYearly: "SHaRON, a year", productOnce: "SHaRON, paid once"} {
		if _, err := w.known(ctx, "stripe:product:"+id, func() (string, error) { return id, w.stripe.product(ctx, w.key(id), id, name) }); err != nil {
			return err
		}
	}
	var begun *stripe.Subscription
	switch {
	case w.deal.SubscriptionID != "":
		params := &stripe.SubscriptionParams{Params: stripe.Params{Context: ctx}}
		params.AddExpand("latest_invoice")
		begun, err = w.stripe.subscriptions().Get(w.deal.SubscriptionID, params)
	case w.again():
		begun, err = w.stripe.findSubscription(ctx, customer, w.deal.ID)
	}
	if err == nil && begun == nil {
		begun, err = w.stripe.subscribe(ctx, w.key("subscription"), customer, rate, w.deal)
	}
	if err != nil {
		return err
	}
	if err := w.begin(ctx, begun); err != nil {
		return err
	}
	if invoice.StripeID == "" {
		if begun.LatestInvoice == nil {
			return errors.New("the subscription has no invoice yet")
		}
		if err := w.bind(ctx, &invoice, begun.LatestInvoice.ID); err != nil {
			return err
		}
	}
	return w.send(ctx, invoice)
}

// begin keeps which subscription it is.
func (w work) begin(ctx context.Context, begun *stripe.Subscription) error {
	return w.write(ctx, func(ctx context.Context, rows store) error {
		deal, err := rows.alone(ctx, w.deal.ID)
		if err != nil || deal.SubscriptionID != "" {
			return err
		}
		now := ofSubscription(begun, headerTime(begun.LastResponse))
		deal.SubscriptionID, deal.SubscriptionState, deal.SubscriptionTold = now.ID, now.State, now.At
		return rows.put(ctx, &deal)
	})
}

// settle tells Stripe that an invoice was paid past it.
func (w work) settle(ctx context.Context, of Invoice) error {
	now, err := w.stripe.invoices().Get(of.StripeID, &stripe.InvoiceParams{Params: stripe.Params{Context: ctx}})
	if err == nil && now.Status != stripe.InvoiceStatusPaid && now.Status != stripe.InvoiceStatusVoid {
		now, err = w.stripe.invoices().Pay(of.StripeID, &stripe.InvoicePayParams{Params: asked(ctx, w.key("paid")), PaidOutOfBand: stripe.Bool(true)})
	}
	if err != nil {
		return err
	}
	return w.listen(ctx, ofInvoice(now, headerTime(now.LastResponse)))
}

// credit writes a credit note, unless an earlier try did.
func (w work) credit(ctx context.Context) error {
	var note CreditNote
	var of Invoice
	if err := w.read(ctx, func(ctx context.Context, rows store) (err error) {
		if note, _, err = rows.creditBy(ctx, w.call.SubjectID, ""); err == nil {
			of, err = rows.invoice(ctx, w.deal.ID, note.InvoiceID)
		}
		return err
	}); err != nil {
		return err
	}
	var made *stripe.CreditNote
	if w.again() {
		there, err := w.stripe.creditNotes(ctx, of.StripeID)
		if err != nil {
			return err
		}
		for _, one := range there {
			if one.Metadata[ourCredit] == note.ID.String() {
				made = one
			}
		}
	}
	if made == nil {
		var err error
		if made, err = w.stripe.credit(ctx, w.key("credit"), of, note); err != nil {
			return err
		}
	}
	// Named by us: the answer need not say whose it is.
	answer := ofCredit(made, headerTime(made.LastResponse))
	answer.Ours = note.ID.String()
	if err := w.listen(ctx, answer); err != nil {
		return err
	}
	after, err := w.stripe.invoices().Get(of.StripeID, &stripe.InvoiceParams{Params: stripe.Params{Context: ctx}})
	if err != nil {
		return err
	}
	return w.listen(ctx, ofInvoice(after, headerTime(after.LastResponse)))
}

// OneCall names a call of a trust.
type OneCall struct {
	OneTrust
	Call uuid.UUID `path:"call"`
}

// CallAgain has Stripe asked again at once for what it refused or did not answer.
// NotFound if that has been done.
func (m Money) CallAgain(ctx context.Context, by By, in OneCall) (web.None, error) {
	return web.None{}, m.write(ctx, func(ctx context.Context, rows store) error {
		call, err := rows.callOf(ctx, in.Trust, in.Call)
		if err != nil {
			return err
		}
		call.DueAt, call.StoppedAt = rows.now, nil
		if err := rows.put(ctx, &call); err != nil {
			return err
		}
		return rows.note(ctx, by.id(), call.TrustID, &call.DealID, "call.again", call.Name())
	})
}
