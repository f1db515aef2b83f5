package realtime

import (
	"context"
	"errors"
)

// ask is one call of Missed, and those for whom it is.
type ask[T, R any] struct {
	readers []R
	done    chan struct{} // closed when what follows is known
	of      func(R) []T
	err     error
}

var errUnknown = errors.New("what was missed is not known")

// missedBy is what a reader missed.
func (h *Hub[T, R]) missedBy(key string, reader R) ([]T, error) {
	mine := h.join(key, reader)
	select {
	case <-mine.done:
	case <-h.ctx.Done():
		return nil, h.ctx.Err()
	}
	if mine.err != nil {
		return nil, mine.err
	}
	return mine.of(reader), nil
}

// join puts a reader among those for whom is asked next. One that is being asked
// already does not do: it may have looked before this reader's stream was open.
func (h *Hub[T, R]) join(key string, reader R) *ask[T, R] {
	h.asking.Lock()
	defer h.asking.Unlock()
	next, asks := h.asks[key], true
	if next == nil {
		next, asks = newAsk[T, R](), false
		h.asks[key] = next
	}
	next.readers = append(next.readers, reader)
	if !asks {
		h.start(func() { h.askAll(key) })
	}
	return next
}

func newAsk[T, R any]() *ask[T, R] { return &ask[T, R]{done: make(chan struct{}), err: errUnknown} }

// askAll asks for a key until nobody waits any more. While it does those who come
// gather, so the more there are the fewer are the calls for each.
func (h *Hub[T, R]) askAll(key string) {
	for {
		select {
		case h.missing <- struct{}{}:
		case <-h.ctx.Done():
			return
		}
		now := h.next(key)
		if now != nil {
			h.ask(key, now)
		}
		<-h.missing
		if now == nil {
			return
		}
	}
}

// next takes those who wait; nil, and nobody asks any more, if there are none.
func (h *Hub[T, R]) next(key string) *ask[T, R] {
	h.asking.Lock()
	defer h.asking.Unlock()
	now := h.asks[key]
	if len(now.readers) == 0 {
		delete(h.asks, key)
		return nil
	}
	h.asks[key] = newAsk[T, R]()
	return now
}

func (h *Hub[T, R]) ask(key string, a *ask[T, R]) {
	defer close(a.done)
	defer h.recovered()
	ctx, stop := context.WithTimeout(h.ctx, h.limits.Missed)
	defer stop()
	a.of, a.err = h.missed(ctx, key, a.readers)
}
