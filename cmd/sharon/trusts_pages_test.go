package main

import (
	"slices"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

// trustPages are those of trusts and services at the console, and what people see
// of a trust that is new or closed.
func trustPages(s *site) []aPage {
	p, manager, platform := s.posted(), s.over("onboarding@sharon"), s.over("platform@sharon")
	west := "/trusts/" + field(s.t, s.sent(manager, "/trusts", southmere("ods", "RWB9Z", "name", "Westbrook and Lower Ash Community and Mental Health NHS Foundation Trust", "slug", "westbrook", "contact_role", "Data protection officer")), "id")
	s.sent(manager, west+"/administrators", map[string]any{"email": "first.administrator@westbrook.example"})
	link := s.linkTo(p, "first.administrator@westbrook.example", administratorLink)
	south := s.newTrust(manager)
	s.sent(manager, south+"/register/dspt", map[string]any{"reference": "RSM9Z 2025", "dated": "2025-07-01", "expires": "2026-06-30", "link": "https://dspt.example/rsm9z", "version": 0})
	in := doors("active", "suspended")
	in["ods"], in["reason"] = "RSM9Z", "The trust asked us to, while it looks into its safety case."
	s.sent(platform, south+"/doors", in)
	s.sent(manager, "/trusts/views", map[string]any{"name": "What ends soon", "register": "ending", "sort": "register"})
	north := s.pathOf("northmoor")
	var page admin.TrustPage
	manager.getJSON(north, &page)
	at := slices.IndexFunc(page.Services, func(line admin.ServiceLine) bool { return line.Slug == "willow" })
	willow := north + "/services/" + page.Services[at].ServiceID.String()
	return []aPage{
		{"console-trusts", "onboarding@sharon", "/trusts", nil},
		{"console-trusts-view", "onboarding@sharon", "/trusts?register=ending&sort=register", nil},
		{"console-trusts-none", "finance@sharon", "/trusts?q=nowhere", nil},
		{"console-trust", "onboarding@sharon", north, nil},
		{"console-trust-new", "onboarding@sharon", west, nil},
		{"console-trust-suspended", "platform@sharon", south, nil},
		{"console-trust-finance", "finance@sharon", north, nil},
		{"console-make-trust", "onboarding@sharon", "/trusts/new", nil},
		{"console-make-trust-error", "onboarding@sharon", "/trusts/new", func(tab *testkit.Tab) {
			tab.Fill("#ods", "R1")
			tab.Click("main button[type=submit]")
		}},
		{"console-register", "onboarding@sharon", south + "/register/dspt", nil},
		{"console-register-error", "onboarding@sharon", west + "/register/dpia", func(tab *testkit.Tab) { tab.Click("main button[type=submit]") }},
		{"console-contacts", "onboarding@sharon", north + "/contacts", nil},
		{"console-doors", "platform@sharon", north + "/doors", nil},
		{"console-doors-error", "platform@sharon", south + "/doors", func(tab *testkit.Tab) { tab.Click("main button[type=submit]") }},
		{"console-make-service", "onboarding@sharon", west + "/services/new", nil},
		{"console-make-service-preview", "onboarding@sharon", west + "/services/new?area=children_young_people", func(tab *testkit.Tab) {
			tab.Eval("document.querySelectorAll(\"details\").forEach(one => one.open = true)", nil)
		}},
		{"console-make-service-error", "onboarding@sharon", west + "/services/new?area=carers", func(tab *testkit.Tab) { tab.Click("form.form button[type=submit]") }},
		{"console-preset", "onboarding@sharon", willow, nil},
		{"administrator", "@westbrook", link, nil},
		{"closed", "@southmere", "/sign-in", nil},
	}
}
