package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/words"
)

// inWords loads a page as somebody whose browser has the interface put in some way.
func (v *visitor) inWords(tag words.Tag, path string) answer {
	v.site.t.Helper()
	request := v.request(http.MethodGet, path, nil)
	request.AddCookie(&http.Cookie{Name: "sharon-words", Value: string(tag)})
	return v.do(request)
}

func (a answer) lang() string {
	_, after, _ := strings.Cut(string(a.body), `<html lang="`)
	lang, _, _ := strings.Cut(after, `"`)
	return lang
}

// Every page that is shown in Welsh is Welsh from top to bottom. What is missing is
// listed as internal/words/cy.po wants it; what people wrote is missing too where its
// element lacks translate="no".
func TestEveryPageForMembersIsInWelsh(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	welsh, lacks, looked := words.In(words.Welsh), map[string]string{}, 0
	look := func(where string, english answer) {
		looked++
		for _, text := range welsh.Missing(english.body) {
			lacks[text] = where
		}
	}
	readers := map[string]*visitor{}
	for _, page := range pages(s) {
		v := readers[page.account]
		if v == nil {
			if v = s.visit(houseOf(page.account)); strings.Index(page.account, "@") > 0 {
				v = s.as(page.account)
			}
			readers[page.account] = v
		}
		if v.inWords(words.Welsh, page.path).lang() == string(words.Welsh) {
			look(page.account+" "+page.path, v.get(page.path))
		}
	}
	if looked < 100 {
		t.Errorf("only %d pages are in Welsh", looked)
	}
	for _, path := range emptyForms {
		if got := readers["hazel.willow@northmoor"].post(path, url.Values{}); got.status == http.StatusUnprocessableEntity {
			look("an empty form to "+path, got)
		} else {
			t.Errorf("an empty form to %s: %d", path, got.status)
		}
	}
	for text, where := range lacks {
		t.Errorf("on %s\n\n#, fuzzy\n%s", where, words.Entry(text))
	}
}

// emptyForms are commands that a member sends with nothing in it, to be told what is missing.
var emptyForms = []string{
	"/willow/forums/threads", "/willow/walls/hazel", "/willow/gifts", "/willow/messages", "/willow/resources/suggestions",
	"/willow/profile/name", "/willow/circle/words", "/willow/recovery/check-ins", "/willow/recovery/goals", "/willow/recovery/journal",
	"/willow/videos", "/account/data/leave", "/account/password", "/account/email", "/reading",
}

func TestPagesThatOnlyTheTeamHasStayInEnglish(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	for account, pages := range map[string]map[string]words.Tag{
		"@northmoor": {"/sign-in": words.Welsh, "/willow/help-now": words.Welsh},
		"lead.willow@northmoor": {
			"/": words.Welsh, "/willow": words.Welsh, "/willow/forums": words.Welsh, "/account/data": words.Welsh, "/willow/forums/threads/none": words.Welsh,
			"/willow/settings/rooms": words.English, "/willow/desk": words.English, "/willow/invitations": words.English,
		},
		"admin@northmoor": {"/trust/policy": words.English},
		"platform@sharon": {"/": words.English},
	} {
		v := s.visit(houseOf(account))
		if strings.Index(account, "@") > 0 {
			v = s.as(account)
		}
		for path, want := range pages {
			got := v.inWords(words.Welsh, path)
			if got.lang() != string(want) {
				t.Errorf("%s %s is in %q, want %q", account, path, got.lang(), want)
			}
			if welsh := got.has("Cael help nawr"); welsh != (want == words.Welsh) {
				t.Errorf("%s %s says it is in %s, and is not", account, path, want)
			}
		}
	}
}

func TestWhatPeopleWroteIsNotPutIntoWelsh(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	hazel := s.as("hazel.willow@northmoor")
	hazel.post("/willow/walls/hazel", url.Values{"body": {"Messages"}})
	for _, path := range []string{"/willow", "/willow/walls/hazel", "/willow/walls"} {
		page := hazel.inWords(words.Welsh, path)
		if !page.has("<p>Messages</p>") || !page.has("Negeseuon") {
			t.Errorf("%s: %s", path, page.text())
		}
	}
	if chosen := hazel.post("/reading", url.Values{"words": {"cy"}}); chosen.status != http.StatusSeeOther {
		t.Fatalf("chose Welsh: %d %s", chosen.status, chosen.text())
	}
	elsewhere := s.as("hazel.willow@northmoor") // another browser, which keeps no choice
	if page := elsewhere.get("/willow/forums/threads/none"); page.status != http.StatusNotFound || page.lang() != "cy" {
		t.Errorf("an error is in %s: %d %s", page.lang(), page.status, page.text())
	}
	if page := elsewhere.get("/willow"); page.lang() != "cy" || !page.has("<p>Messages</p>") {
		t.Errorf("in Welsh: %s %s", page.lang(), page.text())
	}
}
