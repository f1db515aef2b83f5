package desk

import (
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/modules/safety"
)

func TestNothingStarvesOnTheDesk(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	item := func(name string, level safety.Level, age, whole time.Duration) safety.Item {
		return safety.Item{Sort: name, Level: level, RaisedAt: now.Add(-age), DueAt: now.Add(whole - age)}
	}
	items := []safety.Item{
		item("fresh amber", safety.Amber, time.Minute, 4*time.Hour),
		item("fresh green", safety.Green, time.Minute, 24*time.Hour),
		item("old amber", safety.Amber, 3*time.Hour, 4*time.Hour),
		item("late green", safety.Green, 30*time.Hour, 24*time.Hour),
		item("late amber", safety.Amber, 6*time.Hour, 4*time.Hour),
		item("red", safety.Red, time.Minute, 30*time.Minute),
		item("crisis", safety.Crisis, 2*time.Minute, 10*time.Minute),
		item("red nearly due", safety.Red, 28*time.Minute, 30*time.Minute),
		item("without time", safety.Green, 0, 0),
	}
	inOrder(items, now)
	var names []string
	for _, item := range items {
		names = append(names, item.Sort)
	}
	want := "red nearly due, crisis, red, late amber, late green, without time, old amber, fresh amber, fresh green"
	if got := strings.Join(names, ", "); got != want {
		t.Errorf("the order is\n%s, not\n%s", got, want)
	}
}

func TestAShiftEndsWithALongPause(t *testing.T) {
	now := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
	seen := func(ago time.Duration, weight int) Exposure {
		return Exposure{At: now.Add(-ago), SeenAt: now.Add(-ago), Weight: weight}
	}
	for name, c := range map[string]struct {
		rows []Exposure
		want int
	}{
		"nothing":               {nil, 0},
		"across midnight":       {[]Exposure{seen(time.Hour, 5), seen(4*time.Hour, 3)}, 8},
		"not yesterday's":       {[]Exposure{seen(time.Hour, 5), seen(8*time.Hour, 3)}, 5},
		"nor an old one alone":  {[]Exposure{seen(7*time.Hour, 5)}, 0},
		"an item open for long": {[]Exposure{seen(time.Hour, 2), {At: now.Add(-9 * time.Hour), SeenAt: now.Add(-5 * time.Hour), Weight: 1}}, 3},
	} {
		if _, got := shift(c.rows, now); got != c.want {
			t.Errorf("%s: %d, not %d", name, got, c.want)
		}
	}
}
