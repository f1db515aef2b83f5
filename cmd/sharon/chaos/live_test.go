package chaos

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A page holds a stream of the service open, and comes back when it ends, as
// live.js does.
type page struct {
	*fleet
	mu    sync.Mutex
	heard map[string]int // replies
	ended int            // streams
}

// A signal is what a page is told.
type signal struct{ ID, Event, Subject string }

// opens has the member look at a page, whose streams go to the nodes in turn.
func (m member) opens(nodes ...*node) *page {
	m.fleet.Helper()
	p := &page{fleet: m.fleet, heard: map[string]int{}}
	var listening sync.WaitGroup
	ctx, stop := context.WithCancel(m.fleet.Context())
	m.fleet.Cleanup(func() { stop(); listening.Wait() })
	first := make(chan struct{})
	listening.Go(func() {
		last, opened := "", sync.OnceFunc(func() { close(first) })
		for n := 0; ctx.Err() == nil; n++ {
			if body, err := m.listen(ctx, nodes[n%len(nodes)], last); err == nil {
				last = p.read(body, last, opened)
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	})
	<-first
	return p
}

// listen asks for a stream from an event on.
func (m member) listen(ctx context.Context, at *node, last string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+at.addr+"/willow/stream?last="+last, nil)
	if err != nil {
		return nil, err
	}
	request.Host = m.host
	request.Header.Set("Accept", "text/event-stream")
	request.Header.Set("Authorization", "Bearer "+m.token)
	response, err := http.DefaultTransport.RoundTrip(request) // without the client's timeout
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		_ = response.Body.Close()
		return nil, refused{status: response.StatusCode}
	}
	return response.Body, nil
}

// read takes what comes until the stream ends, and returns the last event's id.
func (p *page) read(body io.ReadCloser, last string, opened func()) string {
	defer func() { _ = body.Close() }()
	for lines := bufio.NewScanner(body); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "retry:") { // written once the stream is subscribed
			opened()
		}
		var one signal
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok || json.Unmarshal([]byte(data), &one) != nil {
			continue
		}
		last = one.ID
		if one.Event == "posts.replied" {
			p.mu.Lock()
			p.heard[one.Subject]++
			p.mu.Unlock()
		}
	}
	p.mu.Lock()
	p.ended++
	p.mu.Unlock()
	return last
}

func (p *page) has(reply string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.heard[reply] > 0
}

// settled is when a node that has just started tells its pages to come back:
// before it heard the others they may have missed something.
const settled = 3 * time.Second

// soon fails unless most of what was waited for came within a second. What is amiss
// delays all of it, a busy machine one or another.
func (f *fleet) soon(took []time.Duration) {
	f.Helper()
	if slices.Sort(took); took[len(took)/2] > time.Second {
		f.Errorf("half of the replies took %v and longer to be heard", took[len(took)/2])
	}
}

func TestWhatHappensAtOneNodeIsHeardAtAllWithinASecond(t *testing.T) {
	t.Parallel()
	f := onPostgres(t, 3, 2)
	writer, reader, other := f.member("trust-01", 1), f.member("trust-01", 2), f.member("trust-02", 2)
	thread := writer.thread("Awake again")
	time.Sleep(settled)
	var ours, others []*page
	var took []time.Duration
	for _, n := range f.web {
		ours, others = append(ours, reader.opens(n)), append(others, other.opens(n))
	}
	for _, n := range f.web {
		for range 5 {
			reply, err := writer.reply(n, thread, "", "Kettle is on.")
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range ours {
				took = append(took, f.within(time.Minute, "a reply was not heard", func() bool { return p.has(reply) }))
			}
		}
	}
	f.soon(took)
	for _, p := range append(ours, others...) {
		p.mu.Lock()
		if p.ended > 0 {
			t.Error("a stream ended, though nothing was amiss")
		}
		p.mu.Unlock()
	}
	for _, p := range others {
		if len(p.heard) > 0 {
			t.Errorf("the other trust heard of %v", p.heard)
		}
	}
}

// Whoever opens streams and never reads them costs the others nothing, and is
// hung up on.
func TestAStreamThatNobodyReadsDelaysNobody(t *testing.T) {
	t.Parallel()
	f := onSQLite(t)
	writer, reader, deaf := f.member("trust-01", 1), f.member("trust-01", 2), f.member("trust-01", 3)
	thread := writer.thread("Awake again")
	var unread []net.Conn
	for range 20 {
		unread = append(unread, deaf.calls(f.web[0]))
	}
	p := reader.opens(f.web[0])
	var took []time.Duration
	for range 600 {
		reply, err := writer.reply(f.web[0], thread, "", "Kettle is on.")
		if err != nil {
			t.Fatal(err)
		}
		took = append(took, f.within(time.Minute, "a reply was not heard", func() bool { return p.has(reply) }))
	}
	f.soon(took)
	patience := time.Now().Add(10 * time.Second)
	for _, conn := range unread {
		_ = conn.SetReadDeadline(patience)
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("a stream that nobody read is still held")
		}
	}
}

// calls asks for a stream over a connection that has room for next to nothing.
func (m member) calls(at *node) net.Conn {
	m.fleet.Helper()
	small := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
		var refused error
		err := raw.Control(func(fd uintptr) {
			refused = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4<<10)
		})
		return errors.Join(err, refused)
	}}
	conn, err := small.DialContext(m.fleet.Context(), "tcp", at.addr)
	if err == nil {
		m.fleet.Cleanup(func() { _ = conn.Close() })
		_, err = fmt.Fprintf(conn, "GET /willow/stream HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\nAuthorization: Bearer %s\r\n\r\n", m.host, m.token)
	}
	if err != nil {
		m.fleet.Fatal(err)
	}
	return conn
}
