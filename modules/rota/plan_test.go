package rota

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/tenants"
)

// at is a time in London, such as "2026-10-25 09:00".
func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, clock.London)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

var (
	jo   = tenants.Person{ID: uuid.MustParse("00000000-0000-7000-8000-000000000001"), Handle: "Jo", HandleKey: "jo"}
	tess = tenants.Person{ID: uuid.MustParse("00000000-0000-7000-8000-000000000002"), Handle: "Tess", HandleKey: "tess"}
	lead = tenants.Person{ID: uuid.MustParse("00000000-0000-7000-8000-000000000003"), Handle: "Amira", Roles: tenants.Roles{tenants.ServiceLead}}
)

func team(people ...tenants.Person) map[uuid.UUID]tenants.Person {
	known := map[uuid.UUID]tenants.Person{}
	for _, person := range people {
		known[person.ID] = person
	}
	return known
}

// every is a row on the given weekdays for each of them.
func every(who tenants.Person, kind Kind, days, from, to string) (rows []Row) {
	for _, day := range strings.Fields(days) {
		rows = append(rows, Row{ID: uuid.New(), MemberID: who.ID, Kind: kind, Weekday: day, From: from, To: to, ValidFrom: "2020-01-01"})
	}
	return rows
}

const allDays = "mon tue wed thu fri sat sun"

// scope is one of a service with these settings as JSON.
func scope(now time.Time, service tenants.Service) tenants.Scope {
	return tenants.Scope{Now: now, Service: &service, Estate: &tenants.Estate{}}
}

func TestNoHourIsLeftOutOrCountedTwiceWhenTheClocksChange(t *testing.T) {
	for name, week := range map[string]struct {
		from, to string
		hours    float64
		night    time.Duration // of the shift that begins at 22:00 on Saturday
	}{
		"forward in March":  {"2026-03-23 00:00", "2026-03-30 00:00", 7*24 - 1, 9 * time.Hour},
		"back in October":   {"2026-10-19 00:00", "2026-10-26 00:00", 7*24 + 1, 11 * time.Hour},
		"an ordinary week":  {"2026-11-16 00:00", "2026-11-23 00:00", 7 * 24, 10 * time.Hour},
		"the year’s change": {"2026-12-28 00:00", "2027-01-04 00:00", 7 * 24, 10 * time.Hour},
	} {
		p := plan{settings: defaults, team: team(jo, tess, lead), rows: slices.Concat(every(jo, OnCall, allDays, "08:00", "22:00"), every(tess, OnCall, allDays, "22:00", "08:00"))}
		from, to := at(week.from), at(week.to)
		if got := p.gaps(scope(from, tenants.Service{}), from, to); len(got) != 0 {
			t.Errorf("%s: gaps %v", name, got)
		}
		slots, worked := p.slots(from, to), time.Duration(0)
		for i, slot := range slots {
			if i > 0 && !slot.From.Equal(slots[i-1].To) {
				t.Errorf("%s: %s ends %s, the next begins %s", name, slots[i-1].Key, slots[i-1].To, slot.From)
			}
			if slot.From.Equal(to.In(clock.London).Add(-26*time.Hour).UTC()) && slot.Member.ID == tess.ID && slot.To.Sub(slot.From) != week.night {
				t.Errorf("%s: Saturday’s night lasts %s", name, slot.To.Sub(slot.From))
			}
			worked += min(slot.To.Sub(from), to.Sub(slot.From), slot.To.Sub(slot.From))
		}
		if worked.Hours() != week.hours {
			t.Errorf("%s: %v hours of shifts, wanted %v", name, worked.Hours(), week.hours)
		}
	}
}

func TestShiftsThatMeetInTheHourOfTheChangeStillMeet(t *testing.T) {
	for _, hour := range []string{"01:00", "01:30", "01:59", "02:00"} {
		for _, week := range []string{"2026-03-23 00:00", "2026-10-19 00:00"} {
			p := plan{team: team(jo, tess), rows: slices.Concat(every(jo, OnCall, allDays, "12:00", hour), every(tess, OnCall, allDays, hour, "12:00"))}
			from := at(week)
			slots := p.slots(from, from.AddDate(0, 0, 8))
			for i := 1; i < len(slots); i++ {
				if !slots[i].From.Equal(slots[i-1].To) {
					t.Errorf("change at %s in the week of %s: %s is not %s", hour, week, slots[i].From, slots[i-1].To)
				}
			}
		}
	}
}

func TestWhatIsLeftOpenIsAGapAndSaysToWhomItFalls(t *testing.T) {
	from, to := at("2026-11-16 00:00"), at("2026-11-23 00:00")
	nights := every(tess, OnCall, "mon tue wed thu fri sat", "20:00", "08:00")
	days := every(jo, Duty, allDays, "08:00", "20:00")
	p := plan{settings: defaults, team: team(jo, tess, lead), rows: slices.Concat(days, nights)}
	for name, c := range map[string]struct {
		change func(*plan)
		from   time.Time
		want   []string
	}{
		"the night of Sunday": {func(*plan) {}, from, []string{"Monday 16 November, midnight–8am: nobody is on duty or on call. It falls to the service lead.", "Sunday 22 November, 8pm–midnight: nobody is on duty or on call. It falls to the service lead."}},
		"nothing before it":   {func(*plan) {}, at("2026-11-17 00:00"), []string{"Sunday 22 November, 8pm–midnight: nobody is on duty or on call. It falls to the service lead."}},
		"a single shift closes it": {func(p *plan) {
			p.shifts = []Shift{{ID: uuid.New(), MemberID: lead.ID, Kind: OnCall, StartsAt: at("2026-11-22 20:00"), EndsAt: at("2026-11-23 08:00")}}
		}, at("2026-11-17 00:00"), nil},
		"an absence opens one": {func(p *plan) {
			p.absences = []Absence{{MemberID: jo.ID, StartsAt: at("2026-11-18 00:00"), EndsAt: at("2026-11-19 00:00")}}
		}, at("2026-11-17 00:00"), []string{"Wednesday 18 November, 8am–8pm: ", "Sunday 22 November, 8pm–midnight: "}},
		"a night that begins while somebody is away is open until its end": {func(p *plan) {
			p.absences = []Absence{{MemberID: tess.ID, StartsAt: at("2026-11-18 00:00"), EndsAt: at("2026-11-19 00:00")}}
		}, at("2026-11-17 00:00"), []string{"Wednesday 18 November, midnight–8am: ", "Wednesday 18 November, 8pm – Thursday, 8am: ", "Sunday 22 November, 8pm–midnight: "}},
		"somebody who left": {func(p *plan) { p.team = team(tess) }, at("2026-11-21 00:00"), []string{"Saturday 21 November, 8am–8pm: nobody is on duty or on call. Nobody would be called.", "Sunday 22 November, 8am–midnight: "}},
		"a closed day":      {func(p *plan) { p.closed = map[string]string{"2026-11-20": "Training day"} }, at("2026-11-20 00:00"), []string{"Friday 20 November, 8am–8pm: ", "Sunday 22 November, 8pm–midnight: "}},
		"no rota":           {func(p *plan) { p.rows = nil }, from, nil},
	} {
		tried := p
		c.change(&tried)
		var got []string
		for _, gap := range tried.gaps(scope(from, tenants.Service{}), c.from, to) {
			got = append(got, gap.Words)
		}
		if !slices.EqualFunc(got, c.want, strings.HasPrefix) {
			t.Errorf("%s: %q, wanted %q", name, got, c.want)
		}
	}
}

func TestOnlyStaffedHoursAreWatchedWhereTheServiceSaysSo(t *testing.T) {
	from := at("2026-11-16 00:00")
	p := plan{team: team(jo), rows: every(jo, Duty, "mon tue wed thu", "09:00", "17:00"), closed: map[string]string{}, settings: Settings{Tree: usual}}
	service := tenants.Service{Staffed: []tenants.Hours{{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:00"}}}
	s := scope(from, service)
	if got := p.gaps(s, from, from.AddDate(0, 0, 7)); len(got) != 1 || !got[0].From.Equal(at("2026-11-20 09:00")) {
		t.Errorf("gaps %v, wanted Friday’s", got)
	}
	p.closed["2026-11-20"] = "Training day"
	if got := p.gaps(s, from, from.AddDate(0, 0, 7)); len(got) != 0 {
		t.Errorf("gaps on a closed day: %v", got)
	}
}

func TestOnAClosedDayNobodyIsOnDutyButWhoeverIsOnCall(t *testing.T) {
	p := plan{team: team(jo, tess), rows: slices.Concat(every(jo, Duty, "fri", "09:00", "17:00"), every(tess, OnCall, "fri", "09:00", "17:00")), closed: closed(nil)}
	noon := at("2026-12-25 12:00")
	if on := p.slots(noon, noon.Add(time.Minute)); len(on) != 1 || on[0].Kind != OnCall {
		t.Errorf("on Christmas Day: %v", on)
	}
	p.closed = closed([]Day{{Day: "2026-12-25", Open: true}})
	if on := p.slots(noon, noon.Add(time.Minute)); len(on) != 2 {
		t.Errorf("on a bank holiday on which the service is open: %v", on)
	}
	p.closed = closed([]Day{{Day: "2026-12-18", Name: "Training day"}})
	if on := p.slots(noon.AddDate(0, 0, -7), noon.AddDate(0, 0, -7).Add(time.Minute)); len(on) != 1 {
		t.Errorf("on a day of its own: %v", on)
	}
}

func TestAShiftTakenOverStandsInPlaceOfThePattern(t *testing.T) {
	rows := every(jo, OnCall, "fri", "17:00", "09:00")
	day := "2026-11-20"
	p := plan{team: team(jo, tess), rows: rows, shifts: []Shift{{ID: uuid.New(), MemberID: tess.ID, Kind: OnCall, StartsAt: at("2026-11-20 17:00"), EndsAt: at("2026-11-21 09:00"), RowID: &rows[0].ID, Day: &day}}}
	if got := p.slots(at("2026-11-20 12:00"), at("2026-11-21 12:00")); len(got) != 1 || got[0].Member.ID != tess.ID {
		t.Errorf("%v", got)
	}
	if got := p.slots(at("2026-11-27 12:00"), at("2026-11-28 12:00")); len(got) != 1 || got[0].Member.ID != jo.ID {
		t.Errorf("a week later: %v", got)
	}
	p.team = team(jo) // who took it over has left: it is open, not Jo’s again
	if got := p.slots(at("2026-11-20 12:00"), at("2026-11-21 12:00")); len(got) != 0 {
		t.Errorf("after they left: %v", got)
	}
}

func TestRowsOfOnePersonThatOverlapAreFound(t *testing.T) {
	row := func(day, from, to, since, until string) Row {
		return Row{ID: uuid.New(), MemberID: jo.ID, Kind: OnCall, Weekday: day, From: from, To: to, ValidFrom: since, ValidUntil: until}
	}
	known := row("fri", "17:00", "09:00", "2026-01-05", "2026-12-31")
	for name, c := range map[string]struct {
		row   Row
		clash bool
	}{
		"the same hours":     {row("fri", "17:00", "09:00", "2026-02-02", ""), true},
		"the next morning":   {row("sat", "08:00", "12:00", "2026-02-02", ""), true},
		"right after it":     {row("sat", "09:00", "12:00", "2026-02-02", ""), false},
		"after it has ended": {row("fri", "17:00", "09:00", "2027-01-04", ""), false},
		"before it began":    {row("fri", "17:00", "09:00", "2025-01-06", "2025-12-31"), false},
	} {
		if got := c.row.clash([]Row{known}) != nil; got != c.clash {
			t.Errorf("%s: %v", name, got)
		}
	}
	other := row("fri", "17:00", "09:00", "2026-02-02", "")
	other.MemberID = tess.ID
	if other.clash([]Row{known}) != nil {
		t.Error("two people may share a night")
	}
}

func TestTheCalendarNamesNothing(t *testing.T) {
	text := calendar([]Slot{
		{Key: "a/2026-10-24", Kind: OnCall, From: at("2026-10-24 22:00"), To: at("2026-10-25 08:00"), Since: at("2026-10-01 09:00"), Member: jo},
		{Key: "b", Kind: Duty, From: at("2026-07-01 09:00"), To: at("2026-07-01 17:00"), Since: at("2026-06-01 09:00"), Member: jo},
	})
	for _, line := range []string{
		"BEGIN:VTIMEZONE\r\nTZID:Europe/London\r\n", "SUMMARY:On call\r\n", "DTSTART;TZID=Europe/London:20261024T220000\r\n", "DTEND;TZID=Europe/London:20261025T080000\r\n",
		"DTSTART;TZID=Europe/London:20260701T090000\r\n", "DTSTAMP:20261001T080000Z\r\n", "BEGIN:DAYLIGHT", "BEGIN:STANDARD", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("no %q in\n%s", line, text)
		}
	}
	for _, line := range strings.Split(text, "\r\n") {
		if len(line) > 75 || strings.Contains(line, "\n") {
			t.Errorf("not a line of RFC 5545: %q", line)
		}
	}
}
