package main

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// asksWhy are the commands that change what a service began with.
var asksWhy = regexp.MustCompile(`^/[a-z0-9-]+/(settings/(rooms|safeguarding|topics|joining)|forums/boards|gifts/catalogue)(/|$)|^/trust/retention/`)

// withReason gives such a command a reason where a test, which is about something
// else, gives none. A body of bytes stays as it is.
func withReason(path string, in any) any {
	if !asksWhy.MatchString(path) {
		return in
	}
	switch in := in.(type) {
	case map[string]any:
		if _, given := in["reason"]; !given {
			in = maps.Clone(in)
			in["reason"] = "The team talked about it"
		}
		return in
	case url.Values:
		if !in.Has("reason") {
			in = copied(in)
			in.Set("reason", "The team talked about it")
		}
		return in
	}
	return in
}

// Whatever a lead can change of what a preset set takes a reason: a new command below
// the settings of a service is here, or among those that change nothing of it.
func TestEachCommandThatChangesAPresetsDefaultTakesAReason(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	others := []string{
		"/{service}/settings/terms/check", "/{service}/settings/terms/{id}/check", "/{service}/settings/terms/many/check", // look only
		"/{service}/settings/terms/try", "/{service}/settings/terms/newer", // takes over what SHaRON says
	}
	var document struct {
		Paths map[string]map[string]struct {
			RequestBody struct {
				Content map[string]struct {
					Schema struct {
						Properties map[string]any
						Required   []string
					}
				}
			}
		}
	}
	s.over("lead.willow@northmoor").getJSON("/openapi.json", &document)
	asked := 0
	for path, operations := range document.Paths {
		post, there := operations["post"]
		below := strings.HasPrefix(path, "/{service}/settings/") || strings.HasPrefix(path, "/{service}/forums/boards") || strings.HasPrefix(path, "/{service}/gifts/catalogue") || strings.HasPrefix(path, "/trust/retention/")
		if !there || !below || slices.Contains(others, path) {
			continue
		}
		asked++
		for kind, content := range post.RequestBody.Content { // JSON, or a form with files
			if _, takes := content.Schema.Properties["reason"]; !takes {
				t.Errorf("%s asks for no reason in %s", path, kind)
			}
		}
	}
	if asked < 15 {
		t.Errorf("%d commands were found", asked)
	}
}

func TestAChangeWithoutAReasonIsRefusedAndOneWithAReasonKeepsIt(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, admin := s.over("lead.willow@northmoor"), s.over("admin@northmoor")
		for path, body := range map[string]string{
			"/willow/gifts/catalogue":                      `{"art":"kite"}`,
			"/willow/gifts/catalogue/" + s.kindOf("owl"):   `{"retired":true}`,
			"/trust/retention/live-words":                  `{"days":7}`,
			"/willow/settings/rooms/walls":                 `{"version":1,"on":false}`,
			"/willow/settings/safeguarding/all":            `{"version":0,"mode":"before","reason":"  "}`,
			"/willow/settings/topics":                      `{"name":"Weaning"}`,
			"/willow/settings/joining":                     `{"rules":"Be kind.","days":3,"version":1}`,
			"/willow/forums/boards":                        `{"name":"Weaning","audience":"service","who_may_post":"members"}`,
			"/willow/forums/boards/sleep-and-feeding/edit": `{"version":1,"name":"Sleep","who_may_post":"members"}`,
		} {
			by := lead
			if strings.HasPrefix(path, "/trust/") {
				by = admin
			}
			if got := by.sendJSON(path, []byte(body)); got.status != http.StatusUnprocessableEntity || !got.has("#/reason") {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
		if page := s.as("hazel.willow@northmoor").get("/willow/walls"); page.status != http.StatusOK {
			t.Errorf("the walls are gone: %d", page.status)
		}
		form := s.as("lead.willow@northmoor").post("/willow/settings/rooms/walls", url.Values{"on": {"false"}, "version": {"1"}, "settings/max_length": {"900"}, "reason": {""}})
		if form.status != http.StatusUnprocessableEntity || !form.has("Enter why.") || !form.has(`value="900"`) {
			t.Errorf("the form: %d %s", form.status, form.text())
		}

		const why = "Nobody could look after them"
		s.sent(lead, "/willow/settings/rooms/walls", map[string]any{"version": 1, "on": false, "reason": why})
		if page := s.as("lead.willow@northmoor").get("/willow/settings/rooms/walls"); !page.has(why) {
			t.Errorf("its history: %s", page.text())
		}
		s.sent(lead, "/willow/settings/safeguarding/all", map[string]any{"version": 0, "mode": "before", "reason": why})
		s.sent(lead, "/willow/forums/boards", map[string]any{"name": "Weaning", "audience": "service", "who_may_post": "members", "reason": why})
		s.sent(lead, "/willow/gifts/catalogue", map[string]any{"art": "kite", "reason": why})
		s.sent(lead, "/willow/gifts/catalogue/"+s.kindOf("owl"), map[string]any{"retired": true, "reason": why})
		s.sent(admin, "/trust/retention/live-words", map[string]any{"days": 7, "reason": why})
		if n := s.count("SELECT count(*) FROM audit_log WHERE tenant_id = ? AND reason = ? AND action IN ('rooms.change', 'safeguarding.mode', 'boards.make', 'gifts.add', 'gifts.retire', 'retention.change')", s.northmoor(), why); n != 6 {
			t.Errorf("%d records have the reason", n)
		}
	})
}
