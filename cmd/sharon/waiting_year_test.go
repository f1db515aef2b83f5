package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/sheet"
	"github.com/sharon-nhs/sharon/modules/waiting"
	"github.com/sharon-nhs/sharon/tenants"
)

// referral is somebody on a trust's own list, as its system would send it.
type referral struct {
	reference, pathway, outcome string
	referred, ended             clock.Date
	pauses                      []string
	target                      int
}

// listYear is a year of a list as it goes: a file each fortnight, and between the files
// people who say how they are, at any hour.
type listYear struct {
	*site
	*rand.Rand
	list    []*referral
	members []string // accounts of those who joined
}

func (y *listYear) today() clock.Date { return clock.DateOf(y.clock.Now()) }

// refer puts some new people on the trust's list.
func (y *listYear) refer(many int) {
	for range many {
		one := &referral{reference: fmt.Sprintf("Y-%d", len(y.list)), pathway: "Talking therapy", referred: y.today().Plus(-y.IntN(28))}
		if y.IntN(4) == 0 {
			one.pathway = "Adult autism assessment"
		}
		if y.IntN(2) == 0 {
			one.target = 4 + y.IntN(20)
		}
		y.list = append(y.list, one)
	}
}

// happen is what becomes of those who wait.
func (y *listYear) happen() {
	for _, one := range y.list {
		if one.outcome != "" {
			continue
		}
		switch y.IntN(12) {
		case 0:
			one.outcome = []string{"first_appointment", "treatment_began", "not_needed", "moved", "declined", "discharged"}[y.IntN(6)]
			one.ended = y.today().Plus(-y.IntN(1 + min(10, one.referred.Until(y.today()))))
		case 1: // the clock stands still from today, for a while; twice at most
			if len(one.pauses) < 2 && (len(one.pauses) == 0 || one.pauses[0][11:] < string(y.today())) {
				one.pauses = append(one.pauses, string(y.today())+"/"+string(y.today().Plus(y.IntN(40))))
			}
		}
	}
}

// sends has the lead take over the whole list, as a workbook and as CSV in turn.
func (y *listYear) sends(t *testing.T, lead *visitor) {
	t.Helper()
	lines := [][]any{{"reference", "pathway", "referral date", "pauses", "outcome", "outcome date", "target weeks"}}
	for _, one := range y.list {
		target := ""
		if one.target > 0 {
			target = strconv.Itoa(one.target)
		}
		lines = append(lines, []any{one.reference, one.pathway, string(one.referred), strings.Join(one.pauses, ";"), one.outcome, string(one.ended), target})
	}
	write, name := sheet.CSV, "list.csv"
	if y.IntN(2) == 0 {
		write, name = sheet.XLSX, "list.xlsx"
	}
	text := strings.Builder{}
	if err := write(&text, lines); err != nil {
		t.Fatal(err)
	}
	file := "/bridge/waiting/files/" + field(t, lead.filed("/bridge/waiting/files", name, []byte(text.String()), nil), "id")
	looked := lead.getJSON(file, nil)
	if field(t, looked, "refused") != "0" {
		t.Fatalf("on %s: %s", y.today(), looked.body)
	}
	y.sent(lead, file, map[string]any{"sum": field(t, looked, "sum")})
}

// joins lets the last who was referred in, without the letters.
func (y *listYear) joins() {
	y.t.Helper()
	reference, account := y.list[len(y.list)-1].reference, fmt.Sprintf("y%d.bridge@eastvale", len(y.members))
	y.in("bridge", func(ctx context.Context, in tenants.Scope) error {
		made, err := tenants.CreateAccount(ctx, in, testKeys, tenants.NewAccount{Email: account + ".example", PasswordHash: quickHash})
		if err != nil {
			return err
		}
		person, err := tenants.Join(ctx, in, made.ID, tenants.NewPerson{Handle: fmt.Sprintf("Yearling %d", len(y.members)), Avatar: 1, Roles: tenants.Roles{tenants.Waiting}, JoinedAt: in.Now})
		if err != nil {
			return err
		}
		return tenants.Touched(in.Update((*waiting.Entry)(nil)).Set("member_id = ?", person.ID).Set("invited_at = ?", in.Now).Set("joined_at = ?", in.Now).Where("reference = ?", reference).Exec(ctx))
	})
	y.members = append(y.members, account)
}

// tells has somebody who joined tell the team something.
func (y *listYear) tells() {
	y.t.Helper()
	v := y.over(y.members[y.IntN(len(y.members))])
	var mine struct{ Waits bool }
	if v.getJSON("/bridge/waiting", &mine); !mine.Waits {
		return
	}
	if y.IntN(4) == 0 {
		y.sent(v, "/bridge/waiting/news", map[string]any{"what": []string{"changed", "not_needed"}[y.IntN(2)], "more": "My address."})
		return
	}
	y.sent(v, "/bridge/waiting/check-ins", map[string]any{"how": []string{"same", "worse", "better"}[y.IntN(3)]})
}

// A year of a list, counted by the program and by SQL.
func TestAYearOfAListIsCountedAsSQLCountsIt(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		y := &listYear{site: s, Rand: rand.New(rand.NewPCG(20, 26))}
		from := y.today().Plus(1)
		for range 26 {
			y.refer(8 + y.IntN(6))
			y.happen()
			y.sends(t, s.over("lead.bridge@eastvale"))
			y.joins()
			left := 14 * 24 * time.Hour
			for range 4 {
				some := time.Duration(1+y.IntN(80)) * time.Hour
				s.clock.Advance(some)
				left -= some
				y.tells()
			}
			s.clock.Advance(max(0, left))
		}
		y.happen()
		lead := s.over("lead.bridge@eastvale")
		y.sends(t, lead)
		y.equals(t, lead, from, y.today(), "")
		y.equals(t, lead, from.Plus(100), from.Plus(220), "Adult autism assessment")
		period := "?from=" + string(from) + "&to=" + string(y.today())
		var got struct{ Waiting int }
		lead.getJSON("/bridge/waiting/figures"+period, &got)
		if file := lead.get("/bridge/waiting/figures.csv" + period); !file.has(fmt.Sprintf("Waiting now,%d,%s,%s,All pathways", got.Waiting, from, y.today())) {
			t.Errorf("the file: %s", file.body)
		}
		shape := sheet.Shape{Columns: map[string]string{"figure": "figure", "value": "value"}, Needs: "figure", Most: 99}
		rows, whole := shape.Read(strings.NewReader(string(lead.get("/bridge/waiting/figures.xlsx" + period).body)))
		if !slices.ContainsFunc(rows, func(r sheet.Row) bool {
			return r.Cells["figure"] == "Waiting now" && r.Cells["value"] == strconv.Itoa(got.Waiting)
		}) {
			t.Errorf("the workbook: %q %v", whole, rows)
		}
		want(t, "a time that ends before it begins", lead.getJSON("/bridge/waiting/figures?from=2026-11-20&to=2026-11-19", nil), http.StatusUnprocessableEntity)
	})
}

// equals holds the figures of a time to what SQL counts.
func (y *listYear) equals(t *testing.T, lead *visitor, from, to clock.Date, pathway string) {
	t.Helper()
	id, of := "", ""
	if pathway != "" {
		y.ofBridge([]any{&id}, "SELECT id FROM waiting_pathways WHERE tenant_id = ? AND name = ?", pathway)
		of = " AND e.pathway_id = '" + id + "'"
	}
	type share struct{ Part, Of int }
	var got struct {
		Waiting, Began, Worse int
		Median                int `json:"median_weeks"`
		Most                  int `json:"percentile_92_weeks"`
		BeganMedian           int `json:"began_median_weeks"`
		NotNeeded             int `json:"no_longer_needed"`
		CheckIns              int `json:"check_ins"`
		Changes               int `json:"changes_found"`
		Bands                 []struct{ People int }
		Invited, Joined       share
		InTarget              share `json:"within_target"`
		CheckedIn             share `json:"checked_in"`
		BeganInTarget         share `json:"began_within_target"`
		OutOfHours            share `json:"out_of_hours"`
	}
	lead.getJSON("/bridge/waiting/figures?from="+string(from)+"&to="+string(to)+"&pathway="+id, &got)
	sql := recount{postgres: y.app.DB.Postgres(), today: string(y.today())}
	entries := " FROM waiting_entries AS e JOIN waiting_pathways AS w ON w.tenant_id = e.tenant_id AND w.id = e.pathway_id WHERE e.tenant_id = ?" + of
	open, goal := entries+" AND e.outcome = ''", "(CASE WHEN e.target_weeks > 0 THEN e.target_weeks ELSE w.target_weeks END)"
	began := entries + " AND e.outcome IN ('first_appointment', 'treatment_began') AND e.outcome_on BETWEEN '" + string(from) + "' AND '" + string(to) + "'"
	notes := " FROM waiting_notes AS n JOIN waiting_entries AS e ON e.tenant_id = n.tenant_id AND e.id = n.entry_id WHERE n.tenant_id = ?" + of + " AND " + sql.day() + " BETWEEN '" + string(from) + "' AND '" + string(to) + "'"
	count, weeks := "SELECT count(*)", sql.weeks()
	nth := func(n int) string { return " ORDER BY 1 LIMIT 1 OFFSET " + strconv.Itoa(n-1) }
	for _, c := range []struct {
		name string
		got  int
		sql  string
	}{
		{"waiting", got.Waiting, count + open},
		{"under 4 weeks", got.Bands[0].People, count + open + " AND " + weeks + " < 4"},
		{"12 to 17 weeks", got.Bands[3].People, count + open + " AND " + weeks + " BETWEEN 12 AND 17"},
		{"26 to 51 weeks", got.Bands[5].People, count + open + " AND " + weeks + " BETWEEN 26 AND 51"},
		{"median", got.Median, "SELECT " + weeks + open + nth((got.Waiting+1)/2)},
		{"92nd percentile", got.Most, "SELECT " + weeks + open + nth((got.Waiting*92+99)/100)},
		{"within target", got.InTarget.Part, count + open + " AND " + goal + " > 0 AND " + weeks + " < " + goal},
		{"with a target", got.InTarget.Of, count + open + " AND " + goal + " > 0"},
		{"invited", got.Invited.Part, count + open + " AND (e.invited_at IS NOT NULL OR e.member_id IS NOT NULL)"},
		{"joined", got.Joined.Part, count + open + " AND e.member_id IS NOT NULL"},
		{"checked in", got.CheckedIn.Part, count + open + " AND EXISTS (SELECT 1 FROM waiting_notes AS n WHERE n.tenant_id = e.tenant_id AND n.entry_id = e.id)"},
		{"began", got.Began, count + began},
		{"began, median", got.BeganMedian, "SELECT " + weeks + began + nth((got.Began+1)/2)},
		{"began in target", got.BeganInTarget.Part, count + began + " AND " + goal + " > 0 AND " + weeks + " < " + goal},
		{"no longer needed", got.NotNeeded, count + entries + " AND e.outcome = 'not_needed' AND e.outcome_on BETWEEN '" + string(from) + "' AND '" + string(to) + "'"},
		{"check-ins", got.CheckIns, count + notes + " AND n.kind IN ('same', 'better', 'worse')"},
		{"worse", got.Worse, count + notes + " AND n.kind = 'worse'"},
		{"changes", got.Changes, count + notes + " AND n.kind IN ('worse', 'changed', 'not_needed')"},
		{"out of hours", got.OutOfHours.Part, count + notes + " AND " + sql.outOfHours()},
		{"said", got.OutOfHours.Of, count + notes},
	} {
		var counted int
		if y.ofBridge([]any{&counted}, c.sql); counted != c.got || counted == 0 && pathway == "" {
			t.Errorf("%s %s: %d, by SQL %d", pathway, c.name, c.got, counted)
		}
	}
}

// recount is how each database counts.
type recount struct {
	postgres bool
	today    string
}

// between is the days from one day to another.
func (r recount) between(a, b string) string {
	if r.postgres {
		return "((" + b + ")::date - (" + a + ")::date)"
	}
	return "CAST(julianday(" + b + ") - julianday(" + a + ") AS integer)"
}

// weeks are those that somebody has waited, without their pauses, of which there are
// two at most: what of them lies beyond the end does not count.
func (r recount) weeks() string {
	end := "(CASE WHEN e.outcome = '' THEN '" + r.today + "' ELSE e.outcome_on END)"
	days := r.between("e.referred_on", end)
	for _, at := range []int{1, 23} {
		from, until := fmt.Sprintf("substr(e.pauses, %d, 10)", at), fmt.Sprintf("substr(e.pauses, %d, 10)", at+11)
		days += " - (CASE WHEN length(e.pauses) < " + strconv.Itoa(at) + " OR " + from + " >= " + end + " THEN 0 WHEN " + until + " < " + end + " THEN " + r.between(from, until) + " + 1 ELSE " + r.between(from, end) + " END)"
	}
	return "((" + days + ") / 7)"
}

// local is when something was said, in London.
func (r recount) local() string {
	if r.postgres {
		return "(n.at AT TIME ZONE 'Europe/London')"
	}
	return "datetime(n.at, CASE WHEN datetime(n.at) >= '2026-03-29 01:00:00' AND datetime(n.at) < '2026-10-25 01:00:00' OR datetime(n.at) >= '2027-03-28 01:00:00' AND datetime(n.at) < '2027-10-31 01:00:00' THEN '+1 hour' ELSE '+0 hours' END)"
}

func (r recount) day() string {
	if r.postgres {
		return "to_char(" + r.local() + ", 'YYYY-MM-DD')"
	}
	return "date(" + r.local() + ")"
}

func (r recount) outOfHours() string {
	if r.postgres {
		return "(EXTRACT(ISODOW FROM " + r.local() + ") > 5 OR EXTRACT(HOUR FROM " + r.local() + ") NOT BETWEEN 9 AND 16)"
	}
	return "(strftime('%w', " + r.local() + ") IN ('0', '6') OR CAST(strftime('%H', " + r.local() + ") AS integer) NOT BETWEEN 9 AND 16)"
}
