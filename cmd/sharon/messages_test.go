package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// said is a conversation as a client reads it.
type said struct {
	Title    string
	Messages []struct {
		ID, Body string
		Seq      int
	}
	People         []struct{ Here bool }
	Request, Muted bool
	Shut, Receipt  string
	Earlier        int
	Reach          *struct{ Usual string }
	Mailbox        *struct{ Moves []struct{ Act, Note string } }
}

// mailbox is the team's as a client reads it.
type mailbox struct {
	Waiting, Answered []struct{ Conversation struct{ ID string } }
}

func (v *visitor) talk(id string) (c said) {
	v.site.t.Helper()
	if got := v.getJSON("/willow/messages/"+id, &c); got.status != http.StatusOK {
		v.site.t.Fatalf("read %s: %d %s", id, got.status, got.body)
	}
	return c
}

func (c said) words() (all []string) {
	for _, message := range c.Messages {
		all = append(all, message.Body)
	}
	return all
}

// begin writes to somebody for the first time and returns the conversation.
func (v *visitor) begin(to, body string) string {
	v.site.t.Helper()
	got := v.sendJSON("/willow/messages", map[string]any{"to": to, "body": body})
	if got.status != http.StatusOK {
		v.site.t.Fatalf("write to %s: %d %s", to, got.status, got.body)
	}
	return field(v.site.t, got, "message", "conversation_id")
}

func (v *visitor) say(id, body string) answer {
	v.site.t.Helper()
	return v.sendJSON("/willow/messages/"+id, map[string]any{"body": body})
}

func (v *visitor) accept(id string, yes bool) {
	v.site.t.Helper()
	if got := v.sendJSON("/willow/messages/"+id+"/answer", map[string]any{"accept": yes}); got.status != http.StatusOK {
		v.site.t.Fatalf("answer: %d %s", got.status, got.body)
	}
}

// want fails unless the answer has the status.
func want(t *testing.T, what string, got answer, status int) {
	t.Helper()
	if got.status != status {
		t.Errorf("%s: %d, want %d: %s", what, got.status, status, got.text())
	}
}

// Willow's people who have no conversation in the demo.
func strangers(s *site) (a, b, c *visitor) {
	return s.over("juniper.willow@northmoor"), s.over("sparrow.willow@northmoor"), s.over("nettle.willow@northmoor")
}

func TestTwoMembersWriteToEachOtherWithoutJavaScript(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow := s.as("juniper.willow@northmoor"), s.as("sparrow.willow@northmoor")
		got := juniper.post("/willow/messages", url.Values{"to": {"Sparrow"}, "body": {"Is *anybody* up?"}, "id": {uuid.NewString()}})
		path, _, _ := strings.Cut(got.location(), "#")
		if got.status != http.StatusSeeOther || !strings.HasPrefix(path, "/willow/messages/") {
			t.Fatalf("%d %s %s", got.status, got.location(), got.text())
		}
		if page := juniper.get(path); !page.has("Is <em>anybody</em> up?") || page.has(`data-messages="true"`) {
			t.Errorf("the sender sees %s", page.text())
		}
		if list := sparrow.get("/willow/messages/requests"); !list.has("Is *anybody* up?") {
			t.Errorf("requests: %s", list.text())
		}
		want(t, "accept", sparrow.post(path+"/answer", url.Values{"accept": {"true"}}), http.StatusSeeOther)
		want(t, "answer", sparrow.post(path, url.Values{"body": {"I am. Feeding."}}), http.StatusSeeOther)
		if page := juniper.get(path); !page.has("I am. Feeding.") || !page.has(`data-messages="true"`) {
			t.Errorf("the sender sees %s", page.text())
		}
		// A refused form comes back with its words and says why.
		if page := juniper.post(path, url.Values{"body": {strings.Repeat("x", 10_001)}}); page.status != http.StatusUnprocessableEntity || !page.has("must be 10000 characters or fewer") || !page.has("xxxxxxxx") {
			t.Errorf("too long: %d %s", page.status, page.text())
		}
	})
}

func TestARequestIsOneMessageUntilItIsAnswered(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := strangers(s)
		id := juniper.begin("Sparrow", "Hello?")
		want(t, "a second message", juniper.say(id, "Hello??"), http.StatusForbidden)
		want(t, "a second one by handle", juniper.sendJSON("/willow/messages", map[string]any{"to": "sparrow", "body": "Hello??"}), http.StatusForbidden)
		if c := sparrow.talk(id); !c.Request || !slices.Equal(c.words(), []string{"Hello?"}) {
			t.Errorf("the receiver sees %+v", c)
		}
		before := juniper.talk(id)
		want(t, "writing before the answer", sparrow.say(id, "x"), http.StatusForbidden)
		sparrow.accept(id, false)
		if after := juniper.talk(id); after.Receipt != "Sent" || after.Receipt != before.Receipt || after.Shut != before.Shut {
			t.Errorf("a no shows: %+v, before %+v", after, before)
		}
		want(t, "a message after a no", juniper.say(id, "Hello??"), http.StatusForbidden)
		want(t, "a declined conversation", sparrow.getJSON("/willow/messages/"+id, nil), http.StatusNotFound)
		// Who said no may still write first.
		if again := sparrow.begin("Juniper", "Sorry, I was asleep."); again != id {
			t.Errorf("another conversation %s, not %s", again, id)
		}
		want(t, "writing on", juniper.say(id, "No matter."), http.StatusOK)
		if c := sparrow.talk(id); !slices.Equal(c.words(), []string{"Hello?", "Sorry, I was asleep.", "No matter."}) {
			t.Errorf("in the end: %v", c.words())
		}
		// Those who know each other from a group need not ask.
		group := juniper.begin("Sparrow, Nettle", "All three of us")
		if c := sparrow.talk(group); c.Request {
			t.Error("an acquaintance was asked")
		}
		if c := nettle.talk(group); !c.Request {
			t.Error("a stranger was not asked")
		}
	})
}

func TestAMessageIsSentOnceAndInOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		first := map[string]any{"to": "Sparrow", "body": "one", "id": uuid.NewString()}
		a, b := juniper.sendJSON("/willow/messages", first), juniper.sendJSON("/willow/messages", first)
		if a.status != 200 || string(a.body) != string(b.body) {
			t.Fatalf("beginning twice: %s and %s", a.body, b.body)
		}
		id := field(t, a, "message", "conversation_id")
		sparrow.accept(id, true)
		var wait sync.WaitGroup
		for i := range 8 {
			message := map[string]any{"body": fmt.Sprintf("message %d", i), "id": uuid.NewString()}
			for range 3 { // each is sent three times, all at once
				wait.Go(func() {
					v := []*visitor{juniper, sparrow}[i%2]
					if got := v.sendJSON("/willow/messages/"+id, message); got.status != http.StatusOK {
						t.Errorf("%d: %d %s", i, got.status, got.body)
					}
				})
			}
		}
		wait.Wait()
		c := sparrow.talk(id)
		seen := map[string]bool{}
		for i, message := range c.Messages {
			if message.Seq != i+1 || seen[message.Body] {
				t.Errorf("%d is %+v", i+1, message)
			}
			seen[message.Body] = true
		}
		if len(c.Messages) != 9 {
			t.Errorf("%d messages, want 9", len(c.Messages))
		}
		if other := juniper.talk(id); !slices.Equal(other.words(), c.words()) {
			t.Errorf("two orders: %v and %v", other.words(), c.words())
		}
		used := uuid.NewString()
		want(t, "an id", juniper.sendJSON("/willow/messages/"+id, map[string]any{"body": "a", "id": used}), http.StatusOK)
		if got := juniper.sendJSON("/willow/messages/"+id, map[string]any{"body": "b", "id": used}); got.status != http.StatusUnprocessableEntity || !got.has(`"#/body"`) {
			t.Errorf("other words with a used id: %d %s", got.status, got.body)
		}
		// The same two cannot have two conversations, however they begin.
		want(t, "somebody else's id", sparrow.sendJSON("/willow/messages/"+id, map[string]any{"body": "mine", "id": used}), http.StatusOK)
		if again := sparrow.begin("juniper", "again"); again != id {
			t.Errorf("a second conversation %s", again)
		}
	})
}

func TestABlockIsSilentAndWorksBothWays(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := strangers(s)
		id := juniper.begin("Sparrow", "one")
		sparrow.accept(id, true)
		group := juniper.begin("Sparrow, Nettle", "group one")
		nettle.accept(group, true)
		s.clock.Advance(time.Second)
		block := func(yes bool) {
			want(t, "block", sparrow.sendJSON("/willow/people/juniper/block", map[string]any{"on": yes}), http.StatusOK)
		}
		block(true)
		block(true)
		got := juniper.say(id, "two")
		want(t, "the blocked one writes", got, http.StatusOK)
		want(t, "in the group", juniper.say(group, "group two"), http.StatusOK)
		want(t, "the blocker writes", sparrow.say(id, "x"), http.StatusForbidden)
		want(t, "the blocker in the group", sparrow.say(group, "from the blocker"), http.StatusOK)
		if c := juniper.talk(id); c.Receipt != "Sent" || c.Shut != "" || !slices.Equal(c.words(), []string{"one", "two"}) {
			t.Errorf("the blocked one sees %+v", c)
		}
		if c := sparrow.talk(id); !slices.Equal(c.words(), []string{"one"}) {
			t.Errorf("the blocker sees %v", c.words())
		}
		if c := sparrow.talk(group); !slices.Equal(c.words(), []string{"group one", "from the blocker"}) {
			t.Errorf("the blocker sees in the group %v", c.words())
		}
		if c := juniper.talk(group); !slices.Equal(c.words(), []string{"group one", "group two"}) {
			t.Errorf("the blocked one sees in the group %v", c.words())
		}
		if c := nettle.talk(group); len(c.Messages) != 3 {
			t.Errorf("the third sees %v", c.words())
		}
		var list struct {
			Conversations []struct {
				Unread       bool
				Conversation struct{ ID string }
			}
		}
		sparrow.getJSON("/willow/messages", &list)
		for _, line := range list.Conversations {
			if line.Conversation.ID == id && line.Unread {
				t.Error("the list tells the blocker of a hidden message")
			}
		}
		for _, path := range []string{"/willow/messages/search?q=two", "/willow/messages/" + id + "/since?after=1"} {
			if got := sparrow.getJSON(path, nil); got.status != 200 || got.has(`"body":"two"`) || got.has("group two") {
				t.Errorf("%s: %s", path, got.body)
			}
		}
		hidden := field(t, got, "message", "id")
		want(t, "a report of what is hidden", sparrow.sendJSON("/willow/messages/"+id+"/report", map[string]any{"message": hidden, "reason": "x"}), http.StatusNotFound)
		if readers := s.readers(hidden); len(readers) != 1 {
			t.Errorf("the event goes to %v", readers)
		}
		if to := s.told(hidden, id); len(to) != 0 {
			t.Errorf("a hidden message makes notices to %v", to)
		}
		block(false)
		if c := sparrow.talk(id); !slices.Equal(c.words(), []string{"one"}) {
			t.Errorf("after unblocking the blocker sees %v", c.words())
		}
		want(t, "writing again", juniper.say(id, "three"), http.StatusOK)
		if c := sparrow.talk(id); !slices.Equal(c.words(), []string{"one", "three"}) {
			t.Errorf("after unblocking: %v", c.words())
		}
		// A request to somebody who has blocked you looks sent and arrives nowhere.
		want(t, "block a stranger", nettle.sendJSON("/willow/people/tansy/block", map[string]any{"on": true}), http.StatusOK)
		lost := s.over("tansy.willow@northmoor").begin("Nettle", "hello")
		var asked struct{ Conversations []any }
		nettle.getJSON("/willow/messages/requests", &asked)
		if len(asked.Conversations) != 0 {
			t.Errorf("a blocked request arrived: %+v", asked.Conversations)
		}
		want(t, "a blocked request by id", nettle.getJSON("/willow/messages/"+lost, nil), http.StatusNotFound)
		want(t, "blocking the team", nettle.sendJSON("/willow/people/"+s.handleOf("clinician.willow@northmoor")+"/block", map[string]any{"on": true}), http.StatusUnprocessableEntity)
		want(t, "blocking oneself", nettle.sendJSON("/willow/people/nettle/block", map[string]any{"on": true}), http.StatusUnprocessableEntity)
	})
}

func TestNobodyButThoseWhoTakePartReachesAConversation(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		id := juniper.begin("Sparrow", "a secret between two")
		sparrow.accept(id, true)
		message := juniper.talk(id).Messages[0].ID
		paths := map[string]map[string]any{
			"": {"body": "x"}, "/answer": {"accept": true}, "/mute": {"muted": true}, "/leave": {}, "/typing": {},
			"/report": {"message": message, "reason": "x"},
		}
		for _, account := range []string{
			"nettle.willow@northmoor", "peer.willow@northmoor", "moderator.willow@northmoor", "clinician.willow@northmoor", "lead.willow@northmoor",
			"admin@northmoor", "lead.harbour@northmoor", "carer.kin@northmoor", "lead.lantern@eastvale",
		} {
			v := s.over(account)
			for _, service := range []string{"willow", "harbour", "kin", "lantern"} {
				home := "/" + service + "/messages/" + id
				for _, path := range []string{home, home + "/since", home + "/report?message=" + message} {
					if got := v.getJSON(path, nil); !refused(got.status) || got.has("secret") {
						t.Errorf("%s reads %s: %d %s", account, path, got.status, got.body)
					}
				}
				for path, body := range paths {
					if got := v.sendJSON(home+path, body); !refused(got.status) {
						t.Errorf("%s posts to %s: %d %s", account, home+path, got.status, got.body)
					}
				}
				if got := v.sendJSON(home+"/hold", map[string]any{"act": "take"}); !refused(got.status) {
					t.Errorf("%s holds %s: %d", account, home, got.status)
				}
			}
			for _, path := range []string{"/willow/messages", "/willow/messages/search?q=secret", "/willow/messages/team", "/willow/messages/reports"} {
				if got := v.getJSON(path, nil); got.has("secret between") {
					t.Errorf("%s finds it at %s", account, path)
				}
			}
		}
		if c := juniper.talk(id); len(c.Messages) != 1 {
			t.Errorf("somebody wrote: %v", c.words())
		}
		lead := s.over("lead.willow@northmoor")
		want(t, "switch off", lead.sendJSON("/willow/settings/rooms/messages", map[string]any{"on": false, "version": 1}), http.StatusOK)
		want(t, "a closed room", juniper.getJSON("/willow/messages/"+id, nil), http.StatusNotFound)
		want(t, "writing in a closed room", juniper.say(id, "x"), http.StatusNotFound)
		if page := s.as("juniper.willow@northmoor").get("/willow/people/sparrow"); page.has("Write a message") {
			t.Error("a person's page leads into a closed room")
		}
	})
}

func TestAGroupHasEightPeopleAndCanBeLeft(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		want(t, "nine", juniper.sendJSON("/willow/messages", map[string]any{"to": "sparrow, nettle, tansy, hazel, fern, ivy, thistle, primrose", "body": "x"}), http.StatusUnprocessableEntity)
		id := juniper.begin("sparrow, nettle, tansy, hazel, fern, ivy, thistle", "eight of us")
		want(t, "a second before anybody answered", juniper.say(id, "x"), http.StatusForbidden)
		sparrow.accept(id, true)
		want(t, "once somebody has", juniper.say(id, "two"), http.StatusOK)
		sparrow.accept(id, true) // the second click
		want(t, "leave", sparrow.sendJSON("/willow/messages/"+id+"/leave", nil), http.StatusOK)
		for what, got := range map[string]answer{
			"reading": sparrow.getJSON("/willow/messages/"+id, nil), "writing": sparrow.say(id, "x"),
			"asking what is new": sparrow.getJSON("/willow/messages/"+id+"/since", nil), "leaving again": sparrow.sendJSON("/willow/messages/"+id+"/leave", nil),
		} {
			want(t, what+" after leaving", got, http.StatusNotFound)
		}
		if got := sparrow.getJSON("/willow/messages/search?q=eight", nil); got.has("eight of us") {
			t.Error("search finds what was left")
		}
		direct := juniper.begin("primrose", "hi")
		want(t, "leaving a conversation of two", juniper.sendJSON("/willow/messages/"+direct+"/leave", nil), http.StatusForbidden)
		for what, to := range map[string]string{"oneself": "juniper", "nobody": "no-such-person", "blanks": " , ", "another service's": "gull"} {
			want(t, "writing to "+what, juniper.sendJSON("/willow/messages", map[string]any{"to": to, "body": "x"}), http.StatusUnprocessableEntity)
		}
	})
}

func TestTheServiceSaysWhoMayWriteToWhom(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		lead := s.over("lead.willow@northmoor")
		version := 1
		tune := func(settings map[string]any) {
			want(t, "tune", lead.sendJSON("/willow/settings/rooms/messages", map[string]any{"version": version, "settings": settings}), http.StatusOK)
			version++
		}
		open := juniper.begin("sparrow", "before")
		sparrow.accept(open, true)
		s.sql("UPDATE members SET roles = 'carer' WHERE tenant_id = ? AND handle_key = 'nettle'", s.northmoor())
		nettle := s.over("nettle.willow@northmoor")
		to := func(v *visitor, to string) answer {
			return v.sendJSON("/willow/messages", map[string]any{"to": to, "body": "x"})
		}
		clinician := s.handleOf("clinician.willow@northmoor")

		want(t, "a carer to a service user", to(nettle, "juniper"), http.StatusUnprocessableEntity)
		want(t, "a service user to a carer", to(juniper, "nettle"), http.StatusUnprocessableEntity)
		want(t, "a group across", to(juniper, "sparrow, nettle"), http.StatusUnprocessableEntity)
		want(t, "a carer to a clinician", to(nettle, clinician), http.StatusOK)
		want(t, "a clinician's group across", to(s.over("clinician.willow@northmoor"), "juniper, nettle"), http.StatusUnprocessableEntity)
		tune(map[string]any{"across_sides": true})
		want(t, "across, where the service lets them", to(nettle, "juniper"), http.StatusOK)

		tune(map[string]any{"members_may_write_each_other": false})
		want(t, "a member to a member", to(juniper, "tansy"), http.StatusUnprocessableEntity)
		want(t, "a group of members", to(juniper, "tansy, sparrow"), http.StatusUnprocessableEntity)
		want(t, "in a conversation that there was", juniper.say(open, "x"), http.StatusForbidden)
		if c := juniper.talk(open); len(c.Messages) != 1 || c.Shut == "" {
			t.Errorf("it can still be read: %+v", c)
		}
		want(t, "a member to a clinician", to(juniper, clinician), http.StatusOK)
		tune(map[string]any{"team_mailbox": false})
		want(t, "to the team", juniper.sendJSON("/willow/messages/to-team", map[string]any{"body": "x"}), http.StatusForbidden)
		tune(map[string]any{"members_may_write_each_other": true, "groups": false})
		want(t, "a group", to(juniper, "tansy, sparrow"), http.StatusUnprocessableEntity)
		want(t, "two", to(juniper, "tansy"), http.StatusOK)
		want(t, "a group of nine", lead.sendJSON("/willow/settings/rooms/messages", map[string]any{"version": version, "settings": map[string]any{"max_group": 9}}), http.StatusUnprocessableEntity)
	})
}

func TestTheTeamSharesAMailbox(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		clinician, moderator := s.over("clinician.willow@northmoor"), s.over("moderator.willow@northmoor")
		toTeam := func(v *visitor, body string) string {
			got := v.sendJSON("/willow/messages/to-team", map[string]any{"body": body})
			want(t, "to the team", got, http.StatusOK)
			return field(t, got, "message", "conversation_id")
		}
		id := toTeam(juniper, "My prescription ran out")
		s.clock.Advance(time.Minute)
		later := toTeam(sparrow, "When is the next group?")
		if again := toTeam(juniper, "It is the blue one"); again != id {
			t.Errorf("a second thread %s", again)
		}
		box := func(v *visitor) (c mailbox) { v.getJSON("/willow/messages/team", &c); return c }
		if got := box(moderator); len(got.Waiting) < 2 || got.Waiting[len(got.Waiting)-2].Conversation.ID != id || got.Waiting[len(got.Waiting)-1].Conversation.ID != later {
			t.Errorf("waiting: %+v", got.Waiting)
		}
		want(t, "a member in the mailbox", juniper.getJSON("/willow/messages/team", nil), http.StatusForbidden)
		want(t, "another member's thread", sparrow.getJSON("/willow/messages/"+id, nil), http.StatusNotFound)
		want(t, "a peer supporter", s.over("peer.willow@northmoor").getJSON("/willow/messages/"+id, nil), http.StatusNotFound)
		want(t, "staff writing to themselves", clinician.sendJSON("/willow/messages/to-team", map[string]any{"body": "x"}), http.StatusForbidden)

		hold := func(v *visitor, body map[string]any) answer { return v.sendJSON("/willow/messages/"+id+"/hold", body) }
		want(t, "take", hold(clinician, map[string]any{"act": "take"}), http.StatusOK)
		want(t, "take at the same time", hold(moderator, map[string]any{"act": "take"}), http.StatusConflict)
		me := field(t, clinician.getJSON("/willow/me", nil), "person", "id")
		want(t, "hand over without a note", hold(clinician, map[string]any{"act": "hand", "holder": me, "to": s.handleOf("moderator.willow@northmoor")}), http.StatusUnprocessableEntity)
		want(t, "hand over to a member", hold(clinician, map[string]any{"act": "hand", "holder": me, "to": "sparrow", "note": "x"}), http.StatusUnprocessableEntity)
		want(t, "hand over", hold(clinician, map[string]any{"act": "hand", "holder": me, "to": s.handleOf("moderator.willow@northmoor"), "note": "Ring the chemist, please"}), http.StatusOK)
		if c := s.over("lead.willow@northmoor").talk(id); len(c.Mailbox.Moves) != 2 || c.Mailbox.Moves[0].Note != "Ring the chemist, please" {
			t.Errorf("a colleague sees %+v", c.Mailbox)
		}
		if got := juniper.getJSON("/willow/messages/"+id, nil); got.has("chemist") || got.has("moves") {
			t.Errorf("the member sees the team's notes: %s", got.body)
		}
		s.clock.Advance(20 * time.Minute)
		want(t, "a reply", moderator.say(id, "I have rung them."), http.StatusOK)
		if c := juniper.talk(id); c.words()[2] != "I have rung them." || c.Reach == nil {
			t.Errorf("the member sees %+v", c)
		}
		if page := s.as("juniper.willow@northmoor").get("/willow/messages/" + id); !page.has("Moderator") {
			t.Error("the reply does not say whose it is")
		}
		if got := box(clinician); got.Answered[0].Conversation.ID != id {
			t.Errorf("answered: %+v", got.Answered)
		}
		want(t, "answering takes it", clinician.say(later, "On Monday."), http.StatusOK)
		if c := clinician.talk(later); len(c.Mailbox.Moves) != 1 || c.Mailbox.Moves[0].Act != "take" {
			t.Errorf("%+v", c.Mailbox)
		}
		if got := box(clinician); len(got.Answered) < 2 {
			t.Errorf("answered: %+v", got.Answered)
		}
		want(t, "thanks", sparrow.say(later, "Thanks!"), http.StatusOK)
		want(t, "needs no answer", clinician.sendJSON("/willow/messages/"+later+"/hold", map[string]any{"act": "done", "holder": me}), http.StatusOK)
		if got := box(clinician); got.Answered[0].Conversation.ID != later {
			t.Errorf("after thanks: %+v", got)
		}
		want(t, "give back", clinician.sendJSON("/willow/messages/"+later+"/hold", map[string]any{"act": "give_back", "holder": me}), http.StatusOK)
	})
}

func TestTheUsualTimeToAReplyNeedsFive(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	s.sql("UPDATE messages SET answered_after = NULL WHERE tenant_id = ?", s.northmoor())
	juniper := s.over("juniper.willow@northmoor")
	id := juniper.begin(s.handleOf("clinician.willow@northmoor"), "hello")
	for i, usual := range []string{"no figure yet", "no figure yet", "no figure yet", "no figure yet", "about 3 hours"} {
		if i > 0 {
			want(t, "ask", juniper.say(id, "one more thing"), http.StatusOK)
		}
		want(t, "ask twice", juniper.say(id, "and another"), http.StatusOK) // counts from the first
		s.clock.Advance(time.Duration(i+1) * time.Hour)
		clinician := s.over("clinician.willow@northmoor")
		juniper = s.over("juniper.willow@northmoor")
		want(t, "reply", clinician.say(id, "yes"), http.StatusOK)
		want(t, "reply twice", clinician.say(id, "and yes"), http.StatusOK)
		if got := juniper.talk(id).Reach.Usual; got != usual {
			t.Errorf("after %d replies: %q, want %q", i+1, got, usual)
		}
	}
	s.clock.Advance(31 * 24 * time.Hour)
	if got := s.over("juniper.willow@northmoor").talk(id).Reach.Usual; got != "no figure yet" {
		t.Errorf("a month later: %q", got)
	}
}

func TestOutOfHoursTheComposerSaysWhomToCall(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	look := func() answer { return s.as("juniper.willow@northmoor").get("/willow/messages/to-team") }
	if page := look(); !page.has("The team is here until 5pm") || page.has("Samaritans") {
		t.Errorf("in hours: %s", page.text())
	}
	s.clock.Advance(12 * time.Hour)
	if page := look(); !page.has("The team is next here on Monday at 9am") || !page.has("tel:116123") || !page.has("tel:999") {
		t.Errorf("at night: %s", page.text())
	}
}

func TestStaffReadOnlyWhatWasReportedAndOnRecord(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		id := juniper.begin("Sparrow", "message 0")
		sparrow.accept(id, true)
		for i := range 14 {
			want(t, "say", juniper.say(id, fmt.Sprintf("message %d", i+1)), http.StatusOK)
		}
		c := sparrow.talk(id)
		bad := c.Messages[7].ID
		report := func(v *visitor) answer {
			return v.sendJSON("/willow/messages/"+id+"/report", map[string]any{"message": bad, "reason": "This frightens me"})
		}
		want(t, "one's own message", report(juniper), http.StatusNotFound)
		want(t, "report", report(sparrow), http.StatusOK)
		want(t, "report twice", report(sparrow), http.StatusOK)
		moderator := s.over("moderator.willow@northmoor")
		var list struct{ Open, Closed []struct{ ID string } }
		if got := moderator.getJSON("/willow/messages/reports", &list); len(list.Open) != 1 || got.has("message 7") {
			t.Fatalf("reports: %s", got.body)
		}
		path := "/willow/messages/reports/" + list.Open[0].ID
		if got := moderator.getJSON(path, nil); got.has("message 7") {
			t.Errorf("the words are there before it is on record: %s", got.body)
		}
		want(t, "closing it unread", moderator.sendJSON(path+"/close", map[string]any{"note": "x"}), http.StatusUnprocessableEntity)
		want(t, "a member", sparrow.getJSON(path, nil), http.StatusForbidden)
		want(t, "read", moderator.sendJSON(path+"/read", nil), http.StatusOK)
		var opened struct {
			Messages []struct{ Body string }
			Reviews  []struct{ Act string }
		}
		moderator.getJSON(path, &opened)
		var words []string
		for _, message := range opened.Messages {
			words = append(words, message.Body)
		}
		var expected []string
		for i := 2; i <= 12; i++ {
			expected = append(expected, fmt.Sprintf("message %d", i))
		}
		if !slices.Equal(words, expected) || len(opened.Reviews) != 1 {
			t.Errorf("the report shows %v and %v", words, opened.Reviews)
		}
		want(t, "the conversation itself", moderator.getJSON("/willow/messages/"+id, nil), http.StatusNotFound)
		lead := s.over("lead.willow@northmoor")
		if got := lead.getJSON(path, nil); got.has("message 7") || !got.has(`"act":"read"`) {
			t.Errorf("a colleague, who is not on record: %s", got.body)
		}
		want(t, "close", moderator.sendJSON(path+"/close", map[string]any{"note": "Spoke with both"}), http.StatusOK)
		want(t, "close again", moderator.sendJSON(path+"/close", map[string]any{"note": "x"}), http.StatusConflict)

		// Nobody reviews a conversation of their own.
		own := juniper.begin(s.handleOf("moderator.willow@northmoor"), "to a moderator")
		want(t, "reply", moderator.say(own, "a rude reply"), http.StatusOK)
		rude := juniper.talk(own).Messages[1].ID
		want(t, "report the moderator", juniper.sendJSON("/willow/messages/"+own+"/report", map[string]any{"message": rude, "reason": "rude"}), http.StatusOK)
		list.Open = nil
		if moderator.getJSON("/willow/messages/reports", &list); len(list.Open) != 0 {
			t.Error("a moderator sees a report about themselves")
		}
		if lead.getJSON("/willow/messages/reports", &list); len(list.Open) != 1 {
			t.Errorf("the lead sees %v", list.Open)
		}
		want(t, "by id", moderator.sendJSON("/willow/messages/reports/"+list.Open[0].ID+"/read", nil), http.StatusNotFound)
	})
}

func TestReadReceiptsAndPresenceAreForThoseWhoShowTheirs(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		id := juniper.begin("Sparrow", "one")
		sparrow.accept(id, true)
		want(t, "say", juniper.say(id, "two"), http.StatusOK)
		steps := []struct {
			do   func()
			want string
			here bool
		}{
			{func() {}, "Sent", false},
			{func() { sparrow.getJSON("/willow/messages", nil) }, "Delivered", true},
			{func() { sparrow.talk(id) }, "Read", true},
			{func() {
				sparrow.sendJSON("/willow/messages/choices", map[string]any{"receipts": false, "presence": false})
			}, "Delivered", false},
			{func() {
				sparrow.sendJSON("/willow/messages/choices", map[string]any{"receipts": true, "presence": true})
			}, "Read", true},
			{func() {
				juniper.sendJSON("/willow/messages/choices", map[string]any{"receipts": false, "presence": true})
			}, "Delivered", true},
			{func() { s.clock.Advance(6 * time.Minute) }, "Delivered", false},
		}
		for i, step := range steps {
			step.do()
			if c := juniper.talk(id); c.Receipt != step.want || c.People[0].Here != step.here {
				t.Errorf("step %d: %q, here %v; want %q, %v", i, c.Receipt, c.People[0].Here, step.want, step.here)
			}
		}
	})
}

func TestWhatIsTypedStaysText(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		nasty := `<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)> 100%_sure!`
		id := juniper.begin("Sparrow", nasty)
		sparrow.accept(id, true)
		page := s.as("sparrow.willow@northmoor").get("/willow/messages/" + id)
		for _, bad := range []string{"<script>alert", `href="javascript`, "<img src=x"} {
			if page.has(bad) {
				t.Errorf("the page has %s", bad)
			}
		}
		want(t, "NUL", juniper.say(id, "a\x00b"), http.StatusBadRequest)
		want(t, "10,001", juniper.say(id, strings.Repeat("é", 10_001)), http.StatusUnprocessableEntity)
		want(t, "10,000", juniper.say(id, strings.Repeat("é", 10_000)), http.StatusOK)
		want(t, "blank", juniper.say(id, " \n "), http.StatusUnprocessableEntity)
		for asked, found := range map[string]bool{"100%_SURE!": true, "0%_": true, "%%": false, "__": false, "e!e": false, "'": false} {
			got := sparrow.getJSON("/willow/messages/search?q="+url.QueryEscape(asked), nil)
			if got.status != 200 || got.has("alert(1)") != found {
				t.Errorf("search %q: %d %.200s", asked, got.status, got.body)
			}
		}
		want(t, "a long search", sparrow.getJSON("/willow/messages/search?q="+strings.Repeat("x", 101), nil), http.StatusUnprocessableEntity)
		want(t, "NUL in a search", sparrow.getJSON("/willow/messages/search?q=%00a", nil), http.StatusBadRequest)
	})
}

func TestEarlierMessagesComeAPageAtATime(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	juniper, sparrow, _ := strangers(s)
	id := juniper.begin("Sparrow", "0")
	sparrow.accept(id, true)
	for i := 1; i < 70; i++ {
		want(t, "say", juniper.say(id, fmt.Sprint(i)), http.StatusOK)
	}
	var all []string
	for before, pages := 0, 0; pages < 5; pages++ {
		var c said
		sparrow.getJSON(fmt.Sprintf("/willow/messages/%s?before=%d", id, before), &c)
		all = append(c.words(), all...)
		if before = c.Earlier; before == 0 {
			break
		}
	}
	for i := range 70 {
		if i >= len(all) || all[i] != fmt.Sprint(i) {
			t.Fatalf("%d: %v", i, all)
		}
	}
}

func TestAMessageTellsThoseWhoWantToKnow(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := strangers(s)
		group := juniper.begin("Sparrow, Nettle", "canarysong")
		sparrow.accept(group, true)
		nettle.accept(group, true)
		want(t, "mute", nettle.sendJSON("/willow/messages/"+group+"/mute", map[string]any{"muted": true}), http.StatusOK)
		message := field(t, juniper.say(group, "canarysong again"), "message", "id")
		if to := s.told(message, group); !slices.Equal(to, []string{"sparrow"}) {
			t.Errorf("told: %v", to)
		}
		if readers := s.readers(message); len(readers) != 3 {
			t.Errorf("readers: %v", readers)
		}
		if rows := s.count("SELECT count(*) FROM outbox WHERE tenant_id = ? AND (readers LIKE '%canary%' OR error LIKE '%canary%')", s.northmoor()); rows != 0 {
			t.Error("words in the outbox")
		}
		for handle, want := range map[string]int{"sparrow": 1, "nettle": 0, "juniper": 0} {
			if got := s.unread(handle); got != want {
				t.Errorf("%s has %d unread, want %d", handle, got, want)
			}
		}
		sparrow.talk(group)
		if got := s.unread("sparrow"); got != 0 {
			t.Errorf("after reading: %d", got)
		}
	})
}

func TestTypingIsShownAndNotStored(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := strangers(s)
		id := juniper.begin("Sparrow", "hello")
		var mu sync.Mutex
		var shown []tenants.Event
		s.app.Directory.Outlet = func(events []tenants.Event) {
			mu.Lock()
			defer mu.Unlock()
			shown = append(shown, events...)
		}
		typing := func(v *visitor) answer { return v.sendJSON("/willow/messages/"+id+"/typing", nil) }
		want(t, "typing to somebody who has not answered", typing(juniper), http.StatusForbidden)
		sparrow.accept(id, true)
		shown = nil
		before := s.count("SELECT count(*) FROM outbox WHERE tenant_id = ?", s.northmoor())
		want(t, "typing", typing(juniper), http.StatusOK)
		want(t, "an outsider", typing(nettle), http.StatusNotFound)
		mu.Lock()
		if len(shown) != 1 || shown[0].Kind != "messages.typing" || len(shown[0].Readers) != 1 || shown[0].Subject.String() != field(t, juniper.getJSON("/willow/me", nil), "person", "id") || shown[0].ID != uuid.Nil {
			t.Errorf("shown: %+v", shown)
		}
		mu.Unlock()
		if after := s.count("SELECT count(*) FROM outbox WHERE tenant_id = ?", s.northmoor()); after != before {
			t.Errorf("%d rows of typing", after-before)
		}
		want(t, "block", sparrow.sendJSON("/willow/people/juniper/block", map[string]any{"on": true}), http.StatusOK)
		shown = nil
		want(t, "typing to somebody who blocked you", typing(juniper), http.StatusOK)
		if len(shown) != 1 || len(shown[0].Readers) != 0 || shown[0].Audience != "" {
			t.Errorf("a block lets typing through: %+v", shown)
		}
	})
}

func (s *site) messagesRoom() modules.Module {
	return s.app.Rooms[slices.IndexFunc(s.app.Rooms, func(m modules.Module) bool { return m.Key == "messages" })]
}

// readers are those who learn live of a message.
func (s *site) readers(message string) (readers tenants.IDs) {
	s.t.Helper()
	s.inWillow(func(ctx context.Context, sc tenants.Scope) error {
		var e tenants.Event
		err := sc.Select(&e).Where("event.kind = 'messages.sent'").Where("event.subject_id = ?", message).Scan(ctx)
		readers = e.Readers
		return err
	})
	return readers
}

// told are the handles of those who get a notice of a message.
func (s *site) told(message, conversation string) (handles []string) {
	s.t.Helper()
	s.inWillow(func(ctx context.Context, sc tenants.Scope) error {
		notices, err := s.messagesRoom().Tells[0].Notices(ctx, sc, tenants.Event{Subject: uuid.MustParse(message), About: uuid.MustParse(conversation)})
		for _, notice := range notices {
			var people []tenants.Person
			if err := sc.Select(&people).Where("id IN (?)", bun.List(notice.To)).Order("handle_key").Scan(ctx); err != nil {
				return err
			}
			for _, person := range people {
				handles = append(handles, person.HandleKey)
			}
		}
		return err
	})
	return handles
}

func (s *site) unread(handle string) (n int) {
	s.t.Helper()
	s.inWillow(func(ctx context.Context, sc tenants.Scope) error {
		person, err := sc.PersonByHandle(ctx, handle)
		if err == nil {
			n, err = s.messagesRoom().Unread(ctx, sc.As(person))
		}
		return err
	})
	return n
}

// listed are conversations by title, as an account sees them.
func (s *site) listed(account, path string) map[string]string {
	s.t.Helper()
	var list struct {
		Conversations []struct {
			Title        string
			Conversation struct{ ID string }
		}
		Waiting []struct{ Conversation struct{ ID string } }
		Open    []struct{ ID string }
	}
	s.over(account).getJSON("/willow/messages"+path, &list)
	found := map[string]string{}
	for _, one := range list.Conversations {
		found[one.Title] = "/willow/messages/" + one.Conversation.ID
	}
	for _, one := range list.Waiting {
		found["mail"] = "/willow/messages/" + one.Conversation.ID
	}
	for _, one := range list.Open {
		found["report"] = "/willow/messages/reports/" + one.ID
	}
	return found
}

func (s *site) talkOf(account, title string) string {
	s.t.Helper()
	path := s.listed(account, "")[title]
	if path == "" {
		s.t.Fatalf("%s has no conversation %q", account, title)
	}
	return path
}

func (s *site) requestOf(account string) string {
	s.t.Helper()
	for _, path := range s.listed(account, "/requests") {
		return path
	}
	s.t.Fatal("no request in the demo")
	return ""
}

func (s *site) mailOf(account string) string { return s.listed(account, "/team")["mail"] }

// reportIn reports the first message of a conversation; it returns the page for reporting another.
func (s *site) reportIn(account, path string) string {
	s.t.Helper()
	var c said
	v := s.over(account)
	v.getJSON(path, &c)
	want(s.t, "report", v.sendJSON(path+"/report", map[string]any{"message": c.Messages[0].ID, "reason": "I worry about her."}), http.StatusOK)
	return path + "/report?message=" + c.Messages[2].ID
}

// reported is an open report, on record as read.
func (s *site) reported(account string) string {
	s.t.Helper()
	path := s.listed(account, "/reports")["report"]
	want(s.t, "read", s.over(account).sendJSON(path+"/read", nil), http.StatusOK)
	return path
}

func TestPicturesAreForThoseWhoSeeTheMessage(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := strangers(s)
		id := juniper.begin("Sparrow", "look")
		send := func(v *visitor, key string, many int) answer {
			return v.sendFiles("/willow/messages/"+id+"/pictures", map[string]any{"id": key, "alt": "A dog, jealous"}, slices.Repeat([]string{"pictures"}, many))
		}
		key := uuid.NewString()
		want(t, "a picture before the answer", send(juniper, key, 1), http.StatusForbidden)
		sparrow.accept(id, true)
		want(t, "an outsider", send(nettle, key, 1), http.StatusNotFound)
		want(t, "none", send(juniper, key, 0), http.StatusUnprocessableEntity)
		want(t, "five", send(juniper, key, 5), http.StatusUnprocessableEntity)
		want(t, "four", send(juniper, key, 4), http.StatusOK)
		want(t, "the second click", send(juniper, key, 4), http.StatusOK)
		var c struct {
			Messages []struct {
				ID       string
				Pictures []struct{ ID, Alt string }
			}
		}
		sparrow.getJSON("/willow/messages/"+id, &c)
		if len(c.Messages) != 2 || len(c.Messages[1].Pictures) != 4 || c.Messages[1].Pictures[0].Alt != "A dog, jealous" {
			t.Fatalf("%+v", c)
		}
		message, path := c.Messages[1].ID, "/willow/messages/pictures/"+c.Messages[1].Pictures[0].ID
		for _, v := range []*visitor{juniper, sparrow} {
			if got := v.get(path); got.status != http.StatusOK || got.header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(string(got.body), "\xff\xd8") {
				t.Errorf("who takes part: %d %s", got.status, got.header)
			}
		}
		moderator := s.over("moderator.willow@northmoor")
		for what, v := range map[string]*visitor{"an outsider": nettle, "a moderator": moderator, "the admin": s.over("admin@northmoor"), "another trust": s.over("lead.lantern@eastvale")} {
			if got := v.get(path); !refused(got.status) {
				t.Errorf("%s sees the picture: %d", what, got.status)
			}
		}
		want(t, "report", sparrow.sendJSON("/willow/messages/"+id+"/report", map[string]any{"message": message, "reason": "x"}), http.StatusOK)
		want(t, "before it is on record", moderator.get(path), http.StatusNotFound)
		report := s.listed("moderator.willow@northmoor", "/reports")["report"]
		want(t, "on record", moderator.sendJSON(report+"/read", nil), http.StatusOK)
		want(t, "once it is on record", moderator.get(path), http.StatusOK)

		want(t, "block", sparrow.sendJSON("/willow/people/juniper/block", map[string]any{"on": true}), http.StatusOK)
		got := send(juniper, uuid.NewString(), 1)
		want(t, "a picture to somebody who blocked you", got, http.StatusOK)
		var sent struct {
			Message struct{ Pictures []struct{ ID string } }
		}
		juniper.read(got, &sent)
		hidden := "/willow/messages/pictures/" + sent.Message.Pictures[0].ID
		want(t, "the sender sees it", juniper.get(hidden), http.StatusOK)
		want(t, "the blocker does not", sparrow.get(hidden), http.StatusNotFound)
		want(t, "what came before the block", sparrow.get(path), http.StatusOK)
	})
}

// A connection that comes and goes: what is sent arrives once and in order, and
// what was not sent is still there after the page was lost.
func TestSendingSurvivesAFlakyConnection(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	tab := testkit.Browser(t, testkit.Viewport(390, 844))
	account := "hazel.willow@northmoor"
	s.enter(tab, account)
	path := s.talkOf(account, "Fern")
	// The first two tries of each message do not arrive; of the third, the answer is lost.
	const flaky = `(() => { const real = fetch; let n = 0; window.lost = 0; window.fetch = async (url, options) => {
		if (options?.method !== 'POST' || String(url).endsWith('/typing')) return real(url, options);
		if (++n % 4 === 0) return real(url, options);
		if (n % 4 === 3) await real(url, options);
		window.lost++;
		throw new TypeError('no connection');
	}; })()`
	const submit = `document.querySelector("form[data-messages]").requestSubmit()`
	tab.Goto(s.address(account) + path)
	tab.Eval(flaky, nil)
	for _, words := range []string{"first", "second", "third"} {
		tab.Fill("#body", words)
		tab.Eval(submit, nil)
	}
	tab.WaitText(".bubble__state", "Not sent yet")
	tab.Reload() // what waits is kept in the tab; now the connection is good
	tab.WaitGone(".bubble--waiting")
	var c said
	s.over("fern.willow@northmoor").getJSON(path, &c)
	if words := c.words(); !slices.Equal(words[len(words)-3:], []string{"first", "second", "third"}) || slices.Contains(words[:len(words)-3], "first") {
		t.Errorf("it arrived as %v", words)
	}
	if shown := tab.Texts(".bubble .post__body"); !slices.Equal(shown[len(shown)-3:], []string{"first", "second", "third"}) {
		t.Errorf("the sender sees %v", shown)
	}
	tab.Eval(flaky, nil)
	tab.Fill("#body", "fourth")
	tab.Eval(submit, nil)
	tab.WaitGone(".bubble--waiting")
	c = said{}
	s.over("fern.willow@northmoor").getJSON(path, &c)
	if words := c.words(); slices.Index(words, "fourth") != len(words)-1 {
		t.Errorf("a lost answer made %v", words)
	}
	if got := tab.Value("#body"); got != "" {
		t.Errorf("what was sent is still in the box: %q", got)
	}
	// What the server refuses is kept, with the reason and a way back to the words.
	tab.Reload()
	tab.Eval(`document.querySelector("#body").value = "x".repeat(10001)`, nil)
	tab.Eval(submit, nil)
	tab.WaitText(".bubble__state", "must be 10000 characters or fewer")
	tab.Click("text=Change it")
	if got := tab.Value("#body"); len(got) != 10_001 {
		t.Errorf("%d characters came back", len(got))
	}
	for _, problem := range tab.Problems() {
		if !strings.Contains(problem, "422") {
			t.Error(problem)
		}
	}
}
