package main

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// easyMember is a member of willow who reads in Easy Read in these tests.
const easyMember = "moss.willow@northmoor"

// easy is a browser of a member who chose Easy Read.
func (s *site) easy(account string) *visitor {
	s.t.Helper()
	s.sent(s.over(account), "/reading", map[string]any{"words": "en-GB-x-easyread"})
	return s.as(account)
}

// isEasy tells whether a page is in Easy Read.
func (a answer) isEasy() bool { return a.has(" data-easy") && a.has("easyread.") && a.has("aloud.") }

// The pages whose reading age is measured, by what they are.
func easyReadPages(s *site) []struct{ name, path string } {
	return []struct{ name, path string }{
		{"Home", "/willow"}, {"What people say", "/willow?news=true"}, {"A thread", "/willow/forums/threads/" + s.threadOf("Anyone else up for the third time?")},
		{"Forums", "/willow/forums"}, {"A new thread: where", "/willow/forums/new"}, {"A new thread: what", "/willow/forums/new?board=sleep-and-feeding"},
		{"Walls", "/willow/walls"}, {"My wall", "/willow/walls/moss"}, {"Messages", "/willow/messages"}, {"A message: to whom", "/willow/messages/new"}, {"A message: what", "/willow/messages/new?to=fern"},
		{"To the team", "/willow/messages/to-team"}, {"Gifts", "/willow/gifts"}, {"A gift: for whom", "/willow/gifts/new"}, {"A gift: which", "/willow/gifts/new?to=fern"}, {"Who can give me gifts", "/willow/gifts/doors"},
		{"Somebody’s page", "/willow/people/fern"}, {"My profile", "/willow/profile"}, {"My circle", "/willow/circle"}, {"Words I do not want to see", "/willow/circle/words"}, {"People I keep away", "/willow/circle/silenced"},
		{"Me", "/willow/me"}, {"What I need", "/willow/my-needs"}, {"Notices", "/willow/notifications"}, {"Drafts", "/willow/drafts"}, {"Recovery tools", "/willow/recovery"},
		{"Library", "/willow/resources"}, {"Videos", "/willow/videos"}, {"Report a post", "/willow/posts/" + s.wallPostOf("hazel.willow@northmoor", "hazel") + "/report"},
		{"Help now", "/willow/help-now"}, {"I need a human", "/willow/support"}, {"How words are shown", "/reading"}, {"Who I am", "/account/identity"}, {"My data", "/account/data"}, {"Forgot the password", "/password"},
	}
}

// theirs are parts of pages with what people wrote.
var theirs = []string{"post__body", "post__title", "post__name", "people__name", "quote", "bubble", "thread-list__main", "board-list__main", "gift", "post__by", "quote__by", "tags", "reading-way"}

func written(_ string, class []string, attributes map[string]string) bool {
	return attributes["translate"] == "no" || slices.ContainsFunc(class, func(one string) bool { return slices.Contains(theirs, one) })
}

const (
	mostAge     = 9  // years
	mostMean    = 12 // words in a sentence, on average
	longEnough  = 30 // words, below which a formula says nothing of a page
	easyFigures = "../../docs/easy-read.md"
)

// docs/easy-read.md has the figures. `go test -run TestTheEasyReadPages -update` writes it.
func TestTheEasyReadPagesAreReadAtNine(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	moss := s.easy(easyMember)
	var lines []string
	for _, page := range easyReadPages(s) {
		got := moss.get(page.path)
		if got.status != http.StatusOK || !got.isEasy() {
			t.Errorf("%s: %d, in Easy Read: %v", page.path, got.status, got.isEasy())
			continue
		}
		pieces := testkit.Pieces(string(got.body), written)
		sum := testkit.Readable(pieces)
		if sum.Words < longEnough {
			lines = append(lines, fmt.Sprintf("| %s | %d | %.1f | too short to say |", page.name, sum.Words, sum.Mean()))
			continue
		}
		age := math.Round(10*sum.Age()) / 10
		if age > mostAge || sum.Mean() > mostMean {
			t.Errorf("%s is read at %.1f, with %.1f words a sentence: %q", page.path, age, sum.Mean(), pieces)
		}
		lines = append(lines, fmt.Sprintf("| %s | %d | %.1f | %.1f |", page.name, sum.Words, sum.Mean(), max(5, age)))
	}
	want := "# How easily Easy Read is read\n\nMade by a test from the pages of a member who chose Easy Read, without what people wrote. The reading age is the Flesch–Kincaid grade plus five (`internal/testkit/readable.go` has the formula and its source); the lowest that is told is 5. No page may be above 9, and no page may have more than 12 words in a sentence on average. A page with fewer than 30 words is too short for a formula.\n\n" +
		"A formula counts syllables and sentences. It does not tell whether somebody with a learning disability understands a page: that is for people who read it to say, before a service goes live.\n\n| Page | Words | Words in a sentence | Reading age |\n|---|---|---|---|\n" + strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(easyFigures, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if had, err := os.ReadFile(easyFigures); err != nil || string(had) != want {
		t.Errorf("docs/easy-read.md has other figures: run this test with -update (%v)", err)
	}
}

func TestSomebodyChoosesHowWordsAreShown(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		// Without an account the browser keeps it; nothing but what there is can be chosen.
		browser := s.visit("northmoor")
		if got := browser.get("/sign-in"); got.isEasy() || !got.has(`href="/reading?next=%2Fsign-in"`) {
			t.Errorf("before: %s", got.text())
		}
		for _, tag := range []string{"", "fr", "en-GB-x-easyread ", "en", "../cy"} {
			want(t, "words "+tag, browser.sendJSON("/reading", map[string]any{"words": tag}), http.StatusUnprocessableEntity)
		}
		got := browser.post("/reading", url.Values{"words": {"en-GB-x-easyread"}, "next": {"/sign-in"}, "_csrf": {"x"}})
		if got.location() != "/sign-in" || !browser.get("/sign-in").isEasy() || !browser.get("/help-now").isEasy() || !browser.get("/willow/help-now").isEasy() {
			t.Errorf("chosen in a browser: %d, then %s", got.status, got.location())
		}
		if got := browser.post("/reading", url.Values{"words": {"en-GB-x-easyread"}, "next": {"https://elsewhere.example/"}, "_csrf": {"x"}}); strings.Contains(got.location(), "elsewhere") {
			t.Errorf("it leads away: %s", got.location())
		}

		// With an account it goes wherever the person goes, and to nobody else.
		hazel, phone, fern := s.as("hazel.willow@northmoor"), s.as("hazel.willow@northmoor"), s.as("fern.willow@northmoor")
		if got := s.over("hazel.willow@northmoor").sendJSON("/reading", map[string]any{"words": "en-GB-x-easyread"}); got.status != http.StatusOK || field(t, got, "words") != "en-GB-x-easyread" {
			t.Errorf("over JSON: %d %s", got.status, got.body)
		}
		for name, v := range map[string]*visitor{"her browser": hazel, "her phone": phone} {
			if !v.get("/willow").isEasy() || !v.get("/account/data").isEasy() {
				t.Errorf("%s is not in Easy Read", name)
			}
		}
		if fern.get("/willow").isEasy() {
			t.Error("Fern reads what Hazel chose")
		}
		// Her choice is before the browser's, also the choice of English.
		s.sent(s.over("hazel.willow@northmoor"), "/reading", map[string]any{"words": "en-GB"})
		hazel.post("/sign-out", url.Values{})
		if hazel.get("/sign-in").isEasy() || phone.get("/willow").isEasy() {
			t.Error("English again, and still in Easy Read")
		}
		if n := s.count("SELECT count(*) FROM accounts WHERE tenant_id = ? AND words <> ''", s.northmoor()); n != 1 {
			t.Errorf("%d accounts have chosen", n)
		}
	})
}

func TestAServiceBeginsInEasyReadForItsMembersAndNotForItsTeam(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		robin, lorna := s.as("peer.meadow@eastvale"), s.as("moderator.meadow@eastvale")
		for _, path := range []string{"/meadow", "/", "/account/data", "/meadow/help-now"} {
			if !robin.get(path).isEasy() {
				t.Errorf("%s of a member of Meadow is not in Easy Read", path)
			}
		}
		if lorna.get("/meadow").isEasy() || lorna.get("/").isEasy() {
			t.Error("the team works in Easy Read")
		}
		if s.as("hazel.willow@northmoor").get("/willow").isEasy() {
			t.Error("Willow begins in Easy Read")
		}

		// Its lead changes that, with a reason, and whoever chose keeps what they chose.
		const settings = "/meadow/settings/words"
		lead := s.over("lead.meadow@eastvale")
		change := func(to, was, why string) map[string]any {
			return map[string]any{"words": to, "was": was, "reason": why}
		}
		want(t, "the peer", s.over("peer.meadow@eastvale").getJSON(settings, nil), http.StatusForbidden)
		want(t, "without a reason", lead.sendJSON(settings, change("en-GB", "en-GB-x-easyread", " ")), http.StatusUnprocessableEntity)
		want(t, "no such words", lead.sendJSON(settings, change("tlh", "en-GB-x-easyread", "why not")), http.StatusUnprocessableEntity)
		want(t, "what it is not", lead.sendJSON(settings, change("en-GB", "cy", "an old page")), http.StatusConflict)
		if got := s.as("lead.meadow@eastvale").get(settings); !got.has("It is kept with the change") {
			t.Errorf("the page: %s", got.text())
		}
		s.sent(lead, settings, change("en-GB", "en-GB-x-easyread", "Members asked for it at the March meeting"))
		if robin.get("/meadow").isEasy() {
			t.Error("still in Easy Read")
		}
		want(t, "a second click", lead.sendJSON(settings, change("en-GB", "en-GB-x-easyread", "again")), http.StatusConflict)
		if got := s.over("admin@eastvale").getJSON("/trust/audit?action=words.change", nil); !got.has("Members asked for it at the March meeting") {
			t.Errorf("the audit log: %s", got.body)
		}
	})
}

func TestEasyReadAsksForOneThingAtATime(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	moss, fern := s.easy(easyMember), s.as("fern.willow@northmoor")
	for _, step := range []struct {
		path       string
		has, lacks []string
	}{
		{"/willow", []string{"What do you want to do?", `href="/willow?news=true"`, "/willow/walls"}, []string{"<article", `class="rooms-nav"`, "Our team"}},
		{"/willow?news=true", []string{"<article", "What people say"}, []string{"What do you want to do?"}},
		{"/willow/forums/new", []string{"Where do you want to write?", "?board=sleep-and-feeding"}, []string{`name="title"`, `name="body"`}},
		{"/willow/forums/new?board=sleep-and-feeding", []string{`name="title"`, `name="body"`, `type="hidden" name="board" value="sleep-and-feeding"`}, []string{"<select"}},
		{"/willow/messages/new", []string{`name="to"`, "Next"}, []string{`name="body"`}},
		{"/willow/messages/new?to=fern", []string{`name="body"`}, nil},
		{"/willow/gifts/new", []string{`name="to"`, "Next"}, []string{`name="kind"`}},
		{"/willow/gifts/new?to=fern", []string{`name="kind"`}, nil},
	} {
		got := moss.get(step.path)
		for _, words := range step.has {
			if !got.has(words) {
				t.Errorf("%s lacks %q: %s", step.path, words, got.text())
			}
		}
		for _, words := range step.lacks {
			if got.has(words) {
				t.Errorf("%s has %q", step.path, words)
			}
		}
	}
	for _, path := range []string{"/willow", "/willow/forums/new", "/willow/messages/new", "/willow/gifts/new"} {
		if got := fern.get(path); got.isEasy() || got.has("What do you want to do?") || got.has("Where do you want to write?") || got.has("easy-picture") {
			t.Errorf("%s is not as it was for whoever reads English", path)
		}
	}
	// What is asked a step at a time arrives whole, and a refusal keeps the words.
	got := moss.post("/willow/forums/threads", url.Values{"board": {"sleep-and-feeding"}, "title": {"Naps"}, "body": {"When do they nap?"}})
	if got.status != http.StatusSeeOther || !moss.get(got.location()).has("When do they nap?") {
		t.Errorf("a thread in steps: %d %s", got.status, got.text())
	}
	if got := moss.post("/willow/forums/threads", url.Values{"board": {"sleep-and-feeding"}, "title": {""}, "body": {"words that took an hour"}}); !got.has("words that took an hour") || !got.has("Something is not right") {
		t.Errorf("a thread without a title: %d %s", got.status, got.text())
	}
}
