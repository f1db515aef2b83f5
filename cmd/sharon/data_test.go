package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/data"
	"github.com/sharon-nhs/sharon/tenants/handles"
	"github.com/sharon-nhs/sharon/tenants/identity"
	"github.com/sharon-nhs/sharon/tenants/invitations"
)

// quill is a member of willow who wrote in every room, always "canary"; her
// handle and her email stand nowhere else.
const quill = "quill.willow@northmoor"

func (s *site) quill() *visitor {
	s.t.Helper()
	hash, err := crypt.HashPassword(s.t.Context(), demo.Password)
	if err == nil {
		err = s.app.Directory.WriteAs(s.t.Context(), s.northmoor(), "willow", func(ctx context.Context, sc tenants.Scope) error {
			account, err := tenants.CreateAccount(ctx, sc, testKeys, tenants.NewAccount{Email: quill + ".example", PasswordHash: hash})
			if err != nil {
				return err
			}
			_, err = tenants.Join(ctx, sc, account.ID, tenants.NewPerson{Handle: "Quillon", About: "canary about me", Avatar: 3, Roles: tenants.Roles{tenants.ServiceUser}, JoinedAt: sc.Now})
			return err
		})
	}
	if err != nil {
		s.t.Fatal(err)
	}
	v, fern := s.over(quill), s.over("fern.willow@northmoor")
	thread := threadBy(v, "sleep-and-feeding", "canary thread")
	replyBy(fern, thread, "an answer of Fern’s")
	theirs := threadBy(fern, "sleep-and-feeding", "Fern’s thread")
	reply := replyBy(v, theirs, "canary reply")
	s.sent(v, "/willow/posts/"+reply+"/edit", map[string]any{"version": 1, "body": "canary reply, better"})
	s.sent(v, "/willow/posts/"+theirs+"/reaction", map[string]any{"kind": "hug"})
	wallPostBy(v, "quillon", "canary on my wall")
	wallPostBy(v, "fern", "canary on another wall")
	s.sent(v, "/willow/messages/to-team", map[string]any{"body": "to the team"})
	talk := s.conversation(v, "fern", "canary message")
	if got := v.sendFiles("/willow"+talk+"/pictures", map[string]any{"body": "canary with a picture", "alt": "canary alt"}, []string{"pictures"}); got.status != http.StatusOK {
		s.t.Fatalf("a picture: %d %s", got.status, got.body)
	}
	session := s.opened(map[string]any{"title": "Tea"})
	s.sent(v, session+"/messages", map[string]any{"body": "canary in a session"})
	s.sent(v, s.planned(3*time.Hour, map[string]any{"title": "Later"})+"/questions", map[string]any{"body": "canary question", "anonymous": true})
	shown := pictureBy(v, "quillon")
	s.sent(v, "/willow/walls/quillon", map[string]any{"body": "canary, pictured", "pictures": []string{shown}, "alts": []string{"canary view"}, "draft": true})
	if got := v.uploads(url.Values{"kind": {"wall_post"}, "about": {s.idOf("fern")}, "body": {"canary draft"}}, photo(s.t, 300, 200)); got.status >= http.StatusBadRequest {
		s.t.Fatalf("a draft: %d %s", got.status, got.body)
	}
	if got := v.give("Fern", s.kindOf("hugging-face"), "canary note"); got.status != http.StatusOK {
		s.t.Fatalf("a gift: %d %s", got.status, got.body)
	}
	s.sent(v, "/willow/gifts/doors", map[string]any{"door": "quiet"})
	s.sent(v, "/willow/resources/suggestions", map[string]any{"kind": "link", "title": "canary link", "url": "https://canary.example/page"})
	s.sent(v, s.resourceOf("Thoughts that come uninvited")+"/helpful", map[string]any{"helpful": true})
	s.sent(v, "/willow/recovery/check-ins", aDay("canary check-in"))
	want(s.t, "a plan", v.plans(0, "canary signs"), http.StatusOK)
	s.sent(v, goalsPath, map[string]any{"title": "canary goal"})
	s.sent(v, journalPath, map[string]any{"words": "canary journal"})
	s.sent(v, s.offers().exercise+"/answers", map[string]any{"version": 0, "part_version": 1, "answer_1": "canary exercise", "done": true})
	s.sent(v, "/willow/recovery/sharing", map[string]any{"what": "plan", "on": true})
	s.sent(v, "/willow/recovery/reminder", map[string]any{"hour": "03:33"})
	s.sent(s.over("clinician.willow@northmoor"), "/willow/recovery/people/quillon/measures", map[string]any{"measure": "gad-7"})
	s.sent(v, "/willow/recovery/measures/"+v.asked()[0].ID, answered(7, 3, nil))
	s.filmed(v)
	s.sent(v, "/willow/my-needs", map[string]any{"needs": []string{"lipspeaker"}, "words": "canary needs"})
	s.sent(s.over("clinician.willow@northmoor"), "/willow/people/quillon/needs/met", map[string]any{"met": "partly", "done": "canary contact"})
	s.sent(v, "/reading", map[string]any{"words": "en-GB-x-easyread"})
	s.known()
	return v
}

// filmed is a video of quill's that others can watch.
func (s *site) filmed(v *visitor) {
	s.t.Helper()
	id := s.begun(v, "canary film")
	key := "videos/" + s.northmoor().String() + "/" + id + "/720p/film"
	if err := s.app.Files.Put(s.t.Context(), key, strings.NewReader("a film"), 6, "video/mp4"); err != nil {
		s.t.Fatal(err)
	}
	s.sql("UPDATE videos SET state = 'ready', transcript = 'canary transcript' WHERE tenant_id = ? AND id = ?", s.northmoor(), id)
	s.sql("INSERT INTO video_files (tenant_id, service_id, video_id, name, file, type, bytes, width, height) SELECT tenant_id, service_id, id, '720p', ?, 'video/mp4', 6, 1280, 720 FROM videos WHERE tenant_id = ? AND id = ?", key, s.northmoor(), id)
	s.sent(v, myVideo+id+"/publish", nil)
}

// canaryNumber is quill's NHS number.
const canaryNumber = "9434765919"

// known has the trust know who quill is, and how she proves it.
func (s *site) known() {
	s.t.Helper()
	lookup, account := testKeys.Lookup(quill+".example"), s.account()
	err := s.app.Directory.WriteAs(s.t.Context(), s.northmoor(), "willow", func(ctx context.Context, sc tenants.Scope) error {
		if err := (identity.Archive{Keys: testKeys}).Add(ctx, sc, account, identity.Identity{Name: "Una Canary", NHSNumber: canaryNumber}); err != nil {
			return err
		}
		if err := (identity.Archive{Keys: testKeys}).SetPhone(ctx, sc, account, "+447700900444"); err != nil {
			return err
		}
		row := invitations.Row{ID: uuid.New(), Role: tenants.ServiceUser, EmailLookup: lookup, EmailSealed: "canary", InvitedBy: account, Course: invitations.Course{CreatedAt: sc.Now, ExpiresAt: sc.Now, AcceptedAt: &sc.Now, ClosedAt: &sc.Now}}
		_, err := sc.Insert(&row).Exec(ctx)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.sql("INSERT INTO former_handles (tenant_id, service_id, handle_key, handle_skeleton, member_id, given_up_at) SELECT tenant_id, service_id, 'quillon-once', 'canary', id, joined_at FROM members WHERE tenant_id = ? AND account_id = ?", s.northmoor(), account)
	waiting := uuid.New()
	sealed, err := testKeys.Seal("+447700900555", waiting.String())
	if err != nil {
		s.t.Fatal(err)
	}
	s.sql("INSERT INTO phone_codes (tenant_id, account_id, id, sealed, refused, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)", s.northmoor(), account, waiting, sealed, false, s.clock.Now(), s.clock.Now().Add(10*time.Minute))
	s.sql("INSERT INTO recovery_codes (tenant_id, account_id, code_hash) VALUES (?, ?, 'canary')", s.northmoor(), account)
	s.sql("INSERT INTO passkeys (tenant_id, id, account_id, host, credential_id, credential, name, created_at) VALUES (?, ?, ?, 'host', 'canary', '{}', 'canary key', ?)", s.northmoor(), uuid.New(), account, s.clock.Now())
	s.sql("INSERT INTO provider_accounts (tenant_id, issuer, subject, account_id, linked_at) VALUES (?, 'https://id.example', 'canary subject', ?, ?)", s.northmoor(), account, s.clock.Now())
	s.sql("INSERT INTO tickets (tenant_id, id, purpose, email_lookup, sealed, created_at, expires_at) VALUES (?, ?, 'password', ?, '', ?, ?)", s.northmoor(), uuid.New(), lookup, s.clock.Now(), s.clock.Now())
	for _, row := range []string{
		"INSERT INTO strikes (tenant_id, service_id, id, member_id, item_id, deed_id, rule, words, act, given_at, expires_at) SELECT tenant_id, service_id, ?, id, id, id, 'a rule', 'canary strike', 'hide', joined_at, joined_at",
		"INSERT INTO suspensions (tenant_id, service_id, id, member_id, by_id, rule, reason, words, began_at, until_at) SELECT tenant_id, service_id, ?, id, id, 'a rule', 'canary reason', 'canary suspension', joined_at, joined_at",
		"INSERT INTO appeals (tenant_id, service_id, id, member_id, sort, about_id, words, made_at, overturned, answer) SELECT tenant_id, service_id, ?, id, 'decision', id, 'canary appeal', joined_at, false, 'canary answer'",
		"INSERT INTO check_ins (tenant_id, service_id, id, member_id, item_id, asked_at, answer) SELECT tenant_id, service_id, ?, id, id, joined_at, 'fine'",
	} {
		s.sql(row+" FROM members WHERE tenant_id = ? AND account_id = ?", uuid.New(), s.northmoor(), account)
	}
	s.sql("UPDATE members SET own = '{\"posts\":{\"topics\":{\"canary\":\"hide\"}}}' WHERE tenant_id = ? AND account_id = ?", s.northmoor(), account)
}

// conversation writes to somebody and returns its path below the service.
func (s *site) conversation(v *visitor, handle, words string) string {
	s.t.Helper()
	got := s.sent(v, "/willow/messages", map[string]any{"to": handle, "body": words})
	id := field(s.t, got, "message", "conversation_id")
	other := s.over(handle + ".willow@northmoor")
	other.sendJSON("/willow/messages/"+id+"/answer", map[string]any{"accept": true})
	return "/messages/" + id
}

// rowsWith finds the tables of northmoor in which some text stands, in any column.
func (s *site) rowsWith(texts ...string) (found map[string]string) {
	s.t.Helper()
	found = map[string]string{}
	err := s.app.DB.Read(s.t.Context(), s.northmoor(), func(ctx context.Context, db bun.IDB) error {
		tables, err := testkit.TenantTables(ctx, db)
		if err != nil || len(tables) < 30 {
			return fmt.Errorf("%d tables: %w", len(tables), err)
		}
		for _, table := range tables {
			var rows []map[string]any
			if err := db.NewSelect().Table(table).Where("tenant_id = ?", s.northmoor()).Scan(ctx, &rows); err != nil {
				return err
			}
			for _, row := range rows {
				for column, value := range row {
					if raw, ok := value.([]byte); ok {
						value = string(raw)
					}
					for _, text := range texts {
						if strings.Contains(strings.ToLower(fmt.Sprint(value)), strings.ToLower(text)) {
							found[table+"."+column] = fmt.Sprint(value)
						}
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

// account is the id of quill's.
func (s *site) account() (id uuid.UUID) {
	s.t.Helper()
	s.scan([]any{&id}, "SELECT id FROM accounts WHERE tenant_id = ? AND email_lookup = ?", s.northmoor(), testKeys.Lookup(quill+".example"))
	return id
}

type kept struct {
	Export *struct{ ID, State string }
	Leaves *struct{ State string }
	Held   bool
	Kept   []struct {
		Name, Stays string
		Days        int
	}
}

func (v *visitor) kept() (out kept) {
	v.site.t.Helper()
	if got := v.getJSON("/account/data", &out); got.status != http.StatusOK {
		v.site.t.Fatalf("my data: %d %s", got.status, got.body)
	}
	return out
}

func TestACopyHoldsAllThatSomebodyWrote(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		v := s.quill()
		s.sent(v, "/account/data/export", nil)
		s.sent(v, "/account/data/export", nil) // a second click asks for nothing more
		if state := v.kept().Export.State; state != "waiting" {
			t.Errorf("before the worker: %s", state)
		}
		s.settle(2)
		export := v.kept().Export
		if export == nil || export.State != "ready" {
			t.Fatalf("after the worker: %+v", export)
		}
		path := "/account/data/exports/" + export.ID
		got := v.getJSON(path, nil)
		files := unzipped(t, got.body)
		pictures := 0
		for name := range files {
			if strings.HasPrefix(name, "pictures/") {
				pictures++
			}
		}
		if pictures != 4 { // of a message, a post and a draft, and a film
			t.Errorf("%d pictures in %v", pictures, files)
		}
		for _, name := range []string{"data.json", "index.html"} {
			for _, words := range []string{"canary thread", "canary reply, better", "canary on my wall", "canary on another wall", "to the team", "canary message",
				"canary with a picture", "canary alt", "canary in a session", "canary question", "canary about me", "Quillon", "quillon-once", quill + ".example",
				"canary, pictured", "canary view", "canary draft", "canary note", "canary check-in", "canary signs", "canary goal", "canary journal", "canary exercise", "03:33", "Nearly every day", "canary link", "Thoughts that come uninvited", "canary film", "canary transcript", "Una Canary", canaryNumber, "+447700900444", "+447700900555", "canary key", "A lipspeaker", "canary needs", "canary contact", "Easy Read"} {
				if !strings.Contains(files[name], words) {
					t.Errorf("%s lacks %q", name, words)
				}
			}
			if strings.Contains(files[name], "an answer of Fern") {
				t.Errorf("%s has what another member wrote", name)
			}
		}
		for _, other := range []*visitor{s.over("fern.willow@northmoor"), s.over("admin@northmoor"), s.over("lead.orchard@eastvale")} {
			if got := other.getJSON(path, nil); got.status != http.StatusNotFound {
				t.Errorf("somebody else’s copy: %d", got.status)
			}
		}
		s.clock.Advance(11 * time.Minute)
		if got := v.getJSON(path, nil); got.status != http.StatusForbidden {
			t.Errorf("without a fresh sign-in: %d", got.status)
		}
		if got := v.sendJSON("/account/data/export", nil); got.status != http.StatusForbidden {
			t.Errorf("asked without a fresh sign-in: %d", got.status)
		}
		s.clock.Advance(8 * 24 * time.Hour)
		s.comesRound("data")
		if got := s.over(quill).getJSON(path, nil); got.status != http.StatusNotFound {
			t.Errorf("after a week: %d", got.status)
		}
		_, err := s.app.Files.Open(t.Context(), "exports/"+s.northmoor().String()+"/"+export.ID+".zip")
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("the file is still there: %v", err)
		}
	})
}

func unzipped(t *testing.T, body []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatalf("%v: %.200s", err, body)
	}
	files := map[string]string{}
	for _, file := range archive.File {
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[file.Name] = string(content)
	}
	return files
}

func TestNothingOfWhoLeavesIsLeft(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		v, account := s.quill(), s.account()
		s.sent(v, "/account/data/export", nil)
		s.settle(1)
		s.sql("UPDATE accounts SET totp_sealed = 'canary', pin_sealed = 'canary' WHERE tenant_id = ? AND id = ?", s.northmoor(), account)
		s.sql("UPDATE sessions SET strong = ? WHERE tenant_id = ? AND account_id = ?", true, s.northmoor(), account)
		needles := []string{"canary", "quillon", "quill.willow", testKeys.Lookup(quill + ".example"), testKeys.Lookup("nhs:" + canaryNumber), handles.Skeleton("Quillon")}
		if before := s.rowsWith(needles...); len(before) < 32 {
			t.Fatalf("this test looks for too little: %v", before)
		}
		var files []string
		for _, rows := range []string{
			"message_pictures WHERE alt = 'canary alt'", "video_files WHERE bytes = 6",
			"post_pictures WHERE member_id IN (SELECT m.id FROM members AS m WHERE m.tenant_id = post_pictures.tenant_id AND m.handle = 'Quillon')",
		} {
			var some []string
			s.scan([]any{&some}, "SELECT file FROM "+rows+" AND tenant_id = ?", s.northmoor())
			files = append(files, some...)
		}
		if len(files) != 4 {
			t.Fatalf("her files: %v", files)
		}
		s.sent(v, "/account/data/leave", map[string]any{"words": "remove", "when": "now"})
		s.settle(2)
		if after := s.rowsWith(needles...); len(after) > 0 {
			t.Errorf("still there: %v", after)
		}
		for _, file := range files {
			if _, err := s.app.Files.Open(t.Context(), file); !fault.Is(err, fault.NotFound) {
				t.Errorf("her file %s: %v", file, err)
			}
		}
		for _, table := range []string{"identities", "phone_codes", "tickets", "recovery_codes", "passkeys", "provider_accounts"} {
			var n int
			s.scan([]any{&n}, "SELECT count(*) FROM "+table+" WHERE tenant_id = ? AND account_id = ?", s.northmoor(), account)
			if n != 0 {
				t.Errorf("%d rows of %s", n, table)
			}
		}
		for _, table := range []string{"recovery_check_ins", "recovery_plans", "recovery_goals", "recovery_entries", "recovery_responses", "recovery_assignments", "recovery_reminders", "recovery_shares", "recovery_looks", "recovery_course_progress", "recovery_course_marks", "recovery_course_answers"} {
			if n := s.rowsOf(table, "member_id IN (SELECT m.id FROM members AS m WHERE m.tenant_id = "+table+".tenant_id AND m.account_id = '"+account.String()+"')"); n != 0 {
				t.Errorf("%d rows of %s", n, table)
			}
		}
		if got := v.getJSON("/account/data", nil); got.status != http.StatusUnauthorized {
			t.Errorf("her session: %d", got.status)
		}
		if got := s.visit("northmoor").sendJSON("/sign-in", map[string]string{"email": quill + ".example", "password": demo.Password}); got.status == http.StatusOK {
			t.Error("she can still sign in")
		}
		fern := s.over("fern.willow@northmoor")
		if got := fern.getJSON("/willow/people/quillon", nil); got.status != http.StatusNotFound {
			t.Errorf("her page: %d", got.status)
		}
		if got := fern.getJSON("/willow", nil); got.status != http.StatusOK || got.has("canary") {
			t.Errorf("the timeline: %d", got.status)
		}
		// What was counted is counted right: her reply and her hug are gone.
		var replies, hugs int
		s.scan([]any{&replies, &hugs}, "SELECT replies, hug FROM posts WHERE tenant_id = ? AND title = 'Fern’s thread'", s.northmoor())
		if replies != 0 || hugs != 0 {
			t.Errorf("%d replies and %d hugs are counted", replies, hugs)
		}
		if team := s.rowsWith("to the team"); len(team) == 0 {
			t.Error("what must be kept is gone: her letter to the team")
		}
		if e := one(t, s.logged("?action=account.left")); e.About != "Somebody who left" {
			t.Errorf("the log: %+v", e)
		}
	})
}

func TestPostsCanStayWithoutAName(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		v := s.quill()
		s.sent(v, "/account/data/leave", map[string]any{"words": "keep", "when": "now"})
		s.settle(1)
		if after := s.rowsWith("quillon", "quill.willow"); len(after) > 0 {
			t.Errorf("her name: %v", after)
		}
		for place, words := range s.rowsWith("canary") {
			if !strings.HasPrefix(place, "posts.") && !strings.HasPrefix(place, "live_") && !strings.HasPrefix(place, "search_entries.") {
				t.Errorf("in %s: %s", place, words)
			}
		}
		if got := s.over("fern.willow@northmoor").getJSON("/willow", nil); !got.has("canary thread") || !got.has("Somebody who left") {
			t.Errorf("the timeline: %.400s", got.body)
		}
	})
}

// Her name and her address are free again, and what she left behind is not hers.
func TestWhoLeftCanJoinAnew(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p, v := s.posted(), s.quill()
		s.sent(v, "/account/data/leave", map[string]any{"words": "keep", "when": "now"})
		s.settle(1)
		email := quill + ".example"
		link := s.invited(p, s.over("clinician.willow@northmoor"), "willow", email, "service_user", nil)
		back := s.visit("northmoor")
		if got := back.sendJSON(link, joining(email, "Quillon")); got.status != http.StatusOK {
			t.Fatalf("join again: %d %s", got.status, got.body)
		}
		back = s.visit("northmoor")
		var in tenants.SignedIn
		back.read(back.sendJSON("/sign-in", map[string]string{"email": email, "password": "three warm words"}), &in)
		back.bearer = in.Token
		if got := back.getJSON("/willow/people/quillon", nil); got.status != http.StatusOK || got.has("canary") {
			t.Errorf("her page: %d %s", got.status, got.body)
		}
		if got := back.getJSON("/willow/drafts", nil); got.status != http.StatusOK || got.has("canary") {
			t.Errorf("her drafts: %d %s", got.status, got.body)
		}
	})
}

func TestWhoAskedForACopyIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p, v := s.posted(), s.quill()
		s.sent(v, "/account/data/export", nil)
		link := s.linkTo(p, quill+".example", regexp.MustCompile(`https://\S+/account/data`))
		if link != "https://northmoor.sharon.example.nhs.uk/account/data" {
			t.Errorf("the link: %q", link)
		}
		if mails := p.Mails(); strings.Contains(mails[len(mails)-1].Text, "Willow") {
			t.Errorf("it names the service: %s", mails[len(mails)-1].Text)
		}
		if got := v.getJSON("/account/data", nil); got.status != http.StatusOK || !got.has("ready") {
			t.Errorf("the page: %d %s", got.status, got.body)
		}
	})
}

func TestLeavingCanBeTakenBackForADay(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		v := s.quill()
		s.sent(v, "/account/data/leave", map[string]any{"words": "remove", "when": "tomorrow"})
		s.settle(1)
		if f := v.kept().Leaves; f == nil || f.State != "waiting" {
			t.Fatalf("at first: %+v", f)
		}
		s.sent(v, "/account/data/stay", nil)
		if got := v.sendJSON("/account/data/stay", nil); got.status != http.StatusConflict {
			t.Errorf("taken back twice: %d", got.status)
		}
		s.clock.Advance(25 * time.Hour)
		s.settle(1)
		v = s.over(quill)
		if got := v.getJSON("/willow", nil); got.status != http.StatusOK || !got.has("canary thread") {
			t.Errorf("who stayed: %d", got.status)
		}
		s.sent(v, "/account/data/leave", map[string]any{"words": "remove", "when": "tomorrow"})
		s.clock.Advance(25 * time.Hour)
		s.settle(1)
		if after := s.rowsWith("canary", "quillon"); len(after) > 0 {
			t.Errorf("a day later: %v", after)
		}
	})
}

func TestLeavingGoesOnAfterACrash(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		v, account := s.quill(), s.account()
		s.sent(v, "/account/data/leave", map[string]any{"words": "remove", "when": "now"})
		killed := map[int]bool{} // each room once, at the end of what it does
		rooms := s.app.inRooms()
		for i, holding := range rooms {
			if holding.Erase == nil {
				continue
			}
			rooms[i].Erase = func(ctx context.Context, sc tenants.Scope, person tenants.Person, how tenants.Leaving) error {
				err := holding.Erase(ctx, sc, person, how)
				if err == nil && !killed[i] {
					killed[i], err = true, errors.New("killed")
				}
				return err
			}
		}
		part := data.New(data.Data{Files: s.app.Files, Office: s.app.office(), Parts: s.app.inParts, Rooms: func() []tenants.Holding { return rooms }})
		var err error
		tries := 0
		for tries = range len(rooms) + 1 {
			err = s.app.Directory.ReadAs(t.Context(), s.northmoor(), "", func(ctx context.Context, sc tenants.Scope) error {
				return part.On[2].Do(t.Context(), sc.Outlive(), tenants.Event{Subject: account})
			})
			if err == nil {
				break
			}
			if got := v.getJSON("/account/data", nil); got.status != http.StatusUnauthorized {
				t.Errorf("half removed, and still signed in: %d", got.status)
			}
		}
		if err != nil || tries < 3 {
			t.Fatalf("after %d tries: %v", tries, err)
		}
		if after := s.rowsWith("canary", "quillon"); len(after) > 0 {
			t.Errorf("still there: %v", after)
		}
		var replies, hugs int
		s.scan([]any{&replies, &hugs}, "SELECT replies, hug FROM posts WHERE tenant_id = ? AND title = 'Fern’s thread'", s.northmoor())
		if replies != 0 || hugs != 0 {
			t.Errorf("counted twice: %d replies, %d hugs", replies, hugs)
		}
	})
}

func TestACopyDuringLeavingIsRefusedClearly(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		v := s.quill()
		s.sent(v, "/account/data/export", nil)
		s.sql("INSERT INTO leavings (tenant_id, account_id, keep_words, state, asked_at, due_at) VALUES (?, ?, ?, 'working', ?, ?)", s.northmoor(), s.account(), false, s.clock.Now(), s.clock.Now())
		got := v.sendJSON("/account/data/export", nil)
		if got.status != http.StatusConflict || !got.has("being removed") {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := v.sendJSON("/account/data/leave", map[string]any{"words": "keep", "when": "tomorrow"}); got.status != http.StatusConflict {
			t.Errorf("leaving twice: %d", got.status)
		}
		s.settle(1) // the copy that was asked for before
		if export := v.kept().Export; export != nil && export.State == "ready" {
			t.Error("a copy of what is half gone was handed out")
		}
		var file string
		s.scan([]any{&file}, "SELECT file FROM data_exports WHERE tenant_id = ?", s.northmoor())
		if _, err := s.app.Files.Open(t.Context(), file); !fault.Is(err, fault.NotFound) {
			t.Errorf("its file: %v", err)
		}
	})
}

func TestALegalHoldKeepsEverything(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		v, admin := s.quill(), s.over("admin@northmoor")
		place := map[string]any{"service": "willow", "handle": "Quillon", "reason": "Case 4711"}
		hold := field(t, s.sent(admin, "/trust/holds", place), "id")
		for name, bad := range map[string]map[string]any{
			"twice": place, "nobody": {"service": "willow", "handle": "nobody", "reason": "x"}, "no reason": {"service": "willow", "handle": "fern", "reason": " "},
			"the other trust's service": {"service": "orchard", "handle": "fern", "reason": "x"},
		} {
			if got := admin.sendJSON("/trust/holds", bad); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		if !v.kept().Held {
			t.Error("she is not told")
		}
		before := s.rowsWith("canary", "quillon")
		s.sent(v, "/account/data/leave", map[string]any{"words": "remove", "when": "now"})
		s.settle(1)
		s.clock.Advance(10 * 365 * 24 * time.Hour)
		s.comesRound("data")
		after := s.rowsWith("canary", "quillon")
		for place := range before {
			if after[place] == "" && !strings.HasPrefix(place, "receipts.") {
				t.Errorf("%s went under the hold", place)
			}
		}
		admin = s.over("admin@northmoor")
		for range 2 {
			if got := admin.sendJSON("/trust/holds/"+hold+"/lift", map[string]any{"reason": "Case closed"}); got.status != http.StatusOK {
				t.Fatalf("lift: %d %s", got.status, got.body)
			}
		}
		s.settle(1)
		if left := s.rowsWith("canary", "quillon"); len(left) > 0 {
			t.Errorf("after it was lifted: %v", left)
		}
		if e := one(t, s.logged("?action=holds.place")); e.Reason != "Case 4711" || e.Who != "Trust administrator" {
			t.Errorf("the log: %+v", e)
		}
	})
}

func TestTheLastAdministratorCannotLeave(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	if got := s.over("admin@northmoor").sendJSON("/account/data/leave", map[string]any{"words": "remove", "when": "now"}); got.status != http.StatusConflict || !got.has("only administrator") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestRetentionIsShownBeforeItIsChosen(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.quill()
		var before, after struct{ Now, Month, Days, Wish int }
		s.clock.Advance(20 * 24 * time.Hour)
		admin := s.over("admin@northmoor")
		admin.getJSON("/trust/retention/live-words?days=30", &before)
		admin.getJSON("/trust/retention/live-words?days=7", &after)
		if before.Days != 365 || before.Now >= after.Now || after.Now == 0 || before.Month == 0 {
			t.Errorf("with 30 days %+v, with 7 %+v", before, after)
		}
		for days, status := range map[string]int{"6": 422, "5000": 422, "-1": 422, "x": 422} {
			if got := admin.getJSON("/trust/retention/live-words?days="+days, nil); got.status != status {
				t.Errorf("%s days: %d", days, got.status)
			}
		}
		for _, wish := range []int{0, 6, 5000} {
			if got := admin.sendJSON("/trust/retention/live-words", map[string]any{"days": wish}); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%d days: %d %s", wish, got.status, got.body)
			}
		}
		if got := admin.getJSON("/trust/retention/posts", nil); got.status != http.StatusNotFound {
			t.Errorf("a class without a period: %d", got.status)
		}
		said := func() (n int) {
			s.scan([]any{&n}, "SELECT count(*) FROM live_messages WHERE tenant_id = ?", s.northmoor())
			return n
		}
		all := said()
		s.comesRound("data")
		if said() != all {
			t.Error("something went before it was its time")
		}
		s.sent(admin, "/trust/retention/live-words", map[string]any{"days": 7})
		s.comesRound("data")
		if said() >= all {
			t.Errorf("%d of %d are still there", said(), all)
		}
		if e := one(t, s.logged("?action=retention.change")); len(e.Changes) != 1 || e.Changes[0].Was != "365" || e.Changes[0].Now != "7" {
			t.Errorf("the log: %+v", e)
		}
		if after.Now == 0 || len(s.logged("?action=retention.purge")) == 0 {
			t.Error("the log does not say what went")
		}
		if kept := s.over("hazel.willow@northmoor").kept().Kept; !hasDays(kept, 7) {
			t.Errorf("members are told another period: %+v", kept)
		}
		s.clock.Advance(11 * time.Minute)
		if got := admin.sendJSON("/trust/retention/live-words", map[string]any{"days": 30}); got.status != http.StatusForbidden {
			t.Errorf("without a fresh sign-in: %d", got.status)
		}
	})
}

func hasDays(kept []struct {
	Name, Stays string
	Days        int
}, days int) bool {
	for _, k := range kept {
		if k.Days == days {
			return true
		}
	}
	return false
}
