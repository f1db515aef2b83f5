package programmes

import (
	"context"

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
	was := w.Money
	w.Money, w.Pence, w.Version = Money(in.Stage), int64(in.Pounds)*100, in.Version+1
	if err := put(ctx, s, &w.Programme, w.ID, in.Version, "money", "pence"); err != nil {
		return "", err
	}
	return "", note(ctx, s, by, "programme.money", w.ID, was, w.Money)
}
