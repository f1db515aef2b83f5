package realtime

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
)

// stream is one open connection. One goroutine waits for its end, with as small
// a stack as there is; another lives while there is something to write.
type stream[T any, R Reader[T]] struct {
	hub      *Hub[T, R]
	conn     net.Conn
	reader   R
	key      string
	slot     int           // which of the hub's beats is its own
	admitted time.Duration // when it was last known that the reader may stay; Watch alone uses it after the start
	ends     time.Duration // when it will be too old

	mu      sync.Mutex
	queue   []*event
	writing bool

	// Of the one who writes: ids that Missed gave, which may come again as live
	// messages that were on their way.
	shown map[string]struct{}
	until time.Duration
}

// overlap is how long a message may be on its way between its commit and here.
const overlap = time.Minute

// sendBuffer is what the kernel may hold for one reader, in bytes. A reader
// that does not read is noticed after that much.
const sendBuffer = 32 << 10

// run returns when the browser has left or the stream was ended.
func (s *stream[T, R]) run() {
	if tcp, ok := s.conn.(interface{ SetWriteBuffer(int) error }); ok {
		_ = tcp.SetWriteBuffer(sendBuffer)
	}
	s.hub.start(s.begin)
	// A browser sends nothing here: whatever comes, even a byte, is the end.
	_, _ = s.conn.Read(make([]byte, 1))
}

func (s *stream[T, R]) end() { _ = s.conn.Close() }

// wants asks the reader, whose panic is its own.
func (s *stream[T, R]) wants(t T) (yes bool) {
	defer func() {
		if panicked := recover(); panicked != nil {
			s.hub.log.Error("panic in a stream", slog.Any("cause", panicked))
			s.end()
		}
	}()
	return s.reader.Wants(t)
}

// offer puts an event into the queue; a stream whose queue is full is ended.
func (s *stream[T, R]) offer(e *event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) >= s.hub.limits.Queue {
		s.end()
		return
	}
	s.queue = append(s.queue, e)
	if !s.writing {
		s.writing = true
		s.hub.start(s.flush)
	}
}

// begin is the start of a stream: what was missed, then what came meanwhile.
func (s *stream[T, R]) begin() {
	healthy := false
	defer func() {
		if !healthy { // also after a panic
			s.end()
		}
	}()
	retry := s.hub.limits.Retry + upTo(s.hub.limits.Retry)
	if s.write(fmt.Appendf(nil, "retry: %d\n\n", retry.Milliseconds())) != nil {
		return
	}
	missed, err := s.hub.missedBy(s.key, s.reader)
	if err != nil {
		s.hub.log.Warn("what a stream missed cannot be read", slog.Any("cause", err))
		return
	}
	var text bytes.Buffer
	for _, t := range missed {
		e := s.hub.frame(t).event()
		if s.repeated(e) {
			continue
		}
		if s.shown == nil {
			s.shown = map[string]struct{}{}
		}
		s.shown[e.id] = struct{}{}
		text.Write(e.text)
	}
	s.until = s.hub.age() + overlap
	if text.Len() > 0 && s.write(text.Bytes()) != nil {
		return
	}
	healthy = true
	s.flush()
}

// flush writes until the queue is empty.
func (s *stream[T, R]) flush() {
	for {
		s.mu.Lock()
		batch := s.queue
		s.queue = nil
		s.writing = len(batch) > 0
		s.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		if s.shown != nil && s.hub.age() > s.until {
			s.shown = nil
		}
		texts := make([][]byte, 0, len(batch))
		for _, e := range batch {
			if !s.repeated(e) {
				texts = append(texts, e.text)
			}
		}
		if err := s.write(texts...); err != nil {
			s.end()
			return // still "writing": nobody else begins
		}
	}
}

func (s *stream[T, R]) repeated(e *event) bool {
	_, repeated := s.shown[e.id]
	return repeated && e.id != ""
}

func (s *stream[T, R]) write(texts ...[]byte) error {
	if len(texts) == 0 {
		return nil
	}
	text := texts[0] // shared with other streams: not to be appended to
	if len(texts) > 1 {
		text = bytes.Join(texts, nil)
	}
	// The network goes by the machine's clock, whatever time the domain is told.
	if err := s.conn.SetWriteDeadline(clock.Real{}.Now().Add(s.hub.limits.Write)); err != nil {
		return err
	}
	_, err := s.conn.Write(text)
	return err
}

// about spreads what would happen to all streams at once.
func about(d time.Duration) time.Duration { return d - d/8 + upTo(d/4) }

func upTo(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return rand.N(d) //nolint:gosec // no secret: it spreads load
}
