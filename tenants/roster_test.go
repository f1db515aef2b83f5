package tenants_test

import (
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/tenants"
)

// rostered is a service with a rota of two days, where the staffed hours say otherwise.
func rostered() *tenants.Service {
	hour := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }
	return &tenants.Service{
		Staffed: []tenants.Hours{{Days: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, From: "06:00", To: "07:00"}},
		Roster: &tenants.Roster{
			Until:   hour(30, 0),
			Here:    []tenants.Span{{From: hour(20, 9), To: hour(20, 13), Who: []string{"Jo", "Tess"}}, {From: hour(20, 13), To: hour(20, 17), Who: []string{"Jo"}}, {From: hour(23, 9), To: hour(23, 17)}, {From: hour(29, 9), To: hour(29, 12)}},
			Covered: []tenants.Span{{From: hour(20, 9), To: hour(22, 22)}, {From: hour(23, 9), To: hour(23, 17)}},
		},
	}
}

func TestWithARotaTheTeamIsHereByIt(t *testing.T) {
	service := rostered()
	for _, c := range []struct {
		at          string
		here        bool
		words       string
		accountable bool
	}{
		{"2026-11-20T08:59:59Z", false, "The team is next here today at 9am", false},
		{"2026-11-20T09:00:00Z", true, "The team is here until 5pm: Jo, Tess", true},
		{"2026-11-20T13:00:00Z", true, "The team is here until 5pm: Jo", true},
		{"2026-11-20T17:00:00Z", false, "The team is next here on Monday at 9am", true},
		{"2026-11-22T22:00:00Z", false, "The team is next here tomorrow at 9am", false},
		{"2026-11-23T16:59:59Z", true, "The team is here until 5pm", true},
		{"2026-11-23T17:00:00Z", false, "The team is next here on Sunday at 9am", false},
		{"2026-11-29T12:00:00Z", false, "", false},
		{"2026-11-30T06:30:00Z", true, "The team is here until 7am", true}, // the rota says no more
	} {
		now, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if here, words := service.Staffing(now); here != c.here || words != c.words || service.Accountable(now) != c.accountable {
			t.Errorf("%s: %v %q, accountable %v", c.at, here, words, service.Accountable(now))
		}
	}
}

func TestStaffedHoursPassByTheRota(t *testing.T) {
	service := rostered()
	friday := time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC)
	for hours, want := range map[int]time.Time{
		1: friday.Add(time.Hour), 4: time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC), 12: time.Date(2026, 11, 29, 11, 0, 0, 0, time.UTC),
		14: time.Date(2026, 11, 29, 13, 0, 0, 0, time.UTC), // beyond what it says
	} {
		if got := service.InStaffedHours(friday, time.Duration(hours)*time.Hour); !got.Equal(want) {
			t.Errorf("%d staffed hours: %s, wanted %s", hours, got, want)
		}
	}
}

// It is asked for every page.
func BenchmarkStaffing(b *testing.B) {
	service, from := &tenants.Service{Roster: &tenants.Roster{}}, time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for day := range 126 { // six weeks, three spans a day
		at := from.Add(time.Duration(day) * 8 * time.Hour)
		service.Roster.Here = append(service.Roster.Here, tenants.Span{From: at, To: at.Add(7 * time.Hour)})
	}
	service.Roster.Until = from.AddDate(0, 0, 42)
	now := from.AddDate(0, 0, 41)
	for b.Loop() {
		service.Staffing(now)
	}
}
