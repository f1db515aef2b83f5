package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

// aPage is a page as somebody sees it; do, if there, acts on it first.
type aPage struct {
	name, account, path string
	do                  func(tab *testkit.Tab)
}

// pages are all there are, in their full, empty and error states. A picture of
// each is kept under docs/screens by `make screens`.
func pages(s *site) []aPage {
	thread := "/willow/forums/threads/" + s.threadOf("Anyone else up for the third time?")
	mine := "/willow/posts/" + s.wallPostOf("hazel.willow@northmoor", "hazel")
	talk, group := s.talkOf("hazel.willow@northmoor", "Fern"), s.talkOf("hazel.willow@northmoor", "Bad tea, good company")
	long := strings.Repeat("A title that goes on ", 9)
	return []aPage{
		{"find-your-trust", "", "/", nil},
		{"find-your-trust-none", "", "/?name=nowhere", nil},
		{"help-now", "hazel.willow@northmoor", "/willow/help-now", nil},
		{"sign-in", "@northmoor", "/sign-in", nil},
		{"sign-in-refused", "@northmoor", "/sign-in", func(tab *testkit.Tab) {
			tab.Fill("#email", "hazel.willow@northmoor.example")
			tab.Fill("#password", "not the password")
			tab.Click("main button[type=submit]")
		}},
		{"timeline", "hazel.willow@northmoor", "/willow", nil},
		{"timeline-empty", "lead.meadow@eastvale", "/meadow", nil},
		{"wall-mine", "hazel.willow@northmoor", "/willow/walls/hazel", nil},
		{"wall-of-fern", "hazel.willow@northmoor", "/willow/walls/fern", nil},
		{"wall-empty", "lead.meadow@eastvale", "/meadow/walls/" + s.handleOf("lead.meadow@eastvale"), nil},
		{"wall-error", "hazel.willow@northmoor", "/willow/walls/hazel", func(tab *testkit.Tab) { tab.Click("#write button[type=submit]") }},
		{"walls", "hazel.willow@northmoor", "/willow/walls", nil},
		{"forums", "hazel.willow@northmoor", "/willow/forums", nil},
		{"forums-lead", "lead.willow@northmoor", "/willow/forums", nil},
		{"board", "hazel.willow@northmoor", "/willow/forums/boards/sleep-and-feeding", nil},
		{"board-empty", "lead.meadow@eastvale", "/meadow/forums/boards/" + s.boardOf("lead.meadow@eastvale", "meadow"), nil},
		{"thread", "hazel.willow@northmoor", thread, nil},
		{"thread-quoting", "hazel.willow@northmoor", thread + "?quote=" + s.replyIn(thread) + "#reply", nil},
		{"thread-new", "hazel.willow@northmoor", "/willow/forums/new", nil},
		{"thread-new-error", "hazel.willow@northmoor", "/willow/forums/new", func(tab *testkit.Tab) {
			tab.Fill("#title", long)
			tab.Click("main button[type=submit]")
		}},
		{"thread-steer", "moderator.willow@northmoor", thread + "/steer", nil},
		{"no-reply-yet", "peer.willow@northmoor", "/willow/forums/unanswered", nil},
		{"following", "hazel.willow@northmoor", "/willow/forums/following", nil},
		{"post", "fern.willow@northmoor", mine, nil},
		{"post-edit", "hazel.willow@northmoor", mine + "/edit", nil},
		{"post-remove", "hazel.willow@northmoor", mine + "/remove", nil},
		{"post-history", "moderator.willow@northmoor", mine + "/history", nil},
		{"messages", "hazel.willow@northmoor", "/willow/messages", nil},
		{"messages-empty", "tansy.willow@northmoor", "/willow/messages", nil},
		{"messages-team", "moderator.willow@northmoor", "/willow/messages/team", nil},
		{"messages-team-thread", "moderator.willow@northmoor", s.mailOf("moderator.willow@northmoor"), nil},
		{"conversation", "hazel.willow@northmoor", talk, nil},
		{"conversation-group", "hazel.willow@northmoor", group, nil},
		{"conversation-error", "hazel.willow@northmoor", talk, func(tab *testkit.Tab) { tab.Click("#write button[type=submit]") }},
		{"conversation-with-team", "hazel.willow@northmoor", "/willow/messages/to-team", nil},
		{"messages-requests", "hazel.willow@northmoor", "/willow/messages/requests", nil},
		{"message-request", "hazel.willow@northmoor", s.requestOf("hazel.willow@northmoor"), nil},
		{"messages-search", "hazel.willow@northmoor", "/willow/messages/search?q=airing", nil},
		{"messages-choices", "hazel.willow@northmoor", "/willow/messages/choices", nil},
		{"message-new", "hazel.willow@northmoor", "/willow/messages/new", nil},
		{"message-to-clinician", "hazel.willow@northmoor", "/willow/messages/new?to=jo", nil},
		{"message-to-team", "tansy.willow@northmoor", "/willow/messages/to-team", nil},
		{"message-report", "hazel.willow@northmoor", s.reportIn("hazel.willow@northmoor", talk), nil},
		{"message-reports", "lead.willow@northmoor", "/willow/messages/reports", nil},
		{"message-reported", "lead.willow@northmoor", s.reported("lead.willow@northmoor"), nil},
		{"board-new", "lead.willow@northmoor", "/willow/forums/boards-new", nil},
		{"board-edit", "lead.willow@northmoor", "/willow/forums/boards/sleep-and-feeding/edit", nil},
		{"person", "hazel.willow@northmoor", "/willow/people/bramble", nil},
		{"me", "lead.willow@northmoor", "/willow/me", nil},
		{"rooms", "lead.willow@northmoor", "/willow/settings/rooms", nil},
		{"room-walls", "lead.willow@northmoor", "/willow/settings/rooms/walls", nil},
		{"trust-home", "admin@northmoor", "/", nil},
		{"not-found", "hazel.willow@northmoor", "/willow/forums/threads/00000000-0000-0000-0000-000000000000", nil},
		{"not-allowed", "hazel.willow@northmoor", "/willow/settings/rooms", nil},
		{"young-people", "lead.orchard@eastvale", "/orchard", nil},
		{"harbour", "lead.harbour@northmoor", "/harbour", nil},
	}
}

var screens = os.Getenv("SHARON_SCREENS")

func TestEveryPageIsAccessibleAndFits(t *testing.T) {
	s := newSite(t, testkit.SQLite(t, prepare))
	all := pages(s)
	byAccount := map[string][]aPage{}
	for _, page := range all {
		byAccount[page.account] = append(byAccount[page.account], page)
	}
	for account, pages := range byAccount {
		tab := testkit.Browser(t)
		s.enter(tab, account)
		for _, page := range pages {
			t.Run(page.name, func(t *testing.T) { s.look(t, tab, page) })
		}
	}
}

func (s *site) look(t *testing.T, tab *testkit.Tab, page aPage) {
	for _, width := range []int{390, 1280} {
		tab.Size(width, 844)
		tab.Goto(s.address(page.account) + page.path)
		if page.do != nil {
			page.do(tab)
		}
		tab.Eval("scrollTo(0, 0)", nil) // what the bar at the top covers can be scrolled to
		for _, violation := range tab.Axe() {
			t.Errorf("%s at %d: %s", page.name, width, violation)
		}
		var over int
		tab.Eval("document.documentElement.scrollWidth - document.documentElement.clientWidth", &over)
		if over > 0 {
			t.Errorf("%s at %d is %d pixels too wide", page.name, width, over)
		}
		if screens != "" {
			s.frame(tab, width)
			tab.Screenshot(filepath.Join(screens, page.name+"-"+strconv.Itoa(width)+".png"))
		}
	}
	for _, problem := range tab.Problems() {
		t.Errorf("%s: %s", page.name, problem)
	}
}

// frame makes the window as tall as the page, within reason, so that what sticks
// to its edges is where a person would see it.
func (s *site) frame(tab *testkit.Tab, width int) {
	var height int
	tab.Eval("document.documentElement.scrollHeight", &height)
	tab.Size(width, max(844, min(height, 1600)))
}

// address is where an account's trust lives, for a browser.
func (s *site) address(account string) string {
	_, trust, found := strings.Cut(account, "@")
	if !found {
		return "http://localhost:" + s.port
	}
	return "http://" + trust + ".localhost:" + s.port
}

// enter signs a browser in through the page.
func (s *site) enter(tab *testkit.Tab, account string) {
	name, _, _ := strings.Cut(account, "@")
	if name == "" {
		return
	}
	tab.Goto(s.address(account) + "/sign-in")
	tab.Fill("#email", account+".example")
	tab.Fill("#password", demo.Password)
	tab.Click("main button[type=submit]")
}

func (s *site) threadOf(title string) string {
	s.t.Helper()
	v := s.over("lead.willow@northmoor")
	var boards struct{ Boards []struct{ Slug string } }
	v.getJSON("/willow/forums", &boards)
	for _, board := range boards.Boards {
		var page struct {
			Threads []struct {
				Post struct{ ID, Title string }
			}
		}
		v.getJSON("/willow/forums/boards/"+board.Slug, &page)
		for _, thread := range page.Threads {
			if thread.Post.Title == title {
				return thread.Post.ID
			}
		}
	}
	s.t.Fatalf("no thread %q in the demo", title)
	return ""
}

func (s *site) boardOf(account, service string) string {
	s.t.Helper()
	var boards struct{ Boards []struct{ Slug string } }
	s.over(account).getJSON("/"+service+"/forums", &boards)
	if len(boards.Boards) == 0 {
		s.t.Fatalf("%s has no boards", service)
	}
	return boards.Boards[0].Slug
}

func (s *site) handleOf(account string) string {
	s.t.Helper()
	_, service, _ := strings.Cut(account[:strings.Index(account, "@")], ".")
	return strings.ToLower(field(s.t, s.over(account).getJSON("/"+service+"/me", nil), "person", "handle"))
}

// wallPostOf writes on a member's own wall, changes it once, and returns its id.
func (s *site) wallPostOf(account, handle string) string {
	s.t.Helper()
	v := s.as(account)
	path := v.post("/willow/walls/"+handle, url.Values{"body": {"Three hours in a row. I do not want to say it too loud."}}).location()
	id := path[strings.LastIndex(path, "#post-")+len("#post-"):]
	v.post("/willow/posts/"+id+"/edit", url.Values{"version": {"1"}, "body": {"Three hours in a row! I do not want to say it too loud."}})
	return id
}

func (s *site) replyIn(thread string) string {
	s.t.Helper()
	var opened struct{ Replies []struct{ ID string } }
	s.over("lead.willow@northmoor").getJSON(thread, &opened)
	if len(opened.Replies) == 0 {
		s.t.Fatalf("no replies in %s", thread)
	}
	return opened.Replies[0].ID
}
