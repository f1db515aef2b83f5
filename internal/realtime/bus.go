package realtime

import "context"

// Bus carries what is published from a node to the others.
type Bus interface {
	// Publish tells the other nodes. It never blocks for long; what it could not
	// deliver, it makes the others hear of as an interruption.
	Publish(ctx context.Context, payload []byte)
	// Listen calls heard for what other nodes publish, and interrupted whenever
	// some of it may be lost. It returns when ctx ends.
	Listen(ctx context.Context, heard func(payload []byte), interrupted func())
	// Close hangs up, once nobody listens any more.
	Close() error
}

// Local is the bus of a node that is alone.
type Local struct{}

var _ Bus = Local{}

// Publish implements Bus.
func (Local) Publish(context.Context, []byte) {}

// Listen implements Bus.
func (Local) Listen(ctx context.Context, _ func([]byte), _ func()) { <-ctx.Done() }

// Close implements Bus.
func (Local) Close() error { return nil }
