package modules

import (
	"fmt"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
)

// LondonTime reads a day and a time as people write them, in Europe/London.
// Invalid says which of the two to mend; an hour that the clocks leave out does
// not exist, and of one that comes twice the first is meant.
func LondonTime(day, hour string) (time.Time, error) {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return time.Time{}, fault.Bad("date", "Enter a day, such as 2026-11-04.")
	}
	h, err := time.Parse("15:04", hour)
	if err != nil {
		return time.Time{}, fault.Bad("time", "Enter a time, such as 19:30.")
	}
	t := time.Date(d.Year(), d.Month(), d.Day(), h.Hour(), h.Minute(), 0, 0, clock.London)
	if t.Hour() != h.Hour() || t.Minute() != h.Minute() {
		return time.Time{}, fault.Bad("time", fmt.Sprintf("The clocks go forward in that night, so there is no %s on %s. Choose 02:00 or later.", hour, d.Format("2 January 2006")))
	}
	if first := t.Add(-time.Hour); first.Hour() == t.Hour() {
		t = first
	}
	return t.UTC(), nil
}
