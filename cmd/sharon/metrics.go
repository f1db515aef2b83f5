package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/sharon-nhs/sharon/internal/metrics"
)

// metricsConfig is where operators watch a process.
type metricsConfig struct {
	MetricsAddr  string `help:"Address of /metrics for Prometheus, such as 127.0.0.1:9464; a listener of its own, which answers /healthz and /readyz too. Without it there is none." placeholder:"ADDRESS"`
	MetricsToken string `help:"What whoever reads /metrics sends as bearer token. An address that others can reach needs one." placeholder:"TOKEN"`
}

// exposed refuses to show others what is meant for operators.
func (c metricsConfig) exposed() error {
	if c.MetricsAddr == "" || c.MetricsToken != "" {
		return nil
	}
	host, _, err := net.SplitHostPort(c.MetricsAddr)
	if err != nil {
		return fmt.Errorf("metrics address %q: write it like 127.0.0.1:9464", c.MetricsAddr)
	}
	if address := net.ParseIP(host); host != "localhost" && (address == nil || !address.IsLoopback()) {
		return fmt.Errorf("metrics address %q can be reached from other machines: set SHARON_METRICS_TOKEN, or listen on 127.0.0.1", c.MetricsAddr)
	}
	return nil
}

// watched serves /metrics until ctx ends.
func (a *app) watched(ctx context.Context, c metricsConfig) error {
	if c.MetricsAddr == "" {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.MetricsAddr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", c.MetricsAddr, err)
	}
	server := &http.Server{Handler: a.operators(c.MetricsToken), ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 15 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			a.Log.Error("metrics", slog.Any("cause", err))
		}
	}()
	return nil
}

// operators is what that listener answers: the figures to whoever has the token, and
// to anybody, as on the listener for the web, which a worker has not, the probes.
func (a *app) operators(token string) http.Handler {
	pages := http.NewServeMux()
	pages.Handle("/metrics", a.Metrics.Handler(token))
	for path, answer := range a.probes() {
		pages.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			status, body := answer(r.Context())
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(body)
		})
	}
	return pages
}

// samples are what is asked for when somebody reads: the pools, the open pages and
// the queues. A queue that does not answer is left out, and said to be down.
func (a *app) samples() (all []metrics.Sample) {
	for _, pool := range a.DB.Pools() {
		labels := map[string]string{"pool": pool.Name}
		all = append(all, metrics.Sample{Name: "sharon_database_connections", Labels: labels, Value: float64(pool.Most)},
			metrics.Sample{Name: "sharon_database_connections_used", Labels: labels, Value: float64(pool.Used)})
	}
	all = append(all, metrics.Sample{Name: "sharon_streams", Value: float64(a.Live.Streams())})
	if a.Queue == nil {
		return all
	}
	states, err := a.Queue.States(context.Background()) // bounded to two seconds, and there is no request
	up := 1.0
	if err != nil {
		up = 0
	}
	all = append(all, metrics.Sample{Name: "sharon_queue_up", Value: up})
	for _, q := range states {
		for state, n := range map[string]int{"pending": q.Pending, "active": q.Active, "scheduled": q.Scheduled, "retry": q.Retry, "archived": q.Archived} {
			all = append(all, metrics.Sample{Name: "sharon_queue_tasks", Labels: map[string]string{"queue": q.Queue, "state": state}, Value: float64(n)})
		}
		all = append(all, metrics.Sample{Name: "sharon_queue_waiting_seconds", Labels: map[string]string{"queue": q.Queue}, Value: q.Waiting})
	}
	return all
}
