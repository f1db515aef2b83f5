package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/tenants"
)

// A year of a list, counted by the program and by SQL.
func TestTheFiguresEqualARecount(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead := s.over("lead.bridge@eastvale")
		text := strings.Builder{}
		text.WriteString("reference,pathway,referral date,pauses,outcome,outcome date,target weeks\n")
		today := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
		for n := range 300 {
			referred := today.AddDate(0, 0, -1-(n*37)%365)
			pause, outcome, on, target := "", "", "", ""
			if n%5 == 0 && referred.Before(today.AddDate(0, 0, -60)) {
				pause = referred.AddDate(0, 0, 10).Format(time.DateOnly) + "/" + referred.AddDate(0, 0, 10+n%40).Format(time.DateOnly)
			}
			if n%3 == 0 {
				outcome, on = []string{"first_appointment", "not_needed", "treatment_began", "moved"}[n/3%4], referred.AddDate(0, 0, min(n%200, int(today.Sub(referred).Hours()/24))).Format(time.DateOnly)
			}
			if n%2 == 0 {
				target = strconv.Itoa(4 + n%20)
			}
			fmt.Fprintf(&text, "Y-%d,Talking therapy,%s,%s,%s,%s,%s\n", n, referred.Format(time.DateOnly), pause, outcome, on, target)
		}
		file := "/bridge/waiting/files/" + field(t, lead.filed("/bridge/waiting/files", "year.csv", []byte(text.String()), nil), "id")
		if got := s.sent(lead, file, map[string]any{"sum": field(t, lead.getJSON(file, nil), "sum")}); field(t, got, "added") != "300" {
			t.Fatalf("taken: %s", got.body)
		}
		diff := func(a, b string) string { return "(" + a + "::date - " + b + "::date)" }
		if !s.app.DB.Postgres() {
			diff = func(a, b string) string { return "CAST(julianday(" + a + ") - julianday(" + b + ") AS integer)" }
		}
		end := "CASE WHEN outcome = '' THEN '2026-11-20' ELSE outcome_on END"
		// Each pause of this test is one; what of it lies beyond the end does not count.
		stop := "CASE WHEN substr(pauses, 12, 10) < " + end + " THEN " + diff("substr(pauses, 12, 10)", "substr(pauses, 1, 10)") + " + 1 WHEN substr(pauses, 1, 10) < " + end + " THEN " + diff(end, "substr(pauses, 1, 10)") + " ELSE 0 END"
		weeks := "(" + diff(end, "referred_on") + " - CASE WHEN pauses = '' THEN 0 ELSE " + stop + " END) / 7"
		from := " FROM waiting_entries AS e JOIN waiting_pathways AS w ON w.tenant_id = e.tenant_id AND w.id = e.pathway_id WHERE e.tenant_id = ?"
		goal := "(CASE WHEN e.target_weeks > 0 THEN e.target_weeks ELSE w.target_weeks END)"
		var got struct {
			Waiting, Began int
			Median         int `json:"median_weeks"`
			Most           int `json:"percentile_92_weeks"`
			NotNeeded      int `json:"no_longer_needed"`
			CheckIns       int `json:"check_ins"`
			Changes        int `json:"changes_found"`
			Bands          []struct{ People int }
			InTarget       struct{ Part, Of int } `json:"within_target"`
			CheckedIn      struct{ Part, Of int } `json:"checked_in"`
			BeganInTarget  struct{ Part, Of int } `json:"began_within_target"`
		}
		lead.getJSON("/bridge/waiting/figures?from=2025-11-21&to=2026-11-20", &got)
		for name, c := range map[string]struct {
			got int
			sql string
		}{
			"waiting":           {got.Waiting, "SELECT count(*)" + from + " AND outcome = ''"},
			"under 4 weeks":     {got.Bands[0].People, "SELECT count(*)" + from + " AND outcome = '' AND WEEKS < 4"},
			"26 to 51 weeks":    {got.Bands[5].People, "SELECT count(*)" + from + " AND outcome = '' AND WEEKS >= 26 AND WEEKS < 52"},
			"median":            {got.Median, "SELECT WEEKS" + from + " AND outcome = '' ORDER BY WEEKS LIMIT 1 OFFSET " + strconv.Itoa((got.Waiting+1)/2-1)},
			"92nd percentile":   {got.Most, "SELECT WEEKS" + from + " AND outcome = '' ORDER BY WEEKS LIMIT 1 OFFSET " + strconv.Itoa((got.Waiting*92+99)/100-1)},
			"within target":     {got.InTarget.Part, "SELECT count(*)" + from + " AND outcome = '' AND WEEKS < " + goal},
			"with a target":     {got.InTarget.Of, "SELECT count(*)" + from + " AND outcome = '' AND " + goal + " > 0"},
			"checked in":        {got.CheckedIn.Part, "SELECT count(*)" + from + " AND outcome = '' AND EXISTS (SELECT 1 FROM waiting_notes AS n WHERE n.tenant_id = e.tenant_id AND n.entry_id = e.id)"},
			"began":             {got.Began, "SELECT count(*)" + from + " AND outcome IN ('first_appointment', 'treatment_began') AND outcome_on >= '2025-11-21'"},
			"began in target":   {got.BeganInTarget.Part, "SELECT count(*)" + from + " AND outcome IN ('first_appointment', 'treatment_began') AND outcome_on >= '2025-11-21' AND WEEKS < " + goal},
			"no longer needed":  {got.NotNeeded, "SELECT count(*)" + from + " AND outcome = 'not_needed' AND outcome_on >= '2025-11-21'"},
			"check-ins":         {got.CheckIns, "SELECT count(*) FROM waiting_notes WHERE tenant_id = ? AND kind IN ('same', 'better', 'worse')"},
			"changes that were": {got.Changes, "SELECT count(*) FROM waiting_notes WHERE tenant_id = ? AND kind IN ('worse', 'changed', 'not_needed')"},
		} {
			var counted int
			if s.ofBridge([]any{&counted}, strings.ReplaceAll(c.sql, "WEEKS", weeks)); counted != c.got || counted == 0 {
				t.Errorf("%s: %d, by SQL %d", name, c.got, counted)
			}
		}
		if file := lead.get("/bridge/waiting/figures.csv?from=2025-11-21&to=2026-11-20"); !file.has("Waiting now," + strconv.Itoa(got.Waiting) + ",2025-11-21,2026-11-20,All pathways") {
			t.Errorf("the file: %s", file.body)
		}
		want(t, "a time that ends before it begins", lead.getJSON("/bridge/waiting/figures?from=2026-11-20&to=2026-11-19", nil), http.StatusUnprocessableEntity)
	})
}

func TestWhatSomebodyWhoLeavesSaidIsGoneAndTheListStays(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		var kept tenants.Holding
		for _, room := range s.app.Rooms {
			if room.Key == "waiting" {
				kept = room.Data
			}
		}
		s.inBridge(func(ctx context.Context, in tenants.Scope) error {
			person, err := in.Anybody(ctx, "Pepperpot")
			if err != nil {
				return err
			}
			var taken tenants.Copy
			if err := kept.Export(ctx, in, person, &taken); err != nil {
				return err
			}
			if all := fmt.Sprint(taken); !strings.Contains(all, "touch wood") || !strings.Contains(all, "EV-20391") || !strings.Contains(all, "No telephone before ten") {
				t.Errorf("the copy: %s", all)
			}
			return kept.Erase(ctx, in, person, tenants.Leaving{})
		})
		var notes, entries int
		s.ofBridge([]any{&notes}, "SELECT count(*) FROM waiting_notes WHERE tenant_id = ? AND words LIKE '%touch wood%'")
		s.ofBridge([]any{&entries}, "SELECT count(*) FROM waiting_entries WHERE tenant_id = ? AND reference = 'EV-20391' AND member_id IS NULL AND contact_words = '' AND email_sealed = ''")
		if notes != 0 || entries != 1 {
			t.Errorf("%d notes, %d entries", notes, entries)
		}
		// Those whose wait is over go at their age; who waits stays.
		s.inBridge(func(ctx context.Context, in tenants.Scope) error {
			class := kept.Classes[1]
			would, err := class.Count(ctx, in, in.Now)
			if err != nil {
				return err
			}
			went, err := class.Purge(ctx, in, in.Now)
			if left, again := class.Count(ctx, in, in.Now); would != 24 || went != would || left != 0 || again != nil {
				t.Errorf("%d would go, %d went, %d are left: %v", would, went, left, again)
			}
			return err
		})
		if s.ofBridge([]any{&entries}, "SELECT count(*) FROM waiting_entries WHERE tenant_id = ?"); entries != 56 {
			t.Errorf("%d entries are left", entries)
		}
	})
}

// Of two systems that put the same person at once, one does.
func TestOfTwoWhoPutTheSamePersonOneDoes(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		answers := make(chan int)
		for n := range 4 {
			pas := s.over("admin@eastvale")
			go func() {
				answers <- pas.sendBy(http.MethodPut, fmt.Sprintf("/bridge/waiting/references/R-%d", n), map[string]any{"nhs_number": "9998765439", "pathway": "Talking therapy", "referred_on": "2026-09-01"}).status
			}()
		}
		taken := map[int]int{}
		for range 4 {
			taken[<-answers]++
		}
		if taken[http.StatusOK] != 1 || taken[http.StatusUnprocessableEntity] != 3 {
			t.Errorf("answers: %v", taken)
		}
	})
}
