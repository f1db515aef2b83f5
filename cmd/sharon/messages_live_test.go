package main

import (
	"context"
	"net/http"
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
