package money

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/web"
)

// by turns a use case of ours into one of a console, of which who tells which
// colleague asks.
func by[S, In, Out any](who func(S) By, use func(context.Context, By, In) (Out, error)) func(context.Context, S, In) (Out, error) {
	return func(ctx context.Context, s S, in In) (Out, error) { return use(ctx, who(s), in) }
}

// Routes binds money to a console's table.
func Routes[S any](r *web.Router[S], m Money, who func(S) By) {
	web.Receive(r, "/webhooks/stripe", "Stripe-Signature", "What Stripe tells us, signed", func(ctx context.Context, _ S, in web.Delivery) (Taken, error) { return m.Receive(ctx, in) })

	web.Get(r, "/money", "money.read", "The trusts with their money", by(who, m.List), listPage, web.Asks)
	web.Download(r, "/money/file", "money.read", "The trusts with their money as CSV", by(who, m.File))
	web.Get(r, "/money/prices", "money.read", "What SHaRON costs", by(who, m.Prices), pricesPage)
	web.Post(r, "/money/prices", "money.manage", "Change what SHaRON costs", by(who, m.ChangePrices), web.SeeOther("/money/prices"), web.FormAt("/money/prices"))
	web.Get(r, "/money/stripe", "money.read", "How we and Stripe stand", by(who, m.Link), linkPage)
	web.Post(r, "/money/stripe/compare", "money.manage", "Compare what is known with what Stripe has", by(who, m.Compare), web.SeeOther("/money/stripe"))

	const trust, deal, invoice = "/money/{trust}", "/money/{trust}/quotes/{deal}", "/money/{trust}/quotes/{deal}/invoices/{invoice}"
	web.Get(r, trust, "money.read", "A trust’s quotes, invoices and payments", by(who, m.Trust), trustPage)
	web.Get(r, trust+"/payer", "money.manage", "Where a trust’s invoices go", by(who, m.Payer), payerPage)
	web.Post(r, trust+"/payer", "money.manage", "Change where a trust’s invoices go, and how it pays", by(who, m.KeepPayer), web.SeeOther(trust), web.FormAt(trust+"/payer"))
	web.Post(r, trust+"/calls/{call}/again", "money.manage", "Ask Stripe again", by(who, m.CallAgain), web.SeeOther("/money/stripe"))
	web.Get(r, trust+"/quotes/new", "money.manage", "What a quote can be made of", by(who, m.QuoteForm), quoteFormPage)
	web.Post(r, trust+"/quotes", "money.manage", "Make a quote", by(who, m.MakeQuote), web.SeeOther(trust+"/quotes/{id}"), web.FormAt(trust+"/quotes/new"))
	web.Get(r, deal, "money.read", "A quote, and what came of it", by(who, m.Deal), dealPage)
	web.Get(r, deal+"/print", "money.read", "A quote as the trust gets it", by(who, m.Deal), quotePage)
	web.Post(r, deal+"/sent", "money.manage", "Note that a quote was sent", by(who, m.QuoteSent), web.SeeOther(deal), web.FormAt(deal))
	web.Post(r, deal+"/order", "money.manage", "Note the purchase order", by(who, m.TakeOrder), web.SeeOther(deal), web.FormAt(deal))
	web.Post(r, deal+"/withdraw", "money.manage", "Withdraw a quote", by(who, m.WithdrawQuote), web.SeeOther(deal), web.FormAt(deal))
	web.Get(r, deal+"/invoice", "money.manage", "What an invoice needs", by(who, m.Deal), issuePage)
	web.Post(r, deal+"/invoices", "money.manage", "Send the invoice by Stripe, or note one", by(who, m.IssueInvoice), web.SeeOther(deal), web.FormAt(deal+"/invoice"))
	web.Post(r, deal+"/end", "money.manage", "End a subscription with its year", by(who, m.EndSubscription), web.SeeOther(deal), web.FormAt(deal))
	web.Get(r, invoice, "money.read", "An invoice with its payments and credit notes", by(who, m.Invoice), invoicePage)
	web.Post(r, invoice+"/payments", "money.manage", "Note a payment", by(who, m.NotePayment), web.SeeOther(invoice), web.FormAt(invoice))
	web.Post(r, invoice+"/credit", "money.manage", "Write a credit note by Stripe, or note one", by(who, m.GiveCredit), web.SeeOther(invoice), web.FormAt(invoice))
}
