package main

import (
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// casePages are those of cases and drills.
func casePages(s *site) []aPage {
	s.t.Helper()
	alarmed := s.over("lead.willow@northmoor").opened("dill", "crisis")
	s.sql("UPDATE cases SET due_at = ? WHERE tenant_id = ? AND id = ?", s.clock.Now().Add(-3*time.Minute), s.northmoor(), alarmed)
	red, closed := s.over("clinician.willow@northmoor").cases("?level=red")[0].ID, s.over("clinician.willow@northmoor").cases("?show=closed")[0].ID
	at := func(id string) string { return "/willow/cases/" + id }
	return []aPage{
		{"cases", "moderator.willow@northmoor", "/willow/cases", nil},
		{"cases-closed", "moderator.willow@northmoor", "/willow/cases?show=closed", nil},
		{"cases-none", "lead.meadow@eastvale", "/meadow/cases", nil},
		{"case", "clinician.willow@northmoor", at(red), nil},
		{"case-unanswered", "moderator.willow@northmoor", at(alarmed), nil},
		{"case-closed", "moderator.willow@northmoor", at(closed), nil},
		{"case-error", "clinician.willow@northmoor", at(red), func(tab *testkit.Tab) {
			tab.Click("text=Close the case")
			tab.Click("form[action$='/close'] button[type=submit]")
		}},
		{"case-record", "moderator.willow@northmoor", at(closed) + "/record", nil},
		{"case-new", "moderator.willow@northmoor", "/willow/cases/new?member=rowan", nil},
		{"case-new-error", "moderator.willow@northmoor", "/willow/cases/new", func(tab *testkit.Tab) { tab.Click("main form[action$='/cases'] > button[type=submit]") }},
		{"drills", "lead.willow@northmoor", "/willow/cases/drills", nil},
		{"drills-none", "lead.meadow@eastvale", "/meadow/cases/drills", nil},
	}
}
