package testkit

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
)

// Proxy is an HTTP proxy on this machine. Whatever name it is asked for, it finds
// on this machine.
type Proxy struct {
	server *httptest.Server

	mu    sync.Mutex
	asked []string
}

// StartProxy starts a proxy that ends with the test.
func StartProxy(t testing.TB) *Proxy {
	t.Helper()
	p := &Proxy{}
	p.server = httptest.NewServer(p)
	t.Cleanup(p.server.Close)
	return p
}

// URL is its http:// address, for HTTPS_PROXY.
func (p *Proxy) URL() string { return p.server.URL }

// Asked are the names and ports that it was asked to connect to.
func (p *Proxy) Asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

// ServeHTTP implements http.Handler: CONNECT, and no other method.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, port, err := net.SplitHostPort(r.Host)
	if r.Method != http.MethodConnect || err != nil {
		http.Error(w, "CONNECT only", http.StatusMethodNotAllowed)
		return
	}
	p.mu.Lock()
	p.asked = append(p.asked, r.Host)
	p.mu.Unlock()
	to, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		http.Error(w, "nobody there", http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusOK)
	from, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = to.Close()
		return
	}
	for _, way := range []struct{ into, from net.Conn }{{to, from}, {from, to}} {
		go func() {
			_, _ = io.Copy(way.into, way.from)
			_ = way.into.Close()
		}()
	}
}
