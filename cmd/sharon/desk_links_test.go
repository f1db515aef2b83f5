package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules/safety"
)

// linkings are the ways in which Priya of the team can be linked to an item.
var linkings = map[string]func(s aDesk, item safety.Item){
	"a friend": func(s aDesk, _ safety.Item) { s.tie("friend", "friend") }, // from before they were of the team
	"the reporter": func(s aDesk, item safety.Item) {
		s.mark(about(item), safety.Finding{Source: safety.ByFlag, Detail: "unkind", Level: safety.Green, By: uuid.MustParse(s.idOf("priya"))})
	},
	"somebody who knows them outside": func(s aDesk, _ safety.Item) {
		s.sent(s.over("moderator.willow@northmoor"), "/willow/desk/links", map[string]any{"of": "hazel"})
	},
	"blocked": func(s aDesk, _ safety.Item) { s.tie("blocked_by", "blocking") },
}

// tie makes a bond between Priya and Hazel, as each of them has it.
func (s aDesk) tie(priyas, hazels string) {
	for _, side := range [][3]string{{"priya", "hazel", priyas}, {"hazel", "priya", hazels}} {
		s.sql("INSERT INTO ties (tenant_id, service_id, member_id, other_id, kind, since) SELECT tenant_id, service_id, id, ?, ?, joined_at FROM members WHERE tenant_id = ? AND id = ?", s.idOf(side[1]), side[2], s.northmoor(), s.idOf(side[0]))
	}
}

func TestNobodyDecidesOnSomebodyLinkedToThem(t *testing.T) {
	for name, tie := range linkings {
		t.Run(name, func(t *testing.T) {
			onBothDesks(t, func(t *testing.T, s aDesk) {
				item := s.raised("hazel", "words for others’ eyes", safety.Amber, true)
				priya := s.over("moderator.willow@northmoor")
				tie(s, item)
				s.refuses(priya, item)
			})
		})
	}
	t.Run("themselves", func(t *testing.T) {
		onBothDesks(t, func(t *testing.T, s aDesk) {
			item := s.raised("priya", "words for others’ eyes", safety.Amber, true)
			s.refuses(s.over("moderator.willow@northmoor"), item)
		})
	})
}

// refuses holds the desk to telling somebody who is linked to an item nothing of it.
func (s aDesk) refuses(priya *visitor, item safety.Item) {
	t, page := s.t, s.as("moderator.willow@northmoor")
	for _, path := range []string{"/willow/desk", deskPath(item)} {
		for _, got := range []answer{page.get(path), priya.getJSON(path, nil)} {
			if got.status != http.StatusOK || got.has("words for others") || got.has("a term") || got.has("Hazel") {
				t.Errorf("%s tells too much: %d %s", path, got.status, got.text())
			}
		}
	}
	if got := page.get(deskPath(item)); !got.has("You are linked to this person; a colleague decides.") || got.has("/decide") || got.has("/take") {
		t.Errorf("the page: %s", got.text())
	}
	for path, in := range map[string]map[string]any{
		"/take": {}, "/leave": {}, "/undo": {}, "/decide": {"act": "approve", "version": item.Version, "seen": 1},
	} {
		if got := priya.sendJSON(deskPath(item)+path, in); got.status != http.StatusForbidden {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	var unread struct{ Unread map[string]int }
	priya.getJSON("/willow/stream?counts=true", &unread)
	if unread.Unread["safeguarding"] != 0 {
		t.Errorf("priya’s count is %d", unread.Unread["safeguarding"])
	}
	s.settle(1)
	if got := priya.notices("willow"); strings.Contains(got.says(), "desk") {
		t.Errorf("priya is told %q", got.says())
	}
	jo, lead := s.over("clinician.willow@northmoor"), s.over("lead.willow@northmoor")
	if got := jo.sendJSON(deskPath(item)+"/hand", map[string]any{"to": "priya"}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("handed to somebody who is linked: %d %s", got.status, got.body)
	}
	for _, to := range []string{"priya", "jo"} {
		if got := priya.sendJSON(deskPath(item)+"/hand", map[string]any{"to": to}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("passed on to %s: %d %s", to, got.status, got.body)
		}
	}
	s.sent(priya, deskPath(item)+"/hand", map[string]any{"to": "amira"})
	if now := lead.item(item); now.Holder == nil || now.Holder.Handle != "Amira" || now.Subject == nil {
		t.Errorf("with the lead: %+v", now)
	}
	if got := lead.decides(item, "approve", nil); got.status != http.StatusOK {
		t.Errorf("the lead decides: %d %s", got.status, got.body)
	}
}

func TestALinkIsTakenBackByTheLeadAlone(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		priya, lead := s.over("moderator.willow@northmoor"), s.over("lead.willow@northmoor")
		item := s.raised("hazel", "mine, until I say so", safety.Amber, false)
		s.sent(priya, deskPath(item)+"/take", nil)
		for _, of := range []string{"nobody-of-that-name", "priya", ""} {
			if got := priya.sendJSON("/willow/desk/links", map[string]any{"of": of}); got.status != http.StatusNotFound {
				t.Errorf("knows %q: %d", of, got.status)
			}
		}
		s.sent(priya, "/willow/desk/links", map[string]any{"of": "hazel"})
		s.sent(priya, "/willow/desk/links", map[string]any{"of": "hazel"})
		s.sent(lead, "/willow/desk/links", map[string]any{"of": "fern"})
		if now := s.over("clinician.willow@northmoor").item(item); now.Holder != nil {
			t.Errorf("still with %s", now.Holder.Handle)
		}
		end := func(v *visitor, member, colleague string) int {
			return v.sendJSON("/willow/desk/links/"+s.idOf(member)+"/end", map[string]any{"colleague": colleague}).status
		}
		if got := end(priya, "hazel", "priya"); got != http.StatusForbidden {
			t.Errorf("priya takes it back herself: %d", got)
		}
		if got := end(lead, "fern", "amira"); got != http.StatusForbidden {
			t.Errorf("the lead takes her own back: %d", got)
		}
		if got := end(lead, "ivy", "priya"); got != http.StatusNotFound {
			t.Errorf("a link that is not there: %d", got)
		}
		if got := end(lead, "hazel", "priya"); got != http.StatusOK || priya.item(item).Linked {
			t.Errorf("the lead takes it back: %d", got)
		}
	})
}
