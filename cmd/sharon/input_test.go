package main

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestBadInputIsToldAndNothingIsHalfWritten(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		v := s.over("hazel.willow@northmoor")
		count := func() string { return field(t, v.getJSON("/willow/walls/hazel", nil), "posts") }
		before := count()
		const wall = "/willow/walls/hazel"
		for name, try := range map[string]struct {
			body    []byte
			kind    string
			status  int
			pointer string
		}{
			"empty":              {[]byte(`{}`), "application/json", 422, "#/body"},
			"only blanks":        {[]byte(`{"body":"  \n "}`), "application/json", 422, "#/body"},
			"too long":           {[]byte(`{"body":"` + strings.Repeat("x", 10001) + `"}`), "application/json", 422, "#/body"},
			"wrong type":         {[]byte(`{"body":7}`), "application/json", 400, "#/body"},
			"unknown field":      {[]byte(`{"body":"x","colour":"red"}`), "application/json", 400, "#/colour"},
			"unknown audience":   {[]byte(`{"body":"x","audience":"everyone"}`), "application/json", 422, "#/audience"},
			"broken JSON":        {[]byte(`{"body":`), "application/json", 400, "#"},
			"a second value":     {[]byte(`{"body":"x"} {}`), "application/json", 400, "#"},
			"broken UTF-8":       {[]byte("{\"body\":\"\xff\xfe\"}"), "application/json", 400, "#"},
			"NUL":                {[]byte(`{"body":"a\u0000b"}`), "application/json", 400, "#/body"},
			"wrong content type": {[]byte(`body=x`), "text/plain", 415, ""},
			"XML":                {[]byte(`<body/>`), "application/xml", 415, ""},
			"huge":               {[]byte(`{"body":"` + strings.Repeat("x", 300<<10) + `"}`), "application/json", 413, ""},
		} {
			got := v.sendJSON(wall, try.body, "Content-Type", try.kind)
			if got.status != try.status || try.pointer != "" && !got.has(`"pointer":"`+try.pointer+`"`) {
				t.Errorf("%s: %d %s, want %d at %s", name, got.status, got.body, try.status, try.pointer)
			}
		}
		if after := count(); after != before {
			t.Error("bad input left something on the wall")
		}
	})
}

func TestARefusedFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel := s.as("hazel.willow@northmoor")
	got := hazel.post("/willow/forums/threads", url.Values{"board": {"sleep-and-feeding"}, "title": {""}, "body": {"words that took an hour <b>"}})
	if got.status != http.StatusUnprocessableEntity || !got.has("words that took an hour &lt;b&gt;") || !got.has("Enter a title.") || !got.has("There is a problem") {
		t.Errorf("%d %s", got.status, got.text())
	}
	// No session any more: the words are on the page, to copy.
	s.clock.Advance(31 * 60 * 1e9)
	got = hazel.post("/willow/walls/hazel", url.Values{"_csrf": {"x"}, "body": {"words that took another hour"}})
	if got.status != http.StatusUnauthorized || !got.has("words that took another hour") {
		t.Errorf("after the session's end: %d %s", got.status, got.text())
	}
}

func TestTheSecondTabIsToldAndNothingIsLost(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel := s.as("hazel.willow@northmoor")
		edit := "/willow/posts/" + s.wallPostOf("hazel.willow@northmoor", "hazel") + "/edit"
		if got := hazel.post(edit, url.Values{"version": {"2"}, "body": {"from the first tab"}}); got.status != http.StatusSeeOther {
			t.Fatalf("first tab: %d %s", got.status, got.text())
		}
		got := hazel.post(edit, url.Values{"version": {"2"}, "body": {"from the second tab"}})
		if got.status != http.StatusConflict || !got.has("from the second tab") || !got.has("from the first tab") {
			t.Errorf("second tab: %d %s", got.status, got.text())
		}
	})
}

func TestADoubleSubmitHasOneEffect(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel := s.as("hazel.willow@northmoor")
		form := url.Values{"body": {"pressed twice"}, "_once": {"the same key"}, "_csrf": {hazel.token("/willow/x")}}
		var together sync.WaitGroup
		locations := make([]string, 6)
		for i := range locations {
			together.Go(func() {
				got := hazel.post("/willow/walls/hazel", form)
				if got.status != http.StatusSeeOther {
					t.Errorf("click %d: %d %s", i, got.status, got.text())
				}
				locations[i] = got.location()
			})
		}
		together.Wait()
		for _, location := range locations {
			if location != locations[0] {
				t.Errorf("the clicks went to %s and %s", locations[0], location)
			}
		}
		if page := hazel.get("/willow/walls/hazel"); strings.Count(string(page.body), "pressed twice") != 1 {
			t.Errorf("on the wall %d times", strings.Count(string(page.body), "pressed twice"))
		}
	})
}

func TestAnotherSiteCannotAct(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel := s.as("hazel.willow@northmoor")
	form := url.Values{"body": {"not hazel's words"}, "_csrf": {hazel.token("/willow/x")}}
	for name, headers := range map[string]map[string]string{
		"another site":       {"Sec-Fetch-Site": "cross-site"},
		"another trust":      {"Sec-Fetch-Site": "same-site"},
		"an older browser":   {"Origin": "https://elsewhere.example"},
		"our page, no token": {"Sec-Fetch-Site": "same-origin", "drop": "token"},
	} {
		sent := copied(form)
		if headers["drop"] != "" {
			sent.Set("_csrf", "")
		}
		request := hazel.request(http.MethodPost, "/willow/walls/hazel", strings.NewReader(sent.Encode()))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for name, value := range headers {
			request.Header.Set(name, value)
		}
		if got := hazel.do(request); got.status != http.StatusForbidden {
			t.Errorf("%s: %d", name, got.status)
		}
	}
}

func TestUnknownAddressesAreAllTheSame(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel := s.over("hazel.willow@northmoor")
	for _, path := range []string{
		"/willow/posts/not-an-id", "/willow/posts/00000000-0000-0000-0000-000000000000", "/willow/forums/boards/team-room",
		"/willow/forums/boards/none", "/harbour", "/nothing", "/willow/nothing", "/willow/people/nobody", "/willow/walls/nobody%00",
		"/willow/posts/" + strings.Repeat("a", 3000), "/willow/forums/threads/%ff%fe",
	} {
		if got := hazel.getJSON(path, nil); got.status != http.StatusNotFound || field(t, got, "code") != "not_found" {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if got := hazel.getJSON("/willow?before=garbage", nil); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a cursor of garbage: %d", got.status)
	}
}
