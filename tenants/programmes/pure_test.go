package programmes

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
)

func TestTheUsualTemplateMakesEightMonths(t *testing.T) {
	w, err := Make(Usual, "2027-01-04")
	if err != nil || len(w.Phases) != 8 {
		t.Fatal(len(w.Phases), err)
	}
	if w.LiveOn < "2027-07-01" || w.LiveOn > "2027-07-31" || w.EndsOn > "2027-09-10" {
		t.Errorf("opens on %s, ends on %s", w.LiveOn, w.EndsOn)
	}
	for i, phase := range w.Phases {
		if phase.Starts != Day("2027-01-04").Months(i) || phase.GateOn < phase.Starts {
			t.Errorf("phase %d starts on %s, its gate is on %s", phase.Number, phase.Starts, phase.GateOn)
		}
	}
	for _, task := range w.Tasks {
		if !England.works(task.PlannedFrom) || !England.works(task.PlannedTo) || England.between(task.PlannedFrom, task.PlannedTo) != task.Days-1 {
			t.Errorf("%s takes %d days, from %s to %s", task.Key, task.Days, task.PlannedFrom, task.PlannedTo)
		}
	}
	if !slices.ContainsFunc(w.Holidays, func(h Holiday) bool { return h.Kind == "year_end" && h.From == "2027-03-01" }) {
		t.Errorf("no year end in %v", w.Holidays)
	}
}

func TestATemplateThatNoProgrammeCanBeMadeOfIsRefused(t *testing.T) {
	for name, change := range map[string][2]string{
		"a cycle":              {"{key: mandate, name: Agree the mandate, side: trust, days: 8}", "{key: mandate, name: Agree the mandate, side: trust, days: 8, after: [money]}"},
		"an unknown task":      {"after: [initiation]", "after: [nothing]"},
		"no side":              {"name: Set up the project board, side: platform", "name: Set up the project board, side: nobody"},
		"no approver":          {"approver: finance", "approver: king"},
		"no opening":           {"key: live,", "key: alive,"},
		"no days":              {"side: platform, days: 3}", "side: platform, days: 0}"},
		"a field of no name":   {"money: true", "cash: true"},
		"a gate with no proof": {"evidence: [Purchase order]", "evidence: []"},
	} {
		text := strings.Replace(string(templateFile), change[0], change[1], 1)
		if text == string(templateFile) {
			t.Fatalf("%s: nothing changed", name)
		}
		if _, err := ReadTemplate([]byte(text)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestDaysAreCountedWithoutWeekendsAndBankHolidays(t *testing.T) {
	for _, c := range []struct {
		from Day
		days int
		want Day
	}{
		{"2027-01-04", 1, "2027-01-04"}, {"2027-01-04", 5, "2027-01-08"}, {"2027-01-04", 6, "2027-01-11"},
		{"2027-01-02", 1, "2027-01-04"}, {"2026-12-24", 2, "2026-12-29"}, {"2027-03-25", 2, "2027-03-30"}, // Good Friday, Easter Monday
	} {
		if got := England.add(c.from, c.days); got != c.want {
			t.Errorf("%d days from %s end on %s, not %s", c.days, c.from, got, c.want)
		}
	}
	if n := England.between("2027-01-08", "2027-01-11"); n != 1 {
		t.Errorf("%d", n)
	}
	if n := England.between("2027-01-11", "2027-01-08"); n != -1 {
		t.Errorf("%d", n)
	}
	if d := Day("2027-01-31").Months(1); d != "2027-02-28" {
		t.Error(d)
	}
	for _, text := range []string{"", "tomorrow", "2027-02-30", "04/01/2027"} {
		if _, ok := clock.ReadDate(text); ok {
			t.Errorf("%q is taken for a day", text)
		}
	}
}

func TestACycleIsNamed(t *testing.T) {
	_, err := lay([]Item{
		{Key: "a", Name: "Write", Days: 1, After: []string{"b"}}, {Key: "b", Name: "Read", Days: 1, After: []string{"c"}},
		{Key: "c", Name: "Sign", Days: 1, After: []string{"a"}}, {Key: "d", Name: "Rest", Days: 1},
	}, England)
	var failed *fault.Error
	if !fault.Is(err, fault.Invalid) || !asFault(err, &failed) || !strings.Contains(failed.Fields[0].Message, "“Write”, which waits for “Read”, which waits for “Sign”, which waits for “Write”") {
		t.Errorf("%v", err)
	}
	if _, err := lay([]Item{{Key: "a", Name: "Write", Days: 1, After: []string{"a"}}}, England); err == nil {
		t.Error("a task waits for itself")
	}
}

func asFault(err error, into **fault.Error) bool {
	found, ok := err.(*fault.Error) //nolint:errorlint // lay makes it itself
	*into = found
	return ok
}

var (
	osei = Player{ID: uuid.New(), Name: "Dr Osei", Role: "senior_leader", Required: true}
	hart = Player{ID: uuid.New(), Name: "Ms Hart", Role: "senior_leader"}
	roy  = Player{ID: uuid.New(), Name: "Mr Roy", Role: "it"}
)

func TestAClashSaysWhoIsAwayAndWhoCouldCover(t *testing.T) {
	stage := []Stage{{"go-live", "2027-06-02", "2027-06-30"}}
	leave := Away{ID: uuid.New(), Person: osei.ID, From: "2027-05-30", To: "2027-06-12"}
	covered, elsewhere := leave, leave
	covered.Cover = hart.ID
	elsewhere.From, elsewhere.To = "2027-07-01", "2027-07-10"
	for name, c := range map[string]struct {
		players []Player
		away    []Away
		words   string
		open    bool
		could   int
	}{
		"nobody else":         {[]Player{osei, roy}, []Away{leave}, "Dr Osei, senior leader, is away 30 May to 12 June: go-live has no senior leader.", true, 0},
		"somebody could":      {[]Player{osei, hart}, []Away{leave}, "Dr Osei, senior leader, is away 30 May to 12 June: go-live has no senior leader unless somebody covers.", true, 1},
		"covered":             {[]Player{osei, hart}, []Away{covered}, "Dr Osei, senior leader, is away 30 May to 12 June. Ms Hart covers go-live.", false, 1},
		"the cover is away":   {[]Player{osei, hart}, []Away{covered, {ID: uuid.New(), Person: hart.ID, From: "2027-06-05", To: "2027-06-05"}}, "Dr Osei, senior leader, is away 30 May to 12 June: go-live has no senior leader.", true, 0},
		"somebody not needed": {[]Player{roy}, []Away{{ID: uuid.New(), Person: roy.ID, From: "2027-06-05", To: "2027-06-05"}}, "Mr Roy, IT lead, is away on 5 June: go-live has no IT lead.", false, 0},
		"another time":        {[]Player{osei}, []Away{elsewhere}, "", false, 0},
		"of nobody":           {[]Player{roy}, []Away{leave}, "", false, 0},
	} {
		all := clashes(stage, c.players, c.away, nil)
		if c.words == "" {
			if len(all) > 0 {
				t.Errorf("%s: %v", name, all)
			}
			continue
		}
		if len(all) == 0 || all[0].Words != c.words || all[0].Open != c.open || len(all[0].Could) != c.could {
			t.Errorf("%s: %+v", name, all)
		}
	}
	all := clashes(stage, nil, nil, []Days{{"NHS year end", "2027-03-01", "2027-04-10"}, {"Half-term", "2027-05-31", "2027-06-04"}})
	if len(all) != 1 || all[0].Words != "Half-term, 31 May to 4 June, falls into go-live." || all[0].From != "2027-06-02" || all[0].Open {
		t.Errorf("%+v", all)
	}
}

// at is a programme of two phases, opened by the second; done are days by key.
func at(today Day, done map[string]Day) Outlook {
	o := Outlook{Live: "live", Today: today, Calendar: Calendar{}, Items: []Item{
		{Key: "write", Name: "Write", NotBefore: "2027-01-04", Days: 10},
		{Key: "gate", Name: "Gate", NotBefore: "2027-01-04", Days: 1, After: []string{"write"}, Gate: true},
		{Key: "pilot", Name: "Pilot", NotBefore: "2027-02-01", Days: 10, After: []string{"gate"}},
		{Key: "live", Name: "Open", NotBefore: "2027-02-01", Days: 1, After: []string{"pilot"}},
	}}
	spans, _ := lay(o.Items, o.Calendar)
	for i := range o.Items {
		o.Items[i].Due, o.Items[i].Done = spans[o.Items[i].Key].To, done[o.Items[i].Key]
	}
	o.Planned = spans["live"].From
	return o
}

func TestTheForecastFollowsFromWhatIsDone(t *testing.T) {
	away := []Away{{ID: uuid.New(), Person: osei.ID, From: "2027-02-12", To: "2027-02-19"}}
	for name, c := range map[string]struct {
		o       Outlook
		likely  Day
		late    int
		reasons []string
	}{
		"at the start":            {at("2027-01-04", nil), "2027-02-15", 0, nil},
		"as planned":              {at("2027-02-01", map[string]Day{"write": "2027-01-15", "gate": "2027-01-18"}), "2027-02-15", 0, nil},
		"late but there is time":  {at("2027-01-20", map[string]Day{"write": "2027-01-19"}), "2027-02-15", 0, nil},
		"a gate that waits":       {at("2027-02-03", map[string]Day{"write": "2027-01-15"}), "2027-02-18", 3, []string{"“Gate” was due on 18 January and is not done; go-live waits for it."}},
		"pace and what is undone": {at("2027-01-29", nil), "2027-03-02", 11, []string{"“Write” was due on 15 January and is not done; go-live waits for it.", "Work has taken 2.0 times as long as planned so far"}},
		"a gate opened late":      {at("2027-02-12", map[string]Day{"write": "2027-01-15", "gate": "2027-02-03"}), "2027-02-18", 3, []string{"“Pilot” began late: “Gate” was done on 3 February; go-live waits for it."}},
		"nobody is there": {func() Outlook {
			o := at("2027-01-04", nil)
			o.Players, o.Away = []Player{osei}, away
			return o
		}(), "2027-02-22", 5, []string{"Dr Osei, senior leader, is away 12 February to 19 February: the go-live week has no senior leader."}},
		"somebody covers": {func() Outlook {
			o := at("2027-01-04", nil)
			o.Players, o.Away = []Player{osei, hart}, slices.Clone(away)
			o.Away[0].Cover = hart.ID
			return o
		}(), "2027-02-15", 0, nil},
		"moved": {func() Outlook {
			o := at("2027-01-04", nil)
			o.Items[2].Moved = "2027-02-08"
			return o
		}(), "2027-02-22", 5, []string{"“Pilot” was moved to begin on 8 February; go-live waits for it."}},
		"open already": {at("2027-03-01", map[string]Day{"write": "2027-01-15", "gate": "2027-01-18", "pilot": "2027-02-12", "live": "2027-02-16"}), "2027-02-15", 0, nil},
	} {
		got, err := c.o.Forecast()
		if err != nil || got.Likely != c.likely || got.Late != c.late || len(got.Reasons) != len(c.reasons) {
			t.Errorf("%s: %s, %d late, %+v, %v", name, got.Likely, got.Late, got.Reasons, err)
			continue
		}
		sum := 0
		for i, reason := range got.Reasons {
			if sum += reason.Days; !strings.HasPrefix(reason.Words, c.reasons[i]) {
				t.Errorf("%s: %q, not %q", name, reason.Words, c.reasons[i])
			}
		}
		if sum != got.Late {
			t.Errorf("%s: the reasons make %d days, not %d", name, sum, got.Late)
		}
	}
}

func TestMoneyReadsAsItIsWritten(t *testing.T) {
	for pence, want := range map[int64]string{0: "£0", 99_00: "£99", 18400_00: "£18,400", 1234567_00: "£1,234,567"} {
		if got := pounds(pence); got != want {
			t.Errorf("%d: %s", pence, got)
		}
	}
}
