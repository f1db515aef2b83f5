package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

// unsaid are words that no letter may have in it.
var unsaid = []string{"Willow", "Eating", "Osei", "Caldicott", "policies", "Project board", "Room 4"}

func silent(t *testing.T, mails []testkit.Mail) {
	t.Helper()
	for _, mail := range mails {
		for _, word := range unsaid {
			if strings.Contains(string(mail.Raw), word) || strings.Contains(mail.Text+mail.HTML, word) {
				t.Errorf("“%s” says %q", mail.Header.Get("Subject"), word)
			}
		}
	}
}

// On Monday at 8 in London everybody who wants it gets one; who opened it is known.
func TestTheWeeklyUpdateGoesOutOnMondayAndCanBeStopped(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		mails := s.posted()
		at := func(when string, want int) {
			t.Helper()
			moment, err := time.Parse(time.DateTime, when)
			if err != nil {
				t.Fatal(err)
			}
			s.clock.Advance(moment.Sub(s.clock.Now()))
			s.hour("northmoor", "willow")
			if n := s.count("SELECT count(*) FROM programme_links AS l JOIN services AS s ON s.tenant_id = l.tenant_id AND s.id = l.service_id WHERE l.tenant_id = ? AND s.slug = 'willow' AND l.purpose = 'weekly' AND l.created_at > ?", s.northmoor(), s.clock.Now().AddDate(0, 0, -5)); n != want {
				t.Errorf("%s: %d went out, not %d", when, n, want)
			}
		}
		at("2026-11-23 07:30:00", 0)
		at("2026-11-23 08:00:00", 8)
		at("2026-11-23 09:00:00", 8)
		sent := lettersOf(mails, weeklyLetter)
		silent(t, sent)
		osei := sent[slices.IndexFunc(sent, func(m testkit.Mail) bool { return m.To == "osei@northmoor.example" })]
		link := onboardingLink.FindString(osei.Text)
		page, seen := s.visit("northmoor").get(link), s.programmeOf(willowDesk)
		if page.status != http.StatusOK || !page.has(seen.Cast.Likely.Words()) || !page.has("Gate 4: Service lead’s approval") || !page.has("Fewer people wait without any contact") {
			t.Errorf("%d %s", page.status, page.text())
		}
		var over programmes.Overview
		if s.over("onboarding@sharon").getJSON(willowDesk, &over); over.Sent == nil || over.Sent.To != 8 || !slices.Equal(over.Sent.Opened, []string{"Dr Kwame Osei"}) {
			t.Errorf("%+v", over.Sent)
		}
		stop := osei.Header.Get("List-Unsubscribe")
		if !strings.Contains(stop, link+"/stop") || osei.Header.Get("List-Unsubscribe-Post") == "" {
			t.Errorf("the header is %q", stop)
		}
		stranger := s.visit("northmoor")
		want(t, "looking at what would stop it", stranger.get(link+"/stop"), http.StatusOK)
		want(t, "a forged one", stranger.sendJSON(link[:len(link)-3]+"xyz/stop", map[string]any{}), http.StatusNotFound)
		s.clock.Advance(10 * 24 * time.Hour) // the link to look has expired
		want(t, "once it has expired", stranger.get(link), http.StatusNotFound)
		for range 2 {
			want(t, "stopping it", stranger.sendJSON(link+"/stop", map[string]any{}), http.StatusOK)
		}
		at("2026-12-08 10:00:00", 7) // a Tuesday, because nobody was there on Monday
		if again := lettersOf(mails, weeklyLetter)[len(sent):]; slices.ContainsFunc(again, func(m testkit.Mail) bool {
			return m.To == osei.To && onboardingLink.FindString(m.Text) != "" && s.isWillows(m)
		}) {
			t.Error("it went on after it was stopped")
		}
	})
}

// isWillows tells whether the link of a letter is one of willow's.
func (s *site) isWillows(m testkit.Mail) bool {
	return s.visit("northmoor").get(onboardingLink.FindString(m.Text)).has("Willow")
}

func TestOwnersAreNudgedByThemselvesUntilTheyAnswer(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		mails, joan := s.posted(), s.over("onboarding@sharon")
		seen := s.programmeOf(willowDesk)
		patel := seen.Actions[slices.IndexFunc(seen.Actions, func(a programmes.ActionSeen) bool { return a.Overdue })].OwnerID
		today := programmes.DayOf(s.clock.Now())
		s.sent(joan, willowDesk+"/actions", map[string]any{"what": "Send the list", "owner": patel, "due_on": today.Plus(1)})
		count := func(what string, want int) {
			t.Helper()
			s.hour("northmoor", "willow")
			s.hour("northmoor", "willow")
			n := s.count("SELECT count(*) FROM programme_links AS l JOIN programme_actions AS a ON a.tenant_id = l.tenant_id AND a.id = l.subject_id WHERE l.tenant_id = ? AND a.what = 'Send the list'", s.northmoor())
			if n != want {
				t.Errorf("%s: %d nudges, not %d", what, n, want)
			}
		}
		count("before it is due", 0)
		s.clock.Advance(24 * time.Hour)
		count("on the day", 1)
		s.clock.Advance(6 * 24 * time.Hour)
		count("within the week", 1)
		s.clock.Advance(24 * time.Hour)
		count("a week later", 2)
		silent(t, lettersOf(mails, askedToAct))
		for _, mail := range lettersOf(mails, askedToAct) {
			if link := onboardingLink.FindString(mail.Text); s.visit("northmoor").get(link).has("Send the list") {
				want(t, "answering", s.visit("northmoor").sendJSON(link, map[string]any{"words": "On Friday.", "done": false}), http.StatusOK)
				break
			}
		}
		s.clock.Advance(8 * 24 * time.Hour)
		count("once they answered", 2)
	})
}

// A task that is due and can be done is nudged about, answered by its link, and done.
func TestATaskIsReportedByItsLink(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		mails, joan := s.posted(), s.over("onboarding@sharon")
		phase := s.programmeOf(willowDesk).Phases[3]
		task := phase.Tasks[slices.IndexFunc(phase.Tasks, func(t programmes.TaskSeen) bool { return t.Key == "content" })]
		at := willowDesk + "/tasks/" + task.ID.String()
		want(t, "a week has not gone", joan.sendJSON(at+"/nudge", map[string]any{}), http.StatusOK)
		want(t, "twice in a day", joan.sendJSON(at+"/nudge", map[string]any{}), http.StatusConflict)
		s.settle(1)
		silent(t, lettersOf(mails, askedToDo))
		link, who := lastLink(mails, askedToDo), s.visit("northmoor")
		want(t, "nothing said", who.sendJSON(link, map[string]any{"words": "", "done": false}), http.StatusUnprocessableEntity)
		want(t, "how it goes", who.sendJSON(link, map[string]any{"words": "Half of it.", "done": false}), http.StatusOK)
		want(t, "done", who.sendJSON(link, map[string]any{"words": "", "done": true}), http.StatusOK)
		want(t, "the link has done its work", who.get(link), http.StatusNotFound)
		var page programmes.TaskPage
		s.over(willowLead).getJSON(willowMine+"/tasks/"+task.ID.String(), &page)
		if page.Task.DoneBy != "Ruth Calder" || len(page.Comments) != 1 || page.Comments[0].Words != "Half of it." {
			t.Errorf("%+v %+v", page.Task.Task, page.Comments)
		}
		unowned := s.programmeOf(willowDesk).Phases[4].Tasks[0]
		want(t, "nobody's task", joan.sendJSON(willowDesk+"/tasks/"+unowned.ID.String()+"/nudge", map[string]any{}), http.StatusConflict)
		want(t, "no task", joan.sendJSON(willowDesk+"/tasks/"+uuid.NewString()+"/nudge", map[string]any{}), http.StatusNotFound)
	})
}

// Whoever is invited finds the meeting in their calendar, and out of it when it is
// called off. A series does not come all at once.
func TestInvitationsGoToCalendarsAndAreTakenBack(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		mails, lead := s.posted(), s.over(willowLead)
		osei := s.programmeOf(willowDesk).Absences[0].PersonID.String()
		s.sent(lead, willowMine+"/meetings", map[string]any{"name": "Willow pathway group", "day": "2026-12-01", "time": "09:30", "length": 45, "where": "Room 4", "every": "month", "times": 3, "invited": []string{osei}})
		s.settle(1)
		sent := lettersOf(mails, calledTogether)
		if len(sent) != 1 || sent[0].To != "osei@northmoor.example" {
			t.Fatalf("%d letters", len(sent))
		}
		silent(t, sent)
		invited := calendarOf(t, sent[0])
		for _, line := range []string{"METHOD:REQUEST", "DTSTART:20261201T093000Z", "DTEND:20261201T101500Z", "SEQUENCE:1", "STATUS:CONFIRMED", "ORGANIZER;CN=SHaRON:mailto:noreply@sharon.example.nhs.uk", "mailto:osei@northmoor.example"} {
			if !strings.Contains(invited, line) {
				t.Errorf("no %s in %s", line, invited)
			}
		}
		link := onboardingLink.FindString(sent[0].Text)
		if page := s.visit("northmoor").get(link); !page.has("Willow pathway group") || !page.has("Room 4") {
			t.Errorf("%d %s", page.status, page.text())
		}
		want(t, "it takes no answer", s.visit("northmoor").sendJSON(link, map[string]any{"done": true}), http.StatusNotFound)
		want(t, "nor shows the programme", s.visit("northmoor").get(link+"/meetings.ics"), http.StatusNotFound)
		meetings := s.programmeOf(willowDesk).Meetings
		first := meetings[slices.IndexFunc(meetings, func(m programmes.MeetingSeen) bool { return m.Name == "Willow pathway group" })]
		s.sent(lead, willowMine+"/meetings/"+first.ID.String()+"/call-off", nil)
		s.sent(lead, willowMine+"/meetings/"+first.ID.String()+"/call-off", nil)
		s.settle(1)
		off := lettersOf(mails, calledOff)
		if len(off) != 1 {
			t.Fatalf("%d letters", len(off))
		}
		cancelled := calendarOf(t, off[0])
		if !strings.Contains(cancelled, "METHOD:CANCEL") || !strings.Contains(cancelled, "UID:"+first.ID.String()+"@sharon") || !strings.Contains(invited, "UID:"+first.ID.String()+"@sharon") || !strings.Contains(cancelled, "SEQUENCE:2") {
			t.Errorf("%s", cancelled)
		}
		want(t, "the invitation's link", s.visit("northmoor").get(link), http.StatusNotFound)
		if page := s.visit("northmoor").get(onboardingLink.FindString(off[0].Text)); !page.has("Called off") {
			t.Errorf("%d %s", page.status, page.text())
		}
		s.until("2026-12-04") // the next one is near
		s.hour("northmoor", "willow")
		if n := len(lettersOf(mails, calledTogether)); n != 2 {
			t.Errorf("%d letters", n)
		}
	})
}

// calendarOf is what a letter brings for the calendar, unfolded.
func calendarOf(t *testing.T, mail testkit.Mail) string {
	t.Helper()
	if !strings.Contains(string(mail.Raw), "text/calendar; method=") {
		t.Fatalf("nothing for a calendar in %s", mail.Raw)
	}
	return strings.ReplaceAll(mail.Calendar, "\r\n ", "")
}
