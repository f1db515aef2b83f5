package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

const withPasskey = "text=Sign in with a passkey"

// makesAPasskey has whoever is signed in make one, and sign out again.
func (s *site) makesAPasskey(tab *testkit.Tab, home, name string) {
	s.t.Helper()
	tab.Goto(home + "/account/sign-in")
	tab.Fill("form[action='/account/passkeys'] #name", name)
	tab.Click("text=Make a passkey on this device")
	tab.WaitText(".keys", name)
	tab.Goto(home + "/account/devices")
	tab.Click("text=Sign out everywhere")
	if !strings.HasSuffix(tab.URL(), "/sign-in") {
		s.t.Fatalf("signed out, and at %s", tab.URL())
	}
}

func TestAPasskeyIsMadeNamedUsedAndRemoved(t *testing.T) {
	t.Parallel()
	for _, width := range []int{390, 1280} {
		s := newSite(t, testkit.SQLite(t, prepare))
		const hazel = "hazel.willow@northmoor"
		tab := testkit.Browser(t, testkit.Viewport(width, 844))
		safe := tab.Safe()
		s.enter(tab, hazel)
		home := s.address(hazel)
		s.makesAPasskey(tab, home, "Old phone")
		s.clock.Advance(time.Minute)
		tab.Click(withPasskey)
		tab.WaitText("h1, h2", "")
		if !strings.HasSuffix(tab.URL(), "/willow") {
			t.Fatalf("signed in, and at %s: %s", tab.URL(), tab.Text("main"))
		}
		tab.Goto(home + "/account/sign-in")
		tab.Click("text=Change")
		tab.Fill(".keys input[name=name]", "My phone")
		tab.Click("text=Save the name")
		tab.WaitText(".keys", "My phone")
		tab.WaitText(".keys", "last used")
		tab.Click("text=Change")
		tab.Click("text=Remove this passkey")
		tab.WaitGone(".keys")
		s.sql("DELETE FROM sessions WHERE tenant_id = ?", s.northmoor())
		tab.Goto(home + "/sign-in")
		tab.Click(withPasskey)
		tab.WaitText(".nhsuk-error-summary", "not one that opens here")
		if len(safe.Passkeys()) != 1 {
			t.Error("the safe lost it: this test looked at nothing")
		}
		if got, want := s.audited("hazel"), []string{"passkey.added", "passkey.removed", "session.begin", "session.revoked_all"}; !slices.Equal(got, want) {
			t.Errorf("the audit log has %v", got)
		}
		if problems := tab.Problems(); len(problems) > 1 { // the refusal's own 422
			t.Error(problems)
		}
	}
}

func TestAPasskeyCountsAsBothFactors(t *testing.T) {
	t.Parallel()
	s := newSiteOf(t, testkit.SQLite(t, prepare), webConfig{})
	tab := testkit.Browser(t)
	tab.Safe()
	home := s.address(lead)
	s.enter(tab, lead)
	if !strings.Contains(tab.URL(), "/account/second-factor/new") {
		t.Fatalf("at %s", tab.URL())
	}
	tab.Click("text=I cannot scan it")
	secret := strings.ReplaceAll(tab.Text("code.code"), " ", "")
	tab.Fill("#code", s.code(secret))
	tab.Click("text=Turn it on")
	if codes := tab.Texts(".codes li"); len(codes) != 10 {
		t.Fatalf("recovery codes: %v", codes)
	}
	tab.Click("text=I have kept them")
	s.makesAPasskey(tab, home, "Desk")
	tab.Goto(home + "/willow/settings/rooms")
	tab.Click(withPasskey)
	tab.WaitText("h1", "Rooms")
	if problems := tab.Problems(); len(problems) > 0 {
		t.Error(problems)
	}

	// In place of the app's code, after the password.
	tab.Goto(home + "/account/devices")
	tab.Click("text=Sign out everywhere")
	s.enter(tab, lead)
	if !strings.Contains(tab.URL(), "/sign-in/code") {
		t.Fatalf("at %s", tab.URL())
	}
	tab.Click("text=Use a passkey instead")
	tab.WaitText("body", "Willow")
	if !strings.HasSuffix(tab.URL(), "/willow") {
		t.Errorf("at %s", tab.URL())
	}
}

func TestAPasskeyOpensOnlyForItsOwnerAndAtItsTrust(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	const hazel = "hazel.willow@northmoor"
	tab := testkit.Browser(t)
	safe := tab.Safe()
	s.enter(tab, hazel)
	home := s.address(hazel)
	s.makesAPasskey(tab, home, "Phone")
	refused := func(what, address string) {
		t.Helper()
		tab.Goto(address + "/sign-in")
		tab.Click(withPasskey)
		tab.WaitText("main", "You can try again, or choose another way.")
		if tab.Goto(address + "/"); !strings.Contains(tab.URL(), "/sign-in") {
			t.Errorf("%s is in, at %s", what, tab.URL())
		}
	}
	safe.Knows(false)
	refused("somebody else with the phone", home)
	safe.Knows(true)
	refused("a person of the other trust", s.address("admin@eastvale"))
}

func TestAnAnswerOfAPasskeyCountsOnceAndACopyIsFoundOut(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	const hazel = "hazel.willow@northmoor"
	tab := testkit.Browser(t)
	safe := tab.Safe()
	s.enter(tab, hazel)
	home := s.address(hazel)
	s.makesAPasskey(tab, home, "Phone")
	copied := safe.Passkeys()
	tab.Goto(home + "/sign-in")
	answer := func() (credential string) {
		tab.Eval(`(async () => {
			const asked = await (await fetch('/sign-in/passkey/begin', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'})).json();
			const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.options.publicKey);
			return JSON.stringify(await navigator.credentials.get({publicKey}));
		})()`, &credential)
		return credential
	}
	give := func(trust, credential string) int {
		return s.visit(trust).sendJSON("/sign-in/passkey", map[string]string{"credential": credential}).status
	}
	first := answer()
	if got := give("eastvale", first); got != http.StatusUnprocessableEntity {
		t.Errorf("at the other trust: %d", got)
	}
	if got := give("northmoor", first); got != http.StatusOK {
		t.Fatalf("the first time: %d", got)
	}
	if got := give("northmoor", first); got != http.StatusUnprocessableEntity {
		t.Errorf("the same answer again: %d", got)
	}
	late := answer()
	s.clock.Advance(11 * time.Minute)
	if got := give("northmoor", late); got != http.StatusUnprocessableEntity {
		t.Errorf("an answer that took too long: %d", got)
	}
	safe.Put(copied...) // its counter stands where it stood
	if got := give("northmoor", answer()); got != http.StatusUnprocessableEntity {
		t.Errorf("a copy of the passkey: %d", got)
	}
	for _, credential := range []string{"{}", "null", `{"id":"x","rawId":"eA","type":"public-key","response":{}}`, strings.Repeat("x", 9000)} {
		if got := give("northmoor", credential); got != http.StatusUnprocessableEntity {
			t.Errorf("%.40s: %d", credential, got)
		}
	}
}

func TestAPasskeyConfirmsAndTheFormGoesOn(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	tab := testkit.Browser(t, testkit.Viewport(390, 844))
	tab.Safe()
	const admin = "admin@northmoor"
	home := s.address(admin)
	s.enter(tab, admin)
	s.makesAPasskey(tab, home, "Desk")
	s.enter(tab, admin)
	tab.Goto(home + "/trust/providers")
	for name, value := range provider {
		tab.Fill("#"+name, value)
	}
	s.clock.Advance(11 * time.Minute)
	tab.Click("text=Add this sign-in")
	tab.WaitText("h1", "Is it still you?")
	tab.Click("text=Use a passkey")
	tab.WaitText(".keys", provider["name"])
	s.clock.Advance(11 * time.Minute)
	tab.Click("text=Remove")
	tab.Fill("#proof_password", demo.Password)
	tab.Click("text=Carry on")
	tab.WaitGone(".keys")
}
