package money

import (
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
)

// Day is a day of the calendar in England, like 2026-11-23; empty for none. Days
// compare as text.
type Day string

func dayOf(t time.Time) Day { return Day(clock.Day(t)) }

// daySeconds is the day of a time as Stripe tells it; empty for 0.
func daySeconds(seconds int64) Day {
	if seconds == 0 {
		return ""
	}
	return dayOf(time.Unix(seconds, 0))
}

func (d Day) time() time.Time {
	at, _ := time.Parse(time.DateOnly, string(d)) // what is kept was read by readDay
	return at
}

// plus is so many days later.
func (d Day) plus(days int) Day { return Day(d.time().AddDate(0, 0, days).Format(time.DateOnly)) }

// until is how many days lie between d and another.
func (d Day) until(other Day) int { return int(other.time().Sub(d.time()).Hours() / 24) }

// Words are the day as we write it: 2 June 2027.
func (d Day) Words() string {
	if d == "" {
		return ""
	}
	return d.time().Format("2 January 2006")
}

// readDay reads the day of something that has happened, in the last ten years.
// Invalid names the field.
func readDay(field, typed string, today Day) (Day, error) {
	at, err := time.Parse(time.DateOnly, strings.TrimSpace(typed))
	day := Day(at.Format(time.DateOnly))
	switch {
	case err != nil:
		return "", fault.Bad(field, "Enter a day.")
	case day > today:
		return "", fault.Bad(field, "This day is still to come. Note it when it has happened.")
	case day < today.plus(-3650):
		return "", fault.Bad(field, "This day is too long ago. Check the year.")
	}
	return day, nil
}
