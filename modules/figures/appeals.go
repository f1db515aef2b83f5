package figures

import (
	"time"

	"github.com/sharon-nhs/sharon/modules/safety"
)

// Appeals are those that came to the desk in a period.
type Appeals struct {
	Made       int          `json:"made"`
	Decided    int          `json:"decided"`
	Overturned int          `json:"overturned"`
	Answer     safety.Times `json:"answer"` // from the appeal until its answer
}

// appeals counts those among the items.
func appeals(items []safety.Item, now time.Time) Appeals {
	made := only(items, foundBy(safety.ByAppeal))
	answer := safety.Measure(made, now).Decision
	overturned := only(made, func(item safety.Item) bool { return item.Act == safety.Overturn })
	return Appeals{len(made), answer.Count, len(overturned), answer}
}
