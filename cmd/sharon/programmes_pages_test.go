package main

import (
	"slices"
	"strconv"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

// programmeOf reads a service's programme at the console.
func (s *site) programmeOf(base string) (seen programmes.Seen) {
	s.t.Helper()
	if got := s.over("onboarding@sharon").getJSON(base, &seen); got.status != 200 {
		s.t.Fatalf("%s: %d %s", base, got.status, got.body)
	}
	return seen
}

// programmePages are those of onboarding, on both faces.
func programmePages(s *site) []aPage {
	const desk, lead, joan = "/programmes/northmoor/willow", "lead.willow@northmoor", "onboarding@sharon"
	seen := s.programmeOf(desk)
	now := seen.Phases[seen.Month-1]
	task, done := "/tasks/"+now.Tasks[0].ID.String(), "/tasks/"+seen.Phases[0].Tasks[0].ID.String()
	gate := "/gates/" + strconv.Itoa(seen.Month)
	person := "/people/" + seen.Absences[0].PersonID.String()
	open := ""
	for _, phase := range seen.Phases {
		for _, t := range phase.Tasks {
			if open == "" && t.State == programmes.Late {
				open = t.Key
			}
		}
	}
	answer, look, sign, meet, report := s.onboardingLinks(seen)
	return []aPage{
		{"onboarding-answer", "@northmoor", answer, nil},
		{"onboarding-answer-error", "@northmoor", answer, func(tab *testkit.Tab) { tab.Click("main form[action^='/onboarding'] button[type=submit]") }},
		{"onboarding-look", "@northmoor", look, nil},
		{"onboarding-sign", "@eastvale", sign, nil},
		{"onboarding-meeting", "@northmoor", meet, nil},
		{"onboarding-task", "@northmoor", report, nil},
		{"onboarding-stop", "@northmoor", look + "/stop", nil},
		{"onboarding-stopped", "@northmoor", look + "/stop", func(tab *testkit.Tab) { tab.Click("main button[type=submit]") }},
		{"onboarding-over", "@northmoor", answer[:len(answer)-3] + "xyz", nil},
		{"console-programmes", joan, "/programmes", nil},
		{"console-programmes-finance", "finance@sharon", "/programmes", nil},
		{"console-programme", joan, desk, nil},
		{"console-programme-new", joan, "/programmes/eastvale/meadow/new", nil},
		{"console-programme-new-error", joan, "/programmes/eastvale/meadow/new", func(tab *testkit.Tab) {
			tab.Fill("#starts_on", "2020-01-01")
			tab.Click("main form[action$='/new'] button[type=submit]")
		}},
		{"console-programme-what-if", joan, desk + "/what-if?task=" + open + "&to=2027-01-11", nil},
		{"console-programme-what-if-error", joan, desk + "/what-if?task=" + open + "&to=2020-01-11", nil},
		{"console-programme-report", joan, desk + "/report", nil},
		{"console-programme-task", joan, desk + task, nil},
		{"console-programme-gate", joan, desk + gate, nil},
		{"console-programme-gate-open", joan, desk + "/gates/" + strconv.Itoa(seen.Month-1), nil},
		{"console-programme-people", joan, desk + "/people", nil},
		{"console-programme-people-error", joan, desk + "/people", func(tab *testkit.Tab) { tab.Click("main form[action$='/people'] button[type=submit]") }},
		{"console-programme-person", joan, desk + person, nil},
		{"console-programme-actions", joan, desk + "/actions", nil},
		{"console-programme-meetings", joan, desk + "/meetings", nil},
		{"console-programme-meeting", joan, desk + "/meetings/" + seen.Meetings[0].ID.String(), nil},
		{"programme-meeting", lead, "/willow/programme/meetings/" + seen.Meetings[0].ID.String(), nil},
		{"console-programme-benefits", joan, desk + "/benefits", nil},
		{"console-programme-benefits-error", joan, desk + "/benefits", func(tab *testkit.Tab) { tab.Click("main form[action$='/benefits'] button[type=submit]") }},
		{"programme-benefit", lead, "/willow/programme/benefits/" + seen.Benefits[0].ID.String(), nil},
		{"console-programme-register", joan, desk + "/register", nil},
		{"console-programme-money", "finance@sharon", desk + "/money", nil},
		{"programme", lead, "/willow/programme", nil},
		{"programme-task", lead, "/willow/programme" + task, nil},
		{"programme-task-done", lead, "/willow/programme" + done, nil},
		{"programme-gate", lead, "/willow/programme" + gate, nil},
		{"programme-people", lead, "/willow/programme/people", nil},
		{"programme-person", lead, "/willow/programme" + person, nil},
		{"programme-actions", lead, "/willow/programme/actions", nil},
		{"programme-register", lead, "/willow/programme/register", nil},
		{"programme-report", lead, "/willow/programme/report", nil},
	}
}

// onboardingLinks are links that people got by email: to answer about an action, to
// look at willow's programme, to sign at lantern's first gate, to see what a meeting
// is about, and to report on a task.
func (s *site) onboardingLinks(willow programmes.Seen) (answer, look, sign, meet, report string) {
	s.t.Helper()
	mails, joan := s.posted(), s.over("onboarding@sharon")
	overdue := willow.Actions[slices.IndexFunc(willow.Actions, func(a programmes.ActionSeen) bool { return a.Overdue })]
	s.sent(joan, willowDesk+"/actions/"+overdue.ID.String()+"/nudge", nil)
	s.settle(1)
	answer = lastLink(mails, askedToAct)
	s.sent(joan, willowDesk+"/people/"+willow.Absences[0].PersonID.String()+"/share", nil)
	s.settle(1)
	look = lastLink(mails, shownAll)
	const lantern = "/programmes/eastvale/lantern"
	for _, task := range s.programmeOf(lantern).Phases[0].Tasks {
		if task.DoneOn == "" {
			s.sent(joan, lantern+"/tasks/"+task.ID.String()+"/done", map[string]any{"version": task.Version, "done": true})
		}
	}
	s.proves(lantern, 1)
	s.sent(joan, lantern+"/gates/1/ask", nil)
	s.settle(1)
	sign = lastLink(mails, askedToSign)
	s.sent(joan, willowDesk+"/gates/4/comments", map[string]any{"words": "The house rules come on Friday."})
	s.sent(joan, willowDesk+"/meetings", map[string]any{"name": "Pathway group", "day": "2026-12-01", "time": "09:30", "length": 45, "where": "Room 4, Trust headquarters", "every": "once", "times": 1, "invited": []string{willow.People[0].ID.String()}})
	for _, task := range willow.Phases[3].Tasks {
		if task.DoneOn == "" && task.OwnerID != nil {
			s.sent(joan, willowDesk+"/tasks/"+task.ID.String()+"/nudge", nil)
		}
	}
	s.settle(1)
	return answer, look, sign, lastLink(mails, calledTogether), lastLink(mails, askedToDo)
}
