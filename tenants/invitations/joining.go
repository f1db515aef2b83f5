package invitations

import (
	"context"
	"strings"

	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Rules are a service's house rules, as HTML.
type Rules struct {
	HTML string `json:"html"`
	Easy string `json:"easy,omitempty"` // as Easy Read; empty where there is none
}

func rulesOf(s *tenants.Service) Rules {
	return Rules{markdown.HTML(s.HouseRules), markdown.HTML(s.HouseRulesEasy)}
}

// Rules shows them.
func (Invitations) Rules(_ context.Context, s tenants.Scope, _ web.None) (Rules, error) {
	return rulesOf(s.Service), nil
}

// Words are what a service says to whoever comes, in Markdown.
type Words struct {
	Rules       string `json:"rules" validate:"filled,max=10000" label:"the house rules"`
	RulesEasy   string `json:"rules_easy" validate:"max=10000" label:"the house rules as Easy Read"`
	Welcome     string `json:"welcome" validate:"max=4000" label:"the welcome"`
	WelcomeEasy string `json:"welcome_easy" validate:"max=4000" label:"the welcome as Easy Read"`
}

// Joining is what a lead can change about how people come in.
type Joining struct {
	Words
	Days    int `json:"days"`
	Version int `json:"version"`
}

// Joining shows it.
func (Invitations) Joining(_ context.Context, s tenants.Scope, _ web.None) (Joining, error) {
	at := s.Service
	return Joining{Words{at.HouseRules, at.HouseRulesEasy, at.Welcome, at.WelcomeEasy}, at.InvitationDays, at.JoiningVersion}, nil
}

// Change is what a lead wants of it. Version is the one that they saw.
type Change struct {
	Words
	Days    int `json:"days" validate:"gte=1,lte=90" label:"the number of days"`
	Version int `json:"version" validate:"gte=1"`
	tenants.Why
}

// Change keeps new words or days. Conflict if somebody else changed them since
// Version. Invitations that are out keep their date.
func (i Invitations) Change(ctx context.Context, s tenants.Scope, in Change) (Joining, error) {
	was, _ := i.Joining(ctx, s, web.None{})
	for _, text := range []*string{&in.Rules, &in.RulesEasy, &in.Welcome, &in.WelcomeEasy} {
		*text = strings.TrimSpace(*text)
	}
	now := Joining{in.Words, in.Days, in.Version + 1}
	err := tenants.Fresh(s.Update((*tenants.Service)(nil)).Set("house_rules = ?", now.Rules).Set("house_rules_easy = ?", now.RulesEasy).
		Set("welcome = ?", now.Welcome).Set("welcome_easy = ?", now.WelcomeEasy).
		Set("invitation_days = ?", now.Days).Set("joining_version = ?", now.Version).
		Where("id = ?", s.Service.ID).Where("joining_version = ?", in.Version).Exec(ctx))
	if err != nil {
		return Joining{}, err
	}
	if err := s.Audit(ctx, "joining.changed", tenants.Audited{Subject: s.Service.ID, Reason: in.Reason, Before: was, After: now}); err != nil {
		return Joining{}, err
	}
	return now, s.Changed(ctx)
}
