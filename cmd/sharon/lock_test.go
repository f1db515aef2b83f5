package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

const pin = "2580"

// locks gives whoever v is a lock that a PIN opens.
func (v *visitor) locks(minutes string) {
	v.site.t.Helper()
	want(v.site.t, "set a lock", v.post("/account/lock", url.Values{"kind": {"pin"}, "minutes": {minutes}, "pin": {pin}, "pin_again": {pin}}), http.StatusSeeOther)
}

func TestASessionThatNobodyUsesIsLockedUntilItsPINOpensIt(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, other, api := s.as("hazel.willow@northmoor"), s.as("hazel.willow@northmoor"), s.over("hazel.willow@northmoor")
		fern := s.as("fern.willow@northmoor")
		hazel.locks("1")
		for range 4 {
			s.clock.Advance(50 * time.Second)
			want(t, "in use", hazel.get("/willow"), http.StatusOK)
		}
		want(t, "another device, not in use", other.get("/willow"), http.StatusSeeOther)
		s.clock.Advance(61 * time.Second)
		if got := hazel.get("/willow/forums?page=2"); got.location() != "/account/unlock?next=%2Fwillow%2Fforums%3Fpage%3D2" {
			t.Fatalf("not in use: %d %s", got.status, got.location())
		}
		want(t, "a program", api.getJSON("/willow", nil), http.StatusOK)
		want(t, "somebody without a lock", fern.get("/willow"), http.StatusOK)
		for _, path := range []string{"/help-now", "/willow/help-now", "/offline", "/sign-in"} {
			want(t, "what is always open: "+path, hazel.get(path), http.StatusOK)
		}
		page := hazel.get("/account/unlock?next=/willow/forums")
		if !page.has("Your PIN") || !page.has(`href="/willow/help-now"`) || page.has("Hazel") || page.has("Willow") {
			t.Errorf("the lock: %s", page.text())
		}
		form := page.form("/account/unlock")
		form.Set("proof_pin", "9999")
		if got := hazel.post("/account/unlock", form); got.status != http.StatusUnprocessableEntity || !got.has("4 times more") {
			t.Errorf("a wrong PIN: %d %s", got.status, got.text())
		}
		want(t, "after a wrong one", hazel.get("/willow"), http.StatusSeeOther)
		form.Set("proof_pin", pin)
		if got := hazel.post("/account/unlock", form); got.location() != "/willow/forums" {
			t.Errorf("the right PIN: %d %s", got.status, got.location())
		}
		want(t, "open again", hazel.get("/willow"), http.StatusOK)
		want(t, "each device by itself", other.get("/willow"), http.StatusSeeOther)
		want(t, "signing out of a locked one", other.post("/sign-out", other.get("/account/unlock").form("/sign-out")), http.StatusSeeOther)
		if got := other.get("/willow"); !strings.HasPrefix(got.location(), "/sign-in") {
			t.Errorf("signed out: %s", got.location())
		}
		if got := hazel.get("/account/unlock?next=/willow/me"); got.location() != "/willow/me" {
			t.Errorf("the lock of who is not locked out: %d %s", got.status, got.location())
		}
		want(t, "elsewhere", hazel.post("/account/lock/now", url.Values{"next": {"//elsewhere.example"}}), http.StatusSeeOther)
		form = hazel.get("/account/unlock?next=//elsewhere.example").form("/account/unlock")
		form.Set("proof_pin", pin)
		if got := hazel.post("/account/unlock", form); got.location() != "/" {
			t.Errorf("led to %s", got.location())
		}
	})
}

// Every route: a locked session opens nothing but its lock and the way out.
func TestALockedSessionOpensNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	for _, account := range []string{"hazel.willow@northmoor", "lead.willow@northmoor", "admin@northmoor"} {
		v := s.as(account)
		v.locks("1")
		s.clock.Advance(2 * time.Minute)
		for _, route := range s.app.table.Routes() {
			if route.Permission == web.Public || route.Permission == web.Locked {
				continue
			}
			if got := call(v, route, s.ownIDs()); got.status != http.StatusForbidden || len(got.body) > 0 && field(t, got, "code") != string(fault.Locked) {
				t.Errorf("%s: %s %s: %d %s", account, route.Method, route.Path, got.status, got.body)
			}
		}
		want(t, "afterwards", v.get("/"), http.StatusSeeOther)
	}
}

func TestWhatAPageDoesByItselfKeepsNothingOpen(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	v := s.as("hazel.willow@northmoor")
	v.locks("1")
	heard := v.listen("willow", uuid.NewString()).heard
	for range 5 {
		s.clock.Advance(15 * time.Second)
		request := v.request(http.MethodGet, "/willow", nil)
		request.Header.Set("X-Unattended", "true")
		v.do(request)
	}
	want(t, "only its page asked", v.get("/willow"), http.StatusSeeOther)
	minute := time.After(time.Minute)
	for over := false; !over; {
		select {
		case _, more := <-heard:
			over = !more
		case <-minute:
			t.Fatal("what happens is told to a locked page for a minute")
		}
	}
	var now struct{ Locked bool }
	unlock := map[string]any{"proof_pin": pin}
	want(t, "open", v.sendJSON("/account/unlock", unlock), http.StatusOK)
	s.clock.Advance(50 * time.Second)
	want(t, "somebody is there", v.sendJSON("/account/lock/here", map[string]any{}), http.StatusOK)
	s.clock.Advance(15 * time.Second)
	want(t, "and still is", v.get("/willow"), http.StatusOK)
	s.clock.Advance(15 * time.Second)
	if v.read(v.sendJSON("/account/lock/now", map[string]any{"idle": true}, "X-Unattended", "true"), &now); now.Locked {
		t.Error("a page that nobody looks at locked one that is in use")
	}
	s.clock.Advance(40 * time.Second)
	if v.read(v.sendJSON("/account/lock/now", map[string]any{"idle": true}, "X-Unattended", "true"), &now); !now.Locked {
		t.Error("not locked though nobody is there")
	}
	want(t, "then", v.getJSON("/willow", nil), http.StatusForbidden)
}

func TestAFormThatMeetsTheLockIsSentOnWithItsWords(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		v := s.as("tansy.willow@northmoor")
		v.locks("5")
		typed := url.Values{"_csrf": {v.token("/willow/x")}, "_once": {"a key"}, "version": {"0"}, "warning_signs": {"canary <signs>"}, "people": {"my sister"}}
		s.clock.Advance(6 * time.Minute)
		asked := v.post(planPath, typed)
		form := asked.form("/account/unlock/again")
		if asked.status != http.StatusForbidden || form.Get("warning_signs") != "canary <signs>" || asked.has("Error:") {
			t.Fatalf("asked: %d %v %s", asked.status, form, asked.text())
		}
		form.Set("proof_pin", "1357")
		wrong := v.post("/account/unlock/again", form)
		if form = wrong.form("/account/unlock/again"); wrong.status != http.StatusUnprocessableEntity || form.Get("people") != "my sister" || form.Get("proof_pin") != "" {
			t.Fatalf("a wrong PIN: %d %v", wrong.status, form)
		}
		form.Set("proof_pin", pin)
		right := v.post("/account/unlock/again", form)
		if right.status != http.StatusTemporaryRedirect || right.location() != planPath {
			t.Fatalf("right: %d %s", right.status, right.location())
		}
		want(t, "sent on", v.post(right.location(), form), http.StatusSeeOther)
		want(t, "and once more", v.post(right.location(), form), http.StatusSeeOther)
		if page := v.get(planPath); !page.has("canary &lt;signs&gt;") {
			t.Errorf("the page: %s", page.text())
		}
	})
}

func TestTheFifthWrongPINEndsTheSession(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		v, other := s.as("hazel.willow@northmoor"), s.as("hazel.willow@northmoor")
		v.locks("1")
		s.clock.Advance(2 * time.Minute)
		var together sync.WaitGroup
		statuses := make([]int, 12)
		for i := range statuses {
			together.Go(func() {
				statuses[i] = v.sendJSON("/account/unlock", map[string]any{"proof_pin": "777" + string(rune('0'+i%10))}).status
			})
		}
		together.Wait()
		heard := len(slices.DeleteFunc(slices.Clone(statuses), func(status int) bool { return status != http.StatusUnprocessableEntity }))
		if heard != tenants.LockTries-1 || slices.Contains(statuses, http.StatusOK) {
			t.Errorf("twelve guesses at once: %v", statuses)
		}
		want(t, "the right one, then", v.sendJSON("/account/unlock", map[string]any{"proof_pin": pin}), http.StatusUnauthorized)
		if got := v.get("/willow"); !strings.HasPrefix(got.location(), "/sign-in") {
			t.Errorf("led to %s", got.location())
		}
		want(t, "another device keeps its tries", other.sendJSON("/account/unlock", map[string]any{"proof_pin": pin}), http.StatusOK)
		if n := s.rowsOf("audit_log", "action = 'lock.refused'"); n != 1 {
			t.Errorf("%d records of it", n)
		}
		if dump := s.dump("accounts", "sessions", "audit_log", "receipts"); strings.Contains(dump, `"`+pin) || strings.Contains(dump, "argon2id$v=19$m=19456,t=2,p=1$"+pin) {
			t.Error("the PIN is in the database")
		}
	})
}

func TestOnlyAGoodPINIsTaken(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	v := s.as("hazel.willow@northmoor")
	for name, bad := range map[string]url.Values{
		"none":               {"kind": {"pin"}, "minutes": {"1"}},
		"short":              {"kind": {"pin"}, "minutes": {"1"}, "pin": {"258"}, "pin_again": {"258"}},
		"long":               {"kind": {"pin"}, "minutes": {"1"}, "pin": {"258025802"}, "pin_again": {"258025802"}},
		"letters":            {"kind": {"pin"}, "minutes": {"1"}, "pin": {"25b0"}, "pin_again": {"25b0"}},
		"other digits":       {"kind": {"pin"}, "minutes": {"1"}, "pin": {"٢٥٨٠"}, "pin_again": {"٢٥٨٠"}},
		"one number":         {"kind": {"pin"}, "minutes": {"1"}, "pin": {"4444"}, "pin_again": {"4444"}},
		"rising":             {"kind": {"pin"}, "minutes": {"1"}, "pin": {"456789"}, "pin_again": {"456789"}},
		"falling":            {"kind": {"pin"}, "minutes": {"1"}, "pin": {"3210"}, "pin_again": {"3210"}},
		"two":                {"kind": {"pin"}, "minutes": {"1"}, "pin": {pin}, "pin_again": {"2581"}},
		"minutes":            {"kind": {"pin"}, "minutes": {"90"}, "pin": {pin}, "pin_again": {pin}},
		"a kind":             {"kind": {"dog"}, "minutes": {"1"}},
		"a passkey, of none": {"kind": {"passkey"}, "minutes": {"1"}},
	} {
		if got := v.post("/account/lock", bad); got.status != http.StatusUnprocessableEntity || got.has(`value="`+pin+`"`) {
			t.Errorf("%s: %d %s", name, got.status, got.text())
		}
	}
	if n := s.rowsOf("accounts", "lock_kind <> ''"); n != 0 {
		t.Fatalf("%d locks", n)
	}
	want(t, "lock what has no lock", v.post("/account/lock/now", nil), http.StatusSeeOther)
	want(t, "open", v.get("/willow"), http.StatusOK)

	v.locks("15")
	want(t, "other minutes, the same PIN", v.post("/account/lock", url.Values{"kind": {"pin"}, "minutes": {"1"}}), http.StatusSeeOther)
	s.clock.Advance(2 * time.Minute)
	want(t, "locked", v.getJSON("/willow", nil), http.StatusForbidden)
	want(t, "its PIN", v.sendJSON("/account/unlock", map[string]any{"proof_pin": pin}), http.StatusOK)

	for range 10 { // in use, but nobody has proved anything for ten minutes
		s.clock.Advance(59 * time.Second)
		want(t, "in use", v.get("/willow"), http.StatusOK)
	}
	s.clock.Advance(50 * time.Second)
	if got := v.post("/account/lock", url.Values{"kind": {"off"}}); got.status != http.StatusForbidden || !got.has("Is it still you?") {
		t.Errorf("taken off without a proof: %d", got.status)
	}
	fresh := s.as("hazel.willow@northmoor")
	want(t, "taken off by who has just signed in", fresh.post("/account/lock", url.Values{"kind": {"off"}}), http.StatusSeeOther)
	s.clock.Advance(20 * time.Minute)
	want(t, "no lock any more", v.get("/willow"), http.StatusOK)
	if n := s.rowsOf("accounts", "pin_sealed <> ''"); n != 0 {
		t.Error("a PIN is kept that opens nothing")
	}
}

func TestALockedPageIsCoveredAndOpensWithWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	const hazel = "hazel.willow@northmoor"
	tab := testkit.Browser(t, testkit.Viewport(390, 844))
	s.enter(tab, hazel)
	s.sets(tab, s.address(hazel), "pin")
	tab.Goto(s.address(hazel) + "/willow/recovery/plan/edit")
	tab.Fill("#warning_signs", "half a sentence that no draft has")
	nobodyIsThere := func() {
		s.clock.Advance(70 * time.Second)
		tab.Eval(`(now => { Date.now = () => now() + 70000; })(Date.now.bind(Date))`, nil)
		tab.Press("Tab")
		tab.WaitText("#lock", "Locked")
	}
	nobodyIsThere()
	var covered bool
	tab.Eval(`document.querySelector('.shell').inert && getComputedStyle(document.querySelector('main')).visibility === 'hidden'`, &covered)
	if !covered || tab.Title() != "Locked" {
		t.Errorf("the page is to be seen, and is called %q", tab.Title())
	}
	for _, violation := range tab.Axe() {
		t.Error(violation)
	}
	if got := s.asTheTab(tab, "/willow"); got != http.StatusForbidden {
		t.Errorf("the server: %d", got)
	}
	tab.Fill("#lock-pin", "1111")
	tab.Press("Enter")
	tab.WaitText("#lock-says", "4 times more")
	tab.Fill("#lock-pin", pin)
	tab.Press("Enter")
	tab.WaitGone("#lock")
	if got := tab.Value("#warning_signs"); got != "half a sentence that no draft has" || tab.Title() == "Locked" {
		t.Errorf("then there is %q on %s", got, tab.Title())
	}
	if got := s.asTheTab(tab, "/willow"); got != http.StatusOK {
		t.Errorf("the server, opened: %d", got)
	}
	nobodyIsThere()
	tab.Click("#lock a[href$='/help-now']")
	tab.WaitText("h1", "Get help now")
}

// asTheTab is the status that a tab's own request gets.
func (s *site) asTheTab(tab *testkit.Tab, path string) (status int) {
	tab.Eval(`fetch('`+path+`', { headers: { Accept: 'application/json', 'X-Unattended': 'true' } }).then(answer => answer.status)`, &status)
	return status
}

// sets gives whoever is signed in a lock, by its page.
func (s *site) sets(tab *testkit.Tab, home, kind string) {
	tab.Goto(home + "/account/lock")
	if tab.Has("#proof_pin") {
		return // it is locked already
	}
	tab.Click("input[value=" + kind + "]")
	if kind == "pin" {
		tab.Fill("#pin", pin)
		tab.Fill("#pin_again", pin)
	}
	tab.Click("main form[action='/account/lock'] button[type=submit]")
	tab.WaitText("main", "The lock is on")
}

func TestAPasskeyOpensTheLock(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	const hazel = "hazel.willow@northmoor"
	tab := testkit.Browser(t)
	tab.Safe()
	home := s.address(hazel)
	s.enter(tab, hazel)
	s.makesAPasskey(tab, home, "Phone")
	s.enter(tab, hazel)
	s.sets(tab, home, "passkey")
	tab.Click("text=Lock now")
	tab.WaitText("h1", "Locked")
	tab.Goto(home + "/willow/me")
	tab.WaitText("h1", "Locked")
	tab.Click("text=Use a passkey")
	tab.WaitText("h1", "Hazel")
	if !strings.HasSuffix(tab.URL(), "/willow/me") {
		t.Errorf("at %s", tab.URL())
	}
	if problems := tab.Problems(); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestALockWithoutJavaScript(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	const hazel = "hazel.willow@northmoor"
	tab := testkit.Browser(t, testkit.NoScript(), testkit.Viewport(390, 844))
	s.enter(tab, hazel)
	s.sets(tab, s.address(hazel), "pin")
	tab.Goto(s.address(hazel) + "/willow/profile")
	tab.Fill("#interests", "otters")
	s.clock.Advance(2 * time.Minute)
	tab.Click("main form[action$='/profile'] button[type=submit]")
	tab.WaitText("h1", "Locked")
	tab.Fill("#proof_pin", pin)
	tab.Click("text=Open")
	tab.Goto(s.address(hazel) + "/willow/profile")
	if got := tab.Value("#interests"); got != "otters" {
		t.Errorf("kept: %q", got)
	}
}

// lockPages are those of the lock.
func lockPages(s *site) []aPage {
	const rowan, clover = "rowan.willow@northmoor", "clover.willow@northmoor"
	locked := func(tab *testkit.Tab) {
		s.sets(tab, s.address(rowan), "pin")
		if !tab.Has("#proof_pin") {
			tab.Click("text=Lock now")
		}
	}
	return []aPage{
		{"lock", clover, "/account/lock", nil},
		{"lock-error", clover, "/account/lock", func(tab *testkit.Tab) {
			tab.Click("input[value=pin]")
			tab.Fill("#pin", "1234")
			tab.Fill("#pin_again", "1234")
			tab.Click("main form[action='/account/lock'] button[type=submit]")
		}},
		{"locked", rowan, "/account/lock", locked},
		{"locked-wrong", rowan, "/account/lock", func(tab *testkit.Tab) {
			locked(tab)
			tab.Fill("#proof_pin", "9999")
			tab.Click("text=Open")
		}},
	}
}
