package main

import (
	"net/http"
	"slices"
	"testing"
)

// members are the handles of the directory's first page, of the team and others.
func (v *visitor) members(query string) (team, others []string) {
	v.site.t.Helper()
	var list struct{ Team, Members []struct{ Handle string } }
	if got := v.getJSON("/willow/members"+query, &list); got.status != http.StatusOK {
		v.site.t.Fatalf("%d %s", got.status, got.body)
	}
	for _, one := range list.Team {
		team = append(team, one.Handle)
	}
	for _, one := range list.Members {
		others = append(others, one.Handle)
	}
	return team, others
}

func TestAProfileIsSeenByPeersAndFoundByItsInterests(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		profile := map[string]any{"avatar": 7, "about": "Tea first.", "pronouns": "she/her", "interests": "allotments,  Night Feeds, allotments", "listed": true}
		if got := s.sent(hazel, "/willow/profile", profile); field(t, got, "path") != "/willow/people/hazel" {
			t.Error(string(got.body))
		}
		if got := fern.getJSON("/willow/people/hazel", nil); !got.has(`"interests":["allotments","Night Feeds"]`) || !got.has("she/her") || !got.has("Tea first.") {
			t.Error(string(got.body))
		}
		if _, found := fern.members("?q=night+FEEDS"); !slices.Equal(found, []string{"Hazel"}) {
			t.Errorf("found %v", found)
		}
		team, all := fern.members("")
		if len(team) == 0 || !slices.Contains(all, "Hazel") || slices.Contains(all, team[0]) {
			t.Errorf("team %v, others %v", team, all)
		}
		profile["listed"] = false
		s.sent(hazel, "/willow/profile", profile)
		if _, all := fern.members(""); slices.Contains(all, "Hazel") {
			t.Error("listed who does not wish to be")
		}
		if _, found := fern.members("?q=%25"); len(found) != 0 {
			t.Errorf("a sign of LIKE found %v", found)
		}
		for wrong, value := range map[string]any{"avatar": 0, "interests": "a,b,c,d,e,f,g,h,i", "pronouns": "0123456789012345678901234567890123456789x"} {
			bad := map[string]any{"avatar": 1, wrong: value}
			if got := hazel.sendJSON("/willow/profile", bad); got.status != http.StatusUnprocessableEntity || !got.has("#/"+wrong) {
				t.Errorf("%s: %d %s", wrong, got.status, got.body)
			}
		}
	})
}

func TestTheDirectoryIsForItsServiceAndSparesWhoBlocked(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor")
		s.sent(fern, "/willow/people/hazel/block", map[string]any{"on": true})
		for name, v := range map[string]*visitor{"Hazel": fern, "Fern": hazel} {
			if _, all := v.members(""); slices.Contains(all, name) {
				t.Errorf("%s is listed to whom a block keeps from them", name)
			}
		}
		for _, account := range []string{"lead.harbour@northmoor", "lead.orchard@eastvale"} {
			if got := s.over(account).getJSON("/willow/members", nil); got.status != http.StatusNotFound {
				t.Errorf("%s: %d", account, got.status)
			}
		}
		if got := s.over("lead.harbour@northmoor").getJSON("/harbour/members", nil); got.status != http.StatusNotFound {
			t.Errorf("in a service that has no directory: %d", got.status)
		}
	})
}
