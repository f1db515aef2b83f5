package programmes

import (
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
)

// Day is a day of the calendar in England, like 2026-11-23; empty for none. Days
// compare as text.
type Day string

// DayOf is the day that a clock in London shows.
func DayOf(t time.Time) Day { return Day(clock.Day(t)) }

// ReadDay reads a day as a form sends it; false if it is none.
func ReadDay(text string) (Day, bool) {
	at, err := time.Parse(time.DateOnly, strings.TrimSpace(text))
	return Day(at.Format(time.DateOnly)), err == nil
}

func (d Day) time() time.Time {
	at, _ := time.Parse(time.DateOnly, string(d)) // what is kept was read by ReadDay
	return at
}

// Plus is so many days later.
func (d Day) Plus(days int) Day { return Day(d.time().AddDate(0, 0, days).Format(time.DateOnly)) }

// months is so many months later: of a day that the month does not have, its last.
func (d Day) months(n int) Day {
	first := d.time().AddDate(0, 0, 1-d.time().Day()).AddDate(0, n, 0)
	last := first.AddDate(0, 1, -1).Day()
	return Day(first.AddDate(0, 0, min(d.time().Day(), last)-1).Format(time.DateOnly))
}

// until is how many days lie between d and another.
func (d Day) until(other Day) int { return int(other.time().Sub(d.time()).Hours() / 24) }

// Words are the day as we write it: 2 June 2027.
func (d Day) Words() string {
	if d == "" {
		return ""
	}
	return d.time().Format("2 January 2006")
}

// Short leaves out the year.
func (d Day) Short() string {
	if d == "" {
		return ""
	}
	return d.time().Format("2 January")
}

// Calendar knows on which days work is done.
type Calendar map[Day]bool // the days, beside weekends, on which none is

// England is the calendar with its bank holidays.
var England = func() Calendar {
	c := Calendar{}
	for _, holiday := range clock.Holidays {
		c[Day(holiday.Day)] = true
	}
	return c
}()

func (c Calendar) works(d Day) bool {
	weekday := d.time().Weekday()
	return weekday != time.Saturday && weekday != time.Sunday && !c[d]
}

// next is the first working day that is not before d.
func (c Calendar) next(d Day) Day {
	for !c.works(d) {
		d = d.Plus(1)
	}
	return d
}

// add is the last of so many working days that begin on or after from.
func (c Calendar) add(from Day, days int) Day {
	d := c.next(from)
	for range days - 1 {
		d = c.next(d.Plus(1))
	}
	return d
}

// between is how many working days one has to wait from a to b; negative if b is
// the earlier one.
func (c Calendar) between(a, b Day) (days int) {
	if b < a {
		return -c.between(b, a)
	}
	for d := a.Plus(1); d <= b; d = d.Plus(1) {
		if c.works(d) {
			days++
		}
	}
	return days
}
