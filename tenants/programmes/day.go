package programmes

import (
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
)

// Day is a day of the calendar in England.
type Day = clock.Date

// DayOf is the day that a clock in London shows.
func DayOf(t time.Time) Day { return clock.DateOf(t) }

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
	weekday := d.Time().Weekday()
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
