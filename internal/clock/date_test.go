package clock

import (
	"testing"
	"time"
)

func TestAgesGoByTheCalendar(t *testing.T) {
	for _, c := range []struct {
		born, on Date
		want     int
	}{
		{"2008-11-23", "2026-11-22", 17}, {"2008-11-23", "2026-11-23", 18}, {"2008-11-23", "2026-11-24", 18},
		{"2008-02-29", "2026-02-28", 17}, {"2008-02-29", "2026-03-01", 18}, {"2008-02-29", "2028-02-28", 19}, {"2008-02-29", "2028-02-29", 20},
		{"2008-03-01", "2026-02-28", 17}, {"2008-12-31", "2026-12-31", 18}, {"2008-12-31", "2027-01-01", 18}, {"2026-11-23", "2026-11-23", 0},
		{"2026-11-24", "2026-11-23", -1},
	} {
		if got := c.born.Age(c.on); got != c.want {
			t.Errorf("born on %s they are %d on %s, not %d", c.born, got, c.on, c.want)
		}
	}
	for _, c := range [][2]Date{{"2008-02-29", "2026-03-01"}, {"2009-01-31", "2027-01-31"}} {
		if got := c[0].Birthday(18); got != c[1] {
			t.Errorf("born on %s they come of age on %s, not %s", c[0], got, c[1])
		}
	}
}

// The day in London counts: half past midnight there is still yesterday in UTC in summer.
func TestADayBeginsInLondon(t *testing.T) {
	before := Date("2008-07-01")
	for at, want := range map[string]int{"2026-06-30T22:59:00Z": 17, "2026-06-30T23:30:00Z": 18} {
		if got := before.Age(DateOf(instant(t, at))); got != want {
			t.Errorf("at %s they are %d, not %d", at, got, want)
		}
	}
}

func instant(t *testing.T, text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// A birthday comes once, and age never goes back.
func TestAgeGrowsByOneOnEachBirthday(t *testing.T) {
	for born := Date("2007-12-25"); born < "2008-03-05"; born = born.Plus(1) {
		for years := 1; years < 30; years++ {
			day := born.Birthday(years)
			if born.Age(day) != years || born.Age(day.Plus(-1)) != years-1 {
				t.Errorf("born on %s: %d on %s, %d the day before", born, born.Age(day), day, born.Age(day.Plus(-1)))
			}
		}
	}
}
