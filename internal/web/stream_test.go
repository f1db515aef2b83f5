package web_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
)

// station serves streams over real connections, behind web.Host.
type station struct {
	t       *testing.T
	address string
	left    chan struct{} // whenever a listener has left
	mu      sync.Mutex
	log     bytes.Buffer
}

func (s *station) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(line)
}

func (s *station) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// unit is a gate whose unit of work shows in the context.
type unit struct{ door }

type insideKey struct{}

func (u *unit) Enter(ctx context.Context, r *web.Request, fn func(context.Context, string) error) error {
	return fn(context.WithValue(ctx, insideKey{}, true), "scope")
}

func (s *station) tune(_ context.Context, _ string, in since) (web.Live[news], error) {
	if in.Name == "closed" {
		return web.Live[news]{}, fault.New(fault.Forbidden, "Not for you.")
	}
	return web.Live[news]{
		Missed: func(ctx context.Context) (news, error) {
			if ctx.Value(insideKey{}) == nil {
				s.t.Error("what was missed is read outside the unit of work")
			}
			if in.Name == "broken" {
				return news{}, fault.Missing()
			}
			return news{[]string{"since " + in.Last}}, nil
		},
		Serve: func(conn net.Conn) {
			if in.Name == "panic" {
				panic("secret cause")
			}
			_, _ = io.WriteString(conn, "data: "+in.Name+" since "+in.Last+"\n\n")
			_, _ = conn.Read(make([]byte, 1))
			_ = conn.Close()
			s.left <- struct{}{}
		},
	}, nil
}

func onAir(t *testing.T) *station {
	t.Helper()
	s := &station{t: t, left: make(chan struct{}, 10)}
	r := web.NewRouter[string]()
	web.Stream(r, "/news/{name}", "news.read", "What is new", s.tune)
	options := web.Options{BodyLimit: 1 << 20, Timeout: time.Minute, Log: slog.New(slog.NewTextHandler(s, nil))}
	app := &web.App[string]{Options: options, Router: r, Gate: &unit{}}
	handle := app.Handler()
	server := web.Host(func(string) web.Handler { return handle }, options)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = listener.Addr().String()
	go func() { _ = server.Listener(listener) }()
	t.Cleanup(func() { _ = server.ShutdownWithTimeout(time.Second) })
	return s
}

func (s *station) ask(method, path string, headers ...string) *http.Response {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, "http://"+s.address+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

func (s *station) leaves(within time.Duration) bool {
	select {
	case <-s.left:
		return true
	case <-time.After(within):
		return false
	}
}

var events = []string{"Accept", "text/event-stream", "Accept-Encoding", "gzip, br"}

func TestAStreamIsServedAsLongAsSomebodyListens(t *testing.T) {
	s := onAir(t)
	got := s.ask("GET", "/news/willow?last=5", events...)
	for name, want := range map[string]string{
		"Content-Type": "text/event-stream", "X-Accel-Buffering": "no", "Cache-Control": "private, no-store",
		"X-Content-Type-Options": "nosniff", "Content-Encoding": "", "Content-Length": "",
	} {
		if got.Header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.Header.Get(name), want)
		}
	}
	if !strings.Contains(got.Header.Get("Content-Security-Policy"), "default-src 'none'") || got.Header.Get("X-Request-Id") == "" {
		t.Errorf("headers of every answer are missing: %v", got.Header)
	}
	if line, err := bufio.NewReader(got.Body).ReadString('\n'); got.StatusCode != 200 || line != "data: willow since 5\n" {
		t.Errorf("%d %q %v", got.StatusCode, line, err)
	}
	if s.leaves(300 * time.Millisecond) {
		t.Fatal("it ended by itself")
	}
	// The server serves others meanwhile, and other buffers are used again.
	for range 20 {
		_ = s.ask("GET", "/news/other", "Accept", "application/json").Body.Close()
	}
	_ = got.Body.Close()
	if !s.leaves(time.Minute) {
		t.Error("nobody noticed that the listener left")
	}
	if n := strings.Count(s.logged(), `route=/news/:name status=200`); n != 21 {
		t.Errorf("%d lines in the access log:\n%s", n, s.logged())
	}
}

func TestWhoDoesNotAskForEventsGetsWhatWasMissed(t *testing.T) {
	s := onAir(t)
	for name, headers := range map[string][]string{
		"json": {"Accept", "application/json"}, "anything": {"Accept", "*/*"}, "a page": {"Accept", "text/html"}, "a client": {"Authorization", "Bearer x"},
	} {
		got := s.ask("GET", "/news/willow?last=5", headers...)
		body, err := io.ReadAll(got.Body)
		if got.StatusCode != 200 || string(body) != `{"lines":["since 5"]}` || err != nil {
			t.Errorf("%s: %d %s %v", name, got.StatusCode, body, err)
		}
	}
}

func TestAClientWithATokenMayListen(t *testing.T) {
	got := onAir(t).ask("GET", "/news/willow", append(events, "Authorization", "Bearer x")...)
	if kind := got.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Errorf("it gets %s", kind)
	}
}

func TestTheLastEventOfTheHeaderIsNewerThanThatOfTheAddress(t *testing.T) {
	got := onAir(t).ask("GET", "/news/willow?last=5", append(events, "Last-Event-ID", "7")...)
	if line, err := bufio.NewReader(got.Body).ReadString('\n'); line != "data: willow since 7\n" {
		t.Errorf("%q %v", line, err)
	}
}

func TestARefusedStreamIsAnErrorLikeAnyOther(t *testing.T) {
	s := onAir(t)
	for path, status := range map[string]int{"/news/closed": 403, "/news/willow?last=" + strings.Repeat("x", 21): 422, "/news": 404} {
		for _, accept := range []string{"text/event-stream", "application/json"} {
			if got := s.ask("GET", path, "Accept", accept); got.StatusCode != status || got.Header.Get("Content-Type") != "application/problem+json" && status != 404 {
				t.Errorf("%s as %s: %d %s", path, accept, got.StatusCode, got.Header.Get("Content-Type"))
			}
		}
	}
	if got := s.ask("GET", "/news/broken", "Accept", "application/json"); got.StatusCode != 404 {
		t.Errorf("what cannot be read: %d", got.StatusCode)
	}
}

func TestAHeadRequestOpensNoStream(t *testing.T) {
	s := onAir(t)
	got := s.ask("HEAD", "/news/willow", events...)
	if got.StatusCode != 200 || got.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
	_ = got.Body.Close()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	if s.leaves(300 * time.Millisecond) {
		t.Error("a stream was opened")
	}
}

func TestAPanicInAStreamEndsThatStreamAlone(t *testing.T) {
	s := onAir(t)
	if body, err := io.ReadAll(s.ask("GET", "/news/panic", events...).Body); len(body) > 0 || err != nil {
		t.Errorf("%q %v", body, err)
	}
	if got := s.ask("GET", "/news/willow", "Accept", "application/json"); got.StatusCode != 200 {
		t.Errorf("afterwards: %d", got.StatusCode)
	}
	if !strings.Contains(s.logged(), "secret cause") {
		t.Error("nobody is told")
	}
}

func TestAStreamIsDescribedWithBothItsFaces(t *testing.T) {
	op := at(document(t), "paths", "/news/{name}", "get")
	content := at(op, "responses", "200", "content")
	if at(content, "application/json", "schema", "$ref") != "#/components/schemas/news" || at(content, "text/event-stream", "schema", "type") != "string" {
		t.Errorf("content: %v", content)
	}
	var in []string
	for _, parameter := range at(op, "parameters").([]any) {
		in = append(in, at(parameter, "in").(string)+" "+at(parameter, "name").(string))
	}
	if got := strings.Join(in, ", "); got != "path name, query last, header Last-Event-ID" {
		t.Errorf("parameters: %s", got)
	}
}
