package main

import (
	"net/http"
	"sync"
	"testing"

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
