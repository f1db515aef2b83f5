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

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/testkit"
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
	}
	s.over(account).getJSON("/willow/messages"+path, &list)
	found := map[string]string{}
	for _, one := range list.Conversations {
		found[one.Title] = "/willow/messages/" + one.Conversation.ID
	}
	for _, one := range list.Waiting {
		found["mail"] = "/willow/messages/" + one.Conversation.ID
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

// reportIn reports the first message of a conversation; it returns the page for reporting another.
func (s *site) reportIn(account, path string) string {
	s.t.Helper()
	var c said
	v := s.over(account)
	v.getJSON(path, &c)
	want(s.t, "report", v.sendJSON(path+"/report", map[string]any{"message": c.Messages[0].ID, "reason": "I worry about her."}), http.StatusOK)
	return path + "/report?message=" + c.Messages[2].ID
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
		want(t, "on record", moderator.sendJSON(s.onDesk(message)+"/take", nil), http.StatusOK)
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
