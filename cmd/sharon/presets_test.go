package main

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules/terms"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// fromPreset makes a service of an area as the console does, called as the area is,
// and lets an account of northmoor in: as whom such a service is for.
func (s *site) fromPreset(area areas.Area, account string) *tenants.Service {
	s.t.Helper()
	trust := s.northmoor()
	service, err := services{s.app}.Begin(s.t.Context(), trust, tenants.NewService{
		Area: tenants.Area(area.Key), Name: gentle[area.Key], About: "People who know what it is like", Slug: slugOf(area), Accent: "005eb8", Modules: area.Rooms,
		Staffed: []tenants.Hours{{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:00"}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	role := map[string]tenants.Role{"carers": tenants.Carer, "waiting_list": tenants.Waiting}[area.Key]
	if role == "" {
		role = tenants.ServiceUser
	}
	s.letIn(slugOf(area), account, "Hazel", role)
	return service
}

// letIn lets an account of northmoor into a service of the trust.
func (s *site) letIn(service, account, handle string, role tenants.Role) {
	s.t.Helper()
	err := s.app.Directory.WriteAs(s.t.Context(), s.northmoor(), service, func(ctx context.Context, sc tenants.Scope) error {
		var row tenants.Account
		if err := sc.Select(&row).Where("account.email_lookup = ?", testKeys.Lookup(account+".example")).Scan(ctx); err != nil {
			return err
		}
		_, err := tenants.Join(ctx, sc, row.ID, tenants.NewPerson{Handle: handle, Avatar: 7, Roles: tenants.Roles{role}, JoinedAt: sc.Now})
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// gentle are names that say nothing of a condition.
var gentle = map[string]string{
	"eating_disorders": "Lantern", "perinatal": "Nest", "children_young_people": "Otter", "learning_disabilities": "Meadow",
	"early_intervention": "Heron", "carers": "Hearth", "waiting_list": "Bridge",
}

func slugOf(area areas.Area) string { return "of-" + strings.ReplaceAll(area.Key, "_", "-") }

// placeOf is the first page of an area's members where they can write, and the form
// with which they do: a board, or a wall where there are no boards.
func placeOf(area areas.Area) (place, composer string) {
	home := "/" + slugOf(area)
	if !area.On("forums") {
		return home + "/walls", home + "/walls/hazel"
	}
	return home + "/forums/boards/" + area.Boards[1].Slug, home + "/forums/new?board=" + area.Boards[1].Slug
}

// A picture of each page is kept under docs/screens by `make screens`.
func TestAServiceOfEachAreaLooksAsItsPresetSays(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	for _, area := range areas.All {
		s.fromPreset(area, "hazel.willow@northmoor")
	}
	tab := testkit.Browser(t)
	s.enter(tab, "hazel.willow@northmoor")
	widths := []int{390}
	if screens != "" {
		widths = append(widths, 1280)
	}
	for _, area := range areas.All {
		place, composer := placeOf(area)
		for _, page := range []aPage{
			{name: "home", path: "/" + slugOf(area)}, {name: "board", path: place}, {name: "composer", path: composer},
		} {
			page.name, page.account = strings.ReplaceAll("preset-"+area.Key, "_", "-")+"-"+page.name, "hazel.willow@northmoor"
			s.lookAt(t, tab, page, widths...)
		}
	}
}

// What the preset says is there, by the pages that members and the team use, and
// nothing of the new service differs from it.
func TestAServiceOfEachAreaHasAllOfItsPreset(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		made := map[string]uuid.UUID{}
		for _, area := range areas.All {
			made[area.Key] = s.fromPreset(area, "hazel.willow@northmoor").ID
		}
		admins, console := s.over("admin@northmoor"), s.over("onboarding@sharon")
		browser := s.as("hazel.willow@northmoor")
		for _, area := range areas.All {
			home := "/" + slugOf(area)
			has := func(path string, got answer, words string) {
				t.Helper()
				if got.status != http.StatusOK || !got.has(words) {
					t.Errorf("%s lacks %q: %d %s", path, words, got.status, got.text())
				}
			}
			page := browser.get(home)
			has(home, page, "From the team")
			has(home, page, "Easy Read")
			if area.Settings["timeline"]["team_first"] == true {
				has(home, page, home+"/messages/to-team")
			}
			rules := browser.get(home + "/rules")
			has("rules", rules, "Be kind")
			has("rules", rules, "the team may find out who you are")
			for _, line := range area.Crisis {
				has("help", browser.get(home+"/help-now"), line.Phone)
				has("support", browser.get(home+"/support"), line.Phone)
			}
			if words, set := area.Settings["resources"]["categories"].(string); set && area.On("resources") {
				first, _, _ := strings.Cut(words, ",")
				has("library", browser.get(home+"/resources"), first)
			}
			for room := range area.Settings {
				if got := admins.getJSON(home+"/settings/rooms/"+room, nil); got.status != http.StatusOK {
					t.Errorf("%s: %d", room, got.status)
				}
			}

			var preview admin.NewServicePage
			console.getJSON(s.pathOf("northmoor")+"/services/new?area="+area.Key, &preview)
			if p := preview.Preset; p == nil || p.Welcome == "" || p.RulesEasy == "" || len(p.Crisis) != 4+len(area.Crisis) || len(p.Watched) < 8 || len(p.Gifts) < 8 || len(p.Measures) != len(area.Measures) || len(p.Kept) != len(area.Keep) {
				t.Errorf("the preview of %s: %+v", area.Key, preview.Preset)
			}
			var drift admin.DriftPage
			console.getJSON(s.pathOf("northmoor")+"/services/"+made[area.Key].String(), &drift)
			if drift.Area != tenants.Area(area.Key) || len(drift.Rooms)+len(drift.Settings)+len(drift.Topics.Added)+len(drift.Topics.Gone)+len(drift.Apart) > 0 || drift.Waits != nil ||
				drift.Boards != (tenants.CountDrift{}) || drift.Gifts != (tenants.CountDrift{}) || drift.Terms != (tenants.TermDrift{}) || drift.Hours || drift.Rules || drift.Welcome || drift.Easy || drift.Crisis > 0 {
				t.Errorf("a new service of %s differs: %+v", area.Key, drift)
			}
		}
	})
}

// The numbers are caught in the composer with a kinder wording, and wait if they are
// posted as they are; in other services nobody asks.
func TestNumbersAreCaughtWhereThePresetSaysSo(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		for _, key := range []string{"eating_disorders", "perinatal"} {
			area, _ := areas.Of(key)
			s.fromPreset(area, "hazel.willow@northmoor")
			typed := map[string]any{"body": "I weigh 48 kg today"}
			if got := s.over("hazel.willow@northmoor").sendJSON("/"+slugOf(area)+"/composer", typed); got.has("kinder") != area.Figures {
				t.Errorf("%s: %d %s", key, got.status, got.body)
			}
		}
	})
}

// What differs is named with what it means for people's safety.
func TestEachDifferenceSaysWhatItMeansForSafety(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		area, _ := areas.Of("early_intervention")
		service := s.fromPreset(area, "hazel.willow@northmoor")
		s.letIn(slugOf(area), "lead.willow@northmoor", "Rowan", tenants.ServiceLead)
		lead, home := s.over("lead.willow@northmoor"), "/"+slugOf(area)
		s.sent(lead, home+"/settings/rooms/recovery", map[string]any{"on": false, "version": 1})
		s.sent(lead, home+"/settings/rooms/timeline", map[string]any{"version": 1, "settings": map[string]any{"team_first": false}})
		s.sent(lead, home+"/settings/safeguarding/forums", map[string]any{"mode": "after", "version": 0})
		s.sent(lead, home+"/settings/joining", map[string]any{"rules": "Be kind.", "welcome": "Hello there.", "days": 14, "version": 1})
		s.sent(lead, home+"/forums/boards/start-here/edit", map[string]any{"name": "Start here", "about": "Anybody", "who_may_post": "members", "position": 1, "version": 1})
		got := s.as("onboarding@sharon").get(s.pathOf("northmoor") + "/services/" + service.ID.String())
		for _, words := range []string{
			"Members have no safety plan here", "may have to look for it", "Something else waits than in the whole service in: Forums", "what the team has not read yet",
			"The house rules are its own", "The welcome is its own", "such as who reads along", "may agree to other rules", "Where the team alone began threads others may now",
		} {
			if !got.has(words) {
				t.Errorf("it lacks %q: %s", words, got.text())
			}
		}
		if got.has("Hello there.") {
			t.Error("the console reads what the lead wrote")
		}
		if own := s.as("lead.willow@northmoor").get(home + "/settings/preset"); !own.has("Members have no safety plan here") || !own.has("The welcome is its own") {
			t.Errorf("the lead’s own page: %s", own.text())
		}
		page := s.as("hazel.willow@northmoor").get(home)
		if !page.has("Hello there.") || page.has("Easy Read") || page.has("/messages/to-team") {
			t.Errorf("the home page: %s", page.text())
		}
	})
}

func TestWhoEditsPresetsIsToldWhatIsWrong(t *testing.T) {
	t.Parallel()
	if err := (presetsCheck{}).Run(); err != nil {
		t.Error(err)
	}
	if err := (presetsCheck{Folder: filepath.Join("..", "..")}).Run(); err != nil {
		t.Error(err)
	}
	if err := (presetsCheck{Folder: t.TempDir()}).Run(); err == nil {
		t.Error("an empty folder is whole")
	}
	_, due := lookThrough(areas.Shipped, terms.Shipped, time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC))
	if len(due) < 8 || !strings.Contains(due[0].String(), "crisis/1/phone: Nobody has compared this number with https://") {
		t.Errorf("after two years: %v", due)
	}
	for _, found := range (doctorCmd{}).presets(t.Context()) {
		if found.state == "broken" {
			t.Error(found)
		}
	}
}
