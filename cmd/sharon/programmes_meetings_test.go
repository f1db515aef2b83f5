package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants/programmes"
)

// meets holds a meeting to which everybody comes.
func (s *site) meets(base string) {
	s.t.Helper()
	joan, seen := s.over("onboarding@sharon"), s.programmeOf(base)
	var all []string
	for _, p := range seen.People {
		all = append(all, p.ID.String())
	}
	today := programmes.DayOf(s.clock.Now())
	s.sent(joan, base+"/meetings", map[string]any{"name": "Go or no-go", "day": today.Plus(1), "time": "10:00", "length": 60, "where": "", "every": "once", "times": 1, "invited": all})
	s.until(today.Plus(1))
	meeting := s.programmeOf(base).Meetings[0]
	s.sent(s.over("onboarding@sharon"), base+"/meetings/"+meeting.ID.String(), map[string]any{"version": 1, "came": all, "minutes": "We go."})
}

func TestAMeetingIsCalledHeldAndCounted(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		mails, lead := s.posted(), s.over(willowLead)
		before := s.programmeOf(willowDesk)
		osei := before.Absences[0].PersonID.String()
		series := map[string]any{"name": "Pathway group", "day": "2026-12-01", "time": "09:30", "length": 45, "where": "Online", "every": "fortnight", "times": 3, "invited": []string{osei}}
		for name, change := range map[string]map[string]any{
			"nobody":            {"invited": []string{}},
			"somebody unknown":  {"invited": []string{uuid.NewString()}},
			"no day":            {"day": "soon"},
			"before the start":  {"day": "2020-01-01"},
			"no time":           {"time": "25:99"},
			"a hundred times":   {"times": 100},
			"an hour too short": {"length": 0},
		} {
			in := map[string]any{}
			for key, value := range series {
				in[key] = value
			}
			for key, value := range change {
				in[key] = value
			}
			if got := lead.sendJSON(willowMine+"/meetings", in); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		s.sent(lead, willowMine+"/meetings", series)
		now := s.programmeOf(willowDesk)
		var called []programmes.MeetingSeen
		for _, m := range now.Meetings {
			if m.Name == "Pathway group" {
				called = append(called, m)
			}
		}
		if len(called) != 3 || called[1].StartsAt.Format(time.DateTime) != "2026-12-15 09:30:00" || len(called[0].Seats) != 1 {
			t.Fatalf("%+v", called)
		}
		at := willowMine + "/meetings/" + called[0].ID.String()
		if page := s.as(willowLead).get(at); !page.has("Ask the Caldicott Guardian for a date") || !page.has("Fit local policies") {
			t.Errorf("the agenda: %s", page.text())
		}
		minutes := map[string]any{"version": 1, "came": []string{osei}, "minutes": "Agreed."}
		if got := lead.sendJSON(at, minutes); got.status != http.StatusConflict {
			t.Errorf("held before it began: %d", got.status)
		}
		s.sent(s.over("onboarding@sharon"), willowDesk+"/people/"+osei+"/share", nil)
		s.settle(1)
		link := lastLink(mails, shownAll)
		feed := s.visit("northmoor").get(link + "/meetings.ics")
		if feed.status != http.StatusOK || strings.Count(string(feed.body), "SUMMARY:Pathway group") != 3 || !feed.has("DTSTART:20261201T093000Z") || feed.has("Osei") || feed.has("Willow") {
			t.Errorf("%d %s", feed.status, feed.body)
		}
		if got := s.visit("northmoor").get(link[:len(link)-3] + "xyz/meetings.ics"); got.status != http.StatusNotFound {
			t.Errorf("a forged feed: %d", got.status)
		}
		s.until("2026-12-01")
		lead = s.over(willowLead)
		s.sent(lead, at, minutes)
		if got := lead.sendJSON(at, minutes); got.status != http.StatusConflict {
			t.Errorf("the second to write minutes: %d", got.status)
		}
		after := s.programmeOf(willowDesk)
		held := after.Meetings[slices.IndexFunc(after.Meetings, func(m programmes.MeetingSeen) bool { return m.ID == called[0].ID })]
		if held.Came != 1 || held.HeldAt == nil || len(held.Missing) == 0 || after.Attended <= before.Attended {
			t.Errorf("%d%% then %d%%: %+v", before.Attended, after.Attended, held)
		}
		if got := lead.sendJSON(at+"/call-off", nil); got.status != http.StatusConflict {
			t.Errorf("called off once held: %d", got.status)
		}
		s.sent(lead, willowMine+"/meetings/"+called[2].ID.String()+"/call-off", nil)
		if left := s.programmeOf(willowDesk); slices.ContainsFunc(left.Meetings, func(m programmes.MeetingSeen) bool { return (m.CalledOff != nil) != (m.ID == called[2].ID) }) || left.Attended != after.Attended {
			t.Errorf("called off: %+v", left.Meetings)
		}
	})
}
