package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/workers"
)

// tree is whom willow calls: the clinician, who is given five minutes, then the
// moderator, then the lead.
func (s *site) tree() {
	s.app.Desk.Tree = func(ctx context.Context, sc tenants.Scope, _ time.Time) (steps []safety.Step, gaps []string, err error) {
		for i, name := range []string{"On duty", "Second on call", "Service lead"} {
			role := []string{"clinician", "moderator", "service_lead"}[i]
			var ids []uuid.UUID
			if err := sc.Select((*tenants.Person)(nil)).Column("id").Where("roles = ?", role).Where("status = 'active'").Order("handle_key").Limit(1).Scan(ctx, &ids); err != nil {
				return nil, nil, err
			}
			steps = append(steps, safety.Step{Position: i + 1, Name: name, People: ids, Wait: 5 * time.Minute})
		}
		return steps, nil, nil
	}
}

// catches has a rule find a crisis in what has the word.
func (s *site) catches(word string) {
	s.app.Desk.Watch(func(_ context.Context, _ tenants.Scope, t safety.Text) ([]safety.Finding, error) {
		if !strings.Contains(t.Body, word) {
			return nil, nil
		}
		return []safety.Finding{{Source: safety.ByTerm, Detail: "a watched phrase", Level: safety.Crisis, Hold: true, Topics: []string{"suicide"}, Support: true}}, nil
	})
}

// aCase is one as the API gives it.
type aCase struct {
	ID       string
	Level    string
	Outcome  string
	Clock    string
	Alarm    string
	Mine     bool
	Owner    *struct{ Handle string }
	ClosedAt *time.Time `json:"closed_at"`
	Due      time.Time  `json:"due_at"`
	Timeline []struct {
		At      time.Time
		What    string
		Words   string
		Actor   *struct{ Handle string }
		Subject *struct{ Handle string }
	}
	Calls []struct {
		Round, Position int
		Reached         bool
		Tries           int
	}
	Linked []struct {
		Subject *struct{ Body string }
	}
	Team []struct{ Handle string }
}

// says is the timeline, each line with the seconds since the first.
func (c aCase) says() (lines []string) {
	for _, line := range c.Timeline {
		text := fmt.Sprintf("%d %s", int(line.At.Sub(c.Timeline[0].At).Seconds()), line.What)
		if line.What == "calling" || line.What == "paged" {
			text += " " + line.Words
		}
		lines = append(lines, text)
	}
	return lines
}

// did counts entries of a sort.
func (c aCase) did(what string) (n int) {
	for _, line := range c.Timeline {
		if line.What == what {
			n++
		}
	}
	return n
}

func (v *visitor) aCase(id string) (out aCase) {
	v.site.t.Helper()
	if got := v.getJSON("/willow/cases/"+id, &out); got.status != http.StatusOK {
		v.site.t.Fatalf("case: %d %s", got.status, got.body)
	}
	return out
}

func (v *visitor) cases(query string) (all []aCase) {
	v.site.t.Helper()
	var list struct{ Cases []aCase }
	if got := v.getJSON("/willow/cases"+query, &list); got.status != http.StatusOK {
		v.site.t.Fatalf("cases: %d %s", got.status, got.body)
	}
	return list.Cases
}

// atNight sets the clock to 03:41 of the next night and signs the team in there.
func (s *site) atNight() {
	s.clock.Advance(time.Date(2026, 11, 21, 3, 41, 0, 0, time.UTC).Sub(s.clock.Now()))
}

// opened opens a case about a member by hand.
func (v *visitor) opened(member, level string) string {
	v.site.t.Helper()
	return field(v.site.t, v.site.sent(v, "/willow/cases", map[string]any{"member": member, "level": level, "why": "A word on the phone"}), "id")
}

// crisisPost has ivy say in the night what the rule finds; it returns the case.
func (s *site) crisisPost() string {
	s.t.Helper()
	ivy := s.over("ivy.willow@northmoor")
	s.sent(ivy, "/willow/walls/ivy", map[string]any{"body": "I cannot go on tonight"})
	var id uuid.UUID
	s.scan([]any{&id}, "SELECT id FROM cases WHERE tenant_id = ? AND closed_at IS NULL AND NOT drill ORDER BY opened_at DESC LIMIT 1", s.northmoor())
	return id.String()
}

func TestSomebodyComesInTheNight(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		mails, texts := s.posted(), s.phones()
		s.phoned("jo", "+447700900123")
		s.tree()
		s.catches("cannot go on")
		s.atNight()
		id := s.crisisPost()
		s.settle(1)
		if got := s.visit("northmoor").get("/willow/walls/ivy"); got.has("cannot go on") {
			t.Error("the post is not covered")
		}
		moderator := s.over("moderator.willow@northmoor")
		want := []string{"0 opened", "0 calling On duty", "0 paged Push notice: no device", "0 paged Text: sent", "0 paged Email: sent"}
		if got := moderator.aCase(id).says(); !slices.Equal(got, want) {
			t.Errorf("at once:\n%v\nwant\n%v", got, want)
		}
		s.clock.Advance(4*time.Minute + 50*time.Second)
		s.settle(1)
		if n := moderator.aCase(id).did("calling"); n != 1 {
			t.Errorf("%d calls before it was time", n)
		}
		s.clock.Advance(20 * time.Second)
		s.settle(1)
		moderator = s.over("moderator.willow@northmoor")
		one := moderator.aCase(id)
		want = append(want, "310 calling Second on call", "310 paged Push notice: no device", "310 paged Text: sent", "310 paged Email: sent")
		if got := one.says(); !slices.Equal(got, want) {
			t.Errorf("after five minutes:\n%v\nwant\n%v", got, want)
		}
		if len(texts.Texts()) != 2 || len(mails.Mails()) < 2 {
			t.Errorf("%d texts and %d emails", len(texts.Texts()), len(mails.Mails()))
		}
		link := regexp.MustCompile(`/go/[0-9a-f-]+`).FindString(texts.Texts()[0].Personalisation["message"])
		if got := s.over("clinician.willow@northmoor").getJSON(link, nil); field(t, got, "path") != "/willow/cases/"+id {
			t.Errorf("the link leads to %s", got.body)
		}
		s.clock.Advance(40 * time.Second)
		page := s.as("moderator.willow@northmoor").get("/willow/cases/" + id)
		if !page.has("I have it") || page.has("notice--danger") {
			t.Errorf("whoever is called sees %d %s", page.status, page.text())
		}
		s.sent(moderator, "/willow/cases/"+id+"/have", nil)
		if got := s.over("clinician.willow@northmoor").sendJSON("/willow/cases/"+id+"/have", nil); got.status != http.StatusConflict {
			t.Errorf("a second has it too: %d", got.status)
		}
		s.clock.Advance(30 * time.Minute)
		s.settle(1)
		moderator = s.over("moderator.willow@northmoor")
		s.sent(moderator, "/willow/cases/"+id+"/call", map[string]any{"whom": "Ivy", "came": "She is with her mother"})
		if got := moderator.sendJSON("/willow/cases/"+id+"/close", map[string]any{"outcome": "safe"}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("closed without a reason: %d", got.status)
		}
		s.sent(moderator, "/willow/cases/"+id+"/close", map[string]any{"outcome": "safe", "reason": "Spoke with her at 04:20"})
		one = moderator.aCase(id)
		want = append(want, "350 acknowledged", "2150 called", "2150 closed")
		if got := one.says(); !slices.Equal(got, want) {
			t.Errorf("the whole of it:\n%v\nwant\n%v", got, want)
		}
		if len(one.Linked) != 1 || one.Linked[0].Subject == nil || !strings.Contains(one.Linked[0].Subject.Body, "cannot go on") {
			t.Errorf("linked: %+v", one.Linked)
		}
		record := s.as("moderator.willow@northmoor").get("/willow/cases/" + id + "/record")
		for _, words := range []string{"21 November 2026, 03:41:00", "21 November 2026, 03:46:10", "Second on call", "21 November 2026, 04:16:50", "Spoke with her"} {
			if !record.has(words) {
				t.Errorf("the record lacks %q", words)
			}
		}
		s.clock.Advance(time.Hour)
		s.settle(1)
		if n := s.over("moderator.willow@northmoor").aCase(id).did("calling"); n != 2 {
			t.Errorf("%d calls for a closed case", n)
		}
	})
}

func TestThatNobodyCanBeReachedIsSaidAtOnceAndTriedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		mails := s.posted()
		mails.Trouble(testkit.Trouble{At: "MAIL", Code: 451, Status: [3]int{4, 3, 0}})
		s.tree()
		id := s.over("moderator.willow@northmoor").opened("ivy", "crisis")
		s.comesToCases()
		moderator := s.as("moderator.willow@northmoor")
		for _, page := range []string{"/willow/cases", "/willow/cases/" + id} {
			if got := moderator.get(page); !got.has("Nobody could be reached by push, text or email.") {
				t.Errorf("%s does not say so: %s", page, got.text())
			}
		}
		for range 3 {
			s.clock.Advance(35 * time.Second)
			s.comesToCases()
		}
		one := s.over("moderator.willow@northmoor").aCase(id)
		if n := one.did("calling"); n != 3 {
			t.Errorf("%d rungs were called, though nobody could be reached: %v", n, one.says())
		}
		attempts := func() int {
			return strings.Count(strings.Join(s.over("moderator.willow@northmoor").aCase(id).says(), "\n"), "paged Email: ")
		}
		before := attempts()
		s.clock.Advance(61 * time.Second)
		s.comesToCases()
		if n := attempts(); before == 0 || n <= before {
			t.Errorf("%d attempts in the timeline, %d before they were made again", n, before)
		}
		mails.Trouble(testkit.Trouble{})
		s.clock.Advance(61 * time.Second)
		s.settle(1)
		if got := s.over("lead.willow@northmoor"); got.told("case") == 0 {
			t.Error("the lead is not told")
		}
		one = s.over("moderator.willow@northmoor").aCase(id)
		if len(mails.Mails()) == 0 || one.Alarm != "" {
			t.Errorf("%d emails once they can go out; alarm %q; %v", len(mails.Mails()), one.Alarm, one.says())
		}
	})
}

func TestTheTreeIsCalledAgainUntilSomebodyAnswers(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		mails := s.posted()
		s.tree()
		id := s.over("moderator.willow@northmoor").opened("ivy", "red")
		for range 4 {
			s.comeToCases(4)
			s.settle(1)
			s.clock.Advance(5*time.Minute + time.Second)
		}
		s.settle(1)
		moderator := s.over("moderator.willow@northmoor")
		one := moderator.aCase(id)
		var rungs []string
		for _, call := range one.Calls {
			rungs = append(rungs, fmt.Sprint(call.Round, call.Position, call.Tries))
		}
		if want := []string{"1 1 1", "1 2 1", "1 3 1", "2 1 1", "2 2 1"}; !slices.Equal(rungs, want) {
			t.Errorf("called %v, want %v", rungs, want)
		}
		if one.did("unanswered") != 1 || one.Alarm == "" || one.did("calling") != 5 {
			t.Errorf("alarm %q: %v", one.Alarm, one.says())
		}
		if n := len(s.pagesBy(mails.Mails())); n != 5 {
			t.Errorf("%d calls by email, want 5", n)
		}
		// A worker that died after the email went out.
		s.sql("UPDATE case_calls SET attempts = '[]', reached = ?, try_at = ? WHERE tenant_id = ? AND round = 2", false, s.clock.Now(), s.northmoor())
		s.settle(1)
		if n := len(s.pagesBy(mails.Mails())); n != 5 {
			t.Errorf("a repeat is seen: %d calls by email", n)
		}
		s.sent(moderator, "/willow/cases/"+id+"/have", nil)
		s.clock.Advance(time.Hour)
		s.settle(1)
		if one = s.over("moderator.willow@northmoor").aCase(id); one.did("calling") != 5 || one.Alarm != "" {
			t.Errorf("called although somebody has it: %v", one.says())
		}
	})
}

// pagesBy are the emails that call somebody.
func (s *site) pagesBy(mails []testkit.Mail) (calls []testkit.Mail) {
	for _, mail := range mails {
		if mail.Header.Get("Subject") == "Somebody needs you now" {
			calls = append(calls, mail)
		}
	}
	return calls
}

func TestACaseOfAnOwnerWhoIsGoneIsCalledAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.posted()
		s.tree()
		id := s.over("moderator.willow@northmoor").opened("ivy", "crisis")
		calm := s.over("clinician.willow@northmoor").opened("fern", "amber")
		s.sent(s.over("clinician.willow@northmoor"), "/willow/cases/"+id+"/have", nil)
		s.sent(s.over("clinician.willow@northmoor"), "/willow/cases/"+calm+"/have", nil)
		s.sql("UPDATE members SET status = 'left', roles = '' WHERE tenant_id = ? AND handle_key = 'jo'", s.northmoor())
		s.clock.Advance(time.Minute)
		s.comesToCases()
		s.settle(1)
		moderator := s.over("moderator.willow@northmoor")
		one := moderator.aCase(id)
		if one.Owner != nil || one.did("orphaned") != 1 || one.did("calling") != 1 || !strings.Contains(fmt.Sprint(one.says()), "60 calling On duty") {
			t.Errorf("owner %+v: %v", one.Owner, one.says())
		}
		if one := moderator.aCase(calm); one.Owner != nil || one.did("calling") != 0 || !one.Due.After(s.clock.Now()) {
			t.Errorf("the amber one: %+v %v", one.Owner, one.says())
		}
	})
}

// comeToCases has so many workers watch over willow's cases at once.
func (s *site) comeToCases(many int) {
	var all sync.WaitGroup
	for range many {
		all.Go(s.comesToCases)
	}
	all.Wait()
}

// comesToCases does the watch over willow's cases once.
func (s *site) comesToCases() {
	s.t.Helper()
	s.inHandler(func(ctx context.Context, sc tenants.Scope) {
		for _, round := range s.app.work(nil, nil).Rounds {
			if round.Key == "cases.watch" {
				if err := round.Do(ctx, sc); err != nil {
					s.t.Error(err)
				}
			}
		}
	})
}

func TestAHandOverIsAcceptedOrGoesBack(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		mails := s.posted()
		s.tree()
		moderator, clinician := s.over("moderator.willow@northmoor"), s.over("clinician.willow@northmoor")
		id := moderator.opened("ivy", "crisis")
		path := "/willow/cases/" + id
		s.sent(moderator, path+"/have", nil)
		for _, to := range []string{"hazel", "nobody-here", "priya", ""} {
			if got := moderator.sendJSON(path+"/hand", map[string]any{"to": to, "words": "x"}); got.status != http.StatusUnprocessableEntity || !got.has("#/to") {
				t.Errorf("handed to %q: %d %s", to, got.status, got.body)
			}
		}
		s.sent(moderator, path+"/hand", map[string]any{"to": "Jo", "words": "She knows you"})
		s.settle(1)
		if n := len(s.pagesBy(mails.Mails())); n != 1 || s.over("clinician.willow@northmoor").told("case") != 1 {
			t.Errorf("jo is called %d times", n)
		}
		if got := s.over("lead.willow@northmoor").sendJSON(path+"/have", nil); got.status != http.StatusConflict {
			t.Errorf("somebody who was not asked takes it: %d", got.status)
		}
		s.sent(clinician, path+"/have", nil)
		if one := clinician.aCase(id); !one.Mine || one.Owner == nil || one.Owner.Handle != "Jo" {
			t.Errorf("after the yes: %+v", one.Owner)
		}
		s.sent(clinician, path+"/hand", map[string]any{"to": "Priya", "words": "My shift is over"})
		s.settle(1)
		s.clock.Advance(9 * time.Minute)
		s.settle(1)
		if one := s.over("clinician.willow@northmoor").aCase(id); !one.Mine {
			t.Error("it was taken away before the time was over")
		}
		s.clock.Advance(2 * time.Minute)
		s.settle(1)
		one := s.over("clinician.willow@northmoor").aCase(id)
		if one.Owner != nil || one.did("lapsed") != 1 || one.did("calling") != 1 {
			t.Errorf("not accepted: %+v %v", one.Owner, one.says())
		}
		clinician = s.over("clinician.willow@northmoor")
		s.sent(clinician, path+"/have", nil)
		if got := s.over("moderator.willow@northmoor").sendJSON(path+"/back", map[string]any{"reason": "x"}); got.status != http.StatusConflict {
			t.Errorf("given back by somebody else: %d", got.status)
		}
		s.sent(clinician, path+"/back", map[string]any{"reason": "I am at another case"})
		s.settle(1)
		if one := clinician.aCase(id); one.Owner != nil || one.did("calling") != 2 {
			t.Errorf("given back: %+v %v", one.Owner, one.says())
		}
	})
}

func TestADrillCallsTheTeamAndItsResultIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		mails := s.posted()
		s.tree()
		lead := s.over("lead.willow@northmoor")
		type results struct {
			Results []struct {
				ID, Words      string
				Answered       bool
				Seconds, Calls int
			}
		}
		drills := func() (out results) {
			want(t, "drills", s.over("lead.willow@northmoor").getJSON("/willow/cases/drills", &out), http.StatusOK)
			return out
		}
		count := func() int {
			var got struct{ Unread map[string]int }
			s.over("clinician.willow@northmoor").getJSON("/stream?counts=true", &got)
			return got.Unread["cases"]
		}
		before, openBefore := len(drills().Results), count()
		id := field(t, s.sent(lead, "/willow/cases/drills/start", nil), "id")
		want(t, "a second at the same time", lead.sendJSON("/willow/cases/drills/start", nil), http.StatusConflict)
		s.settle(1)
		s.clock.Advance(5*time.Minute + time.Second)
		s.settle(1)
		for _, one := range s.over("clinician.willow@northmoor").cases("") {
			if one.ID == id {
				t.Error("a drill among the cases")
			}
		}
		if count() != openBefore {
			t.Error("a drill is counted")
		}
		if n := len(s.pagesBy(mails.Mails())); n != 2 {
			t.Errorf("%d calls", n)
		}
		if page := s.as("moderator.willow@northmoor").get("/willow/cases/" + id); !page.has("Drill: nobody is in danger") || !page.has("I have it") {
			t.Errorf("who was called sees %s", page.text())
		}
		s.clock.Advance(9 * time.Second)
		s.sent(s.over("moderator.willow@northmoor"), "/willow/cases/"+id+"/have", nil)
		got := drills().Results[0]
		if got.ID != id || !got.Answered || got.Seconds != 310 || got.Calls != 2 || got.Words != "Answered after 5 minutes 10 seconds, at the 2nd call (Second on call)." {
			t.Errorf("the result: %+v", got)
		}
		want(t, "opened again", lead.sendJSON("/willow/cases/"+id+"/reopen", map[string]any{"reason": "x"}), http.StatusConflict)
		lead = s.over("lead.willow@northmoor")
		for name, in := range map[string]map[string]any{"day 29": {"drill_day": 29, "drill_hour": 2, "version": 0}, "hour 24": {"drill_day": 3, "drill_hour": 24, "version": 0}} {
			want(t, name, lead.sendJSON("/willow/cases/drills", in), http.StatusUnprocessableEntity)
		}
		s.sent(lead, "/willow/cases/drills", map[string]any{"drill_day": 21, "drill_hour": 2, "version": 0})
		want(t, "a stale plan", lead.sendJSON("/willow/cases/drills", map[string]any{"drill_day": 22, "drill_hour": 2, "version": 0}), http.StatusConflict)
		want(t, "a moderator plans", s.over("moderator.willow@northmoor").sendJSON("/willow/cases/drills", map[string]any{"drill_day": 22, "drill_hour": 2, "version": 1}), http.StatusForbidden)
		s.clock.Advance(time.Date(2026, 11, 21, 1, 59, 0, 0, time.UTC).Sub(s.clock.Now()))
		s.comesToCases()
		if n := len(drills().Results); n != before+1 {
			t.Errorf("%d drills before it was time", n-before)
		}
		s.clock.Advance(time.Minute)
		for range 2 {
			s.comesToCases()
			s.settle(1)
		}
		if n := len(drills().Results); n != before+2 {
			t.Fatalf("%d drills at its time", n-before)
		}
		for range 4 {
			s.clock.Advance(5*time.Minute + time.Second)
			s.settle(1)
		}
		if got := drills().Results[0]; got.Answered || got.Calls != 3 || !strings.HasPrefix(got.Words, "Nobody answered.") {
			t.Errorf("nobody came: %+v", got)
		}
	})
}

func TestTheTeamIsCalledWhileTheQueueIsAway(t *testing.T) {
	t.Parallel()
	for name, db := range dialects {
		t.Run(name, func(t *testing.T) {
			redis := testkit.StartRedis(t)
			s := newSite(t, db(t, prepare), func(a *app) {
				var err error
				if a.Queue, err = jobs.Open(redis.URL()); err != nil {
					t.Fatal(err)
				}
			})
			mails := s.posted()
			s.tree()
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error)
			work := s.app.work(s.relay, nil)
			work.Log = slog.New(slog.DiscardHandler) // it says that the queue is away
			go func() { ended <- workers.Run(ctx, work) }()
			defer func() {
				stop()
				if err := <-ended; err != nil {
					t.Error(err)
				}
			}()
			moderator := s.over("moderator.willow@northmoor")
			redis.Kill()
			id := moderator.opened("ivy", "crisis")
			calls := func(want int) {
				t.Helper()
				for deadline := time.Now().Add(2 * time.Minute); len(s.pagesBy(mails.Mails())) < want; time.Sleep(50 * time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatalf("%d calls, want %d: %v", len(s.pagesBy(mails.Mails())), want, s.over("moderator.willow@northmoor").aCase(id).says())
					}
				}
			}
			calls(1)
			s.clock.Advance(5*time.Minute + time.Second)
			calls(2)
			s.sent(s.over("clinician.willow@northmoor"), "/willow/cases/"+id+"/have", nil)
		})
	}
}
