package money

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"go.yaml.in/yaml/v3"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
)

//go:embed book.yaml
var first []byte

// Book is what SHaRON costs. Amounts are without VAT.
type Book struct {
	VAT       int    `yaml:"vat" json:"vat"`               // in hundredths of a percent
	DueDays   int    `yaml:"due_days" json:"due_days"`     // from an invoice to when it is due
	ValidDays int    `yaml:"valid_days" json:"valid_days"` // of a quote
	Once      []Item `yaml:"once" json:"once"`             // fees that are paid once
	Bands     []Item `yaml:"bands" json:"bands"`           // subscriptions for a year, by how many people a service is for
}

// Item is a price.
type Item struct {
	Key   string `yaml:"key" json:"key"`
	Name  string `yaml:"name" json:"name"`
	Pence Pence  `yaml:"pence" json:"pence"`
}

// usual is the book that the software comes with.
var usual = func() (book Book) {
	decoder := yaml.NewDecoder(bytes.NewReader(first))
	decoder.KnownFields(true)
	if err := decoder.Decode(&book); err != nil {
		panic("money: book.yaml: " + err.Error())
	}
	return book
}()

// edition is a version of the book. None is ever changed: a quote was made by one.
type edition struct {
	bun.BaseModel `bun:"table:platform_price_books,alias:edition"`

	Version   int        `bun:"version,pk"`
	Book      Book       `bun:"book,type:jsonb"`
	ChangedBy *uuid.UUID `bun:"changed_by,type:uuid"`
	ChangedAt time.Time  `bun:"changed_at"`
}

// PriceBook is the book in force.
type PriceBook struct {
	Book
	Version   int        `json:"version"`
	ChangedAt *time.Time `json:"changed_at"` // nil while it is as the software came
	ChangedBy string     `json:"changed_by,omitempty"`
}

// Prices shows the price book.
func (m Money) Prices(ctx context.Context, _ By, _ web.None) (out PriceBook, err error) {
	return out, m.read(ctx, func(ctx context.Context, rows store) (err error) {
		out, err = rows.book(ctx)
		return err
	})
}

// ChangePrices is the book as it shall be. Version is the one that was read. An
// item without a name goes; one without a key is new.
type ChangePrices struct {
	Version    int      `json:"version" validate:"gte=0" label:"the version"`
	VAT        string   `json:"vat" validate:"filled,max=6" label:"the rate of VAT"`
	DueDays    int      `json:"due_days" validate:"gte=1,lte=365" label:"in how many days an invoice is due"`
	ValidDays  int      `json:"valid_days" validate:"gte=1,lte=365" label:"for how many days a quote holds"`
	OnceKeys   []string `json:"once_keys" validate:"max=20,dive,max=40" label:"fees"`
	OnceNames  []string `json:"once_names" validate:"max=20,dive,max=100" label:"names of fees"`
	OncePounds []string `json:"once_pounds" validate:"max=20,dive,max=20" label:"amounts of fees"`
	BandKeys   []string `json:"band_keys" validate:"max=20,dive,max=40" label:"subscriptions"`
	BandNames  []string `json:"band_names" validate:"max=20,dive,max=100" label:"names of subscriptions"`
	BandPounds []string `json:"band_pounds" validate:"max=20,dive,max=20" label:"amounts of subscriptions"`
}

// ChangePrices writes the next version of the book. Quotes that were made keep
// their prices. Conflict if the book changed since Version.
func (m Money) ChangePrices(ctx context.Context, by By, in ChangePrices) (web.None, error) {
	book := Book{DueDays: in.DueDays, ValidDays: in.ValidDays}
	rate, err := readRate(in.VAT)
	if err != nil {
		return web.None{}, err
	}
	book.VAT = rate
	if book.Once, err = items("once", in.OnceKeys, in.OnceNames, in.OncePounds); err != nil {
		return web.None{}, err
	}
	if book.Bands, err = items("band", in.BandKeys, in.BandNames, in.BandPounds); err != nil {
		return web.None{}, err
	}
	if len(book.Bands) == 0 {
		return web.None{}, fault.Bad("band_names", "Keep one subscription at least.")
	}
	return web.None{}, m.write(ctx, func(ctx context.Context, rows store) error {
		now, err := rows.book(ctx)
		if err != nil {
			return err
		}
		if now.Version != in.Version {
			return fault.Stale()
		}
		return rows.publish(ctx, edition{Version: in.Version + 1, Book: book, ChangedBy: by.id(), ChangedAt: rows.now})
	})
}

// readRate reads percent with two places at most, such as 20 or 17.5, as
// hundredths of it.
func readRate(typed string) (int, error) {
	whole, part, _ := strings.Cut(strings.TrimSuffix(strings.TrimSpace(typed), "%"), ".")
	n, err := strconv.ParseUint(whole+(part + "00")[:max(2, len(part))], 10, 31)
	if whole == "" || err != nil || len(part) > 2 || n > 10000 {
		return 0, fault.Bad("vat", "Enter a rate in percent, such as 20 or 17.5.")
	}
	return int(n), nil
}

// items reads a list of prices. Invalid names the list and says which is wrong.
func items(list string, keys, names, pounds []string) (all []Item, err error) {
	if len(names) != len(pounds) || len(keys) != len(names) {
		return nil, fault.Bad(list+"_names", "Each price needs a key, which may be empty, a name and an amount.")
	}
	for i, name := range names {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		amount, err := readPence(list+"_pounds", pounds[i])
		if err != nil {
			return nil, err
		}
		key := keys[i]
		if key == "" {
			key = list + "-" + strings.ToLower(strings.ReplaceAll(uuid.NewString()[:8], "-", ""))
		}
		if slices.ContainsFunc(all, func(item Item) bool { return item.Key == key }) {
			return nil, fault.Bad(list+"_names", "Two of these prices have the same key. Load the page again.")
		}
		all = append(all, Item{key, name, amount})
	}
	return all, nil
}

// percent is a rate in words: 20 % or 17.5 %.
func percent(rate int) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d.%02d", rate/100, rate%100), "0"), ".") + " %"
}
