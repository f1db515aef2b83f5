// Package jobs hands work to asynq, on Redis or on a Redis of our own inside
// the process. Payloads carry ids, never words; what must not be lost is a row
// in the database before it is a task here.
package jobs

import (
	"fmt"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/hibiken/asynq"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// The queues, by urgency.
const (
	Safety   = "safety"
	Realtime = "realtime"
	Default  = "default"
	Bulk     = "bulk"
)

// Names lists the queues, the most urgent first.
var Names = []string{Safety, Realtime, Default, Bulk}

// Weights share the workers among the queues.
var Weights = map[string]int{Safety: 12, Realtime: 6, Default: 3, Bulk: 1}

// Share is Weights for a worker that serves these queues only; all of them if
// none is named. Invalid if there is no such queue.
func Share(names []string) (map[string]int, error) {
	if len(names) == 0 {
		return Weights, nil
	}
	share := map[string]int{}
	for _, name := range names {
		weight, known := Weights[name]
		if !known {
			return nil, fault.Bad("queues", fmt.Sprintf("There is no queue %q. The queues are %s.", name, strings.Join(Names, ", ")))
		}
		share[name] = weight
	}
	return share, nil
}

// Queue is a connection to where tasks wait.
type Queue struct {
	Connection asynq.RedisConnOpt
	client     *asynq.Client
	inspector  *asynq.Inspector
	embedded   *miniredis.Miniredis
	stop       chan struct{}
}

// Open connects to redis://…; without an address it starts a queue inside this
// process, which ends with it.
func Open(redisURL string) (*Queue, error) {
	if redisURL == "" {
		return embed()
	}
	connection, err := asynq.ParseRedisURI(redisURL)
	if err != nil {
		return nil, fmt.Errorf("redis address: %w", err)
	}
	return connected(connection), nil
}

func connected(to asynq.RedisConnOpt) *Queue {
	return &Queue{Connection: to, client: asynq.NewClient(to), inspector: asynq.NewInspector(to)}
}

func embed() (*Queue, error) {
	server := miniredis.NewMiniRedis()
	if err := server.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("embedded queue: %w", err)
	}
	q := connected(asynq.RedisClientOpt{Addr: server.Addr()})
	q.embedded, q.stop = server, make(chan struct{})
	go q.drive()
	return q, nil
}

// drive moves the embedded server's clock, which stands still by itself.
func (q *Queue) drive() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			q.embedded.FastForward(time.Second)
		case <-q.stop:
			return
		}
	}
}

// Close lets go of the queue and ends an embedded one.
func (q *Queue) Close() {
	_, _ = q.client.Close(), q.inspector.Close()
	if q.embedded != nil {
		close(q.stop)
		q.embedded.Close()
	}
}

// Ping asks the queue's server for a sign of life.
func (q *Queue) Ping() error {
	_, err := q.inspector.Queues()
	return err
}
