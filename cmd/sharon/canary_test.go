package main

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/modules/safety"
)

// What waits for the team is nowhere for another member: on no page and no answer of
// the API of the whole route table, in no search, stream, notice, digest, email or copy.
func TestACanaryInHoldAppearsNowhere(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		const canary = "kanarienvogel"
		var posted []string
		var one sync.Mutex
		s.app.Outside.Email = func(_ context.Context, m mail.Message) error {
			one.Lock()
			defer one.Unlock()
			posted = append(posted, m.To+" "+m.Subject+" "+m.Text)
			return nil
		}
		juniper, sparrow, nettle := strangers(s)
		want(t, "told at once", sparrow.sendJSON("/willow/notifications/settings", map[string]any{"choices": map[string]any{"reply.email": "now", "mention.email": "now", "friend_post.email": "now"}, "digest": "daily", "digest_day": 1, "digest_hour": 18}), http.StatusOK)
		s.friends(juniper, sparrow, "juniper", "sparrow")
		thread := threadBy(nettle, "sleep-and-feeding", "An open thread")
		want(t, "follow", sparrow.sendJSON("/willow/posts/"+thread+"/follow", map[string]any{"follow": true}), http.StatusOK)
		edited := juniper.writes("juniper", "Nothing yet", "")
		s.settle(1)
		one.Lock()
		posted = nil
		one.Unlock()
		s.waits("all", "before")
		ear := sparrow.listen("willow", "")
		held := []string{
			juniper.writes("juniper", canary+" @sparrow", ""), juniper.writes("sparrow", canary, ""), juniper.writes("juniper", canary, "friends"),
			threadBy(juniper, "sleep-and-feeding", canary), replyBy(juniper, thread, canary+" @sparrow"), idOf(juniper.blogs(canary, nil)),
		}
		s.sent(juniper, "/willow/posts/"+edited+"/edit", map[string]any{"body": canary, "version": 1})
		held = append(held, edited)
		for _, id := range held {
			ear.hearsNothingOf(id)
		}
		for _, id := range held {
			if got := s.state(id); got != "held" {
				t.Fatalf("%s is %s", id, got)
			}
		}
		s.settle(2)
		s.clock.Advance(25 * time.Minute)
		page := s.as("sparrow.willow@northmoor")
		sparrow = s.over("sparrow.willow@northmoor")
		looked, at := 0, []ids{}
		for _, id := range append(slices.Clone(held), thread) {
			at = append(at, ids{"service": "willow", "id": id, "handle": "juniper", "board": "sleep-and-feeding", "room": "walls"})
		}
		page.everywhere(s, sparrow, at, func(path string, got answer) {
			if got.status == http.StatusOK {
				looked++
			}
			for _, id := range held {
				if got.has(canary) || got.status == http.StatusOK && got.has(id) {
					t.Errorf("%s has it", path)
					return
				}
			}
		})
		if looked < 40 {
			t.Errorf("only %d pages were there to be looked at", looked)
		}
		if got := sparrow.getJSON("/willow/search?q="+canary, nil); got.has("juniper") || got.has(held[3]) {
			t.Errorf("a search finds it: %s", got.body)
		}
		one.Lock()
		mails := strings.Join(posted, "\n")
		one.Unlock()
		if strings.Contains(mails, canary) || strings.Contains(mails, "sparrow") {
			t.Errorf("emails: %s", mails)
		}
		s.sent(sparrow, "/account/data/export", nil)
		s.settle(2)
		for name, words := range unzipped(t, sparrow.getJSON("/account/data/exports/"+sparrow.kept().Export.ID, nil).body) {
			if strings.Contains(words, canary) {
				t.Errorf("her copy has it in %s", name)
			}
		}
		// Approved, it is there: the test looks at something.
		for _, id := range held {
			if _, err := s.decides("moderator", safety.Approve, id); err != nil {
				t.Fatal(err)
			}
		}
		for _, path := range []string{"/willow", "/willow/walls/juniper", "/willow/posts/" + thread, "/willow/blogs", "/willow/search?q=" + canary} {
			if got := sparrow.getJSON(path, nil); !got.has(canary) {
				t.Errorf("%s has it not, now that it may", path)
			}
		}
	})
}
