package main

import (
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
)

// colleague is the page of an account of platform staff.
func (s *site) colleague(account string) string {
	s.t.Helper()
	var all admin.Colleagues
	s.over("platform@sharon").getJSON("/staff", &all)
	for _, one := range all.Staff {
		if one.Email == account+".example" {
			return "/staff/" + one.ID.String()
		}
	}
	s.t.Fatalf("%s is not among %v", account, all)
	return ""
}

// change does something with an account, as it is now.
func (v *visitor) change(path, act string) answer {
	v.site.t.Helper()
	var now admin.ColleaguePage
	v.getJSON(path, &now)
	return v.sendJSON(path, map[string]any{"act": act, "reason": "She has left us", "proof": demo.Password, "version": now.Version})
}

func TestAnAccountOfPlatformStaffThatIsClosedIsOutAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		platform, joan := s.over("platform@sharon"), s.over("onboarding@sharon")
		path := s.colleague("onboarding@sharon")
		want(t, "before", joan.getJSON("/trusts", nil), http.StatusOK)
		want(t, "closed", platform.change(path, "close"), http.StatusOK)
		want(t, "her session", joan.getJSON("/trusts", nil), http.StatusUnauthorized)
		want(t, "her password", s.visit("console").sendJSON("/sign-in", map[string]any{"email": "onboarding@sharon.example", "password": demo.Password}), http.StatusUnprocessableEntity)
		want(t, "closed again", platform.change(path, "close"), http.StatusConflict)
		if page := s.as("platform@sharon").get(path); !page.has("Closed the account") || !page.has("She has left us") {
			t.Errorf("the page: %s", page.text())
		}
		want(t, "open", platform.change(path, "open"), http.StatusOK)
		want(t, "she is back", s.over("onboarding@sharon").getJSON("/trusts", nil), http.StatusOK)
	})
}

func TestAnotherRoleCountsAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		finance, path := s.over("finance@sharon"), s.colleague("finance@sharon")
		want(t, "before", finance.getJSON("/queues", nil), http.StatusForbidden)
		want(t, "another role", s.over("platform@sharon").change(path, "onboarding_manager"), http.StatusOK)
		want(t, "signed out", finance.getJSON("/queues", nil), http.StatusUnauthorized)
		want(t, "after", s.over("finance@sharon").getJSON("/queues", nil), http.StatusOK)
	})
}

func TestAccountsOfPlatformStaffAreChangedByAnAdministratorAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		platform, path := s.over("platform@sharon"), s.colleague("finance@sharon")
		for _, other := range []string{"onboarding@sharon", "finance@sharon"} {
			want(t, other, s.over(other).change(path, "close"), http.StatusForbidden)
			want(t, other+" looks", s.over(other).getJSON("/staff", nil), http.StatusForbidden)
		}
		want(t, "her own", platform.change(s.colleague("platform@sharon"), "close"), http.StatusConflict)
		want(t, "nobody", platform.change("/staff/"+uuid.NewString(), "close"), http.StatusUnprocessableEntity)
		send := func(changes map[string]any) answer {
			in := map[string]any{"act": "close", "reason": "She has left us", "proof": demo.Password, "version": 1}
			for key, value := range changes {
				in[key] = value
			}
			return platform.sendJSON(path, in)
		}
		want(t, "no reason", send(map[string]any{"reason": " "}), http.StatusUnprocessableEntity)
		want(t, "no proof", send(map[string]any{"proof": "a guess"}), http.StatusUnprocessableEntity)
		want(t, "no such act", send(map[string]any{"act": "delete"}), http.StatusConflict)
		want(t, "what it was", send(map[string]any{"version": 7}), http.StatusConflict)
		want(t, "a step that is not there", send(map[string]any{"act": "forget-step"}), http.StatusConflict)
		want(t, "she is here", s.over("finance@sharon").getJSON("/trusts", nil), http.StatusOK)
	})
}

// asked has the platform's administrator make an account, and returns its page.
func (s *site) asked(name, email, role string) string {
	s.t.Helper()
	return "/staff/" + field(s.t, s.sent(s.over("platform@sharon"), "/staff", map[string]any{"name": name, "email": email, "role": role, "proof": demo.Password}), "id")
}

// link is where somebody joins whose account was made.
func (s *site) link(page string) string {
	s.t.Helper()
	var now admin.ColleaguePage
	s.over("platform@sharon").getJSON(page, &now)
	if now.Link == nil {
		s.t.Fatalf("%s has no link: %+v", page, now)
	}
	at := strings.Index(now.Link.URL, "/join/")
	if base := s.visit("console").base; now.Link.URL[:at] != base {
		s.t.Errorf("the link %s is not below %s", now.Link.URL, base)
	}
	return now.Link.URL[at:]
}

func TestAColleagueJoinsByALinkOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		const email, password = "ayo@sharon.example", "four warm grey words"
		page := s.asked("Ayo Bello", email, "finance")
		link, stranger := s.link(page), s.visit("console")
		signIn := map[string]any{"email": email, "password": ""}
		for _, guess := range []string{"x", "", demo.Password} {
			signIn["password"] = guess
			want(t, "before they joined, with "+guess, stranger.sendJSON("/sign-in", signIn), http.StatusUnprocessableEntity)
		}
		if door := stranger.get(link); !door.has("Ayo Bello") || door.has(email) {
			t.Errorf("the door: %s", door.text())
		}
		in := func(email, password string) map[string]any {
			return map[string]any{"email": email, "password": password}
		}
		want(t, "another email", stranger.sendJSON(link, in("ayo@other.example", password)), http.StatusUnprocessableEntity)
		want(t, "a password that is guessed", stranger.sendJSON(link, in(email, "password1")), http.StatusUnprocessableEntity)
		want(t, "a changed link", stranger.sendJSON(link[:len(link)-2]+"xx", in(email, password)), http.StatusUnprocessableEntity)
		want(t, "joins", stranger.sendJSON(link, in(email, password)), http.StatusOK)
		want(t, "a second click", stranger.sendJSON(link, in(email, "another warm password")), http.StatusUnprocessableEntity)
		signIn["password"] = password
		got := stranger.sendJSON("/sign-in", signIn)
		if got.status != http.StatusOK {
			t.Fatalf("signs in: %d %s", got.status, got.body)
		}
		ayo := s.visit("console")
		ayo.bearer = field(t, got, "token")
		want(t, "what they may", ayo.getJSON("/money", nil), http.StatusOK)
		want(t, "what they may not", ayo.getJSON("/staff", nil), http.StatusForbidden)
		if now := s.as("platform@sharon").get(page); !now.has("Asked them to join") || !now.has("Chose a password, and joined") || now.has("/join/") {
			t.Errorf("the page: %s", now.text())
		}
	})
}

func TestALinkToJoinEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		page := s.asked("Ayo Bello", "ayo@sharon.example", "finance")
		first := s.link(page)
		want(t, "another role", s.over("platform@sharon").change(page, "onboarding_manager"), http.StatusOK)
		second := s.link(page)
		in := map[string]any{"email": "ayo@sharon.example", "password": "four warm grey words"}
		join := func(link string) answer { return s.visit("console").sendJSON(link, in) }
		want(t, "of the account as it was", join(first), http.StatusUnprocessableEntity)
		s.clock.Advance(73 * time.Hour)
		want(t, "after three days", join(second), http.StatusUnprocessableEntity)
		third := s.link(page)
		want(t, "closed", s.over("platform@sharon").change(page, "close"), http.StatusOK)
		want(t, "of a closed account", join(third), http.StatusUnprocessableEntity)
		for _, none := range []string{"x", "x.y.z", uuid.NewString() + ".zzz.zzz", uuid.Nil.String()} {
			want(t, none, join("/join/"+none), http.StatusUnprocessableEntity)
		}
	})
}

func TestNobodyElseAsksColleagues(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		in := map[string]any{"name": "Ayo Bello", "email": "ayo@sharon.example", "role": "finance", "proof": demo.Password}
		for _, account := range []string{"onboarding@sharon", "finance@sharon"} {
			want(t, account, s.over(account).sendJSON("/staff", in), http.StatusForbidden)
		}
		want(t, "a stranger", s.visit("console").sendJSON("/staff", in), http.StatusUnauthorized)
		platform := s.over("platform@sharon")
		for field, value := range map[string]string{"proof": "wrong", "role": "clinician", "email": "finance@sharon.example", "name": " "} {
			changed := maps.Clone(in)
			changed[field] = value
			want(t, field, platform.sendJSON("/staff", changed), http.StatusUnprocessableEntity)
		}
	})
}

func TestOfTwoAdministratorsWhoCloseEachOtherOneStays(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		want(t, "another administrator", s.over("platform@sharon").change(s.colleague("finance@sharon"), "platform_admin"), http.StatusOK)
		two := []*visitor{s.over("platform@sharon"), s.over("finance@sharon")}
		paths := []string{s.colleague("finance@sharon"), s.colleague("platform@sharon")}
		var done [2]int
		var both sync.WaitGroup
		for i, v := range two {
			both.Go(func() { done[i] = v.change(paths[i], "close").status })
		}
		both.Wait()
		if (done[0] == http.StatusOK) == (done[1] == http.StatusOK) {
			t.Errorf("answered %v", done)
		}
	})
}

func TestWhoRunsTheMachineHelpsColleaguesIn(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		roster, email := s.app.roster(), "platform@sharon.example"
		if err := roster.Change(t.Context(), email, "close", "Their laptop is stolen"); err != nil {
			t.Fatal(err)
		}
		want(t, "closed", s.visit("console").sendJSON("/sign-in", map[string]any{"email": email, "password": demo.Password}), http.StatusUnprocessableEntity)
		if err := roster.Change(t.Context(), email, "open", "It is found"); err != nil {
			t.Fatal(err)
		}
		hash, err := crypt.HashPassword(t.Context(), "another-long-password")
		if err == nil {
			err = roster.SetPassword(t.Context(), email, hash)
		}
		if err != nil {
			t.Fatal(err)
		}
		want(t, "the old password", s.visit("console").sendJSON("/sign-in", map[string]any{"email": email, "password": demo.Password}), http.StatusUnprocessableEntity)
		want(t, "the new one", s.visit("console").sendJSON("/sign-in", map[string]any{"email": email, "password": "another-long-password"}), http.StatusOK)
		if err := roster.Change(t.Context(), "nobody@sharon.example", "close", "why"); !fault.Is(err, fault.NotFound) {
			t.Errorf("nobody: %v", err)
		}
	})
}
