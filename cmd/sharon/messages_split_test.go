package main

import (
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

func visible(tab *testkit.Tab, selector string) (is bool) {
	tab.Eval(`(e => !!e && e.checkVisibility())(document.querySelector('`+selector+`'))`, &is)
	return is
}

func TestTheListStandsBesideTheOpenConversationWhereThereIsRoom(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]testkit.TabOption{"with JavaScript": nil, "without JavaScript": {testkit.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, testkit.SQLite(t, prepare))
			juniper, sparrow, nettle := strangers(s)
			first, second := juniper.begin("sparrow", "one of two"), juniper.begin("nettle", "two of two")
			sparrow.accept(first, true)
			nettle.accept(second, true)
			wide, phone := testkit.Browser(t, options...), testkit.Browser(t, append(options, testkit.Viewport(390, 844))...)
			home := s.address("juniper.willow@northmoor") + "/willow/messages"
			for _, tab := range []*testkit.Tab{wide, phone} {
				s.enter(tab, "juniper.willow@northmoor")
				tab.Goto(home)
				if !visible(tab, "#conversations") || visible(tab, ".split__open") != (tab == wide) {
					t.Error("the list alone, with a place beside it only where there is room")
				}
				tab.Click("text=Nettle")
				if !visible(tab, "#message-"+juniper.talk(second).Messages[0].ID) {
					t.Error("the conversation that was chosen is not shown")
				}
			}
			if !visible(wide, "#conversations") || visible(phone, "#conversations") {
				t.Error("the list stands beside it on a wide screen, and not on a phone")
			}
			if got := wide.Text("#conversations a[aria-current=page]"); got != "Nettle" {
				t.Errorf("marked as open: %q", got)
			}
			wide.Click("text=Sparrow")
			if !visible(wide, "#message-"+juniper.talk(first).Messages[0].ID) || visible(wide, "#message-"+juniper.talk(second).Messages[0].ID) {
				t.Error("from the list one does not get to the other conversation")
			}
			phone.Click("text=Messages")
			if !visible(phone, "#conversations") || visible(phone, "#talk") {
				t.Error("on a phone there is no way back to the list")
			}
			for _, tab := range []*testkit.Tab{wide, phone} {
				if problems := tab.Problems(); len(problems) > 0 {
					t.Error(problems)
				}
			}
		})
	}
}

func TestTheListBesideAConversationIsLiveAndKnowsWhatIsBeingRead(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	juniper, sparrow, nettle := strangers(s)
	open, other := juniper.begin("sparrow", "one"), juniper.begin("nettle", "two")
	sparrow.accept(open, true)
	nettle.accept(other, true)
	tab := testkit.Browser(t)
	s.enter(tab, "juniper.willow@northmoor")
	tab.Goto(s.address("juniper.willow@northmoor") + "/willow/messages/" + open)
	want(t, "in the other", nettle.say(other, "Are you there?"), 200)
	tab.WaitText("#conversations li.is-unread", "Are you there?")
	want(t, "in this one", sparrow.say(open, "Here I am."), 200)
	tab.WaitText("#talk", "Here I am.")
	tab.WaitText("#conversations li:has([aria-current=page])", "Here I am.")
	if got := tab.Count("#conversations li.is-unread"); got != 1 {
		t.Errorf("%d of the list are unread, want the other one", got)
	}
	if breaches := tab.Axe(); len(breaches) > 0 {
		t.Error(breaches)
	}
	if problems := tab.Problems(); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestTheMailboxStandsBesideAThreadOfIts(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	sent := s.over("juniper.willow@northmoor").sendJSON("/willow/messages/to-team", map[string]any{"body": "to all of you"})
	id := field(t, sent, "message", "conversation_id")
	clinician := s.as("clinician.willow@northmoor").get("/willow/messages/" + id)
	if !clinician.has(`id="mailbox"`) || clinician.has(`id="conversations"`) {
		t.Error("the team's thread stands beside something else than its mailbox")
	}
	member := s.as("juniper.willow@northmoor").get("/willow/messages/" + id)
	if member.has(`id="mailbox"`) || !member.has(`id="conversations"`) {
		t.Error("a member sees the team's mailbox")
	}
}
