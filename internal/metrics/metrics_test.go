package metrics_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/metrics"
)

func read(t *testing.T, m *metrics.Metrics, token, sent string) (int, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody)
	if sent != "" {
		r.Header.Set("Authorization", "Bearer "+sent)
	}
	w := httptest.NewRecorder()
	m.Handler(token).ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestWhatIsToldIsRead(t *testing.T) {
	m := metrics.New("v1")
	tell := m.Requests("trust")
	tell("GET", "/:service/posts/:id", 200, 7*time.Millisecond)
	tell("GET", "/:service/posts/:id", 200, 20*time.Second)
	m.Round("usage", time.Second, nil)
	m.Round("usage", time.Second, errors.New("no"))
	m.Lag(3*time.Second, nil)
	m.Ask(func() []metrics.Sample { return []metrics.Sample{{Name: "sharon_streams", Value: 2}} })
	_, text := read(t, m, "", "")
	const labels = `face="trust",method="GET",route="/:service/posts/:id",status="200"`
	for _, line := range []string{
		`sharon_build_info{version="v1"} 1`, `sharon_streams 2`, `sharon_outbox_lag_seconds 3`, `sharon_round_failures_total{round="usage"} 1`, `sharon_round_seconds_count{round="usage"} 2`,
		`sharon_request_seconds_count{` + labels + `} 2`, `sharon_request_seconds_bucket{face="trust",le="0.005",method="GET",route="/:service/posts/:id",status="200"} 0`,
		`sharon_request_seconds_bucket{face="trust",le="0.01",method="GET",route="/:service/posts/:id",status="200"} 1`,
		`sharon_request_seconds_bucket{face="trust",le="+Inf",method="GET",route="/:service/posts/:id",status="200"} 2`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("there is no %s in\n%s", line, text)
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if !regexp.MustCompile(`^(#.*|[a-z_]+(\{[^}]*\})? [-+0-9.e]+)$`).MatchString(strings.ReplaceAll(line, "+Inf", "")) && !strings.Contains(line, "/:service") {
			t.Errorf("not as Prometheus reads it: %s", line)
		}
	}
	m.Lag(0, errors.New("no"))
	if _, text := read(t, m, "", ""); !strings.Contains(text, "sharon_outbox_lag_seconds -1") {
		t.Error("a sweep that failed is not told")
	}
}

func TestWhoHasNoTokenReadsNothing(t *testing.T) {
	m := metrics.New("v1")
	for sent, want := range map[string]int{"": 401, "wrong": 401, "right": 200} {
		if got, text := read(t, m, "right", sent); got != want || got == 401 && strings.Contains(text, "sharon_") {
			t.Errorf("with %q: %d", sent, got)
		}
	}
}

func TestNobodyIsToldByNone(t *testing.T) {
	var none *metrics.Metrics
	none.Round("usage", 0, nil)
	none.Lag(0, nil)
}

func BenchmarkRequest(b *testing.B) {
	tell := metrics.New("v1").Requests("trust")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			tell("GET", "/:service/posts/:id", 200, 7*time.Millisecond)
		}
	})
}
