package programmes

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Money is how far the money has come.
type Money string

// Moneys are the finance stages in their order, with their names.
var Moneys = []struct {
	Key  Money
	Name string
}{
	{"", "Nothing yet"},
	{"quoted", "Quote sent"},
	{"ordered", "Purchase order received"},
	{"invoiced", "Invoiced"},
	{"paid", "Paid"},
	{"overdue", "Payment overdue"},
}

// Name is the stage in words.
func (m Money) Name() string {
	for _, stage := range Moneys {
		if stage.Key == m {
			return stage.Name
		}
	}
	return ""
}

// agreed tells whether there is a purchase order, or more.
func (m Money) agreed() bool { return m != "" && m != "quoted" }

// SetMoney is how far the money has come. Version is the one that was read.
type SetMoney struct {
	Place
	Version int    `json:"version" validate:"gte=1" label:"the version"`
	Stage   string `json:"stage" validate:"omitempty,oneof=quoted ordered invoiced paid overdue" label:"how far it has come"`
	Pounds  int    `json:"pounds" validate:"gte=0,lte=10000000" label:"how many pounds"`
}

// SetMoney notes it by hand.
func (p Programmes) SetMoney(ctx context.Context, s tenants.Scope, by By, in SetMoney) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	if w.Billed {
		return "", fault.New(fault.Conflict, "This comes from the quotes and invoices at the console’s pages of money, so it is not set by hand.")
	}
	was := w.Money
	w.Money, w.Pence, w.Version = Money(in.Stage), int64(in.Pounds)*100, in.Version+1
	if err := put(ctx, s, &w.Programme, w.ID, in.Version, "money", "pence"); err != nil {
		return "", err
	}
	return "", note(ctx, s, by, "programme.money", w.ID, was, w.Money)
}

// Paid is how far billing says that the money of a service has come, in pence
// without VAT. While drives is true nobody sets it by hand. A service that is
// closed, or has no programme that runs, is left alone; told again, nothing changes.
func (o Office) Paid(ctx context.Context, trust, service uuid.UUID, stage string, pence int64, drives bool) error {
	return o.Directory.WriteAs(ctx, trust, "", func(ctx context.Context, s tenants.Scope) error {
		at, open := s.Within(service)
		if !open {
			return nil
		}
		w, err := alone(ctx, at)
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Conflict) {
			return nil
		}
		if err != nil || w.Money == Money(stage) && w.Pence == pence && w.Billed == drives {
			return err
		}
		was := w.Money
		w.Money, w.Pence, w.Billed, w.Version = Money(stage), pence, drives, w.Version+1
		if err := put(ctx, at, &w.Programme, w.ID, w.Version-1, "money", "pence", "billed"); err != nil || was == w.Money {
			return err
		}
		if err := note(ctx, at, By{Name: "Billing", Side: Platform}, "programme.money", w.ID, was, w.Money); err != nil {
			return err
		}
		return Restate(ctx, at)
	})
}
