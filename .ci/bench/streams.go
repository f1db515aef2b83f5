package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// audience are open pages, and what they hear of replies.
type audience struct {
	site    *site
	pages   []*openPage
	stop    context.CancelFunc
	reading sync.WaitGroup
}

// openPage holds a stream, and comes back when it ends, as live.js does.
type openPage struct {
	who   session
	after time.Duration // how long a browser waits before it comes back
	last  []byte        // id of the last event

	mu    sync.Mutex
	open  bool
	heard map[string]time.Time // first time of each reply
}

// open opens a page for each of these sessions, a few at a time. Later they come
// back as they like.
func (s *site) open(sessions []session) (*audience, error) {
	ctx, stop := context.WithCancel(s.lab.ctx)
	a := &audience{site: s, stop: stop}
	opening := make(chan struct{}, connections)
	for _, who := range sessions {
		p := &openPage{who: who, after: time.Second, heard: map[string]time.Time{}}
		a.pages = append(a.pages, p)
		a.reading.Go(func() {
			opening <- struct{}{}
			first := sync.OnceFunc(func() { <-opening })
			for ctx.Err() == nil {
				_ = p.listen(ctx, s.addr, first) // how it ended does not matter: it comes back
				p.set(false)
				first()
				select {
				case <-ctx.Done():
				case <-time.After(p.after):
				}
			}
		})
	}
	_, err := a.allOpen()
	return a, err
}

func (a *audience) close() {
	a.stop()
	a.reading.Wait()
}

// allOpen waits until every page has its stream.
func (a *audience) allOpen() (time.Duration, error) {
	began := time.Now()
	for time.Since(began) < 2*time.Minute {
		if !slices.ContainsFunc(a.pages, func(p *openPage) bool { return !p.is() }) {
			return time.Since(began), nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return 0, fmt.Errorf("not all of %d streams are open after two minutes: are as many files allowed?", len(a.pages))
}

// listen reads one stream to its end. It calls opened once the stream stands.
func (p *openPage) listen(ctx context.Context, addr string, opened func()) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	head := "GET /" + p.who.service + "/stream?last=" + string(p.last) + " HTTP/1.1\r\nHost: " + p.who.host +
		"\r\nAccept: text/event-stream\r\nAuthorization: Bearer " + p.who.token + "\r\n\r\n"
	if _, err := conn.Write([]byte(head)); err != nil {
		return err
	}
	in := bufio.NewReaderSize(conn, 1<<10)
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if p.take(line) {
			opened()
		}
	}
}

// take reads a line and tells whether it is the first of a stream.
func (p *openPage) take(line []byte) (first bool) {
	if retry, ok := bytes.CutPrefix(line, []byte("retry: ")); ok {
		ms, _ := strconv.Atoi(string(bytes.TrimSpace(retry)))
		p.after = time.Duration(ms) * time.Millisecond
		p.set(true)
		return true
	}
	if id, ok := bytes.CutPrefix(line, []byte("id: ")); ok {
		p.last = append(p.last[:0], bytes.TrimSpace(id)...)
	}
	if _, rest, ok := bytes.Cut(line, []byte(`"event":"posts.replied","subject":"`)); ok && len(rest) >= 36 {
		p.mu.Lock()
		defer p.mu.Unlock()
		if reply := string(rest[:36]); p.heard[reply].IsZero() {
			p.heard[reply] = time.Now()
		}
	}
	return false
}

func (p *openPage) set(open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = open
}

func (p *openPage) is() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open
}

// said is a reply that was sent and accepted.
type said struct {
	thread thread
	id     string
	at     time.Time
}

// say sends replies, so many a second, until there are many or stop is closed.
func (w *workload) say(threads []thread, many int, every time.Duration, stop <-chan struct{}) ([]said, error) {
	var mu sync.Mutex
	var all []said
	var failed error
	var sending sync.WaitGroup
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 0; n < many; n++ {
		select {
		case <-stop:
			n = many
			continue
		case <-w.site.lab.ctx.Done():
			return nil, w.site.lab.ctx.Err()
		case <-tick.C:
		}
		at := threads[n%len(threads)]
		sending.Go(func() {
			began := time.Now()
			var done struct{ Post struct{ ID string } }
			err := w.site.api(at.who, http.MethodPost, at.path+"/replies", map[string]string{"body": words}, &done)
			mu.Lock()
			defer mu.Unlock()
			all, failed = append(all, said{at, done.Post.ID, began}), errors.Join(failed, err)
		})
	}
	sending.Wait()
	return all, failed
}

// delays are how long it took until each page of its service heard of each reply.
// What was not heard within a minute is missed.
func (a *audience) delays(replies []said) (took []time.Duration, missed int) {
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		took, missed = nil, 0
		for _, p := range a.pages {
			p.mu.Lock()
			for _, r := range replies {
				if p.who.host != r.thread.who.host || p.who.service != r.thread.who.service {
					continue
				}
				if heard, ok := p.heard[r.id]; ok {
					took = append(took, heard.Sub(r.at))
				} else {
					missed++
				}
			}
			p.mu.Unlock()
		}
		if missed == 0 || time.Now().After(deadline) {
			slices.Sort(took)
			return took, missed
		}
	}
}

// atMostEach judges a middle and a 99th percentile that should be small.
func atMostEach(key, name string, took []time.Duration, must, reach [2]time.Duration) figure {
	at := [2]time.Duration{took[len(took)/2], took[len(took)*99/100]}
	show := func(v [2]time.Duration, sign string) string {
		return fmt.Sprintf("p50 %s%s, p99 %s%s", sign, milliseconds(v[0]), sign, milliseconds(v[1]))
	}
	within := func(most [2]time.Duration) bool { return at[0] <= most[0] && at[1] <= most[1] }
	return figure{key: key, name: name, value: show(at, ""), must: show(must, "≤ "), reach: show(reach, "≤ "), verdict: verdict(within(must), within(reach))}
}

const live = 200 // replies a second, as the target has it

// hearing measures how soon readers hear of replies, while many are written.
func (w *workload) hearing() (figure, error) {
	w.site.lab.say("%d replies a second, heard by %d pages", live, len(w.site.sessions))
	a, err := w.site.open(w.site.sessions)
	if err != nil {
		return figure{}, err
	}
	defer a.close()
	began := time.Now()
	replies, err := w.say(w.open, 10*live, time.Second/live, nil)
	if err != nil {
		return figure{}, err
	}
	rate := float64(len(replies)) / time.Since(began).Seconds()
	took, missed := a.delays(replies)
	if missed > 0 || len(took) == 0 {
		return figure{}, fmt.Errorf("%d times a reply was not heard", missed)
	}
	return atMostEach("live", fmt.Sprintf("from sending a reply to the reader's stream, %.0f replies/s, PostgreSQL", rate), took,
		[2]time.Duration{100 * time.Millisecond, 500 * time.Millisecond}, [2]time.Duration{20 * time.Millisecond, 150 * time.Millisecond}), nil
}

// listeners are the members who hold many streams.
const listeners = 10

// holding measures many streams of one service on one process: what they take,
// how soon all hear of one event, and that none misses one when all come back.
func (w *workload) holding(streams int) ([]figure, error) {
	s := w.site
	who := w.open[0].who
	threads := slices.DeleteFunc(slices.Clone(w.open), func(t thread) bool { return t.who.host != who.host || t.who.service != who.service })
	trust, _, _ := strings.Cut(who.host, ".")
	members := make([]session, listeners)
	for i := range members {
		var err error
		if members[i], err = s.enter(place{trust, who.service}, i+1); err != nil {
			return nil, err
		}
	}
	if err := s.restart(); err != nil { // what signing in takes is not the streams'
		return nil, err
	}
	for range 200 { // nor is what a server has that has begun to work
		if _, err := s.get(who.host, "/"+who.service, map[string]string{"Accept": "text/html", "Cookie": "sharon=" + who.token}); err != nil {
			return nil, err
		}
	}
	before, err := residentMemory(s.server)
	if err != nil {
		return nil, err
	}
	s.lab.say("opening %d streams on one process", streams)
	sessions := make([]session, streams)
	for i := range sessions {
		sessions[i] = members[i%len(members)]
	}
	a, err := s.open(sessions)
	if err != nil {
		return nil, err
	}
	defer a.close()
	time.Sleep(5 * time.Second)
	after, err := residentMemory(s.server)
	if err != nil {
		return nil, err
	}
	many := thousands(streams)
	figures := []figure{atMost("streams-memory", many+" streams on one process: resident memory each", float64(after-before)/float64(streams), 15e3, 10e3, kilobytes)}

	replies, err := w.say(threads, 20, time.Second, nil)
	if err != nil {
		return nil, err
	}
	took, missed := a.delays(replies)
	if missed > 0 {
		return nil, fmt.Errorf("%d times a reply was not heard", missed)
	}
	figures = append(figures, atMostEach("streams-event", "one reply to all "+many+" streams", took,
		[2]time.Duration{250 * time.Millisecond, 250 * time.Millisecond}, [2]time.Duration{130 * time.Millisecond, 130 * time.Millisecond}))

	s.lab.say("killing the server: all come back at once")
	if err := s.restart(); err != nil {
		return nil, err
	}
	back, said := make(chan struct{}), make(chan error, 1)
	go func() {
		var err error
		replies, err = w.say(threads, 1e6, 200*time.Millisecond, back)
		said <- err
	}()
	returned, err := a.allOpen()
	close(back)
	if err := errors.Join(err, <-said); err != nil {
		return nil, err
	}
	took, missed = a.delays(replies)
	return append(figures, figure{
		key: "streams-storm", name: "all " + many + " come back at once to a server that was killed, while replies are written",
		value: fmt.Sprintf("all back after %s, the last reply heard after %s, %d of %s missed", seconds(returned.Seconds()), seconds(took[len(took)-1].Seconds()), missed, thousands(len(took)+missed)),
		must:  "0 missed", reach: "0 missed", verdict: verdict(missed == 0, missed == 0),
	}), nil
}
