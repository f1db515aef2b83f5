package main

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

var textarea = regexp.MustCompile(`(?s)<textarea[^>]*>(.*?)</textarea>`)

// kept are the words that a page gives back.
func (a answer) kept() string {
	var words []string
	for _, found := range textarea.FindAllSubmatch(a.body, -1) {
		words = append(words, html.UnescapeString(string(found[1])))
	}
	return strings.Join(words, "|")
}

func TestWordsOfAnyLengthAreGivenBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel, api := s.as("hazel.willow@northmoor"), s.over("hazel.willow@northmoor")
	thread := threadBy(api, "sleep-and-feeding", "A thread to answer")
	reply := replyBy(api, thread, "an answer to quote")
	commands := map[string]url.Values{
		"/willow/walls/hazel":                           {"body": {"I feel low"}},
		"/willow/forums/threads":                        {"body": {"I feel low"}, "title": {"Low"}, "board": {"sleep-and-feeding"}},
		"/willow/forums/threads/" + thread + "/replies": {"body": {"I feel low"}, "quotes": {reply}},
		"/willow/posts/" + reply + "/edit":              {"body": {"I feel low"}, "version": {"1"}},
	}
	refuse := func(status int) {
		t.Helper()
		for path, form := range commands {
			form.Set("_csrf", "of another page")
			got := hazel.post(path, form)
			if got.status != status || !strings.Contains(got.kept(), "I feel low") || !strings.Contains(got.kept(), form.Get("title")) {
				t.Errorf("%s: %d, kept %q", path, got.status, got.kept())
			}
			if strings.Contains(got.kept(), reply) || strings.Contains(got.kept(), "of another page") {
				t.Errorf("%s gives back more than words: %q", path, got.kept())
			}
		}
	}
	refuse(http.StatusForbidden)
	s.clock.Advance(31 * time.Minute)
	refuse(http.StatusUnauthorized)
}

func TestOnlyWordsAreGivenBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel := s.as("hazel.willow@northmoor")
	id := threadBy(s.over("hazel.willow@northmoor"), "sleep-and-feeding", "A thread")
	const from = "/willow/walls/somebody-with-a-long-name"
	got := hazel.post("/willow/posts/"+id+"/reaction", url.Values{"_csrf": {"x"}, "kind": {"hug"}, "from": {from}})
	if got.status != http.StatusForbidden || got.has(from) {
		t.Errorf("a reaction: %d, kept %q", got.status, got.kept())
	}
	form := url.Values{"email": {"hazel.willow@northmoor.example"}, "password": {demo.Password}, "next": {from}}
	request := s.visit("northmoor").request(http.MethodPost, "/sign-in", strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	got = s.visit("northmoor").do(request)
	if got.status != http.StatusForbidden || got.has("hazel.willow") || got.has(demo.Password) || got.has(from) {
		t.Errorf("a sign-in: %d, kept %q", got.status, got.kept())
	}
}

func TestARefusedReplyKeepsItsQuote(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, api := s.as("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		thread, wall := threadBy(api, "sleep-and-feeding", "A thread"), wallPostBy(api, "fern", "on my wall")
		for page, root := range map[string]string{"/willow/forums/threads/" + thread: thread, "/willow/posts/" + wall: wall} {
			quoted := replyBy(api, root, "words worth quoting")
			got := hazel.post(page+"/replies", url.Values{"body": {" "}, "quotes": {quoted}})
			form := got.form(page + "/replies")
			if got.status != http.StatusUnprocessableEntity || form.Get("quotes") != quoted || strings.Count(string(got.body), "words worth quoting") < 2 {
				t.Errorf("%s: %d, quoting %q", page, got.status, form.Get("quotes"))
			}
		}
	})
}

func TestTheBodyNeverSaysOtherwiseThanTheAddress(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, lead := s.over("hazel.willow@northmoor"), s.over("lead.willow@northmoor")
		mine, other := threadBy(hazel, "sleep-and-feeding", "Meant"), threadBy(hazel, "sleep-and-feeding", "Not meant")
		for _, try := range []struct {
			by         *visitor
			path, body string
			key, value string
			look       string
		}{
			{hazel, "/willow/posts/" + mine + "/edit", `"version":1,"title":"New","body":"changed"`, "id", other, "/willow/posts/" + other},
			{hazel, "/willow/posts/" + mine + "/reaction", `"kind":"hug"`, "id", other, "/willow/posts/" + other},
			{hazel, "/willow/posts/" + mine + "/follow", `"follow":false`, "id", other, "/willow/posts/" + other},
			{hazel, "/willow/posts/" + mine + "/replies", `"body":"an answer"`, "id", other, "/willow/posts/" + other},
			{hazel, "/willow/forums/threads/" + mine + "/replies", `"body":"an answer"`, "id", other, "/willow/posts/" + other},
			{lead, "/willow/forums/threads/" + mine + "/steer", `"version":1,"pinned":true,"locked":true,"board":"sleep-and-feeding"`, "id", other, "/willow/forums/threads/" + other},
			{hazel, "/willow/walls/fern", `"body":"for fern"`, "handle", "hazel", "/willow/walls/hazel"},
			{hazel, "/willow/walls/fern/door", `"who_may_post":"owner"`, "handle", "hazel", "/willow/walls/hazel"},
			{lead, "/willow/forums/boards/sleep-and-feeding/edit", `"version":1,"name":"New","about":"","who_may_post":"staff","position":9,"reason":"We tried it"`, "board", "start-here", "/willow/forums/boards/start-here"},
			{lead, "/willow/settings/rooms/walls", `"on":true,"version":1,"settings":{"max_length":300},"reason":"We tried it"`, "room", "forums", "/willow/settings/rooms/forums"},
			{hazel, "/willow/posts/" + mine + "/remove", ``, "id", other, "/willow/posts/" + other},
		} {
			for _, key := range []string{try.key, strings.ToUpper(try.key), strings.ToUpper(try.key[:1]) + try.key[1:]} {
				try.by.getJSON(try.look, nil) // a first look at a thread leaves a mark
				before := try.by.getJSON(try.look, nil)
				body := strings.TrimSuffix(`{"`+key+`":"`+try.value+`",`+try.body, ",") + "}"
				got := try.by.sendJSON(try.path, []byte(body))
				after := try.by.getJSON(try.look, nil)
				if before.status != http.StatusOK || got.status >= 500 || string(before.body) != string(after.body) {
					t.Errorf("%s with %s: %d %s\nwas %s\nnow %s", try.path, body, got.status, got.body, before.body, after.body)
				}
			}
		}
	})
}

func TestAKeyIsGoodForOneCommandBehindAnOpenDoor(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern, lead := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor"), s.over("lead.willow@northmoor")
		send := func(words string) answer {
			return hazel.sendJSON("/willow/walls/fern", map[string]any{"body": words}, "Idempotency-Key", "one key")
		}
		first := send("written once")
		if first.status != http.StatusOK {
			t.Fatalf("first: %d %s", first.status, first.body)
		}
		if got := send("something else"); got.status != http.StatusUnprocessableEntity {
			t.Errorf("other words with the same key: %d %s", got.status, got.body)
		}
		if got := fern.sendJSON("/willow/walls/fern/door", map[string]any{"who_may_post": "owner"}); got.status != http.StatusOK {
			t.Fatalf("shut the wall: %d %s", got.status, got.body)
		}
		if got := send("written once"); got.status != http.StatusOK || string(got.body) != string(first.body) {
			t.Errorf("again, the wall being shut: %d %s", got.status, got.body)
		}
		if got := lead.sendJSON("/willow/settings/rooms/walls", map[string]any{"on": false, "version": 1}); got.status != http.StatusOK {
			t.Fatalf("switch off: %d %s", got.status, got.body)
		}
		if got := send("written once"); got.status != http.StatusNotFound || got.has("written once") {
			t.Errorf("again, the room being off: %d %s", got.status, got.body)
		}
	})
}
