package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/jobs/jobstest"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// colleagues are the demo accounts of the platform, by role.
var colleagues = map[string]string{"platform_admin": "platform@sharon", "onboarding_manager": "onboarding@sharon", "finance": "finance@sharon"}

// atConsole fills the console's addresses.
var atConsole = ids{"queue": "bulk", "trust": uuid.NewString(), "event": uuid.NewString(), "service": uuid.NewString(), "id": uuid.NewString(), "kind": "dspt", "staff": uuid.NewString()}

// carried is a visitor somewhere else with the session of this one, as a cookie
// and as a bearer.
func (v *visitor) carried(to string) []*visitor {
	cookie, bearer := v.site.visit(to), v.site.visit(to)
	there, _ := url.Parse(cookie.base)
	cookie.client.Jar.SetCookies(there, []*http.Cookie{{Name: "sharon", Value: v.bearer, Path: "/"}})
	bearer.bearer = v.bearer
	return []*visitor{cookie, bearer}
}

// Every route of the console × every role of a trust, who has signed in there:
// it is as if they were nobody.
func TestNobodyOfATrustReachesTheConsole(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		for _, account := range everyRole {
			for _, v := range append(s.over(account).carried("console"), s.visit("console")) {
				for _, route := range s.app.console.Routes() {
					if route.Permission == web.Public {
						continue
					}
					if got := call(v, route, atConsole); got.status != http.StatusUnauthorized {
						t.Errorf("%s: %s %s: %d %s", account, route.Method, route.Path, got.status, got.body)
					}
				}
			}
		}
	})
}

// Every route of the trusts × every role of the platform.
func TestNobodyOfThePlatformReachesATrust(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		at := s.idsOf("northmoor", "willow")
		for role, account := range colleagues {
			for _, v := range s.over(account).carried("northmoor") {
				for _, route := range s.app.table.Routes() {
					if route.Permission == web.Public {
						continue
					}
					if got := call(v, route, at); got.status != http.StatusUnauthorized {
						t.Errorf("%s: %s %s: %d %s", role, route.Method, route.Path, got.status, got.body)
					}
				}
				if got := v.sendJSON("/sign-in", map[string]string{"email": account + ".example", "password": "demo-sharon-2026"}); got.status != http.StatusUnprocessableEntity {
					t.Errorf("%s signs in to a trust: %d %s", role, got.status, got.body)
				}
			}
		}
		if got := s.visit("console").sendJSON("/sign-in", map[string]string{"email": "admin@northmoor.example", "password": "demo-sharon-2026"}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a trust's administrator signs in to the console: %d %s", got.status, got.body)
		}
	})
}

// Each role can do at the console what the table of grants says, and no more.
func TestEachColleagueDoesWhatTheirPermissionsSay(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	for role, account := range colleagues {
		v := s.over(account)
		for _, route := range s.app.console.Routes() {
			if route.Permission == web.Public || route.Permission == web.Arriving {
				continue
			}
			if len(admin.Grants[route.Permission]) == 0 {
				t.Errorf("%s %s asks for %q, which no role has", route.Method, route.Path, route.Permission)
			}
			may := slices.Contains(admin.Grants[route.Permission], role)
			got := call(v, route, atConsole)
			if !may && got.status != http.StatusForbidden {
				t.Errorf("%s may not %s, but %s %s answers %d %s", role, route.Permission, route.Method, route.Path, got.status, got.body)
			}
			if may && got.status != http.StatusOK && got.status != http.StatusConflict && got.status != http.StatusNotFound && got.status != http.StatusUnprocessableEntity { // there is no such task, event or trust
				t.Errorf("%s: %s %s: %d %s", role, route.Method, route.Path, got.status, got.body)
			}
		}
	}
}

// What the pages say of the trusts is what they and their services are called, how
// they stand, and numbers.
func TestTheConsoleTellsNamesAndNumbersOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		var home admin.Home
		finance := s.over("finance@sharon")
		finance.getJSON("/", &home)
		if home.Trusts != 2 || home.Services != 7 || home.Warnings != 1 || home.Tasks != nil {
			t.Fatalf("got %+v", home)
		}
		var list admin.Portfolio
		finance.getJSON("/trusts", &list)
		for _, trust := range list.Trusts {
			for _, service := range trust.Services {
				if service.Name == "" || service.Status != "active" || len(service.Weeks) != 8 || service.Members != nil && *service.Members < 5 {
					t.Errorf("%s: %+v", trust.Trust.Name, service)
				}
			}
		}
		if len(list.Trusts) != 2 || len(list.Trusts[0].Services)+len(list.Trusts[1].Services) != 7 {
			t.Errorf("got %+v", list)
		}
		for _, account := range colleagues {
			v := s.as(account)
			for _, path := range []string{"/", "/trusts", "/trusts/" + list.Trusts[0].Trust.ID.String(), "/trusts/" + list.Trusts[1].Trust.ID.String()} {
				page := v.get(path)
				if page.status != http.StatusOK {
					t.Errorf("%s: %s: %d", account, path, page.status)
				}
				for _, word := range []string{"hazel", "willow@", "fern"} {
					if strings.Contains(strings.ToLower(string(page.body)), word) {
						t.Errorf("%s reads %q at %s", account, word, path)
					}
				}
			}
		}
	})
}

func TestALinkToTheQueuesIsForThoseWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	for role, account := range colleagues {
		v := s.as(account)
		if got := v.get("/").has(`href="/queues"`); got != (role != "finance") {
			t.Errorf("%s sees a link to the queues: %v", role, got)
		}
		if got := v.get("/queues").has("/queues/safety/pause"); got != (role == "platform_admin") {
			t.Errorf("%s sees a button to pause: %v", role, got)
		}
	}
}

// form sends a form from a page of the console.
func (v *visitor) form(path string, fields url.Values) answer {
	v.site.t.Helper()
	fields = copied(fields)
	if found := hidden.FindSubmatch(v.get("/").body); found != nil {
		fields.Set("_csrf", string(found[1]))
	}
	return v.post(path, fields)
}

func TestAQueueIsSteeredFromItsPage(t *testing.T) {
	t.Parallel()
	s, _ := onRealRedis(t)
	v := s.as("platform@sharon")
	if got := v.form("/queues/safety/pause", nil); got.status != http.StatusSeeOther || got.location() != "/queues" {
		t.Fatalf("pause: %d %s", got.status, got.text())
	}
	jobstest.Offer(t, s.app.Queue, jobs.Safety, "notice:send", 1)
	failed := jobstest.Offer(t, s.app.Queue, jobs.Default, "message:deliver", 1)
	if tries := jobstest.Work(t, s.app.Queue, "no", func(n int) bool { return n > 0 }); tries != 1 {
		t.Errorf("%d tries: the paused queue was worked on", tries)
	}
	page := v.get("/queues")
	if !page.has("Paused") || !page.has("message:deliver") || !page.has(failed) || page.has("secret") {
		t.Errorf("the page: %s", page.text())
	}
	if home := v.get("/"); !home.has("is paused") || !home.has("1 task has been given up") {
		t.Errorf("the first page: %s", home.text())
	}
	for range 2 { // the second click gets the first answer
		if got := v.form("/queues/default/run", url.Values{"task": {failed}, "_once": {"one page"}}); got.status != http.StatusSeeOther || got.location() != "/queues" {
			t.Fatalf("run again: %d %s", got.status, got.text())
		}
	}
	if got := v.form("/queues/default/run", url.Values{"task": {failed}, "_once": {"another page"}}); got.status != http.StatusConflict || !got.has("is not there any more") {
		t.Errorf("from another page: %d %s", got.status, got.text())
	}
	jobstest.Work(t, s.app.Queue, "no again", func(n int) bool { return n > 0 })
	if got := v.form("/queues/default/remove", url.Values{"task": {failed}}); got.status != http.StatusSeeOther {
		t.Errorf("remove: %d %s", got.status, got.text())
	}
	if got := v.form("/queues/safety/resume", nil); got.status != http.StatusSeeOther {
		t.Errorf("resume: %d %s", got.status, got.text())
	}
	if page := v.get("/queues"); page.has("Paused") || page.has(failed) {
		t.Errorf("afterwards: %s", page.text())
	}
	if got := v.post("/queues/safety/pause", url.Values{"_csrf": {"made.up"}}); got.status != http.StatusForbidden {
		t.Errorf("a form without its token: %d", got.status)
	}
}

// onRealRedis is a site whose queue is on a server of its own.
func onRealRedis(t *testing.T) (*site, *testkit.RedisServer) {
	t.Helper()
	server := testkit.StartRedis(t)
	s := newSite(t, testkit.SQLite(t, prepare), func(a *app) {
		var err error
		if a.Queue, err = jobs.Open(server.URL()); err != nil {
			t.Fatal(err)
		}
	})
	return s, server
}

func TestTheConsoleAnswersWhateverHappens(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	v := s.visit("console")
	for path, want := range map[string]string{"/help-now": "Samaritans", "/healthz": "ok", "/readyz": "ok", "/openapi.json": "/queues/{queue}/pause"} {
		if got := v.get(path); got.status != http.StatusOK || !got.has(want) {
			t.Errorf("%s: %d %s", path, got.status, got.text())
		}
	}
	if got := v.get("/queues"); got.status != http.StatusSeeOther || got.location() != "/sign-in?next=%2Fqueues" {
		t.Errorf("a stranger is sent to %d %s", got.status, got.location())
	}
}

func TestALostQueueIsSaidInWords(t *testing.T) {
	t.Parallel()
	s, redis := onRealRedis(t)
	v := s.as("platform@sharon")
	redis.Kill()
	for _, path := range []string{"/", "/queues"} {
		if page := v.get(path); page.status != http.StatusOK || !page.has("The queue does not answer. Nothing is lost") {
			t.Errorf("%s: %d %s", path, page.status, page.text())
		}
	}
}

func TestStaffCreateSaysWhatToMend(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   staffCreate
		want string // the field, empty for none
	}{
		"platform staff":                {staffCreate{Role: "finance", Name: "Tomos"}, ""},
		"platform staff without a name": {staffCreate{Role: "finance"}, "name"},
		"platform staff in a trust":     {staffCreate{Role: "platform_admin", Name: "Priya", Trust: "northmoor"}, "role"},
		"a clinician without a trust":   {staffCreate{Role: "clinician", Service: "willow", Handle: "Amira"}, "trust"},
		"a clinician with a real name":  {staffCreate{Role: "clinician", Trust: "northmoor", Service: "willow", Handle: "Amira", Name: "Dr Osei"}, "name"},
		"a clinician":                   {staffCreate{Role: "clinician", Trust: "northmoor", Service: "willow", Handle: "Amira"}, ""},
		"a clinician without a handle":  {staffCreate{Role: "clinician", Trust: "northmoor", Service: "willow"}, "handle"},
		"an administrator of a service": {staffCreate{Role: "trust_admin", Trust: "northmoor", Service: "willow"}, "service"},
		"an administrator":              {staffCreate{Role: "trust_admin", Trust: "northmoor"}, ""},
	} {
		if got := fieldOf(c.in.check()); got != c.want {
			t.Errorf("%s: %q is to mend, not %q", name, got, c.want)
		}
	}
}

func TestWorkerRefusesAnUnknownQueue(t *testing.T) {
	t.Parallel()
	err := workerCmd{config: config{RedisURL: "redis://127.0.0.1:1"}, Queues: []string{"safety", "urgent"}}.Run(t.Context())
	if fieldOf(err) != "queues" {
		t.Errorf("got %v", err)
	}
}

// fieldOf is the field that an error is about.
func fieldOf(err error) string {
	var failed *fault.Error
	if !errors.As(err, &failed) || len(failed.Fields) == 0 {
		return ""
	}
	return failed.Fields[0].Name
}

func TestWhatWasGivenUpIsShownWithoutWordsAndCanBeTriedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		event := s.givesUp()
		platform := s.over("platform@sharon")
		var page admin.Queues
		platform.getJSON("/queues", &page)
		if len(page.GivenUp) != 1 || page.GivenUp[0].ID != event.ID || page.GivenUp[0].Kind != "posts.replied" || page.GivenUp[0].Error != "the mail server is away" {
			t.Fatalf("given up: %+v", page.GivenUp)
		}
		retry := "/outbox/" + page.GivenUp[0].TrustID.String() + "/" + event.ID.String() + "/retry"
		if got := s.over("onboarding@sharon").sendJSON(retry, map[string]string{}); got.status != http.StatusForbidden {
			t.Errorf("the onboarding manager: %d", got.status)
		}
		for _, want := range []int{http.StatusOK, http.StatusNotFound} { // the second click finds it done
			if got := platform.sendJSON(retry, map[string]string{}); got.status != want {
				t.Errorf("got %d, want %d: %s", got.status, want, got.body)
			}
		}
		if platform.getJSON("/queues", &page); len(page.GivenUp) > 0 {
			t.Errorf("still given up: %+v", page.GivenUp)
		}
	})
}

// givesUp leaves an event in northmoor's outbox that could not be carried out.
func (s *site) givesUp() (event tenants.Event) {
	s.t.Helper()
	trust, err := s.app.Directory.TrustAt(s.t.Context(), "northmoor.localhost")
	if err == nil {
		err = s.app.Directory.WriteAs(s.t.Context(), trust.ID, "willow", func(ctx context.Context, scope tenants.Scope) error {
			if err := scope.Emit(ctx, posts.Replied, tenants.Event{Subject: uuid.New()}); err != nil {
				return err
			}
			later := scope
			later.Now = scope.Now.Add(time.Hour)
			open, err := tenants.Outbox{Scope: later}.Claim(ctx, 1)
			if err != nil || len(open) == 0 {
				return errors.Join(err, errors.New("nothing to give up"))
			}
			event = open[0]
			return tenants.Outbox{Scope: scope}.Fail(ctx, event.ID, "the mail server is away")
		})
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return event
}
