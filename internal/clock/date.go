package clock

import (
	"strings"
	"time"
)

// Date is a day of the calendar in England, like 2026-11-23; empty for none. Dates
// compare as text.
type Date string

// DateOf is the day that a clock in London shows.
func DateOf(t time.Time) Date { return Date(Day(t)) }

// ReadDate reads a day as a form sends it; false if it is none.
func ReadDate(text string) (Date, bool) {
	at, err := time.Parse(time.DateOnly, strings.TrimSpace(text))
	return Date(at.Format(time.DateOnly)), err == nil
}

// Time is the day's midnight in UTC, to reckon with.
func (d Date) Time() time.Time {
	at, _ := time.Parse(time.DateOnly, string(d)) // what is kept was read by ReadDate
	return at
}

// Plus is so many days later.
func (d Date) Plus(days int) Date { return Date(d.Time().AddDate(0, 0, days).Format(time.DateOnly)) }

// Months is so many months later: of a day that the month does not have, its last.
func (d Date) Months(n int) Date {
	first := d.Time().AddDate(0, 0, 1-d.Time().Day()).AddDate(0, n, 0)
	last := first.AddDate(0, 1, -1).Day()
	return Date(first.AddDate(0, 0, min(d.Time().Day(), last)-1).Format(time.DateOnly))
}

// Birthday is the day on which somebody born on d becomes so many years old: of 29
// February, in a year that has none, 1 March.
func (d Date) Birthday(years int) Date {
	return Date(d.Time().AddDate(years, 0, 0).Format(time.DateOnly))
}

// Age is how many years old somebody born on d is on a day.
func (d Date) Age(on Date) int {
	years := on.Time().Year() - d.Time().Year()
	if on < d.Birthday(years) {
		years--
	}
	return years
}

// Until is how many days lie between d and another.
func (d Date) Until(other Date) int { return int(other.Time().Sub(d.Time()).Hours() / 24) }

// Words are the day as we write it: 2 June 2027.
func (d Date) Words() string {
	if d == "" {
		return ""
	}
	return d.Time().Format("2 January 2006")
}

// Short leaves out the year.
func (d Date) Short() string {
	if d == "" {
		return ""
	}
	return d.Time().Format("2 January")
}
