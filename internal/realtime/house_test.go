package realtime_test

import (
	"bufio"
	"context"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/realtime"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestMain(m *testing.M) {
	if address := os.Getenv(clientsOf); address != "" {
		listen(address)
	}
	testkit.Main(m)
}

// word is what these tests publish.
type word struct{ ID, To, Text string }

func frame(w word) realtime.Frame {
	if w.Text == "panic" {
		panic("a word that cannot be formed")
	}
	return realtime.Frame{ID: w.ID, Data: []byte(w.Text)}
}

// listener wants what is for everybody or for its name.
type listener struct {
	key, name string
	missed    func(context.Context) ([]word, error)
}

func (l *listener) Key() string { return l.key }

func (l *listener) Wants(w word) bool {
	if w.To == "panic:"+l.name {
		panic("a reader that cannot say")
	}
	return w.To == "" || w.To == l.name
}

// missed asks the listeners, one after the other.
func missed(ctx context.Context, _ string, all []*listener) (func(*listener) []word, error) {
	told := map[*listener][]word{}
	for _, l := range all {
		if l.missed == nil {
			continue
		}
		words, err := l.missed(ctx)
		if err != nil {
			return nil, err
		}
		told[l] = words
	}
	return func(l *listener) []word { return told[l] }, nil
}

type hub = realtime.Hub[word, *listener]

// quick are limits at which nothing but the test itself ends a stream.
func quick(change ...func(*realtime.Limits)) realtime.Limits {
	l := realtime.Usual()
	l.Spread = 100 * time.Millisecond
	for _, one := range change {
		one(&l)
	}
	return l
}

func newHub(t *testing.T, bus realtime.Bus, limits realtime.Limits) *hub {
	t.Helper()
	h := realtime.NewHub[word, *listener](bus, frame, missed, limits, slog.New(slog.DiscardHandler))
	t.Cleanup(h.Close)
	return h
}

func alone(t *testing.T, change ...func(*realtime.Limits)) *hub {
	t.Helper()
	return newHub(t, realtime.Local{}, quick(change...))
}

// browser is the other end of a stream.
type browser struct {
	t     *testing.T
	conn  net.Conn
	lines chan string // closed when the stream has ended
}

// pipe is a real connection.
func pipe(t *testing.T) (server, client net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if client, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return server, client
}

// open opens a stream and waits until it gets live messages.
func open(t *testing.T, h *hub, l *listener) *browser {
	t.Helper()
	server, client := pipe(t)
	go h.Serve(server, l)
	b := &browser{t: t, conn: client, lines: make(chan string, 10_000)}
	go func() {
		defer close(b.lines)
		for lines := bufio.NewScanner(client); lines.Scan(); {
			b.lines <- lines.Text()
		}
	}()
	if first := b.line(); !strings.HasPrefix(first, "retry: ") {
		t.Fatalf("the stream begins with %q", first)
	}
	return b
}

// line is the next that is not empty; "" if the stream ended.
func (b *browser) line() string {
	b.t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case line, ok := <-b.lines:
			if !ok {
				return ""
			}
			if line != "" {
				return line
			}
		case <-late:
			b.t.Fatal("nothing comes")
		}
	}
}

// words are the next n events as "id text", spaces between.
func (b *browser) words(n int) string {
	b.t.Helper()
	var got []string
	id := ""
	for len(got) < n {
		line := b.line()
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "id":
			id = value
		case "data":
			got = append(got, strings.TrimSpace(id+" "+value))
			id = ""
		case "":
			b.t.Fatalf("the stream ended after %q", got)
		}
	}
	return strings.Join(got, ", ")
}

func (b *browser) mustEnd() {
	b.t.Helper()
	for b.line() != "" {
	}
}

func say(t *testing.T, h *hub, key string, w word) {
	t.Helper()
	if err := h.Publish(context.Background(), key, w); err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 12_000 {
		if is() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}
