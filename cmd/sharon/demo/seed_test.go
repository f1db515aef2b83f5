package demo

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/tenants"
)

// TestContent reads every file as Seed does.
func TestContent(t *testing.T) {
	for _, trust := range trusts {
		for _, service := range trust.services {
			if _, err := read(service); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestSeed(t *testing.T) {
	onBoth(t, func(t *testing.T, fresh func() world) {
		b := fresh()
		// As a start leaves it that was killed between a trust and its services.
		if _, err := b.deps.Directory.CreateTrust(t.Context(), trusts[1].NewTrust); err != nil {
			t.Fatal(err)
		}
		took := clock.Stopwatch()
		if err := Seed(t.Context(), b.deps); err != nil {
			t.Fatal(err)
		}
		t.Logf("Seed took %s", took())
		once := b.counts(t)
		if err := Seed(t.Context(), b.deps); err != nil {
			t.Fatal(err)
		}
		if twice := b.counts(t); twice != once {
			t.Errorf("the first Seed left\n%sand the second\n%s", once, twice)
		}
		b.addUp(t)
		for what, query := range map[string]string{
			"a held post":                 "SELECT 1 FROM posts WHERE state = 'held'",
			"an edited post":              "SELECT 1 FROM posts WHERE edited_at IS NOT NULL",
			"an empty service":            "SELECT 1 FROM services AS s WHERE NOT EXISTS (SELECT 1 FROM posts AS p WHERE p.tenant_id = s.tenant_id AND p.service_id = s.id)",
			"a session with a transcript": "SELECT 1 FROM live_sessions AS s JOIN live_messages AS m ON m.tenant_id = s.tenant_id AND m.session_id = s.id WHERE s.closed_at IS NOT NULL AND s.transcript",
			"an invitation that waits":    "SELECT 1 FROM invitations WHERE closed_at IS NULL AND opened_at IS NOT NULL",
			"an identity":                 "SELECT 1 FROM identities WHERE nhs_lookup <> ''",
			"platform staff":              "SELECT 1 FROM platform_staff",
			"a paid invoice":              "SELECT 1 FROM platform_invoices WHERE state = 'paid'",
			"an invoice that is owed":     "SELECT 1 FROM platform_invoices WHERE owed > 0",
			"a session to come":           "SELECT 1 FROM live_sessions WHERE opened_at IS NULL",
			"somebody in two places":      "SELECT account_id FROM members GROUP BY account_id HAVING count(*) = 2",
		} {
			if b.rows(t, query) == "" {
				t.Errorf("there is not %s", what)
			}
		}
		if bored := b.rows(t, `SELECT m.handle FROM members AS m WHERE EXISTS (SELECT 1 FROM threads AS t WHERE t.tenant_id = m.tenant_id AND t.service_id = m.service_id)
			AND NOT EXISTS (SELECT 1 FROM threads AS t LEFT JOIN thread_reads AS r ON r.tenant_id = t.tenant_id AND r.post_id = t.post_id AND r.member_id = m.id
				WHERE t.tenant_id = m.tenant_id AND t.service_id = m.service_id AND t.active_at > coalesce(r.read_at, m.joined_at))`); bored != "" {
			t.Errorf("these have no unread thread: %s", bored)
		}
	})
}

// TestTalk checks that a conversation is in order and over by now, whenever now
// is: nights in which clocks change, too.
func TestTalk(t *testing.T) {
	for _, from := range []time.Time{soon, time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC)} {
		for hour := range 30 {
			now := from.Add(time.Duration(hour) * time.Hour)
			times, err := talk(now, "-0d 00:50", []answer{{After: "5m"}, {After: "10m"}, {After: "20m"}, {After: "2h"}, {After: "1d"}})
			if err != nil {
				t.Fatal(err)
			}
			for i, at := range times {
				if at.After(now) || i > 0 && !at.After(times[i-1]) {
					t.Errorf("now %s: %v", now, times)
				}
			}
		}
	}
	for _, bad := range []string{"", "yesterday", "-1d"} {
		if _, err := talk(soon, bad, nil); err == nil {
			t.Errorf("%q is no time", bad)
		}
	}
	for _, bad := range []string{"", "m", "-3m", "5", "1h30m"} {
		if _, err := talk(soon, "-1d 10:00", []answer{{After: bad}}); err == nil {
			t.Errorf("%q is no wait", bad)
		}
	}
}

func TestPrint(t *testing.T) {
	var out bytes.Buffer
	Print(&out, "http://localhost:8080")
	for _, wanted := range []string{Password, "http://northmoor.localhost:8080/sign-in", "http://eastvale.localhost:8080/sign-in",
		"hazel.willow@northmoor.example", "carer.kin@northmoor.example", "admin@northmoor.example", "waiting.bridge@eastvale.example",
		"http://console.localhost:8080/sign-in", "platform@sharon.example", "onboarding@sharon.example", "finance@sharon.example"} {
		if !strings.Contains(out.String(), wanted) {
			t.Errorf("it does not say %s:\n%s", wanted, &out)
		}
	}
	for _, role := range tenants.ServiceRoles {
		if !strings.Contains(out.String(), role.Name()) {
			t.Errorf("nobody is a %s", role.Name())
		}
	}
	for line := range strings.Lines(out.String()) {
		if utf8.RuneCountInString(line) > 90 {
			t.Errorf("too long: %s", line)
		}
	}
}
