package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/tenants"
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
	t.Parallel()
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
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	s.posted()
	for n, c := range []struct {
		who, role string
		status    int
	}{
		{"clinician.willow@northmoor", "carer", 422}, {"clinician.willow@northmoor", "waiting", 200}, {"clinician.willow@northmoor", "peer_supporter", 200}, {"clinician.willow@northmoor", "moderator", 422},
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
	id := invitationTo(t, lead.getJSON("/willow/invitations", nil), "n5@person.example")
	for _, act := range []string{"resend", "revoke"} {
		if got := clinician.sendJSON("/willow/invitations/"+id+"/"+act, nil); got.status != http.StatusForbidden {
			t.Errorf("%s by a clinician: %d %s", act, got.status, got.body)
		}
		for who, path := range map[string]string{"lead.harbour@northmoor": "/harbour", "lead.orchard@eastvale": "/orchard"} {
			if got := s.over(who).sendJSON(path+"/invitations/"+id+"/"+act, nil); got.status != http.StatusNotFound {
				t.Errorf("%s by %s: %d %s", act, who, got.status, got.body)
			}
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

func TestWhoLeavesUnderALegalHoldIsToldWhatIsTrue(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p, admin := s.posted(), s.over("admin@northmoor")
		hold := field(t, s.sent(admin, "/trust/holds", map[string]any{"service": "willow", "handle": "hazel", "reason": "Case 4711"}), "id")
		hazel := s.as("hazel.willow@northmoor")
		if page := hazel.get("/account/data/leave"); !page.has("as soon as the legal reason ends, not before") || !page.has("Your account closes at once") || page.has("It begins at once") {
			t.Errorf("before she leaves: %s", page.text())
		}
		s.sent(s.over("hazel.willow@northmoor"), "/account/data/leave", map[string]any{"words": "remove", "when": "now"})
		s.settle(1)
		link := s.invited(p, s.over("lead.harbour@northmoor"), "harbour", "hazel.willow@northmoor.example", "service_user", nil)
		join := joining("hazel.willow@northmoor.example", "Quiet kettle")
		if got := s.visit("northmoor").sendJSON(link, join); got.status != 422 || !got.has("legal reason") || got.has("tomorrow") {
			t.Errorf("while it stands: %d %s", got.status, got.body)
		}
		s.sent(admin, "/trust/holds/"+hold+"/lift", map[string]any{"reason": "Case closed"})
		if got := s.visit("northmoor").sendJSON(link, join); got.status != 422 || !got.has("tomorrow") {
			t.Errorf("before her things are removed: %d %s", got.status, got.body)
		}
	})
}

func TestAHandleThatWillNotDoIsRefusedKindly(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	p := s.posted()
	s.invited(p, s.over("lead.willow@northmoor"), "willow", "one@person.example", "service_user", map[string]any{"name": "Kanari Bird", "nhs_number": "999 876 5439"})
	for _, m := range p.Mails() {
		whole := string(m.Raw) + m.Text + m.HTML
		for _, word := range []string{"Willow", "willow", "erinatal", "Kanari", "999 876", "9998765439", "Northmoor Mental", "mental", "service_user"} {
			if strings.Contains(strings.ReplaceAll(whole, m.To, ""), word) {
				t.Errorf("the email has %q:\n%s", word, m.Text)
			}
		}
	}
}

// list sends a file as a browser does and returns the answer.
func (v *visitor) list(path, text string) answer {
	v.site.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	to, err := form.CreateFormFile("file", "people.csv")
	if err == nil {
		_, err = to.Write([]byte(text))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		v.site.t.Fatal(err)
	}
	request := v.request(http.MethodPost, path, &body)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Accept", "application/json")
	return v.do(request)
}

func TestAListIsLookedThroughBeforeAnythingIsSent(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p, clinician := s.posted(), s.over("clinician.willow@northmoor")
		s.invited(p, clinician, "willow", "waits@person.example", "service_user", nil)
		got := clinician.list("/willow/invitations/many/check", "email;role\none@person.example;waiting\ntwo@person.example;moderator\nwaits@person.example;\nHAZEL.willow@northmoor.example;\nthree@person.example;\n")
		for _, words := range []string{"You cannot invite people to this role", "has an invitation already", "is a member here already", `"good":2`} {
			if got.status != http.StatusOK || !got.has(words) {
				t.Errorf("%d without %q: %s", got.status, words, got.body)
			}
		}
		s.settle(1)
		if len(p.Mails()) != 1 {
			t.Errorf("looking sent %d emails", len(p.Mails())-1)
		}
		list := field(t, got, "list")
		for round, status := range []int{http.StatusOK, http.StatusUnprocessableEntity} {
			if got := clinician.sendJSON("/willow/invitations/many", map[string]any{"list": list}); got.status != status {
				t.Errorf("round %d: %d %s", round, got.status, got.body)
			}
		}
		s.settle(1)
		if len(p.Mails()) != 3 {
			t.Errorf("%d emails, not 3", len(p.Mails()))
		}
		for name, list := range map[string]string{"a moderator": "email,role\nfour@person.example,waiting\nfive@person.example,moderator\n", "a formula": "email,name\nfour@person.example,=1\n", "many": "email\n" + strings.Repeat("x@person.example\n", 501)} {
			if got := clinician.sendJSON("/willow/invitations/many", map[string]any{"list": list}); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s, past the preview: %d %s", name, got.status, got.body)
			}
		}
		if got := clinician.list("/willow/invitations/many/check", "email\n"+strings.Repeat("sam@example.com\n", 100_000)); got.status != http.StatusUnprocessableEntity || !got.has("more than 500") {
			t.Errorf("100,000 lines: %d %s", got.status, got.body)
		}
		if n := s.count("SELECT count(*) FROM invitations WHERE tenant_id = ? AND email_lookup = ?", s.northmoor(), testKeys.Lookup("four@person.example")); n != 0 {
			t.Errorf("half a list was sent")
		}
	})
}

func TestHouseRulesAreTheLeadsToChange(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead := s.over("lead.willow@northmoor")
		change := map[string]any{"rules": "**Be kind.** <script>alert(1)</script>", "days": 3, "version": 1}
		if got := s.over("clinician.willow@northmoor").sendJSON("/willow/settings/joining", change); got.status != http.StatusForbidden {
			t.Errorf("a clinician: %d", got.status)
		}
		for round, status := range []int{http.StatusOK, http.StatusConflict} {
			if got := lead.sendJSON("/willow/settings/joining", change); got.status != status {
				t.Errorf("round %d: %d %s", round, got.status, got.body)
			}
		}
		if got := s.as("hazel.willow@northmoor").get("/willow/rules"); !got.has("<strong>Be kind.</strong>") || got.has("<script>alert") {
			t.Errorf("%d %s", got.status, got.text())
		}
		link := s.invited(s.posted(), lead, "willow", "soon@person.example", "service_user", nil)
		s.clock.Advance(3*24*time.Hour + time.Minute)
		if got := s.visit("northmoor").get(link); got.status != http.StatusUnprocessableEntity {
			t.Errorf("after three days: %d", got.status)
		}
	})
}

// A mail server that is away costs nobody their invitation; one that refuses the
// address is told to the team.
func TestAnInvitationIsSentOnceTheMailServerIsBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	lead := s.over("lead.willow@northmoor")
	if got := lead.sendJSON("/willow/invitations", map[string]any{"email": "a@person.example", "role": "waiting"}); got.status != http.StatusConflict {
		t.Errorf("without a mail server: %d %s", got.status, got.body)
	}
	var kept []mail.Message
	failing := true
	s.app.Outside.Email = func(_ context.Context, m mail.Message) error {
		switch {
		case m.To == "gone@person.example":
			return &mail.Refused{Code: 550, Status: "5.1.1", Address: true}
		case failing:
			return errors.New("connection refused")
		}
		kept = append(kept, m)
		return nil
	}
	s.app.Outside.Address = func(tr tenants.Trust) string { return tr.Address("https://sharon.example.nhs.uk") }
	for _, email := range []string{"a@person.example", "gone@person.example"} {
		if got := lead.sendJSON("/willow/invitations", map[string]any{"email": email, "role": "waiting"}); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	id := func(email string) string { return invitationTo(t, lead.getJSON("/willow/invitations", nil), email) }
	a, gone := id("a@person.example"), id("gone@person.example")
	if err := s.carry(a); err == nil {
		t.Error("a server that is away counts as sent")
	}
	if err := s.carry(gone); err != nil {
		t.Errorf("an address that is refused for good is tried again: %v", err)
	}
	failing = false
	for range 2 { // done again after a crash
		if err := s.carry(a); err != nil {
			t.Error(err)
		}
	}
	states := string(lead.getJSON("/willow/invitations?state=open", nil).body)
	if len(kept) != 1 || !strings.Contains(states, `"state":"bounced"`) || !strings.Contains(states, `"state":"sent"`) {
		t.Errorf("%d emails, states %s", len(kept), states)
	}
}

// carry does what follows from an invitation, as a worker does.
func (s *site) carry(id string) error {
	s.t.Helper()
	var here tenants.Scope
	err := s.app.Directory.ReadAs(s.t.Context(), s.northmoor(), "willow", func(_ context.Context, sc tenants.Scope) error {
		here = sc
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, handler := range s.app.Parts.Handlers() {
		if handler.Kind.Key == "invitations.sent" {
			return handler.Do(s.t.Context(), here, tenants.Event{ID: uuid.New(), Subject: uuid.MustParse(id)})
		}
	}
	s.t.Fatal("nobody sends invitations")
	return nil
}
