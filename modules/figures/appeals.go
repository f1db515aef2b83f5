package figures

import (
	"slices"

	"github.com/sharon-nhs/sharon/modules/safety"
)

// Appeals are those that came to the desk in a period.
type Appeals struct {
	Made       int   `json:"made"`
	Decided    int   `json:"decided"`
	Overturned int   `json:"overturned"`
	Answer     Times `json:"answer"` // from the appeal until its answer
}

// appeals counts those among the items.
func appeals(items []Item) (out Appeals) {
	var waits []int
	for _, item := range items {
		if !slices.Contains(item.Sources, safety.ByAppeal) {
			continue
		}
		out.Made++
		if took := wait(item.RaisedAt, item.DecidedAt); took != nil {
			out.Decided++
			waits = append(waits, *took)
		}
		if item.Act == safety.Overturn {
			out.Overturned++
		}
	}
	out.Answer = times(waits)
	return out
}
