package main

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/tenants"
)

// waitingPages are those of the waiting list.
func waitingPages(s *site) []aPage {
	lead := s.over("lead.bridge@eastvale")
	file := "/bridge/waiting/files/" + field(s.t, lead.filed("/bridge/waiting/files", "list.csv", []byte(listHeading+
		"P-1,999 876 5439,,Talking therapy,1 9 2026,soon,\nP-2,9998765430,,Talking therapy,1 9 2027,,\nP-3,,kim,Dentist,1 9 2026,,2026-10-01/\n"), nil), "id")
	worse, new, moved := "/bridge/waiting/entries/"+lead.onList("EV-20233").ID, "/bridge/waiting/entries/"+lead.onList("EV-19175").ID, "/bridge/waiting/entries/"+lead.onList("EV-20530").ID
	s.sent(lead, moved+"/handover", map[string]any{"service": "bridge", "version": 1})
	var all struct{ Pathways []struct{ ID, Name string } }
	lead.getJSON("/bridge/waiting/pathways", &all)
	return []aPage{
		{"where-i-am", "waiting.bridge@eastvale", "/bridge/waiting", nil},
		{"where-i-am-error", "waiting.bridge@eastvale", "/bridge/waiting", func(tab *testkit.Tab) { tab.Click("form[action$='/check-ins'] button[type=submit]") }},
		{"where-i-am-carer-error", "waiting.bridge@eastvale", "/bridge/waiting", func(tab *testkit.Tab) {
			tab.OpenDetails("#main details summary")
			tab.Click("form[action$='/carers'] button[type=submit]")
		}},
		{"waiting-carer", "@eastvale", s.sharedPage(), nil},
		{"waiting-board", "clinician.bridge@eastvale", "/bridge/waiting/board", nil},
		{"waiting-board-none", "clinician.bridge@eastvale", "/bridge/waiting/board?show=worse&keyworker=-", nil},
		{"waiting-entry", "clinician.bridge@eastvale", worse, nil},
		{"waiting-entry-not-here", "clinician.bridge@eastvale", new, nil},
		{"waiting-entry-over", "clinician.bridge@eastvale", moved, nil},
		{"waiting-entry-edit", "clinician.bridge@eastvale", worse + "/edit", nil},
		{"waiting-caseload", "clinician.bridge@eastvale", "/bridge/waiting/caseload", nil},
		{"waiting-add", "lead.bridge@eastvale", "/bridge/waiting/list", nil},
		{"waiting-add-one-error", "lead.bridge@eastvale", "/bridge/waiting/list/new", func(tab *testkit.Tab) { tab.Click("main form button[type=submit]") }},
		{"waiting-file", "lead.bridge@eastvale", file, nil},
		{"waiting-pathways", "lead.bridge@eastvale", "/bridge/waiting/pathways", nil},
		{"waiting-pathway", "lead.bridge@eastvale", "/bridge/waiting/pathways/" + all.Pathways[0].ID, nil},
		{"waiting-figures", "lead.bridge@eastvale", "/bridge/waiting/figures", nil},
	}
}

// sharedPage is what the demo's carer sees.
func (s *site) sharedPage() (path string) {
	s.t.Helper()
	var id uuid.UUID
	s.ofBridge([]any{&id}, "SELECT id FROM waiting_carers WHERE tenant_id = ?")
	s.in("bridge", func(_ context.Context, in tenants.Scope) error {
		path = "/shared/" + s.app.office().Token(in, "waiting-carer", id, 1)
		return nil
	})
	return path
}
