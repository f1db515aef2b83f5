package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// needs is a record as the API gives it.
type needs struct {
	Needs    []string
	Words    string
	Share    bool
	Version  int
	ReviewOn string `json:"review_on"`
	Met      []struct{ Met, Done, On string }
}

func (v *visitor) needs(path string) (out needs) {
	v.site.t.Helper()
	want(v.site.t, path, v.getJSON(path, &out), http.StatusOK)
	return out
}

// flagged are the needs that a page's JSON has for whoever asks.
func (v *visitor) flagged(path string) string {
	v.site.t.Helper()
	var out struct{ Needs []string }
	want(v.site.t, path, v.getJSON(path, &out), http.StatusOK)
	return strings.Join(out.Needs, "; ")
}

func TestWhatSomebodyNeedsIsShownToTheTeamAndToNobodyElse(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.tree()
		fern, jo := s.over("fern.willow@northmoor"), s.over("clinician.willow@northmoor")
		if got := fern.needs("/willow/my-needs"); got.Version != 0 || len(got.Needs) != 0 {
			t.Errorf("before anybody asked: %+v", got)
		}
		s.sent(fern, "/willow/my-needs", map[string]any{"needs": []string{"supporter", "large-print", "large-print", ""}, "words": " canary: my sister Ada comes too "})
		if got := fern.needs("/willow/my-needs"); !slices.Equal(got.Needs, []string{"large-print", "supporter"}) || got.Words != "canary: my sister Ada comes too" || got.Version != 1 || got.Share || got.ReviewOn != "2027-11-20" {
			t.Errorf("kept: %+v", got)
		}
		if kept := s.rowsWith("canary", "large-print"); len(kept) > 0 {
			t.Errorf("it stands in the database: %v", kept)
		}

		// The flag is on the pages of the team, in its words, and without a reason.
		const flag = "Information in large print; A supporter is there, named below; canary: my sister Ada comes too"
		one := "/willow/cases/" + jo.opened("fern", "amber")
		post := wallPostBy(fern, "fern", "words")
		s.sent(s.over("hazel.willow@northmoor"), "/willow/posts/"+post+"/report", map[string]any{"reason": "unkind"})
		for _, path := range []string{"/willow/people/fern", one, s.onDesk(post)} {
			if got := jo.flagged(path); got != flag {
				t.Errorf("%s shows %q", path, got)
			}
			if got := s.as("clinician.willow@northmoor").get(path); !got.has("canary: my sister Ada") {
				t.Errorf("the page %s: %s", path, got.text())
			}
		}
		// Not to peers, also not to those who support, and not to another service's team.
		for _, account := range []string{"hazel.willow@northmoor", "peer.willow@northmoor", "fern.willow@northmoor"} {
			v := s.over(account)
			if got := v.flagged("/willow/people/fern"); got != "" || v.getJSON("/willow/people/fern", nil).has("canary") {
				t.Errorf("%s sees %q", account, got)
			}
			want(t, account, v.getJSON("/willow/people/fern/needs", nil), http.StatusForbidden)
			want(t, account+" writes", v.sendJSON("/willow/people/fern/needs", map[string]any{"needs": []string{}, "version": 1}), http.StatusForbidden)
			want(t, account+" lists", v.getJSON("/willow/needs", nil), http.StatusForbidden)
		}
		want(t, "another service’s clinician", s.over("clinician.harbour@northmoor").getJSON("/willow/people/fern/needs", nil), http.StatusNotFound)
		want(t, "another trust’s", s.over("clinician.orchard@eastvale").getJSON("/orchard/people/fern/needs", nil), http.StatusNotFound)
		want(t, "nobody", jo.getJSON("/willow/people/nobody/needs", nil), http.StatusNotFound)

		// Asked, and nothing is needed: that is an answer too, and no flag.
		s.sent(fern, "/willow/my-needs", map[string]any{"needs": []string{}, "version": 1})
		if got := jo.flagged("/willow/people/fern"); got != "" || jo.needs("/willow/people/fern/needs").Version != 2 {
			t.Errorf("needs nothing: %q", got)
		}
	})
}

func TestTheTeamWritesDownMeetsAndReviewsWhatSomebodyNeeds(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		mod := s.over("moderator.willow@northmoor")
		const of = "/willow/people/fern/needs"
		for name, bad := range map[string]map[string]any{
			"no such need": {"needs": []string{"easy-read", "telepathy"}}, "too many words": {"words": strings.Repeat("x", 501)}, "reviewed in the past": {"review_on": "2026-11-19"},
			"reviewed today": {"review_on": "2026-11-20"}, "reviewed in three years": {"review_on": "2029-11-20"}, "reviewed on no day": {"review_on": "soon"}, "a version below none": {"version": -1},
		} {
			if got := mod.sendJSON(of, bad); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		if got := mod.needs(of); got.Version != 0 {
			t.Fatalf("bad input was kept: %+v", got)
		}
		s.sent(mod, of, map[string]any{"needs": []string{"easy-read"}, "share": true, "review_on": "2026-12-01"})
		want(t, "an old page", mod.sendJSON(of, map[string]any{"needs": []string{"braille"}}), http.StatusConflict)
		want(t, "an older page", mod.sendJSON(of, map[string]any{"needs": []string{"braille"}, "version": 7}), http.StatusConflict)

		// How it was met, contact by contact.
		for name, bad := range map[string]map[string]any{
			"nothing done": {"met": "yes", "done": " "}, "met how": {"met": "perhaps", "done": "x"}, "tomorrow": {"met": "no", "done": "x", "on": "2026-11-21"}, "long ago": {"met": "no", "done": "x", "on": "2020-01-01"},
		} {
			want(t, name, mod.sendJSON(of+"/met", bad), http.StatusUnprocessableEntity)
		}
		s.sent(mod, of+"/met", map[string]any{"met": "yes", "done": "Sent the letter in Easy Read", "on": "2026-11-18"})
		s.sent(s.over("clinician.willow@northmoor"), of+"/met", map[string]any{"met": "no", "done": "The kumquat sheet was not to be had"})
		if got := s.over("fern.willow@northmoor").needs("/willow/my-needs"); len(got.Met) != 2 || got.Met[0].Met != "no" || got.Met[0].On != "2026-11-20" || got.Met[1].On != "2026-11-18" {
			t.Errorf("Fern sees %+v", got.Met)
		}
		if kept := s.rowsWith("kumquat", "easy-read"); len(kept) > 0 {
			t.Errorf("it stands in the database: %v", kept)
		}

		// A refused form keeps the words.
		page := s.as("moderator.willow@northmoor")
		if got := page.post(of+"/met", url.Values{"met": {""}, "done": {"words that took a while"}}); got.status != http.StatusUnprocessableEntity || !got.has("words that took a while") {
			t.Errorf("the form: %d %s", got.status, got.text())
		}

		// On its day it is before the team, once; after that it waits on the page.
		due := func() (handles string) {
			var list struct {
				Records []struct {
					Member struct{ Handle string }
					Needs  []string
				}
			}
			mod := s.over("moderator.willow@northmoor")
			want(t, "what is due", mod.getJSON("/willow/needs", &list), http.StatusOK)
			for _, one := range list.Records {
				handles += one.Member.Handle + " "
				if len(one.Needs) > 0 {
					t.Error("the list has what they need")
				}
			}
			return handles
		}
		if got := due(); strings.Contains(got, "Fern") {
			t.Errorf("due too early: %s", got)
		}
		told := func() int {
			return s.count("SELECT count(*) FROM notices WHERE tenant_id = ? AND kind = 'needs' AND member_id = (SELECT id FROM members WHERE tenant_id = ? AND handle_key = 'priya')", s.northmoor(), s.northmoor())
		}
		s.round("access.reviews")
		s.settle(1)
		before := told()
		s.clock.Advance(11*24*time.Hour + time.Hour)
		for range 2 {
			s.round("access.reviews")
			s.settle(1)
		}
		if got := due(); !strings.Contains(got, "Fern") || told() != before+1 {
			t.Errorf("on its day: %s, told %d times after %d", got, told(), before)
		}
		mod = s.over("moderator.willow@northmoor")
		want(t, "of an old page", mod.sendJSON(of+"/review", map[string]any{"version": 4}), http.StatusConflict)
		want(t, "of no page", mod.sendJSON(of+"/review", map[string]any{"version": 0}), http.StatusUnprocessableEntity)
		s.sent(mod, of+"/review", map[string]any{"version": 1})
		want(t, "a second click", mod.sendJSON(of+"/review", map[string]any{"version": 1}), http.StatusConflict)
		if got := mod.needs(of); got.ReviewOn != "2027-12-01" || got.Version != 2 || strings.Contains(due(), "Fern") {
			t.Errorf("after the review: %+v, due %s", got, due())
		}
		for _, action := range []string{"access.record", "access.met", "access.review"} {
			entries := s.logged("?action=" + action)
			if len(entries) == 0 || slices.ContainsFunc(entries, func(e logEntry) bool {
				return strings.Contains(e.After+e.Before+e.Reason, "easy-read") || strings.Contains(e.After, "kumquat")
			}) {
				t.Errorf("%s in the audit log: %+v", action, entries)
			}
		}
	})
}

func TestWhatSomebodyNeedsGoesWithThemOnlyIfTheyAgree(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		anjali, lead := s.over("clinician.bridge@eastvale"), s.over("lead.bridge@eastvale")
		for handle, share := range map[string]bool{"@1": true, "@2": false} {
			reference := map[string]string{"@1": "EV-20233", "@2": "EV-20530"}[handle]
			on := lead.onList(reference)
			at := "/people/" + strings.ToLower(strings.ReplaceAll(on.Member.Handle, " ", "-")) + "/needs"
			s.sent(anjali, "/bridge"+at, map[string]any{"needs": []string{"bsl-interpreter"}, "words": "canary", "share": share})
			s.sent(lead, "/bridge/waiting/entries/"+on.ID+"/handover", map[string]any{"service": "lantern", "version": on.Version})
			there := s.over("clinician.lantern@eastvale").needs("/lantern" + at)
			if share && (there.Version != 1 || there.Words != "canary" || !slices.Equal(there.Needs, []string{"bsl-interpreter"}) || there.ReviewOn != "2027-11-20") || !share && there.Version != 0 {
				t.Errorf("%s, agreed %v: %+v", reference, share, there)
			}
		}
	})
}
