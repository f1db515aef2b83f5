// Package text sends text messages to phones, through GOV.UK Notify.
package text

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/outbound"
)

// Message is a text message to one phone.
type Message struct {
	// ID is our own name for it; Notify shows it as the reference.
	ID string
	// To is a phone number as people write it.
	To   string
	Text string
}

// Provider sends text messages. GOV.UK Notify is one, an Inbox another.
type Provider interface {
	// Send hands a message over. A *Refused is final; after a *outbound.Later or any
	// other error it may be tried again.
	Send(ctx context.Context, m Message) error
	// Fate tells what became of the message with an ID.
	Fate(ctx context.Context, id string) (Fate, error)
}

// Fate is what became of a message.
type Fate string

// The fates. A message that is Underway may come to any of the later ones.
const (
	Unknown   Fate = "unknown" // the provider never had it
	Underway  Fate = "underway"
	Delivered Fate = "delivered"
	Lost      Fate = "lost" // the phone was off for too long, or a network failed
	NoPhone   Fate = "no phone"
)

// Refused is a final no: sending the same again will not help.
type Refused struct {
	// Status is the HTTP status.
	Status int
	// Number says that the no was about the phone number.
	Number bool
	// Why is Notify's name for it, such as ValidationError.
	Why string
}

// Error never has the number in it.
func (r *Refused) Error() string { return fmt.Sprintf("text: refused with %d %s", r.Status, r.Why) }

// Options are an account at GOV.UK Notify.
type Options struct {
	// Key is an API key as Notify shows it: name-service-secret.
	Key string
	// Template is the id of a text message template whose whole text is ((message)).
	Template string
	// URL is Notify's address; empty means that of GOV.UK.
	URL string
	// Timeout is how long one message may take; 0 is 10 seconds.
	Timeout time.Duration
}

// Notify sends through GOV.UK Notify. It is safe for use by many at once.
type Notify struct {
	service, secret, template string
	url                       *url.URL // of all messages
	http                      *http.Client
}

// Open reads the options. It does not connect yet.
func Open(o Options) (*Notify, error) {
	const two = 2*36 + 2 // an API key ends in -service-secret, two UUIDs
	if len(o.Key) <= two {
		return nil, errKey
	}
	end := o.Key[len(o.Key)-two:]
	service, secret := end[1:37], end[38:]
	if uuid.Validate(service) != nil || uuid.Validate(secret) != nil || end[0] != '-' || end[37] != '-' {
		return nil, errKey
	}
	if uuid.Validate(o.Template) != nil {
		return nil, errors.New("the template of GOV.UK Notify must be an id such as f33517ff-2a88-4f6e-b855-c550268ce08a")
	}
	base, err := url.Parse(cmp.Or(o.URL, "https://api.notifications.service.gov.uk"))
	if err != nil || base.Scheme != "https" && !loopback(base.Hostname()) {
		return nil, errors.New("the address of GOV.UK Notify must be https")
	}
	return &Notify{
		service: service, secret: secret, template: o.Template, url: base.JoinPath("/v2/notifications"),
		http: outbound.Client(cmp.Or(o.Timeout, 10*time.Second), nil, nil),
	}, nil
}

var errKey = errors.New("the key of GOV.UK Notify must look like name-service-secret, as its page shows it once")

func loopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// Send implements Provider.
func (n *Notify) Send(ctx context.Context, m Message) error {
	body, err := json.Marshal(map[string]any{
		"phone_number": m.To, "template_id": n.template, "reference": m.ID, "personalisation": map[string]string{"message": m.Text},
	})
	if err != nil {
		return fmt.Errorf("text: %w", err)
	}
	answer, err := n.ask(ctx, http.MethodPost, n.url.JoinPath("sms"), body)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// fates are Notify's words. What is not among them is still underway.
var fates = map[string]Fate{
	"delivered": Delivered, "sent": Delivered, "permanent-failure": NoPhone,
	"temporary-failure": Lost, "technical-failure": Lost, "failed": Lost,
}

// Fate implements Provider. Notify forgets after seven days.
func (n *Notify) Fate(ctx context.Context, id string) (Fate, error) {
	list := *n.url
	list.RawQuery = url.Values{"template_type": {"sms"}, "reference": {id}}.Encode()
	answer, err := n.ask(ctx, http.MethodGet, &list, nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	var said struct {
		Notifications []struct{ Status string }
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&said); err != nil {
		return "", fmt.Errorf("text: %w", err)
	}
	if len(said.Notifications) == 0 {
		return Unknown, nil
	}
	return cmp.Or(fates[said.Notifications[0].Status], Underway), nil
}

// ask sends a request as our account. Whoever gets an answer closes its body.
func (n *Notify) ask(ctx context.Context, method string, at *url.URL, body []byte) (*http.Response, error) {
	// Notify goes by the real time, and takes a token for thirty seconds.
	now := clock.Real{}.Now()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"iss": n.service, "iat": now.Unix()}).SignedString([]byte(n.secret))
	if err != nil {
		return nil, fmt.Errorf("text: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, method, at.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("text: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := n.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("text: %w", err)
	}
	later, final := outbound.Answered(answer, now)
	if final {
		later = refusal(answer)
	}
	if later != nil {
		_ = answer.Body.Close()
		return nil, later
	}
	return answer, nil
}

// refusal reads what Notify objects to.
func refusal(answer *http.Response) error {
	var said struct {
		Errors []struct{ Error, Message string }
	}
	_ = json.NewDecoder(io.LimitReader(answer.Body, 1<<16)).Decode(&said) // the status is enough
	r := &Refused{Status: answer.StatusCode}
	for _, one := range said.Errors {
		r.Why = one.Error
		r.Number = r.Number || strings.HasPrefix(one.Message, "phone_number ")
	}
	if answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden {
		// Our key or our clock: once that is mended, the message can go.
		return fmt.Errorf("text: Notify does not know us: %d %s", r.Status, r.Why)
	}
	return r
}
