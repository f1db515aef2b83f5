package main

import (
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// A post with a picture and a content note, on a phone: the first try is refused
// and keeps all, then a look at it, then it stands, and another reader opens it.
func TestWritingWithAPictureAndANoteOnAPhone(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]testkit.TabOption{
		"with JavaScript":    {testkit.Viewport(390, 844)},
		"without JavaScript": {testkit.Viewport(390, 844), testkit.NoScript()},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, testkit.SQLite(t, prepare))
			tab := testkit.Browser(t, options...)
			s.enter(tab, "hazel.willow@northmoor")
			tab.Goto(s.address("hazel.willow@northmoor") + "/willow/walls/hazel")
			tab.Fill("#body", "He was **born** in the lift.")
			tab.Fill("#audience", "peers")
			tab.Click("text=Pictures and content notes")
			tab.Click("#notes-1")
			tab.Upload("#files", s.aPhoto())
			if strings.Contains(name, "without") {
				tab.Click("#add-pictures")
			}
			tab.WaitText("label[for='alts/1']", "What is in picture 1?")
			kept := func(when string) {
				t.Helper()
				var ticked bool
				tab.Eval(`document.querySelector('#notes-1').checked`, &ticked)
				if tab.Value("#body") != "He was **born** in the lift." || tab.Value("#audience") != "peers" || !ticked || tab.Count(".attached") != 1 {
					t.Errorf("%s: %q, %q, ticked %v, %d pictures", when, tab.Value("#body"), tab.Value("#audience"), ticked, tab.Count(".attached"))
				}
			}
			kept("with a picture")
			tab.Click("text=Post")
			tab.WaitText(".nhsuk-error-summary", "Say what is in picture 1")
			kept("refused")
			tab.Fill("input[name=alts]:not([type=hidden])", "A lift door, half open")
			tab.Click("text=Preview")
			tab.WaitText(".preview strong", "born")
			kept("shown")
			if got := tab.Value("input[name=alts]:not([type=hidden])"); got != "A lift door, half open" {
				t.Errorf("what is in the picture: %q", got)
			}
			tab.Click("text=Post")
			tab.WaitText("article.post .pictures", "")
			if got := tab.Value("#body"); got != "" {
				t.Errorf("posted, and still in the form: %q", got)
			}

			reader := testkit.Browser(t, options...)
			s.enter(reader, "fern.willow@northmoor")
			reader.WaitText("article.post .veil", "Content note: A hard birth")
			if reader.Has("article.post:first-of-type strong") || reader.Has("article.post:first-of-type .pictures img") {
				t.Error("covered words can be seen")
			}
			var spoken string
			reader.Eval(`document.querySelector('main').innerText`, &spoken)
			if strings.Contains(spoken, "in the lift") {
				t.Error("covered words can be read")
			}
			reader.Click("article.post details.veil summary")
			reader.WaitText("article.post .veil strong", "born")
			if !reader.Has("article.post .pictures img[alt='A lift door, half open']") {
				t.Error("opened, and no picture")
			}
			if problems := append(tab.Problems(), reader.Problems()...); len(problems) > 0 {
				t.Error(problems)
			}
		})
	}
}

// Words survive a closed tab, a lost connection and another device, and go when
// they are posted.
func TestADraftIsSavedAsItIsTyped(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	thread := threadBy(s.over("fern.willow@northmoor"), "sleep-and-feeding", "A thread to answer")
	page := s.address("hazel.willow@northmoor") + "/willow/forums/threads/" + thread
	phone := testkit.Browser(t, testkit.Viewport(390, 844))
	s.enter(phone, "hazel.willow@northmoor")
	phone.Goto(page)
	phone.Fill("#body", "half a thought")
	phone.WaitText("[data-draft-state]", "Draft saved")

	laptop := testkit.Browser(t)
	s.enter(laptop, "hazel.willow@northmoor")
	laptop.Goto(page)
	if got := laptop.Value("#body"); got != "half a thought" {
		t.Fatalf("on another device: %q", got)
	}
	laptop.Offline(true)
	laptop.Fill("#body", "half a thought, and the other half")
	laptop.WaitText("[data-draft-state]", "Not saved yet")
	laptop.Offline(false)
	laptop.WaitText("[data-draft-state]", "Draft saved")

	phone.Goto(s.address("hazel.willow@northmoor") + "/willow/drafts")
	phone.WaitText("article", "half a thought, and the other half")
	phone.Click("text=Go on writing")
	if got := phone.Value("#body"); got != "half a thought, and the other half" {
		t.Errorf("gone on with: %q", got)
	}
	phone.Click("#reply .btns button[type=submit]")
	phone.WaitText(".reply .post__body", "half a thought, and the other half")
	phone.Goto(s.address("hazel.willow@northmoor") + "/willow/drafts")
	if phone.Has("text=Go on writing") && strings.Contains(phone.Text("main"), "half a thought") {
		t.Error("posted, and still a draft")
	}
	if problems := append(phone.Problems(), laptop.Problems()...); len(problems) > 0 {
		t.Error(problems)
	}
}
