package money

import (
	"slices"

	"github.com/google/uuid"
)

// Stage is how far the money has come. The keys are those of an onboarding
// programme, whose gate of month 2 asks for one beyond a quote.
type Stage string

// The stages.
const (
	Nothing  Stage = ""
	Quoted   Stage = "quoted"
	Ordered  Stage = "ordered"
	Invoiced Stage = "invoiced"
	Settled  Stage = "paid"
	Overdue  Stage = "overdue"
)

// stages are all there are, with their names, the one that counts most last: what
// is owed counts more than what is paid, and that more than what is only agreed.
var stages = []struct {
	Key  Stage
	Name string
}{
	{Nothing, "No quote sent"}, {Quoted, "Quote sent"}, {Ordered, "Purchase order received"}, {Settled, "Paid"}, {Invoiced, "Invoiced"}, {Overdue, "Overdue"},
}

func (s Stage) weight() int {
	return slices.IndexFunc(stages, func(one struct {
		Key  Stage
		Name string
	}) bool {
		return one.Key == s
	})
}

// Name is the stage in words.
func (s Stage) Name() string { return stages[max(s.weight(), 0)].Name }

// over is the stage of the two that counts more.
func (s Stage) over(other Stage) Stage {
	if other.weight() > s.weight() {
		return other
	}
	return s
}

// stageOf is how far a deal has come on a day, by the deal and its invoices alone.
func stageOf(deal Deal, invoices []Invoice, today Day) (stage Stage) {
	if deal.WithdrawnAt != nil {
		return Nothing
	}
	if deal.SentOn != "" {
		stage = Quoted
	}
	if deal.OrderNumber != "" {
		stage = Ordered
	}
	for _, invoice := range invoices {
		switch {
		case invoice.DealID != deal.ID:
		case invoice.late(today):
			stage = stage.over(Overdue)
		case invoice.Owed > 0 && (invoice.State == Open || invoice.State == Uncollectible):
			stage = stage.over(Invoiced)
		case invoice.State == Paid && invoice.Credited < invoice.Pence:
			stage = stage.over(Settled)
		}
	}
	return stage
}

// standing is how far the money of a service has come, and what was quoted or more
// without VAT.
type standing struct {
	Stage Stage
	Pence Pence
}

// standings are those of a trust's services that are in a deal which was sent.
func standings(deals []Deal, invoices []Invoice, today Day) map[uuid.UUID]standing {
	all := map[uuid.UUID]standing{}
	for _, deal := range deals {
		stage := stageOf(deal, invoices, today)
		if stage == Nothing {
			continue
		}
		seen := map[uuid.UUID]bool{}
		for _, line := range deal.Lines {
			if seen[line.ServiceID] {
				continue
			}
			seen[line.ServiceID] = true
			pence, _ := deal.of(line.ServiceID)
			now := all[line.ServiceID]
			all[line.ServiceID] = standing{now.Stage.over(stage), now.Pence + pence}
		}
	}
	return all
}
