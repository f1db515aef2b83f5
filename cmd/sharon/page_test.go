package main

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/text"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/notifications"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
)

// phones gives the site a GOV.UK Notify on this machine.
func (s *site) phones() *testkit.Notify {
	s.t.Helper()
	server := testkit.StartNotify(s.t)
	notify, err := text.Open(text.Options{Key: testkit.NotifyKey, Template: testkit.NotifyTemplate, URL: server.URL()})
	if err != nil {
		s.t.Fatal(err)
	}
	s.app.Outside.Text = notify
	return server
}

// phoned has a member of willow have shown that a number is theirs.
func (s *site) phoned(handle, number string) {
	s.t.Helper()
	err := s.app.Directory.WriteAs(s.t.Context(), s.northmoor(), "willow", func(ctx context.Context, sc tenants.Scope) error {
		person, err := sc.PersonByHandle(ctx, handle)
		if err != nil {
			return err
		}
		return identity.Archive{Keys: testKeys}.Add(ctx, sc, person.AccountID, identity.Identity{Phone: number})
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.sql(`UPDATE identities SET phone_verified_at = ? WHERE tenant_id = ? AND account_id IN
		(SELECT account_id FROM members AS m WHERE m.tenant_id = identities.tenant_id AND m.handle_key = ?)`, s.clock.Now(), s.northmoor(), handle)
}

// inHandler runs as a handler of willow's does that opens its own units of work.
func (s *site) inHandler(do func(ctx context.Context, sc tenants.Scope)) {
	s.t.Helper()
	var outside tenants.Scope
	err := s.app.Directory.WriteAs(s.t.Context(), s.northmoor(), "willow", func(_ context.Context, sc tenants.Scope) error {
		outside = sc.Outlive()
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	do(s.t.Context(), outside)
}

// calls calls a member as the team is called.
func (s *site) calls(handle string, key uuid.UUID) (said map[string]string) {
	s.t.Helper()
	var pager modules.Pager = notifications.New(posts.NewKernel(nil, safety.NewDesk()), s.app.Outside)
	said = map[string]string{}
	s.inHandler(func(ctx context.Context, sc tenants.Scope) {
		call := modules.Call{Key: key, Path: "/reports/kanari"}
		err := sc.Read(ctx, func(ctx context.Context, sc tenants.Scope) error {
			person, err := sc.Anybody(ctx, handle)
			call.To = person.ID
			return err
		})
		if err != nil {
			s.t.Fatal(err)
		}
		attempts, err := pager.Page(ctx, sc, call)
		if err != nil || len(attempts) != 3 {
			s.t.Fatal(attempts, err)
		}
		for _, a := range attempts {
			said[a.Channel] = a.Result
			if a.OK != (a.Result == "sent") || a.At.Before(s.clock.Now()) {
				s.t.Errorf("%+v", a)
			}
		}
	})
	return said
}

func TestACallToTheTeamGoesByEveryChannelWhateverTheyChose(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p, phones := s.posted(), s.phones()
		lead := s.over("lead.willow@northmoor")
		handle := s.handleOf("lead.willow@northmoor")
		key := uuid.New()
		if said := s.calls(handle, key); said["push"] != "no device" || said["text"] != "no number" || said["email"] != "sent" {
			t.Errorf("without device and number: %v", said)
		}
		device := p.Subscribe()
		if got := lead.sendJSON("/willow/notifications/devices", map[string]any{"endpoint": device.Endpoint, "p256dh": device.P256dh, "auth": device.Auth}); got.status != http.StatusOK {
			t.Fatalf("subscribe: %d %s", got.status, got.body)
		}
		lead.choose("message.email", "off", "quiet_from", "00:00", "quiet_to", "23:59", "digest", "off")
		s.phoned(handle, "+447700900123")
		for range 2 { // the second after a crash
			if said := s.calls(handle, key); said["push"] != "sent" || said["text"] != "sent" || said["email"] != "sent" {
				t.Errorf("in quiet hours: %v", said)
			}
		}
		if len(p.Mails()) != 1 || len(p.Pushes()) != 1 || len(phones.Texts()) != 1 {
			t.Fatalf("%d emails, %d notices and %d texts", len(p.Mails()), len(p.Pushes()), len(phones.Texts()))
		}
		words := phones.Texts()[0].Personalisation["message"]
		if !strings.HasPrefix(words, "SHaRON: Somebody needs you now. https://northmoor.sharon.example.nhs.uk/go/") || strings.Contains(words, "kanari") || strings.Contains(words, "willow") {
			t.Error(words)
		}
		link := regexp.MustCompile(`/go/[0-9a-f-]+`).FindString(words)
		if got := lead.getJSON(link, nil); field(t, got, "path") != "/willow/reports/kanari" {
			t.Errorf("the link leads to %d %s", got.status, got.body)
		}
		if got := s.over("hazel.willow@northmoor").getJSON(link, nil); got.status != http.StatusNotFound {
			t.Errorf("hazel follows it: %d", got.status)
		}
		s.calls(handle, uuid.New())
		if len(phones.Texts()) != 2 || len(p.Mails()) != 2 {
			t.Error("another call is none")
		}
	})
}

func TestACallThatIsRefusedSaysSo(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p, phones := s.posted(), s.phones()
		handle, key := s.handleOf("clinician.willow@northmoor"), uuid.New()
		s.phoned(handle, "+447700900123")
		p.Trouble(testkit.Trouble{At: "RCPT", Code: 550, Status: [3]int{5, 1, 1}})
		phones.Answer(503, "Exception", "Internal server error")
		if said := s.calls(handle, key); said["email"] != "refused: 550 5.1.1" || said["text"] != "refused: 503" {
			t.Errorf("%v", said)
		}
		p.Trouble(testkit.Trouble{})
		phones.Answer(201, "", "")
		if said := s.calls(handle, key); said["email"] != "sent" || said["text"] != "sent" {
			t.Errorf("once they are mended: %v", said)
		}
		// Taken, and then a crash before it was noted.
		s.sql("UPDATE deliveries SET state = 'queued', sent_at = NULL WHERE tenant_id = ? AND channel = 'text'", s.northmoor())
		if said := s.calls(handle, key); said["text"] != "sent" || len(phones.Texts()) != 1 {
			t.Errorf("%v, %d texts", said, len(phones.Texts()))
		}
		s.app.Outside.Text = nil
		if said := s.calls(handle, uuid.New()); said["text"] != "not set up here" {
			t.Errorf("without a provider: %v", said)
		}
	})
}

func TestANumberIsCalled(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.posted()
		phones, key := s.phones(), uuid.New()
		call := func(number string) (a modules.Attempt) {
			s.inHandler(func(ctx context.Context, sc tenants.Scope) {
				a = notifications.New(posts.NewKernel(nil, safety.NewDesk()), s.app.Outside).PageNumber(ctx, sc, key, number, "/reports/kanari")
			})
			return a
		}
		for range 2 {
			if a := call("07700 900321"); !a.OK || a.Result != "sent" || len(phones.Texts()) != 1 {
				t.Errorf("%+v, %d texts", a, len(phones.Texts()))
			}
		}
		for number, want := range map[string]string{"01632 960000": "not a mobile number", "the ward": "not a mobile number", "": "not a mobile number"} {
			if a := call(number); a.OK || a.Result != want {
				t.Errorf("%q: %+v", number, a)
			}
		}
		phones.Answer(400, "ValidationError", "phone_number Number is not valid")
		if a := call("07700 900322"); a.OK || a.Result != "refused: 400 ValidationError" {
			t.Errorf("%+v", a)
		}
		words := phones.Texts()[0].Personalisation["message"]
		link := regexp.MustCompile(`/called/\S+`).FindString(words)
		if strings.Contains(words, "willow") || strings.Contains(words, "kanari") {
			t.Error(words)
		}
		if got := s.over("lead.willow@northmoor").getJSON(link, nil); field(t, got, "path") != "/willow/reports/kanari" {
			t.Errorf("the link leads to %d %s", got.status, got.body)
		}
		for account, path := range map[string]string{"lead.orchard@eastvale": link, "lead.willow@northmoor": link + "x"} {
			if got := s.over(account).getJSON(path, nil); got.status != http.StatusNotFound {
				t.Errorf("%s at %s: %d", account, path, got.status)
			}
		}
	})
}
