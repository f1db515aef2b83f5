package realtime

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
)

const (
	patience = 300 * time.Millisecond // how long Publish waits for Redis
	pause    = 500 * time.Millisecond // between two attempts to reach it
)

// What travels over the channel: the node, one of these, and what it is about.
const (
	message byte = 'm'
	lost    byte = 'l' // the node published what did not arrive
	alive   byte = 'a'
)

// Redis is a bus of one pub/sub channel. Redis keeps nothing of it, so whoever
// is not there misses it: after a gap on either side the nodes hear of an
// interruption, and during an outage again and again.
type Redis struct {
	// Silence is how long a node may not hear itself (it shows four signs of life
	// in that time) until it takes it that it misses what others say, too.
	Silence time.Duration

	client  *redis.Client
	channel string
	node    string
	log     *slog.Logger
	broken  atomic.Bool // what we published may be lost
}

var _ Bus = (*Redis)(nil)

// NewRedis is a bus over redis://…; Close ends it.
func NewRedis(url string, log *slog.Logger) (*Redis, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("redis address: %w", err)
	}
	options.ContextTimeoutEnabled = true
	options.MaxRetries = -1 // patience is short, and we have our own way back
	options.DialerRetries = 1
	options.DialTimeout = time.Second
	channel := fmt.Sprintf("sharon:realtime:%d", options.DB) // channels do not belong to a database by themselves
	return &Redis{Silence: 20 * time.Second, client: redis.NewClient(options), channel: channel, node: uuid.NewString(), log: log}, nil
}

// Close implements Bus.
func (r *Redis) Close() error { return r.client.Close() }

// Publish implements Bus.
func (r *Redis) Publish(ctx context.Context, payload []byte) {
	if r.broken.Load() {
		return // nobody need wait for it: all will hear of the interruption
	}
	if err := r.publish(ctx, message, payload); err != nil && !r.broken.Swap(true) {
		r.log.WarnContext(ctx, "redis does not take messages for the other nodes", slog.Any("cause", err))
	}
}

// publish goes on though the request is over: that is no fault of Redis.
func (r *Redis) publish(ctx context.Context, kind byte, payload []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	return r.client.Publish(ctx, r.channel, r.node+string(kind)+string(payload)).Err()
}

// Listen implements Bus.
func (r *Redis) Listen(ctx context.Context, heard func([]byte), interrupted func()) {
	for r.listen(ctx, heard, interrupted) {
		r.log.Warn("redis is silent: messages of other nodes come late")
		interrupted()
	}
}

// listen keeps one subscription and tells whether it went silent.
func (r *Redis) listen(ctx context.Context, heard func([]byte), interrupted func()) bool {
	subscription := r.client.Subscribe(ctx, r.channel)
	defer func() { _ = subscription.Close() }()
	received := subscription.ChannelWithSubscriptions()
	tick := time.NewTicker(pause)
	defer tick.Stop()
	signed, quiet := time.Duration(0), time.Duration(0)
	for {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
			signed, quiet = signed+pause, quiet+pause
			if quiet > r.Silence {
				return true
			}
			if signed >= r.Silence/4 || r.broken.Load() {
				signed = 0
				r.signal(ctx)
			}
		case one := <-received:
			switch one := one.(type) {
			case *redis.Subscription: // also the library's own, after it connected again
				interrupted()
			case *redis.Message:
				if r.read(one.Payload, heard, interrupted) {
					quiet = 0
				}
			}
		}
	}
}

// read acts on what came and tells whether it was our own.
func (r *Redis) read(text string, heard func([]byte), interrupted func()) (own bool) {
	if len(text) <= len(r.node) {
		return false // none of ours
	}
	node, kind, payload := text[:len(r.node)], text[len(r.node)], text[len(r.node)+1:]
	own = node == r.node
	switch {
	case kind == lost:
		interrupted()
	case kind == message && !own:
		heard([]byte(payload))
	}
	return own
}

// signal shows that the way is open or, if it was not, that something was lost.
func (r *Redis) signal(ctx context.Context) {
	kind := alive
	// Taken back first: what is published from now on counts again.
	if r.broken.Swap(false) {
		kind = lost
	}
	if r.publish(ctx, kind, nil) != nil {
		r.broken.Store(true)
	}
}
