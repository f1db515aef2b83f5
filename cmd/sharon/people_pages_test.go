package main

import (
	"net/http"
	"os"
	"path/filepath"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// peoplePages are those of how people come in and keep hold of their account.
func peoplePages(s *site) []aPage {
	s.t.Helper()
	p := s.posted()
	link := s.invited(p, s.over("lead.willow@northmoor"), "willow", "pages@person.example", "service_user", map[string]any{"born_on": "17 5 1990"})
	s.visit("northmoor").sendJSON("/password", map[string]string{"email": "juniper.willow@northmoor.example"})
	password := s.linkTo(p, "juniper.willow@northmoor.example", passwordLink)
	juniper := s.over("juniper.willow@northmoor")
	if got := juniper.sendJSON("/account/email", map[string]string{"email": "else@person.example", "current": "demo-sharon-2026"}); got.status != http.StatusOK {
		s.t.Fatalf("another address: %d %s", got.status, got.body)
	}
	confirm := s.linkTo(p, "else@person.example", confirmLink)
	undo := s.linkTo(p, "juniper.willow@northmoor.example", undoLink)
	list := filepath.Join(s.t.TempDir(), "people.csv")
	text := "email,role,name,date of birth\nsam@example.com,service user,Sam Example,17/05/1990\nalex@example,carer,,\nSam@example.com,,,\nrobin@example.com,moderator,,\nkim@example.com,,=1+1,\nlee@example.com,,Lee,31/02/1990\nsarn@example.com,,,\n"
	if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	submit := func(tab *testkit.Tab) { tab.Click("main button[type=submit]") }
	because := func(before func(tab *testkit.Tab)) func(tab *testkit.Tab) {
		return func(tab *testkit.Tab) {
			before(tab)
			tab.Fill("#reason", "A post at night worried us. To ring her this morning.")
			tab.Click("main button[type=submit]")
		}
	}
	return []aPage{
		{"invitations", "clinician.willow@northmoor", "/willow/invitations", nil},
		{"invitations-none", "lead.meadow@eastvale", "/meadow/invitations?state=accepted&before=00000000-0000-7000-8000-000000000000", nil},
		{"invitation-new", "lead.willow@northmoor", "/willow/invitations/new", nil},
		{"invitation-new-error", "clinician.willow@northmoor", "/willow/invitations/new", func(tab *testkit.Tab) {
			tab.Fill("#nhs_number", "999 876 5430")
			tab.Fill("#born_on", "31 2 1990")
			tab.Fill("#email", "new@person.example")
			submit(tab)
		}},
		{"invitations-many", "clinician.willow@northmoor", "/willow/invitations/many", nil},
		{"invitations-many-checked", "clinician.willow@northmoor", "/willow/invitations/many", func(tab *testkit.Tab) {
			tab.Upload("#file", list)
			submit(tab)
		}},
		{"invitations-many-error", "clinician.willow@northmoor", "/willow/invitations/many", submit},
		{"invitation", "@northmoor", link, nil},
		{"invitation-error", "@northmoor", link, func(tab *testkit.Tab) {
			tab.Fill("#email", "pages@person.example")
			tab.Fill("#born_on", "17 5 1990")
			tab.Fill("#handle", "Dr Jo")
			tab.Fill("#password", "password")
			submit(tab)
		}},
		{"invitation-not-usable", "@northmoor", "/invitation/nothing", nil},
		{"house-rules", "hazel.willow@northmoor", "/willow/rules", nil},
		{"joining", "lead.willow@northmoor", "/willow/settings/joining", nil},
		{"reach", "lead.willow@northmoor", "/willow/settings/reach", nil},
		{"reach-error", "lead.willow@northmoor", "/willow/settings/reach", func(tab *testkit.Tab) {
			tab.Fill("#tue", "mornings, mostly")
			tab.Fill("#why-hours", "Two of us share the mornings now")
			tab.Click("main form[action$='/hours'] button[type=submit]")
		}},
		{"reach-contact", "lead.willow@northmoor", "/willow/settings/reach/contacts/1", nil},
		{"reach-of-wing", "lead.orchard@eastvale", "/orchard-14-17/settings/reach", nil},
		{"identity-ask", "clinician.willow@northmoor", "/willow/people/hazel/identity", nil},
		{"identity", "clinician.willow@northmoor", "/willow/people/hazel/identity", because(func(*testkit.Tab) {})},
		{"identity-find", "clinician.willow@northmoor", "/willow/identities", nil},
		{"identity-found", "clinician.willow@northmoor", "/willow/identities", because(func(tab *testkit.Tab) { tab.Fill("#known", "hazel.willow@northmoor.example") })},
		{"identity-mine", "hazel.willow@northmoor", "/account/identity", nil},
		{"password-forgotten", "@northmoor", "/password", nil},
		{"password-asked", "@northmoor", "/password", func(tab *testkit.Tab) {
			tab.Fill("#email", "nobody@person.example")
			submit(tab)
		}},
		{"password-choose", "@northmoor", password, nil},
		{"password-change", "hazel.willow@northmoor", "/account/password", nil},
		{"password-change-error", "hazel.willow@northmoor", "/account/password", submit},
		{"email-change", "hazel.willow@northmoor", "/account/email", nil},
		{"email-confirm", "@northmoor", confirm, nil},
		{"email-undo", "@northmoor", undo, nil},
	}
}
