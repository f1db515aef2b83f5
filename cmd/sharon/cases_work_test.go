package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/tenants"
)

// copyOf is what this room adds to the copy of what is kept about a member.
func (s *site) copyOf(handle string) string {
	s.t.Helper()
	var into tenants.Copy
	s.inHandler(func(ctx context.Context, sc tenants.Scope) {
		err := sc.Read(ctx, func(ctx context.Context, sc tenants.Scope) error {
			person, err := sc.PersonByHandle(ctx, handle)
			if err != nil {
				return err
			}
			for _, room := range s.app.Rooms {
				if room.Key == "cases" {
					err = room.Data.Export(ctx, sc, person, &into)
				}
			}
			return err
		})
		if err != nil {
			s.t.Fatal(err)
		}
	})
	return fmt.Sprint(into)
}

// kin has two members of willow belong together outside.
func (s *site) kin(handles ...string) {
	s.app.Desk.Linked = func(ctx context.Context, sc tenants.Scope, member uuid.UUID) ([]uuid.UUID, error) {
		var both []tenants.Person
		err := sc.Select(&both).Where("handle_key IN (?)", bun.List(handles)).Scan(ctx)
		for i, person := range both {
			if err == nil && person.ID == member {
				return []uuid.UUID{both[1-i].ID}, nil
			}
		}
		return nil, err
	}
}

func TestNobodyWorksOnACaseOfThemselvesOrTheirKin(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.posted()
		s.tree()
		moderator, clinician := s.over("moderator.willow@northmoor"), s.over("clinician.willow@northmoor")
		s.kin("priya", "ivy")
		ofIvy, ofPriya := clinician.opened("ivy", "crisis"), clinician.opened("priya", "amber")
		for what, id := range map[string]string{"her sister": ofIvy, "herself": ofPriya} {
			for _, path := range []string{"/willow/cases/" + id, "/willow/cases/" + id + "/record"} {
				want(t, "the moderator reads of "+what, moderator.getJSON(path, nil), http.StatusNotFound)
			}
			for _, act := range []string{"have", "identity"} {
				want(t, act+" of "+what, moderator.sendJSON("/willow/cases/"+id+"/"+act, nil), http.StatusNotFound)
			}
			want(t, "a note of "+what, moderator.sendJSON("/willow/cases/"+id+"/note", map[string]any{"words": "x"}), http.StatusNotFound)
			want(t, "hand it to her", clinician.sendJSON("/willow/cases/"+id+"/hand", map[string]any{"to": "Priya", "words": "x"}), http.StatusUnprocessableEntity)
		}
		for _, about := range []string{"ivy", "priya"} {
			want(t, "she opens one about "+about, moderator.sendJSON("/willow/cases", map[string]any{"member": about, "level": "red", "why": "x"}), http.StatusUnprocessableEntity)
		}
		for _, one := range moderator.cases("") {
			if one.ID == ofIvy || one.ID == ofPriya {
				t.Error("they are in her list")
			}
		}
		s.settle(1)
		s.clock.Advance(6 * time.Minute)
		s.settle(1)
		one := s.over("clinician.willow@northmoor").aCase(ofIvy)
		if said := fmt.Sprint(one.says()); strings.Contains(said, "Second on call") || !strings.Contains(said, "360 calling Service lead") {
			t.Errorf("called: %v", one.says())
		}
	})
}

func TestWhatIsDoneAboutACaseIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		clinician := s.over("clinician.willow@northmoor")
		thread := threadBy(s.over("ivy.willow@northmoor"), "sleep-and-feeding", "A thread of hers")
		id := field(t, s.sent(clinician, "/willow/cases", map[string]any{"address": "https://northmoor.example/willow/posts/" + thread + "#reply", "level": "crisis", "why": "Read this", "mine": true}), "id")
		path := "/willow/cases/" + id
		s.settle(1)
		one := clinician.aCase(id)
		if !one.Mine || one.did("calling") != 0 || len(one.Linked) != 1 {
			t.Errorf("opened by who has it: %v, %d linked", one.says(), len(one.Linked))
		}
		for name, try := range map[string]struct {
			act, field string
			in         map[string]any
		}{
			"an empty note":               {"note", "words", map[string]any{"words": " "}},
			"a call to nobody":            {"call", "whom", map[string]any{"came": "x"}},
			"told at no time":             {"told", "time", map[string]any{"whom": "Sam", "time": "25:99"}},
			"the level that it has":       {"level", "level", map[string]any{"level": "crisis", "reason": "x"}},
			"no such level":               {"level", "level", map[string]any{"level": "purple", "reason": "x"}},
			"a level without a reason":    {"level", "reason", map[string]any{"level": "red"}},
			"no such outcome":             {"close", "outcome", map[string]any{"outcome": "bored", "reason": "x"}},
			"an outcome of drills":        {"close", "outcome", map[string]any{"outcome": "drill", "reason": "x"}},
			"closed without a reason":     {"close", "reason", map[string]any{"outcome": "safe", "reason": "  "}},
			"an address of nothing":       {"links", "address", map[string]any{"address": "/willow/posts/" + uuid.NewString()}},
			"an address that is none":     {"links", "address", map[string]any{"address": "hello"}},
			"a message without words":     {"message", "body", map[string]any{"body": ""}},
			"given back without a reason": {"back", "reason", map[string]any{}},
		} {
			if got := clinician.sendJSON(path+"/"+try.act, try.in); got.status != http.StatusUnprocessableEntity || !got.has("#/"+try.field) {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		want(t, "open again what is open", clinician.sendJSON(path+"/reopen", map[string]any{"reason": "x"}), http.StatusConflict)
		s.sent(clinician, path+"/message", map[string]any{"body": "Are you safe now?"})
		s.sent(clinician, path+"/told", map[string]any{"whom": "Sam", "time": "03:50", "said": "All of it"})
		s.sent(clinician, path+"/level", map[string]any{"level": "red", "reason": "Her sister is there"})
		s.sent(clinician, path+"/links", map[string]any{"address": thread})
		if got := s.sent(clinician, path+"/identity", nil); field(t, got, "path") != "/willow/people/ivy/identity" {
			t.Errorf("the identity is at %s", got.body)
		}
		want(t, "a moderator asks who she is", s.over("moderator.willow@northmoor").sendJSON(path+"/identity", nil), http.StatusForbidden)
		if got := s.as("ivy.willow@northmoor").get("/willow/messages"); !got.has("Jo") {
			t.Errorf("the message did not come: %s", got.text())
		}
		s.sent(s.over("moderator.willow@northmoor"), path+"/note", map[string]any{"words": "She rang the ward"})
		s.settle(1)
		if clinician.told("case") != 1 {
			t.Errorf("its owner has %d notices of a colleague's note", clinician.told("case"))
		}
		s.sent(clinician, path+"/close", map[string]any{"outcome": "services", "reason": "Seen on the ward"})
		for act, in := range map[string]map[string]any{"have": nil, "note": {"words": "x"}, "close": {"outcome": "safe", "reason": "x"}} {
			want(t, act+" when it is closed", clinician.sendJSON(path+"/"+act, in), http.StatusConflict)
		}
		s.sent(clinician, path+"/reopen", map[string]any{"reason": "She wrote again"})
		one = clinician.aCase(id)
		var did []string
		for _, line := range one.Timeline {
			did = append(did, line.What)
		}
		if want := []string{"opened", "linked", "acknowledged", "message", "told", "level", "identity", "note", "closed", "reopened"}; !slices.Equal(did, want) {
			t.Errorf("the timeline: %v\nwant %v", did, want)
		}
		if one.ClosedAt != nil || !one.Mine {
			t.Errorf("opened again: %+v", one)
		}
		var words int
		s.scan([]any{&words}, "SELECT count(*) FROM audit_log WHERE tenant_id = ? AND action LIKE 'case.%' AND (reason <> '' OR before LIKE '%sister%')", s.northmoor())
		if words != 0 {
			t.Error("the audit log has words of a case")
		}
		if n := s.count("SELECT count(*) FROM audit_log WHERE tenant_id = ? AND subject_id = ? AND action LIKE 'case.%'", s.northmoor(), uuid.MustParse(id)); n != len(did) {
			t.Errorf("%d records in the audit log, want %d", n, len(did))
		}
		for _, query := range []string{"UPDATE case_entries SET words = 'otherwise' WHERE tenant_id = ?", "DELETE FROM case_entries WHERE tenant_id = ?"} {
			err := s.app.DB.Write(t.Context(), s.northmoor(), func(ctx context.Context, db bun.IDB) error {
				_, err := db.NewRaw(query, s.northmoor()).Exec(ctx)
				return err
			})
			if err == nil {
				t.Errorf("%s is let through", query)
			}
		}
		into := s.copyOf("ivy")
		if !strings.Contains(into, "The team looked after you") || strings.Contains(into, "ward") || strings.Contains(into, "Read this") {
			t.Errorf("her copy: %s", into)
		}
		want(t, "a member reads it", s.over("ivy.willow@northmoor").getJSON(path, nil), http.StatusForbidden)
		want(t, "the other trust reads it", s.over("lead.orchard@eastvale").getJSON("/orchard/cases/"+id, nil), http.StatusNotFound)
	})
}

func TestAPostLeadsTheTeamToACaseAboutIt(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	juniper, sparrow, _ := strangers(s)
	post := juniper.writes("juniper", "Words that worry", "")
	opens := "/willow/cases/new?address=/willow/posts/" + post
	moderator := s.as("moderator.willow@northmoor")
	if page := moderator.get("/willow/posts/" + post); !page.has(`href="` + opens + `"`) {
		t.Errorf("no way to a case: %s", page.text())
	}
	if form := moderator.get(opens); form.status != http.StatusOK || !form.has(`value="Juniper"`) || !form.has(post) {
		t.Errorf("the form: %d %s", form.status, form.text())
	}
	if page := s.as("sparrow.willow@northmoor").get("/willow/posts/" + post); page.status != http.StatusOK || page.has("/cases/new") {
		t.Errorf("a member is led to a case: %d", page.status)
	}
	want(t, "a member's case", sparrow.getJSON(opens, nil), http.StatusForbidden)
}

func TestAPrivateMessageOfACaseIsReadByWhoeverHasTheCase(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.catches("overdose")
		juniper, sparrow, _ := strangers(s)
		id := juniper.begin("Sparrow", "hello")
		sparrow.accept(id, true)
		want(t, "say", juniper.say(id, "I took an overdose"), http.StatusOK)
		var opened string
		s.scan([]any{&opened}, "SELECT i.case_id FROM desk_items AS i WHERE i.tenant_id = ? AND i.sort = 'message' AND i.decided_at IS NULL ORDER BY i.raised_at DESC LIMIT 1", s.northmoor())
		clinician, moderator := s.over("clinician.willow@northmoor"), s.over("moderator.willow@northmoor")
		path := "/willow/cases/" + opened
		want(t, "have", clinician.sendJSON(path+"/have", nil), http.StatusOK)
		for _, page := range []string{path, path + "/record"} {
			if got := clinician.getJSON(page, nil); !got.has("I took an overdose") {
				t.Errorf("whoever has the case: %s", got.body)
			}
			if got := moderator.getJSON(page, nil); got.status != http.StatusOK || got.has("I took an overdose") {
				t.Errorf("a colleague: %d %s", got.status, got.body)
			}
			if got := s.as("moderator.willow@northmoor").get(page); got.has("I took an overdose") {
				t.Error("a colleague reads it on the page")
			}
		}
	})
}
