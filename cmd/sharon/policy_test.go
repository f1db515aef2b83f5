package main

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// rule adds to the policy of northmoor, as its administrator would: "deny, member, forums.read".
func (s *site) rule(words string) {
	s.t.Helper()
	parts := strings.Split(words, ", ")
	object, action, _ := strings.Cut(parts[2], ".")
	s.sql("INSERT INTO policy_rules (tenant_id, id, role, service, object, action, effect, created_at) VALUES (?, ?, ?, '*', ?, ?, ?, ?)",
		s.northmoor(), uuid.New(), parts[1], object, action, parts[0], now)
	s.raise()
}

// raise makes every node read the trust anew.
func (s *site) raise() {
	s.t.Helper()
	s.sql("UPDATE trusts SET config_version = config_version + 1 WHERE id = ?", s.northmoor())
}

func TestADeniedRoomIsHiddenEverywhereAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		browser, hazel := s.as("hazel.willow@northmoor"), s.over("hazel.willow@northmoor")
		id := threadBy(hazel, "sleep-and-feeding", "canary")
		wall := wallPostBy(hazel, "hazel", "a word on a wall")
		thread, link := "/willow/forums/threads/"+id, "/willow/posts/"+id
		shown := func(want bool) {
			t.Helper()
			if got := hazel.getJSON("/willow", nil); got.status != http.StatusOK || got.has("canary") != want || !got.has("a word on a wall") {
				t.Errorf("timeline, shown %v: %d %.300s", want, got.status, got.body)
			}
			for _, path := range []string{thread, link, "/willow/forums", "/willow/forums/following"} {
				if got := hazel.getJSON(path, nil); (got.status == http.StatusOK) != want || !want && (!refused(got.status) || got.has("canary")) {
					t.Errorf("%s, shown %v: %d %.300s", path, want, got.status, got.body)
				}
			}
			if got := browser.get("/willow"); got.has("/willow/forums") != want {
				t.Errorf("the timeline's page leads to the forums, shown %v", want)
			}
			if got := hazel.getJSON("/willow/posts/"+wall+"?quote="+id, nil); got.has("canary") != want {
				t.Errorf("quoted below a wall post, shown %v: %.300s", want, got.body)
			}
		}
		shown(true)
		s.rule("deny, member, forums.read")
		shown(false)
		for path, body := range map[string]map[string]any{
			link + "/reaction": {"kind": "hug"}, link + "/follow": {"follow": true}, link + "/replies": {"body": "x"},
			thread + "/replies": {"body": "x"}, link + "/edit": {"version": 1, "title": "x", "body": "x"},
		} {
			if got := hazel.sendJSON(path, body); !refused(got.status) {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
		s.sql("DELETE FROM policy_rules WHERE tenant_id = ?", s.northmoor())
		s.raise()
		shown(true)
	})
}

func TestADenyWinsOverAnotherRolesAllow(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		id := threadBy(fern, "sleep-and-feeding", "canary")
		for _, roles := range []string{"service_user,peer_supporter", "peer_supporter,service_user"} {
			s.sql("UPDATE members SET roles = ? WHERE tenant_id = ? AND handle_key = 'hazel'", roles, s.northmoor())
			if got := hazel.getJSON("/willow/posts/"+id, nil); got.status != http.StatusOK {
				t.Errorf("%s before: %d", roles, got.status)
			}
			s.rule("allow, service_user, forums.read")
			s.rule("deny, peer_supporter, forums.read")
			if got := hazel.getJSON("/willow", nil); got.status != http.StatusOK || got.has("canary") {
				t.Errorf("%s: timeline %d %.300s", roles, got.status, got.body)
			}
			for _, path := range []string{"/willow/posts/" + id, "/willow/forums/threads/" + id} {
				if got := hazel.getJSON(path, nil); !refused(got.status) {
					t.Errorf("%s: %s %d", roles, path, got.status)
				}
			}
			if got := fern.getJSON("/willow/posts/"+id, nil); got.status != http.StatusOK {
				t.Errorf("a service user only: %d", got.status)
			}
			s.sql("DELETE FROM policy_rules WHERE tenant_id = ?", s.northmoor())
			s.raise()
		}
	})
}

func TestTheOwnerOfAWallCanReadWhatIsWrittenOnIt(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		for who, may := range map[string]string{
			"moderator hazel": "service", "moderator amira": "service staff", "lead jo": "service staff clinicians", "peer hazel": "service peers",
			"hazel bramble": "service peers", "hazel jo": "service peers clinicians", "hazel hazel": "service peers friends clinicians",
		} {
			account, handle, _ := strings.Cut(who, " ")
			v := s.over(account + ".willow@northmoor")
			var wall struct{ Audiences []string }
			v.getJSON("/willow/walls/"+handle, &wall)
			if offered := strings.Join(wall.Audiences, " "); offered != may {
				t.Errorf("%s is offered %s, not %s", who, offered, may)
			}
			for _, audience := range []string{"service", "peers", "carers", "friends", "staff", "clinicians"} {
				want := http.StatusUnprocessableEntity
				if slices.Contains(strings.Fields(may), audience) {
					want = http.StatusOK
				}
				words := "to " + audience + " by " + account
				got := v.sendJSON("/willow/walls/"+handle, map[string]any{"body": words, "audience": audience})
				if got.status != want || got.status != http.StatusOK && !got.has(`"pointer":"#/audience"`) {
					t.Errorf("%s for %s: %d %s", who, audience, got.status, got.body)
				}
				if want == http.StatusOK && account != handle {
					if page := s.over(loginOf[handle]).getJSON("/willow/walls/"+handle, nil); !page.has(words) {
						t.Errorf("%s for %s is not shown to the wall's owner", who, audience)
					}
				}
			}
		}
	})
}

// loginOf are the accounts of some handles of willow.
var loginOf = map[string]string{"hazel": "hazel.willow@northmoor", "amira": "lead.willow@northmoor", "jo": "clinician.willow@northmoor", "bramble": "peer.willow@northmoor"}

func TestPeersSeeABadgeAndNeverRoles(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel := s.over("hazel.willow@northmoor")
		s.sql("UPDATE members SET roles = 'service_user,peer_supporter' WHERE tenant_id = ? AND handle_key = 'sorrel'", s.northmoor())
		id := threadBy(hazel, "sleep-and-feeding", "Who answers?")
		for _, account := range []string{"sorrel.willow@northmoor", "fern.willow@northmoor", "clinician.willow@northmoor"} {
			replyBy(s.over(account), id, "an answer")
		}
		wallPostBy(s.over("sorrel.willow@northmoor"), "hazel", "a word")
		for _, path := range []string{
			"/willow", "/willow/forums/threads/" + id, "/willow/posts/" + id, "/willow/forums/boards/sleep-and-feeding", "/willow/forums/unanswered",
			"/willow/walls", "/willow/walls/hazel", "/willow/people/sorrel", "/willow/people/jo", "/willow/people/fern",
		} {
			if got := hazel.getJSON(path, nil); got.status != http.StatusOK || got.has(`"roles"`) || got.has("service_user") || got.has("trust_admin") {
				t.Errorf("%s: %d %.500s", path, got.status, got.body)
			}
		}
		for handle, badge := range map[string]string{"sorrel": "peer_supporter", "jo": "clinician", "amira": "service_lead", "fern": "<nil>"} {
			if got := field(t, hazel.getJSON("/willow/people/"+handle, nil), "person", "badge"); got != badge {
				t.Errorf("%s wears %s, not %s", handle, got, badge)
			}
		}
	})
}

func TestTooManyTriesAreToldHowLongToWait(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	form := func(v *visitor) answer {
		return v.post("/sign-in", url.Values{"email": {"hazel.willow@northmoor.example"}, "password": {"not the password"}})
	}
	client := func(v *visitor) answer {
		return v.sendJSON("/sign-in", map[string]string{"email": "fern.willow@northmoor.example", "password": "not the password"})
	}
	for name, try := range map[string]func(*visitor) answer{"form": form, "client": client} {
		v := s.visit("northmoor")
		var got answer
		for tries := 0; got.status != http.StatusTooManyRequests && tries < 20; tries++ {
			got = try(v)
		}
		for _, got := range []answer{got, try(v)} {
			wait, err := strconv.Atoi(got.header.Get("Retry-After"))
			if got.status != http.StatusTooManyRequests || err != nil || wait < 1 || !got.has("too many tries") {
				t.Errorf("%s: %d, wait %q: %s", name, got.status, got.header.Get("Retry-After"), got.text())
			}
			if kind := got.header.Get("Content-Type"); strings.HasPrefix(kind, "text/html") != (name == "form") {
				t.Errorf("%s is answered with %s", name, kind)
			}
		}
	}
}

// northmoor is the id of the trust.
func (s *site) northmoor() uuid.UUID {
	s.t.Helper()
	trust, err := s.app.Directory.TrustAt(context.Background(), "northmoor.localhost")
	if err != nil {
		s.t.Fatal(err)
	}
	return trust.ID
}
