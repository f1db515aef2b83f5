package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// aDay is a check-in as a form or a client sends it.
func aDay(words string) map[string]any {
	return map[string]any{"mood": "low", "sleep": "badly", "energy": "little", "words": words}
}

// checkIns are a member's own, the latest first.
func (v *visitor) checkIns() (all []struct{ ID, Mood, Words string }) {
	v.site.t.Helper()
	var days struct {
		CheckIns []struct{ ID, Mood, Words string } `json:"check_ins"`
	}
	if got := v.getJSON("/willow/recovery/check-ins", &days); got.status != http.StatusOK {
		v.site.t.Fatalf("check-ins: %d %s", got.status, got.body)
	}
	return days.CheckIns
}

func TestACheckInIsKeptChangedAndRemovedWithoutJavaScript(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		tansy, over := s.as("tansy.willow@northmoor"), s.over("tansy.willow@northmoor")
		const path = "/willow/recovery/check-ins"
		if got := tansy.post(path, url.Values{"mood": {"low"}, "words": {"canary typed"}}); got.status != http.StatusUnprocessableEntity || !got.has("canary typed") || !got.has("Choose one of the answers for your sleep") {
			t.Fatalf("half a check-in: %d %s", got.status, got.text())
		}
		want(t, "keep", tansy.post(path, url.Values{"mood": {"low"}, "sleep": {"badly"}, "energy": {"little"}, "words": {"canary one"}}), http.StatusSeeOther)
		s.clock.Advance(10 * time.Minute)
		s.sent(over, path, aDay("canary two"))
		page := tansy.get(path)
		for _, words := range []string{"canary one", "canary two", "Only you see this", `<svg class="chart"`} {
			if !page.has(words) {
				t.Errorf("the page lacks %q", words)
			}
		}
		for _, never := range []string{"streak", "in a row", "average", "others", "rank"} {
			if page.has(never) {
				t.Errorf("the page says %q", never)
			}
		}
		one := path + "/" + over.checkIns()[1].ID
		change := url.Values{"version": {"1"}, "mood": {"good"}, "sleep": {"well"}, "energy": {"some"}, "words": {"canary better"}}
		want(t, "change", tansy.post(one, change), http.StatusSeeOther)
		if got := tansy.post(one, change); got.status != http.StatusConflict || !got.has("canary better") {
			t.Errorf("from a second tab: %d", got.status)
		}
		fern := s.over("fern.willow@northmoor")
		for name, got := range map[string]answer{"read": fern.getJSON(one, nil), "changed": fern.sendJSON(one, map[string]any{"version": 2, "mood": "low", "sleep": "badly", "energy": "none"}), "removed": fern.sendJSON(one+"/remove", nil)} {
			want(t, name+" by somebody else", got, http.StatusNotFound)
		}
		want(t, "remove", tansy.post(one+"/remove", nil), http.StatusSeeOther)
		want(t, "remove again", tansy.post(one+"/remove", nil), http.StatusNotFound)
		if left := over.checkIns(); len(left) != 1 || left[0].Words != "canary two" {
			t.Errorf("left: %+v", left)
		}
		if where := s.rowsWith("canary"); len(where) != 0 {
			t.Errorf("it stands in %v", where)
		}
	})
}

func TestSomebodyInCrisisIsCaughtInACheckIn(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		tansy := s.as("tansy.willow@northmoor")
		s.catches("canary in danger")
		got := tansy.post("/willow/recovery/check-ins", url.Values{"mood": {"very_low"}, "sleep": {"hardly"}, "energy": {"none"}, "words": {"canary in danger tonight"}})
		if got.status != http.StatusSeeOther || !strings.HasPrefix(got.location(), "/willow/support/") {
			t.Fatalf("no support is shown: %d to %s", got.status, got.location())
		}
		if page := tansy.get(got.location()); page.status != http.StatusOK || !page.has("116 123") {
			t.Errorf("support: %d", page.status)
		}
		item := s.onDesk(s.over("tansy.willow@northmoor").checkIns()[0].ID)
		lead := s.over("lead.willow@northmoor")
		if got := lead.getJSON(item, nil); got.has("danger tonight") || field(t, got, "case_id") == "" {
			t.Errorf("before it is taken, or without a case: %s", got.body)
		}
		want(t, "take", lead.sendJSON(item+"/take", nil), http.StatusOK)
		if got := lead.getJSON(item, nil); !got.has("danger tonight") {
			t.Errorf("whoever has it cannot read it: %s", got.body)
		}
		if got := s.over("moderator.willow@northmoor").getJSON(item, nil); got.has("danger tonight") {
			t.Error("somebody of the team who has not taken it reads it")
		}
	})
}

func TestAClinicianSeesOfCheckInsWhatIsSharedAndTheMemberSeesWhoLooked(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		tansy := s.over("tansy.willow@northmoor")
		const look, sharing = "/willow/recovery/people/tansy", "/willow/recovery/sharing"
		s.sent(tansy, "/willow/recovery/check-ins", aDay("canary before"))
		s.clock.Advance(24 * time.Hour)
		tansy, clinician := s.over("tansy.willow@northmoor"), s.over("clinician.willow@northmoor")
		s.sent(tansy, "/willow/recovery/check-ins", aDay("canary after"))
		if got := clinician.getJSON(look, nil); got.status != http.StatusOK || got.has("canary") {
			t.Fatalf("before anything is shared: %d %s", got.status, got.body)
		}
		want(t, "days that cannot be", tansy.sendJSON(sharing, map[string]any{"what": "check_ins", "on": true, "from": "2026-11-21", "until": "2026-11-20"}), http.StatusUnprocessableEntity)
		want(t, "a day that is none", tansy.sendJSON(sharing, map[string]any{"what": "check_ins", "on": true, "from": "21/11"}), http.StatusUnprocessableEntity)
		want(t, "a journal", tansy.sendJSON(sharing, map[string]any{"what": "journal", "on": true}), http.StatusUnprocessableEntity)
		s.sent(tansy, sharing, map[string]any{"what": "check_ins", "on": true, "from": "2026-11-21"})
		for range 2 { // who loads it again looks once
			if got := clinician.getJSON(look, nil); !got.has("canary after") || got.has("canary before") {
				t.Errorf("shared from the second day: %s", got.body)
			}
		}
		if got := tansy.getJSON(sharing, nil); strings.Count(string(got.body), `"Jo"`) != 1 {
			t.Errorf("who looked: %s", got.body)
		}
		if n := s.rowsOf("audit_log", "action = 'recovery.look'"); n != 1 {
			t.Errorf("%d looks in the audit log", n)
		}
		for _, account := range []string{"lead.willow@northmoor", "moderator.willow@northmoor", "peer.willow@northmoor", "fern.willow@northmoor"} {
			want(t, account, s.over(account).getJSON(look, nil), http.StatusForbidden)
		}
		want(t, "one's own", clinician.getJSON("/willow/recovery/people/jo", nil), http.StatusNotFound)
		s.sent(tansy, sharing, map[string]any{"what": "check_ins", "on": false})
		if got := clinician.getJSON(look, nil); got.has("canary") {
			t.Error("no longer shared, and still seen")
		}
	})
}

// recoveryPages are those of recovery tools.
func recoveryPages(s *site) []aPage {
	hazel := s.over("hazel.willow@northmoor")
	var goals struct{ Goals []struct{ ID string } }
	hazel.getJSON(goalsPath, &goals)
	aGoal, past := goalsPath+"/"+goals.Goals[0].ID, goalsPath+"/"+goals.Goals[1].ID
	var journal struct{ Entries []struct{ ID string } }
	hazel.getJSON(journalPath, &journal)
	day, page := "/willow/recovery/check-ins/"+hazel.checkIns()[0].ID, journalPath+"/"+journal.Entries[1].ID
	s.sent(hazel, "/willow/recovery/sharing", map[string]any{"what": "check_ins", "on": true, "from": "2026-11-10"})
	clinician := s.over("clinician.willow@northmoor")
	for _, ask := range []map[string]any{{"measure": "phq-9"}, {"measure": "gad-7"}} {
		s.sent(clinician, "/willow/recovery/people/hazel/measures", ask)
	}
	var blank, result string
	for _, one := range hazel.asked() {
		if path := "/willow/recovery/measures/" + one.ID; one.Measure == "gad-7" {
			result = "/willow/recovery/results/" + field(s.t, s.sent(hazel, path, answered(7, 1, map[int]int{2: 3, 5: 0})), "id")
		} else {
			blank = path
		}
	}
	s.sent(clinician, "/willow/recovery/people/hazel/measures", map[string]any{"measure": "gad-7", "every_weeks": 2})
	for _, one := range hazel.asked() {
		if one.Measure == "gad-7" {
			s.sent(hazel, "/willow/recovery/measures/"+one.ID, answered(7, 1, nil))
		}
	}
	s.sent(hazel, "/willow/recovery/reminder", map[string]any{"hour": "19:30"})
	aCase := "/willow/cases/" + clinician.opened("hazel", "amber")
	s.sent(clinician, aCase+"/have", nil)
	want(s.t, "a look", s.over("clinician.willow@northmoor").getJSON("/willow/recovery/people/hazel", nil), http.StatusOK)
	return []aPage{
		{"recovery", "hazel.willow@northmoor", "/willow/recovery", nil},
		{"recovery-check-ins", "hazel.willow@northmoor", "/willow/recovery/check-ins", nil},
		{"recovery-check-ins-empty", "ivy.willow@northmoor", "/willow/recovery/check-ins", nil},
		{"recovery-check-ins-error", "ivy.willow@northmoor", "/willow/recovery/check-ins", func(tab *testkit.Tab) { tab.Click("main form button[type=submit]") }},
		{"recovery-check-in", "hazel.willow@northmoor", day, nil},
		{"recovery-sharing", "hazel.willow@northmoor", "/willow/recovery/sharing", nil},
		{"recovery-sharing-none", "ivy.willow@northmoor", "/willow/recovery/sharing", nil},
		{"recovery-plan", "hazel.willow@northmoor", planPath, nil},
		{"recovery-plan-empty", "ivy.willow@northmoor", planPath, nil},
		{"recovery-plan-form", "hazel.willow@northmoor", planPath + "/edit", nil},
		{"recovery-plan-printed", "hazel.willow@northmoor", planPath + "/printed", nil},
		{"recovery-plan-versions", "hazel.willow@northmoor", planPath + "/versions", nil},
		{"recovery-goals", "hazel.willow@northmoor", goalsPath, nil},
		{"recovery-goal", "hazel.willow@northmoor", aGoal, nil},
		{"recovery-goal-let-go", "hazel.willow@northmoor", past, nil},
		{"recovery-journal", "hazel.willow@northmoor", journalPath, nil},
		{"recovery-journal-empty", "ivy.willow@northmoor", journalPath, nil},
		{"recovery-journal-write", "hazel.willow@northmoor", journalPath + "/new?prompt=2", nil},
		{"recovery-journal-page", "hazel.willow@northmoor", page, nil},
		{"recovery-questions", "hazel.willow@northmoor", "/willow/recovery/measures", nil},
		{"recovery-questions-none", "ivy.willow@northmoor", "/willow/recovery/measures", nil},
		{"recovery-questions-blank", "hazel.willow@northmoor", blank, nil},
		{"recovery-questions-error", "hazel.willow@northmoor", blank, func(tab *testkit.Tab) { tab.Click("main form button[type=submit]") }},
		{"recovery-questions-filled", "hazel.willow@northmoor", result, nil},
		{"recovery-reminder", "hazel.willow@northmoor", "/willow/recovery/reminder", nil},
		{"recovery-definitions", "lead.willow@northmoor", "/willow/recovery/definitions", nil},
		{"recovery-definitions-error", "lead.willow@northmoor", "/willow/recovery/definitions", func(tab *testkit.Tab) {
			tab.Fill("#file", "key: mine\nname: Mine\nitems:\n  - text: \" \"\n")
			tab.Click("main form button[type=submit]")
		}},
		{"recovery-prompts", "lead.willow@northmoor", "/willow/recovery/prompts", nil},
		{"case-safety-plan", "clinician.willow@northmoor", aCase, func(tab *testkit.Tab) {
			tab.OpenDetails("text=See Hazel’s safety plan")
			tab.Click("text=Open the safety plan")
			tab.WaitText("h1", "Safety plan of Hazel")
		}},
		{"recovery-shared", "clinician.willow@northmoor", "/willow/recovery/people/hazel", nil},
	}
}
