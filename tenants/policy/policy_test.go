package policy_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/sharon-nhs/sharon/tenants/policy"
)

var inherits = [][2]string{{"service_user", "member"}, {"moderator", "peer"}, {"peer", "member"}}

func enforcer(t *testing.T, changes ...policy.Rule) *policy.Enforcer {
	t.Helper()
	defaults := policy.Grants{"posts.read": {"member"}, "posts.hide": {"moderator"}, "gifts.send": {"member"}}.Rules()
	e, err := policy.New(append(defaults, changes...), inherits)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestRolesInherit(t *testing.T) {
	e := enforcer(t)
	for ask, want := range map[[2]string]bool{
		{"member", "posts.read"}: true, {"service_user", "posts.read"}: true, {"moderator", "posts.read"}: true,
		{"moderator", "posts.hide"}: true, {"peer", "posts.hide"}: false, {"member", "posts.hide"}: false,
		// What is not granted is refused, however it is asked.
		{"stranger", "posts.read"}: false, {"", "posts.read"}: false, {"moderator", "posts.burn"}: false, {"moderator", "posts"}: false,
		{"moderator", ""}: false, {"moderator", "posts.*"}: false, {"*", "posts.read"}: false, {"moderator", "posts.hide.all"}: false,
	} {
		if got := e.Decide(ask[0], "willow", ask[1]); got.Allowed != want {
			t.Errorf("%v: %+v", ask, got)
		}
	}
}

func TestDenyOfATrustWins(t *testing.T) {
	e := enforcer(t,
		policy.Rule{Role: "member", Service: "willow", Object: "gifts", Action: "send", Effect: "deny"},
		policy.Rule{Role: "moderator", Service: "willow", Object: "gifts", Action: "send", Effect: "allow"},
		policy.Rule{Role: "peer", Service: "harbour", Object: "posts", Action: "hide", Effect: "allow"})
	for ask, want := range map[[3]string]bool{
		{"service_user", "willow", "gifts.send"}: false, {"service_user", "harbour", "gifts.send"}: true,
		{"moderator", "willow", "gifts.send"}: false, // a moderator is a member too
		{"peer", "harbour", "posts.hide"}:     true, {"peer", "willow", "posts.hide"}: false, {"service_user", "harbour", "posts.hide"}: false,
	} {
		if got := e.Decide(ask[0], ask[1], ask[2]); got.Allowed != want {
			t.Errorf("%v: %+v", ask, got)
		}
	}
}

func TestDecisionSaysWhichRule(t *testing.T) {
	e := enforcer(t, policy.Rule{Role: "member", Service: "willow", Object: "gifts", Action: "send", Effect: "deny"})
	for ask, want := range map[[3]string]string{
		{"moderator", "willow", "posts.read"}:    "p, member, *, posts, read, allow",
		{"moderator", "willow", "gifts.send"}:    "p, member, willow, gifts, send, deny",
		{"service_user", "willow", "posts.hide"}: "no rule lets service_user do posts.hide",
	} {
		for range 2 { // the second time from memory
			if got := e.Decide(ask[0], ask[1], ask[2]); got.Because != want {
				t.Errorf("%v: because %q, not %q", ask, got.Because, want)
			}
		}
	}
}

func TestManyMayAskAtOnce(t *testing.T) {
	e := enforcer(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 200 {
				if !e.Decide("moderator", fmt.Sprint(i, n), "posts.hide").Allowed {
					t.Error("refused")
				}
			}
		})
	}
	all.Wait()
}

func TestGrantsBecomeRulesInAStableOrder(t *testing.T) {
	g := policy.Grants{"b.x": {"two", "one"}, "a.x": {"one"}}
	if got := fmt.Sprint(g.Rules()); got != "[p, one, *, a, x, allow p, one, *, b, x, allow p, two, *, b, x, allow]" {
		t.Error(got)
	}
}
