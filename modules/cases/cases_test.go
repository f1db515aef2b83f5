package cases

import (
	"testing"
	"time"
)

func TestEveryEntryHasWordsInTheTimelineAndInTheAuditLog(t *testing.T) {
	for what := range entryNames {
		if acts["case."+what] == "" {
			t.Errorf("the audit log has no words for %q", what)
		}
	}
	if len(acts) != len(entryNames)+1 { // the plan of drills belongs to no case
		t.Errorf("%d actions for %d sorts of entries", len(acts), len(entryNames))
	}
}

func TestTheMonthlyDrillIsAtItsHourInLondon(t *testing.T) {
	for name, c := range map[string]struct {
		day, hour        int
		now, slot, after string
	}{
		"none is planned":      {0, 14, "2026-11-20T10:00:00Z", "", ""},
		"later this month":     {21, 2, "2026-11-20T10:00:00Z", "2026-10-21T01:00:00Z", "2026-11-21T02:00:00Z"},
		"at this moment":       {20, 10, "2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z", "2026-12-20T10:00:00Z"},
		"over the new year":    {28, 23, "2027-01-03T09:00:00Z", "2026-12-28T23:00:00Z", "2027-01-28T23:00:00Z"},
		"the clock goes ahead": {28, 1, "2027-03-28T02:30:00Z", "2027-03-28T01:00:00Z", "2027-04-28T00:00:00Z"}, // 01:00 is skipped
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		plan := Settings{c.day, c.hour}
		for what, got := range map[string][2]string{"last": {c.slot, when(plan.slot(now))}, "next": {c.after, when(plan.next(now))}} {
			if got[0] != got[1] {
				t.Errorf("%s: the %s is at %q, want %q", name, what, got[1], got[0])
			}
		}
	}
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func TestLengthsOfTimeInWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 seconds", time.Second: "1 second", 310 * time.Second: "5 minutes 10 seconds", time.Hour: "1 hour", 26*time.Hour + time.Minute: "1 day 2 hours",
	} {
		if got := lasting(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
