package main

import (
	"net/http"
	"testing"
	"time"
)

// measured is the questionnaire that somebody who waits is to fill in; empty for none.
func (v *visitor) measured() (path string) {
	v.site.t.Helper()
	var mine struct{ Asks struct{ Name, Path string } }
	if got := v.getJSON("/bridge/waiting", &mine); got.status != http.StatusOK {
		v.site.t.Fatalf("where I am: %d %s", got.status, got.body)
	}
	return mine.Asks.Path
}

func TestACheckInAsksForWhatThePathwayMeasures(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, slate := s.over("lead.bridge@eastvale"), s.over("slate.bridge@eastvale")
		if path := slate.measured(); path != "" {
			t.Errorf("before the check-in: %s", path)
		}
		s.sent(slate, "/bridge/waiting/news", map[string]any{"what": "changed", "more": "I have moved."})
		if path := slate.measured(); path != "" {
			t.Errorf("after news: %s", path)
		}
		checkIn := func() { s.sent(slate, "/bridge/waiting/check-ins", map[string]any{"how": "same"}) }
		checkIn()
		path := slate.measured()
		if path == "" {
			t.Fatal("nothing is asked after a check-in")
		}
		checkIn()
		if again := slate.measured(); again != path {
			t.Errorf("asked twice: %s and %s", path, again)
		}
		if page := s.as("slate.bridge@eastvale").get("/bridge/waiting"); !page.has("PHQ-9") || !page.has(path) {
			t.Errorf("the page: %s", page.text())
		}

		// An answer that cannot wait opens a case, as it does among the recovery tools.
		filled := s.sent(slate, "/bridge"+path, answered(9, 1, map[int]int{9: 3}))
		if got := field(t, filled, "score"); got != "11" {
			t.Errorf("score %s", got)
		}
		if item, opened := s.caught("eastvale", "bridge", field(t, filled, "id")); item == nil || opened == nil || !opened.Level.Urgent() {
			t.Errorf("question 9: %+v, case %+v", item, opened)
		}
		if path := slate.measured(); path != "" {
			t.Errorf("after it was filled in: %s", path)
		}
		entry := "/bridge/waiting/entries/" + lead.onList("EV-20233").ID
		if page := s.as("clinician.bridge@eastvale").get(entry); !page.has("/bridge/recovery/people/slate") || page.has("PHQ-9") {
			t.Errorf("what a clinician sees: %s", page.text())
		}
		if page := s.as("lead.bridge@eastvale").get(entry); page.has("/bridge/recovery/people/slate") {
			t.Error("who is no clinician is led to the answers")
		}
		checkIn()
		if path := slate.measured(); path != "" {
			t.Error("asked again on the same day")
		}
		s.clock.Advance(14 * 24 * time.Hour)
		slate = s.over("slate.bridge@eastvale")
		checkIn()
		if path := slate.measured(); path == "" {
			t.Error("not asked again with the next check-in")
		}

		// Without recovery tools there is none to choose, and none is asked.
		lead = s.over("lead.bridge@eastvale")
		s.sent(lead, "/bridge/settings/rooms/recovery", map[string]any{"on": false, "version": 1})
		if path := slate.measured(); path != "" {
			t.Errorf("asked in a room that is closed: %s", path)
		}
		checkIn()
		var all struct {
			Pathways []struct {
				ID, Name, Measure string
				Version           int
			}
		}
		lead.getJSON("/bridge/waiting/pathways", &all)
		change := func(measure string) answer {
			for _, way := range all.Pathways {
				if way.Name == "Talking therapy" {
					return lead.sendJSON("/bridge/waiting/pathways/"+way.ID, map[string]any{"name": way.Name, "range": "figures", "cadence": 14, "measure": measure, "version": way.Version})
				}
			}
			return answer{}
		}
		want(t, "one that cannot be filled in", change("gad-7"), http.StatusUnprocessableEntity)
		want(t, "the one that it has", change("phq-9"), http.StatusOK)
		s.sent(lead, "/bridge/settings/rooms/recovery", map[string]any{"on": true, "version": 2})
		lead.getJSON("/bridge/waiting/pathways", &all)
		want(t, "one that there is not", change("mood-ring"), http.StatusUnprocessableEntity)
		want(t, "another one", change("gad-7"), http.StatusOK)
	})
}
