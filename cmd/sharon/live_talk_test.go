package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules/live"
	"github.com/sharon-nhs/sharon/tenants"
)

// askedIn asks a question and returns its id.
func (s *site) askedIn(path, account string, anonymous bool) string {
	s.t.Helper()
	s.sent(s.over(account), path+"/questions", map[string]any{"body": "a question", "anonymous": anonymous})
	var all struct{ Questions []struct{ ID string } }
	s.over("lead.willow@northmoor").getJSON(path+"/questions", &all)
	if len(all.Questions) == 0 {
		s.t.Fatal("the question is not there")
	}
	return all.Questions[len(all.Questions)-1].ID
}

func TestAMessageSentTwiceIsOne(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.opened(map[string]any{"slow_seconds": 30})
		hazel, key := s.over("hazel.willow@northmoor"), uuid.NewString()
		once := map[string]any{"body": "only once", "key": key}
		var together sync.WaitGroup
		for range 5 {
			together.Go(func() {
				if got := hazel.sendJSON(path+"/messages", once); got.status != http.StatusOK || field(t, got, "message", "id") != key {
					t.Errorf("%d %s", got.status, got.body)
				}
			})
		}
		together.Wait()
		if now := s.seen(hazel, path); now.bodies() != "1only once" {
			t.Errorf("%+v", now)
		}
		if got := s.over("fern.willow@northmoor").sendJSON(path+"/messages", map[string]any{"body": "x", "key": key}); got.status != http.StatusUnprocessableEntity || got.has("only once") {
			t.Errorf("somebody else's key: %d %s", got.status, got.body)
		}
	})
}

func TestSlowModeLetsOneMessageThrough(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.opened(map[string]any{"slow_seconds": 30})
		hazel, host := s.over("hazel.willow@northmoor"), s.over("peer.willow@northmoor")
		var together sync.WaitGroup
		statuses := make([]int, 6)
		for i := range statuses {
			together.Go(func() { statuses[i] = hazel.sendJSON(path+"/messages", says("quick")).status })
		}
		together.Wait()
		through := 0
		for _, status := range statuses {
			if status == http.StatusOK {
				through++
			} else if status != http.StatusTooManyRequests {
				t.Errorf("a quick one: %d", status)
			}
		}
		if now := s.seen(hazel, path); through != 1 || now.bodies() != "1quick" {
			t.Errorf("%d went through: %+v", through, now)
		}
		s.clock.Advance(12 * time.Second)
		got := hazel.sendJSON(path+"/messages", says("still too soon"))
		if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "18" || !got.has("in 18 seconds") {
			t.Errorf("%d, after %s: %s", got.status, got.header.Get("Retry-After"), got.body)
		}
		page := s.as("hazel.willow@northmoor").post(path+"/messages", url.Values{"body": {"words to keep"}})
		if page.status != http.StatusTooManyRequests || !strings.Contains(page.kept(), "words to keep") || !page.has("in 18 seconds") {
			t.Errorf("on the page: %d %s", page.status, page.text())
		}
		s.sent(host, path+"/messages", says("one"))
		s.sent(host, path+"/messages", says("and one more"))
		s.clock.Advance(18 * time.Second)
		s.sent(hazel, path+"/messages", says("now"))
	})
}

func TestMessagesOfManyStandInOneOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.opened(nil)
		var together sync.WaitGroup
		for _, account := range []string{"hazel", "fern", "clover", "ivy"} {
			v := s.over(account + ".willow@northmoor")
			together.Go(func() {
				for range 5 {
					if got := v.sendJSON(path+"/messages", says("x")); got.status != http.StatusOK {
						t.Errorf("%d %s", got.status, got.body)
					}
				}
			})
		}
		together.Wait()
		for i, m := range s.seen(s.over("hazel.willow@northmoor"), path).Messages {
			if m.Seq != i+1 {
				t.Fatalf("message %d has the number %d", i+1, m.Seq)
			}
		}
	})
}

func TestHostsPinRemoveAndMute(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.opened(nil)
		host, hazel, fern := s.over("peer.willow@northmoor"), s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		id := field(t, s.sent(hazel, path+"/messages", says("unkind canary")), "message", "id")
		s.sent(host, path+"/pin", map[string]any{"message": id})
		if now := s.seen(fern, path); now.Pinned == nil || now.Pinned.Body != "unkind canary" {
			t.Errorf("pinned: %+v", now)
		}
		s.sent(host, path+"/messages/"+id+"/remove", map[string]any{"reason": "names a person"})
		s.sent(host, path+"/messages/"+id+"/remove", map[string]any{"reason": "twice"})
		for _, of := range []string{path, path + "/since"} {
			if got := fern.getJSON(of, nil); got.has("canary") || got.has("names a person") {
				t.Errorf("a removed message at %s: %s", of, got.body)
			}
		}
		if got := s.over("moderator.willow@northmoor").getJSON(path, nil); !got.has("unkind canary") || !got.has("names a person") || got.has("twice") {
			t.Errorf("for the team: %s", got.body)
		}
		if told := s.happened("live.removed", path); len(told) != 1 {
			t.Errorf("the removal was told %d times", len(told))
		}

		s.sent(host, path+"/mute", map[string]any{"handle": "Hazel", "muted": true})
		if got := hazel.sendJSON(path+"/messages", says("x")); got.status != http.StatusForbidden || !got.has("only read") {
			t.Errorf("muted: %d %s", got.status, got.body)
		}
		if now := s.seen(hazel, path); !strings.Contains(now.Shut, "only read") {
			t.Errorf("a muted member is not told: %+v", now)
		}
		if got := fern.getJSON(path, nil); got.has("muted") || got.has("Hazel") {
			t.Errorf("others learn of it: %s", got.body)
		}
		for _, e := range s.happened("live.changed", path) {
			if e.Subject.String() == idOf(path) && len(e.Readers) > 0 && e.Audience != "" {
				t.Error("everybody is told that somebody is muted")
			}
		}
		for _, handle := range []string{"bramble", "priya", "nobody"} {
			if got := host.sendJSON(path+"/mute", map[string]any{"handle": handle, "muted": true}); got.status != http.StatusUnprocessableEntity {
				t.Errorf("mute %s: %d", handle, got.status)
			}
		}
		s.sent(host, path+"/mute", map[string]any{"handle": "hazel", "muted": false})
		s.sent(hazel, path+"/messages", says("back"))
		s.sent(host, path+"/close", nil)
		s.sent(host, path+"/close", nil)
		if got := hazel.sendJSON(path+"/messages", says("after")); got.status != http.StatusForbidden {
			t.Errorf("after it was closed: %d", got.status)
		}
		if now := s.seen(fern, path); now.State != live.Over || now.Ended != live.ByHost || now.bodies() != "2back" {
			t.Errorf("the transcript: %+v", now)
		}
	})
}

func TestATranscriptIsKeptOnlyWhereTheServiceWantsIt(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.opened(map[string]any{"transcript": false})
		s.sent(s.over("hazel.willow@northmoor"), path+"/messages", says("a canary of words"))
		s.sent(s.over("peer.willow@northmoor"), path+"/close", nil)
		for _, account := range []string{"hazel.willow@northmoor", "peer.willow@northmoor"} {
			for _, at := range []string{path, path + "/since"} {
				if got := s.over(account).getJSON(at, nil); got.has("canary") {
					t.Errorf("%s reads %s: %s", account, at, got.body)
				}
			}
			if got := s.as(account).get(path); !got.has("There is no transcript of this session.") || got.has("canary") {
				t.Errorf("%s: %s", account, got.text())
			}
		}
		if got := s.as("moderator.willow@northmoor").get(path); !got.has("canary") || !got.has("because you are in the team") {
			t.Errorf("the team: %s", got.text())
		}
	})
}

func TestAnAnonymousQuestionIsNobodysToPeers(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.planned(15*time.Minute, map[string]any{"title": "Questions only"})
		hazel := s.over("hazel.willow@northmoor")
		me := field(t, hazel.getJSON("/willow/me", nil), "person", "id")
		question := s.askedIn(path, "hazel.willow@northmoor", true)
		peer, page, host := s.over("fern.willow@northmoor"), s.as("fern.willow@northmoor"), s.over("peer.willow@northmoor")
		nameless := func(when string) {
			t.Helper()
			for _, at := range []string{"/willow/live", path, path + "/questions", path + "/since"} {
				for _, got := range []answer{peer.getJSON(at, nil), page.get(at)} {
					body := strings.ToLower(string(got.body))
					if strings.Contains(body, "hazel") || strings.Contains(body, me) {
						t.Errorf("%s, %s says who asked:\n%s", when, at, body)
					}
				}
			}
		}
		nameless("while it waits")
		if got := peer.getJSON(path+"/questions", nil); got.has("a question") {
			t.Errorf("a question that nobody picked is shown: %s", got.body)
		}
		if got := host.getJSON(path+"/questions", nil); !got.has("Hazel") {
			t.Errorf("the host does not see who asked: %s", got.body)
		}
		for _, state := range []string{"taken", "answered", "taken"} {
			s.sent(host, path+"/questions/"+question, map[string]any{"state": state})
			nameless(state)
		}
		if got := page.get(path); !got.has("A member asks") || !got.has("a question") {
			t.Errorf("a picked question: %s", got.text())
		}
		s.clock.Advance(10 * time.Minute)
		s.sent(host, path+"/here", nil)
		nameless("open")
		s.sent(host, path+"/questions/"+question, map[string]any{"state": "answered"})
		s.sent(host, path+"/close", nil)
		nameless("afterwards")
		if got := page.get(path); !got.has("a question") {
			t.Errorf("an answered question is not in the transcript: %s", got.text())
		}
		for _, e := range s.happened("live.asked", path) {
			if e.Audience != tenants.AudienceStaff {
				t.Errorf("peers are told that somebody asked: %+v", e)
			}
		}
	})
}

func TestAQuestionIsAskedOnlyWhereItFits(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel := s.over("hazel.willow@northmoor")
		named := s.planned(time.Hour, map[string]any{"anonymous": false})
		if got := hazel.sendJSON(named+"/questions", map[string]any{"body": "x", "anonymous": true}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("anonymous where it is not allowed: %d", got.status)
		}
		for i := range 6 {
			got := hazel.sendJSON(named+"/questions", says("x"))
			if want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[i < 5]; got.status != want {
				t.Errorf("question %d: %d", i+1, got.status)
			}
		}
		for name, path := range map[string]string{"no questions": s.planned(time.Hour, map[string]any{"questions": false}), "open": s.opened(nil)} {
			if got := hazel.sendJSON(path+"/questions", says("x")); got.status != http.StatusForbidden {
				t.Errorf("%s: %d", name, got.status)
			}
		}
		other := s.planned(time.Hour, nil)
		question := s.askedIn(other, "hazel.willow@northmoor", false)
		if got := s.over("lead.willow@northmoor").sendJSON(named+"/questions/"+question, map[string]any{"state": "taken"}); got.status != http.StatusNotFound {
			t.Errorf("a question of another session: %d", got.status)
		}
	})
}

// What an open page fetches when something is said takes the place of the empty
// piece at the end of the log, and brings the next empty piece with it.
func TestWhatWasSaidSinceFitsWhereThePageWaitsForIt(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	path := s.opened(nil)
	hazel, fern := s.as("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
	waits := func(after int, got answer) {
		t.Helper()
		want := fmt.Sprintf(`id="live-after-%d"`, after)
		about := fmt.Sprintf(`data-live-about="%s"`, idOf(path))
		get := fmt.Sprintf(`data-live-get="%s/since?after=%d"`, path, after)
		if !got.has(want) || !got.has(about) || !got.has(get) || !got.has(`data-live="live.said"`) {
			t.Errorf("nothing waits for what follows %d: %s", after, got.body)
		}
	}
	waits(0, hazel.get(path))
	s.sent(fern, path+"/messages", says("first"))
	s.sent(fern, path+"/messages", says("second"))
	first := hazel.get(path + "/since?after=0")
	waits(2, first)
	if !strings.HasPrefix(string(first.body), `<div id="live-after-0">`) || first.has("<html") {
		t.Errorf("the piece: %s", first.body)
	}
	s.sent(fern, path+"/messages", says("third"))
	if next := hazel.get(path + "/since?after=2"); !strings.HasPrefix(string(next.body), `<div id="live-after-2">`) || next.has("second") || !next.has("third") {
		t.Errorf("the next piece: %s", next.body)
	}
	waits(3, hazel.get(path))
}

func TestTalkingOnAPhone(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]testkit.TabOption{
		"with JavaScript":    {testkit.Viewport(390, 844)},
		"without JavaScript": {testkit.Viewport(390, 844), testkit.NoScript()},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, testkit.SQLite(t, prepare))
			path := s.planned(5*time.Minute, map[string]any{"slow_seconds": 30})
			host, hazel := testkit.Browser(t, options...), testkit.Browser(t, options...)
			s.enter(host, "peer.willow@northmoor")
			s.enter(hazel, "hazel.willow@northmoor")

			host.Goto(s.address("@northmoor") + path)
			host.Click("text=I am here: open it")
			host.WaitText("#live-now .tag", "Open now")
			host.Goto(s.address("@northmoor") + path) // the stream may have said so before the page of the click came
			host.Fill("#body", "Hello, **all**")
			host.Click("#live-say button[type=submit]")
			host.WaitText("#said-1 .post__body", "Hello, all")
			host.Click("text=I am still here")
			host.WaitText("#live-beat", "I am still here")

			hazel.Goto(s.address("@northmoor") + path)
			hazel.WaitText("#said-1 .post__body", "Hello, all")
			hazel.Fill("#body", "Hello, Bramble")
			hazel.Click("#live-say button[type=submit]")
			hazel.WaitText("#said-2 .post__body", "Hello, Bramble")
			hazel.Fill("#body", "And too quick")
			hazel.Click("#live-say button[type=submit]")
			hazel.WaitText("#live-say .nhsuk-error-summary", "slow mode")
			if kept := hazel.Value("#body"); kept != "And too quick" {
				t.Errorf("kept %q", kept)
			}

			if name == "with JavaScript" {
				host.Eval("document.body.id = 'before'", nil)
			}
			host.Click("text=Show new messages")
			host.WaitGone("#before") // what was sent may have come by the stream
			host.WaitText("#said-2 .post__body", "Hello, Bramble")
			host.Click("text=I am leaving")
			host.WaitText("#live-now .notice", "No host is here")
			for _, tab := range []*testkit.Tab{host, hazel} {
				for _, problem := range tab.Problems() {
					if !strings.Contains(problem, "429") { // slow mode's
						t.Error(problem)
					}
				}
			}
		})
	}
}
