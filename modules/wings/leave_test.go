package wings

import (
	"testing"

	"github.com/sharon-nhs/sharon/internal/clock"
)

func TestHowNearSomebodyIsToLeaving(t *testing.T) {
	const today = clock.Date("2026-11-20")
	for leaves, want := range map[clock.Date]state{"": unknown, "2026-11-19": late, "2026-11-20": late, "2026-11-21": soon, "2027-02-18": soon, "2027-02-19": settled, "2031-01-01": settled} {
		if got := stateOf(leaves, today); got != want {
			t.Errorf("leaving on %q they are %q, not %q", leaves, got, want)
		}
	}
}

// The team is told once that somebody will leave, and once that they should have.
func TestTheTeamIsToldOnce(t *testing.T) {
	for _, c := range []struct{ is, told, tell state }{
		{settled, settled, settled}, {soon, settled, soon}, {soon, soon, settled}, {late, soon, late}, {late, settled, late}, {late, late, settled},
		{soon, late, settled}, {unknown, settled, soon}, {unknown, soon, settled},
	} {
		if got := c.is.tells(c.told); got != c.tell {
			t.Errorf("%q after %q was told: %q, not %q", c.is, c.told, got, c.tell)
		}
	}
}

// A month is shown and no day: the day is a birthday.
func TestAMonthIsNoBirthday(t *testing.T) {
	if got := month("2027-01-19"); got != "January 2027" {
		t.Errorf("%q", got)
	}
	if got := month(""); got != "" {
		t.Errorf("of no day: %q", got)
	}
}
