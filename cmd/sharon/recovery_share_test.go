package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
)

func TestWhatAnotherAppSharesReachesTheJournalAlsoOfWhoSignsInFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		const shared = "/share-to-journal?title=canary+A+%26+B&text=one%0Atwo+%E2%98%95&url=https%3A%2F%2Fx.example%2F%3Fa%3Db"
		tansy := s.visit("northmoor")
		door := tansy.get(shared)
		at, err := url.Parse(door.location())
		if err != nil || door.status != http.StatusSeeOther || at.Path != "/sign-in" {
			t.Fatalf("signed out: %d to %s", door.status, door.location())
		}
		if page := tansy.get(door.location()); page.status != http.StatusOK || !page.has("canary+A") {
			t.Fatalf("the door: %d", page.status)
		}
		in := tansy.post("/sign-in", url.Values{"email": {"tansy.willow@northmoor.example"}, "password": {demo.Password}, "next": at.Query()["next"]})
		on := tansy.get(in.location())
		if on.status != http.StatusSeeOther || !strings.HasPrefix(on.location(), journalPath+"/new?") {
			t.Fatalf("signed in: to %s, then %d to %s", in.location(), on.status, on.location())
		}
		page := tansy.get(on.location())
		for _, words := range []string{"canary A &amp; B", "one\ntwo ☕", "https://x.example/?a=b", "Nothing is kept until you press"} {
			if !page.has(words) {
				t.Errorf("the form lacks %q: %s", words, page.text())
			}
		}
		if n := s.rowsOf("recovery_entries", "1 = 1"); n != 2 {
			t.Errorf("%d entries, and nobody pressed", n)
		}
		if where := s.rowsWith("canary"); len(where) != 0 {
			t.Errorf("it stands in %v", where)
		}
	})
}

func TestWhoIsInSeveralServicesChoosesWhereASharedThingGoes(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		helen := s.as("lead.harbour@northmoor") // who is in kin too, where there is no journal
		if got := helen.get("/share-to-journal?text=canary"); got.location() != "/harbour/recovery/journal/new?text=canary" {
			t.Errorf("one journal: %d to %s", got.status, got.location())
		}
		s.sent(s.over("lead.kin@northmoor"), "/kin/settings/rooms/recovery", map[string]any{"on": true, "version": 0})
		page := helen.get("/share-to-journal?text=canary")
		for _, door := range []string{"/harbour/recovery/journal/new?text=canary", "/kin/recovery/journal/new?text=canary"} {
			if page.status != http.StatusOK || !page.has(`href="`+door+`"`) {
				t.Errorf("two: %d lacks %s", page.status, door)
			}
		}
		for _, service := range []string{"harbour", "kin"} {
			s.sent(s.over("lead."+service+"@northmoor"), "/"+service+"/settings/rooms/recovery", map[string]any{"on": false, "version": 1})
		}
		if got := helen.get("/share-to-journal?text=canary"); got.status != http.StatusOK || !got.has("There is no journal for you here") {
			t.Errorf("none: %d %s", got.status, got.text())
		}
		long := strings.Repeat("word ", 2500)
		if got := s.as("hazel.willow@northmoor").get("/share-to-journal?text=" + url.QueryEscape(long)); got.status != http.StatusOK || !got.has("Keep it in your journal?") || !got.has(strings.TrimSpace(strings.ReplaceAll(long, " ", "+"))[:5000]) {
			t.Errorf("a long text: %d to %s", got.status, got.location())
		}
		if got := s.visit("eastvale").get("/share-to-journal?text=" + url.QueryEscape(long)); got.status != http.StatusSeeOther || len(got.location()) > 3500 {
			t.Errorf("a long text, signed out: %d, %d bytes", got.status, len(got.location()))
		}
		if got := helen.get("/share-to-journal?text=%00"); got.status != http.StatusBadRequest {
			t.Errorf("what no keyboard makes: %d", got.status)
		}
	})
}
