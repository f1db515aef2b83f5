package main

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/invitations"
)

var administratorLink = regexp.MustCompile(`/administrator/[A-Za-z0-9_~-]+`)

// southmere is a trust to be made.
func southmere(changes ...string) map[string]any {
	in := map[string]any{"ods": "rsm9z", "name": "Southmere NHS Trust", "slug": "southmere", "contact_name": "Idris Vaughan", "contact_email": "dpo@southmere.example"}
	for i := 0; i < len(changes); i += 2 {
		in[changes[i]] = changes[i+1]
	}
	return in
}

// newTrust makes southmere and returns the path of its page.
func (s *site) newTrust(by *visitor) string {
	s.t.Helper()
	return "/trusts/" + field(s.t, s.sent(by, "/trusts", southmere()), "id")
}

func TestATrustBeginsAtTheConsoleAndItsAdministratorSignsIn(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p, manager := s.posted(), s.over("onboarding@sharon")
		trust := s.newTrust(manager)
		s.sent(manager, trust+"/administrators", map[string]any{"email": "first@southmere.example"})
		link := s.linkTo(p, "first@southmere.example", administratorLink)

		var page admin.TrustPage
		manager.getJSON(trust, &page)
		if page.Trust.ODSCode != "RSM9Z" || page.Contacts.Person != "Idris Vaughan" || page.Founders.There || len(page.Founders.Asked) != 1 ||
			page.Founders.Asked[0].State != invitations.Sent || page.Founders.Asked[0].Email != "first@southmere.example" {
			t.Fatalf("the page: %+v", page)
		}
		if got := s.over("platform@sharon").getJSON(trust, nil); got.has("first@southmere.example") {
			t.Error("a colleague reads whom somebody else invited")
		}
		want(t, "a second one", manager.sendJSON(trust+"/administrators", map[string]any{"email": "second@southmere.example"}), http.StatusConflict)

		first := s.visit("southmere")
		want(t, "the door", first.get(link), http.StatusOK)
		want(t, "another trust's door", s.visit("northmoor").get(link), http.StatusUnprocessableEntity)
		want(t, "somebody it was forwarded to", s.visit("southmere").sendJSON(link, map[string]any{"email": "else@southmere.example", "password": "three warm words"}), http.StatusUnprocessableEntity)
		want(t, "a password that everybody guesses", first.sendJSON(link, map[string]any{"email": "first@southmere.example", "password": "password"}), http.StatusUnprocessableEntity)
		got := first.post(link, url.Values{"email": {"First@southmere.example"}, "password": {"three warm words"}})
		if got.status != http.StatusSeeOther || got.location() != "/" {
			t.Fatalf("accept: %d %s %s", got.status, got.location(), got.text())
		}
		want(t, "the audit log", first.get("/trust/audit"), http.StatusOK)
		want(t, "used twice", s.visit("southmere").sendJSON(link, map[string]any{"email": "first@southmere.example", "password": "three warm words"}), http.StatusUnprocessableEntity)
		want(t, "sign in", s.visit("southmere").sendJSON("/sign-in", map[string]any{"email": "first@southmere.example", "password": "three warm words"}), http.StatusOK)

		page = admin.TrustPage{}
		manager.getJSON(trust, &page)
		if !page.Founders.There || page.Founders.Asked[0].State != invitations.Accepted || page.Founders.Asked[0].Email != "" {
			t.Errorf("afterwards: %+v", page.Founders)
		}
		want(t, "one more, past the administrator", manager.sendJSON(trust+"/administrators", map[string]any{"email": "spy@sharon.example"}), http.StatusConflict)
		id, err := uuid.Parse(strings.TrimPrefix(trust, "/trusts/"))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.app.Directory.ReadAs(t.Context(), id, "", func(ctx context.Context, sc tenants.Scope) error {
			var rows []invitations.Administrator
			err := sc.Select(&rows).Scan(ctx)
			if len(rows) != 1 || rows[0].EmailSealed != "" || !strings.HasPrefix(rows[0].EmailLookup, "closed:") {
				t.Errorf("what is left of the invitation: %+v", rows)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	})
}

func TestWhoRunsATrustNeedsASecondFactor(t *testing.T) {
	strict(t, func(t *testing.T, s *site) {
		p := s.posted()
		made, err := s.app.Directory.CreateTrust(t.Context(), tenants.NewTrust{ODSCode: "RSM9Z", Name: "Southmere", Slug: "southmere"})
		if err != nil {
			t.Fatal(err)
		}
		founding := invitations.Founding{Directory: s.app.Directory, Office: s.app.office()}
		if _, err := founding.Invite(t.Context(), made.ID, "first@southmere.example", tenants.By{}); err != nil {
			t.Fatal(err)
		}
		v := s.visit("southmere")
		got := v.sendJSON(s.linkTo(p, "first@southmere.example", administratorLink), map[string]any{"email": "first@southmere.example", "password": "three warm words"})
		if got.status != http.StatusOK || field(t, got, "lacks") != "factor_needed" || !strings.HasPrefix(field(t, got, "next"), "/account/second-factor/new") {
			t.Fatalf("accept: %d %s", got.status, got.body)
		}
		v.bearer = field(t, got, "token")
		want(t, "before the second factor", v.getJSON("/trust/audit", nil), http.StatusForbidden)
	})
}

// What does not let in says so in one way, whatever the reason.
func TestAnAdministratorsLinkThatEndedLetsNobodyIn(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p, manager := s.posted(), s.over("onboarding@sharon")
		trust := s.newTrust(manager)
		asked := func() string {
			var page admin.TrustPage
			manager.getJSON(trust, &page)
			return trust + "/administrators/" + page.Founders.Asked[0].ID.String()
		}
		shut := func(what, link string) {
			t.Helper()
			got := s.visit("southmere").sendJSON(link, map[string]any{"email": "first@southmere.example", "password": "three warm words"})
			if got.status != http.StatusUnprocessableEntity || !got.has("This invitation cannot be used.") {
				t.Errorf("%s: %d %s", what, got.status, got.body)
			}
		}
		s.sent(manager, trust+"/administrators", map[string]any{"email": "first@southmere.example"})
		before := s.linkTo(p, "first@southmere.example", administratorLink)
		want(t, "again, by finance", s.over("finance@sharon").sendJSON(asked()+"/resend", map[string]any{}), http.StatusForbidden)
		s.sent(s.over("platform@sharon"), asked()+"/resend", map[string]any{})
		again := s.linkTo(p, "first@southmere.example", administratorLink)
		shut("the link before", before)
		s.sent(manager, asked()+"/revoke", map[string]any{})
		shut("taken back", again)
		want(t, "taken back twice", manager.sendJSON(asked()+"/revoke", map[string]any{}), http.StatusConflict)

		s.sent(manager, trust+"/administrators", map[string]any{"email": "first@southmere.example"})
		late := s.linkTo(p, "first@southmere.example", administratorLink)
		s.clock.Advance(7 * 24 * time.Hour)
		shut("too late", late)
		shut("made up", late[:len(late)-2]+"xx")
	})
}

func TestATrustThatCannotBeIsRefusedByField(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		manager := s.over("onboarding@sharon")
		for name, c := range map[string]struct {
			in     map[string]any
			status int
			has    string
		}{
			"an ODS code of two":       {southmere("ods", "R1"), 422, "#/ods"},
			"an ODS code with a space": {southmere("ods", "R 1X"), 422, "#/ods"},
			"no name":                  {southmere("name", " "), 422, "#/name"},
			"an address of ours":       {southmere("slug", "console"), 422, "#/slug"},
			"an address with capitals": {southmere("slug", "South Mere"), 422, "#/slug"},
			"our own domain":           {southmere("domain", "x.localhost"), 422, "#/domain"},
			"no email address":         {southmere("contact_email", "dpo"), 422, "#/contact_email"},
			"a code that is taken":     {southmere("ods", "RNM9Z"), 409, "already"},
			"an address that is taken": {southmere("slug", "northmoor"), 409, "already"},
		} {
			if got := manager.sendJSON("/trusts", c.in); got.status != c.status || !got.has(c.has) {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		want(t, "finance", s.over("finance@sharon").sendJSON("/trusts", southmere()), http.StatusForbidden)
		want(t, "finance's form", s.over("finance@sharon").getJSON("/trusts/new", nil), http.StatusForbidden)
		form := s.as("onboarding@sharon").form("/trusts", url.Values{"ods": {"R1"}, "name": {"A name that was typed"}, "slug": {"south"}})
		if form.status != 422 || !form.has("A name that was typed") || !form.has("three to five letters") {
			t.Errorf("the form: %d %s", form.status, form.text())
		}
		if n := s.count("SELECT count(*) FROM trusts"); n != 2 {
			t.Errorf("%d trusts", n)
		}
	})
}

// Of two managers who make the same trust at once, one does.
func TestTwoManagersMakeOneTrust(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		var statuses [2]int
		var both sync.WaitGroup
		for i, v := range []*visitor{s.over("onboarding@sharon"), s.over("platform@sharon")} {
			both.Go(func() { statuses[i] = v.sendJSON("/trusts", southmere()).status })
		}
		both.Wait()
		slices.Sort(statuses[:])
		if statuses != [2]int{http.StatusOK, http.StatusConflict} {
			t.Errorf("got %v", statuses)
		}
	})
}

// pathOf is the page of a demo trust.
func (s *site) pathOf(slug string) string {
	s.t.Helper()
	trust, err := s.app.Directory.TrustAt(s.t.Context(), slug+".localhost")
	if err != nil {
		s.t.Fatal(err)
	}
	return "/trusts/" + trust.ID.String()
}

// A new service is what the preview said, and the comparison finds what changed.
func TestAServiceBeginsAsItsPreviewSaysAndDriftsByName(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		manager, trust := s.over("onboarding@sharon"), s.pathOf("northmoor")
		var preview admin.NewServicePage
		manager.getJSON(trust+"/services/new?area=perinatal", &preview)
		if preview.Preset == nil || preview.Preset.Terms < 50 || !slices.Contains(preview.Preset.Topics, "Baby loss") {
			t.Fatalf("the preview: %+v", preview.Preset)
		}
		in := map[string]any{"area": "perinatal", "name": "Birch", "slug": "birch", "accent": "#005eb8", "staffed": []string{"mon", "tue", "wed", "thu", "fri"}, "opens": "09:00", "closes": "17:00"}
		var rooms []string
		for _, room := range preview.Preset.Rooms {
			if room.On {
				rooms = append(rooms, room.Key)
			}
		}
		in["rooms"] = rooms
		with := func(name string, value any) map[string]any {
			out := map[string]any{}
			for key, kept := range in {
				out[key] = kept
			}
			out[name] = value
			return out
		}
		for name, c := range map[string]struct {
			in  map[string]any
			has string
		}{
			"an address that is taken": {with("slug", "willow"), "#/slug"}, "an address of ours": {with("slug", "administrator"), "#/slug"},
			"a pale colour": {with("accent", "#ffff00"), "#/accent"}, "no such area": {with("area", "dentistry"), "#/area"},
			"no such room": {with("rooms", []string{"casino"}), "#/rooms"}, "no such hour": {with("opens", "25:00"), "#/staffed"},
			"a number that is none": {with("crisis_phone", "call us"), "#/crisis_name"},
		} {
			if got := manager.sendJSON(trust+"/services", c.in); got.status != 422 || !got.has(c.has) {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		want(t, "finance", s.over("finance@sharon").sendJSON(trust+"/services", in), http.StatusForbidden)
		service := field(t, s.sent(manager, trust+"/services", in), "id")
		var drift admin.DriftPage
		manager.getJSON(trust+"/services/"+service, &drift)
		if drift.Service != "Birch" || len(drift.Rooms)+len(drift.Settings)+len(drift.Topics.Added)+len(drift.Topics.Gone) > 0 || drift.Terms != (tenants.TermDrift{}) || drift.Hours || drift.Rules {
			t.Errorf("a new service differs: %+v", drift)
		}
		var page admin.TrustPage
		if manager.getJSON(trust, &page); !slices.ContainsFunc(page.Services, func(line admin.ServiceLine) bool { return line.Name == "Birch" && line.Members == nil }) {
			t.Errorf("it is not in the portfolio: %+v", page.Services)
		}

		lead := s.over("admin@northmoor")
		s.sent(lead, "/birch/settings/rooms/walls", map[string]any{"on": false, "version": 1})
		s.sent(lead, "/birch/settings/rooms/forums", map[string]any{"on": true, "version": 1, "settings": map[string]any{"members_may_start": false, "max_pinned": 3}})
		manager.getJSON(trust+"/services/"+service, &drift)
		if len(drift.Rooms) != 1 || drift.Rooms[0].Name != "Walls" || drift.Rooms[0].On || drift.Rooms[0].Matters == "" || len(drift.Settings) != 1 || drift.Settings[0].First != "yes" || drift.Settings[0].Now != "no" {
			t.Errorf("the difference: %+v", drift)
		}
		want(t, "a service of the other trust", manager.getJSON(s.pathOf("eastvale")+"/services/"+service, nil), http.StatusNotFound)
	})
}

// A service of children and young people has its boards and rules from the first
// day, and lets nobody be read before the team has read them. Whoever changes that
// is told by the comparison, with what it means.
func TestAServiceOfChildrenBeginsPreModerated(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		manager, trust, lead := s.over("onboarding@sharon"), s.pathOf("northmoor"), s.over("admin@northmoor")
		service := field(t, s.sent(manager, trust+"/services", map[string]any{"area": "children_young_people", "name": "Otter", "slug": "otter", "accent": "#005eb8", "rooms": []string{"forums"}}), "id")
		if n := s.count("SELECT count(*) FROM places WHERE tenant_id = ? AND service_id = ? AND module = 'forums' AND slug = 'school-and-friends'", s.northmoor(), service); n != 1 {
			t.Errorf("it has %d of its boards", n)
		}
		if got := lead.getJSON("/otter/settings/joining", nil); !got.has("Do not meet up") || !got.has("Be kind") {
			t.Errorf("its rules: %s", got.body)
		}
		if got := lead.getJSON("/otter/settings/rooms/messages", nil); !got.has(`"members_may_write_each_other":false`) {
			t.Errorf("its messages: %s", got.body)
		}
		var drift admin.DriftPage
		if manager.getJSON(trust+"/services/"+service, &drift); drift.Waits != nil || len(drift.Settings) > 0 {
			t.Errorf("a new service differs: %+v", drift)
		}
		s.sent(lead, "/otter/settings/safeguarding/all", map[string]any{"mode": "after", "version": 1})
		s.sent(lead, "/otter/settings/rooms/messages", map[string]any{"on": true, "version": 1, "settings": map[string]any{"members_may_write_each_other": true}})
		manager.getJSON(trust+"/services/"+service, &drift)
		if drift.Waits == nil || !strings.Contains(drift.Waits.First, "once the team has read it") ||
			!slices.ContainsFunc(drift.Rooms, func(r tenants.RoomDrift) bool { return strings.Contains(r.Matters, "does not read along") }) {
			t.Errorf("the difference: %+v", drift)
		}
	})
}

// doors is a change of a trust's state.
func doors(from, to string) map[string]any {
	return map[string]any{"from_state": from, "to_state": to, "reason": "The contract ended", "ods": "RNM9Z", "proof": demo.Password}
}

// Everybody who comes to a suspended trust reads that it is closed and whom to
// call, and finds it as it was once it is open again.
func TestASuspendedTrustIsClosedToEverybodyAndKeepsEverything(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		platform, path := s.over("platform@sharon"), s.pathOf("northmoor")+"/doors"
		hazel, lead := s.as("hazel.willow@northmoor"), s.over("lead.willow@northmoor")
		want(t, "before", hazel.get("/willow"), http.StatusOK)
		for name, c := range map[string]struct {
			change string
			value  any
			has    string
		}{
			"no reason": {"reason", " ", "#/reason"}, "another trust's code": {"ods", "REV9Z", "#/ods"}, "a wrong password": {"proof", "three warm words", "#/proof"},
		} {
			in := doors("active", "suspended")
			in[c.change] = c.value
			if got := platform.sendJSON(path, in); got.status != 422 || !got.has(c.has) {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		want(t, "the archive at once", platform.sendJSON(path, doors("active", "archived")), http.StatusConflict)
		want(t, "an onboarding manager", s.over("onboarding@sharon").sendJSON(path, doors("active", "suspended")), http.StatusForbidden)
		want(t, "still open", hazel.get("/willow"), http.StatusOK)

		post := s.posted()
		s.over("hazel.willow@northmoor").choose("message.email", "now")
		s.tell("message", uuid.New(), "hazel")
		s.sent(platform, path, doors("active", "suspended"))
		s.tell("safety_notice", uuid.New(), "hazel")
		s.away()
		s.settle(2)
		if got := post.to("hazel"); len(got) != 1 || got[0].Header.Get("Subject") != "You have an important message" {
			t.Errorf("emails that lead to a closed door: %v", got)
		}
		want(t, "a second click", platform.sendJSON(path, doors("active", "suspended")), http.StatusConflict)
		for _, at := range []string{"/willow", "/", "/sign-in", "/willow/forums"} {
			if page := hazel.get(at); page.status != http.StatusLocked || !page.has("We are closed") || !page.has("116 123") || page.has("There is a problem") {
				t.Errorf("%s: %d %s", at, page.status, page.text())
			}
		}
		if got := lead.getJSON("/willow", nil); got.status != http.StatusLocked || field(t, got, "code") != "closed" {
			t.Errorf("over the API: %d %s", got.status, got.body)
		}
		want(t, "help", hazel.get("/willow/help-now"), http.StatusOK)
		want(t, "the other trust", s.as("lead.orchard@eastvale").get("/orchard"), http.StatusOK)
		if got := s.visit("").get("/?name=northmoor"); got.has("northmoor.localhost") {
			t.Errorf("the lobby still leads there: %s", got.text())
		}

		s.sent(platform, path, doors("suspended", "active"))
		want(t, "opened again", hazel.get("/willow"), http.StatusOK)
		var page admin.TrustPage
		platform.getJSON(s.pathOf("northmoor"), &page)
		if len(page.Deeds) != 2 || page.Deeds[1].Action != "trust.suspended" || page.Deeds[1].Who != "Priya" || page.Deeds[1].Reason != "The contract ended" {
			t.Errorf("the platform's log: %+v", page.Deeds)
		}
		if n := s.count("SELECT count(*) FROM audit_log WHERE tenant_id = ? AND action = 'trust.status' AND reason = 'The contract ended'", s.northmoor()); n != 2 {
			t.Errorf("%d records in the trust's log", n)
		}

		s.sent(platform, path, doors("active", "suspended"))
		s.sent(platform, path, doors("suspended", "archived"))
		if got := hazel.get("/willow"); got.status != http.StatusLocked || !got.has("come to an end") {
			t.Errorf("in the archive: %d %s", got.status, got.text())
		}
		want(t, "out of the archive", platform.sendJSON(path, doors("suspended", "active")), http.StatusConflict)
		var list admin.Portfolio
		if platform.getJSON("/trusts", &list); len(list.Trusts) != 1 {
			t.Errorf("the portfolio shows %d trusts", len(list.Trusts))
		}
		if platform.getJSON("/trusts?status=archived", &list); len(list.Trusts) != 1 || list.Trusts[0].Trust.ODSCode != "RNM9Z" {
			t.Errorf("the archive: %+v", list.Trusts)
		}
	})
}

// Counting again changes nothing, and what is below 5 never leaves the trust.
func TestThePortfolioCountsWithinTheTrust(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		manager := s.over("onboarding@sharon")
		lines := func() (all []admin.ServiceLine) {
			var page admin.TrustPage
			manager.getJSON(s.pathOf("northmoor"), &page)
			for _, line := range page.Services {
				want := s.count("SELECT count(*) FROM members WHERE tenant_id = ? AND service_id = ? AND status = 'active' AND NOT "+tenants.StaffIn("roles"), s.northmoor(), line.ServiceID)
				if want -= want % 5; want < 5 && line.Members != nil || want >= 5 && (line.Members == nil || *line.Members != want) {
					t.Errorf("%s: %v members, not %d", line.Name, line.Members, want)
				}
			}
			return page.Services
		}
		before := lines()
		for range 2 {
			if err := s.app.Directory.WriteAs(t.Context(), s.northmoor(), "", posts.Activity.Count); err != nil {
				t.Fatal(err)
			}
		}
		if after := lines(); !slices.EqualFunc(before, after, func(a, b admin.ServiceLine) bool {
			return a.Name == b.Name && slices.EqualFunc(a.Weeks, b.Weeks, func(x, y *int) bool { return (x == nil) == (y == nil) && (x == nil || *x == *y) })
		}) {
			t.Errorf("counted again: %+v\nnot %+v", after, before)
		}
		file := manager.getJSON("/trusts/file?q=willow", nil)
		if file.status != http.StatusOK || !file.has("Willow") || file.has("Harbour") || !strings.HasPrefix(file.header.Get("Content-Type"), "text/csv") {
			t.Errorf("the file: %d %s", file.status, file.body)
		}
	})
}
