package testkit

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// NotifyText is a text message that a Notify has taken.
type NotifyText struct {
	PhoneNumber     string            `json:"phone_number"`
	TemplateID      string            `json:"template_id"`
	Reference       string            `json:"reference"`
	Personalisation map[string]string `json:"personalisation"`
}

// Notify is GOV.UK Notify on this machine, for text messages.
type Notify struct {
	server *httptest.Server

	mu     sync.Mutex
	texts  []NotifyText
	status int
	words  string
	header http.Header
	fate   string
}

// NotifyKey and NotifyTemplate are an account there.
const (
	NotifyKey      = "test-" + notifyService + "-" + notifySecret
	NotifyTemplate = "f33517ff-2a88-4f6e-b855-c550268ce08a"
	notifyService  = "26785a09-ab16-4eb0-8407-a37497a57506"
	notifySecret   = "3d844edf-8d35-48ac-975b-e847b4f122b0"
)

// StartNotify starts a Notify that ends with the test.
func StartNotify(t testing.TB) *Notify {
	t.Helper()
	n := &Notify{fate: "delivered"}
	n.server = httptest.NewServer(n)
	t.Cleanup(n.server.Close)
	return n
}

// URL is its http:// address.
func (n *Notify) URL() string { return n.server.URL }

// Texts are the messages that it has taken, oldest first.
func (n *Notify) Texts() []NotifyText {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.texts)
}

// Answer has it answer so from now on, with an error of Notify's: its name and
// message. 201 ends it. Header pairs may follow.
func (n *Notify) Answer(status int, name, message string, header ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	words, _ := json.Marshal(map[string]any{"status_code": status, "errors": []map[string]string{{"error": name, "message": message}}})
	n.status, n.words, n.header = status, string(words), http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		n.header.Set(header[i], header[i+1])
	}
}

// Become has all its messages have a status from now on, such as permanent-failure.
func (n *Notify) Become(status string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fate = status
}

// ServeHTTP implements http.Handler.
func (n *Notify) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if n.status >= http.StatusMultipleChoices {
		for name, values := range n.header {
			w.Header()[name] = values
		}
		w.WriteHeader(n.status)
		_, _ = w.Write([]byte(n.words))
		return
	}
	if !known(r.Header.Get("Authorization")) {
		http.Error(w, `{"status_code":403,"errors":[{"error":"AuthError","message":"Invalid token: API key not found"}]}`, http.StatusForbidden)
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /v2/notifications":
		n.list(w, r.URL.Query())
	case "POST /v2/notifications/sms":
		n.take(w, r)
	default:
		http.NotFound(w, r)
	}
}

// list tells the status of the messages with a reference.
func (n *Notify) list(w http.ResponseWriter, asked url.Values) {
	found := []map[string]string{}
	for _, text := range n.texts {
		if text.Reference == asked.Get("reference") && asked.Get("template_type") == "sms" {
			found = append(found, map[string]string{"reference": text.Reference, "status": n.fate})
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"notifications": found})
}

func (n *Notify) take(w http.ResponseWriter, r *http.Request) {
	text := NotifyText{}
	if err := json.NewDecoder(r.Body).Decode(&text); err != nil || text.PhoneNumber == "" || text.TemplateID != NotifyTemplate {
		http.Error(w, `{"status_code":400,"errors":[{"error":"BadRequestError","message":"Missing personalisation: message"}]}`, http.StatusBadRequest)
		return
	}
	n.texts = append(n.texts, text)
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write([]byte(`{"id":"740e5834-3a29-46b4-9a6f-16142fde533a"}`))
}

// known tells whether a request carries a token of the account, not older than 30 seconds.
func known(header string) bool {
	claims := jwt.RegisteredClaims{}
	_, err := jwt.ParseWithClaims(header[min(len(header), len("Bearer ")):], &claims, func(*jwt.Token) (any, error) { return []byte(notifySecret), nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithIssuer(notifyService), jwt.WithIssuedAt())
	return err == nil && claims.IssuedAt != nil && time.Since(claims.IssuedAt.Time) < 30*time.Second
}
