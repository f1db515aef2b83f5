package usage

import (
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
)

func TestDaysAreThoseOfLondonWhenTheClocksChange(t *testing.T) {
	for day, hours := range map[string]float64{"2026-03-28": 24, "2026-03-29": 23, "2026-10-24": 24, "2026-10-25": 25} {
		d, err := parse(day)
		if err != nil || d.plus(1).Sub(d.Time).Hours() != hours {
			t.Errorf("%s has %v hours", day, d.plus(1).Sub(d.Time))
		}
	}
	for at, day := range map[string]string{"2026-06-30T23:30:00Z": "2026-07-01", "2026-12-31T23:30:00Z": "2026-12-31", "2026-10-25T00:30:00Z": "2026-10-25", "2026-10-25T23:59:59Z": "2026-10-25", "2026-03-29T22:59:59Z": "2026-03-29", "2026-03-29T23:00:00Z": "2026-03-30"} {
		if got := dateOf(must(time.Parse(time.RFC3339, at))).String(); got != day {
			t.Errorf("%s is on %s, not %s", at, got, day)
		}
	}
	for at, out := range map[string]bool{"2026-07-01T07:59:00Z": true, "2026-07-01T08:00:00Z": false, "2026-07-01T15:59:00Z": false, "2026-07-01T16:00:00Z": true, "2026-12-01T08:30:00Z": true, "2026-12-01T16:59:00Z": false, "2026-07-04T10:00:00Z": true} {
		if clock.OutOfHours(must(time.Parse(time.RFC3339, at))) != out {
			t.Errorf("%s: not %v", at, out)
		}
	}
}

func TestPeriodsAreWhole(t *testing.T) {
	until, _ := parse("2026-11-20")
	for span, want := range map[Span][2]string{Day: {"2026-11-18", "2026-11-19"}, Week: {"2026-11-02", "2026-11-09"}, Month: {"2026-09-01", "2026-10-01"}} {
		if got := periods(span, 2, until); [2]string(got) != want {
			t.Errorf("%s: %v", span, got)
		}
	}
	monday, _ := parse("2026-11-16")
	if got := periods(Week, 1, monday); got[0] != "2026-11-09" {
		t.Errorf("the week before a Monday: %v", got)
	}
}

func TestAWaitIsToldToTheNextStep(t *testing.T) {
	for wait, want := range map[time.Duration]string{0: "05m", 5 * time.Minute: "05m", 5*time.Minute + 1: "15m", time.Hour: "1h", 25 * time.Hour: "48h", 8 * 24 * time.Hour: "more"} {
		if got := stepOf(wait); got != want {
			t.Errorf("%s is %s", wait, got)
		}
	}
	s := newSheet(Day, []string{"2026-11-19"}, nil)
	for step, n := range map[string]int{"05m": 5, "2h": 4, "more": 1} {
		s.add(Cell{Span: Day, Since: "2026-11-19", Key: "answers", Part: step, N: n})
	}
	for share, want := range map[float64]string{.5: "5 minutes", .51: "2 hours", .9: "2 hours", .91: "more than 7 days"} {
		if at, known := s.within("2026-11-19", "answers", share); !known || sayStep(float64(at)) != want {
			t.Errorf("%v within %s", share, sayStep(float64(at)))
		}
	}
	if _, known := s.within("2026-11-18", "answers", .5); known {
		t.Error("a wait where there was none")
	}
}

func must(t time.Time, err error) time.Time {
	if err != nil {
		panic(err)
	}
	return t
}
