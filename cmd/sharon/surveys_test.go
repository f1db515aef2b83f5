package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/surveys"
	"github.com/sharon-nhs/sharon/tenants"
)

const surveysDesk = "/willow/surveys/desk"

// aSurvey is a survey of Willow's as its lead sends it.
func aSurvey(more map[string]any) map[string]any {
	in := map[string]any{"title": "Canary tea", "intro": "Why we *ask*.", "opens_on": "2026-11-20", "closes_on": "2026-12-04", "roles": []string{"service_user"}, "min_days": 0}
	for name, value := range more {
		in[name] = value
	}
	return in
}

// surveyed is a survey that is open in Willow, with a choice, boxes and words: where
// the team has it, and where members have it.
func (s *site) surveyed(more map[string]any) (desk, path string) {
	s.t.Helper()
	lead := s.over("lead.willow@northmoor")
	desk = surveysDesk + "/" + field(s.t, s.sent(lead, surveysDesk, aSurvey(more)), "id")
	s.sent(lead, desk+"/questions", map[string]any{"kind": "one", "text": "Tea?", "options": "Yes\nNo", "required": true, "version": 1})
	s.sent(lead, desk+"/questions", map[string]any{"kind": "several", "text": "Which?", "options": "Black\nGreen\nMint", "version": 2})
	s.sent(lead, desk+"/questions", map[string]any{"kind": "words", "text": "Anything else?", "version": 3})
	s.sent(lead, desk+"/release", map[string]any{"on": true, "version": 4})
	s.round("surveys.days")
	return desk, "/willow/surveys/" + idOf(desk)
}

// answers answers a survey as some members, each with these answers.
func (s *site) answers(path string, given map[string]any, logins ...string) {
	s.t.Helper()
	for _, login := range logins {
		s.sent(s.over(login+".willow@northmoor"), path+"/answers", map[string]any{"answers": given})
	}
}

// boxed is how many answers are in a survey's box.
func (s *site) boxed(path string) int {
	return s.count("SELECT coalesce(sum(answered), 0) FROM survey_boxes WHERE tenant_id = ? AND survey_id = ?", s.northmoor(), idOf(path))
}

func TestALeadMakesASurveyAndMembersAnswerItWithoutJavaScript(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead := s.as("lead.willow@northmoor")
		form := url.Values{"title": {"Canary tea"}, "intro": {"Why we *ask*."}, "opens_on": {"2026-11-21"}, "closes_on": {"2026-11-20"}, "roles": {"service_user"}, "min_days": {"0"}}
		if got := lead.post(surveysDesk, form); got.status != http.StatusUnprocessableEntity || !got.has("The last day cannot be before the first") || !got.has(`value="Canary tea"`) || !got.has(`value="service_user" checked`) {
			t.Fatalf("days that cannot be: %d %s", got.status, got.text())
		}
		form.Set("closes_on", "2026-12-05")
		got := lead.post(surveysDesk, form)
		want(t, "make", got, http.StatusSeeOther)
		desk := got.location()
		path := "/willow/surveys/" + idOf(desk)
		if got := lead.post(desk+"/release", url.Values{"on": {"true"}, "version": {"1"}}); got.status != http.StatusConflict || !got.has("Add a question first") {
			t.Errorf("without a question: %d %s", got.status, got.text())
		}
		if got := lead.post(desk+"/questions", url.Values{"kind": {"one"}, "text": {"Tea?"}, "options": {"Yes"}, "version": {"1"}}); got.status != http.StatusUnprocessableEntity || !got.has("at least two answers") || !got.has(`value="Tea?"`) {
			t.Errorf("one answer: %d %s", got.status, got.text())
		}
		for i, q := range []url.Values{
			{"kind": {"words"}, "text": {"Anything else?"}},
			{"kind": {"one"}, "text": {"Tea?"}, "options": {"Yes\r\nNo\r\n"}, "required": {"false", "true"}},
			{"kind": {"several"}, "text": {"Which?"}, "options": {"Black\nGreen\nMint"}},
			{"kind": {"scale"}, "text": {"How good?"}, "low": {"Not at all"}},
			{"kind": {"yes_no"}, "text": {"Again?"}},
		} {
			q.Set("version", fmt.Sprint(i+1))
			want(t, q.Get("kind"), lead.post(desk+"/questions", q), http.StatusSeeOther)
		}
		want(t, "move", lead.post(desk+"/questions/q1/move", url.Values{"to": {"down"}, "version": {"6"}}), http.StatusSeeOther)
		if got := lead.post(desk+"/questions/q1/move", url.Values{"to": {"down"}, "version": {"6"}}); got.status != http.StatusConflict {
			t.Errorf("from a second tab: %d", got.status)
		}
		if page := lead.get(desk + "/preview"); !page.has("1. Tea?") || !page.has("Why we <em>ask</em>") || page.has("Send my answers") {
			t.Errorf("preview: %s", page.text())
		}
		hazel := s.as("hazel.willow@northmoor")
		want(t, "a draft", hazel.get(path), http.StatusNotFound)
		want(t, "plan", lead.post(desk+"/release", url.Values{"on": {"true"}, "version": {"7"}}), http.StatusSeeOther)
		want(t, "before its day", hazel.get(path), http.StatusNotFound)

		s.clock.Advance(24 * time.Hour)
		lead, hazel = s.as("lead.willow@northmoor"), s.as("hazel.willow@northmoor")
		for to, in := range map[string]url.Values{"/edit": form, "/questions": {"kind": {"yes_no"}, "text": {"More?"}}, "/questions/q2": {"text": {"Coffee?"}, "options": {"a\nb"}}, "/remove": {}, "/release": {"on": {"false"}}} {
			in.Set("version", "8")
			if got := lead.post(desk+to, in); got.status != http.StatusConflict || !got.has("This survey is open") {
				t.Errorf("%s of an open one: %d %s", to, got.status, got.text())
			}
		}
		if page := hazel.get("/willow/surveys"); !page.has("Canary tea") {
			t.Errorf("hazel’s list: %s", page.text())
		}
		given := url.Values{"answers/q1": {"canary words"}, "answers/q3/2": {"true"}, "answers/q4": {"11"}, "answers/q5": {"3"}}
		if got := hazel.post(path+"/answers", given); got.status != http.StatusUnprocessableEntity || !got.has("Answer this question") || !strings.Contains(got.kept(), "canary words") || !got.has(`name="answers/q3/2" type="checkbox" value="true" checked`) || !got.has(`value="11" translate="no" selected`) {
			t.Fatalf("what must be answered is not: %d %s", got.status, got.text())
		}
		given.Set("answers/q2", "1")
		got = hazel.post(path+"/answers", given)
		if page := hazel.get(got.location()); got.status != http.StatusSeeOther || !page.has("You have answered this") || page.has("canary words") {
			t.Errorf("answered: %d %s", got.status, page.text())
		}
		if got := hazel.post(path+"/answers", given); got.status != http.StatusSeeOther || s.boxed(path) != 1 {
			t.Errorf("a second click: %d, %d answers", got.status, s.boxed(path))
		}
		want(t, "copy", lead.post(desk+"/copy", nil), http.StatusSeeOther)
		if n := s.rowsOf("surveys", "title = 'Canary tea' AND NOT planned AND questions LIKE '%How good?%'"); n != 1 {
			t.Errorf("%d copies", n)
		}
	})
}

func TestMembersAreToldOnceAndOnceMoreIfTheyHaveNotAnswered(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		_, path := s.surveyed(nil)
		s.round("surveys.days")
		s.settle(1)
		told := func(handle string) int {
			return s.count("SELECT count(*) FROM notices WHERE tenant_id = ? AND kind = 'survey' AND about_id = ? AND member_id = ?", s.northmoor(), idOf(path), s.idOf(handle))
		}
		s.answers(path, map[string]any{"q1": 1}, "hazel")
		s.sent(s.over("fern.willow@northmoor"), path+"/decline", nil)
		s.clock.Advance(6 * 24 * time.Hour)
		s.round("surveys.days")
		s.settle(1)
		if hazel, fern, ivy, bramble := told("hazel"), told("fern"), told("ivy"), told("bramble"); hazel != 1 || fern != 1 || ivy != 1 || bramble != 0 {
			t.Errorf("after six days hazel was told %d times, fern %d, ivy %d, and bramble, who is not asked, %d", hazel, fern, ivy, bramble)
		}
		for range 3 {
			s.clock.Advance(24 * time.Hour)
			s.round("surveys.days")
			s.settle(1)
		}
		if hazel, fern, ivy := told("hazel"), told("fern"), told("ivy"); hazel != 1 || fern != 1 || ivy != 2 {
			t.Errorf("in the end hazel, who answered, was told %d times, fern, for whom it is not, %d, ivy %d", hazel, fern, ivy)
		}
		if page := s.as("fern.willow@northmoor").get(path); !page.has("not for you") || !page.has("Send my answers") {
			t.Errorf("fern can still answer: %s", page.text())
		}
		s.answers(path, map[string]any{"q1": 2}, "fern")
		s.sent(s.over("fern.willow@northmoor"), path+"/decline", nil)
		if n := s.rowsOf("survey_people", "survey_id = '"+idOf(path)+"' AND answered"); n != 2 {
			t.Errorf("%d have answered", n)
		}
		if words := s.notice("survey"); strings.Contains(words, "Canary") || strings.Contains(words, "Willow") {
			t.Errorf("a notice says %q", words)
		}
	})
}

// notice is what hazel reads of a kind of notice.
func (s *site) notice(kind string) string {
	for _, one := range s.over("hazel.willow@northmoor").notices("willow").Notices {
		if one.Kind == kind {
			return one.Says
		}
	}
	s.t.Errorf("no notice of the kind %s", kind)
	return ""
}

var nine = []string{"hazel", "clover", "ivy", "marmalade", "rowan", "aspen", "dill", "bluebell", "moss"}

func TestNobodyCanFindOutWhoAnsweredWhat(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		desk, path := s.surveyed(nil)
		s.answers(path, map[string]any{"q1": 1, "q2/1": true, "q3": "canary written by nobody"}, nine[:5]...)
		s.answers(path, map[string]any{"q1": 2}, nine[5:8]...)
		s.sent(s.over("moss.willow@northmoor"), path+"/decline", nil)
		want(t, "with a key", s.over("moss.willow@northmoor").sendJSON(path+"/answers", map[string]any{"answers": map[string]any{"q1": 2}}, "Idempotency-Key", "canary key"), http.StatusOK)
		if where := s.rowsWith("canary written", "canary key"); len(where) > 0 {
			t.Errorf("it stands in %v", where)
		}
		for _, table := range []string{"survey_people", "survey_boxes"} {
			var rows []map[string]any
			err := s.app.DB.Read(t.Context(), s.northmoor(), func(ctx context.Context, db bun.IDB) error {
				return db.NewSelect().Table(table).Where("tenant_id = ?", s.northmoor()).Scan(ctx, &rows)
			})
			if err != nil || len(rows) == 0 {
				t.Fatal(table, err)
			}
			for column, value := range rows[0] {
				if _, isTime := value.(time.Time); isTime || strings.HasSuffix(column, "_at") || table == "survey_boxes" && strings.Contains(column, "member") {
					t.Errorf("%s tells when, or whose: %s", table, column)
				}
			}
		}
		if n := s.rowsOf("outbox", "module = 'surveys' AND actor_id IS NOT NULL"); n > 0 {
			t.Errorf("%d events by those who answered", n)
		}
		lead := s.over("lead.willow@northmoor")
		want(t, "results while it is open", lead.getJSON(desk+"/results", nil), http.StatusConflict)
		want(t, "its file", lead.getJSON(desk+"/results/file?as=csv", nil), http.StatusConflict)
		if got := lead.getJSON(desk, nil); field(t, got, "answered") != "5" || got.has("canary written") {
			t.Errorf("while it is open: %s", got.body)
		}
		want(t, "close", s.as("lead.willow@northmoor").post(desk+"/close", nil), http.StatusSeeOther)
		want(t, "close again", lead.sendJSON(desk+"/close", nil), http.StatusConflict)

		var got surveys.Result
		want(t, "results", s.over("clinician.willow@northmoor").getJSON(desk+"/results", &got), http.StatusOK)
		if got.Answered != 5 || got.Asked != 20 || got.Ended != "2026-11-20" || len(got.Answers[2].Written) != 5 {
			t.Errorf("%+v", got)
		}
		for _, a := range got.Answers {
			for _, line := range a.Lines {
				if line.N%5 != 0 {
					t.Errorf("%s: %d gave %q", a.Text, line.N, line.Answer)
				}
			}
		}
		for _, as := range []string{"csv", "xlsx"} {
			if file := lead.get(desk + "/results/file?as=" + as); file.status != http.StatusOK || as == "csv" && !file.has("1,Tea?,Yes,5,") {
				t.Errorf("%s: %d %s", as, file.status, file.body)
			}
		}
		want(t, "no such file", lead.getJSON(desk+"/results/file?as=pdf", nil), http.StatusUnprocessableEntity)
		for _, account := range []string{"hazel.willow@northmoor", "moderator.willow@northmoor", "peer.willow@northmoor"} {
			want(t, account, s.over(account).getJSON(desk+"/results", nil), http.StatusForbidden)
		}
		want(t, "another service", s.over("lead.harbour@northmoor").getJSON("/harbour/surveys/desk/"+idOf(desk)+"/results", nil), http.StatusNotFound)
		if n := s.rowsOf("audit_log", "action IN ('surveys.planned', 'surveys.opened', 'surveys.closed') AND subject_id = '"+idOf(desk)+"'"); n != 3 {
			t.Errorf("%d lines in the audit log", n)
		}
	})
}

func TestOfFourAnswersNothingIsShown(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		desk, path := s.surveyed(nil)
		s.answers(path, map[string]any{"q1": 1, "q3": "canary written"}, nine[:4]...)
		s.sent(s.over("lead.willow@northmoor"), desk+"/close", nil)
		page := s.as("lead.willow@northmoor").get(desk + "/results")
		if page.status != http.StatusOK || !page.has("Fewer than five people answered") || page.has("canary written") || page.has("Tea?") {
			t.Errorf("%d %s", page.status, page.text())
		}
		if file := s.over("lead.willow@northmoor").get(desk + "/results/file?as=csv"); file.has("canary written") || file.has("Tea?") {
			t.Errorf("the file: %s", file.body)
		}
	})
}

func TestWhatSomebodyTypedComesBackIfTheSurveyClosedMeanwhile(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		desk, path := s.surveyed(nil)
		hazel := s.as("hazel.willow@northmoor")
		s.sent(s.over("lead.willow@northmoor"), desk+"/close", nil)
		got := hazel.post(path+"/answers", url.Values{"answers/q1": {"1"}, "answers/q3": {"canary typed for an hour"}})
		if got.status != http.StatusConflict || !got.has("closed while you were writing") || !strings.Contains(got.kept(), "canary typed for an hour") || got.has("Send my answers") {
			t.Errorf("%d %s", got.status, got.text())
		}
		want(t, "it is not for me", hazel.post(path+"/decline", nil), http.StatusSeeOther)
		if people := s.rowsOf("survey_people", "survey_id = '"+idOf(path)+"'"); people != 0 || s.boxed(path) != 0 {
			t.Errorf("%d people, %d answers", people, s.boxed(path))
		}
	})
}

func TestSixTabsAreOneAnswer(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		_, path := s.surveyed(nil)
		hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		var together sync.WaitGroup
		for i := range 6 {
			together.Go(func() {
				want(t, "a tab", hazel.sendJSON(path+"/answers", map[string]any{"answers": map[string]any{"q1": 1 + i%2}}), http.StatusOK)
			})
		}
		together.Go(func() {
			want(t, "somebody else", fern.sendJSON(path+"/answers", map[string]any{"answers": map[string]any{"q1": 2}}), http.StatusOK)
		})
		together.Wait()
		if s.boxed(path) != 2 {
			t.Errorf("%d answers of two people", s.boxed(path))
		}
	})
}

func TestWordsOfDangerShowWhomToTurnToAndNobodyIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		_, path := s.surveyed(nil)
		s.catches("canary in danger")
		hazel, items := s.as("hazel.willow@northmoor"), s.rowsOf("desk_items", "1 = 1")
		if page := hazel.get(path); !page.has("Nobody reads this at once") || !page.has(`href="/willow/help-now"`) {
			t.Errorf("the box: %s", page.text())
		}
		got := hazel.post(path+"/answers", url.Values{"answers/q1": {"1"}, "answers/q3": {"canary in danger tonight"}})
		if got.status != http.StatusSeeOther || got.location() != "/willow/support" {
			t.Errorf("%d to %s", got.status, got.location())
		}
		if s.boxed(path) != 1 || s.rowsOf("desk_items", "1 = 1") != items {
			t.Errorf("%d answers, and something is on the desk", s.boxed(path))
		}
	})
}

func TestASurveyIsForThoseWhomItAsks(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		_, path := s.surveyed(map[string]any{"roles": []string{"peer_supporter", "carer"}, "min_days": 30})
		hazel, bramble := s.over("hazel.willow@northmoor"), s.over("peer.willow@northmoor")
		given := map[string]any{"answers": map[string]any{"q1": 1}}
		for name, got := range map[string]answer{"read": hazel.getJSON(path, nil), "answered": hazel.sendJSON(path+"/answers", given), "declined": hazel.sendJSON(path+"/decline", nil), "answered by its lead": s.over("lead.willow@northmoor").sendJSON(path+"/answers", given)} {
			want(t, name, got, http.StatusNotFound)
		}
		if got := hazel.getJSON("/willow/surveys", nil); got.has(idOf(path)) {
			t.Errorf("hazel’s list: %s", got.body)
		}
		for name, answers := range map[string]map[string]any{"a question that there is not": {"q1": 1, "q7": 1}, "no answer": {"q3": "words"}, "another answer": {"q1": 9}} {
			want(t, name, bramble.sendJSON(path+"/answers", map[string]any{"answers": answers}), http.StatusUnprocessableEntity)
		}
		lead := s.over("lead.willow@northmoor")
		for name, more := range map[string]map[string]any{
			"asks nobody": {"roles": []string{}}, "asks whom there is not": {"roles": []string{"service_user", "trust_admin"}}, "no title": {"title": " "}, "a day that is none": {"opens_on": "20/11/2026"},
			"for ten years": {"closes_on": "2036-11-20"}, "ends before it begins": {"closes_on": "2026-11-19"}, "fewer days than none": {"min_days": -1},
		} {
			want(t, name, lead.sendJSON(surveysDesk, aSurvey(more)), http.StatusUnprocessableEntity)
		}
		s.sent(lead, "/willow/settings/rooms/surveys", map[string]any{"on": false, "version": 1})
		want(t, "a closed room", bramble.sendJSON(path+"/answers", given), http.StatusNotFound)
		if s.boxed(path) != 0 {
			t.Error("somebody has answered")
		}
	})
}

func TestTheYearlyQuestionComesOnceInItsMonth(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.sql("UPDATE surveys SET year = 2025 WHERE tenant_id = ? AND year = 2026", s.northmoor()) // that of the demonstration
		s.round("surveys.days")
		thisYear := func() int { return s.rowsOf("surveys", "year = 2026") }
		if thisYear() != 0 {
			t.Fatal("it is asked in November, and its month is October")
		}
		s.sent(s.over("lead.willow@northmoor"), "/willow/settings/rooms/surveys", map[string]any{"on": true, "version": 1, "settings": map[string]any{"yearly": "november"}})
		for range 3 {
			s.round("surveys.days")
		}
		if thisYear() != 1 {
			t.Fatalf("%d in its month", thisYear())
		}
		var id uuid.UUID
		s.scan([]any{&id}, "SELECT id FROM surveys WHERE tenant_id = ? AND year = 2026", s.northmoor())
		path := "/willow/surveys/" + id.String()
		want(t, "here for four days", s.over("tansy.willow@northmoor").getJSON(path, nil), http.StatusNotFound)
		s.answers(path, map[string]any{"q1": 1}, nine...)
		s.answers(path, map[string]any{"q1": 3, "q2": "More evenings"}, "bluebell", "wren", "fern")
		s.clock.Advance(29 * 24 * time.Hour)
		s.round("surveys.days")
		s.round("surveys.days")
		var got surveys.Result
		want(t, "results", s.over("lead.willow@northmoor").getJSON(surveysDesk+"/"+id.String()+"/results", &got), http.StatusOK)
		if got.Answered != 10 || got.Asked < 15 || got.Ended != "2026-12-17" {
			t.Errorf("%+v", got)
		}
		s.clock.Advance(24 * time.Hour)
		s.comesRound("usage")
		var counted int
		s.scan([]any{&counted}, "SELECT coalesce(sum(n), 0) FROM usage_counts WHERE tenant_id = ? AND key = 'helpful' AND since = '2026-12-19'", s.northmoor())
		if counted != 10 {
			t.Errorf("%d answers are counted", counted)
		}
	})
}

func TestHowHelpfulItWasIsToldWithItsBaseToTheServiceAndThePlatform(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		type polls struct {
			Polls []struct {
				Base   int
				Month  string
				Shares []struct {
					Name    string
					Percent int
				}
			}
		}
		for account, path := range map[string]string{"lead.willow@northmoor": "/willow/usage", "onboarding@sharon": "/usage/northmoor/willow"} {
			var got polls
			want(t, account, s.over(account).getJSON(path, &got), http.StatusOK)
			if len(got.Polls) != 1 || got.Polls[0].Base != 30 || got.Polls[0].Month != "2026-10-01" || fmt.Sprint(got.Polls[0].Shares) != "[{Yes 83} {No 17}]" {
				t.Errorf("%s sees %+v", account, got)
			}
			if page := s.as(account).get(path); !page.has("Has SHaRON been helpful in your recovery?") || !page.has("about 30 answers, the latest in October 2026") {
				t.Errorf("%s reads %s", account, page.text())
			}
		}
		s.inWillow(func(ctx context.Context, in tenants.Scope) error {
			value, known, err := surveys.Helped(ctx, in)
			if value != 83 || !known {
				t.Errorf("as the value of a benefit: %v %v", value, known)
			}
			return err
		})
	})
}

func TestWhoLeavesIsForgottenAndWordsGoAtTheirAge(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		desk, path := s.surveyed(nil)
		s.answers(path, map[string]any{"q1": 1, "q3": "canary words"}, nine[:6]...)
		kept := s.app.Rooms[slices.IndexFunc(s.app.Rooms, func(m modules.Module) bool { return m.Key == "surveys" })].Data
		var taken tenants.Copy
		s.inWillow(func(ctx context.Context, in tenants.Scope) error {
			person, err := in.Anybody(ctx, "Hazel")
			if err != nil {
				return err
			}
			if err := kept.Export(ctx, in, person, &taken); err != nil {
				return err
			}
			return in.Write(ctx, func(ctx context.Context, in tenants.Scope) error {
				return kept.Erase(ctx, in, person, tenants.Leaving{})
			})
		})
		if all := fmt.Sprint(taken); !strings.Contains(all, "Canary tea") || !strings.Contains(all, "answered it") || strings.Contains(all, "canary words") {
			t.Errorf("her copy: %s", all)
		}
		if n := s.rowsOf("survey_people", "member_id = '"+s.idOf("hazel")+"'"); n != 0 || s.boxed(path) != 6 {
			t.Errorf("%d rows of hers, %d answers", n, s.boxed(path))
		}
		s.sent(s.over("lead.willow@northmoor"), desk+"/close", nil)
		words := func() int {
			return s.rowsOf("survey_boxes", "survey_id = '"+idOf(path)+"' AND words_sealed <> ''")
		}
		s.clock.Advance(729 * 24 * time.Hour)
		s.comesRound("data")
		if words() != 1 {
			t.Error("the words went before their time")
		}
		s.clock.Advance(2 * 24 * time.Hour)
		s.comesRound("data")
		var got surveys.Result
		want(t, "results", s.over("lead.willow@northmoor").getJSON(desk+"/results", &got), http.StatusOK)
		if words() != 0 || got.Answered != 5 || got.Answers[0].Lines[0].N != 5 || len(got.Answers[2].Written) != 0 {
			t.Errorf("after two years: %+v", got)
		}
	})
}

// surveyPages are those of surveys.
func surveyPages(s *site) []aPage {
	s.sent(s.over("lead.meadow@eastvale"), "/meadow/settings/rooms/surveys", map[string]any{"on": true, "version": 0})
	lead := s.over("lead.willow@northmoor")
	var list struct {
		Surveys []struct{ ID, Title, State string }
	}
	lead.getJSON(surveysDesk, &list)
	of := map[string]string{}
	for _, one := range list.Surveys {
		of[one.State] = one.ID
	}
	draft, open, closed := surveysDesk+"/"+of["draft"], surveysDesk+"/"+of["open"], surveysDesk+"/"+of["closed"]
	return []aPage{
		{"surveys", "hazel.willow@northmoor", "/willow/surveys", nil},
		{"surveys-empty", "lead.willow@northmoor", "/willow/surveys", nil},
		{"survey", "hazel.willow@northmoor", "/willow/surveys/" + of["open"], nil},
		{"survey-error", "hazel.willow@northmoor", "/willow/surveys/" + of["open"], func(tab *testkit.Tab) { tab.Click("main form[action$='/answers'] button[type=submit]") }},
		{"survey-answered", "rowan.willow@northmoor", "/willow/surveys/" + of["open"], nil},
		{"survey-closed", "hazel.willow@northmoor", "/willow/surveys/" + of["closed"], nil},
		{"surveys-desk", "lead.willow@northmoor", surveysDesk, nil},
		{"surveys-desk-empty", "lead.meadow@eastvale", "/meadow/surveys/desk", nil},
		{"survey-draft", "lead.willow@northmoor", draft, nil},
		{"survey-open", "lead.willow@northmoor", open, nil},
		{"survey-new-error", "lead.willow@northmoor", surveysDesk + "/new", func(tab *testkit.Tab) { tab.Click("main form[action$='/desk'] button[type=submit]") }},
		{"survey-edit", "lead.willow@northmoor", draft + "/edit", nil},
		{"survey-question", "lead.willow@northmoor", draft + "/questions/q1", nil},
		{"survey-question-error", "lead.willow@northmoor", draft + "/questions/new?kind=scale", func(tab *testkit.Tab) { tab.Click("main form[action$='/questions'] button[type=submit]") }},
		{"survey-preview", "clinician.willow@northmoor", open + "/preview", nil},
		{"survey-close", "lead.willow@northmoor", open + "/close", nil},
		{"survey-results", "clinician.willow@northmoor", closed + "/results", nil},
	}
}
