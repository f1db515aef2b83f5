package main

import (
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// easyReader is a member who signs in with a password alone and reads in Easy Read.
const easyReader = "saffron.willow@northmoor"

// easyPages are pages in Easy Read, and those of what people need.
func easyPages(s *site) []aPage {
	s.easy(easyReader)
	thread := "/willow/forums/threads/" + s.threadOf("Anyone else up for the third time?")
	return []aPage{
		{"easy-home", easyReader, "/willow", nil},
		{"easy-news", easyReader, "/willow?news=true", nil},
		{"easy-thread", easyReader, thread, nil},
		{"easy-write", easyReader, "/willow/forums/new?board=sleep-and-feeding", func(tab *testkit.Tab) { tab.OpenDetails("text=More") }},
		{"easy-wall", easyReader, "/willow/walls/saffron", nil},
		{"easy-messages", easyReader, "/willow/messages", nil},
		{"easy-gift", easyReader, "/willow/gifts/new?to=fern", nil},
		{"easy-me", easyReader, "/willow/me", nil},
		{"easy-help-now", easyReader, "/willow/help-now", nil},
		{"easy-sign-in", "@northmoor", "/reading", func(tab *testkit.Tab) {
			tab.Goto(s.address("@northmoor") + "/reading?next=%2Fsign-in")
			tab.Click("#words-1")
			tab.Click("main button[type=submit]")
			tab.WaitText("h1", "Sign in")
		}},
		{"needs-mine", easyReader, "/willow/my-needs", nil},
		{"needs-of-somebody", "clinician.willow@northmoor", "/willow/people/moss/needs", nil},
		{"needs-of-somebody-error", "clinician.willow@northmoor", "/willow/people/moss/needs", func(tab *testkit.Tab) {
			tab.OpenDetails("text=Note a contact")
			tab.Click("form[action$='/needs/met'] button[type=submit]")
		}},
		{"needs-none-asked", "clinician.willow@northmoor", "/willow/people/fern/needs", nil},
		{"needs-flag", "moderator.willow@northmoor", "/willow/people/moss", nil},
		{"needs-due", "lead.willow@northmoor", "/willow/needs", nil},
		{"needs-none-due", "lead.meadow@eastvale", "/meadow/needs", nil},
		{"words-of-service", "lead.willow@northmoor", "/willow/settings/words", nil},
	}
}

// lowest finds what can be pressed on a page and is lower than some height. Links in
// running text are left out, as WCAG 2.5.8 does.
const lowest = `[...document.querySelectorAll('button, summary, input:not([type=hidden]), select, a[href]')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height > 0)
	.filter(e => !e.closest('.post__body, .nhsuk-skip-link, .hide, .nhsuk-u-visually-hidden') && !(e.matches('a') && [e.previousSibling, e.nextSibling].some(n => n?.nodeType === 3 && n.data.trim())))
	.filter(e => Math.max(e.getBoundingClientRect().height, e.labels?.[0]?.getBoundingClientRect().height ?? 0) < 55.5)
	.map(e => e.outerHTML.slice(0, 120) + ' ' + Math.round(e.getBoundingClientRect().height)).join('\n')`

func TestEverythingToPressIsLargeInEasyRead(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	s.easy(easyMember)
	tab := testkit.Browser(t)
	tab.Size(390, 844)
	s.enter(tab, easyMember)
	for _, path := range []string{"/willow", "/willow?news=true", "/willow/forums/new?board=sleep-and-feeding", "/willow/me", "/willow/messages", "/willow/gifts/new?to=fern", "/willow/help-now", "/willow/my-needs"} {
		tab.Goto(s.address(easyMember) + path)
		var small string
		tab.Eval(lowest, &small)
		if small != "" {
			t.Errorf("%s:\n%s", path, small)
		}
	}
}

// Chromium here has no voice of its own, so the page is given some.
const voices = `(() => {
	const said = window.said = [];
	window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
	const fake = { getVoices: () => %s, speak: u => said.push(u), cancel: () => { said.length = 0; }, addEventListener: (_, f) => { window.voicesCame = f; } };
	Object.defineProperty(window, 'speechSynthesis', { configurable: true, value: fake });
	return import(document.querySelector('script[src*="aloud"]').src + '?again=' + Math.random()).then(() => 0);
})()`

const (
	remoteVoice = `{name: 'Cloud', lang: 'en-GB', localService: false}`
	localVoice  = `{name: 'Here', lang: 'en-GB', localService: true}, {name: 'There', lang: 'en-US', localService: true}, {name: 'Fremd', lang: 'de-DE', localService: true}`
)

func TestEasyReadIsReadAloudByVoicesOfTheDeviceAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	s.easy(easyMember)
	tab := testkit.Browser(t)
	s.enter(tab, easyMember)
	page := s.address(easyMember) + "/willow/forums/threads/" + s.threadOf("Anyone else up for the third time?")
	with := func(list string) {
		tab.Goto(page)
		tab.Eval(strings.Replace(voices, "%s", "["+list+"]", 1), nil)
	}
	for name, list := range map[string]string{"none": "", "one that sends the words away": remoteVoice} {
		if with(list); tab.Count(".aloud") != 0 {
			t.Errorf("with %s there are buttons", name)
		}
	}
	with(remoteVoice + ", " + localVoice)
	if n := tab.Count(".aloud"); n < 3 {
		t.Fatalf("%d buttons on a page with several posts", n)
	}
	tab.Click("main > .aloud")
	var said struct {
		Voice string
		Lines int
		Press string
	}
	look := func() {
		tab.Eval(`({Voice: said[0]?.voice.name ?? '', Lines: said.length, Press: document.querySelector('main > .aloud').getAttribute('aria-pressed')})`, &said)
	}
	if look(); said.Voice != "Here" || said.Lines < 4 || said.Press != "true" {
		t.Errorf("the page: %+v", said)
	}
	tab.Click("main > .aloud")
	if look(); said.Lines != 0 || said.Press != "false" {
		t.Errorf("pressed again: %+v", said)
	}
	tab.Click(".post .aloud, article .aloud")
	var all string
	tab.Eval(`said.map(u => u.text).join(' | ')`, &all)
	if all == "" || strings.Contains(all, "Listen") || strings.Contains(all, "Your answer") {
		t.Errorf("one post: %s", all)
	}
	for _, problem := range tab.Problems() {
		t.Error(problem)
	}
}
