package testkit

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Push is a notice that a PushHost has taken.
type Push struct {
	Endpoint string
	// Notice is what the browser would see: decrypted with the device's own key.
	Notice []byte
	// Length is that of the body on the wire.
	Length         int
	TTL            time.Duration
	Urgency, Topic string
	// Token is the sender's, which has been checked (RFC 8292); Contact is what it says.
	Token, Contact string
}

// Device is a browser that has subscribed.
type Device struct {
	Endpoint, P256dh, Auth string

	host *PushHost
	key  *ecdh.PrivateKey
	auth []byte
	// answer is what the host says instead of 201, with these headers.
	answer int
	header http.Header
}

// PushHost is a push service on this machine. It refuses what is not signed or
// encrypted as it should be.
type PushHost struct {
	t      testing.TB
	server *httptest.Server

	mu      sync.Mutex
	devices map[string]*Device
	pushes  []Push
	asked   int
}

// StartPushHost starts a push service that ends with the test.
func StartPushHost(t testing.TB) *PushHost {
	t.Helper()
	h := &PushHost{t: t, devices: map[string]*Device{}}
	h.server = httptest.NewTLSServer(h)
	t.Cleanup(h.server.Close)
	return h
}

// Host is its name and port, for a sender's list of hosts.
func (h *PushHost) Host() string { return strings.TrimPrefix(h.server.URL, "https://") }

// Roots vouch for its certificate.
func (h *PushHost) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(h.server.Certificate())
	return pool
}

// Subscribe makes a device, as a browser does when somebody says yes.
func (h *PushHost) Subscribe() *Device {
	h.t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		h.t.Fatalf("testkit: push: %v", err)
	}
	d := &Device{host: h, key: key, auth: make([]byte, 16)}
	_, _ = rand.Read(d.auth) // never fails since Go 1.24
	d.P256dh = base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes())
	d.Auth = base64.RawURLEncoding.EncodeToString(d.auth)
	h.mu.Lock()
	defer h.mu.Unlock()
	path := "/send/" + strconv.Itoa(len(h.devices)+1)
	d.Endpoint = h.server.URL + path
	h.devices[path] = d
	return d
}

// Answer has the host answer so for this device from now on; 201 ends it. Header
// pairs may follow.
func (d *Device) Answer(status int, header ...string) {
	d.host.mu.Lock()
	defer d.host.mu.Unlock()
	d.answer, d.header = status, http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		d.header.Set(header[i], header[i+1])
	}
}

// Pushes are the notices that it has taken, oldest first.
func (h *PushHost) Pushes() []Push {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.pushes)
}

// Asked is how many requests have come, taken or not.
func (h *PushHost) Asked() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.asked
}

// ServeHTTP implements http.Handler.
func (h *PushHost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked++
	device := h.devices[r.URL.Path]
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	case device == nil:
		http.NotFound(w, r)
		return
	case device.answer != 0 && device.answer != http.StatusCreated:
		for name, values := range device.header {
			w.Header()[name] = values
		}
		w.WriteHeader(device.answer)
		return
	}
	push, status, err := device.take(r, body)
	if err != nil {
		h.t.Errorf("testkit: push: refused with %d: %v", status, err)
		http.Error(w, err.Error(), status)
		return
	}
	h.pushes = append(h.pushes, push)
	w.WriteHeader(http.StatusCreated)
}

// take checks a request as a push service does and opens it as a browser does.
func (d *Device) take(r *http.Request, body []byte) (Push, int, error) {
	p := Push{Endpoint: d.Endpoint, Length: len(body), Urgency: r.Header.Get("Urgency"), Topic: r.Header.Get("Topic")}
	ttl, err := strconv.Atoi(r.Header.Get("TTL"))
	if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Encoding") != "aes128gcm" {
		return p, http.StatusBadRequest, fmt.Errorf("%s with TTL %q, encoding %q", r.Method, r.Header.Get("TTL"), r.Header.Get("Content-Encoding"))
	}
	p.TTL = time.Duration(ttl) * time.Second
	if len(body) > 4096 {
		return p, http.StatusRequestEntityTooLarge, fmt.Errorf("%d bytes", len(body))
	}
	if p.Token, p.Contact, err = vapid(r.Header.Get("Authorization"), "https://"+r.Host); err != nil {
		return p, http.StatusForbidden, err
	}
	if p.Notice, err = d.open(body); err != nil {
		return p, http.StatusBadRequest, err
	}
	return p, http.StatusCreated, nil
}

// vapid checks "vapid t=TOKEN, k=KEY" (RFC 8292).
func vapid(header, audience string) (token, contact string, err error) {
	token, encoded, found := strings.Cut(strings.TrimPrefix(header, "vapid t="), ", k=")
	raw, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil || !found {
		return "", "", fmt.Errorf("authorization %q", header)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), raw)
	if err != nil {
		return "", "", err
	}
	claims := jwt.RegisteredClaims{}
	_, err = jwt.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return key, nil },
		jwt.WithValidMethods([]string{"ES256"}), jwt.WithAudience(audience), jwt.WithExpirationRequired())
	if err != nil {
		return "", "", err
	}
	if time.Until(claims.ExpiresAt.Time) > 24*time.Hour || claims.Subject == "" {
		return "", "", fmt.Errorf("token until %s for %q", claims.ExpiresAt, claims.Subject)
	}
	return token, claims.Subject, nil
}

// open decrypts a body of one record (RFC 8188, RFC 8291).
func (d *Device) open(body []byte) ([]byte, error) {
	const salt, idLength = 16, 20
	if len(body) < 86 || body[idLength] != 65 {
		return nil, errors.New("no header of RFC 8188")
	}
	sender, err := ecdh.P256().NewPublicKey(body[21:86])
	if err != nil {
		return nil, err
	}
	shared, err := d.key.ECDH(sender)
	if err != nil {
		return nil, err
	}
	info := "WebPush: info\x00" + string(d.key.PublicKey().Bytes()) + string(sender.Bytes())
	secret, err := hkdf.Key(sha256.New, shared, d.auth, info, 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, secret, body[:salt], "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, secret, body[:salt], "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	padded, err := aead.Open(nil, nonce, body[86:], nil)
	if err != nil {
		return nil, err
	}
	words := strings.TrimRight(string(padded), "\x00")
	words, ended := strings.CutSuffix(words, "\x02")
	if !ended {
		return nil, errors.New("no end of the last record")
	}
	return []byte(words), nil
}
