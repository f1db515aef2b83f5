package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What operators read has route patterns and numbers: no trust, no service, no name,
// and nobody's words.
func TestMetricsTellNothingOfAnybody(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel := s.over("hazel.willow@northmoor")
		hazel.getJSON("/willow/people/bramble", nil)
		hazel.getJSON("/willow/search?q=washing", nil)
		hazel.getJSON("/willow/nothing-here/canary", nil)
		s.over("onboarding@sharon").getJSON("/usage/northmoor/willow", nil)
		w := httptest.NewRecorder()
		s.app.Metrics.Handler("").ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
		text := w.Body.String()
		for _, word := range []string{"willow", "northmoor", "bramble", "hazel", "washing", "canary", "Willow", "@"} {
			if strings.Contains(text, word) {
				t.Errorf("it has %q", word)
			}
		}
		for _, line := range []string{`face="trust",method="GET",route="/:service/people/:handle",status="200"`, `face="console",method="GET",route="/usage/:trust/:service",status="200"`, `route="",status="404"`, "sharon_streams 0", "sharon_database_connections{"} {
			if !strings.Contains(text, line) {
				t.Errorf("there is no %s in\n%s", line, text)
			}
		}
	})
}

func TestMetricsAreNotShownToOthersByMistake(t *testing.T) {
	t.Parallel()
	for at, wanted := range map[metricsConfig]bool{
		{}: true, {MetricsAddr: "127.0.0.1:9464"}: true, {MetricsAddr: "[::1]:9464"}: true, {MetricsAddr: "localhost:9464"}: true, {MetricsAddr: "0.0.0.0:9464", MetricsToken: "long"}: true,
		{MetricsAddr: "0.0.0.0:9464"}: false, {MetricsAddr: ":9464"}: false, {MetricsAddr: "metrics"}: false, {MetricsAddr: "10.0.0.1:9464"}: false,
	} {
		if err := at.exposed(); (err == nil) != wanted {
			t.Errorf("%+v: %v", at, err)
		}
	}
}

func TestOperatorsAskAWorkerWhetherItWorks(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		pages := s.app.operators("long")
		status := func(path string) int {
			w := httptest.NewRecorder()
			pages.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
			return w.Code
		}
		for path, want := range map[string]int{"/healthz": http.StatusOK, "/readyz": http.StatusOK, "/metrics": http.StatusUnauthorized, "/": http.StatusNotFound} {
			if got := status(path); got != want {
				t.Errorf("%s: %d", path, got)
			}
		}
		s.app.stopping.Store(true)
		if got := []int{status("/healthz"), status("/readyz")}; got[0] != http.StatusOK || got[1] != http.StatusServiceUnavailable {
			t.Errorf("while it stops: %v", got)
		}
		s.app.stopping.Store(false)
		_ = s.app.DB.Close()
		if got := status("/readyz"); got != http.StatusServiceUnavailable {
			t.Errorf("without a database: %d", got)
		}
	})
}
