// Package homescreen is what a trust and its people choose of the app: how it is called
// and coloured on a home screen, and whether its icon says how much is unread.
package homescreen

import (
	"context"
	"strings"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// New is what every trust has of it.
func New() tenants.Part {
	return tenants.Part{
		Grants: policy.Grants{"app.configure": {string(tenants.TrustAdmin)}},
		Routes: routes,
		Rights: map[string]string{"app.configure": "Choose what the app is called on people’s phones"},
		Acts:   tenants.Acts{"app.changed": "Changed the app’s name or colour"},
		Links: func(s tenants.Scope) []tenants.MeLink {
			links := []tenants.MeLink{{Name: "This app", About: "On your home screen, leaving quickly, no connection", Path: "/account/app"}}
			if s.May("app.configure") {
				links = append(links, tenants.MeLink{Name: "The app’s name", About: "What it is called on people’s phones", Path: "/trust/app"})
			}
			return links
		},
	}
}

func routes(r *tenants.Router) {
	web.Get(r, "/account/app", web.SignedIn, "The app on my device", mine, minePage)
	web.Post(r, "/account/app/badge", web.SignedIn, "Show on the icon how much is unread, or do not", setBadge, web.SeeOther("/account/app"), web.FormAt("/account/app"))
	web.Get(r, "/trust/app", "app.configure", "What the app is called on people’s phones", look, lookPage)
	web.Post(r, "/trust/app", "app.configure", "Change the app’s name and colour", change, web.SeeOther("/trust/app"), web.FormAt("/trust/app"))
}

// Mine is the app as somebody has it.
type Mine struct {
	Name   string `json:"name"`
	Colour string `json:"colour"`
	Badge  bool   `json:"badge"` // the icon says how much is unread
}

func mine(_ context.Context, s tenants.Scope, _ web.None) (Mine, error) {
	name, colour := s.Trust().App()
	return Mine{name, colour, s.Actor.Badged()}, nil
}

// Badge is whether the icon says how much is unread.
type Badge struct {
	On bool `json:"on"`
}

func setBadge(ctx context.Context, s tenants.Scope, in Badge) (Badge, error) {
	return in, s.SetBadge(ctx, in.On)
}

// Look is how the app looks on a home screen.
type Look struct {
	Name   string `json:"name" validate:"max=20" label:"a name for the app"`
	Colour string `json:"colour" validate:"required,oneof=005eb8 2f6b3c 00706b 5b3a8c 7c2855 7a4b1e 425563" label:"a colour"`
}

func look(_ context.Context, s tenants.Scope, _ web.None) (Look, error) {
	name, colour := s.Trust().App()
	return Look{name, colour}, nil
}

// change is Invalid for a name that says what the app is for. An empty one brings
// the usual one back.
func change(ctx context.Context, s tenants.Scope, in Look) (Look, error) {
	in.Name = strings.Join(strings.Fields(in.Name), " ")
	for _, word := range append(theirs(s), telling...) {
		if strings.Contains(strings.ToLower(in.Name), word) {
			return in, fault.Bad("name", "Others read this name on people’s phones. Choose one that does not say “"+word+"”, such as “"+tenants.AppName+"”.")
		}
	}
	before, _ := look(ctx, s, web.None{})
	if err := s.SetApp(ctx, in.Name, in.Colour); err != nil {
		return in, err
	}
	return in, s.Audit(ctx, "app.changed", tenants.Audited{Subject: s.Trust().ID, Before: before, After: in})
}

// telling are words, or how they begin, that tell what the app is for.
var telling = []string{
	"nhs", "hospital", "clinic", "ward", "patient", "carer", "mental", "health", "wellbeing", "illness", "psych", "therap", "counsel", "support", "recover",
	"crisis", "safety", "suicid", "self-harm", "self harm", "depress", "anxi", "eating", "anorex", "bulimi", "disorder", "perinatal", "postnatal", "mother", "baby",
	"bipolar", "trauma", "ptsd", "autis", "adhd", "disab", "addict", "alcohol", "drug", "camhs", "young people", "waiting",
}

// theirs are what the trust and its services are called.
func theirs(s tenants.Scope) []string {
	words := []string{strings.ToLower(s.Trust().Name), s.Trust().Slug}
	for _, service := range s.Scopes() {
		words = append(words, strings.ToLower(service.Service.Name), service.Service.Slug)
	}
	return words
}
