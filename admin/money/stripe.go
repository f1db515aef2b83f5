package money

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/creditnote"
	"github.com/stripe/stripe-go/v76/customer"
	"github.com/stripe/stripe-go/v76/invoice"
	"github.com/stripe/stripe-go/v76/invoiceitem"
	"github.com/stripe/stripe-go/v76/product"
	"github.com/stripe/stripe-go/v76/subscription"
	"github.com/stripe/stripe-go/v76/taxrate"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/outbound"
)

// StripeOptions are how Stripe is reached.
type StripeOptions struct {
	Key string
	// URL is the address of the API; empty for Stripe's own.
	URL string
	// Timeout is how long one answer may take; zero is ten seconds.
	Timeout time.Duration
}

// Stripe is an account there, in the version of the API that the SDK was made for.
// It never tries anything twice by itself: the queue of calls does.
type Stripe struct {
	backend stripe.Backend
	key     string
}

// OpenStripe checks the options and asks nobody yet.
func OpenStripe(o StripeOptions) (*Stripe, error) {
	if !strings.HasPrefix(o.Key, "sk_") && !strings.HasPrefix(o.Key, "rk_") {
		return nil, errors.New("this is no secret key of Stripe: one begins with sk_ or, with fewer rights, rk_")
	}
	if o.URL == "" {
		o.URL = stripe.APIURL
	}
	if at, err := url.Parse(o.URL); err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return nil, errors.New("the address of Stripe’s API must be like https://api.stripe.com")
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	return &Stripe{key: o.Key, backend: stripe.GetBackendWithConfig(stripe.APIBackend, &stripe.BackendConfig{
		URL: stripe.String(strings.TrimSuffix(o.URL, "/")), HTTPClient: outbound.ByProxy(o.Timeout, nil, nil),
		MaxNetworkRetries: stripe.Int64(0), EnableTelemetry: stripe.Bool(false), LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull},
	})}, nil
}

// The names under which Stripe keeps our ids with its things.
const (
	ourTrust   = "sharon_trust"
	ourDeal    = "sharon_deal"
	ourInvoice = "sharon_invoice"
	ourCredit  = "sharon_credit_note"
)

const sterling = string(stripe.CurrencyGBP)

// asked are the parameters of a command with its idempotency key.
func asked(ctx context.Context, key string) stripe.Params {
	return stripe.Params{Context: ctx, IdempotencyKey: &key}
}

// listed are those of a list.
func listed(ctx context.Context) stripe.ListParams {
	return stripe.ListParams{Context: ctx, Limit: stripe.Int64(100)}
}

// customer makes a trust one of Stripe's customers and returns what Stripe calls
// it. Sought says that it may be there already.
func (s *Stripe) customer(ctx context.Context, key string, trust TrustName, to Billing, sought bool) (string, error) {
	client := customer.Client{B: s.backend, Key: s.key}
	if sought {
		all := client.List(&stripe.CustomerListParams{ListParams: listed(ctx), Email: &to.Email})
		for all.Next() {
			if all.Customer().Metadata[ourTrust] == trust.ID.String() {
				return all.Customer().ID, nil
			}
		}
		if all.Err() != nil {
			return "", all.Err()
		}
	}
	made, err := client.New(&stripe.CustomerParams{
		Params: asked(ctx, key), Name: &trust.Name, Email: &to.Email, Description: stripe.String("For the attention of " + to.Person),
		Address:  &stripe.AddressParams{Line1: &to.Street, City: &to.Town, PostalCode: &to.Postcode, Country: stripe.String("GB")},
		Metadata: map[string]string{ourTrust: trust.ID.String()},
	})
	if err != nil {
		return "", err
	}
	return made.ID, nil
}

// taxRate finds or makes the rate of VAT, in hundredths of a percent.
func (s *Stripe) taxRate(ctx context.Context, key string, rate int) (string, error) {
	client, percent := taxrate.Client{B: s.backend, Key: s.key}, float64(rate)/100
	all := client.List(&stripe.TaxRateListParams{ListParams: listed(ctx), Active: stripe.Bool(true), Inclusive: stripe.Bool(false)})
	for all.Next() {
		if found := all.TaxRate(); found.DisplayName == "VAT" && found.Country == "GB" && found.Percentage == percent {
			return found.ID, nil
		}
	}
	if all.Err() != nil {
		return "", all.Err()
	}
	made, err := client.New(&stripe.TaxRateParams{Params: asked(ctx, key), DisplayName: stripe.String("VAT"), Country: stripe.String("GB"), Percentage: &percent, Inclusive: stripe.Bool(false)})
	if err != nil {
		return "", err
	}
	return made.ID, nil
}

// product makes one under an id of ours, unless it is there.
func (s *Stripe) product(ctx context.Context, key, id, name string) error {
	_, err := product.Client{B: s.backend, Key: s.key}.New(&stripe.ProductParams{Params: asked(ctx, key), ID: &id, Name: &name})
	var refused *stripe.Error
	if errors.As(err, &refused) && refused.Code == stripe.ErrorCodeResourceAlreadyExists {
		return nil
	}
	return err
}

func (s *Stripe) invoices() invoice.Client { return invoice.Client{B: s.backend, Key: s.key} }

func (s *Stripe) subscriptions() subscription.Client {
	return subscription.Client{B: s.backend, Key: s.key}
}

// findInvoice looks for the invoice that was made under an id of ours; empty if
// there is none.
func (s *Stripe) findInvoice(ctx context.Context, customer string, id uuid.UUID) (string, error) {
	all := s.invoices().List(&stripe.InvoiceListParams{ListParams: listed(ctx), Customer: &customer})
	for all.Next() {
		if all.Invoice().Metadata[ourInvoice] == id.String() {
			return all.Invoice().ID, nil
		}
	}
	return "", all.Err()
}

// order is the purchase order as a field of an invoice.
func order(deal Deal) []*stripe.InvoiceCustomFieldParams {
	return []*stripe.InvoiceCustomFieldParams{{Name: stripe.String("Purchase order"), Value: &deal.OrderNumber}}
}

// metadata names what is ours of an invoice.
func metadata(deal Deal, invoice uuid.UUID) map[string]string {
	return map[string]string{ourTrust: deal.TrustID.String(), ourDeal: deal.ID.String(), ourInvoice: invoice.String()}
}

// draft makes an invoice of a deal that is paid once, without its lines.
func (s *Stripe) draft(ctx context.Context, key, customer, rate string, deal Deal, id uuid.UUID) (*stripe.Invoice, error) {
	return s.invoices().New(&stripe.InvoiceParams{
		Params: asked(ctx, key), Customer: &customer, Currency: stripe.String(sterling),
		CollectionMethod: stripe.String(string(stripe.InvoiceCollectionMethodSendInvoice)), DaysUntilDue: stripe.Int64(int64(deal.DueDays)),
		AutoAdvance: stripe.Bool(false), PendingInvoiceItemsBehavior: stripe.String("exclude"),
		DefaultTaxRates: []*string{&rate}, CustomFields: order(deal), Description: stripe.String("Quote " + deal.Number), Metadata: metadata(deal, id),
	})
}

// line adds a line to a draft.
func (s *Stripe) line(ctx context.Context, key, customer, invoice string, line Line) error {
	_, err := invoiceitem.Client{B: s.backend, Key: s.key}.New(&stripe.InvoiceItemParams{
		Params: asked(ctx, key), Customer: &customer, Invoice: &invoice, Currency: stripe.String(sterling),
		Amount: stripe.Int64(int64(line.Pence)), Description: stripe.String(line.Service + ": " + line.Words),
	})
	return err
}

// send makes a draft final and has Stripe send it. What an earlier try did of it
// is not done again. One that is final already is sent only if it is to be sent again.
func (s *Stripe) send(ctx context.Context, key, id string, deal Deal, ours uuid.UUID, again bool) (*stripe.Invoice, error) {
	now, err := s.invoices().Get(id, &stripe.InvoiceParams{Params: stripe.Params{Context: ctx}})
	if err != nil {
		return nil, err
	}
	if now.Status == stripe.InvoiceStatusDraft {
		if _, err := s.invoices().Update(id, &stripe.InvoiceParams{Params: asked(ctx, key+"-order"), CustomFields: order(deal), Metadata: metadata(deal, ours)}); err != nil {
			return nil, err
		}
		if _, err := s.invoices().FinalizeInvoice(id, &stripe.InvoiceFinalizeInvoiceParams{Params: asked(ctx, key+"-final"), AutoAdvance: stripe.Bool(true)}); err != nil {
			return nil, err
		}
	}
	if now.Status != stripe.InvoiceStatusDraft && (now.Status != stripe.InvoiceStatusOpen || !again) {
		return now, nil
	}
	return s.invoices().SendInvoice(id, &stripe.InvoiceSendInvoiceParams{Params: asked(ctx, key+"-send")})
}

// findSubscription looks for that of a deal; nil if there is none.
func (s *Stripe) findSubscription(ctx context.Context, customer string, deal uuid.UUID) (*stripe.Subscription, error) {
	params := &stripe.SubscriptionListParams{ListParams: listed(ctx), Customer: &customer, Status: stripe.String("all")}
	params.AddExpand("data.latest_invoice")
	all := s.subscriptions().List(params)
	for all.Next() {
		if all.Subscription().Metadata[ourDeal] == deal.String() {
			return all.Subscription(), nil
		}
	}
	return nil, all.Err()
}

// The products of which lines are made. Their ids are ours.
const (
	productYearly = "sharon-subscription"
	productOnce   = "sharon-fee"
)

// subscribe begins a subscription: what is yearly comes back, what is paid once is
// on the first invoice.
func (s *Stripe) subscribe(ctx context.Context, key, customer, rate string, deal Deal) (*stripe.Subscription, error) {
	params := &stripe.SubscriptionParams{
		Params: asked(ctx, key), Customer: &customer, Currency: stripe.String(sterling),
		CollectionMethod: stripe.String(string(stripe.SubscriptionCollectionMethodSendInvoice)), DaysUntilDue: stripe.Int64(int64(deal.DueDays)),
		DefaultTaxRates: []*string{&rate}, Description: stripe.String("Quote " + deal.Number),
		Metadata: map[string]string{ourTrust: deal.TrustID.String(), ourDeal: deal.ID.String()},
	}
	for _, line := range deal.Lines {
		pence := int64(line.Pence)
		if line.Yearly {
			params.Items = append(params.Items, &stripe.SubscriptionItemsParams{Quantity: stripe.Int64(1), PriceData: &stripe.SubscriptionItemPriceDataParams{
				Currency: stripe.String(sterling), Product: stripe.String(productYearly), UnitAmount: &pence,
				Recurring: &stripe.SubscriptionItemPriceDataRecurringParams{Interval: stripe.String("year")},
			}})
			continue
		}
		params.AddInvoiceItems = append(params.AddInvoiceItems, &stripe.SubscriptionAddInvoiceItemParams{Quantity: stripe.Int64(1), PriceData: &stripe.InvoiceItemPriceDataParams{
			Currency: stripe.String(sterling), Product: stripe.String(productOnce), UnitAmount: &pence,
		}})
	}
	params.AddExpand("latest_invoice")
	return s.subscriptions().New(params)
}

// credit writes a credit note. Of a paid invoice the amount goes against the
// trust's next one.
func (s *Stripe) credit(ctx context.Context, key string, of Invoice, note CreditNote) (*stripe.CreditNote, error) {
	amount := int64(note.Pence)
	params := &stripe.CreditNoteParams{Params: asked(ctx, key), Invoice: &of.StripeID, Amount: &amount, Memo: &note.Reason,
		Metadata: map[string]string{ourCredit: note.ID.String(), ourInvoice: of.ID.String()}}
	if of.State == Paid {
		params.CreditAmount = &amount
	}
	return creditnote.Client{B: s.backend, Key: s.key}.New(params)
}

// creditNotes are those of an invoice.
func (s *Stripe) creditNotes(ctx context.Context, invoice string) (found []*stripe.CreditNote, err error) {
	all := creditnote.Client{B: s.backend, Key: s.key}.List(&stripe.CreditNoteListParams{ListParams: listed(ctx), Invoice: &invoice})
	for all.Next() {
		found = append(found, all.CreditNote())
	}
	return found, all.Err()
}

// verdict is what an error of Stripe's means for a call.
type verdict struct {
	words string
	stop  bool // trying again would not help
	turn  bool // with the same key the answer would stay the same
}

// judge sorts an error.
func judge(err error) verdict {
	var refused *stripe.Error
	var ours *fault.Error
	switch {
	case errors.As(err, &ours):
		return verdict{words: "This could not be looked up here."}
	case !errors.As(err, &refused):
		return verdict{words: "Stripe does not answer."}
	case refused.Type == stripe.ErrorTypeIdempotency:
		return verdict{words: "Stripe was asked for something like this before, in other words.", turn: true}
	case refused.HTTPStatusCode >= http.StatusInternalServerError:
		return verdict{words: "Stripe has a problem of its own.", turn: true}
	case refused.HTTPStatusCode == http.StatusTooManyRequests, refused.HTTPStatusCode == http.StatusConflict:
		return verdict{words: "Stripe is busy."}
	case refused.HTTPStatusCode == http.StatusUnauthorized, refused.HTTPStatusCode == http.StatusForbidden:
		return verdict{words: "Stripe does not take the key that is set here.", stop: true}
	}
	why := string(refused.Code)
	if refused.Param != "" {
		why = strings.TrimSpace(why + " " + refused.Param)
	}
	if why != "" {
		why = " (" + why + ")"
	}
	return verdict{words: "Stripe refused this" + why + ". Its request is " + refused.RequestID + ".", stop: true}
}
