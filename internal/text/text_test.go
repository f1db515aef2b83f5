package text_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/outbound"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/text"
)

func TestMain(m *testing.M) { testkit.Main(m) }

var message = text.Message{ID: "0198", To: "07700 900123", Text: "You have a new message: https://sharon.example.nhs.uk/n/1"}

func open(t *testing.T, key, url string) *text.Notify {
	t.Helper()
	n, err := text.Open(text.Options{Key: key, Template: testkit.NotifyTemplate, URL: url, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestATextArrives(t *testing.T) {
	server := testkit.StartNotify(t)
	if err := open(t, testkit.NotifyKey, server.URL()).Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	got := server.Texts()[0]
	if got.PhoneNumber != message.To || got.Reference != message.ID || got.Personalisation["message"] != message.Text || len(got.Personalisation) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestAnswersAreSorted(t *testing.T) {
	server := testkit.StartNotify(t)
	n := open(t, testkit.NotifyKey, server.URL())
	for name, c := range map[string]struct {
		status     int
		err, words string
		want       *text.Refused
		after      time.Duration
		later      bool
	}{
		"bad number":   {400, "ValidationError", "phone_number Number is not valid", &text.Refused{Status: 400, Number: true, Why: "ValidationError"}, 0, false},
		"bad template": {400, "BadRequestError", "Template not found", &text.Refused{Status: 400, Why: "BadRequestError"}, 0, false},
		"bad key":      {403, "AuthError", "Invalid token: API key not found", nil, 0, false},
		"too many":     {429, "RateLimitError", "Exceeded rate limit", nil, time.Minute, true},
		"out of order": {503, "Exception", "Internal server error", nil, time.Minute, true},
	} {
		t.Run(name, func(t *testing.T) {
			server.Answer(c.status, c.err, c.words, "Retry-After", "60")
			err := n.Send(t.Context(), message)
			var refused *text.Refused
			var later *outbound.Later
			if errors.As(err, &refused) != (c.want != nil) || refused != nil && *refused != *c.want {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if errors.As(err, &later) != c.later || later != nil && later.After != c.after || err == nil || strings.Contains(err.Error(), "900123") {
				t.Errorf("got %v", err)
			}
		})
	}
	server.Answer(201, "", "")
	if err := n.Send(t.Context(), message); err != nil || len(server.Texts()) != 1 {
		t.Errorf("at last: %v, %d texts", err, len(server.Texts()))
	}
}

func TestTheFateOfATextIsTold(t *testing.T) {
	server := testkit.StartNotify(t)
	n := open(t, testkit.NotifyKey, server.URL())
	if fate, err := n.Fate(t.Context(), message.ID); fate != text.Unknown || err != nil {
		t.Errorf("before it was sent: %s %v", fate, err)
	}
	if err := n.Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	for status, want := range map[string]text.Fate{
		"created": text.Underway, "sending": text.Underway, "pending": text.Underway, "something new": text.Underway, "delivered": text.Delivered,
		"permanent-failure": text.NoPhone, "temporary-failure": text.Lost, "technical-failure": text.Lost,
	} {
		server.Become(status)
		if fate, err := n.Fate(t.Context(), message.ID); fate != want || err != nil {
			t.Errorf("%s: %s %v", status, fate, err)
		}
	}
	if fate, err := n.Fate(t.Context(), "0199"); fate != text.Unknown || err != nil {
		t.Errorf("another: %s %v", fate, err)
	}
	server.Answer(503, "Exception", "Internal server error")
	if fate, err := n.Fate(t.Context(), message.ID); err == nil {
		t.Errorf("out of order: %s", fate)
	}
}

func TestAnInboxTakesTextsOnce(t *testing.T) {
	inbox := text.NewInbox(clock.NewFake(time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC)))
	for range 2 {
		if err := inbox.Send(t.Context(), message); err != nil {
			t.Fatal(err)
		}
	}
	if got := inbox.Messages(); len(got) != 1 || got[0].Message != message {
		t.Errorf("%+v", got)
	}
	for id, want := range map[string]text.Fate{message.ID: text.Delivered, "0199": text.Unknown} {
		if fate, err := inbox.Fate(t.Context(), id); fate != want || err != nil {
			t.Errorf("%s: %s %v", id, fate, err)
		}
	}
}

func TestAnotherKeyIsNotOurs(t *testing.T) {
	server := testkit.StartNotify(t)
	other := testkit.NotifyKey[:len(testkit.NotifyKey)-1] + "1"
	var refused *text.Refused
	if err := open(t, other, server.URL()).Send(t.Context(), message); err == nil || errors.As(err, &refused) || len(server.Texts()) > 0 {
		t.Errorf("got %v", err)
	}
}

func TestNobodyAnswers(t *testing.T) {
	err := open(t, testkit.NotifyKey, "http://127.0.0.1:1").Send(t.Context(), message)
	var refused *text.Refused
	if err == nil || errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	good := text.Options{Key: testkit.NotifyKey, Template: testkit.NotifyTemplate}
	if _, err := text.Open(good); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*text.Options){
		"no key":           func(o *text.Options) { o.Key = "" },
		"half a key":       func(o *text.Options) { o.Key = o.Key[20:] },
		"a key of letters": func(o *text.Options) { o.Key = strings.Repeat("k", 80) },
		"no template":      func(o *text.Options) { o.Template = "" },
		"plain http":       func(o *text.Options) { o.URL = "http://api.example.org" },
	} {
		o := good
		change(&o)
		if _, err := text.Open(o); err == nil || strings.Contains(err.Error(), "3d844edf") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
