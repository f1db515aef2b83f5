package money

import (
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
)

// Day is a day of the calendar in England.
type Day = clock.Date

func dayOf(t time.Time) Day { return clock.DateOf(t) }

// daySeconds is the day of a time as Stripe tells it; empty for 0.
func daySeconds(seconds int64) Day {
	if seconds == 0 {
		return ""
	}
	return dayOf(time.Unix(seconds, 0))
}

// readDay reads the day of something that has happened, in the last ten years.
// Invalid names the field.
func readDay(field, typed string, today Day) (Day, error) {
	day, ok := clock.ReadDate(typed)
	switch {
	case !ok:
		return "", fault.Bad(field, "Enter a day.")
	case day > today:
		return "", fault.Bad(field, "This day is still to come. Note it when it has happened.")
	case day < today.Plus(-3650):
		return "", fault.Bad(field, "This day is too long ago. Check the year.")
	}
	return day, nil
}
