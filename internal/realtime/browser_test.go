package realtime_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/sharon-nhs/sharon/internal/realtime"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
)

// happening is an event as live.js reads it.
type happening struct {
	ID      string `json:"id,omitempty"`
	Event   string `json:"event"`
	Subject string `json:"subject,omitempty"`
	About   string `json:"about,omitempty"`
}

// thread is a page of replies that live.js keeps up to date, and all that
// happened to it.
type thread struct {
	t       *testing.T
	hub     *realtime.Hub[happening, *follower]
	origin  string
	cut     atomic.Bool // a proxy cuts streams
	streams atomic.Int32
	polls   atomic.Int32
	unread  atomic.Int32
	conn    atomic.Pointer[net.Conn] // of the last stream

	mu      sync.Mutex
	history []happening
}

type follower struct {
	thread *thread
	last   string
}

func (f *follower) Key() string          { return "willow" }
func (f *follower) Wants(happening) bool { return true }

func (f *follower) missed() []happening {
	f.thread.mu.Lock()
	defer f.thread.mu.Unlock()
	for i, h := range f.thread.history {
		if h.ID == f.last {
			return f.thread.history[i+1:]
		}
	}
	return f.thread.history
}

type lastSeen struct {
	Last string `json:"last,omitempty"`
}

type heard struct {
	Events []happening    `json:"events"`
	Unread map[string]int `json:"unread"`
}

type replyID struct {
	ID string `path:"id" json:"-"`
}

func (s *thread) listen(_ context.Context, _ int, in lastSeen) (web.Live[heard], error) {
	f := &follower{s, in.Last}
	return web.Live[heard]{
		Missed: func(context.Context) (heard, error) {
			s.polls.Add(1)
			return heard{f.missed(), map[string]int{"messages": int(s.unread.Load())}}, nil
		},
		Serve: func(conn net.Conn) {
			s.conn.Store(&conn)
			s.streams.Add(1)
			if s.cut.Load() {
				_, _ = io.WriteString(conn, "retry: 10\n\n")
				_ = conn.Close()
				return
			}
			s.hub.Serve(conn, f)
		},
	}, nil
}

// happens keeps an event and tells it, as a use case and its job would.
func (s *thread) happens(h happening) {
	s.t.Helper()
	s.mu.Lock()
	if h.ID != "" {
		s.history = append(s.history, h)
	}
	s.mu.Unlock()
	if err := s.hub.Publish(context.Background(), "willow", h); err != nil {
		s.t.Fatal(err)
	}
}

func (s *thread) replies() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.history)
}

type doorman struct{ nobody }

func (doorman) Page(ctx context.Context, _ *web.Request, _ int) context.Context {
	return ui.WithFrame(ctx, &ui.Frame{Stream: "/stream?last=0", May: func(string) bool { return false }})
}

func html(format string, args ...any) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		body := templ.Raw(fmt.Sprintf(format, args...))
		return ui.Narrow("A thread").Render(templ.WithChildren(ctx, body), w)
	})
}

func newThread(t *testing.T) *thread {
	t.Helper()
	s := &thread{t: t}
	limits := quick(func(l *realtime.Limits) { l.Retry = 20 * time.Millisecond })
	s.hub = realtime.NewHub[happening, *follower](realtime.Local{}, func(h happening) realtime.Frame {
		data, _ := json.Marshal(h)
		return realtime.Frame{ID: h.ID, Data: data}
	}, func(context.Context, string, []*follower) (func(*follower) []happening, error) {
		return (*follower).missed, nil
	}, limits, slog.New(slog.DiscardHandler))
	t.Cleanup(s.hub.Close)
	r := web.NewRouter[int]()
	web.Stream(r, "/stream", web.Public, "Live", s.listen)
	none := func(context.Context, int, web.None) (web.None, error) { return web.None{}, nil }
	web.Get(r, "/", web.Public, "A thread", none, func(web.None) templ.Component {
		return html(`<h1>A thread</h1>
			<p id="total" data-live="reply" data-live-about="t1" data-live-get="/">%d replies</p>
			<div id="replies" data-live="reply" data-live-about="t1" data-live-get="/replies/{subject}" data-live-swap="append" data-live-announce="A new reply."></div>
			<p id="other" data-live="reply" data-live-about="t2" data-live-get="/">%d elsewhere</p>
			<form id="form" data-live="edit" data-live-get="/"><label for="words">Words</label> <textarea id="words"></textarea><p id="state">%d edits</p></form>
			<p>Unread: <span id="unread" data-live-count="messages" hidden></span></p>
			<p id="news" data-live-offer="thread" data-live-one="1 new thread" data-live-many="{n} new threads" hidden></p>`, s.replies(), s.replies(), s.replies())
	})
	web.Get(r, "/replies/{id}", web.Public, "A reply", func(_ context.Context, _ int, in replyID) (replyID, error) { return in, nil },
		func(in replyID) templ.Component {
			return html(`<p class="reply" id="reply-%s">Reply %s</p>`, in.ID, in.ID)
		})
	options := web.Options{BodyLimit: 1 << 20, Timeout: 5 * time.Second, Log: slog.New(slog.DiscardHandler)}
	handle := (&web.App[int]{Options: options, Router: r, Gate: doorman{}}).Handler()
	server := web.Host(func(string) web.Handler { return handle }, options)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.origin = "http://" + l.Addr().String()
	go func() { _ = server.Listener(l) }()
	t.Cleanup(func() { _ = server.ShutdownWithTimeout(time.Second) })
	return s
}

func (s *thread) reply(id string) {
	s.happens(happening{ID: id, Event: "reply", Subject: id, About: "t1"})
}

func (s *thread) visit() *testkit.Tab {
	s.t.Helper()
	tab := testkit.Browser(s.t)
	tab.Goto(s.origin + "/")
	s.t.Cleanup(func() {
		if problems := tab.Problems(); len(problems) > 0 && !s.t.Failed() {
			s.t.Errorf("the page has problems: %v", problems)
		}
	})
	return tab
}

func TestAPageChangesInPlace(t *testing.T) {
	s := newThread(t)
	tab := s.visit()
	eventually(t, "it listens", func() bool { return s.hub.Open() == 1 })
	tab.Eval(`document.addEventListener('live:reply', e => { document.title = e.detail.id })`, nil)
	s.reply("1")
	tab.WaitText("#replies", "Reply 1")
	tab.WaitText("#total", "1 replies")
	tab.WaitText("#live-says", "A new reply.")
	if title := tab.Title(); title != "1" {
		t.Errorf("scripts are not told: %s", title)
	}
	if got := tab.Text("#other"); got != "0 elsewhere" {
		t.Errorf("what it is not about has changed: %s", got)
	}
	s.unread.Store(3)
	s.happens(happening{Event: "counts"})
	tab.WaitText("#unread", "3")
	s.unread.Store(0)
	s.happens(happening{Event: "counts"})
	tab.WaitGone("#unread")
	for _, subject := range []string{"a", "b", "a"} {
		s.happens(happening{Event: "thread", Subject: subject})
	}
	tab.WaitText("#news", "2 new threads")
	if breaches := tab.Axe(); len(breaches) > 0 {
		t.Errorf("not for everybody: %v", breaches)
	}
}

func TestWhatSomebodyWritesIsNotReplacedWhileTheyWrite(t *testing.T) {
	s := newThread(t)
	tab := s.visit()
	eventually(t, "it listens", func() bool { return s.hub.Open() == 1 })
	tab.Fill("#words", "half a sentence")
	s.happens(happening{ID: "1", Event: "edit"})
	s.reply("2")
	tab.WaitText("#replies", "Reply 2")
	if got := tab.Value("#words"); got != "half a sentence" {
		t.Errorf("the words became %q", got)
	}
	tab.Eval(`document.activeElement.blur()`, nil)
	time.Sleep(time.Second)
	if got := tab.Value("#words"); got != "half a sentence" {
		t.Errorf("left alone, the words became %q", got)
	}
	tab.Fill("#words", "")
	tab.Eval(`document.activeElement.blur()`, nil)
	tab.WaitText("#state", "2 edits")
}

func TestAPageThatWasCutOffMissesNothingAndRepeatsNothing(t *testing.T) {
	s := newThread(t)
	s.reply("before the page")
	tab := s.visit()
	tab.WaitText("#replies", "Reply before the page") // its address says ?last=0: from the beginning
	for n := range 2 {
		s.cutOff()
		s.reply(fmt.Sprint("while away ", n))
		tab.WaitText("#replies", fmt.Sprint("Reply while away ", n))
	}
	s.reply("after")
	tab.WaitText("#replies", "Reply after")
	if got := strings.Join(tab.Texts(".reply"), ", "); got != "Reply before the page, Reply while away 0, Reply while away 1, Reply after" {
		t.Errorf("it shows %s", got)
	}
}

// cutOff ends the page's stream, as a node that stops does.
func (s *thread) cutOff() {
	s.t.Helper()
	opened := s.streams.Load()
	_ = (*s.conn.Load()).Close()
	eventually(s.t, "the page has come back", func() bool { return s.streams.Load() > opened && s.hub.Open() == 1 })
}

func TestAPageBehindAProxyThatCutsStreamsPolls(t *testing.T) {
	s := newThread(t)
	s.cut.Store(true)
	tab := s.visit()
	eventually(t, "it polls", func() bool { return s.polls.Load() >= 1 })
	s.reply("1")
	for range 3 { // the helper is patient for ten seconds, a poll comes after fifteen
		time.Sleep(2 * time.Second)
	}
	tab.WaitText("#replies", "Reply 1")
	if n := s.streams.Load(); n != 3 {
		t.Errorf("it tried %d streams", n)
	}
}

func TestAPageThatNobodySeesAnyMoreHoldsNoStream(t *testing.T) {
	s := newThread(t)
	tab := s.visit()
	eventually(t, "it listens", func() bool { return s.hub.Open() == 1 })
	tab.Eval(`dispatchEvent(new PageTransitionEvent('pagehide'))`, nil)
	eventually(t, "it has left", func() bool { return s.hub.Open() == 0 })
	s.reply("1")
	tab.Eval(`dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))`, nil)
	tab.WaitText("#replies", "Reply 1")
}
