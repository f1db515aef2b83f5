package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

var invitationLink = regexp.MustCompile(`/invitation/[A-Za-z0-9_~-]+`)

// invited sends an invitation and returns the path of the link in its email.
func (s *site) invited(p post, by *visitor, service, email, role string, more map[string]any) string {
	s.t.Helper()
	in := map[string]any{"email": email, "role": role}
	for name, value := range more {
		in[name] = value
	}
	if got := by.sendJSON("/"+service+"/invitations", in); got.status != http.StatusOK {
		s.t.Fatalf("invite: %d %s", got.status, got.body)
	}
	return s.linkTo(p, email, invitationLink)
}

// linkTo is the path of the link in the last email to an address.
func (s *site) linkTo(p post, email string, link *regexp.Regexp) string {
	s.t.Helper()
	s.settle(1)
	mails := p.Mails()
	for i := len(mails) - 1; i >= 0; i-- {
		if mails[i].To == email {
			return link.FindString(mails[i].Text)
		}
	}
	s.t.Fatalf("no email to %s among %d", email, len(mails))
	return ""
}

// joining is a good answer to an invitation.
func joining(email, handle string) map[string]any {
	return map[string]any{"email": email, "handle": handle, "avatar": 9, "password": "three warm words", "agree": true}
}

func TestAnInvitationLetsOnePersonIn(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		link := s.invited(p, s.over("clinician.willow@northmoor"), "willow", "new@person.example", "service_user", nil)
		stranger := s.visit("northmoor")
		for range 3 { // scanners look at it; nothing is used up
			if got := stranger.get(link); got.status != http.StatusOK || !got.has("Willow") || !got.has("House rules") {
				t.Fatalf("the door: %d %s", got.status, got.text())
			}
		}
		got := stranger.post(link, url.Values{"_csrf": {"none"}, "email": {"new@person.example"}, "handle": {"Quiet kettle"}, "avatar": {"9"}, "password": {"three warm words"}, "agree": {"false", "true"}})
		if got.status != http.StatusSeeOther || got.location() != "/willow" {
			t.Fatalf("join: %d %s %s", got.status, got.location(), got.text())
		}
		if got := stranger.get("/willow/me"); got.status != http.StatusOK || !got.has("Quiet kettle") {
			t.Errorf("inside: %d %s", got.status, got.text())
		}
		for _, try := range []answer{s.visit("northmoor").get(link), s.visit("northmoor").sendJSON(link, joining("new@person.example", "Somebody else"))} {
			if try.status != http.StatusUnprocessableEntity || !try.has("This invitation cannot be used.") {
				t.Errorf("a second time: %d %s", try.status, try.text())
			}
		}
		again := s.visit("northmoor").sendJSON("/sign-in", map[string]string{"email": "NEW@person.example", "password": "three warm words"})
		if again.status != http.StatusOK {
			t.Errorf("sign in: %d %s", again.status, again.body)
		}
	})
}

// What does not let in says so in one way, whatever the reason.
func TestAnInvitationThatDoesNotLetInSaysNotWhy(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p, lead := s.posted(), s.over("lead.willow@northmoor")
		kept := s.invited(p, lead, "willow", "kept@person.example", "service_user", map[string]any{"born_on": "17 5 1990"})
		revoked := s.invited(p, lead, "willow", "revoked@person.example", "service_user", nil)
		old := s.invited(p, lead, "willow", "resent@person.example", "service_user", nil)
		list := lead.getJSON("/willow/invitations", nil)
		lead.sendJSON("/willow/invitations/"+invitationTo(t, list, "revoked@person.example")+"/revoke", nil)
		lead.sendJSON("/willow/invitations/"+invitationTo(t, list, "resent@person.example")+"/resend", nil)
		resent := s.linkTo(p, "resent@person.example", invitationLink)
		if resent == old {
			t.Error("sent again with the same link")
		}
		bent := kept[:len(kept)-2] + "xx"
		var words string
		check := func(name string, got answer) {
			t.Helper()
			problem := struct {
				Status              int
				Title, Detail, Code string
			}{}
			if err := json.Unmarshal(got.body, &problem); err != nil {
				t.Fatalf("%s: %d %s", name, got.status, got.body)
			}
			said := fmt.Sprint(problem)
			if words == "" {
				words = said
			}
			if said != words || problem.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s says %s, the others %s", name, said, words)
			}
		}
		right := joining("kept@person.example", "Kept one")
		right["born_on"] = "1990-05-17"
		with := func(name, value string) map[string]any {
			in := map[string]any{}
			for k, v := range right {
				in[k] = v
			}
			in[name] = value
			return in
		}
		v := s.visit("northmoor")
		for name, path := range map[string]string{"revoked": revoked, "sent again": old, "bent": bent, "garbage": "/invitation/x", "nobody's": "/invitation/AAAAAAAAAAAAAAAAAAAAAA~x"} {
			check(name, v.sendJSON(path, joining(strings.ReplaceAll(name, " ", "")+"@person.example", "Some name")))
			check(name+", looked at", v.getJSON(path, nil))
		}
		check("forwarded", v.sendJSON(kept, with("email", "other@person.example")))
		check("forwarded, with the address", v.sendJSON(kept, with("born_on", "18 5 1990")))
		check("at the other trust", s.visit("eastvale").sendJSON(kept, right))
		s.clock.Advance(14*24*time.Hour + time.Minute)
		check("expired", v.sendJSON(kept, right))
		check("expired, looked at", v.getJSON(resent, nil))
	})
}

func invitationTo(t *testing.T, list answer, email string) string {
	t.Helper()
	var out struct {
		Invitations []struct{ ID, Email, State string }
	}
	if err := json.Unmarshal(list.body, &out); err != nil {
		t.Fatalf("%s: %v", list.body, err)
	}
	for _, one := range out.Invitations {
		if one.Email == email {
			return one.ID
		}
	}
	t.Fatalf("no invitation to %s in %s", email, list.body)
	return ""
}

func TestOfTwoAtOnceOneJoins(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		link := s.invited(s.posted(), s.over("lead.willow@northmoor"), "willow", "both@person.example", "service_user", nil)
		var together sync.WaitGroup
		var mu sync.Mutex
		in := map[int]int{}
		for i := range 6 {
			together.Go(func() {
				got := s.visit("northmoor").sendJSON(link, joining("both@person.example", fmt.Sprint("Twin ", "abcdef"[i:i+1])))
				mu.Lock()
				defer mu.Unlock()
				in[got.status]++
			})
		}
		together.Wait()
		if in[http.StatusOK] != 1 || in[http.StatusUnprocessableEntity] != 5 {
			t.Errorf("answers %v", in)
		}
	})
}

func TestGuessingInvitationsIsSlowed(t *testing.T) {
	s := newSite(t, testkit.SQLite(t, prepare))
	link := s.invited(s.posted(), s.over("lead.willow@northmoor"), "willow", "one@person.example", "service_user", nil)
	v := s.visit("northmoor")
	for range 40 { // what is right is not counted
		if got := v.getJSON(link, nil); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	last := 0
	for range 40 {
		last = v.getJSON("/invitation/guess", nil).status
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the 40th guess: %d", last)
	}
	if got := v.getJSON(link, nil); got.status != http.StatusTooManyRequests {
		t.Errorf("whoever guesses too often and then has it: %d", got.status)
	}
	s.clock.Advance(time.Hour)
	if got := v.getJSON(link, nil); got.status != http.StatusOK {
		t.Errorf("an hour later: %d", got.status)
	}
}

func TestRolesAreGivenByThoseWhoMay(t *testing.T) {
	s := newSite(t, testkit.SQLite(t, prepare))
	s.posted()
	for n, c := range []struct {
		who, role string
		status    int
	}{
		{"clinician.willow@northmoor", "carer", 200}, {"clinician.willow@northmoor", "peer_supporter", 200}, {"clinician.willow@northmoor", "moderator", 422},
		{"clinician.willow@northmoor", "service_lead", 422}, {"lead.willow@northmoor", "clinician", 200}, {"admin@northmoor", "service_lead", 200},
		{"admin@northmoor", "trust_admin", 422}, {"lead.willow@northmoor", "platform_admin", 422}, {"hazel.willow@northmoor", "service_user", 403},
		{"moderator.willow@northmoor", "service_user", 403}, {"peer.willow@northmoor", "service_user", 403},
	} {
		got := s.over(c.who).sendJSON("/willow/invitations", map[string]any{"email": fmt.Sprintf("n%d@person.example", n), "role": c.role})
		if got.status != c.status {
			t.Errorf("%s invites a %s: %d %s", c.who, c.role, got.status, got.body)
		}
	}
	// An account of staff cannot be reached round about: a clinician sends a moderator's invitation again.
	lead, clinician := s.over("lead.willow@northmoor"), s.over("clinician.willow@northmoor")
	id := invitationTo(t, lead.getJSON("/willow/invitations", nil), "n4@person.example")
	for _, act := range []string{"resend", "revoke"} {
		if got := clinician.sendJSON("/willow/invitations/"+id+"/"+act, nil); got.status != http.StatusForbidden {
			t.Errorf("%s by a clinician: %d %s", act, got.status, got.body)
		}
	}
}

func TestWhoHasAnAccountJoinsWithIt(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p := s.posted()
		link := s.invited(p, s.over("lead.harbour@northmoor"), "harbour", "hazel.willow@northmoor.example", "service_user", nil)
		if got := s.visit("northmoor").sendJSON(link, joining("hazel.willow@northmoor.example", "Quiet kettle")); got.status != 422 || !got.has("Sign in with it first") {
			t.Errorf("not signed in: %d %s", got.status, got.body)
		}
		hazel := s.as("hazel.willow@northmoor")
		if got := hazel.get(link); got.status != 200 || got.has(`type="password"`) {
			t.Errorf("signed in, it asks for a password: %d", got.status)
		}
		in := joining("hazel.willow@northmoor.example", "Quiet kettle")
		delete(in, "password")
		over := s.over("hazel.willow@northmoor")
		got := over.sendJSON(link, in)
		if got.status != 200 {
			t.Fatalf("join: %d %s", got.status, got.body)
		}
		over.bearer = field(t, got, "token")
		for _, home := range []string{"/harbour", "/willow"} {
			if got := over.getJSON(home, nil); got.status != 200 {
				t.Errorf("%s: %d", home, got.status)
			}
		}
		if got := s.over("lead.harbour@northmoor").sendJSON("/harbour/invitations", map[string]any{"email": "hazel.willow@northmoor.example", "role": "service_user"}); got.status != 422 || !got.has("member here already") {
			t.Errorf("invited again: %d %s", got.status, got.body)
		}
	})
}

func TestAHandleThatWillNotDoIsRefusedKindly(t *testing.T) {
	s := newSite(t, testkit.SQLite(t, prepare))
	link := s.invited(s.posted(), s.over("lead.willow@northmoor"), "willow", "one@person.example", "service_user", map[string]any{"name": "Thandiwe Mokoena"})
	v := s.visit("northmoor")
	for handle, words := range map[string]string{
		"Dr Jo": "of the team", "Willow": "of the team", "Sarah Jones": "real name", "thandiwe mokoena": "real name", "HAZEI": "looks like it", "haze1": "looks like it",
		"H\u0430zel": "letters a to z", "Left sock missing": "looks like it", "": "Choose a name",
	} {
		got := v.sendJSON(link, joining("one@person.example", handle))
		if got.status != 422 || !got.has(words) || !got.has("How about ") {
			t.Errorf("%q: %d %s", handle, got.status, got.body)
		}
	}
	in := joining("one@person.example", "Quiet kettle")
	in["password"], in["agree"], in["avatar"] = "password", false, 41
	if got := v.sendJSON(link, in); got.status != 422 || !got.has("#/password") || !got.has("#/agree") || !got.has("#/avatar") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := v.sendJSON(link, joining("one@person.example", "Quiet kettle")); got.status != 200 {
		t.Errorf("after all that: %d %s", got.status, got.body)
	}
}

func TestTheEmailOfAnInvitationTellsNothing(t *testing.T) {
	s := newSite(t, testkit.SQLite(t, prepare))
	p := s.posted()
	s.invited(p, s.over("lead.willow@northmoor"), "willow", "one@person.example", "service_user", map[string]any{"name": "Kanari Bird", "nhs_number": "999 876 5439"})
	for _, m := range p.Mails() {
		whole := string(m.Raw) + m.Text + m.HTML
		for _, word := range []string{"Willow", "willow", "erinatal", "Kanari", "999", "Northmoor Mental", "mental", "service_user"} {
			if strings.Contains(strings.ReplaceAll(whole, m.To, ""), word) {
				t.Errorf("the email has %q:\n%s", word, m.Text)
			}
		}
	}
}
