package main

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// in runs fn in a unit of work of one of eastvale's services.
func (s *site) in(service string, fn func(ctx context.Context, sc tenants.Scope) error) {
	s.t.Helper()
	trust, err := s.app.Directory.TrustAt(s.t.Context(), "eastvale.localhost")
	if err == nil {
		err = s.app.Directory.WriteAs(s.t.Context(), trust.ID, service, fn)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// roundAt has a round of a service's run, as a worker would, and what follows from it.
func (s *site) roundAt(service, key string) {
	s.t.Helper()
	s.roundOf(service, key)
	s.settle(1)
}

// roundOf has a round of a service's run.
func (s *site) roundOf(service, key string) {
	s.t.Helper()
	if err := s.roundFor(service, key)(); err != nil {
		s.t.Fatal(err)
	}
}

// roundFor is a round of a service's, to be run.
func (s *site) roundFor(service, key string) func() error {
	s.t.Helper()
	var here tenants.Scope
	s.in(service, func(_ context.Context, sc tenants.Scope) error {
		here = sc
		return nil
	})
	all := modules.Rounds(s.app.Rooms)
	at := slices.IndexFunc(all, func(one tenants.Round) bool { return one.Key == key })
	return func() error { return all[at].Do(s.t.Context(), here) }
}

// winged gives orchard the wings of its area's preset, as its lead does.
func (s *site) winged() {
	s.t.Helper()
	lead := s.over("lead.orchard@eastvale")
	for _, preset := range []string{"14-17", "18-25", "carers"} {
		var begins struct{ Draft map[string]any }
		if got := lead.getJSON("/orchard/wings/new?preset="+preset, &begins); got.status != http.StatusOK {
			s.t.Fatalf("%s: %d %s", preset, got.status, got.body)
		}
		s.sent(lead, "/orchard/wings", begins.Draft)
	}
}

// joins lets somebody into a service of eastvale, and signs them in.
func (s *site) joins(p post, service, email, handle, role, born string) *visitor {
	s.t.Helper()
	more, in := map[string]any{}, joining(email, handle)
	if born != "" {
		more["born_on"], in["born_on"] = born, born
	}
	link := s.invited(p, s.over("clinician.orchard@eastvale"), service, email, role, more)
	v := s.visit("eastvale")
	v.bearer = field(s.t, s.sent(v, link, in), "token")
	s.settle(1)
	return v
}

// back signs somebody in again who chose their password in joining.
func (s *site) back(email string) *visitor {
	s.t.Helper()
	v := s.visit("eastvale")
	v.bearer = field(s.t, s.sent(v, "/sign-in", map[string]any{"email": email, "password": "three warm words"}), "token")
	return v
}

func TestAWingHasItsOwnMembersAndTheTeamOfItsService(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		if page := s.as("lead.orchard@eastvale").get("/orchard/wings/new?preset=14-17"); !page.has("School and exams") || !page.has("Ceri") || !page.has("once the team has read it") {
			t.Errorf("before it is made: %s", page.text())
		}
		s.winged()
		lead := s.over("lead.orchard@eastvale")
		band := func(slug string, from, to int) map[string]any {
			return map[string]any{"preset": "another", "kind": "band", "name": "A wing", "slug": slug, "from_age": from, "to_age": to}
		}
		for what, in := range map[string]map[string]any{
			"ages that are taken": band("orchard-x", 17, 18), "the wrong way round": band("orchard-x", 13, 11), "no ages": band("orchard-x", 0, 0), "an address that is taken": band("orchard-14-17", 11, 13),
			"an address that is none": band("Orchard 11", 11, 13), "an address of ours": band("trust", 11, 13), "too old": band("orchard-x", 100, 121),
			"a second one for carers": {"preset": "carers", "kind": "carers", "name": "Kin", "slug": "orchard-kin"}, "no kind": {"kind": "attic", "name": "x", "slug": "x"},
		} {
			want(t, what, lead.sendJSON("/orchard/wings", in), http.StatusUnprocessableEntity)
		}
		want(t, "a wing of a wing", lead.sendJSON("/orchard-14-17/wings", band("orchard-x", 15, 15)), http.StatusConflict)
		want(t, "a wing of a wing, its form", lead.getJSON("/orchard-14-17/wings/new?preset=another", nil), http.StatusNotFound)
		for account, status := range map[string]int{"clinician.orchard@eastvale": 403, "newt.orchard@eastvale": 403, "lead.lantern@eastvale": 404, "lead.willow@northmoor": 404} {
			want(t, account+" makes a wing", s.over(account).sendJSON("/orchard/wings", band("orchard-x", 11, 13)), status)
		}
		want(t, "its administrator", s.over("admin@eastvale").sendJSON("/orchard/wings", band("orchard-11-13", 11, 13)), http.StatusOK)

		// The team is the same, in each role, and nobody else comes over.
		for account, status := range map[string]int{"lead.orchard@eastvale": 200, "clinician.orchard@eastvale": 200, "moderator.orchard@eastvale": 200, "peer.orchard@eastvale": 404, "newt.orchard@eastvale": 404, "lead.lantern@eastvale": 404, "lead.orchard@northmoor": 0} {
			for _, wing := range []string{"/orchard-14-17", "/orchard-18-25", "/orchard-carers"} {
				if status != 0 {
					want(t, account+" in "+wing, s.over(account).getJSON(wing, nil), status)
				}
			}
		}
		want(t, "the switchboard is the lead’s", s.over("clinician.orchard@eastvale").getJSON("/orchard-14-17/settings/rooms", nil), http.StatusForbidden)
		want(t, "and the lead has it", lead.getJSON("/orchard-14-17/settings/rooms", nil), http.StatusOK)
		if page := s.as("moderator.orchard@eastvale").get("/orchard-18-25"); !page.has(`href="/orchard-18-25/wings"`) {
			t.Error("the team is not led from wing to wing")
		}

		// Whoever joins the team is in the wings with it, and whoever leaves it is not.
		rosa := s.invited(p, lead, "orchard", "rosa@person.example", "moderator", nil)
		v := s.visit("eastvale")
		v.bearer = field(t, s.sent(v, rosa, joining("rosa@person.example", "Rosa")), "token")
		want(t, "a new moderator", v.getJSON("/orchard-14-17/desk", nil), http.StatusOK)
		want(t, "who is no carer", v.getJSON("/orchard-carers/me", nil), http.StatusOK)
		want(t, "invited into a wing’s team", lead.sendJSON("/orchard-14-17/invitations", map[string]any{"email": "x@person.example", "role": "moderator"}), http.StatusUnprocessableEntity)
		s.in("orchard", func(ctx context.Context, sc tenants.Scope) error {
			return tenants.Touched(sc.Update((*tenants.Person)(nil)).Set("status = 'left'").Where("handle_key = 'rosa'").Exec(ctx))
		})
		s.roundAt("orchard", "wings.team")
		for _, wing := range []string{"/orchard", "/orchard-14-17", "/orchard-18-25", "/orchard-carers"} {
			want(t, "a moderator who left, in "+wing, v.getJSON(wing+"/me", nil), http.StatusNotFound)
		}
		// A clinician who becomes a moderator is one everywhere.
		s.in("orchard", func(ctx context.Context, sc tenants.Scope) error {
			return tenants.Touched(sc.Update((*tenants.Person)(nil)).Set("roles = 'moderator'").Where("handle_key = 'dele'").Exec(ctx))
		})
		s.roundAt("orchard", "wings.team")
		want(t, "who is a clinician no more", s.over("dele.orchard@eastvale").getJSON("/orchard-14-17/identities", nil), http.StatusForbidden)
		s.roundAt("orchard-14-17", "wings.team") // a wing shares nothing, and takes nothing
		want(t, "after the wing’s own round", s.over("dele.orchard@eastvale").getJSON("/orchard-14-17/desk", nil), http.StatusOK)
	})
}

func TestNobodyJoinsAWingForOthers(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		s.winged()
		clinician, page := s.over("clinician.orchard@eastvale"), s.as("clinician.orchard@eastvale")
		invite := func(from, role, born string) answer {
			return clinician.sendJSON(from+"/invitations", map[string]any{"email": "kim@person.example", "role": role, "born_on": born})
		}
		for _, c := range []struct{ what, from, role, born, words string }{
			{"15 to the service itself", "/orchard", "service_user", "21 11 2010", "They are 15, so they have a place in Orchard, 14 to 17."},
			{"17 on their last day", "/orchard-18-25", "service_user", "21 11 2008", "They are 17, so they have a place in Orchard, 14 to 17."},
			{"18 today", "/orchard-14-17", "service_user", "20 11 2008", "They are 18, so they have a place in Orchard, 18 to 25."},
			{"born on 29 February", "/orchard-18-25", "waiting", "29 2 2012", "They are 14, so they have a place in Orchard, 14 to 17."},
			{"an age that no wing is for", "/orchard", "service_user", "1 1 1990", "no wing of Orchard is for that age"},
			{"no date of birth", "/orchard-14-17", "service_user", "", "Enter their date of birth"},
			{"a carer to the service itself", "/orchard", "carer", "", "Relatives and carers have a place in Orchard, Parents and carers."},
			{"a carer to a band", "/orchard-14-17", "carer", "1 1 1980", "Relatives and carers have a place in Orchard, Parents and carers."},
			{"a service user to the carers", "/orchard-carers", "service_user", "21 11 2010", "They are 15, so they have a place in Orchard, 14 to 17."},
			{"a peer supporter of another age", "/orchard-14-17", "peer_supporter", "1 1 2006", "They are 20, so they have a place in Orchard, 18 to 25."},
		} {
			if got := invite(c.from, c.role, c.born); got.status != http.StatusUnprocessableEntity || !got.has(c.words) {
				t.Errorf("%s: %d %s", c.what, got.status, got.body)
			}
		}
		for _, email := range []string{"", "no"} { // what is wrong besides is told too
			want(t, "an address", clinician.sendJSON("/orchard/invitations", map[string]any{"email": email, "role": "service_user", "born_on": "21 11 2010"}), http.StatusUnprocessableEntity)
		}
		want(t, "a wing of another service", clinician.sendJSON("/orchard/invitations", map[string]any{"email": "kim@person.example", "role": "service_user", "to": "lantern", "born_on": "21 11 2010"}), http.StatusUnprocessableEntity)
		want(t, "a carer where there is no place for one", s.over("clinician.lantern@eastvale").sendJSON("/lantern/invitations", map[string]any{"email": "kim@person.example", "role": "carer"}), http.StatusUnprocessableEntity)

		// The right wing is one click away, and nothing is typed anew.
		form := url.Values{"email": {"kim@person.example"}, "role": {"service_user"}, "born_on": {"21 11 2010"}, "name": {"Kim Example"}}
		refused := page.post("/orchard/invitations", form)
		if refused.status != http.StatusUnprocessableEntity || !refused.has(`name="to" value="orchard-14-17"`) || !refused.has("Invite them to Orchard, 14 to 17") || !refused.has("Kim Example") {
			t.Fatalf("the form again: %d %s", refused.status, refused.text())
		}
		form.Set("to", "orchard-14-17")
		if got := page.post("/orchard/invitations", form); got.status != http.StatusSeeOther || got.location() != "/orchard-14-17/invitations" {
			t.Fatalf("one click on: %d %s %s", got.status, got.location(), got.text())
		}
		link := s.linkTo(p, "kim@person.example", invitationLink)
		if list := page.get("/orchard/invitations"); list.has("kim@person.example") {
			t.Error("it is in the list of the service itself")
		}

		// A list says so of each line.
		checked := clinician.list("/orchard-14-17/invitations/many/check", "email,role,date of birth\na@person.example,,21/11/2010\nb@person.example,,21/11/2006\nc@person.example,carer,\nd@person.example,,\n")
		for _, words := range []string{`"good":1`, "They are 19, so they have a place in Orchard, 18 to 25.", "Relatives and carers have a place in", "Enter their date of birth"} {
			if !checked.has(words) {
				t.Errorf("the list does not say %q: %s", words, checked.body)
			}
		}

		// What counts is the day of joining.
		s.clock.Advance(10 * 24 * time.Hour)
		kim := joining("kim@person.example", "Quiet kettle")
		kim["born_on"] = "21 11 2010"
		late := s.invited(p, s.over("clinician.orchard@eastvale"), "orchard-14-17", "old@person.example", "service_user", map[string]any{"born_on": "2 12 2008"})
		s.clock.Advance(3 * 24 * time.Hour)
		old := joining("old@person.example", "Slow river")
		old["born_on"] = "2 12 2008"
		if got := s.visit("eastvale").sendJSON(late, old); got.status != http.StatusUnprocessableEntity || !got.has("not for you, or not any more") {
			t.Errorf("18 when they join: %d %s", got.status, got.body)
		}
		v := s.visit("eastvale")
		v.bearer = field(t, s.sent(v, link, kim), "token")
		for path, status := range map[string]int{"/orchard-14-17": 200, "/orchard": 404, "/orchard-18-25": 404, "/orchard-carers": 404} {
			want(t, "kim in "+path, v.getJSON(path, nil), status)
		}
	})
}

// A carer never reads what service users write, not even when the team knows whom they
// care for.
func TestACarerReadsNothingOfTheServiceUsersWings(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	p := s.posted()
	s.winged()
	kim := s.joins(p, "orchard-14-17", "kim@person.example", "Quiet kettle", "service_user", "21 11 2010")
	alder := s.joins(p, "orchard-carers", "alder@person.example", "Tall alder", "carer", "")
	started := s.sent(kim, "/orchard-14-17/forums/threads", map[string]any{"board": "friends-and-home", "title": "canary title", "body": "canary words"})
	thread := field(t, started, "id")
	clinician := s.over("clinician.orchard@eastvale")
	noted := map[string]any{"other": "Quiet kettle", "service": "orchard-14-17", "reason": "canary reason"}
	for range 2 { // a second click
		s.sent(clinician, "/orchard-carers/people/tall-alder/kin", noted)
	}
	var kin struct {
		Carer  bool
		People []struct{ Handle string }
	}
	clinician.getJSON("/orchard-14-17/people/quiet-kettle/kin", &kin)
	if kin.Carer || len(kin.People) != 1 || kin.People[0].Handle != "Tall alder" {
		t.Errorf("from the other side: %+v", kin)
	}
	for what, in := range map[string]map[string]any{
		"nobody": {"other": "Nobody", "service": "orchard-14-17", "reason": "x"}, "a service that is not theirs": {"other": "Harbour", "service": "lantern", "reason": "x"},
		"the same side": {"other": "Tall alder", "service": "orchard-carers", "reason": "x"}, "no reason": {"other": "Quiet kettle", "service": "orchard-14-17", "reason": " "},
	} {
		want(t, what, clinician.sendJSON("/orchard-carers/people/tall-alder/kin", in), http.StatusUnprocessableEntity)
	}
	for _, account := range []string{"moderator.orchard@eastvale", "lead.orchard@eastvale"} {
		want(t, account+" reads it", s.over(account).getJSON("/orchard-carers/people/tall-alder/kin", nil), http.StatusForbidden)
	}

	at := ids{"id": thread, "handle": "quiet-kettle", "board": "friends-and-home", "room": "forums", "file": "360p", "topic": "suicide", "reference": "W-1"}
	for _, route := range s.app.table.Routes() {
		if !strings.Contains(route.Path, "{service}") || route.Permission == web.Public {
			continue
		}
		for _, service := range []string{"orchard", "orchard-14-17", "orchard-18-25", "kin"} {
			at["service"] = service
			if got := call(alder, route, at); got.status != http.StatusNotFound {
				t.Errorf("%s %s of %s: %d %s", route.Method, route.Path, service, got.status, got.body)
			}
		}
		at["service"] = "orchard-carers"
		if got := call(alder, route, at); got.has("canary") || got.has("Quiet kettle") {
			t.Errorf("%s %s in their own wing: %s", route.Method, route.Path, got.body)
		}
	}
	for _, page := range []string{"/account/data", "/", "/orchard-carers/me", "/orchard-carers/search?q=canary", "/orchard-carers/notifications"} {
		if got := alder.get(page); got.has("canary title") || got.has("canary words") || got.has("canary reason") || got.has("Quiet kettle") || got.has("orchard-14-17") {
			t.Errorf("%s: %s", page, got.text())
		}
	}
	// And the other way round.
	if got := kim.getJSON("/orchard-carers/people/tall-alder", nil); got.status != http.StatusNotFound {
		t.Errorf("whom they care for reads of the carer: %d", got.status)
	}
	s.sent(clinician, "/orchard-carers/people/tall-alder/kin/remove", map[string]any{"other": "Quiet kettle", "service": "orchard-14-17"})
	want(t, "taken back twice", clinician.sendJSON("/orchard-carers/people/tall-alder/kin/remove", map[string]any{"other": "Quiet kettle", "service": "orchard-14-17"}), http.StatusNotFound)
}
