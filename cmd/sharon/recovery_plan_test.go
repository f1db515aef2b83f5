package main

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

const planPath = "/willow/recovery/plan"

// plans keeps a member's safety plan over a version.
func (v *visitor) plans(version int, signs string) answer {
	return v.sendJSON(planPath, map[string]any{"version": version, "warning_signs": signs, "by_myself": "A shower\nThe radio", "people": "My sister 01632 960123", "professionals": "Crisis line: 03069 990111"})
}

func TestASafetyPlanIsKeptWithItsVersionsWithoutJavaScript(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		tansy, over := s.as("tansy.willow@northmoor"), s.over("tansy.willow@northmoor")
		if page := tansy.get(planPath); !page.has("Write my plan") {
			t.Errorf("before there is one: %s", page.text())
		}
		want(t, "nothing", tansy.post(planPath, url.Values{"version": {"0"}, "warning_signs": {" "}}), http.StatusUnprocessableEntity)
		want(t, "keep", tansy.post(planPath, url.Values{"version": {"0"}, "warning_signs": {"canary signs"}, "people": {"Sister 01632 960123"}}), http.StatusSeeOther)
		page := tansy.get(planPath)
		for _, words := range []string{"canary signs", `href="tel:01632960123"`, "Only you see this", "Nobody has looked"} {
			if !page.has(words) {
				t.Errorf("the page lacks %q", words)
			}
		}
		if page := tansy.get(planPath + "/printed"); !page.has("canary signs") || !page.has("offline") {
			t.Errorf("to print: %d", page.status)
		}
		s.sent(over, planPath, map[string]any{"version": 1, "warning_signs": "canary signs", "people": "Sister 01632 960123"}) // the same again
		s.sent(over, planPath, map[string]any{"version": 1, "warning_signs": "canary other signs", "people": "Sister 01632 960123"})
		if got := tansy.post(planPath, url.Values{"version": {"1"}, "warning_signs": {"canary typed for long"}}); got.status != http.StatusConflict || !got.has("canary typed for long") {
			t.Errorf("from a second tab: %d", got.status)
		}
		var versions struct {
			Plans []struct {
				ID      string
				Changed []string
			}
		}
		over.getJSON(planPath+"/versions", &versions)
		if len(versions.Plans) != 2 || strings.Join(versions.Plans[0].Changed, ", ") != "Warning signs" {
			t.Fatalf("versions: %+v", versions)
		}
		first := planPath + "/versions/" + versions.Plans[1].ID
		if page := tansy.get(first); !page.has("canary signs") {
			t.Errorf("as it was: %s", page.text())
		}
		want(t, "somebody else’s version", s.over("fern.willow@northmoor").getJSON(first, nil), http.StatusNotFound)
		if n := s.rowsOf("recovery_plans", "plan_sealed LIKE '%canary%'"); n != 0 {
			t.Error("a plan is not sealed")
		}
	})
}

func TestTwoTabsAtOnceMakeOneVersionOfAPlan(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		tansy := s.over("tansy.willow@northmoor")
		var together sync.WaitGroup
		answers := make([]answer, 4)
		for i := range answers {
			together.Go(func() { answers[i] = tansy.plans(0, "signs "+string(rune('a'+i))) })
		}
		together.Wait()
		kept := 0
		for _, got := range answers {
			if got.status == http.StatusOK {
				kept++
			} else {
				want(t, "the others", got, http.StatusConflict)
			}
		}
		if n := s.rowsOf("recovery_plans", "version = 1 AND written_at > '2026-11-20 10:00:00'"); kept != 1 || n == 0 {
			t.Errorf("%d kept", kept)
		}
	})
}

func TestASharedPlanIsOpenedFromACaseAndThatIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		tansy, clinician, lead := s.over("tansy.willow@northmoor"), s.over("clinician.willow@northmoor"), s.over("lead.willow@northmoor")
		want(t, "a plan", tansy.plans(0, "canary signs"), http.StatusOK)
		one := "/willow/cases/" + lead.opened("tansy", "red")
		want(t, "have", lead.sendJSON(one+"/have", nil), http.StatusOK)
		want(t, "what is not shared", lead.sendJSON(one+"/safety-plan", nil), http.StatusNotFound)
		if page := s.as("lead.willow@northmoor").get(one); page.has("safety plan") {
			t.Error("the case offers what is not shared")
		}
		s.sent(tansy, "/willow/recovery/sharing", map[string]any{"what": "plan", "on": true})
		want(t, "who does not have the case", clinician.sendJSON(one+"/safety-plan", nil), http.StatusForbidden)
		want(t, "a member", s.over("fern.willow@northmoor").sendJSON(one+"/safety-plan", nil), http.StatusForbidden)
		browser := s.as("lead.willow@northmoor")
		if page := browser.get(one); !page.has("See Tansy’s safety plan") {
			t.Errorf("the case: %s", page.text())
		}
		if page := browser.post(one+"/safety-plan", nil); page.status != http.StatusOK || !page.has("canary signs") || !page.has(`href="tel:03069990111"`) {
			t.Errorf("opened: %d %s", page.status, page.text())
		}
		if page := browser.get(one); !page.has("Opened the member’s safety plan") {
			t.Error("the case does not say so")
		}
		if page := s.as("tansy.willow@northmoor").get(planPath); !page.has("Amira") || page.has("Nobody has looked") {
			t.Errorf("the member is not told: %s", page.text())
		}
		for _, action := range []string{"case.safety_plan", "recovery.look"} {
			if n := s.rowsOf("audit_log", "action = '"+action+"'"); n != 1 {
				t.Errorf("%s: %d records", action, n)
			}
		}
		if n := s.rowsOf("receipts", "answer LIKE '%canary%'"); n != 0 {
			t.Error("the plan stands in a receipt")
		}
		s.sent(lead, "/willow/settings/rooms/recovery", map[string]any{"on": false, "version": 1})
		want(t, "the room is closed", lead.sendJSON(one+"/safety-plan", nil), http.StatusNotFound)
	})
}

// A way to the site that can be shut, as when there is no signal.
type way struct {
	port string
	shut func()
}

func (s *site) way() way {
	s.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	var mu sync.Mutex
	var open []net.Conn
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", "127.0.0.1:"+s.port)
			if err != nil {
				_ = from.Close()
				continue
			}
			mu.Lock()
			open = append(open, from, to)
			mu.Unlock()
			go func() { _, _ = io.Copy(from, to); _ = from.Close() }()
			go func() { _, _ = io.Copy(to, from); _ = to.Close() }()
		}
	}()
	shut := func() {
		_ = listener.Close()
		mu.Lock()
		defer mu.Unlock()
		for _, c := range open {
			_ = c.Close()
		}
	}
	s.t.Cleanup(shut)
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return way{port, shut}
}

func TestAPlanOpensWithoutAConnectionWhereItWasKeptAndNotAfterSignOut(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	want(t, "a plan", s.over("tansy.willow@northmoor").plans(0, "canary signs"), http.StatusOK)
	enter := func() (*testkit.Tab, string, way) {
		to := s.way()
		home := "http://northmoor.localhost:" + to.port
		tab := testkit.Browser(t)
		tab.Goto(home + "/sign-in")
		tab.Fill("#email", "tansy.willow@northmoor.example")
		tab.Fill("#password", "demo-sharon-2026")
		tab.Click("main button[type=submit]")
		tab.Goto(home + planPath + "/printed")
		onDevice(t, tab, "/help-now", "/offline", "/willow/help-now", "/willow/offline")
		tab.Click("[data-keep]")
		tab.WaitText("[role=status]", "It is kept on this device.")
		return tab, home, to
	}
	tab, home, to := enter()
	onDevice(t, tab, "/help-now", "/offline", "/willow/help-now", "/willow/offline", planPath+"/printed")
	to.shut()
	tab.Goto(home + planPath + "/printed")
	tab.WaitText("main", "canary signs")
	for _, path := range []string{"/help-now", "/willow/help-now"} {
		tab.Goto(home + path)
		tab.WaitText("h1", "Get help now")
		tab.WaitText("main", "116 123")
	}
	tab.Goto(home + "/willow/messages?q=anything")
	tab.WaitText("h1", "You are not connected")
	tab.WaitText("main", "03069 990111") // the service's own line
	tab.Click("text=My safety plan")
	tab.WaitText("main", "canary signs")

	tab, home, _ = enter()
	tab.Goto(home + "/willow/me")
	tab.Click("text=Sign out")
	tab.WaitText("h1", "Sign in")
	onDevice(t, tab, "/help-now", "/offline")
	var stores struct {
		Databases, Local, Session, Cookies []string
		Words                              string
	}
	tab.Eval(`(async () => {
		const pages = (await Promise.all((await caches.keys()).map(async name => { const on = await caches.open(name); return Promise.all((await on.keys()).map(async key => (await on.match(key)).text())); }))).flat();
		return { Databases: (await indexedDB.databases()).map(d => d.name), Local: Object.keys(localStorage), Session: Object.keys(sessionStorage),
			Cookies: document.cookie.split(';').filter(Boolean), Words: pages.filter(text => text.startsWith('<!')).join(' ') };
	})()`, &stores)
	if len(stores.Databases)+len(stores.Local)+len(stores.Session)+len(stores.Cookies) > 0 {
		t.Errorf("left behind: %+v", stores)
	}
	for _, telling := range []string{"canary", "Willow", "Tansy", "tansy", "03069 990111"} {
		if strings.Contains(stores.Words, telling) {
			t.Errorf("what is left says %q", telling)
		}
	}
}

// onDevice waits until the browser keeps these pages, files beside them, and nothing else.
func onDevice(t *testing.T, tab *testkit.Tab, want ...string) {
	t.Helper()
	slices.Sort(want)
	var found []string
	for range 100 {
		tab.Eval(`caches.keys().then(async names => (await Promise.all(names.map(async n => (await (await caches.open(n)).keys()).map(r => new URL(r.url).pathname)))).flat().filter(path => !path.startsWith('/assets/')))`, &found)
		if slices.Sort(found); slices.Equal(found, want) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("kept: %v, want %v", found, want)
}
