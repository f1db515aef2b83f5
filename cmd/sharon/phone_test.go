package main

import (
	"slices"
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// hrefs are the addresses of the links in an element, without what follows a #.
func hrefs(tab *testkit.Tab, selector string) (all []string) {
	tab.Eval(`[...document.querySelectorAll('`+selector+`')].map(a => a.pathname)`, &all)
	return all
}

func TestEveryRoomIsReachableOnAPhone(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	for _, account := range []string{"hazel.willow@northmoor", "lead.willow@northmoor", "carer.kin@northmoor", "admin@northmoor"} {
		for name, options := range map[string][]testkit.TabOption{"": nil, " without JavaScript": {testkit.NoScript()}} {
			tab := testkit.Browser(t, append(options, testkit.Viewport(390, 844))...)
			s.enter(tab, account)
			if account == "admin@northmoor" {
				tab.Goto(s.address(account) + "/willow/settings/rooms")
			}
			if tab.Has(".more") {
				tab.Click(".more > summary")
				if !visible(tab, ".more .rooms") {
					t.Errorf("%s%s: More opens nothing", account, name)
				}
			}
			reach := slices.Concat(hrefs(tab, ".tabs-bar a"), hrefs(tab, ".app-bar__icon"))
			rooms := hrefs(tab, ".rooms-nav a")
			for _, room := range rooms {
				if !slices.Contains(reach, room) {
					t.Errorf("%s%s: no way to %s", account, name, room)
				}
			}
			if tab.Count(".tabs-bar > ul > li") > 5 || len(rooms) == 0 {
				t.Errorf("%s%s: %d places, %d rooms", account, name, tab.Count(".tabs-bar > ul > li"), len(rooms))
			}
			if name == "" {
				if breaches := tab.Axe(); len(breaches) > 0 {
					t.Error(account, breaches)
				}
			}
			if problems := tab.Problems(); len(problems) > 0 {
				t.Error(account, problems)
			}
		}
	}
}

func TestAPhoneShowsHowMuchIsUnread(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	juniper, sparrow, _ := strangers(s)
	juniper.begin("sparrow", "hello")
	replyBy(juniper, threadBy(sparrow, "sleep-and-feeding", "Awake again"), "So am I.")
	s.settle(1)
	tab := testkit.Browser(t, testkit.Viewport(390, 844))
	s.enter(tab, "sparrow.willow@northmoor")
	tab.WaitText(`.tabs-bar a[href$="/messages"] .count`, "1")
	tab.WaitText(".app-bar__icon .count", "2") // the message and the reply
	// What stands for several rooms shows their sum.
	tab.Eval(`document.querySelector('.more summary').insertAdjacentHTML('beforeend', '<span class="count" data-live-count="messages notifications" hidden></span>')`, nil)
	s.over("nettle.willow@northmoor").begin("sparrow", "hello too")
	s.settle(1)
	tab.WaitText(".more summary .count", "5")
	tab.Click(".more summary")
	tab.Press("Escape")
	if visible(tab, ".more .rooms") {
		t.Error("Escape leaves it open")
	}
	if problems := tab.Problems(); len(problems) > 0 {
		t.Error(problems)
	}
}
