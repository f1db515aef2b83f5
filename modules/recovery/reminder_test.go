package recovery

import (
	"testing"
	"time"
)

func TestAReminderComesAtTheSameHourOfTheClockAllYear(t *testing.T) {
	for _, c := range []struct{ hour, now, want string }{
		{"19:30", "2026-11-20T10:30:00Z", "2026-11-20T19:30:00Z"},
		{"19:30", "2026-11-20T19:30:00Z", "2026-11-21T19:30:00Z"}, // not twice
		{"08:00", "2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z"}, // the clocks go forward
		{"08:00", "2026-10-24T07:00:00Z", "2026-10-25T08:00:00Z"}, // and back
		{"00:15", "2026-06-30T23:10:00Z", "2026-06-30T23:15:00Z"},
		{"23:30", "2026-12-31T23:45:00Z", "2027-01-01T23:30:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := nextAt(c.hour, now); err != nil || got.Format(time.RFC3339) != c.want {
			t.Errorf("%s after %s: %s %v", c.hour, c.now, got.Format(time.RFC3339), err)
		}
	}
}
