package realtime

import (
	"context"
	"log/slog"
	"time"
)

// beats is how many parts the streams are dealt into, so that their heartbeats
// do not come all at once.
const beats = 16

// beat is the one timer of all streams: heartbeats and old age.
func (h *Hub[T, R]) beat() {
	tick := time.NewTicker(max(h.limits.Heartbeat/beats, time.Millisecond))
	defer tick.Stop()
	for slot := 0; ; slot = (slot + 1) % beats {
		select {
		case <-h.ctx.Done():
			return
		case <-tick.C:
			h.beatOf(slot)
		}
	}
}

func (h *Hub[T, R]) beatOf(slot int) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	now := h.age()
	for _, streams := range h.streams {
		for s := range streams {
			switch {
			case s.slot != slot:
			case now > s.ends:
				s.end()
			default:
				s.offer(heartbeat)
			}
		}
	}
}

// interrupted says that other nodes' messages may be lost.
func (h *Hub[T, R]) interrupted() {
	select {
	case h.gap <- struct{}{}:
	default: // it is known
	}
}

// restart ends all streams some moments after an interruption. It waits before,
// because interruptions come in swarms: each node tells of its own.
func (h *Hub[T, R]) restart() {
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-h.gap:
		}
		if !h.wait(h.limits.Spread / 2) {
			return
		}
		select {
		case <-h.gap:
		default:
		}
		const steps = 20
		all := h.all()
		for i, s := range all {
			if (i+1)%(len(all)/steps+1) == 0 && !h.wait(h.limits.Spread/2/steps) {
				return
			}
			s.end()
		}
	}
}

func (h *Hub[T, R]) all() (all []*stream[T, R]) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, streams := range h.streams {
		for s := range streams {
			all = append(all, s)
		}
	}
	return all
}

// Watch begins to ask, so often, which readers may stay, and ends the streams
// of the others. It is called at most once. stay is asked once for all readers of a key. Where it fails
// three times running, nobody is known to be allowed and all are ended.
func (h *Hub[T, R]) Watch(every time.Duration, stay func(ctx context.Context, key string, readers []R) (func(R) bool, error)) {
	h.start(func() {
		for h.wait(every) {
			byKey := map[string][]*stream[T, R]{}
			for _, s := range h.all() {
				byKey[s.key] = append(byKey[s.key], s)
			}
			for key, streams := range byKey {
				h.recheck(key, streams, every, stay)
			}
		}
	})
}

func (h *Hub[T, R]) recheck(key string, streams []*stream[T, R], every time.Duration, stay func(context.Context, string, []R) (func(R) bool, error)) {
	began, known := h.age(), false
	defer func() {
		for _, s := range streams {
			if known {
				s.admitted = began
			} else if began-s.admitted > 3*every {
				s.end()
			}
		}
	}()
	defer h.recovered()
	ctx, cancel := context.WithTimeout(h.ctx, every)
	defer cancel()
	readers := make([]R, len(streams))
	for i, s := range streams {
		readers[i] = s.reader
	}
	may, err := stay(ctx, key, readers)
	if err != nil {
		h.log.Warn("it is not known who may stay on a stream", slog.Any("cause", err))
		return
	}
	for _, s := range streams {
		if !may(s.reader) {
			s.end()
		}
	}
	known = true
}
