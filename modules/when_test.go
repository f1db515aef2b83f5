package modules_test

import (
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules"
)

func TestTimesAreReadAsClocksInLondonShowThem(t *testing.T) {
	for _, try := range []struct{ day, hour, want string }{
		{"2026-11-20", "19:30", "2026-11-20T19:30:00Z"},
		{"2026-07-01", "19:30", "2026-07-01T18:30:00Z"},
		{"2027-03-28", "00:59", "2027-03-28T00:59:00Z"},
		{"2027-03-28", "01:00", "time"}, // clocks go forward at one
		{"2027-03-28", "01:59", "time"},
		{"2027-03-28", "02:00", "2027-03-28T01:00:00Z"},
		{"2026-10-25", "01:30", "2026-10-25T00:30:00Z"}, // comes twice: the first
		{"2026-10-25", "02:00", "2026-10-25T02:00:00Z"},
		{"2026-02-30", "10:00", "date"},
		{"tomorrow", "10:00", "date"},
		{"2026-11-20", "half past", "time"},
		{"2026-11-20", "24:00", "time"},
	} {
		got, err := modules.LondonTime(try.day, try.hour)
		said := got.Format(time.RFC3339)
		if err != nil {
			var failed *fault.Error
			failed, _ = err.(*fault.Error) //nolint:errorlint // ours, made a line above
			said = failed.Fields[0].Name
		}
		if said != try.want {
			t.Errorf("%s %s: %s, want %s", try.day, try.hour, said, try.want)
		}
	}
}
