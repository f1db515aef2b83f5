package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

func TestABenefitIsReckonedAndReviewed(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, owner := s.over(willowLead), s.programmeOf(willowDesk).People[0].ID
		benefit := func(change map[string]any) map[string]any {
			in := map[string]any{"claim": "More posts at night", "formula": "Posts of the last week.", "figure": "", "baseline": "1,000", "target": "2000", "value": "1,250", "owner": owner, "review_on": "2027-01-11"}
			for key, value := range change {
				in[key] = value
			}
			return in
		}
		for name, change := range map[string]map[string]any{
			"no claim": {"claim": ""}, "no formula": {"formula": ""}, "no number": {"baseline": "many"}, "not a number": {"target": "NaN"}, "beyond all": {"value": "1e300"}, "no way to go": {"target": "1000"},
			"a figure of nothing": {"figure": "cases"}, "nobody's": {"owner": uuid.NewString()}, "reviewed in the past": {"review_on": "2026-11-20"}, "never": {"review_on": "soon"},
		} {
			if got := lead.sendJSON(willowMine+"/benefits", benefit(change)); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		s.sent(lead, willowMine+"/benefits", benefit(nil))
		s.sent(lead, willowMine+"/benefits", benefit(map[string]any{"claim": "Members", "figure": "members", "baseline": "0", "target": "10"}))
		var page struct{ Benefits []programmes.BenefitSeen }
		of := func(claim string) programmes.BenefitSeen {
			t.Helper()
			s.over("finance@sharon").getJSON(willowDesk+"/benefits", &page)
			return page.Benefits[slices.IndexFunc(page.Benefits, func(b programmes.BenefitSeen) bool { return b.Claim == claim })]
		}
		if got := s.as(willowLead).form(willowMine+"/benefits", url.Values{"claim": {"By a form"}, "formula": {""}}); got.status != http.StatusUnprocessableEntity || !got.has(`value="By a form"`) || got.has("Enter what gets better") {
			t.Errorf("a form that comes back: %d %s", got.status, got.text())
		}
		if written := of("More posts at night"); written.Now == nil || *written.Now != 1250 || written.Due {
			t.Errorf("%+v", written)
		}
		members := s.count("SELECT count(*) FROM members AS m JOIN services AS s ON s.tenant_id = m.tenant_id AND s.id = m.service_id WHERE m.tenant_id = ? AND s.slug = 'willow' AND m.status = 'active' AND NOT "+tenants.StaffIn("m.roles"), s.northmoor())
		if counted := of("Members"); counted.Now == nil || *counted.Now != float64(members/5*5) || counted.From == "" {
			t.Errorf("%d members, and %+v", members, counted)
		}
		s.clock.Advance(52 * 24 * time.Hour)
		late, needs := of("More posts at night"), s.programmeOf(willowDesk).Needs
		if !late.Due || !slices.ContainsFunc(needs, func(n programmes.Need) bool {
			return n.What == "Benefit" && strings.Contains(n.Words, "More posts at night")
		}) {
			t.Errorf("%+v %+v", late, needs)
		}
		lead = s.over(willowLead)
		at := willowMine + "/benefits/" + late.ID.String()
		s.sent(lead, at, benefit(map[string]any{"version": late.Version, "value": "1600", "review_on": "2027-06-01"}))
		want(t, "the second of two", lead.sendJSON(at, benefit(map[string]any{"version": late.Version, "review_on": "2027-06-02"})), http.StatusConflict)
		if now := of("More posts at night"); *now.Now != 1600 || now.Due || now.ReviewOn != "2027-06-01" {
			t.Errorf("%+v", now)
		}
		want(t, "another service's", s.over("lead.harbour@northmoor").getJSON("/harbour/programme/benefits/"+late.ID.String(), nil), http.StatusNotFound)
	})
}

func TestAProgrammeCanEndEarlyAndAnotherBegins(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		mails, joan := s.posted(), s.over("onboarding@sharon")
		seen := s.programmeOf(willowDesk)
		s.sent(joan, willowDesk+"/people/"+seen.Absences[0].PersonID.String()+"/share", nil)
		s.settle(1)
		link := lastLink(mails, shownAll)
		why := map[string]any{"version": seen.Programme.Version, "reason": "The trust merges with another.", "sure": true}
		want(t, "no reason", joan.sendJSON(willowDesk+"/end", map[string]any{"version": 1, "reason": "", "sure": true}), http.StatusUnprocessableEntity)
		want(t, "not sure", joan.sendJSON(willowDesk+"/end", map[string]any{"version": 1, "reason": "x", "sure": false}), http.StatusUnprocessableEntity)
		want(t, "by finance", s.over("finance@sharon").sendJSON(willowDesk+"/end", why), http.StatusForbidden)
		want(t, "by the trust", s.over(willowLead).sendJSON(willowMine+"/end", why), http.StatusNotFound)
		want(t, "another beside it", joan.sendJSON(willowDesk+"/new", map[string]any{"starts_on": "2026-12-01"}), http.StatusConflict)
		s.sent(joan, willowDesk+"/end", why)
		want(t, "ended twice", joan.sendJSON(willowDesk+"/end", why), http.StatusConflict)
		want(t, "its links", s.visit("northmoor").get(link), http.StatusNotFound)
		page := s.as(willowLead).get(willowMine)
		if !page.has("It was ended early: The trust merges with another.") || page.has("When it is likely to open") || page.has("likely <b>") {
			t.Errorf("%s", page.text())
		}
		s.clock.Advance(5 * 24 * time.Hour)
		s.hour("northmoor", "willow")
		if n := s.count("SELECT count(*) FROM programme_links AS l JOIN services AS s ON s.tenant_id = l.tenant_id AND s.id = l.service_id WHERE l.tenant_id = ? AND s.slug = 'willow' AND l.created_at > ?", s.northmoor(), s.clock.Now().AddDate(0, 0, -4)); n != 0 {
			t.Errorf("%d letters went out", n)
		}
		s.sent(s.over("onboarding@sharon"), willowDesk+"/new", map[string]any{"starts_on": "2026-12-01"})
		if now := s.programmeOf(willowDesk); now.Programme.EndedAt != nil || now.Programme.StartsOn != "2026-12-01" {
			t.Errorf("%+v", now.Programme)
		}
	})
}

// What is said at a gate stays there to be read, also why a signature was taken back.
func TestWhatIsSaidAtAGateIsShown(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead := s.over(willowLead)
		s.sent(lead, willowMine+"/gates/4/comments", map[string]any{"words": "The house rules come on Friday."})
		want(t, "nothing said", lead.sendJSON(willowMine+"/gates/4/comments", map[string]any{"words": ""}), http.StatusUnprocessableEntity)
		want(t, "at no gate", lead.sendJSON(willowMine+"/gates/9/comments", map[string]any{"words": "x"}), http.StatusNotFound)
		s.sent(s.over("onboarding@sharon"), willowDesk+"/gates/3/comments", map[string]any{"words": "Well done."})
		if page := s.as("onboarding@sharon").get(willowDesk + "/gates/4"); !page.has("The house rules come on Friday.") || !page.has("Ruth Calder") || page.has("Well done.") {
			t.Errorf("%s", page.text())
		}
	})
}

// The portfolio knows at once how an onboarding stands, and names nobody.
func TestThePortfolioSaysHowOnboardingStands(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		joan := s.over("onboarding@sharon")
		var all admin.Portfolio
		line := func(query, slug string) *programmes.Standing {
			t.Helper()
			joan.getJSON("/trusts?"+query, &all)
			for _, trust := range all.Trusts {
				for _, service := range trust.Services {
					if service.Slug == slug {
						return service.Onboarding
					}
				}
			}
			return nil
		}
		seen, known := s.programmeOf(willowDesk), line("q=willow", "willow")
		if known == nil || known.Light != programmes.Red || known.Month != seen.Month || known.Likely != seen.Cast.Likely || known.Reason != "Pre-live has no senior leader." {
			t.Fatalf("%+v", known)
		}
		if line("light=green", "willow") != nil || line("light=red&sort=trouble", "willow") == nil || line("sort=live", "meadow") != nil {
			t.Error("the filter")
		}
		absence := seen.Absences[0]
		margaret := seen.People[slices.IndexFunc(seen.People, func(p programmes.Stakeholder) bool { return p.Name == "Margaret Shaw" })]
		s.sent(s.over(willowLead), willowMine+"/absences/"+absence.ID.String()+"/cover", map[string]any{"cover": margaret.ID})
		now, seen := line("q=willow", "willow"), s.programmeOf(willowDesk)
		if now.Light != seen.Light || now.Reason == known.Reason || now.Likely != seen.Cast.Likely {
			t.Errorf("once somebody covers: %+v, not %s %s", now, seen.Light, seen.Why)
		}
		file := joan.getJSON("/trusts/file?q=willow&light="+string(now.Light), nil)
		if !file.has(",4,"+string(now.Light)+","+now.Reason+","+string(now.Planned)+","+string(now.Likely)) || file.has("Osei") {
			t.Errorf("%s", file.body)
		}
		var list programmes.List
		if joan.getJSON("/programmes", &list); list.Lines[0].Trouble() > list.Lines[1].Trouble() || len(list.Lines) < 7 || list.Lines[0].StatedAt.IsZero() {
			t.Errorf("%+v", list.Lines)
		}
		s.sent(joan, "/programmes/eastvale/meadow/new", map[string]any{"starts_on": "2026-11-23"})
		if begun := line("q=meadow", "meadow"); begun == nil || begun.Light != programmes.Green || begun.Month != 1 {
			t.Errorf("a new one: %+v", begun)
		}
	})
}
