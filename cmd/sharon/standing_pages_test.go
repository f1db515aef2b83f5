package main

import (
	"net/http"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules/safety"
)

// standingPages are those of strikes, appeals, suspensions, breaks and check-ins.
func standingPages(s *site) []aPage {
	_, item := s.postOf("juniper", "You lot would not last a night with mine.", safety.Amber)
	got := s.over("moderator.willow@northmoor").decides(item, "hide", map[string]any{"rule": rule, "words": "We have taken this out of sight, because it could hurt somebody who is tired.", "strike_days": 90})
	if got.status != http.StatusOK {
		s.t.Fatalf("a strike: %d %s", got.status, got.body)
	}
	deed := field(s.t, got, "deed", "id")
	s.sql("UPDATE desk_deeds SET at = ? WHERE tenant_id = ? AND id = ?", s.clock.Now().Add(-time.Hour), s.northmoor(), deed)
	s.sql("UPDATE strikes SET given_at = ? WHERE tenant_id = ? AND deed_id = ?", s.clock.Now().Add(-time.Hour), s.northmoor(), deed)
	s.suspends("thistle", 7)
	thistle := s.over("thistle.willow@northmoor")
	s.sent(thistle, "/willow/standing/appeal/"+thistle.stands().Suspension.ID, map[string]any{"words": "I was tired and it came out wrong. Three nights without sleep."})
	appeal := deskPath(s.itemOf(thistle.stands().Appeals[0].ID))
	s.sql("INSERT INTO check_ins (tenant_id, service_id, id, member_id, item_id, asked_at, answer) SELECT tenant_id, service_id, id, id, id, ?, '' FROM members WHERE tenant_id = ? AND id IN (?, ?)", s.clock.Now(), s.northmoor(), s.idOf("primrose"), s.idOf("saffron"))
	saffron := "/willow/how-are-you/" + s.idOf("saffron")
	s.sent(s.over("saffron.willow@northmoor"), saffron, map[string]any{"answer": "fine"})
	return []aPage{
		{"standing", "juniper.willow@northmoor", "/willow/standing", nil},
		{"standing-appealed", "marmalade.willow@northmoor", "/willow/standing", nil},
		{"standing-nothing", "primrose.willow@northmoor", "/willow/standing", nil},
		{"standing-decision", "juniper.willow@northmoor", "/willow/decisions/" + deed, nil},
		{"appeal", "juniper.willow@northmoor", "/willow/standing/appeal/" + deed, nil},
		{"appeal-error", "juniper.willow@northmoor", "/willow/standing/appeal/" + deed, func(tab *testkit.Tab) { tab.Click("main form[action*='/appeal/'] button[type=submit]") }},
		{"appeal-desk", "clinician.willow@northmoor", appeal, nil},
		{"suspended", "thistle.willow@northmoor", "/willow/standing", nil},
		{"suspended-home", "thistle.willow@northmoor", "/willow/walls/thistle", nil},
		{"suspended-refused", "thistle.willow@northmoor", "/willow/forums/new", nil},
		{"standing-of", "lead.willow@northmoor", "/willow/standing/of/thistle", nil},
		{"standing-suspend", "lead.willow@northmoor", "/willow/standing/of/juniper", nil},
		{"standing-suspend-error", "lead.willow@northmoor", "/willow/standing/of/juniper", func(tab *testkit.Tab) { tab.Click("main form[action$='/suspend'] button[type=submit]") }},
		{"break", "primrose.willow@northmoor", "/willow/break", nil},
		{"break-error", "primrose.willow@northmoor", "/willow/break", func(tab *testkit.Tab) { tab.Click("main form[action$='/break'] button[type=submit]") }},
		{"break-on", "leftsock.willow@northmoor", "/willow/break", nil},
		{"break-end", "leftsock.willow@northmoor", "/willow/break/end", nil},
		{"break-none", "primrose.willow@northmoor", "/willow/break/end", nil},
		{"check-in", "primrose.willow@northmoor", "/willow/how-are-you/" + s.idOf("primrose"), nil},
		{"check-in-fine", "saffron.willow@northmoor", saffron, nil},
	}
}
