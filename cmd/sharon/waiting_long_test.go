package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/sheet"
)

// longList is a list of so many people, referred one after another, of whom some have a
// line that is not right: a day to come, a pathway that there is not, or a number with
// a wrong digit.
func longList(prefix string, many, bad int) [][]any {
	lines := [][]any{{"Ref", "Email address", "NHS number", "Waiting for", "Date of referral"}}
	today := clock.DateOf(now)
	for n := range many {
		line := []any{fmt.Sprintf("%s-%05d", prefix, n), fmt.Sprintf("%s%d@list.example", strings.ToLower(prefix), n), "", "Talking therapy", string(today.Plus(-n % 500))}
		if every := many / max(bad, 1); bad > 0 && n%every == 0 && n/every < bad {
			switch n / every % 3 {
			case 0:
				line[4] = string(today.Plus(1 + n))
			case 1:
				line[3] = "Dentist"
			default:
				line[2] = "9998765430"
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// A list of 20,000 with 300 lines that are not right: each of these is told, the others
// are taken, and neither takes long.
func TestAListOfTwentyThousandIsTakenWithoutItsBadLines(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead := s.over("lead.bridge@eastvale")
		text := strings.Builder{}
		write, name := sheet.CSV, "list.csv"
		if s.app.DB.Postgres() {
			write, name = sheet.XLSX, "list.xlsx"
		}
		if err := write(&text, longList("L", 20_000, 300)); err != nil {
			t.Fatal(err)
		}
		took := clock.Stopwatch()
		file := "/bridge/waiting/files/" + field(t, lead.filed("/bridge/waiting/files", name, []byte(text.String()), nil), "id")
		looked := lead.getJSON(file, nil)
		if field(t, looked, "added") != "19700" || field(t, looked, "refused") != "300" || strings.Count(string(looked.body), `"line":`) != 100 {
			t.Fatalf("looked: %.300s", looked.body)
		}
		wrong := lead.get(file + "/wrong.csv")
		for _, told := range []string{"\n2,L-00000,referral date,This referral date is in the future.", "\n68,L-00066,pathway,This service has no pathway of this name.", "\n134,L-00132,NHS number,"} {
			if !wrong.has(told) {
				t.Errorf("the file of wrong lines lacks %q", told)
			}
		}
		if n := strings.Count(string(wrong.body), "\n"); n != 301 {
			t.Errorf("%d lines of wrong ones", n)
		}
		want(t, "nobody is on the list yet", lead.getJSON("/bridge/waiting/references/L-00001", nil), http.StatusNotFound)
		if got := s.sent(lead, file, map[string]any{"sum": field(t, looked, "sum")}); field(t, got, "added") != "19700" {
			t.Errorf("taken: %s", got.body)
		}
		var on, people int
		s.ofBridge([]any{&on, &people}, "SELECT count(*), count(DISTINCT email_lookup) FROM waiting_entries WHERE tenant_id = ? AND reference LIKE 'L-%'")
		if on != 19_700 || people != 19_700 {
			t.Errorf("%d are on the list, %d people", on, people)
		}
		if took() > 3*time.Minute { // of a machine with other tests on it
			t.Errorf("it took %s", took())
		}
		// The same again, with 20,000 on the list, changes nothing.
		again := lead.getJSON("/bridge/waiting/files/"+field(t, lead.filed("/bridge/waiting/files", name, []byte(text.String()), nil), "id"), nil)
		if field(t, again, "same") != "19700" || field(t, again, "added") != "0" || field(t, again, "changed") != "0" {
			t.Errorf("the same again: %.300s", again.body)
		}
		if page := s.as("clinician.bridge@eastvale").get("/bridge/waiting/board"); page.status != http.StatusOK || len(page.body) > 200<<10 {
			t.Errorf("the board: %d, %d bytes", page.status, len(page.body))
		}
	})
}
