package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// An ear is an open stream.
type ear struct {
	*testing.T
	heard chan tenants.Signal // closed when the stream ends
	stop  context.CancelFunc
}

// listen opens a service's stream as a page does.
func (v *visitor) listen(service, last string) *ear {
	t := v.site.t
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	request := v.request(http.MethodGet, "/"+service+"/stream?last="+last, nil).WithContext(ctx)
	request.Header.Set("Accept", "text/event-stream")
	if v.bearer != "" {
		request.Header.Set("Authorization", "Bearer "+v.bearer)
	}
	response, err := v.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		t.Fatalf("stream: %d", response.StatusCode)
	}
	e := &ear{t, make(chan tenants.Signal, 100), stop}
	lines := bufio.NewScanner(response.Body)
	lines.Scan() // "retry:" is written once the stream is subscribed
	go func() {
		defer close(e.heard)
		defer func() { _ = response.Body.Close() }()
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var s tenants.Signal
				if json.Unmarshal([]byte(data), &s) == nil {
					e.heard <- s
				}
			}
		}
	}()
	return e
}

// hears waits for an event about a subject.
func (e *ear) hears(kind, subject string) tenants.Signal {
	e.Helper()
	for {
		select {
		case s, open := <-e.heard:
			if !open {
				e.Fatalf("the stream ended before %s", kind)
			}
			if s.Event == kind && s.Subject.String() == subject {
				return s
			}
		case <-time.After(time.Minute):
			e.Fatalf("%s of %s was not heard", kind, subject)
		}
	}
}

func (e *ear) hearsNothingOf(subject string) {
	e.Helper()
	for {
		select {
		case s, open := <-e.heard:
			if open && (s.Subject.String() == subject || s.About.String() == subject) {
				e.Fatalf("heard %s of it", s.Event)
			}
			if !open {
				return
			}
		case <-time.After(300 * time.Millisecond):
			return
		}
	}
}

func TestAReplyIsHeardAtOnceWhereItMayBeRead(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		thread := threadBy(hazel, "sleep-and-feeding", "Awake again")
		peer, otherService, otherTrust := fern.listen("willow", ""), s.over("admin@northmoor").listen("harbour", ""), s.over("lead.orchard@eastvale").listen("orchard", "")
		reply := replyBy(hazel, thread, "Kettle is on.")
		if heard := peer.hears("posts.replied", reply); heard.About.String() != thread {
			t.Errorf("about %s, want %s", heard.About, thread)
		}
		otherService.hearsNothingOf(reply)
		otherTrust.hearsNothingOf(reply)
	})
}

func TestWhatAnAudienceLeavesOutIsNotHeard(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, hazel := s.over("lead.willow@northmoor"), s.over("hazel.willow@northmoor")
		board := lead.sendJSON("/willow/forums/boards", map[string]any{"name": "Team", "audience": "staff", "who_may_post": "members"})
		if board.status != http.StatusOK {
			t.Fatalf("board: %d %s", board.status, board.body)
		}
		member, staff := hazel.listen("willow", ""), s.over("clinician.willow@northmoor").listen("willow", "")
		got := lead.sendJSON("/willow/forums/threads", map[string]string{"board": "team", "title": "Rota", "body": "Who is on?"})
		id := field(t, got, "id")
		staff.hears("posts.published", id)
		member.hearsNothingOf(id)
	})
}

func TestAStreamThatComesBackIsToldWhatItMissedAndOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		thread := threadBy(hazel, "sleep-and-feeding", "Awake again")
		stream := fern.listen("willow", "")
		last := stream.hears("posts.replied", replyBy(hazel, thread, "One"))
		stream.stop()
		missed := []string{replyBy(hazel, thread, "Two"), replyBy(hazel, thread, "Three")}
		again := fern.listen("willow", last.ID.String())
		for _, id := range missed {
			again.hears("posts.replied", id)
		}
		seen := map[uuid.UUID]int{}
		next := replyBy(hazel, thread, "Four")
		for {
			heard := <-again.heard
			seen[heard.ID]++
			if heard.Subject.String() == next {
				break
			}
		}
		for id, times := range seen {
			if times > 1 {
				t.Errorf("%s was told %d times", id, times)
			}
		}
	})
}

func TestAPollIsToldTheSame(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		thread := threadBy(hazel, "sleep-and-feeding", "Awake again")
		reply := replyBy(hazel, thread, "One")
		var heard tenants.Heard
		if got := fern.getJSON("/willow/stream", &heard); got.status != http.StatusOK {
			t.Fatalf("poll: %d %s", got.status, got.body)
		}
		for _, e := range heard.Events {
			if e.Subject.String() == reply {
				return
			}
		}
		t.Errorf("not told of the reply: %+v", heard)
	})
}

// before is an event's id of so long ago.
func before(ago time.Duration) string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(now.Add(-ago).UnixMilli())<<16)
	id[6], id[8] = 0x70, 0x80
	return id.String()
}

// much lets so many things happen in willow, seen by nobody's pages as they do.
func (s *site) much(n int) {
	s.t.Helper()
	outlet := s.app.Directory.Outlet
	s.app.Directory.Outlet = nil
	defer func() { s.app.Directory.Outlet = outlet }()
	err := s.app.Directory.WriteAs(s.t.Context(), s.northmoor(), "willow", func(ctx context.Context, in tenants.Scope) error {
		events := make([]tenants.Event, n)
		for i := range events {
			events[i] = tenants.Event{Subject: uuid.New(), Audience: tenants.AudienceService}
		}
		return in.EmitAll(ctx, tenants.Kind{Key: "test.much"}, events)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestAPageThatWasAwayForTooLongIsToldToLoadAnew(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		reply := replyBy(hazel, threadBy(hazel, "sleep-and-feeding", "Awake again"), "One")
		expect := func(what, last, mark string, replies bool) (next string) {
			t.Helper()
			var heard tenants.Heard
			if got := fern.getJSON("/willow/stream?last="+last, &heard); got.status != http.StatusOK {
				t.Fatalf("poll: %d %s", got.status, got.body)
			}
			told := slices.ContainsFunc(heard.Events, func(e tenants.Signal) bool { return e.Subject.String() == reply })
			n := len(heard.Events) - 1
			if heard.Events[n].Event != mark || told != replies || mark == "anew" && n > 0 {
				t.Errorf("%s: %d told before %s, of the reply: %v", what, n, heard.Events[n].Event, told)
			}
			stream := fern.listen("willow", last)
			stream.hears(mark, uuid.Nil.String())
			stream.stop()
			return heard.Events[n].ID.String()
		}
		expect("a new page", before(0), "here", true)
		expect("after an hour", before(59*time.Minute), "here", true)
		next := expect("after more than an hour", before(61*time.Minute), "anew", false)
		expect("once it was loaded", next, "here", true)
		s.much(10_001)
		expect("after more than 5,000 events", before(time.Minute), "anew", false)
		stream := fern.listen("willow", before(61*time.Minute)) // and what happens then it hears of
		stream.hears("posts.replied", replyBy(hazel, threadBy(hazel, "sleep-and-feeding", "And again"), "Two"))
	})
}

func TestCountsAloneComeWithoutEvents(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		juniper.begin("sparrow", "hello")
		var heard tenants.Heard
		if got := sparrow.getJSON("/willow/stream?counts=true&last="+before(time.Minute), &heard); got.status != http.StatusOK || len(heard.Events) != 0 || heard.Unread["messages"] != 1 {
			t.Errorf("%d %+v", got.status, heard)
		}
		if got := s.visit("northmoor").getJSON("/willow/stream?counts=true", nil); got.status != http.StatusUnauthorized {
			t.Errorf("a stranger's counts: %d", got.status)
		}
	})
}
