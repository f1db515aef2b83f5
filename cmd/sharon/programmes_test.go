package main

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants/programmes"
)

const meadow = "/programmes/eastvale/meadow"

// until moves the clock to the late morning of a day, unless that is past.
func (s *site) until(day programmes.Day) {
	s.t.Helper()
	at, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		s.t.Fatal(err)
	}
	if wait := at.Add(11 * time.Hour).Sub(s.clock.Now()); wait > 0 {
		s.clock.Advance(wait)
	}
}

// needs adds the people of a programme and names who signs; it returns them by role.
func (s *site) needs(base string) map[programmes.Role]string {
	s.t.Helper()
	joan, ids := s.over("onboarding@sharon"), map[programmes.Role]string{}
	for _, role := range programmes.Roles {
		email := string(role.Key) + "@eastvale.example"
		if role.Key == "service_lead" {
			email = "lead.meadow@eastvale.example"
		}
		got := s.sent(joan, base+"/people", map[string]any{"name": "Alex " + role.Name, "role": role.Key, "side": "trust", "email": email, "engagement": "neutral", "required": true, "weekly": role.Key == "senior_leader"})
		path := field(s.t, got, "path")
		ids[role.Key] = path[strings.LastIndex(path, "/")+1:]
	}
	for _, phase := range s.programmeOf(base).Phases {
		s.sent(joan, base+"/gates/"+strconv.Itoa(phase.Number)+"/approver", map[string]any{"version": phase.Version, "approver": ids[phase.Approver]})
	}
	return ids
}

// works does a phase's tasks when they are due, by whose tasks they are.
func (s *site) works(base, mine, lead string, number int) {
	s.t.Helper()
	for {
		phase := s.programmeOf(base).Phases[number-1]
		left := slices.DeleteFunc(phase.Tasks, func(t programmes.TaskSeen) bool { return t.DoneOn != "" })
		if len(left) == 0 {
			return
		}
		next := slices.MinFunc(left, func(a, b programmes.TaskSeen) int { return strings.Compare(string(a.To), string(b.To)) })
		s.until(next.To)
		at, v := base, s.over("onboarding@sharon")
		if next.Side == programmes.Trust {
			at, v = mine, s.over(lead)
		}
		s.sent(v, at+"/tasks/"+next.ID.String()+"/done", map[string]any{"version": next.Version, "done": true})
	}
}

// proves gives a gate its evidence.
func (s *site) proves(base string, number int) {
	s.t.Helper()
	for _, e := range s.programmeOf(base).Phases[number-1].Evidence {
		s.sent(s.over("onboarding@sharon"), base+"/gates/"+strconv.Itoa(number)+"/evidence", map[string]any{"evidence": e.ID, "link": "https://documents.example/" + e.ID.String()})
	}
}

func TestAServiceIsBroughtOnMonthByMonth(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		mails := s.posted()
		const mine, lead = "/meadow/programme", "lead.meadow@eastvale"
		s.sent(s.over("onboarding@sharon"), meadow+"/new", map[string]any{"starts_on": "2026-11-23"})
		if got := s.over("onboarding@sharon").sendJSON(meadow+"/new", map[string]any{"starts_on": "2026-11-30"}); got.status != http.StatusConflict {
			t.Errorf("a second programme: %d %s", got.status, got.body)
		}
		people := s.needs(meadow)
		planned := s.programmeOf(meadow).Programme.LiveOn
		for number := 1; number <= 8; number++ {
			gate := meadow + "/gates/" + strconv.Itoa(number)
			if got := s.over("onboarding@sharon").sendJSON(gate+"/ask", nil); got.status != http.StatusConflict {
				t.Fatalf("gate %d is to be signed before anything is done: %d %s", number, got.status, got.body)
			}
			s.works(meadow, mine, lead, number)
			switch number {
			case 2:
				s.proves(meadow, number)
				if got := s.over("onboarding@sharon").sendJSON(gate+"/ask", nil); got.status != http.StatusConflict || !got.has("purchase order") {
					t.Errorf("the finance gate without an order: %d %s", got.status, got.body)
				}
				s.ordered(meadow)
			case 3:
				s.clashes(meadow, people["senior_leader"], planned)
				s.proves(meadow, number)
			case 6:
				s.proves(meadow, number)
				if got := s.over("onboarding@sharon").sendJSON(gate+"/ask", nil); got.status != http.StatusConflict || !got.has("quorum") {
					t.Errorf("go or no-go without its meeting: %d %s", got.status, got.body)
				}
				s.meets(meadow)
			default:
				s.proves(meadow, number)
			}
			if number == 4 { // its approver has an account
				s.sent(s.over(lead), mine+"/gates/4/sign", nil)
			} else {
				s.signs(mails, gate)
			}
			if phase := s.programmeOf(meadow).Phases[number-1]; phase.State != programmes.Finished {
				t.Fatalf("gate %d: %+v", number, phase.Phase)
			}
		}
		end := s.programmeOf(meadow)
		if end.Programme.EndedAt == nil || end.Done != 100 || end.Light != programmes.Green || len(end.Needs) > 0 {
			t.Errorf("at its end: %+v", end)
		}
		if got := s.over(lead).sendJSON(mine+"/actions", map[string]any{"what": "more", "owner": people["it"], "due_on": "2027-12-01"}); got.status != http.StatusConflict {
			t.Errorf("after its end: %d %s", got.status, got.body)
		}
		s.sent(s.over("onboarding@sharon"), meadow+"/new", map[string]any{"starts_on": string(programmes.DayOf(s.clock.Now()))})
	})
}

// ordered has the purchase order come, so that the finance gate can open.
func (s *site) ordered(base string) {
	s.t.Helper()
	s.sent(s.over("finance@sharon"), base+"/money", map[string]any{"version": s.programmeOf(base).Programme.Version, "stage": "ordered", "pounds": 18400})
}

// clashes has a leader away when the service is to open: it shows at once, moves
// the forecast, says why, and is over once somebody covers.
func (s *site) clashes(base, leader string, live programmes.Day) {
	s.t.Helper()
	joan := s.over("onboarding@sharon")
	before := s.programmeOf(base)
	s.sent(joan, base+"/people/"+leader+"/absences", map[string]any{"from": live.Plus(-2), "to": live.Plus(9)})
	now := s.programmeOf(base)
	clash := slices.IndexFunc(now.Clashes, func(c programmes.Clash) bool { return c.Open && c.Stage == "go-live" })
	if clash < 0 || now.Light != programmes.Red || now.Cast.Likely <= before.Cast.Likely || len(now.Cast.Reasons) == 0 || !strings.Contains(now.Cast.Reasons[len(now.Cast.Reasons)-1].Words, "the go-live week has no senior leader") {
		s.t.Fatalf("%s %+v %+v", now.Light, now.Clashes, now.Cast)
	}
	got := s.sent(joan, base+"/people", map[string]any{"name": "Billie Stand-in", "role": "senior_leader", "side": "trust", "email": "billie@eastvale.example", "engagement": "neutral", "required": false})
	path := field(s.t, got, "path")
	billie := path[strings.LastIndex(path, "/")+1:]
	now = s.programmeOf(base)
	if could := now.Clashes[slices.IndexFunc(now.Clashes, func(c programmes.Clash) bool { return c.Open })].Could; len(could) != 1 || could[0].Name != "Billie Stand-in" {
		s.t.Errorf("who could cover: %+v", could)
	}
	cover := base + "/absences/" + now.Absences[0].ID.String() + "/cover"
	for _, wrong := range []string{leader, uuid.NewString(), "somebody"} {
		if got := joan.sendJSON(cover, map[string]any{"cover": wrong}); got.status != http.StatusUnprocessableEntity {
			s.t.Errorf("covered by %s: %d %s", wrong, got.status, got.body)
		}
	}
	s.sent(joan, cover, map[string]any{"cover": billie})
	now = s.programmeOf(base)
	if now.Cast.Likely != before.Cast.Likely || slices.ContainsFunc(now.Clashes, func(c programmes.Clash) bool { return c.Open }) {
		s.t.Errorf("once somebody covers: %+v", now.Cast)
	}
}

// signs has the approver of a gate sign by the link in the email that they get.
func (s *site) signs(mails post, gate string) {
	s.t.Helper()
	s.sent(s.over("onboarding@sharon"), gate+"/ask", nil)
	s.settle(1)
	link := lastLink(mails, askedToSign)
	stranger := s.visit(strings.Split(gate, "/")[2])
	for range 2 { // programmes that look through emails open links
		if got := stranger.getJSON(link, nil); got.status != http.StatusOK {
			s.t.Fatalf("%s: %d %s", link, got.status, got.body)
		}
	}
	if got := stranger.sendJSON(link, map[string]any{"done": false}); got.status != http.StatusUnprocessableEntity {
		s.t.Errorf("not signing: %d %s", got.status, got.body)
	}
	if got := stranger.sendJSON(link, map[string]any{"done": true}); got.status != http.StatusOK {
		s.t.Fatalf("%s: %d %s", link, got.status, got.body)
	}
	if got := stranger.sendJSON(link, map[string]any{"done": true}); got.status != http.StatusNotFound {
		s.t.Errorf("a second time: %d %s", got.status, got.body)
	}
}

const willowDesk, willowMine, willowLead = "/programmes/northmoor/willow", "/willow/programme", "lead.willow@northmoor"

func TestAGateDoesNotOpenWithoutAllThatItAsksFor(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, gate := s.over(willowLead), willowMine+"/gates/4"
		sign := func(want int, words string) {
			t.Helper()
			if got := s.over(willowLead).sendJSON(gate+"/sign", nil); got.status != want || !got.has(words) {
				t.Errorf("%d %s, not %d %q", got.status, got.body, want, words)
			}
		}
		sign(http.StatusConflict, "Configuration as agreed")
		s.proves(willowDesk, 4)
		sign(http.StatusConflict, "Fit local policies")
		for number, words := range map[string]string{"5": "Only the person who is named", "3": "Only the person", "9": "could not find", "x": "could not find"} {
			if got := lead.sendJSON(willowMine+"/gates/"+number+"/sign", nil); got.status == http.StatusOK || !got.has(words) {
				t.Errorf("gate %s: %d %s", number, got.status, got.body)
			}
		}
		for _, link := range []string{"http://documents.example/x", "javascript:alert(1)", "documents", "https://", "https://me:secret@documents.example/"} {
			if got := lead.sendJSON(gate+"/evidence", map[string]any{"evidence": s.programmeOf(willowDesk).Phases[3].Evidence[0].ID, "link": link}); got.status != http.StatusUnprocessableEntity {
				t.Errorf("evidence at %s: %d", link, got.status)
			}
		}
		if got := lead.sendJSON(gate+"/evidence", map[string]any{"evidence": s.programmeOf(willowDesk).Phases[4].Evidence[0].ID, "link": "https://documents.example/x"}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("evidence of another gate: %d", got.status)
		}
		s.works(willowDesk, willowMine, willowLead, 4)
		who := s.programmeOf(willowDesk).Phases[3]
		s.quits(willowDesk, who.ApproverID.String(), true)
		sign(http.StatusForbidden, "Only the person who is named")
		if seen := s.programmeOf(willowDesk); !slices.ContainsFunc(seen.Needs, func(n programmes.Need) bool { return strings.Contains(n.Words, "has left the programme") }) {
			t.Errorf("nobody is told that the approver left: %+v", seen.Needs)
		}
		s.quits(willowDesk, who.ApproverID.String(), false)
		sign(http.StatusOK, "/gates/4")
		sign(http.StatusConflict, "open already")
		lead = s.over(willowLead)
		if got := lead.sendJSON(gate+"/take-back", map[string]any{"reason": ""}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("taken back without a reason: %d", got.status)
		}
		s.sent(lead, gate+"/take-back", map[string]any{"reason": "The wrong house rules were attached."})
		sign(http.StatusOK, "/gates/4")
		next := s.programmeOf(willowDesk).Phases[4].Tasks[0]
		s.sent(s.over("onboarding@sharon"), willowDesk+"/tasks/"+next.ID.String()+"/done", map[string]any{"version": next.Version, "done": true})
		if got := s.over("onboarding@sharon").sendJSON(willowDesk+"/gates/4/take-back", map[string]any{"reason": "Too late."}); got.status != http.StatusConflict {
			t.Errorf("taken back after the next phase began: %d %s", got.status, got.body)
		}
	})
}

// quits says that somebody has left a programme, or that they have not.
func (s *site) quits(base, person string, left bool) {
	s.t.Helper()
	var page struct {
		Who   programmes.Stakeholder
		Email string
	}
	joan := s.over("onboarding@sharon")
	joan.getJSON(base+"/people/"+person, &page)
	s.sent(joan, base+"/people/"+person, map[string]any{"version": page.Who.Version, "name": page.Who.Name, "role": page.Who.Role, "side": page.Who.Side,
		"email": page.Email, "engagement": page.Who.Engagement, "required": page.Who.Required, "left": left})
}

func TestTheSecondOfTwoManagersIsToldAndNothingIsLost(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		task := s.programmeOf(willowDesk).Phases[4].Tasks[0]
		at := willowDesk + "/tasks/" + task.ID.String()
		s.sent(s.over("platform@sharon"), at, map[string]any{"version": task.Version, "owner": "", "days": 7, "moved_to": "", "after": []string{}})
		joan := s.as("onboarding@sharon")
		got := joan.form(at, url.Values{"version": {strconv.Itoa(task.Version)}, "owner": {""}, "days": {"33"}, "moved_to": {"2027-01-20"}})
		if got.status != http.StatusConflict || !got.has(`value="33"`) || !got.has(`value="2027-01-20"`) || !got.has("changed while you were writing") {
			t.Errorf("the second: %d %s", got.status, got.text())
		}
		if now := s.programmeOf(willowDesk).Phases[4].Tasks[0]; now.Days != 7 || now.Version != task.Version+1 {
			t.Errorf("%+v", now.Task)
		}
	})
}

func TestAPlanThatCannotBeIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		joan, phase := s.over("onboarding@sharon"), s.programmeOf(willowDesk).Phases[4]
		moderators, testing := phase.Tasks[0], phase.Tasks[2] // which waits for them
		at := willowDesk + "/tasks/" + moderators.ID.String()
		for name, c := range map[string]struct {
			in    map[string]any
			words string
		}{
			"a cycle":           {map[string]any{"after": []string{testing.Key}}, "“Train the moderators”, which waits for “Run user acceptance testing”, which waits for “Train the moderators”"},
			"itself":            {map[string]any{"after": []string{moderators.Key}}, "wait for each other"},
			"a task of nothing": {map[string]any{"after": []string{"nothing"}}, "Choose tasks of this programme"},
			"before the start":  {map[string]any{"moved_to": "2026-01-01"}, "The programme starts on"},
			"no day":            {map[string]any{"moved_to": "2027-02-30"}, "Write a day"},
			"in a century":      {map[string]any{"moved_to": "2127-02-03"}, "within two years"},
			"no time":           {map[string]any{"days": 0}, "days"},
			"nobody's":          {map[string]any{"owner": uuid.NewString()}, "Choose somebody from the list"},
		} {
			in := map[string]any{"version": moderators.Version, "owner": "", "days": 5, "moved_to": "", "after": []string{}}
			for key, value := range c.in {
				in[key] = value
			}
			if got := joan.sendJSON(at, in); got.status != http.StatusUnprocessableEntity || !got.has(c.words) {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		before := s.programmeOf(willowDesk).Cast
		var other programmes.Other
		if got := joan.getJSON(willowDesk+"/what-if?task=pilot&to=2027-03-01", &other); got.status != http.StatusOK || other.Then == nil || other.Then.Likely <= before.Likely {
			t.Errorf("what if: %d %s", got.status, got.body)
		}
		for _, query := range []string{"task=pilot&to=2020-01-01", "task=pilot&to=soon", "task=nothing&to=2027-03-01", "task=mandate&to=2027-03-01"} {
			if got := joan.getJSON(willowDesk+"/what-if?"+query, nil); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", query, got.status)
			}
		}
		if after := s.programmeOf(willowDesk).Cast; after.Likely != before.Likely {
			t.Errorf("asking what if has moved go-live from %s to %s", before.Likely, after.Likely)
		}
	})
}

func TestTheForecastSlipsAndSaysWhy(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.sent(s.over("onboarding@sharon"), "/programmes/eastvale/bridge/new", map[string]any{"starts_on": "2026-11-23"})
		before := s.programmeOf("/programmes/eastvale/bridge").Cast
		s.until("2027-02-26")
		now := s.programmeOf("/programmes/eastvale/bridge")
		if before.Late != 0 || len(before.Reasons) > 0 || now.Cast.Late <= 0 || now.Light != programmes.Red || len(now.Cast.Reasons) != 2 ||
			!strings.HasPrefix(now.Cast.Reasons[0].Words, "“Agree the mandate” was due on 2 December and is not done") || !strings.HasPrefix(now.Cast.Reasons[1].Words, "Work has taken 2.0 times as long") {
			t.Errorf("%+v then %s %+v", before, now.Light, now.Cast)
		}
		if page := s.as("onboarding@sharon").get("/programmes/eastvale/bridge"); !page.has("“Agree the mandate” was due on 2 December") || !page.has(now.Cast.Likely.Words()) {
			t.Errorf("the page: %s", page.text())
		}
	})
}

func TestAProgrammeIsForItsLeadAndTheTrustsAdministrator(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		for account, want := range map[string]int{
			willowLead: 200, "admin@northmoor": 200, "hazel.willow@northmoor": 403, "moderator.willow@northmoor": 403, "clinician.willow@northmoor": 403,
			"lead.harbour@northmoor": 404,
		} {
			for _, path := range []string{"", "/people", "/register.csv", "/report"} {
				if got := s.over(account).getJSON(willowMine+path, nil); got.status != want {
					t.Errorf("%s reads %s: %d, not %d", account, path, got.status, want)
				}
			}
		}
		// What is of another service or trust is nothing here, on either face.
		other := s.programmeOf("/programmes/northmoor/harbour").Phases[1].Tasks[0]
		lead, joan := s.over(willowLead), s.over("onboarding@sharon")
		done := map[string]any{"version": other.Version, "done": true}
		for _, got := range []answer{
			lead.getJSON(willowMine+"/tasks/"+other.ID.String(), nil), lead.sendJSON(willowMine+"/tasks/"+other.ID.String()+"/done", done),
			joan.getJSON(willowDesk+"/tasks/"+other.ID.String(), nil), joan.sendJSON(willowDesk+"/tasks/"+other.ID.String()+"/done", done),
			joan.getJSON("/programmes/eastvale/willow", nil), joan.getJSON("/programmes/nowhere/willow", nil), joan.getJSON("/programmes/eastvale/meadow", nil),
			lead.sendJSON("/harbour/programme/actions", map[string]any{"what": "x", "owner": "x", "due_on": "x"}),
		} {
			if got.status != http.StatusNotFound {
				t.Errorf("%d %s", got.status, got.body)
			}
		}
		// The platform's tasks are the platform's to do.
		for _, task := range s.programmeOf(willowDesk).Phases[3].Tasks {
			if task.Side == programmes.Platform {
				if got := lead.sendJSON(willowMine+"/tasks/"+task.ID.String()+"/done", map[string]any{"version": task.Version, "done": false}); got.status != http.StatusForbidden {
					t.Errorf("%s: %d %s", task.Name, got.status, got.body)
				}
			}
		}
		finance := s.over("finance@sharon")
		if got := finance.getJSON(willowDesk, nil); got.status != http.StatusOK {
			t.Errorf("finance reads: %d", got.status)
		}
		if got := finance.sendJSON(willowDesk+"/gates/4/take-back", map[string]any{"reason": "x"}); got.status != http.StatusForbidden {
			t.Errorf("finance takes a signature back: %d", got.status)
		}
	})
}

func TestWhatIsDoneAtTheConsoleIsInTheTrustsAuditLog(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.sent(s.over("onboarding@sharon"), willowDesk+"/actions", map[string]any{"what": "Ring the ward", "owner": s.programmeOf(willowDesk).People[0].ID, "due_on": "2027-01-11"})
		var page struct{ Entries []map[string]any }
		got := s.over("admin@northmoor").getJSON("/trust/audit", &page)
		if !got.has("programme.action") || !got.has("Joan") || got.has("Ring the ward") {
			t.Errorf("%s", got.body)
		}
	})
}

func TestTheRegisterIsATableWithoutFormulas(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead := s.over(willowLead)
		s.sent(lead, willowMine+"/register", map[string]any{"kind": "risk", "words": "=HYPERLINK(\"https://x\")", "response": "", "weight": "high"})
		if got := lead.sendJSON(willowMine+"/register", map[string]any{"kind": "risk", "words": "No weight", "response": "", "weight": ""}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a risk of no weight: %d", got.status)
		}
		got := lead.get(willowMine + "/register.csv")
		if !got.has("kind,entered,by") || !got.has("'=HYPERLINK") || !got.has("Ruth Calder") {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
}
