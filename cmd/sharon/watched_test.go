package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules/safety"
)

// marksOf are the details that a source gave for something.
func (s *site) marksOf(source safety.Source, subject string) string {
	s.t.Helper()
	if s.count("SELECT count(*) FROM desk_marks AS m JOIN desk_items AS i ON i.tenant_id = m.tenant_id AND i.id = m.item_id WHERE i.tenant_id = ? AND i.subject_id = ? AND m.source = ?", s.northmoor(), subject, source) == 0 {
		return ""
	}
	return s.text("SELECT m.detail FROM desk_marks AS m JOIN desk_items AS i ON i.tenant_id = m.tenant_id AND i.id = m.item_id WHERE i.tenant_id = ? AND i.subject_id = ? AND m.source = ? ORDER BY m.at DESC LIMIT 1", s.northmoor(), subject, source)
}

func TestWritingToManyStrangersIsToldToTheTeam(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, _, _ := strangers(s)
		for i, handle := range []string{"Fern", "Ivy", "Rowan", "Moss", "Teasel", "Aspen", "Wren", "Dill"} {
			id := juniper.begin(handle, fmt.Sprint("hello ", i))
			told := s.marksOf(safety.ByRate, juniper.talk(id).Messages[0].ID)
			if most := safety.Defaults.StrangersInHour; i < most && told != "" || i >= most && !strings.HasPrefix(told, fmt.Sprint(i+1, " new people written to in an hour")) {
				t.Errorf("to number %d: %q", i+1, told)
			}
		}
	})
}

func TestTheTeamIsToldWhoseReportsItApprovedBefore(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, nettle := strangers(s)
		moderator := s.over("moderator.willow@northmoor")
		reports := func(v *visitor, post string) string {
			want(t, "report", v.sendJSON("/willow/posts/"+post+"/report", map[string]any{"reason": "unkind"}), http.StatusOK)
			return s.marksOf(safety.ByFlag, post)
		}
		for i := range 3 {
			post := juniper.writes("juniper", fmt.Sprint("harmless ", i), "")
			if told := reports(sparrow, post); strings.Contains(told, "approved") {
				t.Errorf("after %d: %q", i, told)
			}
			var item struct {
				Version int
				Subject struct{ Version int }
			}
			if got := moderator.getJSON(s.onDesk(post), &item); got.status != http.StatusOK {
				t.Fatal(got.status)
			}
			s.sent(moderator, s.onDesk(post)+"/decide", map[string]any{"version": item.Version, "seen": item.Subject.Version, "act": "approve"})
		}
		post := juniper.writes("juniper", "harmless too", "")
		if told := reports(sparrow, post); !strings.HasSuffix(told, "(of what they reported before, the team approved 3 of 3)") {
			t.Errorf("the fourth: %q", told)
		}
		if told := reports(nettle, post); strings.Contains(told, "approved") && !strings.Contains(told, "3 of 3") {
			t.Errorf("somebody else's: %q", told)
		}
	})
}

func TestAQuestionIsHiddenByTheDeskAndShownAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		session := s.planned(48*time.Hour, map[string]any{"questions": true})
		id := s.askedIn(session, "juniper.willow@northmoor", false)
		asked := func() bool {
			return s.over("sparrow.willow@northmoor").getJSON(session+"/questions", nil).has("a question")
		}
		shown := asked()
		deed, err := s.decidesOf("live_question", "moderator", safety.Hide, id)
		if err != nil || asked() {
			t.Fatalf("hidden: %v", err)
		}
		if state := s.text("SELECT state FROM live_questions WHERE tenant_id = ? AND id = ?", s.northmoor(), id); state == "" || state == deed.Before {
			t.Errorf("it is %q", state)
		}
		if err := s.undoesOf("live_question", "moderator", deed, id); err != nil || asked() != shown {
			t.Errorf("undone: %v, shown %v", err, asked())
		}
	})
}

// The words that are offered while somebody types take the place of theirs with one click.
func TestKinderWordsAreOfferedWhileSomebodyTypes(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	s.sql("UPDATE services SET area = 'eating_disorders' WHERE tenant_id = ? AND slug = 'willow'", s.northmoor())
	s.sql("UPDATE trusts SET config_version = config_version + 1 WHERE id = ?", s.northmoor())
	tab := testkit.Browser(t)
	s.enter(tab, "hazel.willow@northmoor")
	tab.Goto(s.address("hazel.willow@northmoor") + "/willow/walls/hazel")
	tab.Fill("#body", "I weigh 45 kg today and I am sad")
	tab.WaitText("[data-kinder-words]", "I am sad")
	tab.Click("[data-kinder-use]")
	if got := tab.Value("#body"); strings.Contains(got, "45") || !strings.HasSuffix(got, "I am sad") {
		t.Errorf("it says %q", got)
	}
	if problems := tab.Problems(); len(problems) > 0 {
		t.Error(problems)
	}
}
