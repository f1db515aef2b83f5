package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/blogs"
	"github.com/sharon-nhs/sharon/modules/forums"
	"github.com/sharon-nhs/sharon/modules/gifts"
	"github.com/sharon-nhs/sharon/modules/live"
	"github.com/sharon-nhs/sharon/modules/messages"
	"github.com/sharon-nhs/sharon/modules/people"
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
	return s.decidesOf("post", who, act, post, topics...)
}

func (s *site) decidesOf(sort, who string, act safety.Act, id string, topics ...string) (safety.Deed, error) {
	s.t.Helper()
	desk, by := s.deskOf(), s.asMember(who)
	deed := safety.Deed{Act: act, Topics: topics}
	err := by.Write(s.t.Context(), func(ctx context.Context, in tenants.Scope) error {
		return desk.SortOf(sort).Acts[act](ctx, in.As(*by.Actor.Member), uuid.MustParse(id), &deed)
	})
	return deed, err
}

func (s *site) undoes(who string, deed safety.Deed, post string) error {
	s.t.Helper()
	return s.undoesOf("post", who, deed, post)
}

func (s *site) undoesOf(sort, who string, deed safety.Deed, id string) error {
	s.t.Helper()
	desk, by := s.deskOf(), s.asMember(who)
	return by.Write(s.t.Context(), func(ctx context.Context, in tenants.Scope) error {
		return desk.SortOf(sort).Undo(ctx, in.As(*by.Actor.Member), uuid.MustParse(id), deed)
	})
}

// deskOf is a desk that knows the rooms with words.
func (s *site) deskOf() *safety.Desk {
	desk := safety.NewDesk()
	kernel := posts.NewKernel(s.app.Files, desk)
	walls.New(kernel)
	forums.New(kernel)
	blogs.New(kernel)
	messages.New(desk, s.app.Files)
	live.New(desk)
	people.New(desk, nil)
	gifts.New(desk, kernel, s.app.Files)
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
		cases := s.count("SELECT count(*) FROM cases WHERE tenant_id = ? AND level = 'red' AND closed_at IS NULL AND opened_at >= ?", s.northmoor(), now)
		if got := hazel.post("/willow/support", url.Values{"_csrf": form["_csrf"]}); got.status != http.StatusSeeOther {
			t.Errorf("without words: %d", got.status)
		}
		if again := s.count("SELECT count(*) FROM cases WHERE tenant_id = ? AND level = 'red' AND closed_at IS NULL AND opened_at >= ?", s.northmoor(), now); cases != 1 || again != 1 {
			t.Errorf("%d cases, then %d", cases, again)
		}
		item := s.text("SELECT id FROM desk_items WHERE tenant_id = ? AND sort = 'help'", s.northmoor())
		want(t, "somebody else's item", s.over("fern.willow@northmoor").getJSON("/willow/support/"+item, nil), http.StatusNotFound)
		want(t, "somebody else's answer", s.over("fern.willow@northmoor").sendJSON("/willow/support/"+item, map[string]any{"answer": "someone"}), http.StatusNotFound)
		want(t, "no answer", s.over("hazel.willow@northmoor").sendJSON("/willow/support/"+item, map[string]any{"answer": "perhaps"}), http.StatusUnprocessableEntity)
	})
}

func TestThreeReportsTakeAPostOutOfSightAndFiveHoldWhatItsWriterSaysNext(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper := s.over("juniper.willow@northmoor")
		post, next := juniper.writes("juniper", "canary one", ""), juniper.writes("juniper", "canary two", "")
		for i, who := range []string{"hazel", "fern", "ivy"} {
			if got := s.state(post); got != "visible" {
				t.Fatalf("%s after %d reports", got, i)
			}
			s.sent(s.over(who+".willow@northmoor"), "/willow/posts/"+post+"/report", map[string]any{"reason": "unkind"})
		}
		if got := s.state(post); got != "held" {
			t.Fatalf("%s after three", got)
		}
		if !s.as("juniper.willow@northmoor").get("/willow/posts/" + post).has("That does not mean that you did anything wrong") {
			t.Error("its writer reads no kind word")
		}
		s.settle(1)
		if got := juniper.notices("willow").says(); !strings.Contains(got, "waits for the team") {
			t.Errorf("its writer is told %q", got)
		}
		third := juniper.writes("juniper", "canary three", "")
		if got := s.state(third); got != "visible" {
			t.Errorf("three reporters hold what she says next: %s", got)
		}
		for _, who := range []string{"sparrow", "nettle"} {
			s.sent(s.over(who+".willow@northmoor"), "/willow/posts/"+next+"/report", map[string]any{"reason": "spam"})
		}
		if got := s.state(juniper.writes("juniper", "canary four", "")); got != "held" {
			t.Errorf("five reporters do not: %s", got)
		}
		s.sql("UPDATE desk_items SET decided_at = ?, act = 'approve' WHERE tenant_id = ? AND decided_at IS NULL", s.clock.Now(), s.northmoor())
		if got := s.state(juniper.writes("juniper", "canary five", "")); got != "visible" {
			t.Errorf("after the team looked: %s", got)
		}
	})
}

func TestWhatIsPostedWhileTheTeamIsAwayWaits(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, hazel := s.over("lead.willow@northmoor"), s.over("hazel.willow@northmoor")
		s.sent(lead, "/willow/settings/safeguarding/all", map[string]any{"mode": "after", "away": true, "first_posts": 0, "version": 0})
		if got := s.state(hazel.writes("hazel", "by day", "")); got != "visible" {
			t.Errorf("by day: %s", got)
		}
		s.clock.Advance(11 * time.Hour)
		lead, hazel = s.over("lead.willow@northmoor"), s.over("hazel.willow@northmoor")
		night := hazel.writes("hazel", "by night", "")
		if got := s.state(night); got != "held" {
			t.Fatalf("by night: %s", got)
		}
		if page := s.as("hazel.willow@northmoor").get("/willow/posts/" + night); !page.has("The team is next here") {
			t.Errorf("she is not told when: %s", page.text())
		}
		if got := s.state(lead.writes(s.handleOf("lead.willow@northmoor"), "the team by night", "")); got != "visible" {
			t.Errorf("what the team says: %s", got)
		}
		want(t, "an old form", lead.sendJSON("/willow/settings/safeguarding/all", map[string]any{"mode": "before", "version": 0}), http.StatusConflict)
		want(t, "no such room", lead.sendJSON("/willow/settings/safeguarding/cellar", map[string]any{"mode": "before", "version": 0}), http.StatusNotFound)
		want(t, "no such way", lead.sendJSON("/willow/settings/safeguarding/all", map[string]any{"mode": "never", "version": 1}), http.StatusUnprocessableEntity)
		want(t, "a moderator", s.over("moderator.willow@northmoor").sendJSON("/willow/settings/safeguarding/all", map[string]any{"mode": "before", "version": 1}), http.StatusForbidden)
		s.sent(lead, "/willow/settings/safeguarding/all", map[string]any{"mode": "after", "first_posts": 2, "version": 1})
		s.sql("UPDATE posts SET state = 'hidden' WHERE tenant_id = ? AND author_id = (SELECT id FROM members WHERE tenant_id = ? AND handle_key = 'ivy')", s.northmoor(), s.northmoor())
		if got := s.state(s.over("ivy.willow@northmoor").writes("ivy", "her first", "")); got != "held" {
			t.Errorf("a first post: %s", got)
		}
		s.sent(lead, "/willow/settings/safeguarding/walls", map[string]any{"mode": "after", "version": 0})
		if got := s.state(s.over("ivy.willow@northmoor").writes("ivy", "where it does not count", "")); got != "visible" {
			t.Errorf("a room of its own way: %s", got)
		}
		s.sent(lead, "/willow/settings/safeguarding/walls", map[string]any{"mode": "follow", "version": 1})
		if got := s.state(s.over("ivy.willow@northmoor").writes("ivy", "where it counts again", "")); got != "held" {
			t.Errorf("as the whole service: %s", got)
		}
	})
}

func TestManyPostsInMinutesAreToldOfAndThoseOfSomebodyNewWait(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		ivy := s.over("ivy.willow@northmoor")
		last := ""
		for range 21 {
			last = ivy.writes("ivy", "again", "")
		}
		if got := s.state(last); got != "visible" {
			t.Errorf("somebody who is known: %s", got)
		}
		told := "SELECT count(*) FROM desk_marks WHERE tenant_id = ? AND source = 'rate' AND at >= ?"
		if got := s.count(told, s.northmoor(), now); got != 1 {
			t.Errorf("the team is told %d times", got)
		}
		s.sql("UPDATE members SET joined_at = ? WHERE tenant_id = ? AND handle_key = 'fern'", s.clock.Now(), s.northmoor())
		for range 11 {
			last = s.over("fern.willow@northmoor").writes("fern", "new here", "")
		}
		if got := s.state(last); got != "held" {
			t.Errorf("somebody new: %s", got)
		}
	})
}

func TestWhatNobodyAnsweredIsShownToPeersAndThenToTheTeam(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, peer := s.over("hazel.willow@northmoor"), s.over("peer.willow@northmoor")
		alone, answered := threadBy(hazel, "sleep-and-feeding", "Is anybody there"), threadBy(hazel, "sleep-and-feeding", "Somebody is")
		replyBy(s.over("fern.willow@northmoor"), answered, "I am")
		replyBy(hazel, alone, "only me")
		if got := peer.getJSON("/willow/unanswered", nil); got.has(alone) {
			t.Error("it is there at once")
		}
		want(t, "a member's list", hazel.getJSON("/willow/unanswered", nil), http.StatusForbidden)
		s.clock.Advance(12*time.Hour + time.Minute)
		if got := s.over("peer.willow@northmoor").getJSON("/willow/unanswered", nil); !got.has(alone) || got.has(answered) {
			t.Errorf("after twelve hours: %s", got.body)
		}
		on := func(post string) int {
			return s.count("SELECT count(*) FROM desk_items WHERE tenant_id = ? AND subject_id = ? AND level = 'amber'", s.northmoor(), post)
		}
		s.round("catch.unanswered")
		if on(alone) != 0 {
			t.Error("on the desk before the peers had their time")
		}
		s.clock.Advance(12 * time.Hour)
		s.round("catch.unanswered")
		s.round("catch.unanswered")
		if on(alone) != 1 || on(answered) != 0 {
			t.Errorf("on the desk: %d and %d", on(alone), on(answered))
		}
		if marks := s.count("SELECT count(*) FROM desk_marks AS m JOIN desk_items AS i ON i.tenant_id = m.tenant_id AND i.id = m.item_id WHERE i.tenant_id = ? AND i.subject_id = ?", s.northmoor(), alone); marks != 1 {
			t.Errorf("%d marks for one wait", marks)
		}
	})
}

// catchPages are those of the safeguards.
func catchPages(s *site) []aPage {
	s.waits("videos", "before")
	item := s.waitingOf("ivy")
	return []aPage{
		{"support", "hazel.willow@northmoor", "/willow/support", nil},
		{"support-asked", "hazel.willow@northmoor", "/willow/support?asked=true", nil},
		{"support-after", "ivy.willow@northmoor", "/willow/support/" + item, nil},
		{"support-safe", "ivy.willow@northmoor", "/willow/support/" + item + "?said=safe", nil},
		{"post-waits", "ivy.willow@northmoor", "/willow/walls/ivy", nil},
		{"unanswered", "peer.willow@northmoor", "/willow/unanswered", nil},
		{"safeguarding-modes", "lead.willow@northmoor", "/willow/settings/safeguarding", nil},
	}
}

// waitingOf is the desk's item of something that somebody wrote and that waits.
func (s *site) waitingOf(handle string) string {
	s.t.Helper()
	s.waits("walls", "before")
	id := s.over(handle+".willow@northmoor").writes(handle, "It is one of those nights, and I do not know how to say it.", "")
	s.waits("walls", "follow")
	return s.text("SELECT id FROM desk_items WHERE tenant_id = ? AND subject_id = ?", s.northmoor(), id)
}

func TestAMessageThatWaitsIsNotDelivered(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		id := juniper.begin("Sparrow", "hello")
		sparrow.accept(id, true)
		s.reportedByFive(juniper)
		ear := sparrow.listen("willow", "")
		said := juniper.say(id, "canary in a message")
		want(t, "say", said, http.StatusOK)
		message := field(t, said, "message", "id")
		ear.hearsNothingOf(message)
		for _, path := range []string{"/willow/messages", "/willow/messages/" + id, "/willow/messages/search?q=canary", "/willow/messages/" + id + "/since"} {
			if got := sparrow.getJSON(path, nil); got.has("canary in") || got.has(message) {
				t.Errorf("%s has it: %s", path, got.body)
			}
		}
		if got := s.as("juniper.willow@northmoor").get("/willow/messages/" + id); !got.has("canary in a message") || !got.has("This waits for the team") {
			t.Errorf("her own: %s", got.text())
		}
		want(t, "the team is written to at once", juniper.sendJSON("/willow/messages/to-team", map[string]any{"body": "canary to the team"}), http.StatusOK)
		if n := s.count("SELECT count(*) FROM messages WHERE tenant_id = ? AND held", s.northmoor()); n != 1 {
			t.Errorf("%d messages wait", n)
		}
		deed, err := s.decidesOf("message", "moderator", safety.Approve, message)
		if err != nil {
			t.Fatal(err)
		}
		if got := sparrow.getJSON("/willow/messages/"+id, nil); !got.has("canary in a message") {
			t.Errorf("approved, and not there: %s", got.body)
		}
		s.settle(1)
		if got := sparrow.notices("willow").says(); !strings.Contains(got, "sent you a message") {
			t.Errorf("she is told %q", got)
		}
		undo := func() error { return s.undoesOf("message", "moderator", deed, message) }
		if err := undo(); err != nil {
			t.Fatal(err)
		}
		if got := sparrow.getJSON("/willow/messages", nil); got.has("canary") {
			t.Errorf("taken back, and still her list's last word: %s", got.body)
		}
		if err := undo(); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second undo: %v", err)
		}
		if _, err := s.decidesOf("message", "fern", safety.Approve, message); !fault.Is(err, fault.NotFound) {
			t.Errorf("a member decides: %v", err)
		}
	})
}

// reportedByFive has what juniper says next wait for the team.
func (s *site) reportedByFive(juniper *visitor) {
	s.t.Helper()
	walls := map[string]string{"one": juniper.writes("juniper", "reported", ""), "two": juniper.writes("juniper", "reported too", "")}
	for who, wall := range map[string]string{"hazel": "one", "fern": "one", "ivy": "one", "nettle": "two", "clover": "two"} {
		s.sent(s.over(who+".willow@northmoor"), "/willow/posts/"+walls[wall]+"/report", map[string]any{"reason": "unkind"})
	}
}

func TestWhatIsSaidInASessionAndWithAGiftWaitsToo(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		session := s.opened(map[string]any{"title": "Tea"})
		s.reportedByFive(juniper)
		ear := sparrow.listen("willow", "")
		message := field(t, s.sent(juniper, session+"/messages", says("canary in a session")), "message", "id")
		ear.hearsNothingOf(message)
		for _, path := range []string{session, session + "/since?after=0"} {
			if got := sparrow.getJSON(path, nil); got.has("canary in") {
				t.Errorf("%s has it", path)
			}
		}
		if !juniper.getJSON(session, nil).has("canary in a session") {
			t.Error("its author does not see it")
		}
		deed, err := s.decidesOf("live_message", "moderator", safety.Approve, message)
		if err != nil || !sparrow.getJSON(session, nil).has("canary in a session") {
			t.Errorf("approved: %v", err)
		}
		if err := s.undoesOf("live_message", "moderator", deed, message); err != nil || sparrow.getJSON(session, nil).has("canary in") {
			t.Errorf("undone: %v", err)
		}
		gift := juniper.give("Sparrow", s.kindOf("hugging-face"), "canary note")
		want(t, "give", gift, http.StatusOK)
		id := field(t, gift, "id")
		if got := sparrow.sendJSON("/willow/gifts/"+id+"/open", nil); got.has("canary note") {
			t.Errorf("the note is there: %s", got.body)
		}
		if _, err := s.decidesOf("gift", "fern", safety.Approve, id); !fault.Is(err, fault.NotFound) {
			t.Errorf("a member decides: %v", err)
		}
		if _, err := s.decidesOf("gift", "moderator", safety.Approve, id); err != nil || !sparrow.getJSON("/willow/gifts/"+id, nil).has("canary note") {
			t.Errorf("the note after it was approved: %v", err)
		}
	})
}

func TestFiguresAreMetWithKinderWordsAndWaitIfPostedAllTheSame(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		const words, kinder = "I weigh 45 kg today and I am sad", "I am sad"
		hazel := s.over("hazel.willow@northmoor")
		if got := hazel.sendJSON("/willow/composer", map[string]any{"body": words}); got.status != http.StatusOK || got.has("kinder") {
			t.Errorf("in a service that has not that rule: %d %s", got.status, got.body)
		}
		s.sql("UPDATE services SET area = 'eating_disorders' WHERE tenant_id = ? AND slug = 'willow'", s.northmoor())
		s.sql("UPDATE trusts SET config_version = config_version + 1 WHERE id = ?", s.northmoor())
		if got := hazel.sendJSON("/willow/composer", map[string]any{"body": words}); !got.has(kinder) || got.has("45") {
			t.Errorf("as one types: %s", got.body)
		}
		if got := hazel.sendJSON("/willow/composer", map[string]any{"body": "I am 24 years old"}); got.has("kinder") {
			t.Errorf("an age: %s", got.body)
		}
		page := s.as("hazel.willow@northmoor")
		form := page.get("/willow/walls/hazel").form("/willow/walls/hazel")
		form.Set("body", words)
		got := page.post("/willow/walls/hazel", form)
		if got.status != http.StatusUnprocessableEntity || !got.has(words) || !got.has("Post it as I wrote it") || !got.has("Numbers of weight, food or exercise can hurt") {
			t.Fatalf("sent: %d %s", got.status, got.text())
		}
		form.Set("as_is", "true")
		if got := page.post("/willow/walls/hazel", form); got.status != http.StatusSeeOther {
			t.Fatalf("sent as it is: %d %s", got.status, got.text())
		}
		held := s.text("SELECT state || ' ' || body FROM posts WHERE tenant_id = ? AND body = ?", s.northmoor(), words)
		if held != "held "+words {
			t.Errorf("it is %q", held)
		}
		if got := s.state(hazel.writes("hazel", "I had a good day with 2 friends", "")); got != "visible" {
			t.Errorf("words without figures: %s", got)
		}
	})
}

func TestWordsAboutOneselfWaitAndTheOldOnesStay(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		edit := func(words string) {
			s.sent(juniper, "/willow/profile", map[string]any{"avatar": 1, "about": words, "listed": true})
		}
		edit("the old words")
		s.reportedByFive(juniper)
		edit("canary about me")
		if got := sparrow.getJSON("/willow/people/juniper", nil); got.has("canary") || !got.has("the old words") {
			t.Errorf("others see %s", got.body)
		}
		if !s.as("juniper.willow@northmoor").get("/willow/profile").has("canary about me") {
			t.Error("her words are gone")
		}
		id := s.idOf("juniper")
		deed, err := s.decidesOf("about", "moderator", safety.Approve, id)
		if err != nil || !sparrow.getJSON("/willow/people/juniper", nil).has("canary about me") {
			t.Errorf("approved: %v", err)
		}
		if err := s.undoesOf("about", "moderator", deed, id); err != nil || sparrow.getJSON("/willow/people/juniper", nil).has("canary") {
			t.Errorf("undone: %v", err)
		}
		if _, err := s.decidesOf("about", "fern", safety.Approve, id); !fault.Is(err, fault.NotFound) {
			t.Errorf("a member decides: %v", err)
		}
	})
}
