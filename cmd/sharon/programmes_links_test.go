package main

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

var onboardingLink = regexp.MustCompile(`/onboarding/[A-Za-z0-9_~-]+`)

// The letters about onboarding, by their subjects.
const (
	askedToSign, askedToAct, askedToDo, shownAll = "Your signature is asked for", "An action waits for you", "A task waits for you", "How the onboarding goes"
	weeklyLetter, calledTogether, calledOff      = "Your weekly update is ready", "You are invited to a meeting", "A meeting is called off"
)

// lastLink is the one that the last letter of a subject brought.
func lastLink(mails post, subject string) (link string) {
	for _, mail := range lettersOf(mails, subject) {
		link = onboardingLink.FindString(mail.Text)
	}
	return link
}

// lettersOf are those of a subject, the oldest first.
func lettersOf(mails post, subject string) (all []testkit.Mail) {
	for _, mail := range mails.Mails() {
		if mail.Header.Get("Subject") == subject {
			all = append(all, mail)
		}
	}
	return all
}

// hour has a service's programme do what it does by itself, and its letters sent.
func (s *site) hour(trust, service string) {
	s.t.Helper()
	known, err := s.app.Directory.TrustAt(s.t.Context(), trust+".localhost")
	if err != nil {
		s.t.Fatal(err)
	}
	var here tenants.Scope
	if err := s.app.Directory.ReadAs(s.t.Context(), known.ID, service, func(_ context.Context, sc tenants.Scope) error {
		here = sc
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	for _, round := range s.app.Parts.Rounds() {
		if round.Key == "programmes" {
			if err := round.Do(s.t.Context(), here); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	s.settle(1)
}

func TestANudgeIsAnsweredByItsLinkAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		mails, joan := s.posted(), s.over("onboarding@sharon")
		action := s.programmeOf(willowDesk).Actions[slices.IndexFunc(s.programmeOf(willowDesk).Actions, func(a programmes.ActionSeen) bool { return a.Overdue })]
		nudge := willowDesk + "/actions/" + action.ID.String() + "/nudge"
		s.sent(joan, nudge, nil)
		if got := joan.sendJSON(nudge, nil); got.status != http.StatusConflict {
			t.Errorf("twice in a day: %d %s", got.status, got.body)
		}
		s.settle(1)
		all := lettersOf(mails, askedToAct)
		if len(all) != 1 || all[0].To != "patel@northmoor.example" || strings.Contains(all[0].Text, "Willow") || strings.Contains(all[0].Text, "Caldicott") {
			t.Fatalf("%d emails: %+v", len(all), all)
		}
		link := onboardingLink.FindString(all[0].Text)
		stranger := s.visit("northmoor")
		if page := stranger.get(link); page.status != http.StatusOK || !page.has("Ask the Caldicott Guardian for a date") {
			t.Fatalf("%d %s", page.status, page.text())
		}
		if now := s.actionOf(action.ID); now.DoneAt != nil || now.Answer != "" || now.Version != action.Version {
			t.Errorf("looking has changed it: %+v", now)
		}
		for name, got := range map[string]answer{
			"another trust":  s.visit("eastvale").getJSON(link, nil),
			"a forged link":  stranger.getJSON(link[:len(link)-4]+"abcd", nil),
			"nothing at all": stranger.getJSON("/onboarding/x", nil),
		} {
			if got.status != http.StatusNotFound {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		if got := stranger.sendJSON(link, map[string]any{"words": "", "done": false}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("nothing said: %d", got.status)
		}
		for _, in := range []map[string]any{{"words": "She is back on Monday.", "done": false}, {"words": "12 January.", "done": true}} {
			if got := stranger.sendJSON(link, in); got.status != http.StatusOK {
				t.Errorf("%v: %d %s", in, got.status, got.body)
			}
		}
		if now := s.actionOf(action.ID); now.DoneAt == nil || now.Answer != "12 January." {
			t.Errorf("%+v", now)
		}
		if got := stranger.getJSON(link, nil); got.status != http.StatusNotFound {
			t.Errorf("once it is done: %d", got.status)
		}
	})
}

func (s *site) actionOf(id uuid.UUID) programmes.ActionSeen {
	s.t.Helper()
	seen := s.programmeOf(willowDesk)
	return seen.Actions[slices.IndexFunc(seen.Actions, func(a programmes.ActionSeen) bool { return a.ID == id })]
}

func TestALeadersLinkShowsAndEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		mails := s.posted()
		seen := s.programmeOf(willowDesk)
		person := seen.Absences[0].PersonID.String() // Dr Osei
		share := func() string {
			t.Helper()
			s.sent(s.over("onboarding@sharon"), willowDesk+"/people/"+person+"/share", nil)
			s.settle(1)
			return lastLink(mails, shownAll)
		}
		link := share()
		page := s.visit("northmoor").get(link)
		if page.status != http.StatusOK || !page.has(seen.Cast.Likely.Words()) || !page.has(seen.Why) || page.has("<form method=\"post\" action=\"/onboarding") {
			t.Errorf("%d %s", page.status, page.text())
		}
		if got := s.visit("northmoor").sendJSON(link, map[string]any{"done": true}); got.status != http.StatusNotFound {
			t.Errorf("who looks cannot answer: %d", got.status)
		}
		var after struct{ Links []programmes.Link }
		joan := s.over("onboarding@sharon")
		joan.getJSON(willowDesk+"/people/"+person, &after)
		if len(after.Links) == 0 || after.Links[0].Purpose != "look" || after.Links[0].Uses != 1 || after.Links[0].UsedAt == nil || after.Links[0].SentAt == nil {
			t.Fatalf("%+v", after.Links)
		}
		s.sent(joan, willowDesk+"/links/"+after.Links[0].ID.String()+"/revoke", nil)
		if got := s.visit("northmoor").get(link); got.status != http.StatusNotFound {
			t.Errorf("revoked: %d", got.status)
		}
		link = share()
		s.clock.Advance(93 * 24 * time.Hour)
		if got := s.visit("northmoor").get(link); got.status != http.StatusNotFound {
			t.Errorf("expired: %d", got.status)
		}
	})
}
