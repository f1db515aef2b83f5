// Package metrics is what operators watch, in the format of Prometheus. Labels are
// patterns and names of our own, so there is nothing of a person in it.
package metrics

import (
	"crypto/subtle"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	vm "github.com/VictoriaMetrics/metrics"
)

// Metrics are those of this process; nobody is told by a nil one.
type Metrics struct {
	set      *vm.Set
	requests sync.Map // *histogram by answer
	rounds   sync.Map // *histogram by key
	lag      *vm.Gauge
	asked    func() []Sample
}

// answer is what requests are told apart by.
type answer struct {
	face, method, route string
	status              int
}

// New begins with the version.
func New(version string) *Metrics {
	m := &Metrics{set: vm.NewSet()}
	m.set.NewGauge(named("sharon_build_info", map[string]string{"version": version}), nil).Set(1)
	m.lag = m.set.NewGauge("sharon_outbox_lag_seconds", nil)
	return m
}

// named is a name with its labels.
func named(name string, labels map[string]string) string {
	if len(labels) == 0 {
		return name
	}
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		pairs = append(pairs, fmt.Sprintf("%s=%q", key, labels[key]))
	}
	return name + "{" + strings.Join(pairs, ",") + "}"
}

// histogram counts how long something took, in the buckets that Prometheus reads; the
// library's own are for another server.
type histogram struct {
	upTo    []float64 // in seconds
	buckets []*vm.Counter
	sum     *vm.FloatCounter
}

func (m *Metrics) histogram(name string, labels map[string]string, upTo ...float64) *histogram {
	h := &histogram{upTo: append(upTo, math.Inf(1)), sum: m.set.GetOrCreateFloatCounter(named(name+"_sum", labels))}
	for _, edge := range h.upTo {
		of := maps.Clone(labels)
		of["le"] = fmt.Sprint(edge) // +Inf for the last
		h.buckets = append(h.buckets, m.set.GetOrCreateCounter(named(name+"_bucket", of)))
	}
	h.buckets = append(h.buckets, m.set.GetOrCreateCounter(named(name+"_count", labels)))
	h.upTo = append(h.upTo, math.Inf(1))
	return h
}

func (h *histogram) observe(took time.Duration) {
	seconds := took.Seconds()
	h.sum.Add(seconds)
	for i, edge := range h.upTo {
		if seconds <= edge {
			h.buckets[i].Inc()
		}
	}
}

// Requests is told of each request of a face. Its route is the pattern, never the
// address.
func (m *Metrics) Requests(face string) func(method, route string, status int, took time.Duration) {
	return func(method, route string, status int, took time.Duration) {
		at := answer{face, method, route, status}
		known, ok := m.requests.Load(at)
		if !ok {
			labels := map[string]string{"face": face, "method": method, "route": route, "status": fmt.Sprint(status)}
			known, _ = m.requests.LoadOrStore(at, m.histogram("sharon_request_seconds", labels, .005, .01, .025, .05, .1, .25, .5, 1, 5))
		}
		known.(*histogram).observe(took)
	}
}

// Round is told of each time that work came round.
func (m *Metrics) Round(key string, took time.Duration, err error) {
	if m == nil {
		return
	}
	labels := map[string]string{"round": key}
	known, ok := m.rounds.Load(key)
	if !ok {
		known, _ = m.rounds.LoadOrStore(key, m.histogram("sharon_round_seconds", labels, .1, 1, 10, 60, 300))
	}
	known.(*histogram).observe(took)
	if failures := m.set.GetOrCreateCounter(named("sharon_round_failures_total", labels)); err != nil {
		failures.Inc()
	}
}

// Lag is told how long what the last sweep of the outboxes found had been due, or that
// it failed: then it is -1.
func (m *Metrics) Lag(late time.Duration, err error) {
	if m == nil {
		return
	}
	if m.lag.Set(max(0, late.Seconds())); err != nil {
		m.lag.Set(-1)
	}
}

// Sample is a number as it is when somebody asks.
type Sample struct {
	Name   string
	Labels map[string]string
	Value  float64
}

// Ask has numbers collected each time that somebody reads. Call it once, before.
func (m *Metrics) Ask(samples func() []Sample) { m.asked = samples }

func (m *Metrics) write(w io.Writer) {
	m.set.WritePrometheus(w)
	if m.asked != nil {
		for _, s := range m.asked() {
			vm.WriteGaugeFloat64(w, named(s.Name, s.Labels), s.Value)
		}
	}
	vm.WriteProcessMetrics(w)
}

// Handler serves them at /metrics, to who has the token; an empty one lets everybody in.
func (m *Metrics) Handler(token string) http.Handler {
	pages := http.NewServeMux()
	pages.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		if token != "" && subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+token)) != 1 {
			http.Error(w, "A token is needed.", http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		m.write(w)
	})
	return pages
}
