package money

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Service is one of a trust, by its name.
type Service struct {
	ID   uuid.UUID `bun:"id,type:uuid" json:"id"`
	Name string    `bun:"name" json:"name"`
}

// QuoteForm is what a quote can be made of.
type QuoteForm struct {
	Trust    TrustName `json:"trust"`
	Services []Service `json:"services"`
	Book     PriceBook `json:"prices"`
}

// QuoteForm shows what a quote for a trust can be made of.
func (m Money) QuoteForm(ctx context.Context, _ By, in OneTrust) (out QuoteForm, err error) {
	trust, err := m.Directory.Trust(ctx, in.Trust)
	if err != nil {
		return out, err
	}
	out = QuoteForm{Trust: nameOf(trust), Services: []Service{}}
	return out, m.read(ctx, func(ctx context.Context, rows store) (err error) {
		services, err := rows.names(ctx, trust.ID)
		if err != nil {
			return err
		}
		out.Services = append(out.Services, services...)
		out.Book, err = rows.book(ctx)
		return err
	})
}

// mostLines is how many a quote has: a subscription of Stripe's takes no more.
const mostLines = 20

// MakeQuote is a quote to be made. Lines name what each service shall have: its id
// with the key of a subscription, and its id, a slash and the key of a fee with
// "true": {"<id>": "small", "<id>/onboarding": "true"}.
type MakeQuote struct {
	OneTrust
	Lines  json.RawMessage `json:"lines" label:"what it is for"`
	Prices int             `json:"prices" validate:"gte=0" label:"the version of the price book"`
}

// MadeQuote names a new quote.
type MadeQuote struct {
	ID uuid.UUID `json:"id"`
}

// MakeQuote writes a quote by the price book, with the next number. Conflict if
// the prices changed since they were read.
func (m Money) MakeQuote(ctx context.Context, by By, in MakeQuote) (MadeQuote, error) {
	form, err := m.QuoteForm(ctx, by, in.OneTrust)
	if err != nil {
		return MadeQuote{}, err
	}
	if form.Trust.Status == tenants.Archived {
		return MadeQuote{}, fault.New(fault.Conflict, "This trust is in the archive: nothing can begin in it.")
	}
	if form.Book.Version != in.Prices {
		return MadeQuote{}, fault.Stale()
	}
	lines, err := form.lines(in.Lines)
	if err != nil {
		return MadeQuote{}, err
	}
	deal := Deal{ID: uuid.New(), TrustID: in.Trust, Lines: lines, VAT: form.Book.VAT, DueDays: form.Book.DueDays, ValidUntil: m.today().Plus(form.Book.ValidDays), MadeBy: by.id(), Version: 1}
	return MadeQuote{deal.ID}, m.write(ctx, func(ctx context.Context, rows store) error {
		year := string(dayOf(rows.now))[:4]
		number, err := rows.next(ctx, "quotes:"+year)
		if err != nil {
			return err
		}
		deal.Number, deal.MadeAt = fmt.Sprintf("Q%s-%04d", year, number), rows.now
		if err := rows.add(ctx, &deal); err != nil {
			return err
		}
		return rows.note(ctx, by.id(), deal.TrustID, &deal.ID, "quote", deal.Number+", "+deal.Total().Words())
	})
}

// lines are those that somebody chose, by service, its subscription first.
func (f QuoteForm) lines(chosen json.RawMessage) (all []Line, err error) {
	picked := map[string]string{}
	if len(chosen) > 0 && json.Unmarshal(chosen, &picked) != nil {
		return nil, fault.Bad("lines", "Say for each service what it shall have.")
	}
	for _, service := range f.Services {
		take := func(key, what string, from []Item, yearly bool) error {
			at := slices.IndexFunc(from, func(item Item) bool { return item.Key == what })
			if at < 0 {
				return fault.Bad("lines/"+key, "There is no such price. Load the page again.")
			}
			all = append(all, Line{service.ID, service.Name, from[at].Name, from[at].Pence, yearly})
			return nil
		}
		id := service.ID.String()
		if band := picked[id]; band != "" {
			if err := take(id, band, f.Book.Bands, true); err != nil {
				return nil, err
			}
		}
		delete(picked, id)
		for _, item := range f.Book.Once {
			key := id + "/" + item.Key
			if picked[key] == "true" || picked[key] == "on" {
				if err := take(key, item.Key, f.Book.Once, false); err != nil {
					return nil, err
				}
			}
			delete(picked, key)
		}
	}
	for key, value := range picked {
		if value != "" {
			return nil, fault.Bad("lines/"+key, "There is no such service or price. Load the page again.")
		}
	}
	if len(all) == 0 {
		return nil, fault.Bad("lines", "Choose a subscription or a fee for one service at least.")
	}
	if len(all) > mostLines {
		return nil, fault.Bad("lines", "A quote has "+strconv.Itoa(mostLines)+" lines at most. Make two of it.")
	}
	return all, nil
}

// OneDeal names a quote of a trust, with what came of it.
type OneDeal struct {
	OneTrust
	Deal uuid.UUID `path:"deal"`
}

// turn runs fn on a deal alone, and tells afterwards what follows for the
// onboarding programmes. Stale if the deal is not, or not any more, of a version.
func (m Money) turn(ctx context.Context, at OneDeal, version int, fn func(context.Context, store, *Deal) error) error {
	err := m.write(ctx, func(ctx context.Context, rows store) error {
		deal, err := rows.alone(ctx, at.Deal)
		if err != nil {
			return err
		}
		if deal.TrustID != at.Trust {
			return fault.Missing()
		}
		if deal.Version != version {
			return fault.Stale()
		}
		if err := fn(ctx, rows, &deal); err != nil {
			return err
		}
		deal.Version++
		return rows.put(ctx, &deal)
	})
	if err != nil {
		return err
	}
	m.follow(ctx, at.Trust)
	return nil
}

// QuoteSent is when a quote was sent to the trust.
type QuoteSent struct {
	OneDeal
	On      string `json:"sent_on" validate:"filled,max=10" label:"when it was sent"`
	Version int    `json:"version" validate:"gte=1" label:"the version"`
}

// QuoteSent notes that a quote was sent.
func (m Money) QuoteSent(ctx context.Context, by By, in QuoteSent) (web.None, error) {
	on, err := readDay("sent_on", in.On, m.today())
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, m.turn(ctx, in.OneDeal, in.Version, func(ctx context.Context, rows store, deal *Deal) error {
		if deal.WithdrawnAt != nil {
			return withdrawn()
		}
		deal.SentOn = on
		return rows.note(ctx, by.id(), deal.TrustID, &deal.ID, "quote.sent", on.Words())
	})
}

func withdrawn() error {
	return fault.New(fault.Conflict, "This quote was withdrawn. Make another one.")
}

// TakeOrder is the trust's purchase order for a quote.
type TakeOrder struct {
	OneDeal
	Number  string `json:"order_number" validate:"filled,max=30" label:"the purchase order’s number"`
	On      string `json:"ordered_on" validate:"filled,max=10" label:"when it came"`
	Version int    `json:"version" validate:"gte=1" label:"the version"`
}

// TakeOrder notes a purchase order; one that was noted wrongly is written anew
// while nothing is invoiced.
func (m Money) TakeOrder(ctx context.Context, by By, in TakeOrder) (web.None, error) {
	on, err := readDay("ordered_on", in.On, m.today())
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, m.turn(ctx, in.OneDeal, in.Version, func(ctx context.Context, rows store, deal *Deal) error {
		if deal.WithdrawnAt != nil {
			return withdrawn()
		}
		live, err := live(ctx, rows, deal.ID)
		if err != nil {
			return err
		}
		if live && !deal.Yearly() {
			return fault.New(fault.Conflict, "This order is invoiced, and its number is on the invoice. Take it off with a credit note first.")
		}
		deal.OrderNumber, deal.OrderedOn = strings.TrimSpace(in.Number), on
		if deal.SentOn == "" {
			deal.SentOn = on
		}
		return rows.note(ctx, by.id(), deal.TrustID, &deal.ID, "order", deal.OrderNumber+", "+on.Words())
	})
}

// live tells whether a deal has an invoice that is not void.
func live(ctx context.Context, rows store, deal uuid.UUID) (bool, error) {
	invoices, err := rows.invoicesOf(ctx, deal)
	return slices.ContainsFunc(invoices, func(i Invoice) bool { return i.State != Void }), err
}

// WithdrawQuote takes a quote back.
type WithdrawQuote struct {
	OneDeal
	Reason  string `json:"reason" validate:"filled,max=300" label:"why"`
	Version int    `json:"version" validate:"gte=1" label:"the version"`
}

// WithdrawQuote takes a quote back, with its order. Conflict if it is invoiced.
func (m Money) WithdrawQuote(ctx context.Context, by By, in WithdrawQuote) (web.None, error) {
	return web.None{}, m.turn(ctx, in.OneDeal, in.Version, func(ctx context.Context, rows store, deal *Deal) error {
		live, err := live(ctx, rows, deal.ID)
		if err != nil {
			return err
		}
		if live || deal.SubscriptionID != "" {
			return fault.New(fault.Conflict, "This quote is invoiced, so it cannot be withdrawn. What is wrong with an invoice is mended by a credit note.")
		}
		if deal.WithdrawnAt != nil {
			return withdrawn()
		}
		deal.WithdrawnAt = &rows.now
		return rows.note(ctx, by.id(), deal.TrustID, &deal.ID, "quote.withdrawn", in.Reason)
	})
}
