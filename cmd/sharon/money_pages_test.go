package main

import (
	"slices"
	"strings"

	"github.com/sharon-nhs/sharon/admin/money"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

// moneyOf reads a demo trust's money; its path is the page.
func (s *site) moneyOf(slug string) (path string, out money.TrustMoney) {
	s.t.Helper()
	path = "/money/" + strings.TrimPrefix(s.pathOf(slug), "/trusts/")
	if got := s.over("finance@sharon").getJSON(path, &out); got.status != 200 {
		s.t.Fatalf("%s: %d %s", path, got.status, got.body)
	}
	return path, out
}

// dealFor is the page of a service's deal.
func (s *site) dealFor(slug, service string) (string, money.DealSeen) {
	s.t.Helper()
	path, all := s.moneyOf(slug)
	at := slices.IndexFunc(all.Deals, func(deal money.DealSeen) bool { return deal.Lines[0].Service == service })
	return path + "/quotes/" + all.Deals[at].ID.String(), all.Deals[at]
}

// moneyPages are those of money, in all stages.
func moneyPages(s *site) []aPage {
	const tomos, joan = "finance@sharon", "onboarding@sharon"
	north, _ := s.moneyOf("northmoor")
	east, _ := s.moneyOf("eastvale")
	willow, open := s.dealFor("northmoor", "Willow")
	kin, paid := s.dealFor("northmoor", "Kin")
	harbour, _ := s.dealFor("northmoor", "Harbour")
	orchard, late := s.dealFor("eastvale", "Orchard")
	lantern, _ := s.dealFor("eastvale", "Lantern")
	south := "/money/" + strings.TrimPrefix(s.newTrustOf(southmere("ods", "RWZ9Z", "slug", "westzeal", "name", "Westzeal NHS Trust", "contact_name", "", "contact_email", "")), "/trusts/")
	invoice := func(deal string, of money.DealSeen) string { return deal + "/invoices/" + of.Invoices[0].ID.String() }
	submit := func(form string) func(tab *testkit.Tab) {
		return func(tab *testkit.Tab) { tab.Click("main form[action$='" + form + "'] button[type=submit]") }
	}
	return []aPage{
		{"console-money", tomos, "/money", nil},
		{"console-money-onboarding", joan, "/money?stage=overdue", nil},
		{"console-money-none", tomos, "/money?q=nowhere", nil},
		{"console-money-prices", tomos, "/money/prices", nil},
		{"console-money-prices-onboarding", joan, "/money/prices", nil},
		{"console-money-prices-error", tomos, "/money/prices", func(tab *testkit.Tab) {
			tab.Fill("#band_pounds", "a lot")
			submit("/prices")(tab)
		}},
		{"console-money-stripe", tomos, "/money/stripe", nil},
		{"console-money-trust", tomos, north, nil},
		{"console-money-trust-late", "platform@sharon", east, nil},
		{"console-money-trust-new", joan, south, nil},
		{"console-money-payer", tomos, north + "/payer", nil},
		{"console-money-payer-error", tomos, south + "/payer", submit("/payer")},
		{"console-money-quote-new", tomos, north + "/quotes/new", nil},
		{"console-money-quote-new-none", tomos, south + "/quotes/new", nil},
		{"console-money-quote-new-error", tomos, east + "/quotes/new", submit("/quotes")},
		{"console-money-quote", tomos, harbour, nil},
		{"console-money-quote-print", joan, willow + "/print", nil},
		{"console-money-quote-error", tomos, harbour, submit("/order")},
		{"console-money-ordered", tomos, lantern, nil},
		{"console-money-issue", tomos, lantern + "/invoice", nil},
		{"console-money-issue-error", tomos, lantern + "/invoice", submit("/invoices")},
		{"console-money-deal-onboarding", joan, willow, nil},
		{"console-money-invoice", tomos, invoice(willow, open), nil},
		{"console-money-invoice-error", tomos, invoice(willow, open), submit("/credit")},
		{"console-money-invoice-late", tomos, invoice(orchard, late), nil},
		{"console-money-invoice-paid", joan, invoice(kin, paid), nil},
	}
}

// newTrustOf makes a trust and returns the path of its page.
func (s *site) newTrustOf(in map[string]any) string {
	s.t.Helper()
	return "/trusts/" + field(s.t, s.sent(s.over("onboarding@sharon"), "/trusts", in), "id")
}
