package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

// The main job, on a phone: sign in, read, write on the wall, start a thread,
// answer one, be with somebody.
func TestOnAPhone(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]testkit.TabOption{
		"with JavaScript":    {testkit.Viewport(390, 844)},
		"without JavaScript": {testkit.Viewport(390, 844), testkit.NoScript()},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, testkit.SQLite(t, prepare))
			tab := testkit.Browser(t, options...)
			tab.Goto(s.address("hazel.willow@northmoor"))
			tab.Fill("#email", "hazel.willow@northmoor.example")
			tab.Fill("#password", "demo-sharon-2026")
			tab.Click("main button[type=submit]")
			if !strings.HasSuffix(tab.URL(), "/willow") || !tab.Has("article.post") {
				t.Fatalf("after signing in: %s", tab.URL())
			}

			tab.Click("text=Post")
			tab.Fill("#body", "First shower in **two days**.")
			tab.Click("#write button[type=submit]")
			tab.WaitText("article.post:first-of-type .post__body", "First shower in two days.")

			tab.Click(".more > summary")
			tab.Click(`.more a[href$="/forums"]`)
			tab.Click("text=Sleep and feeding")
			tab.Click("text=Start a thread")
			tab.Fill("#title", "Blackout blinds, yes or no?")
			tab.Fill("#body", "He wakes at five with the birds.")
			tab.Click("main form button[type=submit]")
			tab.WaitText("h1", "Blackout blinds, yes or no?")
			tab.Fill("#body", "Answering myself: yes.")
			tab.Click("#reply button[type=submit]")
			tab.WaitText(".replies .reply .post__body", "Answering myself: yes.")

			tab.Click("article.post button[value=hug]")
			tab.WaitText(`article.post button[aria-pressed="true"]`, "Hug")
			if problems := tab.Problems(); len(problems) > 0 {
				t.Error(problems)
			}
		})
	}
}

// Everything can be reached and done by keyboard alone, and what has the focus
// can be seen.
func TestByKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	tab := testkit.Browser(t)
	s.enter(tab, "hazel.willow@northmoor")
	tab.Goto(s.address("hazel.willow@northmoor") + "/willow/forums/new")

	tab.Press("Tab")
	if got := focused(tab); got != "Skip to main content" {
		t.Errorf("the first stop is %q", got)
	}
	tab.Press("Enter")
	stops := map[string]bool{}
	for range 12 {
		tab.Press("Tab")
		if !tab.Has(":focus") {
			break // out of the page
		}
		stops[focused(tab)] = true
		var outlined bool
		tab.Eval(`(e => { const c = getComputedStyle(e); return c.outlineStyle !== 'none' || c.boxShadow !== 'none' || c.backgroundColor === 'rgb(255, 235, 59)'; })(document.activeElement)`, &outlined)
		if !outlined {
			t.Errorf("nothing shows that %q has the focus", focused(tab))
		}
	}
	for _, want := range []string{"Board", "Title", "Your words", "Start"} {
		if !stops[want] {
			t.Errorf("Tab never came to %q: %v", want, stops)
		}
	}
	tab.Press("Alt+h")
	if !strings.HasSuffix(tab.URL(), "/help-now") {
		t.Errorf("the key for help led to %s", tab.URL())
	}
}

// In a list what can be done about a post is a page of its own, which a script
// makes a menu of, where it is.
func TestWhatCanBeDoneAboutAPost(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	of := "article.post:has([data-menu]) [data-menu]"
	tab := testkit.Browser(t, testkit.Viewport(390, 844))
	s.enter(tab, "fern.willow@northmoor")
	tab.Eval(`document.querySelector('`+of+`').focus()`, nil)
	home := tab.URL()
	tab.Press("Enter")
	tab.WaitText("details.menu[open] .menu__list", "I need help now")
	if !tab.Has("details.menu[open] > summary:focus") || tab.URL() != home {
		t.Errorf("no menu has the focus at %s", tab.URL())
	}
	for _, found := range tab.Axe() {
		t.Error(found)
	}
	tab.Press("Escape")
	if tab.Has("details.menu[open]") {
		t.Error("the menu does not close")
	}
	if problems := tab.Problems(); len(problems) > 0 {
		t.Error(problems)
	}

	plain := testkit.Browser(t, testkit.NoScript())
	s.enter(plain, "fern.willow@northmoor")
	plain.Click(of)
	plain.WaitText("main .menu__list", "I need help now")
	if !strings.HasSuffix(plain.URL(), "/actions") {
		t.Errorf("at %s", plain.URL())
	}
}

// focused is the name of what has the focus.
func focused(tab *testkit.Tab) string {
	var name string
	tab.Eval(`(e => (e.labels && e.labels[0] ? e.labels[0] : e).textContent.trim())(document.activeElement)`, &name)
	return name
}

// What somebody typed is there again after they lost the page.
func TestUnsentWordsAreKeptInTheTab(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	tab := testkit.Browser(t)
	s.enter(tab, "hazel.willow@northmoor")
	wall := s.address("hazel.willow@northmoor") + "/willow/walls/hazel"
	tab.Goto(wall)
	tab.Fill("#body", "half a thought")
	tab.Goto(s.address("hazel.willow@northmoor") + "/willow")
	tab.Goto(wall)
	if got := tab.Value("#body"); got != "half a thought" {
		t.Errorf("the draft is %q", got)
	}
}

var demoAccount = regexp.MustCompile(`\S+@(northmoor|eastvale|sharon)\.example`)

// Everybody whom `make run` prints can sign in, every other one on a phone.
func TestEveryPrintedDemoAccountSignsIn(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	var printed bytes.Buffer
	demo.Print(&printed, s.address(""))
	accounts := demoAccount.FindAllString(printed.String(), -1)
	if len(accounts) < 17 {
		t.Fatalf("only %v", accounts)
	}
	tab := testkit.Browser(t)
	for i, email := range accounts {
		account := strings.TrimSuffix(email, ".example")
		tab.Size([]int{390, 1280}[i%2], 844)
		s.enter(tab, account)
		if strings.Contains(tab.URL(), "sign-in") || !tab.Has("main h1") {
			t.Errorf("%s stands at %s", account, tab.URL())
		}
	}
	if problems := tab.Problems(); len(problems) > 0 {
		t.Error(problems)
	}
}
