package usage

import (
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
)

// Span is how long a period is.
type Span string

// The spans, the shortest first.
const (
	Day   Span = "day"
	Week  Span = "week"
	Month Span = "month"
)

// date is a day in London, at its midnight: 23 or 25 hours before the next one when
// the clocks change.
type date struct{ time.Time }

func dateOf(t time.Time) date {
	year, month, day := t.In(clock.London).Date()
	return date{time.Date(year, month, day, 0, 0, 0, 0, clock.London)}
}

func parse(day string) (date, error) {
	t, err := time.ParseInLocation(time.DateOnly, day, clock.London)
	return date{t}, err
}

func (d date) String() string         { return d.Format(time.DateOnly) }
func (d date) plus(days int) date     { return dateOf(d.AddDate(0, 0, days)) }
func (d date) before(other date) bool { return d.Before(other.Time) }

// first is the first day of the period that a day is in. Weeks begin on Monday.
func (d date) first(span Span) date {
	switch span {
	case Week:
		return d.plus(-(int(d.Weekday()) + 6) % 7)
	case Month:
		return d.plus(1 - d.Day())
	}
	return d
}

// next is the first day of the period after the one that d begins.
func (d date) next(span Span) date {
	switch span {
	case Week:
		return d.plus(7)
	case Month:
		return dateOf(d.AddDate(0, 1, 0))
	}
	return d.plus(1)
}

// periods are the first days of so many periods, the last of them the one that ends
// before a day.
func periods(span Span, many int, until date) []string {
	all := make([]string, many)
	at := until.first(span)
	for i := many - 1; i >= 0; i-- {
		at = at.plus(-1).first(span)
		all[i] = at.String()
	}
	return all
}

// name is a period as people write it.
func name(span Span, since string) string {
	d, err := parse(since)
	if err != nil {
		return since
	}
	switch span {
	case Month:
		return d.Format("January 2006")
	case Week:
		return "Week of " + d.Format("2 January")
	}
	return d.Format("Mon 2 January")
}

// step is one of those by which waits are told.
type step struct {
	key, name string
	upTo      time.Duration // 0 for any
}

// steps grow, so that each wait is told to within about half of what it was.
var steps = []step{
	{"05m", "5 minutes", 5 * time.Minute}, {"15m", "15 minutes", 15 * time.Minute}, {"30m", "30 minutes", 30 * time.Minute},
	{"1h", "1 hour", time.Hour}, {"2h", "2 hours", 2 * time.Hour}, {"4h", "4 hours", 4 * time.Hour}, {"8h", "8 hours", 8 * time.Hour},
	{"12h", "12 hours", 12 * time.Hour}, {"24h", "24 hours", 24 * time.Hour}, {"48h", "2 days", 48 * time.Hour}, {"7d", "7 days", 7 * 24 * time.Hour}, {"more", "more than 7 days", 0},
}

// stepOf is the key of the step that a wait is within.
func stepOf(wait time.Duration) string {
	for _, s := range steps {
		if wait <= s.upTo {
			return s.key
		}
	}
	return steps[len(steps)-1].key
}
