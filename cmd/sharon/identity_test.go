package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// kanari is an identity that must show nowhere but where it is looked up.
var kanari = map[string]any{"name": "Kanari Vogelsang", "born_on": "17 5 1990", "nhs_number": "999 111 2227", "phone": "07700 900 987"}

// traces are what would give it away.
var traces = []string{"Kanari", "Vogelsang", "9991112227", "999 111 2227", "900987", "900 987", "1990-05-17", "17 May 1990", "kanari@person"}

// joined lets Kanari join willow as Quiet kettle and returns their client.
func (s *site) joined(p post) *visitor {
	s.t.Helper()
	link := s.invited(p, s.over("clinician.willow@northmoor"), "willow", "kanari@person.example", "service_user", kanari)
	in := joining("kanari@person.example", "Quiet kettle")
	in["born_on"] = "17/05/1990"
	v := s.visit("northmoor")
	got := v.sendJSON(link, in)
	if got.status != http.StatusOK {
		s.t.Fatalf("join: %d %s", got.status, got.body)
	}
	v.bearer = field(s.t, got, "token")
	return v
}

func TestAClinicianSeesWhoSomebodyIsAndThatIsOnRecord(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		member := s.joined(s.posted())
		looks := func() int {
			return s.count("SELECT count(*) FROM audit_log WHERE tenant_id = ? AND action LIKE 'identity.read%'", s.northmoor())
		}
		before := looks()
		const page = "/willow/people/quiet-kettle/identity"
		clinician := s.over("clinician.willow@northmoor")
		if got := clinician.sendJSON(page, map[string]any{"reason": " "}); got.status != 422 || !got.has("#/reason") {
			t.Errorf("without a reason: %d %s", got.status, got.body)
		}
		got := clinician.sendJSON(page, map[string]any{"reason": "to call them"}, "Idempotency-Key", "one")
		for _, word := range []string{"Kanari Vogelsang", "9991112227", "+447700900987", "1990-05-17", "kanari@person.example", "Quiet kettle"} {
			if got.status != 200 || !got.has(word) {
				t.Errorf("%d without %s: %s", got.status, word, got.body)
			}
		}
		inBrowser := s.as("clinician.willow@northmoor")
		if got := inBrowser.post(page, url.Values{"reason": {"kept from them"}, "safeguarding": {"false", "true"}}); got.status != 200 || !got.has("Kanari Vogelsang") {
			t.Errorf("by the form: %d %s", got.status, got.text())
		}
		if seen := string(member.getJSON("/account/identity", nil).body); strings.Count(seen, `"by":"Jo"`) != 1 || strings.Contains(seen, "to call them") {
			t.Errorf("the member sees %s", seen)
		}
		for action, reason := range map[string]string{"identity.read": "to call them", "identity.read_safeguarding": "kept from them"} {
			if n := s.count("SELECT count(*) FROM audit_log WHERE tenant_id = ? AND action = ? AND reason = ? AND subject_id IS NOT NULL AND account_id IS NOT NULL", s.northmoor(), action, reason); n != 1 {
				t.Errorf("%s is on record %d times", action, n)
			}
		}
		for _, who := range []string{"hazel.willow@northmoor", "moderator.willow@northmoor", "peer.willow@northmoor", "lead.willow@northmoor", "admin@northmoor", "clinician.harbour@northmoor"} {
			if got := s.over(who).sendJSON(page, map[string]any{"reason": "curious"}); !refused(got.status) || got.has("Kanari") {
				t.Errorf("%s: %d %s", who, got.status, got.body)
			}
		}
		s.clock.Advance(11 * time.Minute)
		if got := clinician.sendJSON(page, map[string]any{"reason": "later"}); got.status != 403 || got.has("Kanari") {
			t.Errorf("eleven minutes after signing in: %d %s", got.status, got.body)
		}
		if n := looks() - before; n != 2 {
			t.Errorf("%d look-ups on record: those refused are none", n)
		}
	})
}

func TestAMemberIsFoundByNumberOrEmail(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.joined(s.posted())
		clinician := s.over("clinician.willow@northmoor")
		for known, found := range map[string]bool{"999-111-2227": true, "KANARI@person.example": true, "999 876 5439": false, "nobody@person.example": false} {
			got := clinician.sendJSON("/willow/identities", map[string]any{"known": known, "reason": "they rang"})
			if got.status != 200 || got.has("Quiet kettle") != found || got.has("Vogelsang") {
				t.Errorf("%s: %d %s", known, got.status, got.body)
			}
		}
		if got := clinician.sendJSON("/willow/identities", map[string]any{"known": "999 111 2220", "reason": "they rang"}); got.status != 422 || !got.has("#/known") {
			t.Errorf("a wrong check digit: %d %s", got.status, got.body)
		}
		if got := s.over("clinician.harbour@northmoor").sendJSON("/harbour/identities", map[string]any{"known": "9991112227", "reason": "they rang"}); got.has("Quiet kettle") {
			t.Errorf("found from another service: %s", got.body)
		}
		if n := s.count("SELECT count(*) FROM audit_log WHERE tenant_id = ? AND action = 'identity.search'", s.northmoor()); n != 5 {
			t.Errorf("%d searches on record", n)
		}
	})
}

// logged keeps what the server logs.
type logged struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(line)
}

// What is in an identity shows on no page, in no JSON, email, log, event, receipt
// or column but where it is looked up.
func TestAnIdentityShowsNowhereElse(t *testing.T) {
	t.Parallel()
	log := &logged{}
	s := newSite(t, testkit.SQLite(t, prepare), func(a *app) {
		a.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	p := s.posted()
	member := s.joined(p)
	if got := member.sendJSON("/willow/walls/quiet-kettle", map[string]any{"body": "Hello from the kettle."}); got.status != 200 {
		t.Fatalf("write: %d %s", got.status, got.body)
	}
	clinician := s.over("clinician.willow@northmoor")
	clinician.sendJSON("/willow/people/quiet-kettle/identity", map[string]any{"reason": "to call them"})
	member.sendJSON("/password", map[string]any{"email": "kanari@person.example"})
	s.settle(1)
	clean := func(where, text string) {
		t.Helper()
		for _, trace := range traces {
			if strings.Contains(strings.ToLower(text), strings.ToLower(trace)) {
				t.Errorf("%s has %q", where, trace)
			}
		}
	}
	at := s.idsOf("northmoor", "willow")
	at["handle"] = "quiet-kettle"
	for name, v := range map[string]*visitor{"the member": member, "the clinician": clinician, "the lead": s.over("lead.willow@northmoor"), "a peer": s.over("hazel.willow@northmoor"), "the trust's": s.over("admin@northmoor")} {
		for _, route := range s.app.table.Routes() {
			if route.Command() || route.Path == "/{service}/notifications/settings" && name == "the member" { // where they see their own address
				continue
			}
			clean(name+": "+route.Path, string(v.getJSON(at.fill(route.Path), nil).body))
		}
	}
	browser := s.visit("northmoor")
	browser.post("/sign-in", url.Values{"email": {"kanari@person.example"}, "password": {"three warm words"}})
	for _, path := range []string{"/", "/willow", "/willow/me", "/account/identity", "/willow/people/quiet-kettle"} {
		clean(path, string(browser.get(path).body))
	}
	for _, m := range p.Mails() {
		clean("an email", strings.ReplaceAll(string(m.Raw)+m.Text+m.HTML, m.To, ""))
	}
	clean("the log", log.String())
	for table, text := range s.everything() {
		clean("table "+table, text)
	}
}

// everything is what stands in each table, as text.
func (s *site) everything() map[string]string {
	s.t.Helper()
	out := map[string]string{}
	err := s.app.DB.Read(s.t.Context(), s.northmoor(), func(ctx context.Context, db bun.IDB) error {
		tables, err := testkit.TenantTables(ctx, db)
		if err != nil {
			return err
		}
		for _, table := range tables {
			var rows []map[string]any
			if err := db.NewSelect().TableExpr("?", bun.Ident(table)).Where("tenant_id = ?", s.northmoor()).Scan(ctx, &rows); err != nil {
				return err
			}
			text := strings.Builder{}
			for _, row := range rows {
				for _, value := range row {
					if raw, ok := value.([]byte); ok {
						value = string(raw)
					}
					_, _ = fmt.Fprintln(&text, value)
				}
			}
			out[table] = text.String()
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}
