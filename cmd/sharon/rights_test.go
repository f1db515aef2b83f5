package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

type difference struct {
	Role, Where string
	Was, Now    bool
}

func TestAChangeOfPolicyIsShownMadeAndTakenBack(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		admin, sorrel, hazel := s.over("admin@northmoor"), s.over("sorrel.willow@northmoor"), s.over("hazel.willow@northmoor")
		deny := map[string]any{"permission": "forums.start", "role": "service_user", "service": "willow", "effect": "deny"}
		var preview struct{ Differences []difference }
		admin.getJSON("/trust/policy/change?permission=forums.start&role=service_user&service=willow&effect=deny", &preview)
		if len(preview.Differences) != 1 || preview.Differences[0] != (difference{"service_user", "in Willow", true, false}) {
			t.Errorf("before: %+v", preview)
		}
		if got := hazel.getJSON("/willow/forums/new", nil); got.status != http.StatusOK {
			t.Errorf("a look changed something: %d", got.status)
		}
		s.sent(admin, "/trust/policy/change", deny)
		got := hazel.getJSON("/willow/forums/new", nil)
		if got.status != http.StatusForbidden || !got.has("Your trust has switched") || !got.has("Start threads in the forums") {
			t.Errorf("after: %d %s", got.status, got.body)
		}
		if got := sorrel.getJSON("/willow/forums/new", nil); got.status != http.StatusOK {
			t.Errorf("another role: %d", got.status)
		}
		if e := one(t, s.logged("?action=policy.change")); len(e.Changes) != 1 || e.Changes[0].Was != "yes" || e.Changes[0].Now != "no" || !strings.Contains(e.Changes[0].Name, "Service user") {
			t.Errorf("the log: %+v", e)
		}
		var table struct {
			Rows []struct {
				Permission string
				Cells      []struct {
					Role                string
					May, Usual, Changed bool
				}
			}
			Changes []struct{ Role, Where string }
		}
		admin.getJSON("/trust/policy?service=willow", &table)
		marked := 0
		for _, row := range table.Rows {
			for _, cell := range row.Cells {
				if cell.Changed {
					marked++
					if row.Permission != "forums.start" || cell.Role != "service_user" || cell.May || !cell.Usual {
						t.Errorf("marked: %s %+v", row.Permission, cell)
					}
				}
			}
		}
		if marked != 1 || len(table.Changes) != 1 || table.Changes[0].Where != "In Willow" {
			t.Errorf("%d marked, %+v", marked, table.Changes)
		}
		why := s.over("moderator.willow@northmoor").getJSON("/willow/policy?role=service_user&permission=forums.start", nil)
		if field(t, why, "may") != "false" || !why.has("taken") || !why.has("service user") {
			t.Errorf("why: %s", why.body)
		}
		deny["effect"] = "usual"
		s.sent(admin, "/trust/policy/change", deny)
		if got := hazel.getJSON("/willow/forums/new", nil); got.status != http.StatusOK {
			t.Errorf("taken back: %d", got.status)
		}
	})
}

// What is taken from a role is taken from those that have what it has: shown before.
func TestAPreviewNamesEveryRoleThatIsHit(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	var preview struct{ Differences []difference }
	s.over("admin@northmoor").getJSON("/trust/policy/change?permission=live.host&role=moderator&effect=deny", &preview)
	hit := map[string]string{}
	for _, d := range preview.Differences {
		hit[d.Role] = d.Where
	}
	if len(hit) != 3 || hit["clinician"] != "in every service" || hit["service_lead"] == "" || hit["peer_supporter"] != "" {
		t.Errorf("%+v", preview)
	}
}

func TestSomePermissionsNeverChange(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		admin := s.over("admin@northmoor")
		before := admin.getJSON("/trust/policy", nil)
		for name, try := range map[string]struct {
			permission, role, effect string
			status                   int
		}{
			"locking oneself out":            {"policy.change", "trust_admin", "deny", 409},
			"closing one's eyes":             {"audit.read", "trust_admin", "deny", 409},
			"reading what members write":     {"posts.read", "trust_admin", "allow", 409},
			"giving the trust's away":        {"policy.change", "service_lead", "allow", 409},
			"the team's to a member":         {"messages.review", "service_user", "allow", 409},
			"a team without a moderator":     {"posts.moderate", "moderator", "deny", 409},
			"a role of the platform":         {"audit.read", "platform_admin", "allow", 422},
			"a role that nobody holds":       {"posts.read", "member", "deny", 422},
			"a permission that there is not": {"posts.everything", "moderator", "allow", 422},
			"an effect that there is not":    {"posts.read", "moderator", "perhaps", 422},
			"nothing chosen":                 {"posts.read", "moderator", "", 422},
		} {
			got := admin.sendJSON("/trust/policy/change", map[string]any{"permission": try.permission, "role": try.role, "effect": try.effect})
			if got.status != try.status {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		if got := admin.sendJSON("/trust/policy/change", map[string]any{"permission": "posts.read", "role": "carer", "service": "orchard", "effect": "deny"}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a service of the other trust: %d", got.status)
		}
		for _, account := range []string{"lead.willow@northmoor", "hazel.willow@northmoor"} {
			if got := s.over(account).sendJSON("/trust/policy/change", map[string]any{"permission": "forums.start", "role": "carer", "effect": "deny"}); got.status != http.StatusForbidden {
				t.Errorf("%s: %d", account, got.status)
			}
		}
		s.clock.Advance(11 * time.Minute)
		if got := admin.sendJSON("/trust/policy/change", map[string]any{"permission": "forums.start", "role": "carer", "effect": "deny"}); got.status != http.StatusForbidden || !got.has("proof_needed") {
			t.Errorf("without a fresh sign-in: %d %s", got.status, got.body)
		}
		if after := admin.getJSON("/trust/policy", nil); string(after.body) != string(before.body) {
			t.Errorf("something changed: %s", after.body)
		}
	})
}

func TestARefusalSaysWhyInPlainWords(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	got := s.over("hazel.willow@northmoor").getJSON("/willow/settings/rooms", nil)
	for _, words := range []string{"Your role here is service user", "Switch rooms on and off", "service lead", "trust administrator"} {
		if got.status != http.StatusForbidden || !got.has(words) {
			t.Errorf("no %q: %d %s", words, got.status, got.body)
		}
	}
	if got := s.over("admin@northmoor").getJSON("/willow/posts/00000000-0000-0000-0000-000000000000", nil); got.status != http.StatusForbidden || !got.has("trust administrator") {
		t.Errorf("the trust's administrator: %d %s", got.status, got.body)
	}
	for _, query := range []string{"?role=service_user&permission=nothing", "?role=nobody&permission=posts.read", "?role=service_user"} {
		if got := s.over("moderator.willow@northmoor").getJSON("/willow/policy"+query, nil); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", query, got.status)
		}
	}
}

// Every permission has words for the page.
func TestEveryPermissionHasWords(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	words := s.app.rights().Words()
	for _, rule := range s.app.Directory.Defaults {
		if permission := rule.Object + "." + rule.Action; words[permission] == "" {
			t.Errorf("%s has no words: see Rights", permission)
		}
	}
}
