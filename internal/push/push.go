// Package push sends notices to browsers (Web Push: RFC 8030, 8188, 8291, 8292).
// Whoever subscribes names the server to send to, so that server is not trusted.
package push

import (
	"cmp"
	"context"
	"crypto/ecdh"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/SherClockHolmes/webpush-go"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/outbound"
)

// Subscription is where one browser can be reached, as it said itself.
type Subscription struct {
	Endpoint string `json:"endpoint"`
	P256dh   string `json:"p256dh"`
	Auth     string `json:"auth"`
}

// Delivery says how much a notice matters.
type Delivery struct {
	// TTL is how long the push service keeps it for a device that is away.
	TTL time.Duration
	// Urgency is very-low, low, normal or high; empty means normal.
	Urgency string
	// Topic makes a later notice replace this one while it waits: up to 32 letters,
	// digits, - and _. The push service reads it.
	Topic string
}

// Gone says that the browser has ended the subscription, or that it can never
// have been one: forget it.
type Gone struct{ Why string }

// Error implements error.
func (g *Gone) Error() string { return "push: the subscription is gone: " + g.Why }

// Refused is a final no to this one notice: sending it again will not help.
type Refused struct{ Status int }

// Error implements error.
func (r *Refused) Error() string { return fmt.Sprintf("push: refused with %d", r.Status) }

// Hosts are the push services of the browsers that there are. A star stands for
// one or more names in front.
var Hosts = []string{"fcm.googleapis.com", "*.push.services.mozilla.com", "*.notify.windows.com", "*.push.apple.com"}

// Options say who we are and whom we write to.
type Options struct {
	// Key is our key pair: crypt.Keys has it.
	Key *ecdh.PrivateKey
	// Contact is an https or mailto address under which push services reach us.
	// Apple refuses one at a host that is not on the internet.
	Contact string
	// Hosts may be written to, each on port 443 or the port it names; none means Hosts.
	Hosts []string
	// Timeout is how long one notice may take; 0 is 10 seconds.
	Timeout time.Duration
	// Guard looks at each address before connecting; nil means outbound.Public.
	Guard outbound.Guard
	// Roots are who may vouch for a push service; nil means those of the system.
	Roots *x509.CertPool
}

// Client sends notices. It is safe for use by many at once.
type Client struct {
	options Options
	http    *http.Client
	tokens  tokens
}

// New makes a client.
func New(o Options) *Client {
	if len(o.Hosts) == 0 {
		o.Hosts = Hosts
	}
	if o.Guard == nil {
		o.Guard = outbound.Public
	}
	c := &Client{options: o, http: outbound.ByProxy(cmp.Or(o.Timeout, 10*time.Second), o.Guard, o.Roots)}
	c.tokens.next = c.http.Do
	return c
}

// PublicKey is what a browser subscribes with (applicationServerKey).
func (c *Client) PublicKey() string {
	return base64.RawURLEncoding.EncodeToString(c.options.Key.PublicKey().Bytes())
}

// Check tells whether a subscription is one that Send would write to: ask before
// keeping it. The error is a *Gone.
func (c *Client) Check(sub Subscription) error {
	if err := c.checkEndpoint(sub.Endpoint); err != nil {
		return err
	}
	key, err := decode(sub.P256dh)
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(key)
	}
	if err != nil {
		return &Gone{"its key is not a point on P-256"}
	}
	if auth, err := decode(sub.Auth); err != nil || len(auth) != 16 {
		return &Gone{"its secret is not 16 bytes"}
	}
	return nil
}

func decode(text string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
}

func (c *Client) checkEndpoint(endpoint string) error {
	to, err := url.Parse(endpoint)
	if err != nil || len(endpoint) > 2000 || to.Scheme != "https" || to.User != nil || to.Fragment != "" {
		return &Gone{"its address is not a plain https address"}
	}
	host := strings.TrimSuffix(strings.ToLower(to.Host), ":443")
	if !slices.ContainsFunc(c.options.Hosts, func(pattern string) bool { return matches(pattern, host) }) {
		return &Gone{"its address is not that of a push service"}
	}
	return nil
}

func matches(pattern, host string) bool {
	tail, star := strings.CutPrefix(pattern, "*")
	if !star {
		return pattern == host
	}
	return len(host) > len(tail) && strings.HasSuffix(host, tail) && host[0] != '.'
}

var topic = regexp.MustCompile(`^[A-Za-z0-9_-]{0,32}$`)

var urgencies = []string{"", "very-low", "low", "normal", "high"}

// Send encrypts a notice for the browser and hands it to its push service. A
// *Gone ends the subscription, a *Refused the notice; after a *outbound.Later or
// any other error it may be tried again. All notices have the same length on the wire.
func (c *Client) Send(ctx context.Context, sub Subscription, notice []byte, d Delivery) error {
	if err := c.Check(sub); err != nil {
		return err
	}
	if !topic.MatchString(d.Topic) || !slices.Contains(urgencies, d.Urgency) || d.TTL < 0 {
		return errors.New("push: a topic, an urgency or a time to live that there is not")
	}
	// A copy: the library appends to what it is given.
	answer, err := webpush.SendNotificationWithContext(ctx, append([]byte(nil), notice...),
		&webpush.Subscription{Endpoint: sub.Endpoint, Keys: webpush.Keys{P256dh: sub.P256dh, Auth: sub.Auth}},
		&webpush.Options{
			HTTPClient: &c.tokens, Subscriber: strings.TrimPrefix(c.options.Contact, "mailto:"),
			VAPIDPublicKey: c.PublicKey(), VAPIDPrivateKey: base64.RawURLEncoding.EncodeToString(c.options.Key.Bytes()),
			TTL: int(d.TTL.Seconds()), Urgency: webpush.Urgency(d.Urgency), Topic: d.Topic,
		})
	if err != nil {
		return fmt.Errorf("push: %w", bare(err))
	}
	_ = answer.Body.Close()
	if answer.StatusCode == http.StatusNotFound || answer.StatusCode == http.StatusGone {
		return &Gone{answer.Status}
	}
	later, final := outbound.Answered(answer, clock.Real{}.Now())
	if final {
		return &Refused{answer.StatusCode}
	}
	return later
}

// bare takes the address out of an error: it is as good as a device's name.
func bare(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// tokens sends one signed token to a push service for an hour, as Apple asks,
// where the library would sign another for each notice.
type tokens struct {
	next func(*http.Request) (*http.Response, error)
	mu   sync.Mutex
	kept map[string]token // by host
}

type token struct {
	header string
	age    func() time.Duration
}

// Do implements webpush.HTTPClient.
func (t *tokens) Do(r *http.Request) (*http.Response, error) {
	r.Header.Set("Authorization", t.of(r.URL.Host, r.Header.Get("Authorization")))
	return t.next(r)
}

// of gives the token to send to a host: the one kept, or else the fresh one.
func (t *tokens) of(host, fresh string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if kept, ok := t.kept[host]; ok && kept.age() < time.Hour {
		return kept.header
	}
	if t.kept == nil || len(t.kept) >= mostHosts {
		t.kept = map[string]token{}
	}
	t.kept[host] = token{fresh, clock.Stopwatch()}
	return fresh
}

// mostHosts bounds what the stars of Hosts could have us remember.
const mostHosts = 1000
