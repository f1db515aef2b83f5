package main

import (
	"bytes"
	"encoding/json"
	"image/png"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/ui/emblem"
)

type appManifest struct {
	ID, Name, Scope, Display string
	ShortName                string `json:"short_name"`
	StartURL                 string `json:"start_url"`
	ThemeColor               string `json:"theme_color"`
	Icons                    []struct{ Src, Sizes, Type, Purpose string }
	Share                    struct{ Action, Method string } `json:"share_target"`
}

// manifest is what a browser learns of the app.
func (v *visitor) manifest() (m appManifest) {
	v.site.t.Helper()
	got := v.get("/manifest.webmanifest")
	if err := json.Unmarshal(got.body, &m); err != nil || got.header.Get("Content-Type") != "application/manifest+json" {
		v.site.t.Fatalf("%d %s %s", got.status, got.header.Get("Content-Type"), got.body)
	}
	return m
}

func TestEachTrustIsAnAppThatSaysNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	stranger := s.visit("eastvale")
	m := stranger.manifest()
	if m.ID != "/" || m.StartURL != "/" || m.Scope != "/" || m.Display != "standalone" || m.Name != "My space" || m.ShortName != m.Name || m.ThemeColor != "#005eb8" || m.Share.Action != "/share-to-journal" || m.Share.Method != "GET" {
		t.Errorf("%+v", m)
	}
	purposes := map[string]bool{}
	for _, icon := range m.Icons {
		purposes[icon.Purpose+" "+icon.Sizes] = true
		got := stranger.get(icon.Src)
		if got.status != http.StatusOK || got.header.Get("Content-Type") != icon.Type || got.header.Get("Cache-Control") != "public, max-age=3600" {
			t.Errorf("%s: %d %v", icon.Src, got.status, got.header)
		}
		if icon.Type == "image/png" {
			if picture, err := png.DecodeConfig(bytes.NewReader(got.body)); err != nil || !strings.HasPrefix(icon.Sizes, "192") && picture.Width != 512 {
				t.Errorf("%s: %v %+v", icon.Src, err, picture)
			}
		}
	}
	for _, want := range []string{"any 192x192", "any 512x512", "maskable 512x512", "any any"} {
		if !purposes[want] {
			t.Errorf("no icon is %s: %v", want, purposes)
		}
	}
	page := stranger.get("/sign-in")
	for _, want := range []string{`<link rel="manifest" href="/manifest.webmanifest">`, `<link rel="apple-touch-icon" href="/apple-touch-icon.png?c=005eb8">`, `<meta name="theme-color" content="#005eb8">`} {
		if !page.has(want) {
			t.Errorf("a page lacks %s", want)
		}
	}
	if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "manifest-src 'self'") {
		t.Error(policy)
	}
	for _, v := range []*visitor{s.visit(""), s.visit("console")} {
		if got := v.get("/sign-in"); got.has("rel=\"manifest\"") {
			t.Error("the lobby or the console is an app")
		}
		for _, path := range []string{"/manifest.webmanifest", "/icon-192.png"} {
			want(t, v.base+path, v.get(path), http.StatusNotFound)
		}
	}
}

func TestATrustChoosesANameThatTellsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		admin := s.as("admin@northmoor")
		admin.get("/")
		before := admin.get("/icon-192.png").body
		for _, name := range []string{"Willow", "My NHS app", "Eating well", "NORTHMOOR", "The Crisis line", strings.Repeat("long ", 5)} {
			if got := admin.post("/trust/app", url.Values{"name": {name}, "colour": {"7c2855"}}); got.status != http.StatusUnprocessableEntity || !got.has(name[:4]) {
				t.Errorf("%q: %d %s", name, got.status, got.text())
			}
		}
		want(t, "a colour that is none", admin.post("/trust/app", url.Values{"name": {"Otters"}, "colour": {"red;}"}}), http.StatusUnprocessableEntity)
		want(t, "changed", admin.post("/trust/app", url.Values{"name": {"  Our   place "}, "colour": {"7c2855"}}), http.StatusSeeOther)
		admin.get("/")
		m := admin.manifest()
		if m.Name != "Our place" || m.ThemeColor != "#7c2855" || !strings.HasSuffix(m.Icons[0].Src, "?c=7c2855") || bytes.Equal(before, admin.get("/icon-192.png").body) {
			t.Errorf("%+v", m)
		}
		if other := s.visit("eastvale").manifest(); other.Name != "My space" {
			t.Errorf("the other trust's is %+v", other)
		}
		want(t, "the usual one again", admin.post("/trust/app", url.Values{"name": {""}, "colour": {"005eb8"}}), http.StatusSeeOther)
		admin.get("/")
		if m := admin.manifest(); m.Name != "My space" {
			t.Errorf("%+v", m)
		}
		if n := s.rowsOf("audit_log", "action = 'app.changed'"); n != 2 {
			t.Errorf("%d records", n)
		}
		want(t, "a lead", s.as("lead.willow@northmoor").get("/trust/app"), http.StatusForbidden)
	})
}

// A browser keeps these pages, and whoever opens it next may read them.
func TestPagesThatAreKeptAreTheSameForEverybody(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel, lead, stranger := s.as("hazel.willow@northmoor"), s.as("lead.willow@northmoor"), s.visit("northmoor")
	for _, v := range []*visitor{hazel, lead} {
		v.get("/willow")
	}
	for _, path := range []string{"/help-now", "/offline", "/willow/help-now", "/willow/offline"} {
		want := stranger.get(path)
		if want.status != http.StatusOK || !want.has("116 123") || want.has("data-signed-in") || want.has("_csrf") {
			t.Errorf("%s: %d", path, want.status)
		}
		for _, v := range []*visitor{hazel, lead} {
			if got := v.get(path); !bytes.Equal(got.body, want.body) {
				t.Errorf("%s says who looks", path)
			}
		}
	}
}

func TestTheIconCountsForWhoWishesIt(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		host := testkit.StartPushHost(t)
		s.app.Outside.Push = s.pushing(host.Host(), host.Roots())
		hazel, browser := s.over("hazel.willow@northmoor"), s.as("hazel.willow@northmoor")
		device := host.Subscribe()
		s.sent(hazel, "/willow/notifications/devices", map[string]any{"endpoint": device.Endpoint, "p256dh": device.P256dh, "auth": device.Auth})
		told := func() (notice struct{ Unread *int }) {
			t.Helper()
			before := len(host.Pushes())
			s.tell("safety_notice", uuid.New(), "hazel")
			s.settle(1)
			all := host.Pushes()
			if len(all) == before {
				t.Fatal("no notice")
			}
			if err := json.Unmarshal(all[len(all)-1].Notice, &notice); err != nil {
				t.Fatal(err)
			}
			return notice
		}
		if browser.get("/willow").has(" data-badge") || told().Unread != nil {
			t.Error("counted without being asked to")
		}
		want(t, "switch on", browser.post("/account/app/badge", url.Values{"on": {"true"}}), http.StatusSeeOther)
		if got := told(); got.Unread == nil || *got.Unread < 1 || !browser.get("/willow").has(" data-badge") {
			t.Errorf("not counted: %v", got.Unread)
		}
		if s.as("fern.willow@northmoor").get("/willow").has(" data-badge") {
			t.Error("counted for somebody else")
		}
		want(t, "switch off", browser.post("/account/app/badge", url.Values{"on": {"false"}}), http.StatusSeeOther)
		if browser.get("/willow").has(" data-badge") || told().Unread != nil {
			t.Error("counted still")
		}
	})
}

func TestTheIconShowsTheCountAndForgetsItAtSignOut(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	const hazel = "hazel.willow@northmoor"
	tab := testkit.Browser(t)
	s.enter(tab, hazel)
	tab.Goto(s.address(hazel) + "/account/app")
	tab.Click("label[for=on]")
	tab.Click("text=Save")
	tab.Goto(s.address(hazel) + "/willow")
	tab.Eval(`navigator.setAppBadge = async n => { document.title = 'badge ' + n; }`, nil)
	s.tell("safety_notice", uuid.New(), "hazel")
	s.settle(1)
	for range 200 {
		if strings.HasPrefix(tab.Title(), "badge ") {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if title := tab.Title(); !strings.HasPrefix(title, "badge ") || title == "badge 0" {
		t.Errorf("the icon has %q", title)
	}
}

// Leaving replaces the page, so that one step back does not show it again.
func TestLeavingQuickly(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	const hazel = "hazel.willow@northmoor"
	tab := testkit.Browser(t, testkit.Viewport(390, 844))
	s.enter(tab, hazel)
	for _, path := range []string{"/willow", "/willow/help-now", "/account/lock", "/offline", "/willow/forums/none"} {
		tab.Goto(s.address(hazel) + path)
		var way struct{ Href, Rel, Name string }
		tab.Eval(`(a => ({ Href: a.href, Rel: a.rel, Name: a.ariaLabel }))(document.querySelector('header a[data-leave]'))`, &way)
		if way.Href != "https://www.bbc.co.uk/weather" || !strings.Contains(way.Rel, "noreferrer") || way.Name != "Leave this page quickly" {
			t.Errorf("%s: %+v", path, way)
		}
	}
	elsewhere := func() {
		tab.Goto(s.address(hazel) + "/willow/me")
		tab.Goto(s.address(hazel) + "/willow")
		tab.Eval(`document.querySelector('[data-leave]').href = '/healthz'`, nil) // this machine has no other website
	}
	press := func(keys ...string) {
		for _, key := range keys {
			tab.Eval(`(key => { for (const sort of ['keydown', 'keyup']) document.body.dispatchEvent(new KeyboardEvent(sort, { key, bubbles: true })); })('`+key+`')`, nil)
		}
	}
	elsewhere()
	press("Shift", "a", "Shift", "b", "Shift", "Shift")
	tab.WaitText("#leave-says", "press 1 more time")
	if strings.HasSuffix(tab.URL(), "/healthz") {
		t.Fatal("typing left the page")
	}
	press("Shift")
	tab.WaitText("body", `"status":"ok"`)
	tab.Back()
	if !strings.HasSuffix(tab.URL(), "/willow/me") {
		t.Errorf("one step back is %s", tab.URL())
	}
	elsewhere()
	tab.Click("[data-leave]")
	tab.WaitText("body", `"status":"ok"`)
}

func TestANewerVersionIsOfferedAndLosesNoWord(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	const hazel = "hazel.willow@northmoor"
	tab := testkit.Browser(t, testkit.Viewport(390, 844))
	s.enter(tab, hazel)
	home := s.address(hazel)
	tab.Goto(home + "/willow/forums/new")
	onDevice(t, tab, "/help-now", "/offline", "/willow/help-now", "/willow/offline")
	if tab.Has("#newer:not([hidden])") {
		t.Error("the first version is offered as a newer one")
	}
	tab.Fill("#body", "half a sentence")
	tab.Eval(`caches.open('assets-of-an-earlier-build').then(on => on.put('/assets/old.js', new Response('old')))`, nil)
	tab.Eval(`window.here = true`, nil)
	tab.Eval(`navigator.serviceWorker.register('/worker.js?newer')`, nil) // as a build with another worker is
	tab.WaitText("#newer:not([hidden])", "Load it when you are ready")
	for _, violation := range uncovered(tab.Axe()) {
		t.Error(violation)
	}
	var here bool
	if tab.Eval(`window.here === true`, &here); !here || tab.Value("#body") != "half a sentence" {
		t.Error("it was loaded by itself")
	}
	tab.Click("#newer button:not([data-later])")
	tab.WaitGone("#newer")
	if tab.Eval(`window.here === true`, &here); here || tab.Value("#body") != "half a sentence" {
		t.Errorf("loaded: %v, with %q", !here, tab.Value("#body"))
	}
	var names []string
	if tab.Eval(`caches.keys()`, &names); slices.Contains(names, "assets-of-an-earlier-build") {
		t.Errorf("kept: %v", names)
	}
}

func TestEveryEmblemIsServed(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	for _, e := range emblem.All {
		if got := s.visit("northmoor").get("/" + e.Name); got.status != http.StatusOK || got.header.Get("Content-Type") != e.Type() {
			t.Errorf("%s: %d", e.Name, got.status)
		}
	}
}

// homeScreenPages are those of the app.
func homeScreenPages(*site) []aPage {
	return []aPage{
		{"app", "clover.willow@northmoor", "/account/app", nil},
		{"app-name", "admin@northmoor", "/trust/app", nil},
		{"app-name-error", "admin@northmoor", "/trust/app", func(tab *testkit.Tab) {
			tab.Fill("#name", "Eating better")
			tab.Click("main form[action='/trust/app'] button[type=submit]")
		}},
		{"offline", "clover.willow@northmoor", "/willow/offline", nil},
	}
}
