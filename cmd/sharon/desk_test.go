package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

func TestOfTwoClaimsInOneInstantOneGetsIt(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		team := map[string]*visitor{"Priya": s.over("moderator.willow@northmoor"), "Jo": s.over("clinician.willow@northmoor"), "Tess": s.over("nursery.willow@northmoor"), "Amira": s.over("lead.willow@northmoor")}
		for range 5 {
			item := s.raised("hazel", "one item, four hands", safety.Amber, false)
			var all sync.WaitGroup
			var mu sync.Mutex
			var winner string
			answers := map[string]answer{}
			start := make(chan struct{})
			for name, v := range team {
				all.Go(func() {
					<-start
					got := v.sendJSON(deskPath(item)+"/take", map[string]any{})
					mu.Lock()
					defer mu.Unlock()
					answers[name] = got
					if got.status == http.StatusOK {
						winner += name
					}
				})
			}
			close(start)
			all.Wait()
			for name, got := range answers {
				if name != winner && (got.status != http.StatusConflict || !got.has(winner+" has this")) {
					t.Errorf("%s, while %s has it: %d %s", name, winner, got.status, got.body)
				}
			}
			if now := team["Jo"].item(item); now.Holder == nil || now.Holder.Handle != winner || now.Responded == nil {
				t.Errorf("%s got it, and it is with %+v", winner, now.Holder)
			}
			if n := s.count("SELECT count(*) FROM desk_deeds WHERE tenant_id = ? AND item_id = ? AND act = 'take'", s.northmoor(), item.ID); n != 1 {
				t.Errorf("%d deeds say that somebody took it", n)
			}
		}
	})
}

func TestADecisionIsCarriedOutAndItsAuthorTold(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		priya, hazel, fern := s.over("moderator.willow@northmoor"), s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		item := s.raised("hazel", "a canary in a note", safety.Amber, true)
		for name, bad := range map[string]map[string]any{
			"no reason": {"act": "hide", "reason": "  "}, "no note": {"act": "cover"}, "an unknown note": {"act": "cover", "topics": []string{"nothing"}},
			"an unknown rule": {"act": "hide", "rule": "Whatever"}, "an unknown act": {"act": "banish"}, "a strike for no rule": {"act": "hide", "strike_days": 30}, "a strike for what stays": {"act": "approve", "strike_days": 30},
		} {
			if got := priya.decides(item, "hide", bad); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		if got := s.pad.state(item.SubjectID); got != "waits" {
			t.Fatalf("refused, it is %q", got)
		}
		got := priya.decides(item, "hide", map[string]any{"rule": "Be kind to each other", "words": "We took this out of sight."})
		if got.status != http.StatusOK || s.pad.state(item.SubjectID) != "hidden" {
			t.Fatalf("hide: %d %s, it is %q", got.status, got.body, s.pad.state(item.SubjectID))
		}
		deed := field(t, got, "deed", "id")
		if now := priya.item(item); now.DecidedAt == nil || now.Responded == nil || now.Act != "hide" || !now.MayUndo {
			t.Errorf("decided: %+v", now)
		}
		if again := priya.decides(item, "remove", nil); again.status != http.StatusConflict || !again.has("Priya has decided this already") {
			t.Errorf("a second decision: %d %s", again.status, again.body)
		}
		s.settle(1)
		if list := hazel.notices("willow"); list.Unread != 0 {
			t.Errorf("told before the minute is over: %+v", list)
		}
		if early := hazel.getJSON("/willow/decisions/"+deed, nil); early.status != http.StatusNotFound {
			t.Errorf("read before the minute is over: %d", early.status)
		}
		s.clock.Advance(61 * time.Second)
		s.settle(1)
		list := hazel.notices("willow")
		if list.says() != "The team has looked at something of yours" {
			t.Fatalf("hazel is told %q", list.says())
		}
		if got := hazel.sendJSON("/willow/notifications/"+list.Notices[0].ID+"/open", nil); got.header.Get("Location") != "/willow/decisions/"+deed {
			t.Errorf("the notice leads to %q", got.header.Get("Location"))
		}
		page := s.as("hazel.willow@northmoor").get("/willow/decisions/" + deed)
		for _, want := range []string{"It is out of sight for now", "Be kind to each other", "We took this out of sight."} {
			if !page.has(want) {
				t.Errorf("the page does not say %q: %s", want, page.text())
			}
		}
		if page.has("because") || page.has("Priya") {
			t.Error("the page says what is for the team")
		}
		for who, v := range map[string]*visitor{"fern": fern, "priya": priya} {
			if got := v.getJSON("/willow/decisions/"+deed, nil); got.status != http.StatusNotFound {
				t.Errorf("%s reads what hazel was told: %d", who, got.status)
			}
		}
		if got := hazel.getJSON(deskPath(item), nil); got.status != http.StatusForbidden {
			t.Errorf("hazel at the desk: %d", got.status)
		}
		if actions := s.audited("hazel"); slices.Contains(actions, "desk.decide") {
			t.Error("the audit log's subject is the member, not the item")
		}
		if n := s.count("SELECT count(*) FROM audit_log WHERE tenant_id = ? AND action = 'desk.decide' AND subject_id = ?", s.northmoor(), item.ID); n != 1 {
			t.Errorf("the audit log has %d decisions", n)
		}
	})
}

func TestADecisionIsUndoneWithinTheDay(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		priya, jo, lead, hazel := s.over("moderator.willow@northmoor"), s.over("clinician.willow@northmoor"), s.over("lead.willow@northmoor"), s.over("hazel.willow@northmoor")
		undo := func(v *visitor, item safety.Item) answer { return v.sendJSON(deskPath(item)+"/undo", map[string]any{}) }
		item := s.raised("hazel", "soon put right", safety.Amber, true)
		if got := undo(priya, item); got.status != http.StatusConflict {
			t.Errorf("nothing to undo: %d", got.status)
		}
		priya.decides(item, "remove", nil)
		if got := undo(jo, item); got.status != http.StatusForbidden || s.pad.state(item.SubjectID) != "removed" {
			t.Errorf("a colleague undoes: %d", got.status)
		}
		s.clock.Advance(30 * time.Second)
		if got := undo(priya, item); got.status != http.StatusOK || s.pad.state(item.SubjectID) != "waits" {
			t.Fatalf("undo: %d %s, it is %q", got.status, got.body, s.pad.state(item.SubjectID))
		}
		now := priya.item(item)
		if now.DecidedAt != nil || now.Act != "" || now.Holder == nil || now.Holder.Handle != "Priya" || len(now.History) != 2 || now.History[0].UndoneAt == nil || now.History[1].Act != "undo" {
			t.Errorf("undone: %+v", now)
		}
		s.clock.Advance(2 * time.Minute)
		s.settle(1)
		if got := hazel.notices("willow"); len(got.Notices) != 0 {
			t.Errorf("hazel is told of what was undone in time: %q", got.says())
		}

		deed := field(t, priya.decides(item, "approve", nil), "deed", "id")
		s.clock.Advance(2 * time.Minute)
		s.settle(1)
		if got := undo(lead, item); got.status != http.StatusOK {
			t.Errorf("the lead undoes: %d %s", got.status, got.body)
		}
		s.settle(1)
		if got := hazel.notices("willow"); len(got.Notices) != 1 || got.Notices[0].Count != 2 {
			t.Errorf("hazel is told of both: %+v", got)
		}
		if got := s.as("hazel.willow@northmoor").get("/willow/decisions/" + deed); !got.has("The team took its decision back") {
			t.Errorf("the page: %s", got.text())
		}

		lead.decides(item, "hide", nil)
		again := s.mark(about(item), safety.Finding{Source: safety.ByFlag, Level: safety.Green})
		if got := undo(lead, item); got.status != http.StatusConflict || again.ID == item.ID {
			t.Errorf("undone though it is on the desk anew: %d %s", got.status, got.body)
		}
		if got := s.pad.state(item.SubjectID); got != "waits" && got != "hidden" {
			t.Errorf("it is %q", got)
		}
		late := s.raised("hazel", "too late", safety.Green, false)
		priya.decides(late, "lock", nil)
		s.clock.Advance(24 * time.Hour)
		for who, account := range map[string]string{"priya": "moderator.willow@northmoor", "the lead": "lead.willow@northmoor"} {
			if got := undo(s.over(account), late); got.status != http.StatusForbidden || s.pad.state(late.SubjectID) != "locked" {
				t.Errorf("%s undoes after a day: %d", who, got.status)
			}
		}
	})
}

func TestNobodyDecidesOnWhatTheyHaveNotRead(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		priya, jo := s.over("moderator.willow@northmoor"), s.over("clinician.willow@northmoor")
		item := s.raised("hazel", "as it was", safety.Amber, false)
		was := priya.item(item)
		s.mark(about(item), safety.Finding{Source: safety.ByFlag, Level: safety.Amber})
		old := map[string]any{"version": was.Version, "seen": was.Subject.Version}
		if got := priya.decides(item, "approve", old); got.status != http.StatusConflict {
			t.Errorf("raised again meanwhile: %d %s", got.status, got.body)
		}
		seen := priya.item(item)
		s.pad.change(item.SubjectID, func(note *safety.Subject) { note.Body = "as it is" })
		if got := priya.decides(item, "approve", map[string]any{"version": seen.Version, "seen": seen.Subject.Version}); got.status != http.StatusConflict {
			t.Errorf("edited meanwhile: %d %s", got.status, got.body)
		}
		s.sent(jo, deskPath(item)+"/take", nil)
		if got := priya.decides(item, "approve", nil); got.status != http.StatusConflict || !got.has("Jo has this") {
			t.Errorf("with Jo: %d %s", got.status, got.body)
		}
		if got := priya.sendJSON(deskPath(item)+"/take", map[string]any{"from": s.idOf("amira")}); got.status != http.StatusConflict || !got.has("Jo has this") {
			t.Errorf("taken over from somebody who has not got it: %d %s", got.status, got.body)
		}
		s.sent(priya, deskPath(item)+"/take", map[string]any{"from": s.idOf("jo")})
		if got := priya.decides(item, "approve", nil); got.status != http.StatusOK {
			t.Errorf("taken over: %d %s", got.status, got.body)
		}

		gone := s.raised("hazel", "soon gone", safety.Green, true)
		s.pad.mu.Lock()
		delete(s.pad.notes, gone.SubjectID)
		s.pad.mu.Unlock()
		if now := priya.item(gone); now.Subject != nil || len(now.Choices) != 0 {
			t.Errorf("unread, priya may %v", now.Choices)
		}
		if got := priya.decides(gone, "approve", nil); got.status != http.StatusUnprocessableEntity {
			t.Errorf("decided unread: %d %s", got.status, got.body)
		}
		if got := jo.decides(gone, "approve", map[string]any{"reason": ""}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("closed without a word: %d %s", got.status, got.body)
		}
		if got := jo.decides(gone, "approve", nil); got.status != http.StatusOK {
			t.Errorf("a clinician closes it: %d %s", got.status, got.body)
		}
	})
}

func TestAnItemIsHandedToAColleague(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		priya, jo, tess := s.over("moderator.willow@northmoor"), s.over("clinician.willow@northmoor"), s.over("nursery.willow@northmoor")
		item := s.raised("hazel", "for somebody with time", safety.Amber, false)
		s.settle(1)
		jo.sendJSON("/willow/notifications/read", map[string]any{})
		s.sent(priya, deskPath(item)+"/take", nil)
		for _, to := range []string{"", "hazel", "bramble", "nobody-here", "priya"} {
			if got := priya.sendJSON(deskPath(item)+"/hand", map[string]any{"to": to}); got.status != http.StatusUnprocessableEntity {
				t.Errorf("handed to %q: %d", to, got.status)
			}
		}
		if got := tess.sendJSON(deskPath(item)+"/hand", map[string]any{"to": "jo"}); got.status != http.StatusConflict {
			t.Errorf("Tess hands over what Priya has: %d", got.status)
		}
		if got := tess.sendJSON(deskPath(item)+"/leave", map[string]any{}); got.status != http.StatusConflict {
			t.Errorf("Tess puts back what Priya has: %d", got.status)
		}
		s.sent(priya, deskPath(item)+"/hand", map[string]any{"to": "jo", "reason": "You know about this."})
		s.settle(1)
		if got := jo.notices("willow"); got.Unread != 1 || !strings.Contains(got.says(), "Priya handed you something") {
			t.Errorf("Jo is told %q", got.says())
		}
		if mine := jo.queue("?with=mine"); mine.Open != 1 {
			t.Errorf("Jo has %d", mine.Open)
		}
		s.sent(jo, deskPath(item)+"/leave", nil)
		if now := priya.item(item); now.Holder != nil || len(now.History) != 3 {
			t.Errorf("put back: %+v", now)
		}
	})
}

func TestTheQueueShowsWhatMattersFirst(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		priya := s.over("moderator.willow@northmoor")
		if q := priya.queue(""); q.Open != 0 || !s.as("moderator.willow@northmoor").get("/willow/desk").has("Nothing waits.") {
			t.Errorf("empty: %+v", q)
		}
		s.sql("DELETE FROM desk_exposures WHERE tenant_id = ?", s.northmoor())
		s.sql("DELETE FROM desk_deeds WHERE tenant_id = ?", s.northmoor())
		s.sql("DELETE FROM desk_marks WHERE tenant_id = ?", s.northmoor())
		s.sql("UPDATE cases SET item_id = NULL WHERE tenant_id = ?", s.northmoor())
		s.sql("DELETE FROM desk_items WHERE tenant_id = ?", s.northmoor())
		s.raised("hazel", "amber, soon late", safety.Amber, false)
		s.clock.Advance(3 * time.Hour)
		priya = s.over("moderator.willow@northmoor")
		s.raised("fern", "fresh amber", safety.Amber, false)
		s.raised("ivy", "fresh green", safety.Green, false)
		red := s.raised("rowan", "red", safety.Red, false)
		held := s.raised("moss", "held", safety.Green, true)
		s.mark(about(held), safety.Finding{Source: safety.ByFlag, Level: safety.Green})
		if got, want := priya.queue("").words(), "red|amber, soon late|fresh amber|fresh green|held"; got != want {
			t.Errorf("in order: %q", got)
		}
		s.sent(priya, deskPath(red)+"/take", nil)
		for query, want := range map[string]string{
			"?with=mine": "red", "?with=nobody&level=green": "fresh green|held", "?source=flag": "held", "?level=amber": "amber, soon late|fresh amber", "?level=crisis": "", "?page=2": "",
		} {
			if got := priya.queue(query).words(); got != want {
				t.Errorf("%s: %q", query, got)
			}
		}
		for _, query := range []string{"?with=everybody", "?level=blue", "?source=stars", "?page=-1", "?page=x"} {
			if got := priya.getJSON("/willow/desk"+query, nil); got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest {
				t.Errorf("%s: %d", query, got.status)
			}
		}
		s.clock.Advance(90 * time.Minute)
		q := s.over("moderator.willow@northmoor").queue("")
		f := q.Figures
		if f.Urgent != 1 || f.Response.Count != 1 || f.Response.Median != 0 || f.InTime != (safety.Share{Part: 1, Of: 2}) || f.OutOfHours.Part != 0 || f.OutOfHours.Of == 0 {
			t.Errorf("figures: %+v", f)
		}
		for i := range 30 {
			s.raised("juniper", fmt.Sprint("more ", i), safety.Green, false)
		}
		one, two := s.over("moderator.willow@northmoor").queue(""), s.over("moderator.willow@northmoor").queue("?page=2")
		if len(one.Items) != 25 || one.Later != 2 || len(two.Items) != 10 || two.Later != 0 {
			t.Errorf("pages of %d and %d of %d", len(one.Items), len(two.Items), one.Open)
		}
	})
}

func TestTheTeamIsToldOfWhatWaitsAndOfWhatIsUrgent(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		jo, peer := s.over("clinician.willow@northmoor"), s.over("peer.willow@northmoor")
		item := s.raised("hazel", "seen soon", safety.Amber, false)
		s.mark(about(item), safety.Finding{Source: safety.ByFlag, Level: safety.Amber})
		s.settle(1)
		if got := jo.notices("willow"); got.says() != "Something waits at the safeguarding desk" {
			t.Errorf("Jo is told %q", got.says())
		}
		if got := peer.notices("willow"); len(got.Notices) != 0 {
			t.Errorf("a peer supporter is told %q", got.says())
		}
		s.mark(about(item), safety.Finding{Source: safety.ByTerm, Level: safety.Crisis})
		s.settle(1)
		if got := jo.notices("willow"); !strings.Contains(got.says(), "Something urgent waits") {
			t.Errorf("now a crisis, Jo is told %q", got.says())
		}
		var unread struct{ Unread map[string]int }
		jo.getJSON("/willow/stream?counts=true", &unread)
		if unread.Unread["safeguarding"] != 1 {
			t.Errorf("Jo’s count is %d", unread.Unread["safeguarding"])
		}
	})
}

func TestWhatSomebodyReadIsCountedAndNotCompared(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		priya, jo, lead := s.over("moderator.willow@northmoor"), s.over("clinician.willow@northmoor"), s.over("lead.willow@northmoor")
		s.sql("DELETE FROM desk_exposures WHERE tenant_id = ?", s.northmoor())
		crisis, amber := s.raised("hazel", "hard to read", safety.Crisis, true), s.raised("fern", "less so", safety.Amber, false)
		s.pad.picture(amber.SubjectID)
		priya.item(crisis)
		if now := priya.item(crisis); now.Care.Weight != 5 || now.Care.Items != 1 || len(now.Looking) != 0 {
			t.Errorf("after the second look: %+v", now.Care)
		}
		if now := jo.item(crisis); len(now.Looking) != 1 || now.Looking[0].Handle != "Priya" {
			t.Errorf("who looks: %+v", now.Looking)
		}
		priya.item(amber)
		priya.getJSON(deskPath(amber)+"?clear=true", nil)
		if got := priya.queue("").Care.Weight; got != 5+2+2 {
			t.Errorf("with a picture: %d", got)
		}
		s.clock.Advance(4 * time.Minute)
		if now := jo.item(crisis); len(now.Looking) != 0 {
			t.Errorf("long gone, and still looking: %+v", now.Looking)
		}
		page := s.as("moderator.willow@northmoor")
		if got := page.get(deskPath(amber)); !got.has("desk-pictures--shut") || !got.has("Show the picture as it is") {
			t.Error("the picture is not covered")
		}
		if got := page.get(deskPath(amber) + "?clear=true"); got.has("desk-pictures--shut") || !got.has(`alt="a kettle"`) {
			t.Error("the picture is not shown")
		}
		if got := priya.decides(crisis, "hide", nil); got.status != http.StatusOK {
			t.Fatalf("decide: %d %s", got.status, got.body)
		} else if next := page.get(field(t, got, "path")); !next.has("That was a hard one") || !next.has("Undo") {
			t.Errorf("after a crisis: %s", next.text())
		}
		if got := page.get("/willow/desk/care"); !got.has("<b>9</b>") || got.has("The whole team") {
			t.Errorf("priya’s care: %s", got.text())
		}
		var care struct{ Team []struct{ Items, Weight int } }
		all := lead.getJSON("/willow/desk/care", &care)
		if care.Team[0].Weight != 5+5+2+2 || care.Team[0].Items != 3 || all.has("Priya") || all.has("Jo") {
			t.Errorf("the lead sees %s", all.body)
		}
		s.clock.Advance(7 * time.Hour)
		if got := s.over("moderator.willow@northmoor").queue("").Care.Weight; got != 0 {
			t.Errorf("the next shift begins with %d", got)
		}
	})
}

func TestKindWordsAreTheServices(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		lead, priya := s.over("lead.willow@northmoor"), s.over("moderator.willow@northmoor")
		new := map[string]any{"act": "hide", "name": "Ours", "words": "In our own words."}
		if got := priya.sendJSON("/willow/desk/words", new); got.status != http.StatusForbidden {
			t.Errorf("a moderator adds: %d", got.status)
		}
		s.sent(lead, "/willow/desk/words", new)
		s.sent(lead, "/willow/desk/words/hide-pause", map[string]any{"act": "hide", "name": "A pause", "words": "Changed."})
		s.sent(lead, "/willow/desk/words/hide-pause", map[string]any{"act": "hide", "name": "A pause", "words": "Changed twice."})
		s.sent(lead, "/willow/desk/words/lock-enough", map[string]any{"act": "lock", "name": "Gone", "words": "x", "gone": true})
		for name, bad := range map[string]map[string]any{"no words": {"act": "hide", "name": "x", "words": " "}, "no act": {"name": "x", "words": "y"}, "long": {"act": "hide", "name": strings.Repeat("x", 61), "words": "y"}} {
			if got := lead.sendJSON("/willow/desk/words", bad); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", name, got.status)
			}
		}
		if got := lead.sendJSON("/willow/desk/words/nothing", new); got.status != http.StatusNotFound {
			t.Errorf("no such words: %d", got.status)
		}
		item := s.raised("hazel", "to be answered kindly", safety.Amber, false)
		page := s.as("moderator.willow@northmoor").get(deskPath(item) + "?words=hide-pause")
		if !page.has("In our own words.") || !strings.Contains(page.kept(), "Changed twice.") || page.has("lock-enough") || !page.has("Behind a note") {
			t.Errorf("the page: %s, kept %q", page.text(), page.kept())
		}
		if other := s.over("lead.meadow@eastvale").getJSON("/meadow/desk/words", nil); other.has("our own words") || !other.has("hide-pause") {
			t.Errorf("another service has %s", other.body)
		}
	})
}

func TestOldRecordsOfTheDeskGo(t *testing.T) {
	onBothDesks(t, func(t *testing.T, s aDesk) {
		priya := s.over("moderator.willow@northmoor")
		old, kept := s.raised("hazel", "long ago", safety.Green, false), s.raised("fern", "with a case", safety.Red, false)
		for _, item := range []safety.Item{old, kept} {
			priya.decides(item, "approve", nil)
		}
		s.clock.Advance(9 * 365 * 24 * time.Hour)
		open := s.raised("ivy", "still open", safety.Green, false)
		purged := 0
		err := s.app.Directory.WriteAs(t.Context(), s.northmoor(), "willow", func(ctx context.Context, in tenants.Scope) error {
			for _, room := range s.app.Rooms {
				for _, class := range room.Data.Classes {
					if class.Key != "desk" {
						continue
					}
					n, err := class.Count(ctx, in, in.Now.AddDate(-8, 0, 0))
					if err != nil {
						return err
					}
					if purged, err = class.Purge(ctx, in, in.Now.AddDate(-8, 0, 0)); err != nil || n != purged {
						return fmt.Errorf("%d counted, %d purged: %w", n, purged, err)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		left := func(item safety.Item) int {
			return s.count("SELECT count(*) FROM desk_items WHERE tenant_id = ? AND id = ?", s.northmoor(), item.ID)
		}
		if left(old) != 0 || left(kept) != 1 || left(open) != 1 || purged == 0 {
			t.Errorf("%d purged; left are %d, %d, %d", purged, left(old), left(kept), left(open))
		}
	})
}
