package main

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestAnOpenThreadGrowsAndTheTimelineOffersWhatIsNew(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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

func TestAMessageIsSeenWhileItIsTypedAndWhenItIsSent(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	path := s.talkOf("hazel.willow@northmoor", "Fern")
	tabs := map[string]*testkit.Tab{}
	for account, at := range map[string]string{"hazel.willow@northmoor": path, "fern.willow@northmoor": path, "lead.orchard@eastvale": "/orchard"} {
		tab := testkit.Browser(t, testkit.Viewport(390, 844))
		s.enter(tab, account)
		tab.Goto(s.address(account) + at)
		tab.Eval(`window.heard = []; for (const kind of ['messages.typing', 'messages.sent', 'messages.read', 'counts']) document.addEventListener('live:' + kind, e => heard.push(e.detail))`, nil)
		tabs[account] = tab
	}
	hazel, fern, other := tabs["hazel.willow@northmoor"], tabs["fern.willow@northmoor"], tabs["lead.orchard@eastvale"]

	hazel.Click("#body")
	hazel.Type("Are you")
	fern.WaitText("#typing", "Hazel is typing")
	hazel.Fill("#body", "Are you awake?")
	hazel.Click("form[data-messages] button[type=submit]")
	fern.WaitText("#talk", "Are you awake?")
	hazel.WaitGone(".bubble--waiting")

	fern.Offline(true)
	hazel.Fill("#body", "The baby is.")
	hazel.Click("form[data-messages] button[type=submit]")
	hazel.WaitGone(".bubble--waiting")
	fern.Offline(false)
	fern.WaitText("#talk", "The baby is.")
	for name, tab := range map[string]*testkit.Tab{"hazel": hazel, "fern": fern} {
		shown := tab.Texts("#talk .post__body")
		if got := strings.Join(shown[max(0, len(shown)-2):], " "); got != "Are you awake? The baby is." {
			t.Errorf("%s sees %q at the end", name, got)
		}
	}

	reader := testkit.Browser(t)
	s.enter(reader, "fern.willow@northmoor")
	reader.Goto(s.address("fern.willow@northmoor") + "/willow")
	hazel.Fill("#body", "Good night.")
	fern.Goto(s.address("fern.willow@northmoor") + "/willow/forums")
	hazel.Click("form[data-messages] button[type=submit]")
	reader.WaitText(`.rooms [data-live-count="messages"]`, "1")

	var heard []any
	other.Eval(`heard`, &heard)
	if len(heard) > 0 {
		t.Errorf("the other trust heard %v", heard)
	}
}

func TestAPageThatMissedTooMuchOffersToLoadAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel := s.over("hazel.willow@northmoor")
	thread := threadBy(hazel, "sleep-and-feeding", "Awake again")
	tab := testkit.Browser(t, testkit.Viewport(390, 844))
	s.enter(tab, "fern.willow@northmoor")
	tab.Goto(s.address("fern.willow@northmoor") + "/willow/forums/threads/" + thread)
	tab.Fill("#body", "half a sentence")
	tab.Eval(`dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))`, nil) // put aside by the browser
	replyBy(hazel, thread, "While you were away.")
	s.much(10_001)
	tab.Eval(`dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))`, nil)
	tab.WaitText("#live-anew", "Load it again")
	tab.WaitText("#live-says", "You were away for a while")
	if tab.Has(".replies .reply") {
		t.Error("the reply is shown already")
	}
	if breaches := uncovered(tab.Axe()); len(breaches) > 0 {
		t.Error(breaches)
	}
	s.sql("DELETE FROM outbox WHERE tenant_id = ? AND kind = 'test.much'", s.northmoor()) // ids have the machine's time: to the new page this would be to come
	tab.Click("#live-anew button")
	tab.WaitText(".replies", "While you were away.")
	if got := tab.Value("#body"); got != "half a sentence" {
		t.Errorf("what was being written became %q", got)
	}
	replyBy(hazel, thread, "And now.")
	tab.WaitText(".replies", "And now.")
	if visible(tab, "#live-anew") {
		t.Error("the page offers to load again what it has")
	}
	if problems := tab.Problems(); len(problems) > 0 {
		t.Error(problems)
	}
}

// uncovered leaves out of what axe found that a target is too small: what floats above a
// page for a moment covers half of something wherever it stands.
func uncovered(all []testkit.Violation) []testkit.Violation {
	return slices.DeleteFunc(all, func(v testkit.Violation) bool { return v.ID == "target-size" })
}
