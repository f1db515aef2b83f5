// Package stripetest gives tests a Stripe on this machine: stripe-mock, which
// checks every request against Stripe's own description of its API and answers
// with what stands there as examples. It keeps nothing.
package stripetest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-mock/embedded"
	"github.com/stripe/stripe-mock/server"
)

// Key is one that stripe-mock takes.
const Key = "sk_test_123"

// Version is that of the API in which webhooks are to be created.
const Version = "2023-10-16"

// Sign is the header Stripe-Signature of a body, as Stripe makes it.
// Source: https://docs.stripe.com/webhooks#verify-manually
func Sign(body []byte, secret string, at time.Time) string {
	sum := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(sum, "%d.%s", at.Unix(), body)
	return fmt.Sprintf("t=%d,v1=%x", at.Unix(), sum.Sum(nil))
}

// mock reads the description once for a process: it is large.
var mock = sync.OnceValues(func() (http.Handler, error) {
	spec, err := server.LoadSpec(embedded.OpenAPISpec, "")
	if err != nil {
		return nil, err
	}
	fixtures, err := server.LoadFixtures(embedded.OpenAPIFixtures, "")
	if err != nil {
		return nil, err
	}
	stub, err := server.NewStubServer(fixtures, spec, false, false)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", stub.HandleRequest)
	return mux, nil
})

// Request is one that came.
type Request struct {
	Method, Path, Key string // Key is the idempotency key
	Form              url.Values
}

// Stripe is a server that ends with the test.
type Stripe struct {
	URL string

	mu    sync.Mutex
	came  []Request
	fault func(w http.ResponseWriter, r *http.Request) bool
}

// Start starts one.
func Start(t testing.TB) *Stripe {
	t.Helper()
	answers, err := mock()
	if err != nil {
		t.Fatal(err)
	}
	s := &Stripe{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // hung up
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.mu.Lock()
		s.came = append(s.came, Request{r.Method, r.URL.Path, r.Header.Get("Idempotency-Key"), form})
		fault := s.fault
		s.mu.Unlock()
		if fault == nil || !fault(w, r) {
			answers.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	s.URL = server.URL
	return s
}

// Requests are those that came with a method to a path; "" for all.
func (s *Stripe) Requests(method, path string) (found []Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.came {
		if (method == "" || one.Method == method) && (path == "" || one.Path == path) {
			found = append(found, one)
		}
	}
	return found
}

// Fail has each request go through fault first, which tells whether it has
// answered; nil ends it.
func (s *Stripe) Fail(fault func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}
