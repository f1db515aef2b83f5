package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/live"
	"github.com/sharon-nhs/sharon/tenants"
)

// plan is what a session needs; it begins so long from now.
func (s *site) plan(in time.Duration, more map[string]any) map[string]any {
	at := s.clock.Now().Add(in).In(clock.London)
	plan := map[string]any{"title": "An evening chat", "about": "", "date": at.Format(time.DateOnly), "time": at.Format("15:04"), "minutes": 60,
		"hosts": []string{"bramble"}, "audience": "service", "questions": true, "anonymous": true, "slow_seconds": 0, "transcript": true}
	maps.Copy(plan, more)
	return plan
}

// planned is the address of a new session of Willow's.
func (s *site) planned(in time.Duration, more map[string]any) string {
	s.t.Helper()
	got := s.over("lead.willow@northmoor").sendJSON("/willow/live", s.plan(in, more))
	if got.status != http.StatusOK {
		s.t.Fatalf("plan: %d %s", got.status, got.body)
	}
	return "/willow/live/" + field(s.t, got, "id")
}

// opened is the address of a session that Bramble has just opened.
func (s *site) opened(more map[string]any) string {
	s.t.Helper()
	path := s.planned(5*time.Minute, more)
	s.sent(s.over("peer.willow@northmoor"), path+"/here", nil)
	return path
}

// sent sends a command that must work.
func (s *site) sent(v *visitor, path string, in map[string]any) answer {
	s.t.Helper()
	if in == nil {
		in = map[string]any{}
	}
	got := v.sendJSON(path, in)
	if got.status != http.StatusOK {
		s.t.Fatalf("%s: %d %s", path, got.status, got.body)
	}
	return got
}

func says(words string) map[string]any { return map[string]any{"body": words} }

// talk is what a visitor sees of a session.
type talk struct {
	State    live.State
	Ended    live.Ending
	Messages []struct {
		ID, Body string
		Seq      int
	}
	Shut   string
	Pinned *struct{ Body string }
}

func (t talk) bodies() string {
	var words []string
	for _, m := range t.Messages {
		words = append(words, fmt.Sprint(m.Seq, m.Body))
	}
	return strings.Join(words, "|")
}

func (s *site) seen(v *visitor, path string) (t talk) {
	s.t.Helper()
	if got := v.getJSON(path, &t); got.status != http.StatusOK {
		s.t.Fatalf("%s: %d %s", path, got.status, got.body)
	}
	return t
}

// inWillow runs fn in Willow's scope, as workers do.
func (s *site) inWillow(fn func(ctx context.Context, in tenants.Scope) error) {
	s.t.Helper()
	ctx := s.t.Context()
	trust, err := s.app.Directory.TrustAt(ctx, "northmoor.localhost")
	if err == nil {
		err = s.app.Directory.ReadAs(ctx, trust.ID, "willow", fn)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// closeRound does what a worker does each time round.
func (s *site) closeRound() {
	s.t.Helper()
	var here tenants.Scope
	s.inWillow(func(_ context.Context, in tenants.Scope) error { here = in; return nil })
	for _, round := range modules.Rounds(s.app.Rooms) {
		if round.Key == "live.close" {
			if err := round.Do(s.t.Context(), here); err != nil {
				s.t.Fatal(err)
			}
		}
	}
}

// happened counts the events of a kind about a session.
func (s *site) happened(kind, path string) (found []tenants.Event) {
	s.t.Helper()
	s.inWillow(func(ctx context.Context, in tenants.Scope) error {
		return in.Select(&found).Where("event.kind = ?", kind).
			Where("(event.about_id = ? OR event.subject_id = ?)", idOf(path), idOf(path)).Order("event.id").Scan(ctx)
	})
	return found
}

func idOf(path string) string { return path[strings.LastIndex(path, "/")+1:] }

func TestALiveSessionIsOpenForAsLongAsAHostIsThere(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.planned(20*time.Minute, nil)
		host, hazel := s.over("peer.willow@northmoor"), s.over("hazel.willow@northmoor")
		refuse := func(v *visitor, to string, in map[string]any) {
			t.Helper()
			if got := v.sendJSON(path+to, in); got.status != http.StatusForbidden {
				t.Errorf("%s: %d %s", to, got.status, got.body)
			}
		}
		refuse(hazel, "/messages", says("too early"))
		refuse(host, "/messages", says("too early for hosts, too"))
		refuse(host, "/here", map[string]any{})
		s.clock.Advance(10 * time.Minute)
		if now := s.seen(hazel, path); now.State != live.Soon {
			t.Errorf("ten minutes before: %s", now.State)
		}
		s.sent(host, path+"/here", nil)
		s.sent(hazel, path+"/messages", says("hello"))
		s.sent(host, path+"/messages", says("hello *you*"))
		if now := s.seen(hazel, path); now.State != live.Open || now.bodies() != "1hello|2hello *you*" || now.Shut != "" {
			t.Errorf("open: %+v", now)
		}
		if got := hazel.getJSON(path+"/since?after=1", nil); !got.has("hello *you*") || got.has(`"hello"`) {
			t.Errorf("since the first: %s", got.body)
		}
		// A sign a minute keeps it open; a closed page lets it close.
		for range 7 {
			s.clock.Advance(time.Minute)
			s.sent(host, path+"/here", nil)
		}
		s.clock.Advance(5*time.Minute - time.Second)
		s.closeRound()
		if now := s.seen(hazel, path); now.State != live.Open {
			t.Errorf("just before the deadline: %s", now.State)
		}
		s.sent(host, path+"/leave", nil)
		s.sent(host, path+"/leave", nil)
		s.clock.Advance(4 * time.Minute)
		s.sent(hazel, path+"/messages", says("bye"))
		s.clock.Advance(time.Minute)
		refuse(hazel, "/messages", says("too late"))
		refuse(host, "/here", map[string]any{})
		if now := s.seen(hazel, path); now.State != live.Over || now.Ended != "" || now.bodies() != "1hello|2hello *you*|3bye" {
			t.Errorf("over, before the round: %+v", now)
		}
		before := len(s.happened("live.changed", path))
		s.closeRound()
		s.closeRound()
		if now := s.seen(hazel, path); now.State != live.Over || now.Ended != live.HostsLeft {
			t.Errorf("over, after the round: %+v", now)
		}
		if after := len(s.happened("live.changed", path)); after != before+1 {
			t.Errorf("two rounds told of it %d times", after-before)
		}
		if told := len(s.happened("live.said", path)); told != 3 {
			t.Errorf("%d messages were told", told)
		}
	})
}

func TestASessionWithoutAHostIsToldHonestly(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.planned(10*time.Minute, nil)
		s.clock.Advance(24 * time.Minute)
		if got := s.as("hazel.willow@northmoor").get(path); !got.has("Your host has not come yet") {
			t.Errorf("waiting: %s", got.text())
		}
		s.clock.Advance(time.Minute)
		s.closeRound()
		if got := s.as("hazel.willow@northmoor").get(path); !got.has("Your host has not come. We are sorry.") {
			t.Errorf("given up: %s", got.text())
		}
		if now := s.seen(s.over("hazel.willow@northmoor"), path); now.State != live.Missed || now.Ended != live.NoHost {
			t.Errorf("%+v", now)
		}
		if got := s.over("peer.willow@northmoor").sendJSON(path+"/here", map[string]any{}); got.status != http.StatusForbidden {
			t.Errorf("a host who comes too late: %d", got.status)
		}
	})
}

func TestOnlyWhoMayActsInALiveSession(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.opened(map[string]any{"hosts": []string{"bramble"}})
		other := s.planned(5*time.Minute, map[string]any{"hosts": []string{"sorrel"}})
		staffOnly := s.planned(5*time.Minute, map[string]any{"hosts": []string{"amira"}, "audience": "staff"})
		hazel := s.over("hazel.willow@northmoor")
		message := field(t, s.sent(hazel, path+"/messages", says("mine")), "message", "id")
		tools := map[string]map[string]any{"/pin": {"message": message}, "/mute": {"handle": "fern", "muted": true}, "/close": {}, "/leave": {}, "/here": {},
			"/messages/" + message + "/remove": {"reason": "x"}, "/edit": s.plan(time.Hour, map[string]any{"version": 1}), "/cancel": {"reason": "x"}}
		delete(tools["/edit"], "audience")
		sorrel := s.over("sorrel.willow@northmoor")
		s.sent(sorrel, other+"/here", nil)
		for to, in := range tools {
			for name, v := range map[string]*visitor{"a member": hazel, "a host of another session": sorrel} {
				if got := v.sendJSON(path+to, in); got.status != http.StatusForbidden {
					t.Errorf("%s, %s: %d %s", name, to, got.status, got.body)
				}
			}
			if got := sorrel.sendJSON(staffOnly+to, in); got.status != http.StatusNotFound {
				t.Errorf("a session for the team, %s: %d %s", to, got.status, got.body)
			}
		}
		for _, to := range []string{"", "/since", "/questions", "/edit", "/cancel"} {
			if got := hazel.getJSON(staffOnly+to, nil); !refused(got.status) || to == "" && got.status != http.StatusNotFound {
				t.Errorf("a member reads of a session for the team%s: %d", to, got.status)
			}
		}
		for to, in := range map[string]map[string]any{"/messages": says("x"), "/questions": says("x"), "/reminder": {"remind": true}} {
			if got := hazel.sendJSON(staffOnly+to, in); got.status != http.StatusNotFound {
				t.Errorf("a member in a session for the team, %s: %d", to, got.status)
			}
		}
		if list := hazel.getJSON("/willow/live", nil); list.has(idOf(staffOnly)) || !list.has(idOf(path)) {
			t.Errorf("the list: %s", list.body)
		}
		if now := s.seen(hazel, path); now.State != live.Open || now.bodies() != "1mine" || now.Pinned != nil {
			t.Errorf("something came of it: %+v", now)
		}
		s.sent(s.over("moderator.willow@northmoor"), path+"/close", nil) // the team has the tools everywhere
	})
}

// Every route of the room with ids that are there, from other services and trusts.
func TestALiveSessionIsNotThereForAnotherServiceOrTrust(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.opened(nil)
		message := field(t, s.sent(s.over("hazel.willow@northmoor"), path+"/messages", says("mine")), "message", "id")
		asked := s.planned(time.Hour, nil)
		question := s.askedIn(asked, "hazel.willow@northmoor", false)
		for account, service := range map[string]string{"lead.orchard@eastvale": "orchard", "lead.kin@northmoor": "kin", "carer.kin@northmoor": "kin", "admin@northmoor": "willow"} {
			v := s.over(account)
			for _, route := range s.app.table.Routes() {
				if route.Module != "live" || !strings.Contains(route.Path, "{id}") {
					continue
				}
				for _, id := range []string{idOf(path), idOf(asked)} {
					at := ids{"service": service, "id": id, "message": message, "question": question}
					if got := call(v, route, at); !refused(got.status) {
						t.Errorf("%s: %s %s: %d %s", account, route.Method, route.Path, got.status, got.body)
					}
				}
			}
		}
		s.sent(s.over("lead.willow@northmoor"), "/willow/settings/rooms/live", map[string]any{"on": false, "version": 1})
		hazel := s.over("hazel.willow@northmoor")
		if got := hazel.getJSON(path, nil); got.status != http.StatusNotFound {
			t.Errorf("the room is off, and its session answers %d", got.status)
		}
		if got := hazel.sendJSON(path+"/messages", says("x")); got.status != http.StatusNotFound {
			t.Errorf("the room is off, and one can write in it: %d", got.status)
		}
	})
}

func TestAPlanIsCheckedAndKeptWhenRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, peer := s.over("lead.willow@northmoor"), s.over("peer.willow@northmoor")
		for name, try := range map[string]struct {
			by   *visitor
			more map[string]any
			at   string
		}{
			"an hour that the clocks leave out": {lead, map[string]any{"date": "2027-03-28", "time": "01:30"}, "time"},
			"the past":                          {lead, map[string]any{"date": "2026-11-19"}, "date"},
			"years ahead":                       {lead, map[string]any{"date": "2029-11-19"}, "date"},
			"no day":                            {lead, map[string]any{"date": "soon"}, "date"},
			"too short":                         {lead, map[string]any{"minutes": 5}, "minutes"},
			"no host":                           {lead, map[string]any{"hosts": []string{}}, "hosts"},
			"a host who may not":                {lead, map[string]any{"hosts": []string{"hazel"}}, "hosts"},
			"a host who could not come":         {lead, map[string]any{"hosts": []string{"bramble"}, "audience": "staff"}, "hosts"},
			"an audience without its maker":     {peer, map[string]any{"audience": "carers"}, "audience"},
			"no title":                          {lead, map[string]any{"title": " "}, "title"},
		} {
			got := try.by.sendJSON("/willow/live", s.plan(time.Hour, try.more))
			if got.status != http.StatusUnprocessableEntity || !got.has(`"pointer":"#/`+try.at+`"`) {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		if got := s.over("hazel.willow@northmoor").sendJSON("/willow/live", s.plan(time.Hour, nil)); got.status != http.StatusForbidden {
			t.Errorf("a member plans: %d", got.status)
		}
		form := url.Values{"title": {"Words to keep"}, "about": {"more words"}, "date": {"2027-03-28"}, "time": {"01:30"}, "minutes": {"45"}, "hosts": {"bramble", "sorrel"}, "audience": {"service"}, "slow_seconds": {"0"}}
		got := s.as("lead.willow@northmoor").post("/willow/live", form)
		if got.status != http.StatusUnprocessableEntity || !got.has("clocks go forward") || !got.has("Words to keep") || !got.has(`value="45"`) || strings.Count(string(got.body), `type="checkbox" value="bramble" aria-invalid`) > 0 {
			t.Errorf("%d %s", got.status, got.text())
		}
		for _, host := range []string{"bramble", "sorrel"} {
			if !got.has(`value="` + host + `" checked`) {
				t.Errorf("%s is not ticked any more", host)
			}
		}
	})
}

func TestTheSecondOfTwoChangesIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.planned(time.Hour, nil)
		change := func(title string) map[string]any {
			plan := s.plan(time.Hour, map[string]any{"title": title, "version": 1})
			delete(plan, "audience")
			return plan
		}
		s.sent(s.over("peer.willow@northmoor"), path+"/edit", change("First"))
		if got := s.over("lead.willow@northmoor").sendJSON(path+"/edit", change("Second")); got.status != http.StatusConflict {
			t.Errorf("%d %s", got.status, got.body)
		}
		plan := url.Values{}
		for name, value := range change("Second, on the page") {
			plan[name] = []string{fmt.Sprint(value)}
		}
		plan["hosts"] = []string{"bramble"}
		got := s.as("lead.willow@northmoor").post(path+"/edit", plan)
		if got.status != http.StatusConflict || !got.has("Second, on the page") || !got.has("<b>First</b>") {
			t.Errorf("%d %s", got.status, got.text())
		}
	})
}

// notices are what the reminder that waits longest makes when it is due.
func (s *site) notices(e tenants.Event) (all []modules.Notice) {
	s.t.Helper()
	s.inWillow(func(ctx context.Context, in tenants.Scope) error {
		for _, room := range s.app.Rooms {
			for _, tell := range room.Tells {
				if tell.Kind.Key == e.Kind {
					made, err := tell.Notices(ctx, in, e)
					if err != nil {
						return err
					}
					all = append(all, made...)
				}
			}
		}
		return nil
	})
	return all
}

func TestAReminderComesOnceForTheTimeThatHolds(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		path := s.planned(2*time.Hour, nil)
		s.sent(s.over("hazel.willow@northmoor"), path+"/reminder", map[string]any{"remind": true})
		s.sent(s.over("hazel.willow@northmoor"), path+"/reminder", map[string]any{"remind": true})
		s.sent(s.over("ivy.willow@northmoor"), path+"/reminder", map[string]any{"remind": true})
		s.sent(s.over("ivy.willow@northmoor"), path+"/reminder", map[string]any{"remind": false})
		s.askedIn(path, "fern.willow@northmoor", true)
		first := s.happened("live.remind", path)
		if len(first) != 1 || !first[0].DueAt.Equal(now.Add(90*time.Minute)) {
			t.Fatalf("%+v", first)
		}
		plan := s.plan(3*time.Hour, map[string]any{"version": 1})
		delete(plan, "audience")
		s.sent(s.over("lead.willow@northmoor"), path+"/edit", plan)
		both := s.happened("live.remind", path)
		if len(both) != 2 || !both[1].DueAt.Equal(now.Add(150*time.Minute)) {
			t.Fatalf("%+v", both)
		}
		s.clock.Advance(90 * time.Minute)
		if told := s.notices(both[0]); len(told) != 0 {
			t.Errorf("the reminder of the old time: %+v", told)
		}
		s.clock.Advance(time.Hour)
		told := s.notices(both[1])
		if len(told) != 1 || told[0].Kind != "reminder" || len(told[0].To) != 2 || "/willow"+told[0].Path != path {
			t.Errorf("the reminder: %+v", told)
		}
		if got := s.over("hazel.willow@northmoor").sendJSON(path+"/reminder", map[string]any{"remind": true}); got.status != http.StatusForbidden {
			t.Errorf("a reminder that could not come any more: %d", got.status)
		}
		s.sent(s.over("lead.willow@northmoor"), path+"/cancel", map[string]any{"reason": "Bramble is poorly"})
		if told := s.notices(both[1]); len(told) != 0 {
			t.Errorf("the reminder of a cancelled session: %+v", told)
		}
		if got := s.as("hazel.willow@northmoor").get(path); !got.has("This session is cancelled.") || !got.has("Bramble is poorly") {
			t.Errorf("a cancelled session: %s", got.text())
		}
		if got := s.over("peer.willow@northmoor").sendJSON(path+"/here", map[string]any{}); got.status != http.StatusForbidden {
			t.Errorf("a cancelled session opens: %d", got.status)
		}
	})
}

// The demo has a session of each sort to look at.
func TestTheDemoHasSessionsOfEachSort(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	var list struct {
		Now, Coming, Past []struct{ ID string }
	}
	s.over("hazel.willow@northmoor").getJSON("/willow/live", &list)
	if len(list.Now) != 1 || len(list.Coming) != 2 || len(list.Past) != 1 {
		t.Errorf("%+v", list)
	}
}
