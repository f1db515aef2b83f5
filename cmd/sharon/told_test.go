package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// told are the notices of a kind that somebody has in willow.
func (v *visitor) told(kind string) (n int) {
	for _, one := range v.notices("willow").Notices {
		if one.Kind == kind {
			n += one.Count
		}
	}
	return n
}

func TestWhoAskedForAReminderIsToldWhenTheSessionMovesOrIsCancelled(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.planned(5*time.Hour, nil)
		lead, hazel, ivy, fern := s.over("lead.willow@northmoor"), s.over("hazel.willow@northmoor"), s.over("ivy.willow@northmoor"), s.over("fern.willow@northmoor")
		s.sent(hazel, path+"/reminder", map[string]any{"remind": true})
		s.sent(lead, path+"/reminder", map[string]any{"remind": true})
		s.sent(ivy, path+"/reminder", map[string]any{"remind": true})
		s.sent(ivy, path+"/reminder", map[string]any{"remind": false})
		change := func(version int, in time.Duration, title string) {
			plan := s.plan(in, map[string]any{"version": version, "title": title})
			delete(plan, "audience")
			s.sent(lead, path+"/edit", plan)
			s.settle(1)
		}
		expect := func(when string, want int) {
			t.Helper()
			if got := hazel.told("change"); got != want {
				t.Errorf("%s: hazel has %d notices, want %d", when, got, want)
			}
			for name, other := range map[string]*visitor{"ivy, who asked no longer": ivy, "fern, who never did": fern, "whoever moved it": lead} {
				if got := other.told("change"); got != 0 {
					t.Errorf("%s: %s has %d", when, name, got)
				}
			}
		}
		change(1, 5*time.Hour, "Another title")
		expect("another title", 0)
		change(2, 6*time.Hour, "Another title")
		expect("moved", 1)
		change(3, 7*time.Hour, "Another title")
		expect("moved again", 2)
		s.sent(lead, path+"/cancel", map[string]any{"reason": "Bramble is poorly"})
		s.sent(lead, path+"/cancel", map[string]any{"reason": "the second click"})
		s.settle(1)
		expect("cancelled", 3)
		list := hazel.notices("willow")
		if list.Unread != 1 || !strings.Contains(list.says(), "has moved or is cancelled") || strings.Contains(list.says(), "poorly") {
			t.Errorf("hazel reads %+v", list)
		}
		got := hazel.sendJSON("/willow/notifications/"+list.Notices[0].ID+"/open", nil)
		if got.header.Get("Location") != path {
			t.Errorf("it leads to %s, want %s", got.header.Get("Location"), path)
		}
	})
}

func TestNobodyIsToldOfASessionThatTheyMayNotComeTo(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.planned(5*time.Hour, nil)
		hazel := s.over("hazel.willow@northmoor")
		s.sent(hazel, path+"/reminder", map[string]any{"remind": true})
		s.sql("UPDATE live_sessions SET audience = 'staff' WHERE tenant_id = ? AND id = ?", s.northmoor(), idOf(path))
		s.sent(s.over("lead.willow@northmoor"), path+"/cancel", map[string]any{"reason": "x"})
		s.settle(1)
		if got := hazel.told("change"); got != 0 {
			t.Errorf("%d notices of a session that is the team's own by now", got)
		}
	})
}

// ten are people of willow whom juniper has not written with.
var ten = []string{"sparrow", "nettle", "tansy", "hazel", "fern", "ivy", "thistle", "primrose", "bramble", "rowan"}

func TestOnlySoManyStrangersADay(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		tune := map[string]any{"version": 1, "settings": map[string]any{"requests_a_day": 3}}
		want(t, "tune", s.over("lead.willow@northmoor").sendJSON("/willow/settings/rooms/messages", tune), http.StatusOK)
		write := func(to string) answer {
			return juniper.sendJSON("/willow/messages", map[string]any{"to": to, "body": "hello"})
		}
		want(t, "two in a group", write("sparrow, nettle"), http.StatusOK)
		if got := write("tansy, hazel"); got.status != http.StatusUnprocessableEntity || !got.has("1 more person today") || !got.has(`"#/to"`) {
			t.Errorf("one more than there is room for: %d %s", got.status, got.body)
		}
		want(t, "the third", write("tansy"), http.StatusOK)
		got := write("fern")
		if got.status != http.StatusTooManyRequests || !got.has("3 new people today") || !got.has("Tomorrow") {
			t.Errorf("the fourth: %d %s", got.status, got.body)
		}
		if after := got.header.Get("Retry-After"); after != fmt.Sprint(13*3600+1800+1) {
			t.Errorf("again after %s seconds, want those until midnight", after)
		}
		// What stood on the form still does.
		page := s.as("juniper.willow@northmoor").post("/willow/messages", url.Values{"to": {"fern"}, "body": {"words to keep"}})
		if page.status != http.StatusTooManyRequests || !page.has("words to keep") || !page.has("3 new people today") {
			t.Errorf("the form: %d %s", page.status, page.text())
		}
		if s.over("fern.willow@northmoor").getJSON("/willow/messages/requests", nil).has("hello") {
			t.Error("the fourth request arrived")
		}

		want(t, "to one of the team", write(s.handleOf("clinician.willow@northmoor")), http.StatusOK)
		want(t, "to the whole team", juniper.sendJSON("/willow/messages/to-team", map[string]any{"body": "hello"}), http.StatusOK)
		id := sparrow.begin("juniper", "Hello yourself.")
		juniper.accept(id, true)
		want(t, "to somebody who wrote first", write("sparrow"), http.StatusOK)
		want(t, "an answer to a no", s.over("tansy.willow@northmoor").sendJSON("/willow/messages", map[string]any{"to": "juniper", "body": "hi"}), http.StatusOK)
		s.clock.Advance(13 * time.Hour) // half past eleven at night
		juniper = s.over("juniper.willow@northmoor")
		want(t, "the same day", write("fern"), http.StatusTooManyRequests)
		s.clock.Advance(time.Hour)
		juniper = s.over("juniper.willow@northmoor")
		want(t, "the next day", write("fern"), http.StatusOK)
		if got := s.over("clinician.willow@northmoor"); got.begin("sparrow, nettle, tansy, hazel, fern", "all of you") == "" {
			t.Error("the team is limited too")
		}
		for _, bad := range []int{0, 51} {
			tune := map[string]any{"version": 2, "settings": map[string]any{"requests_a_day": bad}}
			want(t, "a setting that does not fit", s.over("lead.willow@northmoor").sendJSON("/willow/settings/rooms/messages", tune), http.StatusUnprocessableEntity)
		}
	})
}

func TestRequestsAtTheSameTimeAreCountedOneByOne(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, _, _ := strangers(s)
		tune := map[string]any{"version": 1, "settings": map[string]any{"requests_a_day": 3}}
		want(t, "tune", s.over("lead.willow@northmoor").sendJSON("/willow/settings/rooms/messages", tune), http.StatusOK)
		var all sync.WaitGroup
		taken := make(chan bool, len(ten))
		for _, to := range ten {
			all.Go(func() {
				got := juniper.sendJSON("/willow/messages", map[string]any{"to": to, "body": "hello"})
				if got.status != http.StatusOK && got.status != http.StatusTooManyRequests {
					t.Errorf("%s: %d %s", to, got.status, got.body)
				}
				taken <- got.status == http.StatusOK
			})
		}
		all.Wait()
		close(taken)
		n := 0
		for yes := range taken {
			if yes {
				n++
			}
		}
		if n != 3 {
			t.Errorf("%d requests went out, want 3", n)
		}
	})
}
