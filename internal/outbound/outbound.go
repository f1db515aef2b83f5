// Package outbound is how SHaRON asks other people's servers over HTTP: within a
// bounded time, without following them elsewhere, and, where the address came
// from outside, never into our own network.
package outbound

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// Later is an answer that means: not now, try again.
type Later struct {
	// Status is the HTTP status, 429 or 503 for instance.
	Status int
	// After is how long the server asks to be left alone; 0 if it does not say.
	After time.Duration
}

// Error implements error.
func (l *Later) Error() string { return fmt.Sprintf("answered %d: try again later", l.Status) }

// longest keeps a strange Retry-After from putting a message off for ever.
const longest = 24 * time.Hour

// Answered sorts a status: nil for success, a *Later for 408, 429 and 5xx. final
// says that neither is so.
func Answered(r *http.Response, now time.Time) (later error, final bool) {
	switch {
	case r.StatusCode >= 200 && r.StatusCode < 300:
		return nil, false
	case r.StatusCode == http.StatusRequestTimeout, r.StatusCode == http.StatusTooManyRequests, r.StatusCode >= 500:
		return &Later{Status: r.StatusCode, After: retryAfter(r.Header.Get("Retry-After"), now)}, false
	}
	return nil, true
}

// retryAfter reads seconds or a date.
func retryAfter(header string, now time.Time) time.Duration {
	after := time.Duration(0)
	if seconds, err := strconv.Atoi(header); err == nil {
		after = time.Duration(min(seconds, int(longest/time.Second))) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		after = date.Sub(now)
	}
	return min(max(after, 0), longest)
}

// Guard refuses to connect to an address; nil lets every one pass.
type Guard func(network, address string, c syscall.RawConn) error

// Client follows no redirect and gives up after timeout, whatever it waits for.
// Roots vouch for the servers; nil means those of the system. It goes by no proxy:
// the guard must see the address itself.
func Client(timeout time.Duration, guard Guard, roots *x509.CertPool) *http.Client {
	return bounded(timeout, direct(timeout, guard, roots))
}

// ByProxy is a Client for servers that were chosen by name, from a list of ours: it
// goes by the proxy that the environment names (HTTPS_PROXY, NO_PROXY), where there
// is one for a server. Then the proxy finds the server's address, and the guard
// stands only where it is found here.
func ByProxy(timeout time.Duration, guard Guard, roots *x509.CertPool) *http.Client {
	of := httpproxy.FromEnvironment().ProxyFunc()
	proxied := direct(timeout, nil, roots)
	proxied.Proxy = func(r *http.Request) (*url.URL, error) { return of(r.URL) }
	return bounded(timeout, either{proxied, direct(timeout, guard, roots)})
}

func bounded(timeout time.Duration, transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: transport, Timeout: timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func direct(timeout time.Duration, guard Guard, roots *x509.CertPool) *http.Transport {
	dialer := &net.Dialer{Timeout: timeout, Control: guard}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = dialer.DialContext
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}
	transport.Proxy = nil
	return transport
}

// either goes by the proxy or not.
type either struct{ proxied, direct *http.Transport }

// RoundTrip implements http.RoundTripper.
func (e either) RoundTrip(r *http.Request) (*http.Response, error) {
	proxy, err := e.proxied.Proxy(r)
	if err != nil {
		return nil, fmt.Errorf("outbound: the proxy of the environment: %w", err)
	}
	if proxy == nil {
		return e.direct.RoundTrip(r)
	}
	return e.proxied.RoundTrip(r)
}

// Public lets only addresses pass that the whole internet can reach. It looks at
// the address that is being connected to, after names have been resolved, so a
// name that leads into our network is of no use.
func Public(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("outbound: %q is not an address", address)
	}
	ip := to.Addr().Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return errPrivate
	}
	for _, prefix := range special {
		if prefix.Contains(ip) {
			return errPrivate
		}
	}
	return nil
}

var errPrivate = errors.New("outbound: the address is not a public one")

// special are ranges (RFC 6890) that netip counts as global, and those that carry
// an IPv4 address inside.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("::/96"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}
