package main

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
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
		s.settle(3)
		if got := s.visit("northmoor").get("/willow/walls/ivy"); got.has("cannot go on") {
			t.Error("the post is not covered")
		}
		moderator := s.over("moderator.willow@northmoor")
		want := []string{"0 opened", "0 calling On duty", "0 paged Push notice: no device", "0 paged Text: sent", "0 paged Email: sent"}
		if got := moderator.aCase(id).says(); !slices.Equal(got, want) {
			t.Errorf("at once:\n%v\nwant\n%v", got, want)
		}
		s.clock.Advance(4*time.Minute + 50*time.Second)
		s.settle(3)
		if n := moderator.aCase(id).did("calling"); n != 1 {
			t.Errorf("%d calls before it was time", n)
		}
		s.clock.Advance(20 * time.Second)
		s.settle(3)
		moderator = s.over("moderator.willow@northmoor")
		one := moderator.aCase(id)
		want = append(want, "310 calling Second on call", "310 paged Push notice: no device", "310 paged Text: no number", "310 paged Email: sent")
		if got := one.says(); !slices.Equal(got, want) {
			t.Errorf("after five minutes:\n%v\nwant\n%v", got, want)
		}
		if len(texts.Texts()) != 1 || len(mails.Mails()) < 2 {
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
		s.settle(3)
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
		s.settle(2)
		if n := s.over("moderator.willow@northmoor").aCase(id).did("calling"); n != 2 {
			t.Errorf("%d calls for a closed case", n)
		}
	})
}
