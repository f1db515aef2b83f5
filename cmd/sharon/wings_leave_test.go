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

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules/wings"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
)

func TestWhoGrowsOutOfABandIsHandedOn(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		s.winged()
		// 18 on 19 January 2027, in sixty days.
		kim := s.joins(p, "orchard-14-17", "kim@person.example", "Quiet kettle", "service_user", "19 1 2009")
		s.joins(p, "orchard-14-17", "lee@person.example", "Slow river", "service_user", "19 1 2011")
		thread := field(t, s.sent(kim, "/orchard-14-17/forums/threads", map[string]any{"board": "friends-and-home", "title": "Before I go", "body": "So long"}), "id")
		s.sent(kim, "/orchard-14-17/recovery/plan", map[string]any{"version": 0, "warning_signs": "I stop drawing"})
		type leavers struct {
			Leavers []struct {
				Person      struct{ Handle string }
				State, Goes string
			}
		}
		list := func(v *visitor) (out leavers) {
			got := v.getJSON("/orchard-14-17/moving-on", &out)
			if got.has("2027-01-19") || got.has("19 January") {
				t.Errorf("the list tells a birthday: %s", got.body)
			}
			return out
		}
		clinician := s.over("clinician.orchard@eastvale")
		if got := list(clinician); len(got.Leavers) != 1 || got.Leavers[0].Person.Handle != "Quiet kettle" || got.Leavers[0].State != "soon" {
			t.Fatalf("who moves on: %+v", got)
		}
		if page := s.as("clinician.orchard@eastvale").get("/orchard-14-17/moving-on"); !page.has("January 2027") || page.has("Slow river") {
			t.Errorf("the page: %s", page.text())
		}
		if got := clinician.getJSON("/orchard-14-17/notifications", nil); !got.has("moving_on") {
			t.Errorf("the team was not told: %s", got.body)
		}
		one := "/orchard-14-17/moving-on/quiet-kettle"
		for _, account := range []string{"moderator.orchard@eastvale", "admin@eastvale"} {
			want(t, account+" reads it", s.over(account).getJSON(one, nil), http.StatusForbidden)
		}
		want(t, "the lead arranges it", s.over("lead.orchard@eastvale").sendJSON(one, map[string]any{"service": "orchard-18-25"}), http.StatusForbidden)
		want(t, "the member arranges it", kim.sendJSON(one, map[string]any{"service": "orchard-18-25"}), http.StatusForbidden)
		want(t, "before it is arranged", clinician.sendJSON(one+"/move", nil), http.StatusConflict)
		for _, service := range []string{"orchard-carers", "orchard-14-17", "orchard", "kin", "nowhere"} {
			want(t, "to "+service, clinician.sendJSON(one, map[string]any{"service": service}), http.StatusUnprocessableEntity)
		}
		if got := kim.getJSON("/orchard-14-17/my-next-place", nil); got.status != http.StatusOK || got.has("18 to 25") {
			t.Errorf("before it is arranged: %d %s", got.status, got.body)
		}
		s.sent(clinician, one, map[string]any{"service": "orchard-18-25"})
		s.settle(1)
		if got := kim.getJSON("/orchard-14-17/my-next-place", nil); !got.has("Orchard, 18 to 25") || !got.has("January 2027") {
			t.Errorf("what they read: %s", got.text())
		}
		if got := kim.getJSON("/orchard-14-17/notifications", nil); !got.has("next_place") {
			t.Errorf("they were not told: %s", got.body)
		}
		if got := clinician.sendJSON(one+"/move", nil); got.status != http.StatusConflict || !got.has("not of the age") {
			t.Errorf("too early: %d %s", got.status, got.body)
		}

		// On the day itself nobody is thrown out; the team is told.
		s.clock.Advance(60 * 24 * time.Hour)
		s.roundAt("orchard-14-17", "wings.ages")
		s.roundAt("orchard-14-17", "wings.ages")
		clinician, kim = s.over("clinician.orchard@eastvale"), s.back("kim@person.example")
		want(t, "on their birthday", kim.getJSON("/orchard-14-17", nil), http.StatusOK)
		if got := list(clinician); len(got.Leavers) != 1 || got.Leavers[0].State != "late" || got.Leavers[0].Goes != "Orchard, 18 to 25" {
			t.Errorf("on their birthday: %+v", got)
		}
		if page := s.as("lead.orchard@eastvale").get("/orchard/wings"); !page.has("1 too old now") {
			t.Errorf("the wings: %s", page.text())
		}
		opened := field(t, s.sent(clinician, "/orchard-14-17/cases", map[string]any{"member": "Quiet kettle", "level": "amber", "why": "A word on the phone", "mine": true}), "id")
		if got := clinician.sendJSON(one+"/move", nil); got.status != http.StatusConflict || !got.has("open case") {
			t.Errorf("with an open case: %d %s", got.status, got.body)
		}
		s.sent(clinician, "/orchard-14-17/cases/"+opened+"/close", map[string]any{"outcome": "services", "reason": "The team of 18 to 25 goes on"})
		for n, status := range []int{http.StatusOK, http.StatusNotFound} {
			want(t, []string{"hand over", "a second click"}[n], clinician.sendJSON(one+"/move", nil), status)
		}
		s.settle(1)
		want(t, "where they were", kim.getJSON("/orchard-14-17", nil), http.StatusNotFound)
		if got := kim.getJSON("/orchard-18-25/me", nil); got.status != http.StatusOK || field(t, got, "person", "handle") != "Quiet kettle" {
			t.Errorf("where they are: %d %s", got.status, got.body)
		}
		if got := kim.getJSON("/orchard-18-25/recovery/plan", nil); !got.has("I stop drawing") {
			t.Errorf("their safety plan: %d %s", got.status, got.body)
		}
		if got := clinician.getJSON("/orchard-14-17/forums/threads/"+thread, nil); got.status != http.StatusOK || !got.has("Quiet kettle") {
			t.Errorf("what they wrote: %d %s", got.status, got.body)
		}
		if got := list(clinician); len(got.Leavers) != 0 {
			t.Errorf("afterwards: %+v", got)
		}
	})
}

// Somebody joins while the round looks, or two workers look.
func TestTheTeamIsToldOnceByLooksAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		s.winged()
		for n, handle := range []string{"Quiet kettle", "Slow river", "Warm stone"} {
			s.joins(p, "orchard-14-17", fmt.Sprintf("kim%d@person.example", n), handle, "service_user", "19 1 2009")
		}
		look := s.roundFor("orchard-14-17", "wings.ages")
		s.in("orchard-14-17", func(ctx context.Context, sc tenants.Scope) error {
			_, err := sc.Delete((*wings.Row)(nil)).Where("1 = 1").Exec(ctx)
			return err
		})
		told := func() (n int) {
			s.in("orchard-14-17", func(ctx context.Context, sc tenants.Scope) error {
				all, err := sc.Select((*tenants.Event)(nil)).Where("event.kind = 'wings.leaving'").Count(ctx)
				n = int(all)
				return err
			})
			return n
		}
		before := told()
		var together sync.WaitGroup
		for range 6 {
			together.Go(func() {
				if err := look(); err != nil {
					t.Error(err)
				}
			})
		}
		together.Wait()
		if got := told() - before; got != 1 {
			t.Errorf("told %d times", got)
		}
	})
}

// A date of birth that is put right moves the day, and one that nobody knows is shown.
func TestTheTeamSeesWhoseAgeNobodyKnows(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	p := s.posted()
	s.winged()
	lee := s.joins(p, "orchard-14-17", "lee@person.example", "Slow river", "service_user", "19 1 2011")
	states := func() (all []string) {
		var out struct{ Leavers []struct{ State string } }
		s.over("lead.orchard@eastvale").getJSON("/orchard-14-17/moving-on", &out)
		for _, one := range out.Leavers {
			all = append(all, one.State)
		}
		return all
	}
	if got := states(); len(got) != 0 {
		t.Errorf("at first: %v", got)
	}
	s.sent(lee, "/account/identity", map[string]any{"born_on": "19 1 2008"})
	s.roundAt("orchard-14-17", "wings.ages")
	if got := states(); !slices.Equal(got, []string{"late"}) {
		t.Errorf("put right: %v", got)
	}
	s.in("orchard-14-17", func(ctx context.Context, sc tenants.Scope) error {
		_, err := sc.Delete((*identity.Kept)(nil)).Where("tenant_id = ?", sc.Trust().ID).Exec(ctx)
		return err
	})
	s.roundAt("orchard-14-17", "wings.ages")
	if got := states(); !slices.Equal(got, []string{"unknown"}) {
		t.Errorf("not known: %v", got)
	}
	if got := s.over("clinician.orchard@eastvale").sendJSON("/orchard-14-17/moving-on/slow-river/move", nil); got.status != http.StatusConflict || !got.has("Nobody told their date of birth") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// A service of the children's area is made with its wings in one step, as it was shown.
func TestAServiceIsMadeWithItsWings(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		manager := s.as("onboarding@sharon")
		trust := s.newTrust(s.over("onboarding@sharon"))
		if page := manager.get(trust + "/services/new?area=children_young_people"); !page.has("Parents and carers") || !page.has("14 to 17") {
			t.Fatalf("before it is made: %s", page.text())
		}
		in := map[string]any{"area": "children_young_people", "name": "Sapling", "slug": "sapling", "accent": "#2f6b3a", "rooms": []string{"forums"}, "wings": []string{"14-17", "attic"}}
		over := s.over("onboarding@sharon")
		want(t, "a wing that there is not", over.sendJSON(trust+"/services", in), http.StatusUnprocessableEntity)
		in["wings"] = []string{"11-13", "14-17", "18-25", "carers"}
		made := field(t, s.sent(over, trust+"/services", in), "id")
		id, err := uuid.Parse(strings.TrimPrefix(trust, "/trusts/"))
		if err != nil {
			t.Fatal(err)
		}
		var wings []uuid.UUID
		err = s.app.Directory.ReadAs(t.Context(), id, "sapling", func(_ context.Context, sc tenants.Scope) error {
			var got []string
			for _, wing := range sc.Estate.Wings(sc.Service) {
				got, wings = append(got, wing.Slug+" "+string(wing.Area)+" "+wing.Wing().Words()), append(wings, wing.ID)
			}
			want := []string{"sapling-11-13 children_young_people Ages 11 to 13", "sapling-14-17 children_young_people Ages 14 to 17", "sapling-18-25 children_young_people Ages 18 to 25", "sapling-carers carers Relatives and carers"}
			if !slices.Equal(got, want) {
				t.Errorf("the wings are %q", got)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		// Each wing is as it began, by what the console compares it with.
		for _, id := range wings {
			var drift tenants.Drift
			over.getJSON(trust+"/services/"+id.String(), &drift)
			if drift.Rules || len(drift.Rooms)+len(drift.Settings) > 0 || drift.Service == "" {
				t.Errorf("%s: %+v", made, drift)
			}
		}
	})
}
