// Package realtime delivers messages to the streams (server-sent events) that
// browsers hold open: those of this node and, through a Bus, of all others. It
// knows nothing of the domain.
//
// There is one way back for everything. A stream that may have missed a message
// (its reader was too slow, the bus was interrupted, the node stops) is ended.
// The browser comes back with the id of the last event that it was shown, and
// what it missed is read from the database.
package realtime

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"sync"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
)

// Reader is somebody who holds a stream open.
type Reader[T any] interface {
	// Key says which messages come near it at all. It never changes.
	Key() string
	// Wants tells whether a message is for this reader. It is asked for every
	// message of the key and every stream, so it must not leave the memory.
	Wants(T) bool
}

// Missed reads what was published to a key since the last event that each of these
// readers' browsers was shown. It is called once their streams get live messages, so
// that nothing falls between. What it gives may overlap with them: see Frame.ID. One
// call is for all who came meanwhile, because after a restart that is everybody.
type Missed[T, R any] func(ctx context.Context, key string, readers []R) (func(R) []T, error)

// Limits keep one stream from costing the others anything.
type Limits struct {
	Queue     int           // frames that wait for one reader; one more ends its stream
	Write     time.Duration // how long one write may take
	Heartbeat time.Duration // between two signs of life
	Age       time.Duration // how old a stream gets, give or take an eighth
	Retry     time.Duration // how long a browser waits before it comes back, up to twice as long
	Spread    time.Duration // over which all streams are ended after an interruption
	Missed    time.Duration // how long Missed may take
	Missing   int           // for how many keys it is asked at once: the pages need the database too
}

// Usual are the limits of a server.
func Usual() Limits {
	return Limits{Queue: 64, Write: 5 * time.Second, Heartbeat: 15 * time.Second, Age: 45 * time.Minute,
		Retry: time.Second, Spread: 2 * time.Second, Missed: 10 * time.Second, Missing: 8}
}

// Hub holds the streams of this node. T is what is published; other nodes get
// it as JSON.
type Hub[T any, R Reader[T]] struct {
	bus    Bus
	frame  func(T) Frame
	missed Missed[T, R]
	limits Limits
	log    *slog.Logger
	age    func() time.Duration // since the hub began

	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	work    sync.WaitGroup // every goroutine of the hub
	missing chan struct{}  // a place for each Missed that runs
	gap     chan struct{}  // the bus may have lost something

	mu      sync.RWMutex
	closed  bool
	opened  int // streams ever
	streams map[string]map[*stream[T, R]]struct{}

	asking sync.Mutex
	asks   map[string]*ask[T, R] // the next for each key where somebody waits or one runs
}

// NewHub makes a hub that ends with Close. frame forms a message for browsers,
// once for all streams of this node.
func NewHub[T any, R Reader[T]](bus Bus, frame func(T) Frame, missed Missed[T, R], limits Limits, log *slog.Logger) *Hub[T, R] {
	ctx, stop := context.WithCancel(context.Background()) //nolint:gosec // Close calls stop
	h := &Hub[T, R]{
		bus: bus, frame: frame, missed: missed, limits: limits, log: log, age: clock.Stopwatch(), ctx: ctx, stop: stop,
		missing: make(chan struct{}, limits.Missing), gap: make(chan struct{}, 1),
		streams: map[string]map[*stream[T, R]]struct{}{}, asks: map[string]*ask[T, R]{},
	}
	h.start(h.beat)
	h.start(h.restart)
	h.start(func() { bus.Listen(ctx, h.hear, h.interrupted) })
	return h
}

type envelope struct {
	Key     string          `json:"k"`
	Message json.RawMessage `json:"m"`
}

// Publish gives a message to the streams of the key that want it, on every
// node once. It does not wait for readers, and hardly for a bus that is out of
// reach: those who missed it then will read it from the database. The error is
// that of a message that is no JSON.
func (h *Hub[T, R]) Publish(ctx context.Context, key string, t T) error {
	raw, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	payload, err := json.Marshal(envelope{key, raw})
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	h.deliver(key, t)
	h.bus.Publish(ctx, payload)
	return nil
}

// hear takes what another node published.
func (h *Hub[T, R]) hear(payload []byte) {
	var e envelope
	var t T
	err := json.Unmarshal(payload, &e)
	if err == nil && h.count(e.Key) == 0 {
		return
	}
	if err == nil {
		err = json.Unmarshal(e.Message, &t)
	}
	if err != nil {
		h.log.Error("a message from another node cannot be read", slog.Any("cause", err))
		return
	}
	h.deliver(e.Key, t)
}

func (h *Hub[T, R]) deliver(key string, t T) {
	defer h.recovered()
	h.mu.RLock()
	defer h.mu.RUnlock()
	var event *event
	for s := range h.streams[key] {
		if !s.wants(t) {
			continue
		}
		if event == nil {
			event = h.frame(t).event()
		}
		s.offer(event)
	}
}

// Serve sends a reader's messages over a connection whose response head has
// been written. It owns the connection and returns when the stream has ended.
func (h *Hub[T, R]) Serve(conn net.Conn, reader R) {
	defer func() { _ = conn.Close() }()
	defer h.recovered()
	s := &stream[T, R]{hub: h, conn: conn, reader: reader, key: reader.Key(), writing: true}
	if h.add(s) {
		defer h.remove(s)
		s.run()
	}
}

func (h *Hub[T, R]) add(s *stream[T, R]) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.work.Add(1)
	h.opened++
	s.slot = h.opened % beats
	s.admitted = h.age()
	s.ends = s.admitted + about(h.limits.Age)
	if h.streams[s.key] == nil {
		h.streams[s.key] = map[*stream[T, R]]struct{}{}
	}
	h.streams[s.key][s] = struct{}{}
	return true
}

func (h *Hub[T, R]) remove(s *stream[T, R]) {
	h.mu.Lock()
	defer h.mu.Unlock()
	defer h.work.Done()
	delete(h.streams[s.key], s)
	if len(h.streams[s.key]) == 0 {
		delete(h.streams, s.key)
	}
}

// Open counts the streams of this node.
func (h *Hub[T, R]) Open() (open int) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, streams := range h.streams {
		open += len(streams)
	}
	return open
}

func (h *Hub[T, R]) count(key string) int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return len(h.streams[key])
}

// Close ends all streams and returns when nothing of the hub runs any more.
func (h *Hub[T, R]) Close() {
	h.mu.Lock()
	h.closed = true
	for _, streams := range h.streams {
		for s := range streams {
			s.end()
		}
	}
	h.mu.Unlock()
	h.stop()
	h.work.Wait()
}

// start runs fn in a goroutine that Close waits for. It may be called only
// while another one runs, or before there are any.
func (h *Hub[T, R]) start(fn func()) {
	h.work.Add(1)
	go func() {
		defer h.work.Done()
		defer h.recovered()
		fn()
	}()
}

// recovered keeps a panic from taking the other streams with it.
func (h *Hub[T, R]) recovered() {
	if panicked := recover(); panicked != nil {
		h.log.Error("panic in a stream", slog.Any("cause", panicked), slog.String("stack", string(debug.Stack())))
	}
}

// wait tells whether the hub is still there after d.
func (h *Hub[T, R]) wait(d time.Duration) bool {
	select {
	case <-h.ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
