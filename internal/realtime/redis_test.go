package realtime_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/sharon-nhs/sharon/internal/realtime"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

// nodes are hubs that share one Redis, all of which listen.
func nodes(t *testing.T, url string, n int) (hubs []*hub) {
	t.Helper()
	for range n {
		hubs = append(hubs, node(t, url))
	}
	calm(t, url, hubs)
	return hubs
}

func node(t *testing.T, url string) *hub {
	t.Helper()
	bus, err := realtime.NewRedis(url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	bus.Silence = 4 * time.Second
	t.Cleanup(func() { _ = bus.Close() })
	return newHub(t, bus, quick())
}

// wire is a way to Redis whose connections can fall silent without an end, as
// when a machine is gone.
type wire struct {
	url string
	mu  sync.Mutex
	far []net.Conn
}

func newWire(t *testing.T, url string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	w := &wire{url: "redis://" + l.Addr().String() + "/0"}
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(url, "redis://"), "/0"))
			if err != nil {
				return
			}
			w.mu.Lock()
			w.far = append(w.far, far)
			w.mu.Unlock()
			go func() { _, _ = io.Copy(far, near) }()
			go func() { _, _ = io.Copy(near, far) }()
			t.Cleanup(func() { _, _ = near.Close(), far.Close() })
		}
	}()
	return w
}

// silence cuts the far ends only; new connections work.
func (w *wire) silence() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, far := range w.far {
		_ = far.Close()
	}
}

func TestAConnectionThatFellSilentIsNoticed(t *testing.T) {
	url := testkit.Redis(t)
	w := newWire(t, url)
	hubs := []*hub{node(t, url), node(t, w.url)}
	calm(t, url, hubs)
	b := open(t, hubs[1], &listener{})
	w.silence()
	say(t, hubs[0], "", word{ID: "1", Text: "unheard"})
	b.mustEnd()
	calm(t, url, hubs)
	b = open(t, hubs[1], &listener{})
	say(t, hubs[0], "", word{ID: "2", Text: "heard"})
	want(t, b.words(1), "2 heard")
}

// calm waits until all nodes listen and the interruptions are over, of which
// each node tells on its own, and the first of which is that it began.
func calm(t *testing.T, url string, hubs []*hub) {
	t.Helper()
	c := dial(t, url)
	eventually(t, "all nodes listen", func() bool {
		found, err := c.PubSubNumSub(context.Background(), "sharon:realtime:0").Result()
		return err == nil && found["sharon:realtime:0"] == int64(len(hubs))
	})
	for _, h := range hubs {
		eventually(t, "a stream stays", func() bool {
			b := open(t, h, &listener{key: "calm"})
			time.Sleep(time.Second)
			defer func() { _ = b.conn.Close() }()
			for {
				select {
				case _, going := <-b.lines:
					if !going {
						return false
					}
				default:
					return true
				}
			}
		})
	}
}

func dial(t *testing.T, url string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(options)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestAMessageIsSeenOnceOnEveryNode(t *testing.T) {
	hubs := nodes(t, testkit.Redis(t), 3)
	var browsers []*browser
	for _, h := range hubs {
		browsers = append(browsers, open(t, h, &listener{key: "willow"}))
	}
	elsewhere := open(t, hubs[1], &listener{key: "harbour"})
	say(t, hubs[0], "willow", word{ID: "1", Text: "one\ntwo"})
	say(t, hubs[0], "harbour", word{ID: "2", Text: "there"})
	say(t, hubs[0], "willow", word{ID: "3", Text: "end"})
	for _, b := range browsers {
		want(t, b.words(3), "1 one, two, 3 end")
	}
	want(t, elsewhere.words(1), "2 there")
}

func TestRedisThatIsGoneHoldsUpNobodyAndItsReturnSendsAllToTheDatabase(t *testing.T) {
	server := testkit.StartRedis(t)
	hubs := nodes(t, server.URL(), 2)
	var missed atomic.Int32
	l := &listener{missed: func(context.Context) ([]word, error) {
		if missed.Add(1) <= 2 {
			return nil, nil
		}
		return []word{{ID: "1", Text: "while it was gone"}}, nil
	}}
	here, there := open(t, hubs[0], l), open(t, hubs[1], l)
	server.Kill()
	began := time.Now()
	for range 50 {
		say(t, hubs[0], "", word{ID: "1", Text: "while it was gone"})
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("50 messages without Redis took %s", took)
	}
	want(t, here.words(1), "1 while it was gone")
	server.Restart()
	here.mustEnd()
	there.mustEnd()
	calm(t, server.URL(), hubs)
	again := open(t, hubs[1], l)
	want(t, again.words(1), "1 while it was gone")
	say(t, hubs[0], "", word{ID: "2", Text: "after"})
	want(t, again.words(1), "2 after")
}

// Redis takes nothing from one node, though the other hears it well.
func TestANodeThatCouldNotPublishTellsTheOthersWhenItCan(t *testing.T) {
	url := testkit.Redis(t)
	hubs := nodes(t, url, 2)
	there := open(t, hubs[1], &listener{})
	if err := dial(t, url).Do(context.Background(), "CLIENT", "PAUSE", "6000", "WRITE").Err(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	say(t, hubs[0], "", word{ID: "1", Text: "lost"})
	say(t, hubs[0], "", word{ID: "2", Text: "lost"})
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("a Redis that does not answer held the caller for %s", took)
	}
	there.mustEnd()
}

func TestRedisThatIsNotThereAtTheStartIsNoTrouble(t *testing.T) {
	server := testkit.StartRedis(t)
	server.Kill()
	bus, err := realtime.NewRedis(server.URL(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	h := newHub(t, bus, quick())
	b := open(t, h, &listener{})
	say(t, h, "", word{ID: "1", Text: "alone"})
	want(t, b.words(1), "1 alone")
	server.Restart()
	b.mustEnd()
	h.Close()
	if err := bus.Close(); err != nil {
		t.Error(err)
	}
}

func TestStrangersOnTheChannelAreIgnored(t *testing.T) {
	url := testkit.Redis(t)
	hubs := nodes(t, url, 1)
	b := open(t, hubs[0], &listener{})
	c := dial(t, url)
	for _, text := range []string{"", "x", "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000m", "00000000-0000-0000-0000-000000000000m{", `00000000-0000-0000-0000-000000000000m{"k":"","m":7}`} {
		if err := c.Publish(context.Background(), "sharon:realtime:0", text).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Publish(context.Background(), "sharon:realtime:0", `00000000-0000-0000-0000-000000000000m{"k":"","m":{"ID":"1","Text":"good"}}`).Err(); err != nil {
		t.Fatal(err)
	}
	want(t, b.words(1), "1 good")
}
