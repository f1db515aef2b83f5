package main

import (
	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

// wingsPages are those of age bands, of carers and of the way from one to the next.
func wingsPages(s *site) []aPage {
	s.t.Helper()
	p := s.posted()
	s.winged()
	clinician := s.over("clinician.orchard@eastvale")
	for _, one := range []struct{ email, handle, service, role, born string }{
		{"rook.orchard@eastvale.example", "Quiet rook", "orchard-14-17", "service_user", "19 1 2009"},
		{"wren.orchard@eastvale.example", "Small wren", "orchard-14-17", "service_user", "2 2 2009"},
		{"alder.orchard@eastvale.example", "Tall alder", "orchard-carers", "carer", ""},
	} {
		in, more := joining(one.email, one.handle), map[string]any{}
		if in["password"] = demo.Password; one.born != "" {
			in["born_on"], more["born_on"] = one.born, one.born
		}
		s.sent(s.visit("eastvale"), s.invited(p, clinician, one.service, one.email, one.role, more), in)
	}
	s.roundAt("orchard", "wings.ages")
	s.sent(clinician, "/orchard-14-17/moving-on/small-wren", map[string]any{"service": "orchard-18-25"})
	s.sent(clinician, "/orchard-carers/people/tall-alder/kin", map[string]any{"other": "Quiet rook", "service": "orchard-14-17", "reason": "She told me on the phone"})
	submit := func(tab *testkit.Tab) {
		tab.Click("main form.form button[type=submit], main .card button[type=submit]")
	}
	return []aPage{
		{"wings", "lead.orchard@eastvale", "/orchard/wings", nil},
		{"wings-none", "lead.meadow@eastvale", "/meadow/wings", nil},
		{"wings-from-inside", "moderator.orchard@eastvale", "/orchard-14-17/wings", nil},
		{"wing-new", "lead.orchard@eastvale", "/orchard/wings/new?preset=11-13", nil},
		{"wing-new-error", "lead.orchard@eastvale", "/orchard/wings/new?preset=another", submit},
		{"wing-new-carers", "lead.meadow@eastvale", "/meadow/wings/new?preset=carers", nil},
		{"invitation-other-wing", "clinician.orchard@eastvale", "/orchard/invitations/new", func(tab *testkit.Tab) {
			tab.Fill("#email", "kim@person.example")
			tab.Fill("#born_on", "21 11 2010")
			tab.Click("main form button[type=submit]")
		}},
		{"moving-on", "clinician.orchard@eastvale", "/orchard-14-17/moving-on", nil},
		{"moving-on-into-bands", "lead.orchard@eastvale", "/orchard/moving-on", nil},
		{"moving-on-nobody", "clinician.orchard@eastvale", "/orchard-18-25/moving-on", nil},
		{"moving-on-one", "clinician.orchard@eastvale", "/orchard-14-17/moving-on/quiet-rook", nil},
		{"moving-on-arranged", "clinician.orchard@eastvale", "/orchard-14-17/moving-on/small-wren", nil},
		{"my-next-place", "wren.orchard@eastvale", "/orchard-14-17/my-next-place", nil},
		{"my-next-place-not-yet", "rook.orchard@eastvale", "/orchard-14-17/my-next-place", nil},
		{"kin", "clinician.orchard@eastvale", "/orchard-carers/people/tall-alder/kin", nil},
		{"kin-error", "clinician.orchard@eastvale", "/orchard-14-17/people/quiet-rook/kin", func(tab *testkit.Tab) { tab.Click("text=Note it") }},
	}
}
