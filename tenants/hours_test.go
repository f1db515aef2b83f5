package tenants_test

import (
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/tenants"
)

func TestStaffing(t *testing.T) {
	weekdays := []string{"mon", "tue", "wed", "thu", "fri"}
	office := []tenants.Hours{{Days: weekdays, From: "09:00", To: "17:00"}}
	split := []tenants.Hours{{Days: weekdays, From: "09:00", To: "12:30"}, {Days: weekdays, From: "13:30", To: "17:00"}, {Days: []string{"sat"}, From: "10:15", To: "12:00"}}
	for _, c := range []struct {
		staffed []tenants.Hours
		now     string // in London
		here    bool
		words   string
	}{
		{office, "2026-11-20 09:00", true, "The team is here until 5pm"},
		{office, "2026-11-20 16:59", true, "The team is here until 5pm"},
		{office, "2026-11-20 08:59", false, "The team is next here today at 9am"},
		{office, "2026-11-19 17:00", false, "The team is next here tomorrow at 9am"},
		{office, "2026-11-20 17:00", false, "The team is next here on Monday at 9am"}, // a Friday
		{office, "2026-11-21 12:00", false, "The team is next here on Monday at 9am"},
		{office, "2026-11-22 23:59", false, "The team is next here tomorrow at 9am"},
		{split, "2026-11-20 12:00", true, "The team is here until 12:30pm"},
		{split, "2026-11-20 12:45", false, "The team is next here today at 1:30pm"},
		{split, "2026-11-20 17:30", false, "The team is next here tomorrow at 10:15am"},
		{split, "2026-11-21 12:00", false, "The team is next here on Monday at 9am"},
		// Summer time ends on 25 October 2026 and begins on 28 March 2027, both on a Sunday at night.
		{office, "2026-10-23 09:00", true, "The team is here until 5pm"},
		{office, "2026-10-24 23:30", false, "The team is next here on Monday at 9am"},
		{office, "2026-10-25 01:30", false, "The team is next here tomorrow at 9am"},
		{office, "2026-10-26 09:00", true, "The team is here until 5pm"},
		{office, "2027-03-28 02:30", false, "The team is next here tomorrow at 9am"},
		{office, "2027-03-29 08:59", false, "The team is next here today at 9am"},
		{office, "2027-03-29 09:00", true, "The team is here until 5pm"},
		// A team that is there once a week has just left.
		{[]tenants.Hours{{Days: []string{"fri"}, From: "09:00", To: "10:00"}}, "2026-11-20 10:00", false, "The team is next here on Friday at 9am"},
		{nil, "2026-11-20 10:00", false, ""},
		{[]tenants.Hours{{Days: weekdays, From: "soon", To: "later"}}, "2026-11-20 10:00", false, ""},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", c.now, clock.London)
		if err != nil {
			t.Fatal(err)
		}
		service := &tenants.Service{Staffed: c.staffed}
		if here, words := service.Staffing(now.UTC()); here != c.here || words != c.words {
			t.Errorf("%s: %v %q, not %v %q", c.now, here, words, c.here, c.words)
		}
	}
}

func TestHoursMayStandInAnyOrder(t *testing.T) {
	days := []string{"fri"}
	service := &tenants.Service{Staffed: []tenants.Hours{{Days: days, From: "13:00", To: "17:00"}, {Days: days, From: "09:00", To: "12:00"}}}
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, clock.London)
	if _, words := service.Staffing(now); words != "The team is next here today at 9am" {
		t.Error(words)
	}
}

func TestATeamOfTheNightIsHereUntilMorning(t *testing.T) {
	service := tenants.Service{Staffed: []tenants.Hours{{Days: []string{"fri"}, From: "22:00", To: "06:00"}}}
	for at, want := range map[string]string{
		"2026-11-20T21:00": "The team is next here today at 10pm",
		"2026-11-20T23:00": "The team is here until 6am",
		"2026-11-21T03:12": "The team is here until 6am",
		"2026-11-21T06:00": "The team is next here on Friday at 10pm",
	} {
		now, err := time.Parse("2006-01-02T15:04", at)
		if err != nil {
			t.Fatal(err)
		}
		if _, got := service.Staffing(now); got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
}

func TestStaffedHoursPassOnlyWhileTheTeamIsThere(t *testing.T) {
	service := &tenants.Service{Staffed: []tenants.Hours{{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:00"}}}
	friday := time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		from   time.Time
		hours  int
		wanted time.Time
	}{
		{friday, 1, friday.Add(time.Hour)},
		{friday, 4, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)},                                        // over the weekend
		{friday.Add(11 * time.Hour), 2, time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC)},                    // in the night
		{time.Date(2026, 10, 24, 3, 0, 0, 0, time.UTC), 1, time.Date(2026, 10, 26, 10, 0, 0, 0, time.UTC)}, // the clock changes
	} {
		if got := service.InStaffedHours(step.from, time.Duration(step.hours)*time.Hour); !got.Equal(step.wanted) {
			t.Errorf("%s and %d staffed hours: %s, wanted %s", step.from, step.hours, got, step.wanted)
		}
	}
	if got := (&tenants.Service{}).InStaffedHours(friday, time.Hour); !got.Equal(friday.Add(time.Hour)) {
		t.Errorf("without hours: %s", got)
	}
}
