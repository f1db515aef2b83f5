package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestAMemberReadsPostsAndIsAnswered(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.as("hazel.willow@northmoor"), s.as("fern.willow@northmoor")

		posted := hazel.post("/willow/walls/hazel", url.Values{"body": {"Awake again, **third** time."}})
		if posted.status != http.StatusSeeOther || !strings.HasPrefix(posted.location(), "/willow/walls/hazel#post-") {
			t.Fatalf("post on the wall: %d %s %s", posted.status, posted.location(), posted.text())
		}
		if page := fern.get("/willow"); !page.has("<strong>third</strong>") {
			t.Fatalf("fern's timeline lacks hazel's words: %s", page.text())
		}

		started := hazel.post("/willow/forums/threads", url.Values{"board": {"sleep-and-feeding"}, "title": {"Does white noise help?"}, "body": {"Asking for a friend."}})
		if started.status != http.StatusSeeOther {
			t.Fatalf("start: %d %s", started.status, started.text())
		}
		thread := started.location()
		answered := fern.post(thread+"/replies", url.Values{"body": {"It helped *us*."}})
		if answered.status != http.StatusSeeOther || !strings.HasPrefix(answered.location(), thread+"#post-") {
			t.Fatalf("reply: %d %s %s", answered.status, answered.location(), answered.text())
		}
		if page := hazel.get(thread); !page.has("It helped <em>us</em>.") || !page.has("1 reply") {
			t.Fatalf("thread: %s", page.text())
		}
	})
}

func TestARoomSwitchedOffIsGoneAtOnceAndComesBackWhole(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, hazel := s.as("lead.willow@northmoor"), s.as("hazel.willow@northmoor")
		hazel.post("/willow/walls/hazel", url.Values{"body": {"canary on the wall"}})
		toggle := func(on, version string) {
			t.Helper()
			got := lead.post("/willow/settings/rooms/walls", url.Values{"on": {on}, "version": {version}, "settings/max_length": {"4000"}})
			if got.status != http.StatusSeeOther {
				t.Fatalf("switch %s: %d %s", on, got.status, got.text())
			}
		}
		toggle("false", "1")
		for path, want := range map[string]int{"/willow/walls": 404, "/willow/walls/hazel": 404, "/willow": 200} {
			if page := hazel.get(path); page.status != want || page.has("canary") || page.has("/willow/walls") {
				t.Errorf("%s with walls off: %d %s", path, page.status, page.text())
			}
		}
		toggle("true", "2")
		if page := hazel.get("/willow/walls/hazel"); page.status != 200 || !page.has("canary on the wall") {
			t.Errorf("walls on again: %d %s", page.status, page.text())
		}
		if page := lead.get("/willow/settings/rooms/walls"); !page.has("Switched off") || !page.has("Switched on") {
			t.Errorf("history: %s", page.text())
		}
	})
}

func TestNothingIsSeenFromTheOtherTrust(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, wren := s.as("hazel.willow@northmoor"), s.as("lead.orchard@eastvale")
		thread := hazel.post("/willow/forums/threads", url.Values{"board": {"sleep-and-feeding"}, "title": {"canary"}, "body": {"canary"}}).location()
		id := thread[strings.LastIndex(thread, "/")+1:]
		for _, path := range []string{thread, "/orchard/posts/" + id, "/orchard/forums/threads/" + id, "/willow"} {
			if page := wren.get(path); page.status != http.StatusNotFound || page.has("canary") {
				t.Errorf("%s from the other trust: %d", path, page.status)
			}
		}
		stolen, cookies := s.visit("eastvale"), hazel.client.Jar
		for _, cookie := range cookies.Cookies(hazel.request(http.MethodGet, "/", nil).URL) {
			stolen.client.Jar.SetCookies(stolen.request(http.MethodGet, "/", nil).URL, []*http.Cookie{cookie})
		}
		if page := stolen.get("/orchard"); page.status == http.StatusOK {
			t.Error("a session of one trust opened the other")
		}
	})
}
