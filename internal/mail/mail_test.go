package mail_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const from = "SHaRON <noreply@sharon.example.nhs.uk>"

func message(id string) mail.Message {
	return mail.Message{
		ID: id, To: "hazel@example.org", Subject: "You have a new message – come and see",
		Text: "Come and see.\n.\nA dot stood alone.\n", HTML: "<p>Come and see.</p>",
		Unsubscribe: "https://sharon.example.nhs.uk/stop?token=abc",
	}
}

func open(t *testing.T, o mail.Options) *mail.SMTP {
	t.Helper()
	o.From = from
	s, err := mail.OpenSMTP(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestAMessageArrivesWhole(t *testing.T) {
	server := testkit.StartSMTP(t)
	s := open(t, mail.Options{URL: server.URL()})
	m := message("one")
	if err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := server.Mails()[0]
	if got.From != "noreply@sharon.example.nhs.uk" || got.To != m.To {
		t.Errorf("envelope from %q to %q", got.From, got.To)
	}
	for name, want := range map[string]string{
		"Message-Id":            "<" + m.Key() + "@sharon.example.nhs.uk>",
		"From":                  `"SHaRON" <noreply@sharon.example.nhs.uk>`,
		"To":                    "<hazel@example.org>",
		"List-Unsubscribe":      "<https://sharon.example.nhs.uk/stop?token=abc>",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"Auto-Submitted":        "auto-generated",
		"User-Agent":            "",
	} {
		if got.Header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.Header.Get(name), want)
		}
	}
	if kind := got.Header.Get("Content-Type"); !strings.HasPrefix(kind, "multipart/alternative") {
		t.Errorf("content type %q", kind)
	}
	if text := strings.ReplaceAll(got.Text, "\r\n", "\n"); text != m.Text || got.HTML != m.HTML {
		t.Errorf("text %q, HTML %q", text, got.HTML)
	}
}

func TestARepeatHasTheSameMessageID(t *testing.T) {
	server := testkit.StartSMTP(t)
	s := open(t, mail.Options{URL: server.URL()})
	for _, id := range []string{"one", "two", "one"} {
		if err := s.Send(t.Context(), message(id)); err != nil {
			t.Fatal(err)
		}
	}
	var ids []string
	for _, m := range server.Mails() {
		ids = append(ids, m.Header.Get("Message-Id"))
	}
	if ids[0] != ids[2] || ids[0] == ids[1] {
		t.Error(ids)
	}
}

func TestAConnectionIsKeptAndMadeAnewWhenItIsGone(t *testing.T) {
	server := testkit.StartSMTP(t)
	s := open(t, mail.Options{URL: server.URL()})
	for i := range 5 {
		if err := s.Send(t.Context(), message(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if n := server.Connections(); n != 1 {
		t.Errorf("%d connections for five messages", n)
	}
	server.HangUp()
	if err := s.Send(t.Context(), message("after")); err != nil {
		t.Fatal(err)
	}
	if n := server.Connections(); n != 2 || len(server.Mails()) != 6 {
		t.Errorf("%d connections, %d messages", n, len(server.Mails()))
	}
}

func TestManySendAtOnce(t *testing.T) {
	server := testkit.StartSMTP(t)
	s := open(t, mail.Options{URL: server.URL()})
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			if err := s.Send(t.Context(), message(fmt.Sprint(i))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, m := range server.Mails() {
		seen[m.Header.Get("Message-Id")] = true
	}
	if len(seen) != 40 || len(server.Mails()) != 40 {
		t.Errorf("%d messages of %d kinds, want 40", len(server.Mails()), len(seen))
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		trouble testkit.Trouble
		want    *mail.Refused // nil for what may be tried again
	}{
		"no such address":     {testkit.Trouble{At: "RCPT", Code: 550, Status: [3]int{5, 1, 1}}, &mail.Refused{Code: 550, Status: "5.1.1", Address: true}},
		"relaying denied":     {testkit.Trouble{At: "RCPT", Code: 554, Status: [3]int{5, 7, 1}}, &mail.Refused{Code: 554, Status: "5.7.1"}},
		"not these words":     {testkit.Trouble{At: "SENT", Code: 554, Status: [3]int{5, 6, 0}}, &mail.Refused{Code: 554, Status: "5.6.0"}},
		"sender not allowed":  {testkit.Trouble{At: "MAIL", Code: 550, Status: [3]int{5, 7, 1}}, nil},
		"greylisted":          {testkit.Trouble{At: "RCPT", Code: 451, Status: [3]int{4, 7, 1}}, nil},
		"out of space":        {testkit.Trouble{At: "SENT", Code: 452, Status: [3]int{4, 3, 1}}, nil},
		"hangs up midway":     {testkit.Trouble{At: "DATA", HangUp: true}, nil},
		"hangs up at the end": {testkit.Trouble{At: "SENT", HangUp: true}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			server := testkit.StartSMTP(t)
			s := open(t, mail.Options{URL: server.URL()})
			server.Trouble(c.trouble)
			err := s.Send(t.Context(), message("one"))
			var refused *mail.Refused
			if err == nil || errors.As(err, &refused) != (c.want != nil) || refused != nil && *refused != *c.want {
				t.Fatalf("got %#v, want %#v", err, c.want)
			}
			if strings.Contains(err.Error(), "hazel") {
				t.Errorf("the error names the receiver: %v", err)
			}
			server.Trouble(testkit.Trouble{})
			if err := s.Send(t.Context(), message("one")); err != nil || len(server.Mails()) != 1 {
				t.Errorf("afterwards: %v, %d messages", err, len(server.Mails()))
			}
		})
	}
}

func TestSlowIsWorseThanDead(t *testing.T) {
	server := testkit.StartSMTP(t)
	server.Trouble(testkit.Trouble{At: "RCPT", Wait: time.Minute})
	took := clock.Stopwatch()
	if err := open(t, mail.Options{URL: server.URL(), Timeout: 100 * time.Millisecond}).Send(t.Context(), message("one")); err == nil {
		t.Error("a slow server counts as one that took it")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := open(t, mail.Options{URL: server.URL()}).Send(ctx, message("one")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	if err := open(t, mail.Options{URL: "smtp://" + silent.Addr().String(), Timeout: 100 * time.Millisecond}).Check(t.Context()); err == nil {
		t.Error("a silent server counts as one that answers")
	}
	if took() > 20*time.Second {
		t.Errorf("took %s", took())
	}
}

func TestTheRateHolds(t *testing.T) {
	server := testkit.StartSMTP(t)
	s := open(t, mail.Options{URL: server.URL(), Rate: 20})
	took := clock.Stopwatch()
	for i := range 30 { // 20 at once, and ten more at 20 a second
		if err := s.Send(t.Context(), message(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if took() < 450*time.Millisecond {
		t.Errorf("30 messages took %s", took())
	}
}

// at has the server of a name be the one of the test.
func at(server *testkit.SMTPServer) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server.Address())
	}
}

func TestPasswordsAndWordsTravelOverTLSOnly(t *testing.T) {
	secure := testkit.StartSMTP(t, testkit.MailTLS, testkit.MailPassword("open sesame"))
	plain := testkit.StartSMTP(t, testkit.MailPassword("open sesame"))
	const url = "smtp://sharon:open%20sesame@example.com:587"
	first := testkit.StartSMTP(t, testkit.MailTLSFirst, testkit.MailPassword("open sesame"))
	const urls = "smtps://sharon:open%20sesame@example.com"
	for name, c := range map[string]struct {
		options mail.Options
		ok      bool
	}{
		"good":                {mail.Options{URL: url, Roots: secure.Roots(), Dial: at(secure)}, true},
		"another's name":      {mail.Options{URL: "smtp://sharon:open%20sesame@other.test", Roots: secure.Roots(), Dial: at(secure)}, false},
		"nobody vouches":      {mail.Options{URL: url, Dial: at(secure)}, false},
		"offers no TLS":       {mail.Options{URL: url, Dial: at(plain)}, false},
		"wrong password":      {mail.Options{URL: "smtp://sharon:no@example.com", Roots: secure.Roots(), Dial: at(secure)}, false},
		"TLS from the start":  {mail.Options{URL: urls, Roots: first.Roots(), Dial: at(first)}, true},
		"and nobody vouches":  {mail.Options{URL: urls, Dial: at(first)}, false},
		"no TLS at the start": {mail.Options{URL: urls, Roots: secure.Roots(), Dial: at(plain)}, false},
		"on this machine":     {mail.Options{URL: "smtp://sharon:open%20sesame@" + plain.Address()}, true},
	} {
		t.Run(name, func(t *testing.T) {
			if err := open(t, c.options).Check(t.Context()); (err == nil) != c.ok {
				t.Errorf("got %v", err)
			} else if err != nil && strings.Contains(err.Error(), "sesame") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
	s := open(t, mail.Options{URL: url, Roots: secure.Roots(), Dial: at(secure)})
	if err := s.Send(t.Context(), message("one")); err != nil || len(secure.Mails()) != 1 {
		t.Errorf("%v, %d messages", err, len(secure.Mails()))
	}
}

func TestNoHeaderCanBePutIn(t *testing.T) {
	server := testkit.StartSMTP(t)
	s := open(t, mail.Options{URL: server.URL()})
	inbox := mail.NewInbox(clock.Real{})
	bad := map[string]func(*mail.Message){
		"subject":            func(m *mail.Message) { m.Subject = "Hello\r\nBcc: all@example.org" },
		"no subject":         func(m *mail.Message) { m.Subject = "" },
		"broken subject":     func(m *mail.Message) { m.Subject = "\xff" },
		"no id":              func(m *mail.Message) { m.ID = "" },
		"no text":            func(m *mail.Message) { m.Text = "" },
		"unsubscribe":        func(m *mail.Message) { m.Unsubscribe = "https://a.example/\r\nBcc: b@example.org" },
		"unsubscribe twice":  func(m *mail.Message) { m.Unsubscribe = "https://a.example/?>, <mailto:b@example.org" },
		"unsubscribe http":   func(m *mail.Message) { m.Unsubscribe = "http://sharon.example.nhs.uk/" },
		"unsubscribe script": func(m *mail.Message) { m.Unsubscribe = "javascript:alert(1)" },
	}
	for _, to := range []string{"", "hazel", "hazel@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org", "Hazel <hazel@example.org>", "hazel@example.org> SIZE=1", strings.Repeat("h", 300) + "@example.org"} {
		bad["to "+to[:min(len(to), 20)]] = func(m *mail.Message) { m.To = to }
	}
	for name, change := range bad {
		m := message("one")
		change(&m)
		err := s.Send(t.Context(), m)
		if err == nil || inbox.Send(t.Context(), m) == nil {
			t.Errorf("%s was sent", name)
		}
		var refused *mail.Refused
		if strings.HasPrefix(name, "to ") && (!errors.As(err, &refused) || !refused.Address) {
			t.Errorf("%s: %v is not a refused address", name, err)
		}
	}
	if len(server.Mails())+len(inbox.Messages()) > 0 {
		t.Error("something was sent")
	}
	m := message("id with\r\nBcc: b@example.org")
	m.Unsubscribe = ""
	if err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if h := server.Mails()[0].Header; h.Get("Bcc") != "" || h.Get("List-Unsubscribe") != "" || h.Get("List-Unsubscribe-Post") != "" {
		t.Errorf("headers %v", h)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []mail.Options{
		{URL: "", From: from}, {URL: "mail.example.org", From: from}, {URL: "http://mail.example.org", From: from},
		{URL: "smtp://u:secret@mail.example.org:99x", From: from}, {URL: "smtp://u:secret@mail.example.org/?tls=no", From: from},
		{URL: "smtp://mail.example.org", From: ""}, {URL: "smtp://mail.example.org", From: "SHaRON"},
	} {
		if _, err := mail.OpenSMTP(o); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestTheInboxKeepsTheLast(t *testing.T) {
	now := clock.NewFake(time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC))
	inbox := mail.NewInbox(now)
	for i := range 400 {
		now.Advance(time.Second)
		if err := inbox.Send(t.Context(), message(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := inbox.Send(t.Context(), message("390")); err != nil { // a repeat
		t.Fatal(err)
	}
	all := inbox.Messages()
	if len(all) != 300 || all[0].ID != "390" || all[1].ID != "399" || all[299].ID != "100" {
		t.Errorf("%d messages, %s, %s, %s", len(all), all[0].ID, all[1].ID, all[len(all)-1].ID)
	}
	if got, ok := inbox.Find(all[5].Key()); !ok || got.ID != all[5].ID || got.At.IsZero() {
		t.Errorf("found %+v", got)
	}
	if _, ok := inbox.Find(message("0").Key()); ok {
		t.Error("found what was forgotten")
	}
}
