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

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

const rule = "Be kind to each other"

// suspends keeps somebody of willow from writing to others.
func (s *site) suspends(handle string, days int) {
	s.t.Helper()
	s.sent(s.over("lead.willow@northmoor"), "/willow/standing/of/"+handle+"/suspend", map[string]any{"rule": rule, "days": days, "reason": "canary reason", "words": "Please take some time."})
}

// postOf puts a post of somebody's on the desk at a level.
func (s *site) postOf(login, words string, level safety.Level) (post string, item safety.Item) {
	s.t.Helper()
	v := s.over(login + ".willow@northmoor")
	post = wallPostBy(v, login, words)
	return post, s.raises(post, login, level)
}

// raises puts something of somebody's on the desk.
func (s *site) raises(post, login string, level safety.Level) (item safety.Item) {
	s.t.Helper()
	author := uuid.MustParse(s.idOf(login))
	err := s.app.Directory.WriteAs(s.t.Context(), s.northmoor(), "willow", func(ctx context.Context, in tenants.Scope) error {
		got, err := s.app.Desk.Raise(ctx, in, safety.About{Sort: "post", Subject: uuid.MustParse(post), Author: author}, safety.Finding{Source: safety.ByTeam, Level: level})
		if err == nil {
			item = *got
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return item
}

// standing is what somebody reads of where they stand.
type standing struct {
	Suspension *struct{ ID, Reason, Words string }
	Strikes    []struct {
		Decision, Rule, Words string
		Counts                bool
		AppealUntil           time.Time `json:"appeal_until"`
	}
	Appeals []struct {
		ID, About, Answer string
		Overturned        bool
		DecidedAt         *time.Time `json:"decided_at"`
	}
}

func (v *visitor) stands() (out standing) {
	v.site.t.Helper()
	if got := v.getJSON("/willow/standing", &out); got.status != http.StatusOK {
		v.site.t.Fatalf("standing: %d %s", got.status, got.body)
	}
	return out
}

// itemOf finds what is open on the desk of a subject.
func (s *site) itemOf(subject string) (item safety.Item) {
	s.t.Helper()
	s.inWillow(func(ctx context.Context, in tenants.Scope) error {
		return in.Select(&item).Where("item.subject_id = ?", uuid.MustParse(subject)).Order("item.raised_at DESC").Limit(1).Scan(ctx)
	})
	return item
}

// taken has a moderator take a post of juniper's down with a strike.
func (s *site) taken(words string) (post string, deed string) {
	s.t.Helper()
	post, item := s.postOf("juniper", words, safety.Amber)
	got := s.over("moderator.willow@northmoor").decides(item, "remove", map[string]any{"rule": rule, "words": "This could hurt somebody.", "strike_days": 90})
	if got.status != http.StatusOK {
		s.t.Fatalf("a strike: %d %s", got.status, got.body)
	}
	s.clock.Advance(2 * time.Minute)
	return post, field(s.t, got, "deed", "id")
}

func TestAStrikeIsReadByItsMemberAndCountsUntilItsDay(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		_, item := s.postOf("juniper", "unkind words", safety.Amber)
		priya := s.over("moderator.willow@northmoor")
		if got := priya.decides(item, "remove", map[string]any{"words": "No rule.", "strike_days": 30}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a strike for no rule: %d %s", got.status, got.body)
		}
		if got := priya.decides(item, "approve", map[string]any{"rule": rule, "strike_days": 30}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a strike for what is fine: %d", got.status)
		}
		got := priya.decides(item, "remove", map[string]any{"rule": rule, "words": "This could hurt somebody.", "strike_days": 30})
		deed := field(t, got, "deed", "id")
		juniper := s.over("juniper.willow@northmoor")
		if now := juniper.stands(); len(now.Strikes) != 0 {
			t.Errorf("before they are told: %+v", now)
		}
		s.clock.Advance(2 * time.Minute)
		s.settle(1)
		if now := juniper.stands(); len(now.Strikes) != 1 || !now.Strikes[0].Counts || now.Strikes[0].Rule != rule || now.Strikes[0].Words != "This could hurt somebody." || now.Strikes[0].AppealUntil.IsZero() {
			t.Errorf("the strike: %+v", now)
		}
		page := s.as("juniper.willow@northmoor")
		if got := page.get("/willow/decisions/" + deed); !got.has("A strike came with this") || !got.has("Ask for another look") || got.has("Priya") || got.has("because") {
			t.Errorf("the decision: %s", got.text())
		}
		if got := page.get("/willow/me"); !got.has("Where I stand") {
			t.Errorf("the way there: %s", got.text())
		}
		for _, other := range []string{"fern.willow@northmoor", "peer.willow@northmoor"} {
			if got := s.over(other).getJSON("/willow/standing/of/juniper", nil); got.status != http.StatusForbidden {
				t.Errorf("%s sees it: %d", other, got.status)
			}
			if got := s.over(other).getJSON("/willow/standing/appeal/"+deed, nil); got.status != http.StatusNotFound {
				t.Errorf("%s appeals it: %d", other, got.status)
			}
		}
		s.clock.Advance(31 * 24 * time.Hour)
		if now := s.over("juniper.willow@northmoor").stands(); now.Strikes[0].Counts || !now.Strikes[0].AppealUntil.IsZero() {
			t.Errorf("after its day: %+v", now)
		}
	})
}

func TestThreeStrikesAskTheTeamToLookAndNeverSuspendByThemselves(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.taken("first")
		_, second := s.taken("second")
		juniper := s.idOf("juniper")
		open := func() int {
			return s.count("SELECT count(*) FROM desk_items WHERE tenant_id = ? AND sort = 'strikes' AND subject_id = ? AND decided_at IS NULL", s.northmoor(), juniper)
		}
		if open() != 0 {
			t.Error("two strikes ask the team to look")
		}
		// One that was taken back counts no more.
		s.sql("UPDATE desk_deeds SET undone_at = ? WHERE tenant_id = ? AND id = ?", s.clock.Now(), s.northmoor(), second)
		s.taken("third")
		if open() != 0 {
			t.Error("a strike that was taken back counts")
		}
		s.taken("fourth")
		if open() != 1 {
			t.Error("three strikes ask nobody")
		}
		if got := s.over("clinician.willow@northmoor").item(s.itemOf(juniper)); !slices.Equal(got.Choices, []string{"approve"}) || got.Subject == nil || !strings.Contains(got.Subject.Body, rule) {
			t.Errorf("on the desk: %+v", got)
		}
		if got := s.over("juniper.willow@northmoor"); got.stands().Suspension != nil {
			t.Error("nobody decided, and juniper is suspended")
		}
		// Only where the service says so.
		s.sent(s.over("lead.willow@northmoor"), "/willow/settings/rooms/standing", map[string]any{"on": true, "version": 0, "settings": map[string]any{"strikes": 3, "suspend_days": 7, "most_days": 28, "appeal_days": 14}})
		s.taken("fifth")
		if got := s.over("juniper.willow@northmoor"); got.stands().Suspension == nil {
			t.Error("the service’s rule does nothing")
		}
	})
}

func TestAnAppealIsDecidedByAnotherAndTakesTheDecisionBack(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		post, deed := s.taken("taken down too soon")
		juniper, fern := s.as("juniper.willow@northmoor"), s.over("fern.willow@northmoor")
		path := "/willow/standing/appeal/" + deed
		if got := juniper.post(path, url.Values{"words": {" "}}); got.status != http.StatusUnprocessableEntity || !got.has("Enter what you want to say") {
			t.Errorf("without words: %d %s", got.status, got.text())
		}
		if got := juniper.post(path, url.Values{"words": {"It was a joke among friends."}}); got.status != http.StatusSeeOther {
			t.Fatalf("appeal: %d %s", got.status, got.text())
		}
		if got := juniper.post(path, url.Values{"words": {"again"}}); got.status != http.StatusConflict {
			t.Errorf("a second time: %d", got.status)
		}
		appeal := s.over("juniper.willow@northmoor").stands().Appeals[0].ID
		item := s.itemOf(appeal)
		if item.Level != safety.Green || item.Sort != "appeal" {
			t.Errorf("on the desk: %+v", item)
		}
		priya, jo, tess := s.over("moderator.willow@northmoor"), s.over("clinician.willow@northmoor"), s.over("nursery.willow@northmoor")
		if got := priya.item(item); !got.Linked || got.Subject != nil {
			t.Errorf("who decided reads the appeal: %+v", got)
		}
		if got := priya.sendJSON(deskPath(item)+"/decide", map[string]any{"version": 1, "seen": 0, "act": "overturn", "reason": "mine", "words": "mine"}); got.status != http.StatusForbidden {
			t.Errorf("who decided decides again: %d %s", got.status, got.body)
		}
		now := jo.item(item)
		if !slices.Equal(now.Choices, []string{"uphold", "overturn"}) {
			t.Errorf("what can be answered: %v", now.Choices)
		}
		if got := s.as("clinician.willow@northmoor").get(deskPath(item)); !got.has("taken down too soon") || !got.has("It was a joke among friends.") || !got.has("This could hurt somebody.") {
			t.Errorf("jo sees: %s", got.text())
		}
		if got := jo.decides(item, "overturn", nil); got.status != http.StatusUnprocessableEntity {
			t.Errorf("an answer without words: %d", got.status)
		}
		// Two in one instant: one answers, the other is told.
		answers := map[int]int{}
		var all sync.WaitGroup
		var mu sync.Mutex
		in := map[string]any{"version": now.Version, "seen": now.Subject.Version, "act": "overturn", "reason": "A joke", "words": "We looked again, and you were right."}
		for _, v := range []*visitor{jo, tess} {
			all.Go(func() {
				got := v.sendJSON(deskPath(item)+"/decide", in)
				mu.Lock()
				defer mu.Unlock()
				answers[got.status]++
			})
		}
		all.Wait()
		if answers[http.StatusOK] != 1 || answers[http.StatusConflict] != 1 {
			t.Errorf("two answers: %v", answers)
		}
		if got := fern.getJSON("/willow/posts/"+post, nil); got.status != http.StatusOK {
			t.Errorf("the post is not back: %d", got.status)
		}
		s.clock.Advance(2 * time.Minute)
		s.settle(1)
		me := s.over("juniper.willow@northmoor")
		if stands := me.stands(); stands.Strikes[0].Counts || !stands.Appeals[0].Overturned || stands.Appeals[0].Answer == "" {
			t.Errorf("where juniper stands: %+v", stands)
		}
		if me.told("moderation") != 1 {
			t.Errorf("juniper is told of %d", me.told("moderation"))
		}
		for _, v := range []*visitor{jo, s.over("lead.willow@northmoor")} {
			if got := v.sendJSON(deskPath(item)+"/undo", map[string]any{}); got.status != http.StatusForbidden && got.status != http.StatusConflict {
				t.Errorf("an answer is undone: %d %s", got.status, got.body)
			}
		}
	})
}

func TestAnAppealThatIsRefusedChangesNothingAndEndsThere(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		post, deed := s.taken("rightly taken down")
		me := s.over("juniper.willow@northmoor")
		s.sent(me, "/willow/standing/appeal/"+deed, map[string]any{"words": "I do not agree."})
		appeal := me.stands().Appeals[0].ID
		s.sql("INSERT INTO desk_links (tenant_id, service_id, member_id, other_id, said_at) SELECT tenant_id, service_id, ?, ?, ? FROM members WHERE tenant_id = ? AND id = ?", s.idOf("tess"), s.idOf("juniper"), s.clock.Now(), s.northmoor(), s.idOf("tess"))
		item := s.itemOf(appeal)
		if got := s.over("nursery.willow@northmoor").sendJSON(deskPath(item)+"/decide", map[string]any{"version": 1, "act": "overturn", "reason": "a friend", "words": "for a friend"}); got.status != http.StatusForbidden {
			t.Errorf("who knows juniper outside decides: %d", got.status)
		}
		if got := s.over("clinician.willow@northmoor").decides(item, "uphold", map[string]any{"words": "We read it again, and it stays."}); got.status != http.StatusOK {
			t.Fatalf("uphold: %d %s", got.status, got.body)
		}
		s.clock.Advance(2 * time.Minute)
		if stands := me.stands(); !stands.Strikes[0].Counts || stands.Appeals[0].Overturned || stands.Appeals[0].DecidedAt == nil {
			t.Errorf("where juniper stands: %+v", stands)
		}
		if got := s.over("fern.willow@northmoor").getJSON("/willow/posts/"+post, nil); got.status != http.StatusNotFound {
			t.Errorf("the post is back: %d", got.status)
		}
		if got := me.sendJSON("/willow/standing/appeal/"+deed, map[string]any{"words": "And now?"}); got.status != http.StatusConflict {
			t.Errorf("a second appeal: %d", got.status)
		}
	})
}

func TestAnAppealComesInTimeOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	_, deed := s.taken("long ago")
	s.clock.Advance(15 * 24 * time.Hour)
	me := s.over("juniper.willow@northmoor")
	if got := me.sendJSON("/willow/standing/appeal/"+deed, map[string]any{"words": "late"}); got.status != http.StatusConflict || !got.has("passed") {
		t.Errorf("after its time: %d %s", got.status, got.body)
	}
	for name, id := range map[string]string{"nothing": uuid.NewString(), "no id": "x"} {
		if got := me.sendJSON("/willow/standing/appeal/"+id, map[string]any{"words": "words"}); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", name, got.status)
		}
	}
}

// keeps are the commands of a service that somebody keeps who is suspended, by permission.
var keeps = map[string]bool{
	web.SignedIn: true, web.Arriving: true, web.Locked: true, web.Public: true,
	"blogs.read": true, "gifts.read": true, "messages.read": true, "notifications.read": true, "posts.read": true, "videos.read": true, "walls.tend": true,
	"help.ask": true, "reports.make": true, "standing.own": true, "people.circle": true, "messages.write": true, "recovery.own": true, "surveys.answer": true,
}

// Every route of a service: what writes to others refuses, what helps does not.
func TestWhoIsSuspendedWritesToNobodyAndKeepsAllHelp(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		at := s.idsOf("northmoor", "willow")
		s.suspends("hazel", 7)
		hazel := s.over("hazel.willow@northmoor")
		refused := 0
		for _, route := range s.app.table.Routes() {
			if !strings.Contains(route.Path, "{service}") || !route.Command() {
				continue
			}
			may := s.app.Directory.Remembered("northmoor.localhost").Policy.Decide("service_user", s.app.Directory.Remembered("northmoor.localhost").Service("willow").ID.String(), route.Permission).Allowed
			got := call(hazel, route, at)
			switch {
			case keeps[route.Permission] && got.has(`"suspended"`) && route.Permission != "messages.write":
				t.Errorf("%s %s is refused: %s", route.Method, route.Path, got.body)
			case !keeps[route.Permission] && may:
				if refused++; got.status != http.StatusForbidden || !got.has(`"suspended"`) {
					t.Errorf("%s %s: %d %s", route.Method, route.Path, got.status, got.body)
				}
			}
		}
		if refused < 20 {
			t.Errorf("only %d commands were refused", refused)
		}
		for _, path := range []string{"/willow", "/willow/forums", "/willow/support", "/willow/standing", "/willow/messages", "/willow/messages/to-team", "/willow/help-now", "/willow/notifications", "/account/data", "/willow/break"} {
			if got := s.as("hazel.willow@northmoor").get(path); got.status != http.StatusOK && got.status != http.StatusSeeOther {
				t.Errorf("%s: %d %s", path, got.status, got.text())
			}
		}
		// To the team, and to nobody else.
		s.sent(hazel, "/willow/messages/to-team", map[string]any{"body": "May I explain?"})
		s.sent(hazel, "/willow/messages", map[string]any{"to": "Jo", "body": "May I explain?"})
		for _, to := range []string{"Fern", "Fern, Jo"} {
			if got := hazel.sendJSON("/willow/messages", map[string]any{"to": to, "body": "psst"}); got.status != http.StatusForbidden {
				t.Errorf("writes to %s: %d %s", to, got.status, got.body)
			}
		}
		if got := hazel.sendJSON("/willow"+s.talkOf("hazel.willow@northmoor", "Fern")[len("/willow"):], map[string]any{"body": "psst"}); got.status != http.StatusForbidden {
			t.Errorf("goes on with Fern: %d %s", got.status, got.body)
		}
		s.sent(hazel, "/willow/support", map[string]any{"words": "I need somebody"})
		page := s.as("hazel.willow@northmoor")
		if got := page.post("/willow/walls/hazel", url.Values{"body": {"words that took an hour"}}); got.status != http.StatusForbidden || !got.has("words that took an hour") || !got.has("/willow/standing") || !got.has("27 November 2026") {
			t.Errorf("the refusal: %d %s", got.status, got.text())
		}
		if got := page.get("/willow"); !got.has("you can read here, and write to the team, but not to others") || got.has(`id="write"`) {
			t.Errorf("the first page: %s", got.text())
		}
	})
}

func TestASuspensionEndsByItselfAndTheMemberIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.suspends("hazel", 7)
		s.settle(1)
		hazel := s.over("hazel.willow@northmoor")
		if got := hazel.notices("willow"); hazel.told("standing") != 1 || strings.Contains(got.says(), "Amira") {
			t.Errorf("hazel is told %q", got.says())
		}
		s.clock.Advance(7*24*time.Hour - time.Second)
		if got := s.over("hazel.willow@northmoor").sendJSON("/willow/walls/hazel", map[string]any{"body": "too soon"}); got.status != http.StatusForbidden {
			t.Errorf("a second before: %d", got.status)
		}
		s.clock.Advance(time.Second)
		hazel = s.over("hazel.willow@northmoor")
		if got := hazel.sendJSON("/willow/walls/hazel", map[string]any{"body": "here again"}); got.status != http.StatusOK {
			t.Errorf("on time: %d %s", got.status, got.body)
		}
		s.settle(1)
		if hazel.told("standing") != 2 {
			t.Errorf("at its end hazel has %d notices", hazel.told("standing"))
		}
		if hazel.stands().Suspension != nil {
			t.Error("it still holds")
		}
	})
}

func TestWhoMaySuspendAndWho(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, path := s.over("lead.willow@northmoor"), "/willow/standing/of/hazel/"
		good := func(more map[string]any) map[string]any {
			in := map[string]any{"rule": rule, "days": 3, "reason": "because", "words": "A pause."}
			for name, value := range more {
				in[name] = value
			}
			return in
		}
		for name, bad := range map[string]map[string]any{"no reason": {"reason": " "}, "no words": {"words": ""}, "no days": {"days": 0}, "for ever": {"days": 29}, "another rule": {"rule": "Because I say so"}} {
			if got := lead.sendJSON(path+"suspend", good(bad)); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		for _, account := range []string{"moderator.willow@northmoor", "peer.willow@northmoor", "fern.willow@northmoor"} {
			if got := s.over(account).sendJSON(path+"suspend", good(nil)); got.status != http.StatusForbidden {
				t.Errorf("%s suspends: %d", account, got.status)
			}
		}
		if got := lead.sendJSON("/willow/standing/of/priya/suspend", good(nil)); got.status != http.StatusNotFound {
			t.Errorf("one of the team: %d", got.status)
		}
		s.sql("INSERT INTO desk_links (tenant_id, service_id, member_id, other_id, said_at) SELECT tenant_id, service_id, ?, ?, ? FROM members WHERE tenant_id = ? AND id = ?", s.idOf("jo"), s.idOf("hazel"), s.clock.Now(), s.northmoor(), s.idOf("jo"))
		if got := s.over("clinician.willow@northmoor").sendJSON(path+"suspend", good(nil)); got.status != http.StatusForbidden {
			t.Errorf("who knows hazel outside: %d", got.status)
		}
		s.sent(lead, path+"suspend", good(nil))
		if got := lead.sendJSON(path+"suspend", good(nil)); got.status != http.StatusConflict {
			t.Errorf("the second click: %d", got.status)
		}
		if n := s.count("SELECT count(*) FROM audit_log WHERE tenant_id = ? AND action = 'standing.suspend'", s.northmoor()); n != 1 {
			t.Errorf("%d records", n)
		}
		if got := lead.sendJSON(path+"lift", map[string]any{"reason": ""}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("ended for no reason: %d", got.status)
		}
		s.sent(lead, path+"lift", map[string]any{"reason": "We talked."})
		if got := lead.sendJSON(path+"lift", map[string]any{"reason": "again"}); got.status != http.StatusConflict {
			t.Errorf("ended twice: %d", got.status)
		}
		hazel := s.over("hazel.willow@northmoor")
		s.sent(hazel, "/willow/walls/hazel", map[string]any{"body": "here again"})
		s.clock.Advance(4 * 24 * time.Hour)
		s.settle(1)
		hazel = s.over("hazel.willow@northmoor")
		if n := hazel.told("standing"); n > 2 {
			t.Errorf("told of an end that was long ago: %d", n)
		}
	})
}

func TestASuspensionCanBeAppealedAndSomebodySuspendedCanLeave(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.suspends("hazel", 14)
		hazel := s.over("hazel.willow@northmoor")
		stands := hazel.stands()
		if stands.Suspension == nil || stands.Suspension.Reason != "" || stands.Suspension.Words == "" {
			t.Fatalf("where hazel stands: %+v", stands.Suspension)
		}
		s.sent(hazel, "/willow/standing/appeal/"+stands.Suspension.ID, map[string]any{"words": "It was not me."})
		item := s.itemOf(hazel.stands().Appeals[0].ID)
		if item.Level != safety.Amber {
			t.Errorf("its level is %s", item.Level)
		}
		if got := s.over("lead.willow@northmoor").item(item); !got.Linked {
			t.Error("who suspended reads the appeal")
		}
		if got := s.over("clinician.willow@northmoor").decides(item, "overturn", map[string]any{"words": "You were right."}); got.status != http.StatusOK {
			t.Fatalf("overturn: %d %s", got.status, got.body)
		}
		s.sent(hazel, "/willow/walls/hazel", map[string]any{"body": "thank you"})
		s.suspends("hazel", 14)
		if got := hazel.sendJSON("/account/data/leave", map[string]any{"words": "go", "sure": true}); got.status == http.StatusForbidden && got.has(`"suspended"`) {
			t.Errorf("somebody suspended cannot leave: %s", got.body)
		}
	})
}

func TestNothingReachesSomebodyOnABreakButSafetyNotices(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		for _, days := range []int{0, 91, -1} {
			if got := hazel.sendJSON("/willow/break", map[string]any{"days": days}); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%d days: %d", days, got.status)
			}
		}
		if got := s.over("moderator.willow@northmoor").sendJSON("/willow/break", map[string]any{"days": 3}); got.status != http.StatusForbidden {
			t.Errorf("one of the team: %d", got.status)
		}
		s.sent(hazel, "/willow/break", map[string]any{"days": 10})
		before, about := hazel.notices("willow"), uuid.New()
		s.tell("message", about, "hazel")
		s.tell("safety_notice", about, "hazel")
		post := s.wallPostOf("hazel.willow@northmoor", "hazel")
		s.sent(fern, "/willow/posts/"+post+"/replies", map[string]any{"body": "thinking of you"})
		s.settle(1)
		if got := hazel.notices("willow"); len(got.Notices) != len(before.Notices)+1 || hazel.told("safety_notice") != 1 {
			t.Errorf("hazel is told: %s", got.says())
		}
		var heard struct {
			Events []struct{ Event string }
			Unread map[string]int
		}
		hazel.getJSON("/willow/stream?last="+uuid.Must(uuid.NewV7()).String(), &heard)
		for _, e := range heard.Events {
			if e.Event != "here" {
				t.Errorf("told live of %s", e.Event)
			}
		}
		if len(heard.Unread) != 0 {
			t.Errorf("counts: %v", heard.Unread)
		}
		if got := s.as("hazel.willow@northmoor").get("/willow"); !got.has("You are on a break until") {
			t.Errorf("their page: %s", got.text())
		}
		if got := s.as("fern.willow@northmoor").get("/willow/people/hazel"); got.has("break") {
			t.Errorf("others see it: %s", got.text())
		}
		page := s.as("hazel.willow@northmoor")
		if got := page.get("/willow/break/end"); !got.has("Come back now?") || !got.has("Keep my break") {
			t.Errorf("coming back: %s", got.text())
		}
		for range 2 {
			if got := page.post("/willow/break/end", nil); got.status != http.StatusSeeOther {
				t.Errorf("back: %d", got.status)
			}
		}
		s.tell("message", uuid.New(), "hazel")
		s.settle(1)
		if hazel.told("message") == 0 {
			t.Error("back, and told of nothing")
		}
		s.sent(hazel, "/willow/break", map[string]any{"days": 1})
		s.clock.Advance(25 * time.Hour)
		if got := s.as("hazel.willow@northmoor").get("/willow"); got.has("You are on a break") {
			t.Error("the break does not end")
		}
	})
}

func TestWhoReadSomethingHardIsAskedHowTheyAre(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		ivy, fern, moss, bramble := s.over("ivy.willow@northmoor"), s.over("fern.willow@northmoor"), s.over("moss.willow@northmoor"), s.over("hazel.willow@northmoor")
		thread := threadBy(ivy, "sleep-and-feeding", "canary title of a hard thread")
		fern.getJSON("/willow/forums/threads/"+thread, nil) // reads it
		wall, item := s.postOf("ivy", "canary of a hard wall post", safety.Crisis)
		moss.getJSON("/willow/posts/"+wall, nil) // opens its page
		s.sent(bramble, "/willow/posts/"+wall+"/reaction", map[string]any{"kind": "hug"})
		hard := s.raises(thread, "ivy", safety.Red)
		jo := s.over("clinician.willow@northmoor")
		jo.getJSON("/willow/forums/threads/"+thread, nil)
		for _, one := range []safety.Item{item, hard} {
			if got := jo.decides(one, "hide", nil); got.status != http.StatusOK {
				t.Fatalf("hide: %d %s", got.status, got.body)
			}
		}
		s.clock.Advance(2 * time.Minute)
		s.settle(1)
		for name, want := range map[string]struct {
			v *visitor
			n int
		}{"fern, who read the thread": {fern, 1}, "moss, who opened the post": {moss, 1}, "hazel, who reacted": {bramble, 1}, "ivy, who wrote": {ivy, 0}, "jo, of the team": {jo, 0}, "teasel, who did not": {s.over("teasel.willow@northmoor"), 0}} {
			if got := want.v.told("check_in"); got != want.n {
				t.Errorf("%s is asked %d times", name, got)
			}
		}
		id := s.text("SELECT id FROM check_ins WHERE tenant_id = ? AND member_id = ?", s.northmoor(), s.idOf("fern"))
		path := "/willow/how-are-you/" + id
		if got := s.as("fern.willow@northmoor").get(path); got.has("canary") || got.has("Ivy") || got.has(thread) || !got.has("I’m all right") {
			t.Errorf("what is asked: %s", got.text())
		}
		for _, other := range []*visitor{moss, jo} {
			if got := other.getJSON(path, nil); got.status != http.StatusNotFound {
				t.Errorf("another reads it: %d", got.status)
			}
		}
		if got := fern.sendJSON(path, map[string]any{"answer": "maybe"}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("no answer: %d", got.status)
		}
		s.sent(fern, path, map[string]any{"answer": "fine"})
		const open = "SELECT count(*) FROM cases WHERE tenant_id = ? AND member_id = ? AND closed_at IS NULL AND level = 'red'"
		before := s.count(open, s.northmoor(), s.idOf("fern"))
		for range 2 { // and then, after all
			s.sent(fern, path, map[string]any{"answer": "talk"})
		}
		if n := s.count("SELECT count(*) FROM help_requests WHERE tenant_id = ? AND member_id = ?", s.northmoor(), s.idOf("fern")); n != 1 {
			t.Errorf("%d requests for a human", n)
		}
		if n := s.count(open, s.northmoor(), s.idOf("fern")); n != before+1 {
			t.Errorf("%d cases more", n-before)
		}
	})
}

// What is decided and undone within the minute, or is not about danger, asks nobody.
func TestNobodyIsAskedWithoutNeed(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	jo, moss := s.over("clinician.willow@northmoor"), s.over("moss.willow@northmoor")
	for i, level := range []safety.Level{safety.Amber, safety.Crisis} {
		post, item := s.postOf("ivy", fmt.Sprint("words ", i), level)
		moss.getJSON("/willow/posts/"+post, nil)
		jo.decides(item, "hide", nil)
		if level == safety.Crisis {
			s.sent(jo, deskPath(item)+"/undo", nil)
		}
	}
	s.clock.Advance(2 * time.Minute)
	s.settle(1)
	if moss.told("check_in") != 0 {
		t.Errorf("moss is asked")
	}
}

// Who opened a post is forgotten after two days, and is in nobody's copy but their own.
func TestWhoOpenedWhatIsForgotten(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	post, _ := s.postOf("ivy", "an ordinary post", safety.Green)
	opens := func() int {
		return s.count("SELECT count(*) FROM post_opens WHERE tenant_id = ? AND post_id = ?", s.northmoor(), post)
	}
	for _, login := range []string{"moss", "moss", "ivy", "moderator"} {
		s.over(login+".willow@northmoor").getJSON("/willow/posts/"+post, nil)
	}
	if opens() != 1 {
		t.Errorf("%d notes of one reader", opens())
	}
	s.clock.Advance(49 * time.Hour)
	s.comesRound("data")
	if opens() != 0 {
		t.Error("it is kept")
	}
}
