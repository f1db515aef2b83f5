package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

var update = flag.Bool("update", false, "write docs/permissions.csv anew")

const permissionsFile = "../../docs/permissions.csv"

// docs/permissions.csv is what a trust's administrator reads: who may do what
// before the trust changes anything. It is made from the rooms' grants.
func TestThePermissionsOnPaperAreThoseInForce(t *testing.T) {
	t.Parallel()
	a, err := open(config{DatabaseURL: testkit.SQLite(t, prepare), LogLevel: "error", LogFormat: "text"}, webConfig{BaseURL: "http://localhost"}, testKeys, clock.NewFake(now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.DB.Close() })
	var lines []string
	for _, rule := range a.Directory.Defaults {
		lines = append(lines, rule.String())
	}
	slices.Sort(lines)
	for _, pair := range tenants.Inherits {
		lines = append(lines, fmt.Sprintf("g, %s, %s", pair[0], pair[1]))
	}
	want := "# Made by `make gen` from the grants of each room. p = role, service, object, action, effect; g = role, inherited role.\n" + strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(permissionsFile, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(permissionsFile)
	if err != nil || string(got) != want {
		t.Errorf("docs/permissions.csv is not what the rooms grant: run `make gen` (%v)", err)
	}
}

// A route that asks for a permission that no role has is a door that nobody can
// open; a grant that no route or page asks for is a promise without a door.
func TestEveryRouteAsksForAPermissionThatSomebodyHas(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	granted := map[string]bool{}
	for _, rule := range s.app.Directory.Defaults {
		granted[rule.Object+"."+rule.Action] = true
	}
	for _, route := range s.app.table.Routes() {
		switch {
		case route.Permission == web.Public, route.Permission == web.SignedIn, route.Permission == web.Arriving, route.Permission == web.Locked:
		case !granted[route.Permission]:
			t.Errorf("%s %s asks for %q, which no role has", route.Method, route.Path, route.Permission)
		}
		if route.Summary == "" {
			t.Errorf("%s %s has no summary", route.Method, route.Path)
		}
	}
}
