package main

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

// Willow's people who have no conversation in the demo.
func strangers(s *site) (a, b, c *visitor) {
	return s.over("juniper.willow@northmoor"), s.over("sparrow.willow@northmoor"), s.over("nettle.willow@northmoor")
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
			for _, path := range []string{"/willow/messages", "/willow/messages/search?q=secret", "/willow/messages/team", "/willow/desk"} {
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
