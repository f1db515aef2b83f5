package main

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules/rota"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// rotaWeek is the rota as a client reads it.
type rotaWeek struct {
	Days []struct {
		Day, Closed string
		Shifts      []struct {
			Key, Kind string
			Member    struct{ Handle string }
		}
		Gaps []struct{ Words string }
	}
	Gaps []struct{ Words string }
	Mine []struct{ Key string }
}

func (v *visitor) rota(week string) (w rotaWeek) {
	v.site.t.Helper()
	if got := v.getJSON("/willow/rota?week="+week, &w); got.status != http.StatusOK {
		v.site.t.Fatalf("rota: %d %s", got.status, got.body)
	}
	return w
}

// on are who does what on a day: "jo duty".
func (w rotaWeek) on(day string) (who []string) {
	for _, one := range w.Days {
		for _, slot := range one.Shifts {
			if one.Day == day {
				who = append(who, strings.ToLower(slot.Member.Handle)+" "+slot.Kind)
			}
		}
	}
	slices.Sort(who)
	return who
}

// tree asks the kernel whom to call, as a case does.
func (s *site) rungs(at time.Time) (names, gaps []string) {
	s.t.Helper()
	trust, err := s.app.Directory.TrustAt(s.t.Context(), "northmoor.localhost")
	if err == nil {
		err = s.app.Directory.ReadAs(s.t.Context(), trust.ID, "willow", func(ctx context.Context, sc tenants.Scope) error {
			var steps []safety.Step
			steps, gaps, err = rota.Rota{}.Tree(ctx, sc, at)
			for _, step := range steps {
				names = append(names, step.Name)
			}
			return err
		})
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return names, gaps
}

// rowsOf counts a trust's rows of a table.
func (s *site) rowsOf(table, where string) int {
	return s.count("SELECT count(*) FROM "+table+" WHERE tenant_id = ? AND "+where, s.northmoor())
}

// teamWords are what every page of Willow says of its team.
func (s *site) teamWords() string {
	s.t.Helper()
	page := s.as("hazel.willow@northmoor").get("/willow")
	_, after, _ := strings.Cut(string(page.body), `aria-label="Company"`)
	_, after, _ = strings.Cut(after, "</span>")
	words, _, _ := strings.Cut(after, "</li>")
	return strings.Join(strings.Fields(words), " ")
}

func TestTheRotaShowsItsGapAndToWhomItFalls(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead := s.over("lead.willow@northmoor")
		week := lead.rota("2026-11-16")
		want := "Sunday 22 November, 10pm – Monday, 9am: nobody is on duty or on call. It falls to the service lead."
		if len(week.Gaps) != 1 || week.Gaps[0].Words != want {
			t.Errorf("gaps: %+v", week.Gaps)
		}
		if page := s.as("lead.willow@northmoor").get("/willow/rota?week=2026-11-16"); !page.has(want) || !page.has("Close this gap") {
			t.Errorf("the page: %s", page.text())
		}
		if got := s.as("clinician.willow@northmoor").get("/willow/rota?week=2026-11-16"); got.has("Close this gap") || !got.has(want) {
			t.Error("who may not change the rota sees the gap, and no way to close it")
		}
		names, gaps := s.rungs(time.Date(2026, 11, 23, 3, 41, 0, 0, time.UTC))
		if !slices.Equal(names, []string{"Service lead", "Northmoor perinatal crisis line"}) || !slices.Contains(gaps, "Nobody is on call.") {
			t.Errorf("in the gap: %q, missing %q", names, gaps)
		}
		if names, _ := s.rungs(time.Date(2026, 11, 19, 3, 41, 0, 0, time.UTC)); !slices.Equal(names, []string{"On call", "Second on call", "Service lead", "Northmoor perinatal crisis line"}) {
			t.Errorf("on Thursday night: %q", names)
		}

		got := lead.sendJSON("/willow/rota/shifts", map[string]any{"member": "priya", "kind": "on_call", "day": "2026-11-22", "from": "22:00", "to": "09:00"})
		want2 := lead.rota("2026-11-16")
		if got.status != http.StatusOK || len(want2.Gaps) != 0 {
			t.Errorf("closing it: %d %s %+v", got.status, got.body, want2.Gaps)
		}
		if names, _ := s.rungs(time.Date(2026, 11, 23, 3, 41, 0, 0, time.UTC)); names[0] != "On call" {
			t.Errorf("after it was closed: %q", names)
		}
		// Taken off again, the gap is back.
		if got := lead.sendJSON("/willow/rota/shifts/"+field(t, got, "id")+"/remove", map[string]any{}); got.status != http.StatusOK || len(lead.rota("2026-11-16").Gaps) != 1 {
			t.Errorf("taken off: %d %s", got.status, got.body)
		}
	})
}

func TestTheLeadIsWarnedOfAGapAWeekAndADayBefore(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		var willow tenants.Scope
		err := s.app.Directory.ReadAs(t.Context(), s.northmoor(), "willow", func(_ context.Context, sc tenants.Scope) error {
			willow = sc
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		watch := func() {
			t.Helper()
			willow.Now = s.clock.Now()
			for _, round := range s.app.work(nil, nil).Rounds {
				if round.Key == "rota.watch" && round.Do(t.Context(), willow) != nil {
					t.Error("the round failed")
				}
			}
		}
		warnings := func() int { return s.rowsOf("outbox", "kind = 'rota.gap'") }
		watch()
		watch()
		if got := warnings(); got != 0 {
			t.Errorf("%d warnings of Sunday’s gap, of which the lead was told", got)
		}
		for n, moment := range []string{"Saturday night: a day before it", "Sunday night: a week before the next one"} {
			s.clock.Advance(time.Duration(36-12*n) * time.Hour)
			watch()
			watch()
			if got := warnings(); got != n+1 {
				t.Errorf("%s: %d warnings, wanted %d", moment, got, n+1)
			}
		}
	})
}

func TestWhatCannotBeOnTheRotaIsToldByField(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead := s.over("lead.willow@northmoor")
		before := s.rowsOf("rota_rows", "1 = 1") + s.rowsOf("rota_shifts", "1 = 1") + s.rowsOf("rota_absences", "1 = 1") + s.rowsOf("rota_days", "1 = 1")
		row := func(changes ...string) map[string]any {
			in := map[string]any{"member": "jo", "kind": "duty", "days": []string{"sat"}, "from": "09:00", "to": "17:00", "since": "2026-11-23", "until": ""}
			for i := 0; i+1 < len(changes); i += 2 {
				in[changes[i]] = changes[i+1]
			}
			return in
		}
		shift := func(changes ...string) map[string]any {
			in := map[string]any{"member": "jo", "kind": "duty", "day": "2026-11-28", "from": "09:00", "to": "17:00"}
			for i := 0; i+1 < len(changes); i += 2 {
				in[changes[i]] = changes[i+1]
			}
			return in
		}
		away := func(from, to, who string) map[string]any {
			return map[string]any{"from": from, "to": to, "member": who}
		}
		for _, c := range []struct {
			path, name, field string
			in                map[string]any
		}{
			{"/pattern", "nobody", "member", row("member", "")},
			{"/pattern", "a member who is not of the team", "member", row("member", "hazel")},
			{"/pattern", "somebody unknown", "member", row("member", "somebody")},
			{"/pattern", "no such time", "from", row("from", "25:00")},
			{"/pattern", "no length", "to", row("to", "09:00")},
			{"/pattern", "the past", "since", row("since", "2026-11-19")},
			{"/pattern", "no such day", "since", row("since", "2026-02-30")},
			{"/pattern", "until before from", "until", row("until", "2026-11-22")},
			{"/pattern", "the same twice", "days", map[string]any{"member": "jo", "kind": "duty", "days": []string{"mon"}, "from": "16:00", "to": "18:00", "since": "2026-11-23"}},
			{"/pattern", "no weekday", "days", map[string]any{"member": "jo", "kind": "duty", "days": []string{}, "from": "16:00", "to": "18:00", "since": "2026-11-23"}},
			{"/shifts", "the past", "day", shift("day", "2026-11-19")},
			{"/shifts", "over since this morning", "to", shift("day", "2026-11-20", "to", "10:00")},
			{"/shifts", "too far away", "day", shift("day", "2030-01-01")},
			{"/shifts", "the same twice", "member", shift("day", "2026-11-23")},
			{"/shifts", "while away", "member", shift("member", "tess", "day", "2026-12-01")},
			{"/shifts", "an hour that there is not", "from", shift("day", "2027-03-28", "from", "01:30")},
			{"/away", "from after to", "to", away("2026-12-10", "2026-12-09", "")},
			{"/away", "the past", "from", away("2026-11-01", "2026-12-09", "")},
			{"/away", "twice", "from", away("2026-11-30", "2026-12-02", "tess")},
			{"/away", "a member", "member", away("2026-12-10", "2026-12-11", "hazel")},
			{"/days", "no reason", "name", map[string]any{"day": "2026-12-01", "how": "closed", "name": " "}},
			{"/days", "the past", "day", map[string]any{"day": "2025-12-25", "how": "open"}},
		} {
			if got := lead.sendJSON("/willow/rota"+c.path, c.in); got.status != http.StatusUnprocessableEntity || !got.has(`"#/`+c.field) {
				t.Errorf("%s, %s: %d %s, wanted %s", c.path, c.name, got.status, got.body, c.field)
			}
		}
		if after := s.rowsOf("rota_rows", "1 = 1") + s.rowsOf("rota_shifts", "1 = 1") + s.rowsOf("rota_absences", "1 = 1") + s.rowsOf("rota_days", "1 = 1"); after != before {
			t.Errorf("%d rows more than before", after-before)
		}
		// The form keeps what was typed.
		form := url.Values{"member": {"jo"}, "kind": {"on_call"}, "day": {"2026-11-19"}, "from": {"18:15"}, "to": {"23:00"}}
		if got := s.as("lead.willow@northmoor").post("/willow/rota/shifts", form); got.status != http.StatusUnprocessableEntity || !got.has(`value="18:15"`) || !got.has("This day is over") {
			t.Errorf("the form: %d %s", got.status, got.text())
		}
		// Nobody says for others when they are away, but the lead.
		if got := s.over("moderator.willow@northmoor").sendJSON("/willow/rota/away", away("2026-12-14", "2026-12-15", "jo")); got.status != http.StatusUnprocessableEntity {
			t.Errorf("for a colleague: %d %s", got.status, got.body)
		}
	})
}

func TestAnAbsenceOpensAGapAndLeavesTheTree(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, priya := s.over("lead.willow@northmoor"), s.over("moderator.willow@northmoor")
		friday := time.Date(2026, 11, 27, 22, 0, 0, 0, time.UTC)
		if names, _ := s.rungs(friday); names[0] != "On call" {
			t.Fatalf("before: %q", names)
		}
		got := priya.sendJSON("/willow/rota/away", map[string]any{"from": "2026-11-27", "to": "2026-11-27"})
		if got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
		if week := lead.rota("2026-11-23"); len(week.Gaps) != 3 || !strings.HasPrefix(week.Gaps[1].Words, "Friday 27 November, 1pm – Saturday, 9am: ") {
			t.Errorf("gaps: %+v", week.Gaps)
		}
		if names, gaps := s.rungs(friday); names[0] != "Service lead" || !slices.Contains(gaps, "Nobody is on call.") {
			t.Errorf("while away: %q %q", names, gaps)
		}
		// Tess has the morning; nobody is there after.
		s.clock.Advance(7*24*time.Hour + 4*time.Hour)
		if got := s.teamWords(); got != "The team is next here on Monday at 9am" {
			t.Errorf("in the afternoon: %q", got)
		}
		id := field(t, got, "id")
		if got := s.over("clinician.willow@northmoor").sendJSON("/willow/rota/away/"+id+"/remove", map[string]any{}); got.status != http.StatusForbidden {
			t.Errorf("a colleague takes it off: %d %s", got.status, got.body)
		}
		if got := s.over("moderator.willow@northmoor").sendJSON("/willow/rota/away/"+id+"/remove", map[string]any{}); got.status != http.StatusOK {
			t.Errorf("taken off: %d %s", got.status, got.body)
		}
		if got := s.teamWords(); got != "The team is here until 5pm" {
			t.Errorf("back: %q", got)
		}
	})
}

func TestOfTwoWhoTakeAShiftAtOnceOneHasIt(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		jo := s.over("clinician.willow@northmoor")
		var before struct {
			Swaps []struct{ ID, Key, State string }
		}
		jo.getJSON("/willow/rota/swaps", &before)
		if len(before.Swaps) != 1 {
			t.Fatalf("%+v", before)
		}
		path := "/willow/rota/swaps/" + before.Swaps[0].ID
		if got := jo.sendJSON(path+"/accept", map[string]any{}); got.status != http.StatusForbidden {
			t.Errorf("one’s own: %d %s", got.status, got.body)
		}
		takers := []*visitor{s.over("moderator.willow@northmoor"), s.over("nursery.willow@northmoor"), s.over("moderator.willow@northmoor"), s.over("nursery.willow@northmoor")}
		statuses := make([]int, len(takers))
		var together sync.WaitGroup
		for i, taker := range takers {
			together.Go(func() { statuses[i] = taker.sendJSON(path+"/accept", map[string]any{}).status })
		}
		together.Wait()
		slices.Sort(statuses)
		if !slices.Equal(statuses, []int{200, 409, 409, 409}) {
			t.Errorf("answers: %v", statuses)
		}
		day := strings.Split(before.Swaps[0].Key, "/")[1]
		var calls []string
		for _, one := range jo.rota(day).on(day) {
			if strings.HasSuffix(one, "on_call") {
				calls = append(calls, one)
			}
		}
		if len(calls) != 1 || calls[0] == "jo on_call" || s.rowsOf("rota_shifts", "row_id IS NOT NULL") != 1 {
			t.Errorf("on call on %s: %v", day, calls)
		}
		if got := jo.sendJSON(path+"/withdraw", map[string]any{}); got.status != http.StatusConflict {
			t.Errorf("taken back after: %d %s", got.status, got.body)
		}
		// It is not Jo's to offer any more.
		if got := jo.sendJSON("/willow/rota/swaps", map[string]any{"key": before.Swaps[0].Key}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("offered again: %d %s", got.status, got.body)
		}
	})
}

func TestAnOfferToOneIsAnsweredByThatOne(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		jo, tess, priya := s.over("clinician.willow@northmoor"), s.over("nursery.willow@northmoor"), s.over("moderator.willow@northmoor")
		key := jo.rota("").Mine[1].Key
		offer := func() string {
			t.Helper()
			got := jo.sendJSON("/willow/rota/swaps", map[string]any{"key": key, "to": "priya"})
			if got.status != http.StatusOK {
				t.Fatalf("offer: %d %s", got.status, got.body)
			}
			return "/willow/rota/swaps/" + field(t, got, "id")
		}
		first := offer()
		if got := jo.sendJSON("/willow/rota/swaps", map[string]any{"key": key}); got.status != http.StatusConflict {
			t.Errorf("offered twice: %d %s", got.status, got.body)
		}
		if got := tess.sendJSON(first+"/accept", map[string]any{}); got.status != http.StatusForbidden {
			t.Errorf("somebody else: %d %s", got.status, got.body)
		}
		if got := priya.sendJSON(first+"/decline", map[string]any{}); got.status != http.StatusOK {
			t.Errorf("declined: %d %s", got.status, got.body)
		}
		if got := priya.sendJSON(first+"/accept", map[string]any{}); got.status != http.StatusConflict {
			t.Errorf("accepted after: %d %s", got.status, got.body)
		}
		// While it waits, the lead ends that line of the pattern: there is nothing to take over.
		second := offer()
		if got := s.over("lead.willow@northmoor").sendJSON("/willow/rota/pattern/"+strings.Split(key, "/")[0]+"/end", map[string]any{}); got.status != http.StatusOK {
			t.Fatalf("end: %d %s", got.status, got.body)
		}
		if got := priya.sendJSON(second+"/accept", map[string]any{}); got.status != http.StatusConflict {
			t.Errorf("what is no longer there: %d %s", got.status, got.body)
		}
		if got := s.as("lead.willow@northmoor").get("/willow/rota/swaps"); !got.has("Jo’s shift") {
			t.Errorf("the lead sees %s", got.text())
		}
	})
}

func TestTheTeamIsHereByTheRota(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead := s.over("lead.willow@northmoor")
		if got := s.teamWords(); got != "The team is here until 5pm" {
			t.Errorf("at first: %q", got)
		}
		if got := lead.sendJSON("/willow/rota/settings", map[string]any{"version": 0, "names": true, "all_hours": true}); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
		if got := s.teamWords(); got != "The team is here until 5pm: Priya, Tess" {
			t.Errorf("with names: %q", got)
		}
		if got := lead.sendJSON("/willow/rota/days", map[string]any{"day": "2026-11-20", "how": "closed", "name": "Training day"}); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
		if got := s.teamWords(); got != "The team is next here on Monday at 9am" || !s.as("hazel.willow@northmoor").get("/willow/forums/new").has("<span>"+got+"<") {
			t.Errorf("on a closed day: %q", got)
		}
		if got := lead.sendJSON("/willow/rota/settings", map[string]any{"version": 0, "names": true, "all_hours": true}); got.status != http.StatusConflict {
			t.Errorf("settings from an old page: %d %s", got.status, got.body)
		}
	})
}

func TestARoomWithNobodyAccountableHoldsOrRefuses(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		tune := func(room string, version int, how string) {
			t.Helper()
			s.sent(s.over("lead.willow@northmoor"), "/willow/settings/safeguarding/"+room, map[string]any{"version": version, "mode": "after", "unattended": how})
		}
		post := func(account, body string) answer {
			return s.over(account).sendJSON("/willow/walls/"+strings.ToLower(map[string]string{"hazel.willow@northmoor": "hazel", "lead.willow@northmoor": "amira"}[account]), map[string]any{"body": body})
		}
		held := func() int { return s.rowsOf("posts", "state = 'held'") }
		tune("all", 0, "hold")
		before := held()
		if got := post("hazel.willow@northmoor", "somebody is there"); got.status != http.StatusOK || held() != before {
			t.Errorf("while somebody is on duty: %d %s", got.status, got.body)
		}
		s.clock.Advance(60*time.Hour + 0*time.Minute) // Sunday, 22:30: in the gap
		if got := post("hazel.willow@northmoor", "nobody is there"); got.status != http.StatusOK || held() != before+1 {
			t.Errorf("held: %d %s, %d", got.status, got.body, held()-before)
		}
		if got := post("lead.willow@northmoor", "from the team"); got.status != http.StatusOK || held() != before+1 {
			t.Errorf("the team itself: %d %s", got.status, got.body)
		}
		tune("forums", 0, "refuse") // another room
		if got := post("hazel.willow@northmoor", "nobody is there still"); got.status != http.StatusOK || held() != before+2 {
			t.Errorf("where another room refuses: %d %s, %d", got.status, got.body, held()-before)
		}
		tune("walls", 0, "refuse")
		if got := s.over("lead.willow@northmoor").sendJSON("/willow/settings/safeguarding/walls", map[string]any{"version": 1, "mode": "after", "unattended": "close"}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("no such way: %d %s", got.status, got.body)
		}
		all := s.rowsOf("posts", "1 = 1")
		got := post("hazel.willow@northmoor", "still nobody")
		if got.status != http.StatusUnprocessableEntity || !got.has("The team is next here tomorrow at 9am") || !got.has("Get help now") || s.rowsOf("posts", "1 = 1") != all {
			t.Errorf("refused: %d %s", got.status, got.body)
		}
		if page := s.as("hazel.willow@northmoor").post("/willow/walls/hazel", url.Values{"body": {"words that took an hour"}}); !page.has("words that took an hour") || !page.has("Nobody of the team is here") {
			t.Errorf("the form: %d %s", page.status, page.text())
		}
	})
}

func TestACalendarAddressIsPrivateAndCanBeRemoved(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		jo := s.over("clinician.willow@northmoor")
		path := func(got answer) string {
			t.Helper()
			address, err := url.Parse(field(t, got, "address"))
			if err != nil || got.status != http.StatusOK {
				t.Fatalf("%d %s", got.status, got.body)
			}
			return address.Path
		}
		first := path(jo.sendJSON("/willow/rota/calendar", map[string]any{}))
		if s.rowsOf("rota_feeds", "token_hash LIKE '%"+strings.TrimPrefix(first, "/calendar/")+"%'") != 0 {
			t.Error("the address itself is in the database")
		}
		stranger := s.visit("northmoor")
		got := stranger.get(first)
		if got.status != http.StatusOK || got.header.Get("Content-Type") != "text/calendar; charset=utf-8" || !got.has("SUMMARY:On call") || !got.has("SUMMARY:On duty") || !got.has("DTSTART;TZID=Europe/London:20261123T090000") {
			t.Errorf("%d %s %s", got.status, got.header, got.body)
		}
		for _, name := range []string{"Willow", "erinatal", "Northmoor", "Jo", "Tess", "Priya"} {
			if got.has(name) {
				t.Errorf("%q is in it", name)
			}
		}
		if strings.Contains(string(got.body), "20261124T170000") {
			t.Error("Tess’s night is in it")
		}
		request := stranger.request(http.MethodGet, first, nil)
		request.Header.Set("If-None-Match", got.header.Get("ETag"))
		if again := stranger.do(request); again.status != http.StatusNotModified {
			t.Errorf("the same again: %d", again.status)
		}
		if other := s.visit("eastvale").get(first); other.status != http.StatusNotFound {
			t.Errorf("at another trust: %d", other.status)
		}
		second := path(jo.sendJSON("/willow/rota/calendar", map[string]any{}))
		if old := stranger.get(first); old.status != http.StatusNotFound || stranger.get(second).status != http.StatusOK {
			t.Errorf("after a new one was made: %d", old.status)
		}
		if got := jo.sendJSON("/willow/rota/calendar/remove", map[string]any{}); got.status != http.StatusOK || stranger.get(second).status != http.StatusNotFound {
			t.Errorf("after it was removed: %d %s", got.status, got.body)
		}
		if got := stranger.get("/calendar/x"); got.status != http.StatusNotFound {
			t.Errorf("a made-up one: %d", got.status)
		}
	})
}

func TestTheRotaIsTheTeamsAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		for account, want := range map[string]int{
			"hazel.willow@northmoor": http.StatusForbidden, "peer.willow@northmoor": http.StatusForbidden, "moderator.willow@northmoor": http.StatusOK,
			"lead.harbour@northmoor": http.StatusNotFound, "lead.meadow@eastvale": http.StatusNotFound,
		} {
			if got := s.over(account).getJSON("/willow/rota", nil); got.status != want {
				t.Errorf("%s: %d", account, got.status)
			}
		}
		// The rota of one service says nothing of another's.
		if got := s.over("lead.harbour@northmoor").getJSON("/harbour/rota", nil); got.status != http.StatusOK || got.has("Priya") || got.has("Quiet night") {
			t.Errorf("harbour: %d %s", got.status, got.body)
		}
		jo := s.over("clinician.willow@northmoor")
		if got := jo.sendJSON("/willow/rota/shifts", map[string]any{}); got.status != http.StatusForbidden {
			t.Errorf("a clinician changes the rota: %d", got.status)
		}
		if got := jo.sendJSON("/willow/rota/notes", map[string]any{"words": "The boiler man comes at ten."}); got.status != http.StatusOK || !jo.getJSON("/willow/rota", nil).has("boiler") {
			t.Errorf("a note: %d %s", got.status, got.body)
		}
	})
}

func TestWhoLeavesTheTeamTakesTheirPlansAlong(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		tess := s.over("nursery.willow@northmoor")
		for path, in := range map[string]any{"/notes": map[string]any{"words": "The cot in the clinic is mended."}, "/calendar": map[string]any{}} {
			if got := tess.sendJSON("/willow/rota"+path, in); got.status != http.StatusOK {
				t.Fatalf("%s: %d %s", path, got.status, got.body)
			}
		}
		var kept tenants.Copy
		err := s.app.Directory.WriteAs(t.Context(), s.northmoor(), "willow", func(ctx context.Context, sc tenants.Scope) error {
			person, err := sc.Anybody(ctx, "tess")
			for _, room := range s.app.Rooms {
				if room.Key == "rota" && err == nil {
					if err = room.Data.Export(ctx, sc, person, &kept); err == nil {
						err = room.Data.Erase(ctx, sc, person, tenants.Leaving{})
					}
				}
			}
			return err
		})
		if err != nil || len(kept.Sections) != 3 {
			t.Fatalf("%v, a copy of %+v", err, kept.Sections)
		}
		of := " = (SELECT id FROM members AS m WHERE m.tenant_id = '" + s.northmoor().String() + "' AND m.handle_key = 'tess')"
		for table, column := range map[string]string{"rota_absences": "member_id", "rota_feeds": "member_id", "rota_notes": "author_id", "rota_swaps": "member_id"} {
			if n := s.rowsOf(table, column+of); n != 0 {
				t.Errorf("%d of theirs in %s", n, table)
			}
		}
		if n := s.rowsOf("rota_rows", "valid_until = '' AND member_id"+of); n != 0 {
			t.Errorf("%d lines of the pattern go on", n)
		}
		if names, _ := s.rungs(time.Date(2026, 11, 26, 3, 41, 0, 0, time.UTC)); names[0] != "On call" { // Jo has Wednesdays
			t.Errorf("a colleague’s night: %q", names)
		}
		if names, _ := s.rungs(time.Date(2026, 11, 25, 3, 41, 0, 0, time.UTC)); names[0] != "Second on call" {
			t.Errorf("their night: %q", names)
		}
	})
}

// rotaPages are those of the rota.
func rotaPages(s *site) []aPage {
	lead := "lead.willow@northmoor"
	single := s.over(lead).sendJSON("/willow/rota/shifts", map[string]any{"member": "jo", "kind": "duty", "day": "2026-11-28", "from": "10:00", "to": "12:00"})
	return []aPage{
		{"rota", lead, "/willow/rota", nil},
		{"rota-gap-after", "clinician.willow@northmoor", "/willow/rota?week=2026-11-23", nil},
		{"rota-empty", "lead.meadow@eastvale", "/meadow/rota", nil},
		{"rota-pattern", lead, "/willow/rota/pattern", nil},
		{"rota-pattern-error", lead, "/willow/rota/pattern", func(tab *testkit.Tab) { tab.Click("main form[action$='/pattern'] > button[type=submit]") }},
		{"rota-shift-new", lead, "/willow/rota/shifts/new?from=2026-11-22T22:00:00Z&to=2026-11-23T09:00:00Z", nil},
		{"rota-shift-remove", lead, "/willow/rota/shifts/" + field(s.t, single, "id") + "/remove", nil},
		{"rota-away", lead, "/willow/rota/away", nil},
		{"rota-swaps", "clinician.willow@northmoor", "/willow/rota/swaps", nil},
		{"rota-swaps-offered", "moderator.willow@northmoor", "/willow/rota/swaps", nil},
		{"rota-calendar", "clinician.willow@northmoor", "/willow/rota/calendar", nil},
		{"rota-calendar-made", "clinician.willow@northmoor", "/willow/rota/calendar", func(tab *testkit.Tab) { tab.Click("main form[action$='/calendar'] button") }},
		{"rota-settings", lead, "/willow/rota/settings", nil},
		{"rota-settings-error", lead, "/willow/rota/settings", func(tab *testkit.Tab) {
			tab.Fill("main input[name=minutes]", "soon")
			tab.Click("main form[action$='/tree'] > button[type=submit]")
		}},
	}
}
