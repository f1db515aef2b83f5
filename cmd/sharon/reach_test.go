package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const reachPath = "/willow/settings/reach"

func TestALeadSaysWhenTheTeamIsThere(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.sql("UPDATE services SET roster = NULL WHERE tenant_id = ? AND slug = 'willow'", s.northmoor()) // the rota goes before these hours
		lead := s.as("lead.willow@northmoor")
		if page := lead.get(reachPath); !page.has(`name="mon" type="text" value="09:00 to 17:00"`) || !page.has(`name="sat" type="text" value=""`) {
			t.Fatalf("the form: %d %s", page.status, page.body)
		}
		hours := url.Values{"version": {"1"}, "fri": {"9am to 5ish"}, "sat": {"10am to noon"}, "reason": {"We try Saturdays"}}
		if got := lead.post(reachPath+"/hours", hours); got.status != http.StatusUnprocessableEntity || !got.has("Write times like 9:00, 17:30 or 5pm") || !got.has(`value="9am to 5ish"`) || !got.has(`value="10am to noon"`) || strings.Count(string(got.body), `aria-invalid="true"`) != 1 {
			t.Errorf("hours that cannot be: %d %s", got.status, got.text())
		}
		hours.Set("fri", "9am to 10:15")
		want(t, "save", lead.post(reachPath+"/hours", hours), http.StatusSeeOther)
		if page := s.as("hazel.willow@northmoor").get("/willow"); !page.has("The team is next here tomorrow at 10am") { // it is Friday, 10:30
			t.Errorf("what members read: %s", page.text())
		}
		if got := lead.post(reachPath+"/hours", hours); got.status != http.StatusConflict || !got.has(`value="9am to 10:15"`) {
			t.Errorf("from a second tab: %d %s", got.status, got.text())
		}
		if n := s.rowsOf("audit_log", "action = 'reach.hours' AND reason = 'We try Saturdays'"); n != 1 {
			t.Errorf("%d lines in the audit log", n)
		}
	})
}

func TestALeadSaysWhomToCallInACrisis(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, hazel := s.as("lead.willow@northmoor"), s.as("hazel.willow@northmoor")
		help := func() answer { // which goes by what the last page taught the server
			hazel.get("/willow/rules")
			return hazel.get("/willow/help-now")
		}
		line := url.Values{"version": {"1"}, "name": {"Canary night line"}, "phone": {"0306 99"}, "hours": {"Every night"}, "reason": {"It opened"}}
		for field, wrong := range map[string]url.Values{
			"phone": line, "text": {"version": {"1"}, "name": {"x"}, "text": {"12"}, "hours": {"x"}, "reason": {"x"}}, "name": {"version": {"1"}, "phone": {"999"}, "hours": {"x"}, "reason": {"x"}}, "reason": {"version": {"1"}, "name": {"x"}, "phone": {"999"}, "hours": {"x"}},
		} {
			if got := lead.post(reachPath+"/contacts", wrong); got.status != http.StatusUnprocessableEntity || !got.has(`href="#`) || !strings.Contains(string(got.body), `name="`+field+`"`) {
				t.Errorf("wrong %s: %d %s", field, got.status, got.text())
			}
		}
		line.Set("phone", "03069 990144")
		want(t, "add", lead.post(reachPath+"/contacts", line), http.StatusSeeOther)
		if page := help(); !page.has("Canary night line") || !page.has("tel:03069990144") {
			t.Errorf("get help now: %s", page.text())
		}
		want(t, "a second click", lead.post(reachPath+"/contacts", line), http.StatusConflict)
		second := reachPath + "/contacts/2"
		line.Set("version", "2")
		line.Set("text", "07700 900123")
		want(t, "change", lead.post(second, line), http.StatusSeeOther)
		if page := help(); !page.has("sms:07700900123") || strings.Contains(page.text(), "Text to") {
			t.Errorf("to text without a word: %s", page.text())
		}
		if page := lead.get(second); !page.has(`value="Canary night line"`) {
			t.Errorf("its page: %s", page.text())
		}
		want(t, "one that is not there", lead.get(reachPath+"/contacts/3"), http.StatusNotFound)
		want(t, "remove", lead.post(second+"/remove", url.Values{"version": {"3"}, "reason": {"It shut"}}), http.StatusSeeOther)
		if page := help(); page.has("Canary night line") {
			t.Errorf("after it was removed: %s", page.text())
		}
		over := s.over("lead.willow@northmoor")
		for version := 4; version < 8; version++ {
			s.sent(over, reachPath+"/contacts", map[string]any{"version": version, "name": "Line", "phone": "999", "hours": "Any time", "reason": "x"})
		}
		want(t, "a sixth", over.sendJSON(reachPath+"/contacts", map[string]any{"version": 8, "name": "Line", "phone": "999", "hours": "Any time", "reason": "x"}), http.StatusUnprocessableEntity)
		for _, account := range []string{"hazel.willow@northmoor", "peer.willow@northmoor", "moderator.willow@northmoor"} {
			want(t, account+" looks", s.over(account).getJSON(reachPath, nil), http.StatusForbidden)
			want(t, account+" removes", s.over(account).sendJSON(reachPath+"/contacts/1/remove", map[string]any{"version": 8, "reason": "x"}), http.StatusForbidden)
		}
		want(t, "another service", s.over("lead.harbour@northmoor").getJSON(reachPath, nil), http.StatusNotFound)
		want(t, "another trust", s.over("lead.orchard@eastvale").getJSON(reachPath, nil), http.StatusNotFound)
	})
}

func TestWingsHaveTheHoursAndCrisisContactsOfTheirService(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.winged()
		lead := s.over("lead.orchard@eastvale")
		s.sent(lead, "/orchard/settings/reach/contacts", map[string]any{"version": 1, "name": "Canary line", "phone": "03069 990212", "hours": "Any time", "reason": "New"})
		if page := s.as("lead.orchard@eastvale").get("/orchard-14-17/help-now"); !page.has("Canary line") {
			t.Errorf("a wing’s help: %s", page.text())
		}
		if page := s.as("lead.orchard@eastvale").get("/orchard-14-17/settings/reach"); !page.has("They are changed there") || page.has("Save the hours") {
			t.Errorf("a wing’s page: %s", page.text())
		}
		want(t, "at the wing", lead.sendJSON("/orchard-14-17/settings/reach/hours", map[string]any{"version": 2, "mon": "9 to 5", "reason": "x"}), http.StatusConflict)
	})
}
