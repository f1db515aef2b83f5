package mail

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

// Send takes a message, as SMTP.Send does. A repeat takes the first one's place.
func (i *Inbox) Send(_ context.Context, m Message) error {
	if err := m.check(); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	kept := slices.DeleteFunc(i.kept, func(r Received) bool { return r.ID == m.ID })
	kept = slices.Insert(kept, 0, Received{m, i.clock.Now()})
	i.kept = kept[:min(len(kept), mostKept)]
	return nil
}

// Messages are those that came last, newest first.
func (i *Inbox) Messages() []Received {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.kept)
}

// Find gives the message with a Key; false if there is none.
func (i *Inbox) Find(key string) (Received, bool) {
	for _, r := range i.Messages() {
		if r.Key() == key {
			return r, true
		}
	}
	return Received{}, false
}
