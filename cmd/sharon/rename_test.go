package main

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func (v *visitor) rename(handle string) answer {
	v.site.t.Helper()
	return v.sendJSON("/willow/profile/name", map[string]any{"handle": handle})
}

func TestAMemberTakesAnotherNameAndIsFoundByBoth(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := strangers(s)
		wall := wallPostBy(nettle, "nettle", "Tea helps.")
		juniper.writes("juniper", "Thank you @Nettle", "")
		got := nettle.rename("  Copper   kettle ")
		if got.status != http.StatusOK || field(t, got, "path") != "/willow/people/copper-kettle" {
			t.Fatalf("rename: %d %s", got.status, got.body)
		}
		if got := sparrow.getJSON("/willow/posts/"+wall, nil); !got.has(`"handle":"Copper kettle"`) {
			t.Errorf("an earlier post: %s", got.body)
		}
		for _, path := range []string{"/willow/people/copper-kettle", "/willow/people/nettle"} {
			if got := sparrow.getJSON(path, nil); !got.has(`"handle":"Copper kettle"`) {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
		page := s.as("sparrow.willow@northmoor").get("/willow/walls/juniper")
		if !page.has(`<a class="mention" href="/willow/people/nettle">@Nettle</a>`) {
			t.Errorf("where somebody wrote the old name: %s", page.text())
		}
		juniper.writes("juniper", "@nettle or @Copper-kettle", "")
		s.settle(1)
		if got := nettle.notices("willow"); strings.Count(got.says(), "Juniper named you") == 0 {
			t.Errorf("told %q", got.says())
		}
		// Across a block neither name is linked or found.
		nettle.silence("block", "sparrow", true)
		page = s.as("sparrow.willow@northmoor").get("/willow/walls/juniper")
		if page.has("people/nettle") || page.has("people/copper-kettle") {
			t.Error("a blocked person’s name is linked")
		}
		want(t, "the old name across a block", sparrow.getJSON("/willow/people/nettle", nil), http.StatusNotFound)
		want(t, "in another service", s.over("lead.harbour@northmoor").getJSON("/harbour/people/nettle", nil), http.StatusNotFound)

		var kept, records int
		if s.scan([]any{&records}, "SELECT count(*) FROM audit_log WHERE tenant_id = ? AND action = 'member.renamed'", s.northmoor()); records != 1 {
			t.Errorf("%d records", records)
		}
		if s.scan([]any{&kept}, "SELECT count(*) FROM audit_log WHERE tenant_id = ? AND (CAST(before AS text) LIKE '%ettle%' OR CAST(after AS text) LIKE '%ettle%')", s.northmoor()); kept != 0 {
			t.Error("a name is in the audit log, which forgets nothing")
		}
	})
}

func TestNobodySlipsIntoAName(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, _, nettle := strangers(s)
		for _, no := range []string{"", "Sparrow", "Dr Kettle", "Willow team", "Sarah Jones", "Spаrrow", "Juniper"} {
			want(t, no, juniper.rename(no), http.StatusUnprocessableEntity)
		}
		want(t, "nettle", nettle.rename("Copper kettle"), http.StatusOK)
		for _, no := range []string{"Nettle", "nettIe", "Net tle"} {
			want(t, no+", which was somebody's", juniper.rename(no), http.StatusUnprocessableEntity)
		}
		s.clock.Advance(100 * 24 * time.Hour)
		juniper, sparrow, nettle := strangers(s)
		link := s.invited(s.posted(), s.over("lead.willow@northmoor"), "willow", "late@person.example", "service_user", nil)
		want(t, "a new member", s.visit("northmoor").sendJSON(link, joining("late@person.example", "Nettle")), http.StatusUnprocessableEntity)
		want(t, "juniper, later", juniper.rename("Nettle"), http.StatusUnprocessableEntity)
		want(t, "whose it was", nettle.rename("Nettle"), http.StatusOK)

		// Of two at once one has it; one person changes once in 30 days.
		var both sync.WaitGroup
		var mu sync.Mutex
		answers := map[int]int{}
		for _, v := range []*visitor{juniper, sparrow, juniper, sparrow} {
			both.Go(func() {
				got := v.rename("Amber lantern")
				mu.Lock()
				defer mu.Unlock()
				answers[got.status]++
			})
		}
		both.Wait()
		if answers[http.StatusOK] != 1 || answers[http.StatusUnprocessableEntity]+answers[http.StatusConflict] != 3 {
			t.Errorf("answers %v", answers)
		}
		s.clock.Advance(29 * 24 * time.Hour)
		_, _, nettle = strangers(s)
		if got := nettle.rename("Misty robin"); got.status != http.StatusUnprocessableEntity || !got.has("You can change it again from") {
			t.Errorf("after 29 days: %d %s", got.status, got.body)
		}
		s.clock.Advance(2 * 24 * time.Hour)
		_, _, nettle = strangers(s)
		want(t, "after 31 days", nettle.rename("Misty robin"), http.StatusOK)
		want(t, "who is no member", s.over("admin@northmoor").rename("Misty otter"), http.StatusForbidden)
	})
}
