package waiting

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/sheet"
	"github.com/sharon-nhs/sharon/tenants"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func aReading(t *testing.T) reading {
	t.Helper()
	keys, err := crypt.NewKeys([]byte("a secret for tests that is long enough"))
	if err != nil {
		t.Fatal(err)
	}
	s := tenants.Scope{Now: noon}
	return readingOf(s, keys, []Pathway{{ID: uuid.New(), Key: "talking therapy", Name: "Talking therapy"}, {ID: uuid.New(), Key: "old", Name: "Old", Retired: true}}, []tenants.Person{{ID: uuid.New(), HandleKey: "anjali"}})
}

func TestDaysAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]Day{
		"2026-11-04": "2026-11-04", "4 11 2026": "2026-11-04", "04/11/2026": "2026-11-04", "4.11.2026": "2026-11-04", "4 November 2026": "2026-11-04", "4 Nov 2026": "2026-11-04",
		"31 2 2026": "", "4 11 26": "", "": "", "soon": "", "2026-11": "", "11/25/2026": "",
	} {
		if got, complaint := readDay(text); got != want || (want == "") == (complaint == "") {
			t.Errorf("%q is read as %q: %q", text, got, complaint)
		}
	}
}

func TestNoClockStandsStillForEver(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"5 1 2026 to 2 2 2026": "",
		"2026-01-05/2026-02-02; 2026-03-01/2026-03-02": "",
		"2026-01-05/":           "No clock stands still for ever",
		"5 1 2026":              "No clock stands still for ever",
		"5 1 2026 to for ever":  "Write a day",
		"2026-01-05/9999-12-31": "a year at most",
		"5 1 2026 to 4 1 2026":  "ends after it begins",
		"5 1 2026 to 9 1 2026\n8 1 2026 to 12 1 2026": "same days",
	} {
		if _, got := readPauses(text); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

func TestWeeksLeaveOutPauses(t *testing.T) {
	for _, c := range []struct {
		referred, today Day
		pauses          Pauses
		outcome         Outcome
		on              Day
		want            int
	}{
		{"2026-01-01", "2026-01-29", nil, "", "", 4},
		{"2026-01-01", "2026-01-28", nil, "", "", 3},
		{"2026-01-01", "2026-01-29", Pauses{{"2026-01-08", "2026-01-14"}}, "", "", 3},
		{"2026-01-01", "2026-01-29", Pauses{{"2026-01-28", "2026-03-30"}}, "", "", 3}, // the clock stands still today
		{"2026-01-01", "2026-01-29", Pauses{{"2026-03-01", "2026-03-30"}}, "", "", 4}, // not yet
		{"2026-01-01", "2026-06-01", nil, FirstAppointment, "2026-01-15", 2},
		{"2026-03-20", "2026-04-03", nil, "", "", 2}, // the clocks go forward between
	} {
		e := Entry{ReferredOn: c.referred, Pauses: c.pauses, Outcome: c.outcome, OutcomeOn: c.on}
		if got := e.Weeks(c.today); got != c.want {
			t.Errorf("%+v: %d weeks", c, got)
		}
	}
}

func TestALineThatWillNotDoIsToldByField(t *testing.T) {
	good := Cells{"reference": "EV-1", "pathway": "Talking  THERAPY", "referred_on": "4 8 2026"}
	for _, c := range []struct{ field, text, wrong string }{
		{"", "", ""},
		{"reference", " ", "Enter a reference"},
		{"reference", "a/b", "none of"},
		{"nhs_number", "999 876 5439", ""},
		{"nhs_number", "9998765430", "one of its digits"},
		{"nhs_number", "12345", "10 digits"},
		{"email", "sam@example.com", ""},
		{"email", "sam", "email address"},
		{"email", "sаm@example.com", "email address"}, // a Cyrillic letter
		{"pathway", "", "Enter a pathway"},
		{"pathway", "Dentist", "no pathway"},
		{"pathway", "Old", "Nobody new"},
		{"referred_on", "", "Enter a referral date"},
		{"referred_on", "21 11 2026", "in the future"},
		{"referred_on", "20 11 2026", ""},
		{"referred_on", "1 1 1999", "Check the year"},
		{"priority", "Urgent", ""},
		{"priority", "asap", "urgent, soon or routine"},
		{"target_weeks", "-1", "number of weeks"},
		{"keyworker", "@Anjali", ""},
		{"keyworker", "nobody", "Nobody of this handle"},
		{"pauses", "1 1 2026 to 2 1 2026", "after the referral"},
		{"outcome", "No longer needed", "day of the outcome"},
		{"outcome", "cured", "An outcome is"},
		{"outcome_on", "1 9 2026", "what came of it"},
	} {
		cells := Cells{}
		for field, text := range good {
			cells[field] = text
		}
		if c.field != "" {
			cells[c.field] = c.text
		}
		line := aReading(t).line(2, Entry{}, cells)
		said := ""
		for _, wrong := range line.Wrong {
			said += wrong.Name + ": " + wrong.Message
		}
		if c.wrong == "" && said != "" || !strings.Contains(said, c.wrong) {
			t.Errorf("%s %q: %q, not %q", c.field, c.text, said, c.wrong)
		}
	}
}

func saidAll(t *testing.T, text string) (all []said) {
	t.Helper()
	rows, whole := table.Read(strings.NewReader(text))
	if whole != "" {
		t.Fatal(whole)
	}
	for _, row := range rows {
		all = append(all, said{row.Number, plain(row.Cells), row.Wrong})
	}
	return all
}

// A list of 20,000 lines of which 300 are wrong: each wrong one is told by its line.
func TestALongListIsReadWholeAndEachBadLineIsTold(t *testing.T) {
	text := strings.Builder{}
	text.WriteString("Ref,Email Address,Pathway,Referred\n")
	for n := range 20_000 {
		day := "4 8 2026"
		if n%66 == 0 && n/66 < 300 {
			day = "4 8 2062"
		}
		fmt.Fprintf(&text, "EV-%d,p%d@example.com,Talking therapy,%s\n", n, n, day)
	}
	lines := plan(aReading(t), knownOf(nil), saidAll(t, text.String()))
	looked := Looked{lines: lines}
	if looked.count(); looked.Added != 19_700 || looked.Refused != 300 {
		t.Errorf("%d added, %d refused", looked.Added, looked.Refused)
	}
	for _, line := range lines {
		n := line.Number - 2
		if bad := n%66 == 0 && n/66 < 300; bad != (line.What == refused) || bad && line.Wrong[0].Name != "referred_on" {
			t.Fatalf("line %d: %s %v", line.Number, line.What, line.Wrong)
		}
	}
}

func TestOnePersonWaitsOnce(t *testing.T) {
	r := aReading(t)
	first := plan(r, knownOf(nil), saidAll(t, "reference,nhs number,email,pathway,referral date\nA,9998765439,a@example.com,Talking therapy,1 8 2026\n"))[0].after
	first.ID = uuid.New()
	for text, want := range map[string]string{
		"B,999 876 5439,,Talking therapy,1 8 2026":            "nhs_number: Somebody with this NHS number waits already: A.",
		"B,,A@example.com,Talking therapy,1 8 2026":           "email: Somebody with this email address waits already: A.",
		"B,,b@example.com,Talking therapy,1 8 2026":           "",
		"a,9998765439,a@example.com,Talking therapy,1 8 2026": "",
	} {
		line := plan(r, knownOf([]Entry{first}), saidAll(t, "reference,nhs number,email,pathway,referral date\n"+text+"\n"))[0]
		got := ""
		for _, wrong := range line.Wrong {
			got += wrong.Name + ": " + wrong.Message
		}
		if got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	// Whose wait is over can be referred anew.
	over := first
	over.Outcome, over.OutcomeOn = Discharged, "2026-09-01"
	if line := plan(r, knownOf([]Entry{over}), saidAll(t, "reference,nhs number,pathway,referral date\nC,9998765439,Talking therapy,1 10 2026\n"))[0]; line.What != added {
		t.Errorf("referred anew: %v", line.Wrong)
	}
	// Twice in one file.
	lines := plan(r, knownOf(nil), saidAll(t, "reference,nhs number,pathway,referral date\nA,9998765439,Talking therapy,1 8 2026\nB,9998765439,Talking therapy,1 8 2026\nA,,Talking therapy,2 8 2026\n"))
	if lines[0].What != added || !strings.Contains(lines[1].Wrong[0].Message, "A, line 2") || !strings.Contains(lines[2].Wrong[0].Message, "in line 2 already") {
		t.Errorf("%+v", lines)
	}
}

func TestTheSameFileTwiceChangesNothing(t *testing.T) {
	r := aReading(t)
	const text = "reference,nhs number,email,pathway,referral date,priority,keyworker,pauses,outcome,outcome date\n" +
		"A,9998765439,a@example.com,Talking therapy,1 8 2026,soon,Anjali,1 9 2026 to 7 9 2026,,\nB,,,Talking therapy,1 8 2026,,,,Moved,1 9 2026\n"
	var stored []Entry
	for _, line := range plan(r, knownOf(nil), saidAll(t, text)) {
		if line.What != added {
			t.Fatalf("%+v", line.Wrong)
		}
		entry := line.after
		entry.ID = uuid.New()
		stored = append(stored, entry)
	}
	for _, line := range plan(r, knownOf(stored), saidAll(t, text)) {
		if line.What != same {
			t.Errorf("line %d: %s", line.Number, line.What)
		}
	}
	// A column that is not in a file leaves what is known.
	line := plan(r, knownOf(stored), saidAll(t, "reference,priority\nA,urgent\n"))[0]
	if line.What != changed || line.after.Priority != Urgent || line.after.NHSLookup == "" || len(line.after.Pauses) != 1 {
		t.Errorf("%+v %v", line.after, line.Wrong)
	}
}

func TestTheRangeIsToldOnlyWhereItCanBe(t *testing.T) {
	nine := []int{1, 2, 3, 4, 5, 6, 7, 8, 9}
	if got := spread(slices.Clone(nine)); !strings.Contains(got, "Too few") {
		t.Error(got)
	}
	if got := spread(append(nine, 40)); !strings.Contains(got, "after 1 to 9 weeks") {
		t.Error(got)
	}
	if got := spread([]int{12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 60}); !strings.Contains(got, "about 12 weeks") {
		t.Error(got)
	}
}

func TestACheckInIsAskedForTwiceAndThenMissed(t *testing.T) {
	due := noon
	e := Entry{AskAt: &due}
	var got []string
	for range 4 {
		asked := e.asks(*e.AskAt, 3, 14)
		got = append(got, fmt.Sprintf("%t %d %s", asked, e.Missed, e.AskAt.Format("2 Jan")))
	}
	if want := []string{"true 0 23 Nov", "true 0 26 Nov", "false 1 4 Dec", "true 1 7 Dec"}; !slices.Equal(got, want) {
		t.Error(got)
	}
	e.said(Better, noon, 14*24*time.Hour)
	if e.Asked != 0 || e.Missed != 0 || e.Pulse != Better || !e.AskAt.Equal(noon.AddDate(0, 0, 14)) {
		t.Errorf("%+v", e)
	}
	if e.said(Changing, noon, time.Hour); e.Pulse != Better {
		t.Error("that something changed says nothing of how somebody is")
	}
}

func TestEveryColumnHasOneMeaning(t *testing.T) {
	names := map[string]string{}
	for _, f := range fields {
		for _, name := range append([]string{strings.ToLower(f.name), f.key}, f.called...) {
			if other, twice := names[name]; twice && other != f.key {
				t.Errorf("%q is %s and %s", name, other, f.key)
			}
			names[name] = f.key
		}
	}
	if headings, _ := sheet.Headings(strings.NewReader("a,b\n1,2\n")); len(headings) != 2 {
		t.Error(headings)
	}
}
