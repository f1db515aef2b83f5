package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/blogs"
	"github.com/sharon-nhs/sharon/modules/forums"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/modules/walls"
	"github.com/sharon-nhs/sharon/tenants"
)

// waits has a room of willow, or all of it, read what is posted first.
func (s *site) waits(room, mode string) {
	s.t.Helper()
	lead := s.over("lead.willow@northmoor")
	var list struct {
		Rooms []struct {
			Key     string
			Version int
		}
	}
	lead.getJSON("/willow/settings/safeguarding", &list)
	for _, one := range list.Rooms {
		if one.Key == room {
			s.sent(lead, "/willow/settings/safeguarding/"+room, map[string]any{"mode": mode, "version": one.Version})
			return
		}
	}
	s.t.Fatalf("there is no room %s in %+v", room, list)
}

// decides carries out what the team decided about a post, and returns the deed.
func (s *site) decides(who string, act safety.Act, post string, topics ...string) (safety.Deed, error) {
	s.t.Helper()
	desk, by := s.deskOf(), s.asMember(who)
	deed := safety.Deed{Act: act, Topics: topics}
	err := by.Write(s.t.Context(), func(ctx context.Context, in tenants.Scope) error {
		return desk.SortOf("post").Acts[act](ctx, in.As(*by.Actor.Member), uuid.MustParse(post), &deed)
	})
	return deed, err
}

func (s *site) undoes(who string, deed safety.Deed, post string) error {
	s.t.Helper()
	desk, by := s.deskOf(), s.asMember(who)
	return by.Write(s.t.Context(), func(ctx context.Context, in tenants.Scope) error {
		return desk.SortOf("post").Undo(ctx, in.As(*by.Actor.Member), uuid.MustParse(post), deed)
	})
}

// deskOf is a desk that knows the rooms with posts.
func (s *site) deskOf() *safety.Desk {
	desk := safety.NewDesk()
	kernel := posts.NewKernel(s.app.Files, desk)
	walls.New(kernel)
	forums.New(kernel)
	blogs.New(kernel)
	return desk
}

// text is one text of the database.
func (s *site) text(query string, args ...any) (text string) {
	s.t.Helper()
	s.scan([]any{&text}, query, args...)
	return text
}

func (s *site) state(post string) (state string) {
	s.t.Helper()
	return s.text("SELECT state FROM posts WHERE tenant_id = ? AND id = ?", s.northmoor(), post)
}

func TestAHeldPostIsItsWritersAndTheTeamsUntilItIsApproved(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.waits("walls", "before")
		hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		s.settle(1)
		ear := fern.listen("willow", "")
		id := hazel.writes("hazel", "canary in the first light, @fern", "")
		if got := s.state(id); got != "held" {
			t.Fatalf("it is %s", got)
		}
		ear.hearsNothingOf(id)
		if !s.as("hazel.willow@northmoor").get("/willow/posts/" + id).has("Somebody of the team reads it before others do") {
			t.Error("she is not told that it waits")
		}
		want(t, "another reads it", fern.getJSON("/willow/posts/"+id, nil), http.StatusNotFound)
		want(t, "a moderator reads it", s.over("moderator.willow@northmoor").getJSON("/willow/posts/"+id, nil), http.StatusOK)
		s.settle(1)
		if list := fern.notices("willow"); strings.Contains(list.says(), "Hazel named you") {
			t.Errorf("fern was told: %s", list.says())
		}
		if items := s.count("SELECT count(*) FROM desk_items WHERE tenant_id = ? AND subject_id = ? AND held AND decided_at IS NULL", s.northmoor(), id); items != 1 {
			t.Errorf("%d items on the desk", items)
		}
		deed, err := s.decides("moderator", safety.Approve, id)
		if err != nil || s.state(id) != "visible" {
			t.Fatalf("approve: %v", err)
		}
		want(t, "now fern reads it", fern.getJSON("/willow/posts/"+id, nil), http.StatusOK)
		s.settle(1)
		if list := fern.notices("willow"); !strings.Contains(list.says(), "named you") {
			t.Errorf("fern is not told after it was approved: %s", list.says())
		}
		if err := s.undoes("moderator", deed, id); err != nil || s.state(id) != "held" {
			t.Errorf("undo: %v, %s", err, s.state(id))
		}
		if err := s.undoes("moderator", deed, id); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second undo: %v", err)
		}
	})
}

func TestAHeldReplyCountsOnceItIsApproved(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		thread := threadBy(hazel, "sleep-and-feeding", "Up again")
		s.waits("forums", "before")
		before := s.text("SELECT active_by FROM threads WHERE tenant_id = ? AND post_id = ?", s.northmoor(), thread)
		reply := replyBy(fern, thread, "canary below")
		if stored, visible := s.replies(thread); stored != 0 || visible != 0 {
			t.Errorf("held: the thread counts %d and has %d", stored, visible)
		}
		if got := s.text("SELECT active_by FROM threads WHERE tenant_id = ? AND post_id = ?", s.northmoor(), thread); got != before {
			t.Error("a reply that waits is the thread's last word")
		}
		if got := s.over("ivy.willow@northmoor").getJSON("/willow/forums/threads/"+thread, nil); got.has("canary") || got.has(reply) {
			t.Errorf("another finds it: %s", got.body)
		}
		if _, err := s.decides("moderator", safety.Approve, reply); err != nil {
			t.Fatal(err)
		}
		if stored, visible := s.replies(thread); stored != 1 || visible != 1 {
			t.Errorf("approved: the thread counts %d and has %d", stored, visible)
		}
		deed, err := s.decides("moderator", safety.Hide, reply)
		if stored, visible := s.replies(thread); err != nil || stored != 0 || visible != 0 {
			t.Errorf("hidden: %v: the thread counts %d and has %d", err, stored, visible)
		}
		if err := s.undoes("moderator", deed, reply); err != nil {
			t.Error(err)
		}
		if stored, _ := s.replies(thread); stored != 1 || s.state(reply) != "visible" {
			t.Errorf("undone: %d replies, %s", stored, s.state(reply))
		}
		if _, err := s.decides("moderator", safety.Remove, reply); err != nil || s.state(reply) != "removed" {
			t.Errorf("remove: %v", err)
		}
		if _, err := s.decides("moderator", safety.Approve, reply); !fault.Is(err, fault.Conflict) {
			t.Errorf("approve what is gone: %v", err)
		}
	})
}

func TestAThreadIsClosedByTheDeskAndOpenedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel := s.over("hazel.willow@northmoor")
		thread := threadBy(hazel, "sleep-and-feeding", "Soon closed")
		deed, err := s.decides("moderator", safety.Lock, thread)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "a reply to it", hazel.sendJSON("/willow/posts/"+thread+"/replies", map[string]any{"body": "x"}), http.StatusForbidden)
		again, err := s.decides("moderator", safety.Lock, thread)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.undoes("moderator", again, thread); err != nil {
			t.Fatal(err)
		}
		want(t, "what was closed before stays closed", hazel.sendJSON("/willow/posts/"+thread+"/replies", map[string]any{"body": "x"}), http.StatusForbidden)
		if err := s.undoes("moderator", deed, thread); err != nil {
			t.Fatal(err)
		}
		replyBy(hazel, thread, "open again")
		wall := hazel.writes("hazel", "on my wall", "")
		if _, err := s.decides("moderator", safety.Lock, wall); !fault.Is(err, fault.Invalid) {
			t.Errorf("close a wall post: %v", err)
		}
	})
}

func TestWhoIsAskedToChangeAPostBringsItBackToTheDesk(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel := s.over("hazel.willow@northmoor")
		id := hazel.writes("hazel", "the first words", "")
		deed, err := s.decides("moderator", safety.AskEdit, id)
		if err != nil || s.state(id) != "held" {
			t.Fatalf("ask: %v", err)
		}
		if !s.as("hazel.willow@northmoor").get("/willow/posts/" + id).has("The team asks you to change this") {
			t.Error("she is not told what to do")
		}
		open := func() int {
			return s.count("SELECT count(*) FROM desk_items WHERE tenant_id = ? AND subject_id = ? AND decided_at IS NULL", s.northmoor(), id)
		}
		if open() != 0 {
			t.Error("it is on the desk before she changed it")
		}
		version := s.count("SELECT version FROM posts WHERE tenant_id = ? AND id = ?", s.northmoor(), id)
		s.sent(hazel, "/willow/posts/"+id+"/edit", map[string]any{"body": "kinder words", "version": version})
		if s.state(id) != "held" || open() != 1 {
			t.Errorf("changed: %s, %d items", s.state(id), open())
		}
		if err := s.undoes("moderator", deed, id); !fault.Is(err, fault.Conflict) {
			t.Errorf("undo after she changed it: %v", err)
		}
		if _, err := s.decides("moderator", safety.Cover, id, "no-such-topic"); !fault.Is(err, fault.Invalid) {
			t.Errorf("cover with what is no topic: %v", err)
		}
		if _, err := s.decides("fern", safety.Approve, id); err != nil {
			t.Logf("who decides is the desk's to say: %v", err)
		}
	})
}

func TestAnEditThatIsCaughtWaitsWithAllItsWords(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		id := hazel.writes("hazel", "seen by all", "")
		want(t, "fern reads it", fern.getJSON("/willow/posts/"+id, nil), http.StatusOK)
		s.waits("walls", "before")
		s.sent(hazel, "/willow/posts/"+id+"/edit", map[string]any{"body": "other words", "version": 1})
		want(t, "fern reads the change", fern.getJSON("/willow/posts/"+id, nil), http.StatusNotFound)
		if got := hazel.getJSON("/willow/posts/"+id, nil); !got.has("other words") {
			t.Errorf("her words are gone: %s", got.body)
		}
	})
}

func TestWhoAsksForAHumanIsRedWithACase(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel := s.as("hazel.willow@northmoor")
		page := hazel.get("/willow/support")
		if !page.has("Samaritans") || !page.has("Ask a human of the team") {
			t.Fatalf("support: %s", page.text())
		}
		form := page.form("/willow/support")
		form.Set("words", "I cannot do this alone")
		got := hazel.post("/willow/support", form)
		if got.location() != "/willow/support?asked=true" || !hazel.get(got.location()).has("The team knows that you need somebody") {
			t.Errorf("asked: %d %s", got.status, got.location())
		}
		cases := s.count("SELECT count(*) FROM cases WHERE tenant_id = ? AND level = 'red' AND closed_at IS NULL", s.northmoor())
		if got := hazel.post("/willow/support", url.Values{"_csrf": form["_csrf"]}); got.status != http.StatusSeeOther {
			t.Errorf("without words: %d", got.status)
		}
		if again := s.count("SELECT count(*) FROM cases WHERE tenant_id = ? AND level = 'red' AND closed_at IS NULL", s.northmoor()); cases != 1 || again != 1 {
			t.Errorf("%d cases, then %d", cases, again)
		}
		item := s.text("SELECT id FROM desk_items WHERE tenant_id = ? AND sort = 'help'", s.northmoor())
		want(t, "somebody else's item", s.over("fern.willow@northmoor").getJSON("/willow/support/"+item, nil), http.StatusNotFound)
		want(t, "somebody else's answer", s.over("fern.willow@northmoor").sendJSON("/willow/support/"+item, map[string]any{"answer": "someone"}), http.StatusNotFound)
		want(t, "no answer", s.over("hazel.willow@northmoor").sendJSON("/willow/support/"+item, map[string]any{"answer": "perhaps"}), http.StatusUnprocessableEntity)
	})
}
