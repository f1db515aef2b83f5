package safety

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
)

// Line is what is known of some items.
type Line struct {
	Level    Level `json:"level,omitempty"`
	Items    int   `json:"items"`
	Response Times `json:"response"` // from the raising until somebody took it
	Decision Times `json:"decision"` // from the raising until it was decided
	// Used is how much of the time that they had those took that met or missed their target.
	Used Used `json:"used"`
	// InTime are those that met their target, of those that have met or missed it.
	InTime  Share `json:"in_time"`
	Overdue int   `json:"overdue"` // waiting, beyond their target
}

// Measure counts items as they are at a time.
func Measure(items []Item, now time.Time) (out Line) {
	out.Items = len(items)
	var responses, decisions, used []int
	for _, item := range items {
		if took := Took(item.RaisedAt, item.RespondedAt); took != nil {
			responses = append(responses, *took)
		}
		if took := Took(item.RaisedAt, item.DecidedAt); took != nil {
			decisions = append(decisions, *took)
		}
		met := item.DecidedAt // what is urgent must be taken in time, the rest decided
		if item.Level.Urgent() {
			met = item.RespondedAt
		}
		if had := item.DueAt.Sub(item.RaisedAt); met != nil && had > 0 {
			used = append(used, int(math.Round(100*float64(met.Sub(item.RaisedAt))/float64(had))))
		}
		switch {
		case met != nil && !met.After(item.DueAt):
			out.InTime.Part++
			out.InTime.Of++
		case met != nil || now.After(item.DueAt):
			out.InTime.Of++
		}
		if met == nil && now.After(item.DueAt) {
			out.Overdue++
		}
	}
	out.Response, out.Decision = times(responses), times(decisions)
	out.Used.Count, out.Used.Median, out.Used.P90, out.Used.Worst = ranks(used)
	return out
}

// Times are waits, in seconds: of how many, and which is the middle one, the one
// that nine of ten do not exceed, and the longest (nearest rank).
type Times struct {
	Count  int `json:"count"`
	Median int `json:"median_seconds"`
	P90    int `json:"p90_seconds"`
	Worst  int `json:"worst_seconds"`
}

func times(waits []int) (out Times) {
	out.Count, out.Median, out.P90, out.Worst = ranks(waits)
	return out
}

// Used are as Times, in percent of the time until the target.
type Used struct {
	Count  int `json:"count"`
	Median int `json:"median_percent"`
	P90    int `json:"p90_percent"`
	Worst  int `json:"worst_percent"`
}

func ranks(values []int) (count, median, p90, worst int) {
	if len(values) == 0 {
		return 0, 0, 0, 0
	}
	slices.Sort(values)
	at := func(share float64) int { return values[int(math.Ceil(share*float64(len(values))))-1] }
	return len(values), at(.5), at(.9), values[len(values)-1]
}

// Took are the seconds from one time until another; nil where that has not come.
func Took(from time.Time, until *time.Time) *int {
	if until == nil {
		return nil
	}
	seconds := int(until.Sub(from).Seconds())
	return &seconds
}

// Share is some of all.
type Share struct {
	Part int `json:"part"`
	Of   int `json:"of"`
}

// Percent is the share in words: "98.6%".
func (x Share) Percent() string {
	if x.Of == 0 {
		return "–"
	}
	return strconv.FormatFloat(100*float64(x.Part)/float64(x.Of), 'f', 1, 64) + "%"
}

// RaisedOutOfHours is the share of items that came out of hours.
func RaisedOutOfHours(items []Item) Share {
	out := Share{Of: len(items)}
	for _, item := range items {
		if clock.OutOfHours(item.RaisedAt) {
			out.Part++
		}
	}
	return out
}
