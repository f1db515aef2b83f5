package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/push"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/notifications"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// post is a mail server and a push service on this machine.
type post struct {
	*testkit.SMTPServer
	*testkit.PushHost
}

// posted gives the site both.
func (s *site) posted() post {
	s.t.Helper()
	p := post{testkit.StartSMTP(s.t), testkit.StartPushHost(s.t)}
	server, err := mail.OpenSMTP(mail.Options{URL: p.URL(), From: "SHaRON <noreply@sharon.example.nhs.uk>"})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(server.Close)
	s.app.Outside.Email = server.Send
	s.app.Outside.Address = func(t tenants.Trust) string { return t.Address("https://sharon.example.nhs.uk") }
	s.app.Outside.Push = s.pushing(p.Host(), p.PushHost.Roots())
	return p
}

// to are the emails to one person; the team has its own from the desk.
func (p post) to(login string) []testkit.Mail {
	return slices.DeleteFunc(p.Mails(), func(m testkit.Mail) bool { return !strings.HasPrefix(m.To, login+".") })
}

// pushing sends notices to a push service on this machine.
func (s *site) pushing(host string, roots *x509.CertPool) *push.Client {
	anywhere := func(string, string, syscall.RawConn) error { return nil }
	return push.New(push.Options{Key: testKeys.Push(), Contact: "https://sharon.example.nhs.uk", Hosts: []string{host}, Roots: roots, Guard: anywhere})
}

// choose keeps what a member of willow wants; pairs such as "reply.email", "now" and fields of the form.
func (v *visitor) choose(pairs ...string) {
	v.site.t.Helper()
	choices, form := map[string]any{}, map[string]any{"digest": "daily", "digest_day": 1, "digest_hour": 18, "quiet_from": "", "quiet_to": ""}
	for i := 0; i < len(pairs); i += 2 {
		if strings.Contains(pairs[i], ".") {
			choices[pairs[i]] = pairs[i+1]
		} else {
			form[pairs[i]] = pairs[i+1]
		}
	}
	form["choices"] = choices
	if got := v.sendJSON("/willow/notifications/settings", form); got.status != http.StatusOK {
		v.site.t.Fatalf("choose: %d %s", got.status, got.body)
	}
}

// away lets everybody have left their pages.
func (s *site) away() { s.clock.Advance(3 * time.Minute) }

// tell makes notices of a kind to members of willow, as a room would.
func (s *site) tell(kind string, about uuid.UUID, handles ...string) {
	s.t.Helper()
	err := s.app.Directory.WriteAs(s.t.Context(), s.northmoor(), "willow", func(ctx context.Context, sc tenants.Scope) error {
		var to []uuid.UUID
		for _, handle := range handles {
			person, err := sc.PersonByHandle(ctx, handle)
			if err != nil {
				return err
			}
			to = append(to, person.ID)
		}
		return s.tellAll(ctx, sc, modules.Notice{Kind: kind, To: to, Subject: uuid.New(), About: about, Path: "/me"})
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) tellAll(ctx context.Context, sc tenants.Scope, notice modules.Notice) error {
	room := modules.Module{Key: "test", Always: true, Tells: []modules.Tell{{Notices: func(context.Context, tenants.Scope, tenants.Event) ([]modules.Notice, error) {
		return []modules.Notice{notice}, nil
	}}}}
	return notifications.New(posts.NewKernel(nil, safety.NewDesk()), s.app.Outside).Room([]modules.Module{room}).On[0].Do(ctx, sc, tenants.Event{})
}

func TestNothingOfWhatWasWrittenLeavesTheApp(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		hazel := s.over("hazel.willow@northmoor")
		s.sql("UPDATE members SET handle = 'Kanari One', handle_key = 'kanari-one' WHERE tenant_id = ? AND handle_key = 'fern'", s.northmoor())
		s.sql("UPDATE services SET name = 'Kanari Two', about = 'kanari', slug = 'kanari' WHERE tenant_id = ? AND slug = 'willow'", s.northmoor())
		s.sql("UPDATE places SET name = 'kanari' WHERE tenant_id = ?", s.northmoor())
		s.sql("UPDATE trusts SET name = 'Kanari Trust' WHERE id = ?", s.northmoor())
		s.raise()
		device := p.Subscribe()
		if got := hazel.sendJSON("/kanari/notifications/devices", map[string]any{"endpoint": device.Endpoint, "p256dh": device.P256dh, "auth": device.Auth}); got.status != http.StatusOK {
			t.Fatalf("subscribe: %d %s", got.status, got.body)
		}
		choices := map[string]any{"reply.email": "now", "reply.push": "now", "mention.email": "digest", "mention.push": "now"}
		if got := hazel.sendJSON("/kanari/notifications/settings", map[string]any{"choices": choices, "digest": "daily", "digest_day": 1, "digest_hour": 18}); got.status != http.StatusOK {
			t.Fatalf("choose: %d %s", got.status, got.body)
		}
		board := s.boardAt(hazel, "kanari")
		made := hazel.sendJSON("/kanari/forums/threads", map[string]any{"board": board, "title": "kanari title", "body": "kanari body"})
		fern := s.over("fern.willow@northmoor")
		if got := fern.sendJSON("/kanari/posts/"+field(t, made, "id")+"/replies", map[string]any{"body": "kanari reply"}); got.status != http.StatusOK {
			t.Fatalf("reply: %d %s", got.status, got.body)
		}
		if got := fern.sendJSON("/kanari/walls/kanari-one", map[string]any{"body": "kanari wall @hazel"}); got.status != http.StatusOK {
			t.Fatalf("wall: %d %s", got.status, got.body)
		}
		s.away()
		s.settle(2)
		s.clock.Advance(9 * time.Hour)
		s.settle(2)
		// The mention comes with the reply's notice, or after that has gone. The lead is told of reviews too.
		if pushes := len(p.Pushes()); len(p.to("hazel")) < 2 || pushes < 1 || pushes > 2 {
			t.Fatalf("%d emails and %d notices", len(p.Mails()), len(p.Pushes()))
		}
		for _, m := range p.Mails() {
			whole := string(m.Raw) + m.Text + m.HTML + fmt.Sprint(m.Header)
			for _, word := range []string{"kanari", "Kanari", "perinatal", "Perinatal", "hazel.willow", "Hazel"} {
				if strings.Contains(strings.ReplaceAll(whole, m.To, ""), word) {
					t.Errorf("an email has %q:\n%s", word, m.Raw)
				}
			}
			if m.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
				t.Errorf("an email without a way out: %v", m.Header)
			}
		}
		if got := p.to("hazel")[1].Text; !strings.Contains(got, "Since your last digest: 1 mention.") {
			t.Errorf("the digest says\n%s", got)
		}
		for _, one := range p.Pushes() {
			if strings.Contains(strings.ToLower(string(one.Notice)+one.Topic), "kanari") {
				t.Errorf("a notice has the word: %s", one.Notice)
			}
		}
		link := regexp.MustCompile(`/go/[0-9a-f-]+`).FindString(p.to("hazel")[0].Text)
		if got := s.over("hazel.willow@northmoor").getJSON(link, nil); !strings.HasPrefix(field(t, got, "path"), "/kanari/posts/") {
			t.Errorf("the link leads to %d %s", got.status, got.body)
		}
		for _, other := range []string{"ivy.willow@northmoor", "lead.orchard@eastvale"} {
			if got := s.over(other).getJSON(link, nil); got.status != http.StatusNotFound {
				t.Errorf("%s follows hazel's link: %d", other, got.status)
			}
		}
	})
}

// boardAt is the address of a board of a service.
func (s *site) boardAt(v *visitor, service string) string {
	s.t.Helper()
	var out struct{ Boards []struct{ Slug string } }
	v.getJSON("/"+service+"/forums", &out)
	return out.Boards[0].Slug
}

func TestAThousandThingsAtOnceAreOneEmail(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		s.over("hazel.willow@northmoor").choose("message.email", "now")
		s.away()
		for range 100 {
			s.tell("message", uuid.New(), "hazel")
		}
		s.settle(3)
		s.tell("message", uuid.New(), "hazel") // within ten minutes of the email
		s.settle(1)
		if got := p.Mails(); len(got) != 1 || got[0].Header.Get("Subject") != "You have new notices" {
			t.Fatalf("%d emails: %v", len(got), got)
		}
		s.clock.Advance(11 * time.Minute)
		s.settle(1)
		if got := p.Mails(); len(got) != 2 {
			t.Errorf("%d emails after ten minutes", len(got))
		}
		hazel := s.over("hazel.willow@northmoor")
		page := hazel.notices("willow")
		if page.Unread != 100 {
			t.Errorf("counts %d", page.Unread)
		}
		seen := map[string]bool{}
		for pages := 0; pages < 10; pages++ {
			for _, one := range page.Notices {
				seen[one.ID] = true
			}
			older := page.Older
			if page = (notices{}); older == "" {
				break
			}
			hazel.getJSON("/willow/notifications?before="+older, &page)
		}
		if len(seen) != 101 {
			t.Errorf("the pages show %d of 101", len(seen))
		}
	})
}

func TestQuietHoursAndWhatPassesThem(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		hazel := s.over("hazel.willow@northmoor")
		hazel.choose("message.email", "now", "quiet_from", "09:00", "quiet_to", "12:00", "digest", "off")
		s.over("ivy.willow@northmoor").choose("message.email", "off")
		s.away()
		s.tell("message", uuid.New(), "hazel", "ivy")
		s.settle(1)
		if got := p.Mails(); len(got) != 0 {
			t.Errorf("in quiet hours: %s", got[0].Raw)
		}
		s.tell("safety_notice", uuid.New(), "hazel", "ivy")
		s.settle(1)
		got := p.Mails()
		if len(got) != 2 || got[0].Header.Get("Subject") != "You have an important message" || got[0].Header.Get("List-Unsubscribe") != "" {
			t.Fatalf("a safety notice to both: %d %v", len(got), got)
		}
		s.clock.Advance(2 * time.Hour)
		s.settle(1)
		if got := p.Mails(); len(got) != 3 || !strings.HasPrefix(got[2].To, "hazel.") {
			t.Errorf("after the quiet hours: %d", len(got))
		}
	})
}

func TestWhatHasBeenReadOrTakenAwayIsNotSent(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		hazel.choose("reply.email", "now")
		root := threadBy(hazel, "sleep-and-feeding", "Who is up?")
		reply := replyBy(fern, root, "me")
		s.settle(1) // she is on a page, so the email waits
		if len(p.Mails()) > 0 {
			t.Error("an email to somebody who is looking at the page")
		}
		if got := fern.sendJSON("/willow/posts/"+reply+"/remove", nil); got.status != http.StatusOK {
			t.Fatalf("take down: %d", got.status)
		}
		s.away()
		s.settle(1)
		if len(p.Mails()) > 0 || hazel.notices("willow").Unread > 0 {
			t.Error("told of what has been taken down")
		}
		replyBy(fern, root, "me again")
		s.sql("UPDATE service_modules SET enabled = ? WHERE tenant_id = ? AND module = 'forums'", false, s.northmoor())
		s.raise()
		s.away()
		s.settle(1)
		if len(p.Mails()) > 0 || hazel.notices("willow").says() != "" {
			t.Error("told of a room that is closed")
		}
		s.sql("UPDATE service_modules SET enabled = ? WHERE tenant_id = ? AND module = 'forums'", true, s.northmoor())
		s.raise()
		hazel.getJSON("/willow", nil)
		replyBy(fern, root, "and again")
		s.settle(1)
		hazel.getJSON("/willow/forums/threads/"+root, nil)
		s.away()
		s.settle(1)
		if len(p.Mails()) > 0 {
			t.Error("told of what she has read")
		}
	})
}

func TestAnAddressThatRefusesIsLeftAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		p.Trouble(testkit.Trouble{At: "RCPT", Code: 550, Status: [3]int{5, 1, 1}})
		s.tell("message", uuid.New(), "hazel")
		s.settle(1)
		p.Trouble(testkit.Trouble{})
		s.clock.Advance(time.Hour)
		s.tell("message", uuid.New(), "hazel")
		s.settle(1)
		if got := p.Mails(); len(got) > 0 {
			t.Errorf("an email to an address that refused one: %s", got[0].Raw)
		}
		if n := s.count("SELECT count(*) FROM deliveries WHERE tenant_id = ? AND state = 'bounced' AND code LIKE '550%'", s.northmoor()); n != 1 {
			t.Errorf("%d bounces are noted", n)
		}
		hazel := s.over("hazel.willow@northmoor")
		if got := hazel.getJSON("/willow/notifications/settings", nil); field(t, got, "bounced") != "true" || field(t, got, "email") != "h•••@northmoor.example" {
			t.Errorf("settings: %s", got.body)
		}
		s.sql("UPDATE accounts SET email_lookup = ? WHERE tenant_id = ? AND email_lookup = ?", "another", s.northmoor(), testKeys.Lookup("hazel.willow@northmoor.example"))
		s.away()
		s.tell("message", uuid.New(), "hazel")
		s.settle(1)
		if got := p.Mails(); len(got) != 1 {
			t.Errorf("%d emails after the address was changed", len(got))
		}
	})
}

func TestAMailServerThatIsAwayLosesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	p := s.posted()
	s.tell("message", uuid.New(), "hazel")
	p.Trouble(testkit.Trouble{At: "SENT", HangUp: true}) // taken, and not said so
	go func() {
		for p.Connections() < 2 && t.Context().Err() == nil {
			time.Sleep(10 * time.Millisecond)
		}
		p.Trouble(testkit.Trouble{})
	}()
	s.settle(1)
	got := p.Mails()
	if len(got) == 0 {
		t.Fatal("lost")
	}
	for _, m := range got {
		if m.Header.Get("Message-ID") != got[0].Header.Get("Message-ID") {
			t.Error("a repeat that the receiver's side does not know for one")
		}
	}
	if n := s.count("SELECT count(*) FROM deliveries WHERE tenant_id = ? AND state = 'sent' AND attempts > 1", s.northmoor()); n != 1 {
		t.Errorf("%d are sent after more than one try", n)
	}
}

func TestADeviceThatIsGoneIsForgotten(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		hazel := s.over("hazel.willow@northmoor")
		kept, gone := p.Subscribe(), p.Subscribe()
		for _, d := range []*testkit.Device{kept, gone, gone} {
			if got := hazel.sendJSON("/willow/notifications/devices", map[string]any{"endpoint": d.Endpoint, "p256dh": d.P256dh, "auth": d.Auth}); got.status != http.StatusOK {
				t.Fatalf("subscribe: %d %s", got.status, got.body)
			}
		}
		if n := s.count("SELECT count(*) FROM push_devices WHERE tenant_id = ?", s.northmoor()); n != 2 {
			t.Errorf("%d devices", n)
		}
		for _, endpoint := range []string{"https://evil.test/", "http://" + p.Host() + "/send/x"} {
			if got := hazel.sendJSON("/willow/notifications/devices", map[string]any{"endpoint": endpoint, "p256dh": kept.P256dh, "auth": kept.Auth}); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", endpoint, got.status)
			}
		}
		gone.Answer(410)
		s.tell("message", uuid.New(), "hazel")
		s.away()
		s.settle(1)
		if got := p.Pushes(); len(got) != 1 || !bytes.Contains(got[0].Notice, []byte("You have a new message")) {
			t.Errorf("notices: %+v", got)
		}
		if n := s.count("SELECT count(*) FROM push_devices WHERE tenant_id = ?", s.northmoor()); n != 1 {
			t.Errorf("%d devices are kept", n)
		}
		ivy := s.over("ivy.willow@northmoor") // signs in on hazel's computer
		if got := ivy.sendJSON("/willow/notifications/devices", map[string]any{"endpoint": kept.Endpoint, "p256dh": kept.P256dh, "auth": kept.Auth}); got.status != http.StatusOK {
			t.Fatalf("subscribe: %d", got.status)
		}
		s.clock.Advance(time.Hour)
		s.tell("message", uuid.New(), "hazel")
		s.settle(1)
		if got := p.Pushes(); len(got) != 1 {
			t.Error("hazel's notice is shown to ivy")
		}
	})
}

func TestOneClickEndsEmailsOfAKind(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		s.tell("message", uuid.New(), "hazel")
		s.settle(1)
		out := strings.TrimPrefix(strings.Trim(p.Mails()[0].Header.Get("List-Unsubscribe"), "<>"), "https://northmoor.sharon.example.nhs.uk")
		if !strings.HasPrefix(out, "/unsubscribe/") {
			t.Fatalf("way out: %q", out)
		}
		stranger := s.visit("northmoor")
		if got := stranger.get(out); got.status != http.StatusOK || !got.has("Stop these emails") {
			t.Fatalf("page: %d %s", got.status, got.text())
		}
		s.clock.Advance(time.Hour)
		s.tell("message", uuid.New(), "hazel")
		s.settle(1)
		if len(p.Mails()) != 2 {
			t.Fatal("looking at the page has ended the emails")
		}
		for range 2 {
			request := stranger.request(http.MethodPost, out, strings.NewReader("List-Unsubscribe=One-Click"))
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if got := stranger.do(request); got.status != http.StatusOK || !got.has("Done") {
				t.Fatalf("one click: %d %s", got.status, got.text())
			}
		}
		s.clock.Advance(time.Hour)
		s.tell("message", uuid.New(), "hazel")
		s.settle(1)
		if len(p.Mails()) != 2 {
			t.Error("emails go on")
		}
		for _, v := range []*visitor{s.visit("eastvale"), stranger} {
			forged := out
			if v == stranger {
				forged = strings.Replace(out, "~message~", "~reply~", 1)
			}
			if got := v.post(forged, url.Values{}); got.status != http.StatusNotFound {
				t.Errorf("a ticket that is not ours: %d", got.status)
			}
		}
	})
}

func TestThreeWorkersMakeOneDigest(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		hazel.choose("digest", "daily")
		root := threadBy(hazel, "sleep-and-feeding", "Who is up?")
		replyBy(fern, root, "me")
		replyBy(fern, root, "still me")
		gone := replyBy(fern, root, "and me")
		s.settle(1)
		if got := hazel.getJSON("/willow/notifications/digest", nil); field(t, got, "counts") != "3 new replies" {
			t.Errorf("preview: %s", got.body)
		}
		fern.sendJSON("/willow/posts/"+gone+"/remove", nil)
		s.clock.Advance(8 * time.Hour)
		s.settle(3)
		if got := p.to("hazel"); len(got) != 1 || !strings.Contains(got[0].Text, "Since your last digest: 2 new replies.") {
			t.Fatalf("%d digests: %v", len(got), got)
		}
		s.clock.Advance(24 * time.Hour)
		s.settle(3)
		if got := p.to("hazel"); len(got) != 1 {
			t.Errorf("an empty digest was sent: %s", got[1].Raw)
		}
		if n := s.count("SELECT count(*) FROM notification_settings WHERE tenant_id = ? AND next_digest_at <= ?", s.northmoor(), s.clock.Now()); n != 0 {
			t.Errorf("%d digests are not moved on", n)
		}
	})
}

func TestOldNoticesAreForgotten(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.posted()
		s.tell("message", uuid.New(), "hazel", "ivy")
		s.settle(1)
		s.over("hazel.willow@northmoor").sendJSON("/willow/notifications/read", nil)
		left := func(want int) {
			t.Helper()
			s.round("old-notices")
			notices, deliveries := s.count("SELECT count(*) FROM notices WHERE tenant_id = ? AND kind = 'message'", s.northmoor()), s.count("SELECT count(*) FROM deliveries WHERE tenant_id = ? AND kind = 'message'", s.northmoor())
			if notices != want || deliveries != (want-1)*2 {
				t.Errorf("%d notices and %d deliveries are left", notices, deliveries)
			}
		}
		left(2)
		s.clock.Advance(91 * 24 * time.Hour)
		left(1) // what has not been read stays
	})
}

func TestWhoIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, hazel, fern := s.over("lead.willow@northmoor"), s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		told := func(account string) string {
			t.Helper()
			s.settle(1)
			v := s.over(account + ".willow@northmoor")
			got := v.notices("willow").says()
			v.sendJSON("/willow/notifications/read", nil)
			s.sql("DELETE FROM notices WHERE tenant_id = ? AND read_at IS NOT NULL", s.northmoor())
			return got
		}
		wall := wallPostBy(hazel, "hazel", "Thanks, @Fern and @fern, not me@ivy.example or @nobody-here or @hazel")
		if a, b, c := told("fern"), told("ivy"), told("hazel"); a != "Hazel named you in Hazel’s post" || b+c != "" {
			t.Errorf("named: %q %q %q", a, b, c)
		}
		fern.sendJSON("/willow/posts/"+wall+"/reaction", map[string]any{"kind": "hug"})
		hazel.sendJSON("/willow/posts/"+wall+"/reaction", map[string]any{"kind": "hug"})
		if a := told("hazel"); a != "Fern reacted to your post" {
			t.Errorf("reacted: %q", a)
		}
		fern.sendJSON("/willow/posts/"+wall+"/replies", map[string]any{"body": "@hazel hello"})
		if a := told("hazel"); a != "Fern named you in your post" {
			t.Errorf("named where she follows, told once: %q", a)
		}
		made := lead.sendJSON("/willow/forums/boards", map[string]any{"name": "News", "audience": "peers", "who_may_post": "staff", "position": 9})
		lead.sendJSON("/willow/forums/threads", map[string]any{"board": field(t, made, "slug"), "title": "We move", "body": "On Monday."})
		if a, b := told("ivy"), told("lead"); !strings.HasSuffix(a, " from the team wrote “We move”") || strings.Contains(b, "We move") {
			t.Errorf("news: %q %q", a, b)
		}
		staff := lead.sendJSON("/willow/forums/boards", map[string]any{"name": "Team only", "audience": "staff", "who_may_post": "staff", "position": 9})
		lead.sendJSON("/willow/forums/threads", map[string]any{"board": field(t, staff, "slug"), "title": "Among us", "body": "@hazel must not know."})
		if a, b := told("hazel"), told("moderator"); strings.Contains(a, "Among us") || !strings.Contains(b, "“Among us”") {
			t.Errorf("the team's own: %q %q", a, b)
		}
	})
}
