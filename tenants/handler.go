package tenants

import (
	"context"
	"time"
)

// Handler carries out what follows from a kind of event.
type Handler struct {
	Kind Kind
	// OwnUnits says that Do opens its units of work itself, because it waits for
	// somebody outside (a mail server). What it did may then be done again after
	// a crash, so it must be such that the receiver cannot tell.
	OwnUnits bool
	// Takes is how long Do may take; zero is two minutes.
	Takes time.Duration
	// Do runs as nobody, in the event's service. Otherwise than with OwnUnits, all
	// that it writes and the mark that the event is done are one transaction.
	Do func(ctx context.Context, s Scope, e Event) error
}

// Round is work that comes round in every open service, such as looking for
// digests that are due, or in every trust. However many nodes there are, each
// round runs once, unless it has no Queue: then every worker does it by itself,
// also while the queue is away, and the round before may not be over. Do then
// shares the work out by the rows that it claims.
type Round struct {
	Key, Queue string
	Every      time.Duration
	// Module is the room that must be open; empty for always.
	Module string
	// Trust says that it is the trust's own work: once there, in no service.
	Trust bool
	// Do runs as nobody and opens its units of work itself.
	Do func(ctx context.Context, s Scope) error
}
