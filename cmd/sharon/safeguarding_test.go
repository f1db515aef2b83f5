package main

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// From words in the night to a closed case, by the service's own terms and rota.
func TestWhoSaysThatTheyAreNotSafeIsLedToHelpAndSomebodyComes(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.posted()
		s.phones()
		s.atNight()
		var first string
		s.inWillow(func(ctx context.Context, in tenants.Scope) error {
			steps, _, err := s.app.Desk.Tree(ctx, in, in.Now)
			if err == nil && len(steps) == 0 {
				t.Fatal("nobody can be called")
			}
			first = steps[0].Name
			return err
		})

		ivy := s.as("ivy.willow@northmoor")
		got := ivy.post("/willow/walls/ivy", url.Values{"body": {"I can’t k e e p myself safe tonight"}, "audience": {"service"}, "_csrf": {ivy.token("/willow/walls/ivy")}})
		if got.status != http.StatusSeeOther || !strings.HasPrefix(got.location(), "/willow/support/") {
			t.Fatalf("she is led to %d %s", got.status, got.location())
		}
		page := ivy.get(got.location())
		for _, want := range []string{"999", "116 123", "Are you safe right now?", "I need someone"} {
			if !page.has(want) {
				t.Errorf("the page lacks %q: %s", want, page.text())
			}
		}
		item := strings.TrimPrefix(got.location(), "/willow/support/")
		if got := s.as("fern.willow@northmoor").get("/willow/support/" + item); got.status != http.StatusNotFound {
			t.Errorf("a peer comes to her page: %d", got.status)
		}
		for _, account := range []string{"fern.willow@northmoor", "dill.willow@northmoor"} {
			for _, path := range []string{"/willow", "/willow/walls/ivy"} {
				if s.over(account).getJSON(path, nil).has("myself safe tonight") {
					t.Errorf("%s reads on %s what is covered", account, path)
				}
			}
		}

		s.settle(1)
		var id uuid.UUID
		s.scan([]any{&id}, "SELECT case_id FROM desk_items WHERE tenant_id = ? AND id = ?", s.northmoor(), item)
		lead := s.over("lead.willow@northmoor")
		if said := lead.aCase(id.String()).says(); !slices.ContainsFunc(said, func(line string) bool { return strings.HasPrefix(line, "0 calling "+first) }) {
			t.Errorf("%s is not called: %v", first, said)
		}
		if got := ivy.post("/willow/support/"+item, url.Values{"answer": {"someone"}, "_csrf": {ivy.token("/willow/support/" + item)}}); got.status != http.StatusSeeOther {
			t.Errorf("she needs someone: %d %s", got.status, got.text())
		}
		s.sent(lead, "/willow/cases/"+id.String()+"/have", nil)
		s.sent(lead, "/willow/cases/"+id.String()+"/close", map[string]any{"outcome": "safe", "reason": "Spoke with her at 03:50"})
		now := lead.aCase(id.String())
		if now.Outcome != "safe" || now.did("asked") != 1 || now.did("acknowledged") != 1 {
			t.Errorf("the case: %s %v", now.Outcome, now.says())
		}
	})
}
