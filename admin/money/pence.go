package money

import (
	"strconv"
	"strings"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// Pence is an amount of sterling. There are no parts of a penny.
type Pence int64

// Words are the amount as we write it: £18,400 or £12.50.
func (p Pence) Words() string {
	if p < 0 {
		return "−" + (-p).Words()
	}
	pounds := strconv.FormatInt(int64(p/100), 10)
	for at := len(pounds) - 3; at > 0; at -= 3 {
		pounds = pounds[:at] + "," + pounds[at:]
	}
	if p%100 == 0 {
		return "£" + pounds
	}
	return "£" + pounds + "." + p.cents()
}

// Typed is the amount as a form has it: 18400.00.
func (p Pence) Typed() string { return strconv.FormatInt(int64(p/100), 10) + "." + p.cents() }

func (p Pence) cents() string {
	cents := strconv.FormatInt(int64(p%100), 10)
	return strings.Repeat("0", 2-len(cents)) + cents
}

// most is the largest amount that somebody can type: ten million pounds.
const most = Pence(10_000_000_00)

// readPence reads what somebody typed, such as £1,250 or 1250.50. Invalid names
// the field if it is no amount or too large.
func readPence(field, typed string) (Pence, error) {
	pounds, cents, parted := strings.Cut(strings.NewReplacer("£", "", ",", "", " ", "").Replace(typed), ".")
	if !parted {
		cents = "00"
	}
	n, err := strconv.ParseUint(pounds+cents, 10, 63)
	if pounds == "" || len(cents) != 2 || err != nil || len(pounds) > 12 {
		return 0, fault.Bad(field, "Enter an amount in pounds, such as 1,250 or 1250.50.")
	}
	if Pence(n) > most {
		return 0, fault.Bad(field, "Enter an amount of "+most.Words()+" or less.")
	}
	return Pence(n), nil
}

// tax is VAT on an amount, in hundredths of a percent, half a penny rounded up.
func tax(net Pence, rate int) Pence { return (net*Pence(rate) + 5000) / 10000 }
