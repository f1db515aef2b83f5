package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const journalPath, goalsPath = "/willow/recovery/journal", "/willow/recovery/goals"

func TestAJournalIsForItsWriterAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		tansy, over := s.as("tansy.willow@northmoor"), s.over("tansy.willow@northmoor")
		if page := tansy.get(journalPath + "/new?prompt=1"); !page.has("What was one good thing today") || !page.has("data-draft") {
			t.Errorf("with a prompt: %s", page.text())
		}
		if got := tansy.post(journalPath, url.Values{"prompt": {"Why?"}, "words": {" "}}); got.status != http.StatusUnprocessableEntity || !got.has("Enter something") {
			t.Errorf("an empty page: %d %s", got.status, got.text())
		}
		want(t, "write", tansy.post(journalPath, url.Values{"prompt": {"What was hard?"}, "words": {"canary Kettle broke"}}), http.StatusSeeOther)
		want(t, "write more", tansy.post(journalPath, url.Values{"words": {"canary second page"}}), http.StatusSeeOther)
		var found struct{ Entries []struct{ ID, Words string } }
		over.getJSON(journalPath+"?q=kettle", &found)
		if len(found.Entries) != 1 || found.Entries[0].Words != "canary Kettle broke" {
			t.Fatalf("found: %+v", found)
		}
		one := journalPath + "/" + found.Entries[0].ID
		want(t, "change", tansy.post(one, url.Values{"version": {"1"}, "words": {"canary better"}}), http.StatusSeeOther)
		if got := tansy.post(one, url.Values{"version": {"1"}, "words": {"canary lost?"}}); got.status != http.StatusConflict || !got.has("canary lost?") {
			t.Errorf("from a second tab: %d", got.status)
		}
		for _, account := range []string{"fern.willow@northmoor", "clinician.willow@northmoor", "lead.willow@northmoor", "admin@northmoor"} {
			v := s.over(account)
			for name, got := range map[string]answer{"read": v.getJSON(one, nil), "changed": v.sendJSON(one, map[string]any{"version": 2, "words": "x"}), "removed": v.sendJSON(one+"/remove", nil)} {
				if !refused(got.status) {
					t.Errorf("%s by %s: %d", name, account, got.status)
				}
			}
		}
		if got := s.over("clinician.willow@northmoor").getJSON("/willow/recovery/people/tansy", nil); got.has("canary") {
			t.Error("a clinician reads the journal")
		}
		if where := s.rowsWith("canary"); len(where) != 0 {
			t.Errorf("it stands in %v", where)
		}
		want(t, "remove", tansy.post(one+"/remove", nil), http.StatusSeeOther)
		want(t, "gone", over.getJSON(one, nil), http.StatusNotFound)
	})
}

// Nobody may read a journal, so nobody is told of it; its writer is shown whom to
// turn to.
func TestWhoIsInCrisisInTheirJournalIsShownSupportAndNobodyIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.catches("canary in danger")
		tansy := s.as("tansy.willow@northmoor")
		items, cases := s.rowsOf("desk_items", "1 = 1"), s.rowsOf("cases", "1 = 1")
		for path, form := range map[string]url.Values{journalPath: {"words": {"canary in danger"}}, goalsPath: {"title": {"Not to be canary in danger"}}} {
			if got := tansy.post(path, form); got.status != http.StatusSeeOther || got.location() != "/willow/support" {
				t.Errorf("%s: %d to %s", path, got.status, got.location())
			}
		}
		if s.rowsOf("desk_items", "1 = 1") != items || s.rowsOf("cases", "1 = 1") != cases {
			t.Error("the team is told of what nobody may read")
		}
		if where := s.rowsWith("canary"); len(where) != 0 {
			t.Errorf("it stands in %v", where)
		}
	})
}

func TestTheLeadChoosesThePromptsOfTheJournal(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		const prompts = "/willow/recovery/prompts"
		lead, tansy := s.as("lead.willow@northmoor"), s.as("tansy.willow@northmoor")
		want(t, "set", lead.post(prompts, url.Values{"version": {"0"}, "prompts": {"How was the night?\n\n"}}), http.StatusSeeOther)
		want(t, "from a second tab", lead.post(prompts, url.Values{"version": {"0"}, "prompts": {"x"}}), http.StatusConflict)
		if page := tansy.get(journalPath); !page.has("How was the night?") || page.has("one good thing") {
			t.Errorf("the journal: %s", page.text())
		}
		want(t, "too many", lead.post(prompts, url.Values{"version": {"1"}, "prompts": {strings.Repeat("x\n", 31)}}), http.StatusUnprocessableEntity)
		want(t, "too long", lead.post(prompts, url.Values{"version": {"1"}, "prompts": {strings.Repeat("x", 301)}}), http.StatusUnprocessableEntity)
		want(t, "a member", s.over("tansy.willow@northmoor").sendJSON(prompts, map[string]any{"version": 1, "prompts": "x"}), http.StatusForbidden)
		if page := s.as("lead.harbour@northmoor").get("/harbour/recovery/journal"); page.has("How was the night?") {
			t.Error("another service asks it too")
		}
	})
}

func TestAGoalHasStepsAndScoresAndAnEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		tansy, over := s.as("tansy.willow@northmoor"), s.over("tansy.willow@northmoor")
		want(t, "no title", tansy.post(goalsPath, url.Values{"title": {""}, "steps": {"canary step"}}), http.StatusUnprocessableEntity)
		goal := tansy.post(goalsPath, url.Values{"title": {"canary walk"}, "steps": {"Shoes on\n\nTo the gate"}}).location()
		want(t, "tick", tansy.post(goal+"/steps", url.Values{"version": {"1"}, "done": {"0"}}), http.StatusSeeOther)
		want(t, "other words", tansy.post(goal, url.Values{"version": {"2"}, "title": {"canary walk"}, "steps": {"Shoes on\nTo the gate\nTo the park"}}), http.StatusSeeOther)
		for name, score := range map[string]string{"none": "", "too low": "-1", "too high": "11", "half": "0.5"} {
			want(t, name, tansy.post(goal+"/scores", url.Values{"score": {score}}), http.StatusUnprocessableEntity)
		}
		for _, score := range []string{"0", "10"} {
			want(t, "score", tansy.post(goal+"/scores", url.Values{"score": {score}}), http.StatusSeeOther)
		}
		var one struct {
			Steps  []struct{ Done bool }
			Scores []struct{ Score int }
			Ended  string
		}
		over.getJSON(goal, &one)
		if len(one.Steps) != 3 || !one.Steps[0].Done || one.Steps[2].Done || len(one.Scores) != 2 || one.Scores[1].Score != 10 {
			t.Errorf("%+v", one)
		}
		want(t, "let go", tansy.post(goal+"/end", url.Values{"how": {"let_go"}}), http.StatusSeeOther)
		if page := tansy.get(goal); !page.has("That is all right") || !page.has("Take it up again") {
			t.Errorf("let go: %s", page.text())
		}
		clinician := s.over("clinician.willow@northmoor")
		if got := clinician.getJSON("/willow/recovery/people/tansy", nil); got.has("canary") {
			t.Error("a clinician sees what is not shared")
		}
		s.sent(over, "/willow/recovery/sharing", map[string]any{"what": "goals", "on": true})
		if got := clinician.getJSON("/willow/recovery/people/tansy", nil); !got.has("canary walk") {
			t.Errorf("shared: %s", got.body)
		}
		fern := s.over("fern.willow@northmoor")
		for path, in := range map[string]map[string]any{"": {"version": 3, "title": "x"}, "/steps": {"version": 3}, "/scores": {"score": 1}, "/end": {"how": "reached"}, "/remove": {}} {
			want(t, "somebody else: "+path, fern.sendJSON(goal+path, in), http.StatusNotFound)
		}
		want(t, "remove", tansy.post(goal+"/remove", nil), http.StatusSeeOther)
		if n := s.rowsOf("recovery_scores", "goal_id = '"+strings.TrimPrefix(goal, goalsPath+"/")+"'"); n != 0 {
			t.Errorf("%d scores are left", n)
		}
	})
}
