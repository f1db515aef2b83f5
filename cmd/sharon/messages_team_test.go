package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestTheTeamSharesAMailbox(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		clinician, moderator := s.over("clinician.willow@northmoor"), s.over("moderator.willow@northmoor")
		toTeam := func(v *visitor, body string) string {
			got := v.sendJSON("/willow/messages/to-team", map[string]any{"body": body})
			want(t, "to the team", got, http.StatusOK)
			return field(t, got, "message", "conversation_id")
		}
		id := toTeam(juniper, "My prescription ran out")
		s.clock.Advance(time.Minute)
		later := toTeam(sparrow, "When is the next group?")
		if again := toTeam(juniper, "It is the blue one"); again != id {
			t.Errorf("a second thread %s", again)
		}
		box := func(v *visitor) (c mailbox) { v.getJSON("/willow/messages/team", &c); return c }
		if got := box(moderator); len(got.Waiting) < 2 || got.Waiting[len(got.Waiting)-2].Conversation.ID != id || got.Waiting[len(got.Waiting)-1].Conversation.ID != later {
			t.Errorf("waiting: %+v", got.Waiting)
		}
		want(t, "a member in the mailbox", juniper.getJSON("/willow/messages/team", nil), http.StatusForbidden)
		want(t, "another member's thread", sparrow.getJSON("/willow/messages/"+id, nil), http.StatusNotFound)
		want(t, "a peer supporter", s.over("peer.willow@northmoor").getJSON("/willow/messages/"+id, nil), http.StatusNotFound)
		want(t, "staff writing to themselves", clinician.sendJSON("/willow/messages/to-team", map[string]any{"body": "x"}), http.StatusForbidden)

		hold := func(v *visitor, body map[string]any) answer { return v.sendJSON("/willow/messages/"+id+"/hold", body) }
		want(t, "take", hold(clinician, map[string]any{"act": "take"}), http.StatusOK)
		want(t, "take at the same time", hold(moderator, map[string]any{"act": "take"}), http.StatusConflict)
		me := field(t, clinician.getJSON("/willow/me", nil), "person", "id")
		want(t, "hand over without a note", hold(clinician, map[string]any{"act": "hand", "holder": me, "to": s.handleOf("moderator.willow@northmoor")}), http.StatusUnprocessableEntity)
		want(t, "hand over to a member", hold(clinician, map[string]any{"act": "hand", "holder": me, "to": "sparrow", "note": "x"}), http.StatusUnprocessableEntity)
		want(t, "hand over", hold(clinician, map[string]any{"act": "hand", "holder": me, "to": s.handleOf("moderator.willow@northmoor"), "note": "Ring the chemist, please"}), http.StatusOK)
		if c := s.over("lead.willow@northmoor").talk(id); len(c.Mailbox.Moves) != 2 || c.Mailbox.Moves[0].Note != "Ring the chemist, please" {
			t.Errorf("a colleague sees %+v", c.Mailbox)
		}
		if got := juniper.getJSON("/willow/messages/"+id, nil); got.has("chemist") || got.has("moves") {
			t.Errorf("the member sees the team's notes: %s", got.body)
		}
		s.clock.Advance(20 * time.Minute)
		want(t, "a reply", moderator.say(id, "I have rung them."), http.StatusOK)
		if c := juniper.talk(id); c.words()[2] != "I have rung them." || c.Reach == nil {
			t.Errorf("the member sees %+v", c)
		}
		if page := s.as("juniper.willow@northmoor").get("/willow/messages/" + id); !page.has("Moderator") {
			t.Error("the reply does not say whose it is")
		}
		if got := box(clinician); got.Answered[0].Conversation.ID != id {
			t.Errorf("answered: %+v", got.Answered)
		}
		want(t, "answering takes it", clinician.say(later, "On Monday."), http.StatusOK)
		if c := clinician.talk(later); len(c.Mailbox.Moves) != 1 || c.Mailbox.Moves[0].Act != "take" {
			t.Errorf("%+v", c.Mailbox)
		}
		if got := box(clinician); len(got.Answered) < 2 {
			t.Errorf("answered: %+v", got.Answered)
		}
		want(t, "thanks", sparrow.say(later, "Thanks!"), http.StatusOK)
		want(t, "needs no answer", clinician.sendJSON("/willow/messages/"+later+"/hold", map[string]any{"act": "done", "holder": me}), http.StatusOK)
		if got := box(clinician); got.Answered[0].Conversation.ID != later {
			t.Errorf("after thanks: %+v", got)
		}
		want(t, "give back", clinician.sendJSON("/willow/messages/"+later+"/hold", map[string]any{"act": "give_back", "holder": me}), http.StatusOK)
	})
}

func TestTheUsualTimeToAReplyNeedsFive(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	s.sql("UPDATE messages SET answered_after = NULL WHERE tenant_id = ?", s.northmoor())
	juniper := s.over("juniper.willow@northmoor")
	id := juniper.begin(s.handleOf("clinician.willow@northmoor"), "hello")
	for i, usual := range []string{"no figure yet", "no figure yet", "no figure yet", "no figure yet", "about 3 hours"} {
		if i > 0 {
			want(t, "ask", juniper.say(id, "one more thing"), http.StatusOK)
		}
		want(t, "ask twice", juniper.say(id, "and another"), http.StatusOK) // counts from the first
		s.clock.Advance(time.Duration(i+1) * time.Hour)
		clinician := s.over("clinician.willow@northmoor")
		juniper = s.over("juniper.willow@northmoor")
		want(t, "reply", clinician.say(id, "yes"), http.StatusOK)
		want(t, "reply twice", clinician.say(id, "and yes"), http.StatusOK)
		if got := juniper.talk(id).Reach.Usual; got != usual {
			t.Errorf("after %d replies: %q, want %q", i+1, got, usual)
		}
	}
	s.clock.Advance(31 * 24 * time.Hour)
	if got := s.over("juniper.willow@northmoor").talk(id).Reach.Usual; got != "no figure yet" {
		t.Errorf("a month later: %q", got)
	}
}

func TestOutOfHoursTheComposerSaysWhomToCall(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	look := func() answer { return s.as("juniper.willow@northmoor").get("/willow/messages/to-team") }
	if page := look(); !page.has("The team is here until 5pm") || page.has("Samaritans") {
		t.Errorf("in hours: %s", page.text())
	}
	s.clock.Advance(12 * time.Hour)
	if page := look(); !page.has("The team is next here on Monday at 9am") || !page.has("tel:116123") || !page.has("tel:999") {
		t.Errorf("at night: %s", page.text())
	}
}

func TestStaffReadOnlyWhatWasReportedAndOnRecord(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		id := juniper.begin("Sparrow", "message 0")
		sparrow.accept(id, true)
		for i := range 14 {
			want(t, "say", juniper.say(id, fmt.Sprintf("message %d", i+1)), http.StatusOK)
		}
		c := sparrow.talk(id)
		bad := c.Messages[7].ID
		report := func(v *visitor) answer {
			return v.sendJSON("/willow/messages/"+id+"/report", map[string]any{"message": bad, "reason": "This frightens me"})
		}
		want(t, "one's own message", report(juniper), http.StatusNotFound)
		want(t, "report", report(sparrow), http.StatusOK)
		want(t, "report twice", report(sparrow), http.StatusOK)
		moderator, lead := s.over("moderator.willow@northmoor"), s.over("lead.willow@northmoor")
		path := s.onDesk(bad)
		for _, page := range []string{"/willow/desk", path} {
			if got := moderator.getJSON(page, nil); got.status != http.StatusOK || got.has("message 7") {
				t.Errorf("%s has the words before it is on record: %d %s", page, got.status, got.body)
			}
		}
		decide := map[string]any{"version": 1, "seen": 0, "act": "approve", "reason": "Spoke with both"}
		want(t, "deciding it unread", moderator.sendJSON(path+"/decide", decide), http.StatusConflict)
		want(t, "a member", sparrow.getJSON(path, nil), http.StatusForbidden)
		want(t, "take", moderator.sendJSON(path+"/take", nil), http.StatusOK)
		var opened struct {
			Version int
			Subject struct {
				Body    string
				Context []struct{ Body string }
			}
		}
		moderator.getJSON(path, &opened)
		words := []string{opened.Subject.Body}
		for _, message := range opened.Subject.Context {
			words = append(words, message.Body)
		}
		expected := []string{"message 7"}
		for _, i := range []int{2, 3, 4, 5, 6, 8, 9, 10, 11, 12} {
			expected = append(expected, fmt.Sprintf("message %d", i))
		}
		if !slices.Equal(words, expected) {
			t.Errorf("the report shows %v", words)
		}
		want(t, "the conversation itself", moderator.getJSON("/willow/messages/"+id, nil), http.StatusNotFound)
		if got := lead.getJSON(path, nil); got.has("message 7") || !got.has(`"act":"take"`) {
			t.Errorf("a colleague, who is not on record: %s", got.body)
		}
		decide["version"] = opened.Version
		want(t, "decide", moderator.sendJSON(path+"/decide", decide), http.StatusOK)
		want(t, "decide again", moderator.sendJSON(path+"/decide", decide), http.StatusConflict)
		if got := moderator.getJSON(path, nil); !got.has("message 7") {
			t.Errorf("whoever decided reads it no more: %s", got.body)
		}

		// Nobody reviews a conversation of their own.
		own := juniper.begin(s.handleOf("moderator.willow@northmoor"), "to a moderator")
		want(t, "reply", moderator.say(own, "a rude reply"), http.StatusOK)
		rude := juniper.talk(own).Messages[1].ID
		want(t, "report the moderator", juniper.sendJSON("/willow/messages/"+own+"/report", map[string]any{"message": rude, "reason": "rude"}), http.StatusOK)
		want(t, "a moderator takes a report about themselves", moderator.sendJSON(s.onDesk(rude)+"/take", nil), http.StatusForbidden)
		want(t, "the lead does", lead.sendJSON(s.onDesk(rude)+"/take", nil), http.StatusOK)
		if got := lead.getJSON(s.onDesk(rude), nil); !got.has("a rude reply") {
			t.Errorf("the lead reads %s", got.body)
		}
	})
}

// onDesk is the page of what is on Willow's desk of something.
func (s *site) onDesk(subject string) string {
	s.t.Helper()
	var item string
	err := s.app.DB.Read(s.t.Context(), s.northmoor(), func(ctx context.Context, db bun.IDB) error {
		return db.NewRaw("SELECT id FROM desk_items WHERE tenant_id = ? AND subject_id = ? ORDER BY raised_at DESC LIMIT 1", s.northmoor(), subject).Scan(ctx, &item)
	})
	if err != nil {
		s.t.Fatalf("nothing on the desk of %s: %v", subject, err)
	}
	return "/willow/desk/" + item
}

func (s *site) mailOf(account string) string { return s.listed(account, "/team")["mail"] }
