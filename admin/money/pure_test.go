package money

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
)

func TestAmountsAreReadAndWrittenAsPeopleDo(t *testing.T) {
	for typed, want := range map[string]Pence{"1250": 125000, "1,250.50": 125050, "£18 400": 1840000, "0.07": 7} {
		if got, err := readPence("amount", typed); err != nil || got != want {
			t.Errorf("%q: %d %v", typed, got, err)
		}
	}
	for _, typed := range []string{"", ".5", "1.5", "-4", "1e9", "12.345", "٣", "10000000.01", "99999999999999999999"} {
		if got, err := readPence("amount", typed); err == nil {
			t.Errorf("%q is read as %d", typed, got)
		}
	}
	for amount, words := range map[Pence]string{0: "£0", 7: "£0.07", 125050: "£1,250.50", 1840000: "£18,400", 123456789: "£1,234,567.89", -500: "−£5"} {
		if amount.Words() != words {
			t.Errorf("%d is written %s", amount, amount.Words())
		}
	}
	for typed, want := range map[string]int{"20": 2000, "17.5": 1750, "0": 0, "100 %": -1, "20.125": -1, "": -1, "101": -1} {
		if got, err := readRate(typed); (err != nil) != (want < 0) || err == nil && got != want {
			t.Errorf("%q: %d %v", typed, got, err)
		}
	}
	for _, c := range []struct {
		net, want Pence
		rate      int
	}{{100, 20, 2000}, {3, 1, 2000}, {2, 0, 2000}, {1999, 350, 1750}, {0, 0, 2000}} {
		if got := tax(c.net, c.rate); got != c.want {
			t.Errorf("VAT on %d: %d, not %d", c.net, got, c.want)
		}
	}
}

func TestTheStageIsWhatCountsMost(t *testing.T) {
	const today = Day("2026-11-20")
	sent, ordered := Deal{ID: uuid.New(), SentOn: "2026-11-01"}, Deal{ID: uuid.New(), SentOn: "2026-11-01", OrderNumber: "PO-1"}
	withdrawn := ordered
	withdrawn.WithdrawnAt = &withdrawn.MadeAt
	of := func(state State, owed, paid, credited Pence, due Day) []Invoice {
		return []Invoice{{DealID: ordered.ID, State: state, Pence: 100, Owed: owed, Paid: paid, Credited: credited, DueOn: due}}
	}
	for name, c := range map[string]struct {
		deal     Deal
		invoices []Invoice
		want     Stage
	}{
		"a quote that is not sent":       {Deal{}, nil, Nothing},
		"a quote":                        {sent, nil, Quoted},
		"an order":                       {ordered, nil, Ordered},
		"withdrawn":                      {withdrawn, nil, Nothing},
		"Stripe is being asked":          {ordered, of(Asked, 0, 0, 0, ""), Ordered},
		"a draft":                        {ordered, of(Draft, 0, 0, 0, ""), Ordered},
		"an invoice that is due today":   {ordered, of(Open, 100, 0, 0, today), Invoiced},
		"one that was due yesterday":     {ordered, of(Open, 1, 99, 0, "2026-11-19"), Overdue},
		"written off":                    {ordered, of(Uncollectible, 100, 0, 0, "2026-11-19"), Overdue},
		"paid":                           {ordered, of(Paid, 0, 100, 0, "2026-11-19"), Settled},
		"paid, and a part of it credit":  {ordered, of(Paid, 0, 60, 40, "2026-11-19"), Settled},
		"all of it credit":               {ordered, of(Paid, 0, 0, 100, "2026-11-19"), Ordered},
		"void":                           {ordered, of(Void, 0, 0, 0, "2026-11-19"), Ordered},
		"an invoice of somebody else’s":  {sent, of(Open, 100, 0, 0, "2026-11-19"), Quoted},
		"one paid and the next is late":  {ordered, slices.Concat(of(Paid, 0, 100, 0, "2025-11-19"), of(Open, 100, 0, 0, "2026-11-19")), Overdue},
		"one paid and the next not sent": {ordered, slices.Concat(of(Paid, 0, 100, 0, "2025-11-19"), of(Draft, 0, 0, 0, "")), Settled},
	} {
		if got := stageOf(c.deal, c.invoices, today); got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}

// What a service owes in one deal counts, whatever is new in another.
func TestANewQuoteDoesNotUndoWhatIsPaid(t *testing.T) {
	service := uuid.New()
	lines := []Line{{ServiceID: service, Pence: 500}, {ServiceID: uuid.New(), Pence: 9}}
	paid := Deal{ID: uuid.New(), OrderNumber: "PO-1", SentOn: "2026-01-01", Lines: lines}
	quote := Deal{ID: uuid.New(), SentOn: "2026-11-01", Lines: lines[:1]}
	got := standings([]Deal{quote, paid}, []Invoice{{DealID: paid.ID, State: Paid, Pence: 509, Paid: 509}}, "2026-11-20")
	if got[service] != (standing{Settled, 1000}) || len(got) != 2 {
		t.Errorf("%+v", got)
	}
}

// The greatest of what was told does not depend on the order, for anything that
// could be told.
func TestWhatIsKnownOfAnInvoiceIsTheGreatestThatWasTold(t *testing.T) {
	states := []string{"draft", "open", "uncollectible", "paid", "void"}
	for seed := range uint64(2000) {
		random := rand.New(rand.NewPCG(seed, 1))
		all := make([]told, 8)
		for i := range all {
			all[i] = told{ID: "in_1", At: random.Int64N(3), State: states[random.IntN(len(states))], Total: Pence(random.Int64N(2)), Paid: Pence(random.Int64N(2)), Credited: Pence(random.Int64N(2)),
				Owed: Pence(random.Int64N(2)), DueOn: []Day{"", "2026-11-20"}[random.IntN(2)], Number: []string{"", "A-1"}[random.IntN(2)]}
		}
		known := func() (row Invoice) {
			row.State = Asked
			for _, t := range append(all, all[0], all[7]) {
				if next := row.with(t); next.compare(row) > 0 {
					row = next
				}
			}
			return row
		}
		first := known()
		for range 4 {
			random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			if again := known(); again != first {
				t.Fatalf("seed %d: %+v\nand in another order %+v", seed, first, again)
			}
		}
	}
}

func TestThePriceBookThatComesWithTheSoftwareIsWhole(t *testing.T) {
	if usual.VAT != 2000 || usual.DueDays < 1 || usual.ValidDays < 1 || len(usual.Bands) == 0 || len(usual.Once) == 0 {
		t.Fatalf("%+v", usual)
	}
	keys := map[string]bool{}
	for _, item := range append(usual.Bands, usual.Once...) {
		if item.Key == "" || item.Name == "" || item.Pence <= 0 || keys[item.Key] {
			t.Errorf("%+v", item)
		}
		keys[item.Key] = true
	}
}
