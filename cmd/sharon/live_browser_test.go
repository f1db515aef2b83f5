package main

import (
	"net/url"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestAnOpenThreadGrowsAndTheTimelineOffersWhatIsNew(t *testing.T) {
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel := s.over("hazel.willow@northmoor")
	thread := threadBy(hazel, "sleep-and-feeding", "Awake again")
	reader := testkit.Browser(t, testkit.Viewport(390, 844))
	s.enter(reader, "fern.willow@northmoor")
	reader.Goto(s.address("fern.willow@northmoor") + "/willow/forums/threads/" + thread)
	reader.Fill("#body", "half a sentence")

	replyBy(hazel, thread, "Kettle is on.")
	reader.WaitText(".replies", "Kettle is on.")
	reader.WaitText("#replies-title", "1 reply")
	reader.WaitText("#live-says", "There is a new reply.")
	if got := reader.Value("#body"); got != "half a sentence" {
		t.Errorf("what was being written became %q", got)
	}

	reader.Offline(true)
	replyBy(hazel, thread, "Still here.")
	reader.Offline(false)
	reader.WaitText(".replies", "Still here.")
	if got := reader.Count(".reply"); got != 2 {
		t.Errorf("%d replies are shown", got)
	}

	reader.Goto(s.address("fern.willow@northmoor") + "/willow")
	first := reader.Text("article.post")
	s.as("hazel.willow@northmoor").post("/willow/walls/hazel", url.Values{"body": {"The sun is up."}})
	threadBy(hazel, "sleep-and-feeding", "And again")
	reader.WaitText("#news", "2 new posts")
	if got := reader.Text("article.post"); got != first {
		t.Error("what was being read has moved")
	}
	if breaches := reader.Axe(); len(breaches) > 0 {
		t.Error(breaches)
	}
	reader.Click("#news a")
	reader.WaitText("article.post", "And again")
	if problems := reader.Problems(); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestThePagesOfAnotherTrustStayStill(t *testing.T) {
	s := newSite(t, testkit.SQLite(t, prepare))
	tab := testkit.Browser(t)
	s.enter(tab, "lead.orchard@eastvale")
	tab.Goto(s.address("lead.orchard@eastvale") + "/orchard")
	tab.Eval(`window.heard = []; for (const kind of ['posts.published', 'posts.replied', 'counts']) document.addEventListener('live:' + kind, e => heard.push(e.detail))`, nil)
	threadBy(s.over("hazel.willow@northmoor"), "sleep-and-feeding", "canary")
	own := s.over("lead.orchard@eastvale")
	threads := field(t, own.sendJSON("/orchard/forums/boards", map[string]any{"name": "Here", "audience": "service", "who_may_post": "members"}), "slug")
	id := field(t, own.sendJSON("/orchard/forums/threads", map[string]string{"board": threads, "title": "Ours", "body": "Ours"}), "id")
	tab.WaitText("#news", "1 new post")
	var heard []struct{ Subject string }
	tab.Eval(`heard`, &heard)
	if len(heard) != 1 || heard[0].Subject != id {
		t.Errorf("heard %v, want %s alone", heard, id)
	}
	if strings.Contains(tab.Text("body"), "canary") {
		t.Error("the other trust's words are here")
	}
}
