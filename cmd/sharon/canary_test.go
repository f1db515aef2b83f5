package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/modules/safety"
)

// What waits for the team is nowhere for another member: on no page and no answer of
// the API of the whole route table, in no search, stream, notice, digest, email or copy.
func TestACanaryInHoldAppearsNowhere(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		const canary = "kanarienvogel"
		post := s.posted()
		juniper, sparrow, nettle := strangers(s)
		sparrow.choose("reply.email", "now", "reply.push", "now", "mention.email", "digest", "mention.push", "now", "friend_post.email", "digest", "friend_post.push", "now")
		device := post.Subscribe()
		want(t, "subscribe", sparrow.sendJSON("/willow/notifications/devices", map[string]any{"endpoint": device.Endpoint, "p256dh": device.P256dh, "auth": device.Auth}), http.StatusOK)
		s.friends(juniper, sparrow, "juniper", "sparrow")
		thread := threadBy(nettle, "sleep-and-feeding", "An open thread")
		want(t, "follow", sparrow.sendJSON("/willow/posts/"+thread+"/follow", map[string]any{"follow": true}), http.StatusOK)
		edited := juniper.writes("juniper", "Nothing yet", "")
		s.away()
		s.settle(2)
		before := len(post.Pushes()) // of what her friend wrote
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
		s.clock.Advance(24 * time.Hour) // her digest's hour has come
		s.settle(2)
		if mails, pushes := post.to("sparrow"), post.Pushes()[before:]; len(mails)+len(pushes) > 0 {
			t.Errorf("emails to her: %v, notices to her device: %v", mails, pushes)
		}
		sparrow = s.over("sparrow.willow@northmoor")
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
		s.away()
		s.settle(2)
		s.clock.Advance(24 * time.Hour)
		s.settle(2)
		if mails, pushes := post.to("sparrow"), post.Pushes()[before:]; len(mails) < 2 || len(pushes) == 0 {
			t.Errorf("%d emails and %d notices now that she may know", len(mails), len(pushes))
		}
	})
}
