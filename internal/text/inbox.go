package text

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
)

// mostKept is how many messages an Inbox holds before it forgets the oldest.
const mostKept = 300

// Inbox takes messages and shows them, instead of sending. It is for trying
// SHaRON out, and holds what it has in memory.
type Inbox struct {
	clock clock.Clock
	mu    sync.Mutex
	kept  []Received // newest first
}

// Received is a message and when it came.
type Received struct {
	Message
	At time.Time
}

// NewInbox is an empty inbox.
func NewInbox(at clock.Clock) *Inbox { return &Inbox{clock: at} }

// Send implements Provider. A repeat takes the first one's place.
func (i *Inbox) Send(_ context.Context, m Message) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	kept := slices.DeleteFunc(i.kept, func(r Received) bool { return r.ID == m.ID })
	kept = slices.Insert(kept, 0, Received{m, i.clock.Now()})
	i.kept = kept[:min(len(kept), mostKept)]
	return nil
}

// Fate implements Provider.
func (i *Inbox) Fate(_ context.Context, id string) (Fate, error) {
	if slices.ContainsFunc(i.Messages(), func(r Received) bool { return r.ID == id }) {
		return Delivered, nil
	}
	return Unknown, nil
}

// Messages are those that came last, newest first.
func (i *Inbox) Messages() []Received {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.kept)
}
