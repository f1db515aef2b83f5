package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

var (
	passwordLink = regexp.MustCompile(`/password/[A-Za-z0-9_~-]+`)
	confirmLink  = regexp.MustCompile(`/account/email/confirm/[A-Za-z0-9_~-]+`)
	undoLink     = regexp.MustCompile(`/account/email/undo/[A-Za-z0-9_~-]+`)
)

const hazelEmail = "hazel.willow@northmoor.example"

// opens tells whether somebody can sign in at northmoor.
func (s *site) opens(email, password string) bool {
	s.t.Helper()
	return s.visit("northmoor").sendJSON("/sign-in", map[string]string{"email": email, "password": password}).status == http.StatusOK
}

func newPassword(word string) map[string]any { return map[string]any{"password": word} }

func TestAForgottenPassword(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p, hazel, v := s.posted(), s.over("hazel.willow@northmoor"), s.visit("northmoor")
		known := v.sendJSON("/password", map[string]string{"email": "HAZEL.willow@northmoor.example"})
		nobody := v.sendJSON("/password", map[string]string{"email": "nobody@person.example"})
		if known.status != http.StatusOK || known.status != nobody.status || string(known.body) != string(nobody.body) {
			t.Errorf("somebody: %d %s, nobody: %d %s", known.status, known.body, nobody.status, nobody.body)
		}
		link := s.linkTo(p, hazelEmail, passwordLink)
		if len(p.Mails()) != 1 {
			t.Errorf("%d emails", len(p.Mails()))
		}
		for range 3 {
			if got := v.get(link); got.status != http.StatusOK {
				t.Fatalf("the link: %d %s", got.status, got.text())
			}
		}
		if got := v.sendJSON(link, newPassword("password")); got.status != http.StatusUnprocessableEntity || !got.has("#/password") {
			t.Errorf("a weak one: %d %s", got.status, got.body)
		}
		if got := v.sendJSON(link, newPassword("four warm words here")); got.status != http.StatusOK {
			t.Fatalf("choose: %d %s", got.status, got.body)
		}
		if got := v.sendJSON(link, newPassword("five warm words in here")); got.status != http.StatusUnprocessableEntity {
			t.Errorf("the same link twice: %d", got.status)
		}
		if s.opens(hazelEmail, demo.Password) || !s.opens(hazelEmail, "four warm words here") {
			t.Error("the new password does not open, or the old one does")
		}
		if got := hazel.getJSON("/willow/me", nil); got.status != http.StatusUnauthorized {
			t.Errorf("who was signed in before: %d", got.status)
		}
		s.settle(1)
		if last := p.Mails()[len(p.Mails())-1]; last.To != hazelEmail || !strings.Contains(last.Text, "Your password has changed") {
			t.Errorf("not told: %s", last.Text)
		}
		if got := s.visit("eastvale").getJSON(link, nil); got.status != http.StatusUnprocessableEntity {
			t.Errorf("at the other trust: %d", got.status)
		}
	})
}

func TestALinkForAPasswordEndsInAnHour(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	p, v := s.posted(), s.visit("northmoor")
	v.sendJSON("/password", map[string]string{"email": hazelEmail})
	link := s.linkTo(p, hazelEmail, passwordLink)
	s.clock.Advance(time.Hour)
	for _, got := range []answer{v.getJSON(link, nil), v.sendJSON(link, newPassword("four warm words here")), v.getJSON("/password/nonsense", nil), v.getJSON(link[:len(link)-3]+"abc", nil)} {
		if got.status != http.StatusUnprocessableEntity || !got.has("This link cannot be used any more.") {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
	status := 0
	for range 10 {
		status = v.sendJSON("/password", map[string]string{"email": "nobody@person.example"}).status
	}
	if status != http.StatusTooManyRequests {
		t.Errorf("asking on and on: %d", status)
	}
}

func TestChangingAPasswordKeepsThisSessionOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.posted()
		here, there := s.over("hazel.willow@northmoor"), s.over("hazel.willow@northmoor")
		if got := here.sendJSON("/account/password", map[string]string{"current": "a guess of it", "password": "four warm words here"}); got.status != 422 || !got.has("#/current") {
			t.Errorf("without the old one: %d %s", got.status, got.body)
		}
		if got := here.sendJSON("/account/password", map[string]string{"current": demo.Password, "password": "four warm words here"}); got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		if a, b := here.getJSON("/willow/me", nil).status, there.getJSON("/willow/me", nil).status; a != 200 || b != 401 {
			t.Errorf("here %d, there %d", a, b)
		}
	})
}

func TestAnotherEmailAddressIsConfirmedAtBoth(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		p, hazel, v := s.posted(), s.over("hazel.willow@northmoor"), s.visit("northmoor")
		if got := hazel.sendJSON("/account/email", map[string]string{"email": "new@person.example", "current": demo.Password}); got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		confirm := s.linkTo(p, "new@person.example", confirmLink)
		undo := s.linkTo(p, hazelEmail, undoLink)
		if got := v.get(confirm); got.status != 200 || !s.opens(hazelEmail, demo.Password) || s.opens("new@person.example", demo.Password) {
			t.Errorf("looking at it changed something: %d", got.status)
		}
		if got := v.sendJSON(confirm, nil); got.status != 200 {
			t.Fatalf("confirm: %d %s", got.status, got.body)
		}
		if s.opens(hazelEmail, demo.Password) || !s.opens("new@person.example", demo.Password) {
			t.Error("the new address does not open, or the old one does")
		}
		if got := v.sendJSON(confirm, nil); got.status != 422 {
			t.Errorf("twice: %d", got.status)
		}
		s.clock.Advance(6 * 24 * time.Hour)
		if got := v.get(undo); got.status != 200 {
			t.Errorf("the way back: %d %s", got.status, got.text())
		}
		if got := v.sendJSON(undo, nil); got.status != 200 {
			t.Fatalf("undo: %d %s", got.status, got.body)
		}
		if s.opens("new@person.example", demo.Password) || s.opens(hazelEmail, demo.Password) {
			t.Error("who knew the password is still in")
		}
		reset := s.linkTo(p, hazelEmail, passwordLink)
		if got := v.sendJSON(reset, newPassword("four warm words here")); got.status != 200 || !s.opens(hazelEmail, "four warm words here") {
			t.Errorf("back with a new password: %d %s", got.status, got.body)
		}
	})
}

func TestAnAddressThatSomebodyHasIsNotTold(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	p, hazel := s.posted(), s.over("hazel.willow@northmoor")
	got := hazel.sendJSON("/account/email", map[string]string{"email": "fern.willow@northmoor.example", "current": demo.Password})
	other := hazel.sendJSON("/account/email", map[string]string{"email": "free@person.example", "current": demo.Password})
	if got.status != 200 || string(got.body) != string(other.body) {
		t.Errorf("%d %s", got.status, got.body)
	}
	s.settle(1)
	for _, m := range p.Mails() {
		if m.To == "fern.willow@northmoor.example" {
			t.Errorf("Fern got %s", m.Text)
		}
	}
	if got := hazel.sendJSON("/account/email", map[string]string{"email": "free@person.example", "current": "a guess of it"}); got.status != 422 {
		t.Errorf("without the password: %d", got.status)
	}
}
