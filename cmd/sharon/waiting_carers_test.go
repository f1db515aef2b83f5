package main

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/tenants"
)

var sharedLink = regexp.MustCompile(`/shared/[A-Za-z0-9_~-]+`)

// carersOf are whom somebody who waits lets see where they are.
func (v *visitor) carersOf() (all []struct {
	ID, Carer string
	Refused   bool
	OpenedAt  *time.Time `json:"opened_at"`
}) {
	v.site.t.Helper()
	var mine struct{ Carers any }
	mine.Carers = &all
	if got := v.getJSON("/bridge/waiting", &mine); got.status != http.StatusOK {
		v.site.t.Fatalf("where I am: %d %s", got.status, got.body)
	}
	return all
}

func TestACarerSeesWhatIsSharedAndNothingElseUntilItStops(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		gull, carer := s.over("slate.bridge@eastvale"), s.visit("eastvale")
		share := map[string]any{"carer": "Nan", "me": "Robbie", "carer_email": "nan@family.example", "sees_wait": true}
		for what, c := range map[string]struct {
			change map[string]any
			field  string
		}{
			"nothing to see": {map[string]any{"sees_wait": false}, "sees_wait"},
			"no address":     {map[string]any{"carer_email": "nan"}, "carer_email"},
			"nobody":         {map[string]any{"carer": " "}, "carer"},
			"from nobody":    {map[string]any{"me": ""}, "me"},
		} {
			in := map[string]any{}
			for name, value := range share {
				in[name] = value
			}
			for name, value := range c.change {
				in[name] = value
			}
			if got := gull.sendJSON("/bridge/waiting/carers", in); got.status != http.StatusUnprocessableEntity || !got.has(`"#/`+c.field+`"`) {
				t.Errorf("%s: %d %s", what, got.status, got.body)
			}
		}
		s.sent(gull, "/bridge/waiting/carers", share)
		link := s.linkTo(p, "nan@family.example", sharedLink)
		for _, mail := range p.Mails() {
			if mail.To != "nan@family.example" {
				continue
			}
			for _, word := range []string{"Bridge", "waiting", "therapy", "Robbie", "Slate"} {
				if all := mail.Header.Get("Subject") + mail.Text; strings.Contains(strings.ToLower(all), strings.ToLower(word)) {
					t.Errorf("the letter says %q: %s", word, all)
				}
			}
		}

		// What is shared, and nothing of what they said or who they are here.
		page := carer.get(link)
		if page.status != http.StatusOK || !page.has("Robbie waits for: Talking therapy. It has been about 21 weeks.") {
			t.Fatalf("the page: %d %s", page.status, page.text())
		}
		over := carer.getJSON(link, nil)
		for _, secret := range []string{"Slate", "EV-20233", "Not slept", "worse", "What happens next", "Anjali", "8 of 10"} {
			if page.has(secret) || over.has(secret) {
				t.Errorf("the carer sees %q", secret)
			}
		}
		for _, path := range []string{"/bridge/waiting", "/bridge/people/slate", "/bridge", "/bridge/recovery"} {
			want(t, "elsewhere, "+path, carer.getJSON(path, nil), http.StatusUnauthorized)
		}
		for what, wrong := range map[string]string{"another end": link[:len(link)-2] + "xx", "another row": "/shared/AAAAAAAAAAAAAAAAAAAAAA~" + link[strings.Index(link, "~")+1:], "nothing": "/shared/x"} {
			want(t, what, carer.getJSON(wrong, nil), http.StatusUnprocessableEntity)
		}
		want(t, "at another trust", s.visit("northmoor").getJSON(link, nil), http.StatusUnprocessableEntity)
		mine := gull.carersOf()
		if len(mine) != 1 || mine[0].Carer != "Nan" || mine[0].OpenedAt == nil {
			t.Errorf("what the person sees: %+v", mine)
		}
		if others := s.over("waiting.bridge@eastvale").carersOf(); len(others) != 1 || others[0].Carer != "My sister Jude" {
			t.Errorf("what somebody else sees: %+v", others)
		}
		stop := "/bridge/waiting/carers/" + mine[0].ID + "/stop"
		want(t, "somebody else stops it", s.over("waiting.bridge@eastvale").sendJSON(stop, map[string]any{}), http.StatusNotFound)
		want(t, "the team stops it", s.over("clinician.bridge@eastvale").sendJSON(stop, map[string]any{}), http.StatusForbidden)
		var sealed string
		s.ofBridge([]any{&sealed}, "SELECT carer_sealed FROM waiting_carers WHERE tenant_id = ? AND id = ?", mine[0].ID)
		if strings.ContainsAny(sealed, `@"{`) || sealed == "" { // what base64 never has
			t.Errorf("sealed: %q", sealed)
		}

		// Stopped, and gone at once.
		s.sent(gull, stop, nil)
		if got := carer.get(link); got.status != http.StatusUnprocessableEntity || got.has("Robbie") || !got.has("does not open any more") {
			t.Errorf("after it was stopped: %d %s", got.status, got.text())
		}
		want(t, "a second click", gull.sendJSON(stop, map[string]any{}), http.StatusNotFound)
		var kept int
		s.ofBridge([]any{&kept}, "SELECT count(*) FROM waiting_carers WHERE tenant_id = ? AND id = ? AND carer_sealed = ''", mine[0].ID)
		if kept != 1 {
			t.Error("who it was is still kept")
		}
		for action, many := range map[string]int{"waiting.share": 1, "waiting.unshare": 1} {
			var n int
			s.ofBridge([]any{&n}, "SELECT count(*) FROM audit_log WHERE tenant_id = ? AND action = ? AND subject_id = ?", action, mine[0].ID)
			if n != many {
				t.Errorf("%s is in the log %d times", action, n)
			}
		}
	})
}

func TestWhatACarerSeesEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		share := func(who, email string) string {
			t.Helper()
			s.sent(s.over(who+".bridge@eastvale"), "/bridge/waiting/carers", map[string]any{"carer": "Nan", "me": "R", "carer_email": email, "sees_wait": true, "sees_next": true})
			return s.linkTo(p, email, sharedLink)
		}
		ended, room, old := share("slate", "a@family.example"), share("rhubarb", "b@family.example"), share("curlew", "c@family.example")
		carer := s.visit("eastvale")
		if got := carer.get(old); !got.has("What happens next") || !got.has("8 of 10 people began") {
			t.Errorf("what happens next: %s", got.text())
		}
		lead := s.over("lead.bridge@eastvale")
		slate := lead.onList("EV-20233")
		s.sent(s.over("clinician.bridge@eastvale"), "/bridge/waiting/entries/"+slate.ID+"/outcome", map[string]any{"outcome": "first_appointment", "on": "20 11 2026", "version": slate.Version})
		want(t, "after the wait", carer.getJSON(ended, nil), http.StatusUnprocessableEntity)
		want(t, "while others wait", carer.getJSON(room, nil), http.StatusOK)
		s.sent(lead, "/bridge/settings/rooms/waiting", map[string]any{"on": false, "version": 1})
		want(t, "in a room that is closed", carer.getJSON(room, nil), http.StatusUnprocessableEntity)
		s.sent(lead, "/bridge/settings/rooms/waiting", map[string]any{"on": true, "version": 2})
		want(t, "in a room that is open again", carer.getJSON(room, nil), http.StatusOK)

		// Nobody lets the whole street see it, or has letters sent to one after another.
		curlew := s.over("curlew.bridge@eastvale")
		again := func() answer {
			return curlew.sendJSON("/bridge/waiting/carers", map[string]any{"carer": "Nan", "me": "R", "carer_email": "d@family.example", "sees_next": true})
		}
		want(t, "a second", again(), http.StatusOK)
		want(t, "a third", again(), http.StatusOK)
		want(t, "a fourth", again(), http.StatusUnprocessableEntity)
		for range 2 {
			s.sent(curlew, "/bridge/waiting/carers/"+curlew.carersOf()[2].ID+"/stop", nil)
			want(t, "another one", again(), http.StatusOK)
		}
		s.sent(curlew, "/bridge/waiting/carers/"+curlew.carersOf()[2].ID+"/stop", nil)
		want(t, "one letter too many", again(), http.StatusUnprocessableEntity)

		// Whoever leaves takes it along; the rest goes by itself.
		s.in("bridge", func(ctx context.Context, in tenants.Scope) error {
			person, err := in.Anybody(ctx, "Rhubarb")
			if err != nil {
				return err
			}
			for _, one := range s.app.Rooms {
				if one.Key == "waiting" {
					err = one.Data.Erase(ctx, in, person, tenants.Leaving{})
				}
			}
			return err
		})
		want(t, "after they left", carer.getJSON(room, nil), http.StatusUnprocessableEntity)
		s.clock.Advance(91 * 24 * time.Hour)
		want(t, "after 90 days", s.visit("eastvale").getJSON(old, nil), http.StatusUnprocessableEntity)
		s.clock.Advance(25 * time.Hour)
		s.roundOf("bridge", "waiting.files")
		var left int
		if s.ofBridge([]any{&left}, "SELECT count(*) FROM waiting_carers WHERE tenant_id = ?"); left != 0 {
			t.Errorf("%d are left", left)
		}
	})
}
