package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/exitkit"
)

// worksOnKits does once what a worker does every few seconds.
func (s *site) worksOnKits() {
	s.t.Helper()
	if err := s.app.chores()[0].Do(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// gives has northmoor's administrator give a key.
func (s *site) gives(key *age.X25519Identity) {
	s.t.Helper()
	s.sent(s.over("admin@northmoor"), "/trust/exit-kit", map[string]any{"recipient": key.Recipient().String()})
}

// kits are the kits of northmoor as the console shows them, the latest first.
func (v *visitor) kits(path string) (page admin.KitsPage) {
	v.site.t.Helper()
	v.getJSON(path, &page)
	return page
}

func asking(key *age.X25519Identity) map[string]any {
	return map[string]any{"recipient": key.Recipient().String(), "proof": demo.Password}
}

// The whole way: the trust gives its key, the platform asks, a worker makes and
// checks, either fetches, the trust opens.
func TestThePlatformHasAKitMadeThatOnlyTheTrustOpens(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		key, platform, path := pair(t), s.over("platform@sharon"), s.pathOf("northmoor")+"/exit-kit"
		want(t, "without a key of the trust", platform.sendJSON(s.pathOf("eastvale")+"/exit-kit", asking(key)), http.StatusConflict)
		s.gives(key)
		want(t, "another key than the trust’s", platform.sendJSON(path, asking(pair(t))), http.StatusConflict)
		want(t, "without proof", platform.sendJSON(path, map[string]any{"recipient": key.Recipient().String(), "proof": "guess"}), http.StatusUnprocessableEntity)
		want(t, "asking", platform.sendJSON(path, asking(key)), http.StatusOK)
		want(t, "asking twice", platform.sendJSON(path, asking(key)), http.StatusOK)
		page := platform.kits(path)
		if len(page.Kits) != 1 || page.Kits[0].State != exitkit.Waiting {
			t.Fatalf("two clicks: %+v", page.Kits)
		}
		file := path + "/" + page.Kits[0].ID.String() + "/file"
		want(t, "before it is made", platform.getJSON(file, nil), http.StatusNotFound)

		s.worksOnKits()
		kit := platform.kits(path).Kits[0]
		if kit.State != exitkit.Ready || kit.Rows < 4000 || kit.Files != 5 || kit.Missing != 0 || kit.Problems != 0 || kit.Bytes == 0 || !kit.ExpiresAt.Equal(s.clock.Now().Add(exitkit.Kept)) {
			t.Fatalf("made: %+v", kit)
		}
		got := platform.getJSON(file, nil)
		if got.status != http.StatusOK || int64(len(got.body)) != kit.Bytes || !strings.Contains(got.header.Get("Content-Disposition"), "northmoor-2026-11-20.tar.gz.age") {
			t.Fatalf("fetched: %d, %d bytes, %v", got.status, len(got.body), got.header)
		}
		if bytes.Contains(got.body, []byte("northmoor")) {
			t.Error("the platform can read it")
		}
		found, err := checked(t.Context(), bytes.NewReader(got.body), []age.Identity{key})
		if err != nil || found.Manifest.Rows() != kit.Rows || len(found.Audit.Problems) > 0 {
			t.Errorf("the trust’s own check: %v, %d rows of %d", err, found.Manifest.Rows(), kit.Rows)
		}
		boss := s.over("admin@northmoor")
		if own := boss.getJSON("/trust/exit-kit/"+kit.ID.String()+"/file", nil); own.status != http.StatusOK || !bytes.Equal(own.body, got.body) {
			t.Errorf("the trust fetches it: %d", own.status)
		}
		want(t, "by another trust", s.over("admin@eastvale").getJSON("/trust/exit-kit/"+kit.ID.String()+"/file", nil), http.StatusNotFound)
		want(t, "as another trust’s", platform.getJSON(s.pathOf("eastvale")+"/exit-kit/"+kit.ID.String()+"/file", nil), http.StatusNotFound)
		want(t, "by somebody of the team", s.over("lead.willow@northmoor").getJSON("/trust/exit-kit", nil), http.StatusForbidden)

		for _, action := range []string{"kit.key", "kit.asked", "kit.fetched", "kit.taken"} {
			if n := s.count("SELECT count(*) FROM audit_log WHERE tenant_id = ? AND action = ?", s.northmoor(), action); n != 1 {
				t.Errorf("%d records of %s", n, action)
			}
		}
		if n := s.count("SELECT count(*) FROM platform_log WHERE trust_id = ? AND action LIKE 'kit.%'", s.northmoor()); n != 2 {
			t.Errorf("%d lines in the platform’s log", n)
		}

		want(t, "throwing it away", platform.sendJSON(path+"/"+kit.ID.String()+"/remove", map[string]any{}), http.StatusOK)
		want(t, "then", platform.getJSON(file, nil), http.StatusNotFound)
		want(t, "throwing it away twice", platform.sendJSON(path+"/"+kit.ID.String()+"/remove", map[string]any{}), http.StatusNotFound)
		s.keptIn(kit, false)
	})
}

// keptIn tells whether storage has a kit.
func (s *site) keptIn(kit exitkit.Kit, there bool) {
	s.t.Helper()
	file, err := s.app.Files.Open(s.t.Context(), "kits/"+kit.TrustID.String()+"/"+kit.ID.String()+".age")
	if err == nil {
		_ = file.Close()
	}
	if (err == nil) != there || err != nil && !fault.Is(err, fault.NotFound) {
		s.t.Errorf("in storage: %v, want %v", err, there)
	}
}

// A closed trust can still take its data; a kit goes on its day.
func TestAClosedTrustGetsItsKitAndItGoesOnItsDay(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		key, platform, path := pair(t), s.over("platform@sharon"), s.pathOf("northmoor")+"/exit-kit"
		s.gives(key)
		north := s.northmoor()
		if err := s.app.Directory.SetStatus(t.Context(), north, tenants.Active, tenants.Suspended, "the contract ended", tenants.By{}); err != nil {
			t.Fatal(err)
		}
		want(t, "of a suspended trust", platform.sendJSON(path, asking(key)), http.StatusOK)
		s.worksOnKits()
		if err := s.app.Directory.SetStatus(t.Context(), north, tenants.Suspended, tenants.Archived, "the contract ended", tenants.By{}); err != nil {
			t.Fatal(err)
		}
		want(t, "of one in the archive", platform.sendJSON(path, asking(key)), http.StatusOK)
		s.worksOnKits()
		all := platform.kits(path).Kits
		if len(all) != 2 || all[0].State != exitkit.Ready || all[1].State != exitkit.Ready {
			t.Fatalf("kits: %+v", all)
		}
		s.keptIn(all[0], true)
		s.clock.Advance(exitkit.Kept + time.Minute)
		platform = s.over("platform@sharon")
		want(t, "after its day", platform.getJSON(path+"/"+all[0].ID.String()+"/file", nil), http.StatusNotFound)
		s.worksOnKits()
		if now := platform.kits(path).Kits; now[0].State != exitkit.Expired || now[1].State != exitkit.Expired {
			t.Errorf("after their day: %+v", now)
		}
		s.keptIn(all[0], false)
	})
}

// What fails is tried again and then given up, in words that tell nothing of the
// trust; what a dead worker left is made by the next.
func TestAKitThatFailsOrLosesItsWorker(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		key, platform, path := pair(t), s.over("platform@sharon"), s.pathOf("northmoor")+"/exit-kit"
		s.gives(key)
		want(t, "asking", platform.sendJSON(path, asking(key)), http.StatusOK)
		broken := exitkit.Maker{House: s.app.house(), Log: slog.New(slog.DiscardHandler)}
		broken.Throwaway = func(context.Context) (*database.DB, func() error, error) {
			return nil, nil, errors.New("no space left for hazel.willow")
		}
		for i := range 4 {
			if err := broken.Work(t.Context()); err != nil {
				t.Fatal(err)
			}
			kit := platform.kits(path).Kits[0]
			if last := i == 3; (kit.State == exitkit.Failed) != last || kit.Problem == "" || strings.Contains(kit.Problem, "hazel") {
				t.Errorf("try %d: %+v", i, kit)
			}
			s.keptIn(kit, false)
			s.clock.Advance(20 * time.Minute)
			platform = s.over("platform@sharon")
		}
		want(t, "asking anew", platform.sendJSON(path, asking(key)), http.StatusOK)
		s.sql("UPDATE platform_kits SET state = 'making', attempts = 1, due_at = ? WHERE trust_id = ? AND state = 'waiting'", s.clock.Now().Add(2*time.Minute), s.northmoor())
		s.worksOnKits()
		if kit := platform.kits(path).Kits[0]; kit.State != exitkit.Making {
			t.Errorf("it was taken from a worker that lives: %+v", kit)
		}
		s.clock.Advance(3 * time.Minute)
		s.worksOnKits()
		if kit := platform.kits(path).Kits[0]; kit.State != exitkit.Ready || kit.Problem != "" {
			t.Errorf("after its worker died: %+v", kit)
		}
	})
}

func TestOnlyAPublicKeyIsAKey(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		boss := s.over("admin@northmoor")
		hybrid, err := age.GenerateHybridIdentity()
		if err != nil {
			t.Fatal(err)
		}
		for name, key := range map[string]string{"nothing": " ", "words": "my key", "a secret key": pair(t).String(), "two keys": pair(t).Recipient().String() + "\n" + pair(t).Recipient().String(),
			"a typing error": pair(t).Recipient().String() + "q", "a key of ssh": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGVtYmVyIGVtYmVyIGVtYmVyIGVtYmVyIGVtYmU"} {
			if got := boss.sendJSON("/trust/exit-kit", map[string]any{"recipient": key}); got.status != http.StatusUnprocessableEntity || !got.has("#/recipient") {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		for name, key := range map[string]string{"a key": "  " + pair(t).Recipient().String() + " ", "one of the new kind, in its place": hybrid.Recipient().String()} {
			want(t, name, boss.sendJSON("/trust/exit-kit", map[string]any{"recipient": key}), http.StatusOK)
		}
		s.clock.Advance(15 * time.Minute)
		if got := boss.sendJSON("/trust/exit-kit", map[string]any{"recipient": pair(t).Recipient().String()}); got.status == http.StatusOK {
			t.Error("from a session that somebody may have left open")
		}
	})
}

// kitPages are those of the exit kit, in each of its states.
func kitPages(s *site) []aPage {
	key, platform, north := pair(s.t), s.over("platform@sharon"), s.pathOf("northmoor")+"/exit-kit"
	s.gives(key)
	for _, state := range []string{exitkit.Ready, exitkit.Failed} {
		s.sent(platform, north, asking(key))
		if state == exitkit.Ready {
			s.worksOnKits()
		}
		s.sql("UPDATE platform_kits SET state = ?, table_rows = 4737, problem = ? WHERE trust_id = ? AND state = 'waiting'", state,
			map[string]string{exitkit.Failed: "The database or the storage did not answer."}[state], s.northmoor())
	}
	keyless := field(s.t, s.sent(platform, "/trusts", southmere("ods", "RKL9Z", "name", "Kirkby Lea NHS Trust", "slug", "kirkby")), "id")
	east := s.pathOf("eastvale") + "/exit-kit"
	s.sent(s.over("admin@eastvale"), "/trust/exit-kit", map[string]any{"recipient": key.Recipient().String()})
	s.sent(platform, east, asking(key))
	return []aPage{
		{"exit-kit", "admin@northmoor", "/trust/exit-kit", nil},
		{"exit-kit-error", "admin@eastvale", "/trust/exit-kit", func(tab *testkit.Tab) {
			tab.Fill("#recipient", "my key")
			tab.Click("main form.form button[type=submit], main .form form button[type=submit]")
		}},
		{"console-exit-kit", "platform@sharon", north, nil},
		{"console-exit-kit-error", "platform@sharon", north, func(tab *testkit.Tab) { tab.Click("main form.form button[type=submit]") }},
		{"console-exit-kit-waiting", "platform@sharon", east, nil},
		{"console-exit-kit-no-key", "platform@sharon", "/trusts/" + keyless + "/exit-kit", nil},
	}
}
