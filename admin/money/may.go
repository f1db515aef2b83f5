package money

import (
	"context"
	"slices"

	"github.com/sharon-nhs/sharon/internal/ui"
)

// What a page offers is what its commands would not refuse; they ask again.

// open tells whether something can be done about the deal by whoever looks.
func (d DealPage) open(ctx context.Context) bool {
	return ui.May(ctx, "money.manage") && d.WithdrawnAt == nil
}

// invoiced tells whether it has an invoice that counts.
func (d DealPage) invoiced() bool {
	return slices.ContainsFunc(d.Invoices, func(i InvoiceSeen) bool { return i.State != Void })
}

func (d DealPage) mayOrder(ctx context.Context) bool {
	return d.open(ctx) && (d.Yearly() || !d.invoiced())
}

func (d DealPage) mayInvoice(ctx context.Context) bool {
	return d.open(ctx) && d.OrderNumber != "" && d.SubscriptionID == "" && (!d.invoiced() || d.Yearly() && d.Payer.Way == ByHand)
}

func (d DealPage) mayWithdraw(ctx context.Context) bool {
	return d.open(ctx) && !d.invoiced() && d.SubscriptionID == ""
}

func (d DealPage) mayEnd(ctx context.Context) bool {
	return d.open(ctx) && d.SubscriptionID != "" && d.SubscriptionState != "canceled" && d.SubscriptionState != "ending"
}

// owing tells whether something is owed on the invoice.
func (i Invoice) owing() bool { return i.Owed > 0 && (i.State == Open || i.State == Uncollectible) }

// counts tells whether something can be taken off the invoice.
func (i Invoice) counts() bool { return i.State == Open || i.State == Uncollectible || i.State == Paid }
