package invitations

import (
	"context"
	"strings"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Rules are a service's house rules.
type Rules struct {
	HTML string `json:"html"`
}

// Rules shows them.
func (Invitations) Rules(_ context.Context, s tenants.Scope, _ web.None) (Rules, error) {
	return Rules{markdown.HTML(s.Service.HouseRules)}, nil
}

// Joining is what a lead can change about how people come in.
type Joining struct {
	Rules   string `json:"rules"` // Markdown
	Days    int    `json:"days"`
	Version int    `json:"version"`
}

// Joining shows it.
func (Invitations) Joining(_ context.Context, s tenants.Scope, _ web.None) (Joining, error) {
	return Joining{s.Service.HouseRules, s.Service.InvitationDays, s.Service.JoiningVersion}, nil
}

// Change is what a lead wants of it. Version is the one that they saw.
type Change struct {
	Rules   string `json:"rules" validate:"filled,max=10000" label:"the house rules"`
	Days    int    `json:"days" validate:"gte=1,lte=90" label:"the number of days"`
	Version int    `json:"version" validate:"gte=1"`
}

// Change keeps new house rules or days. Conflict if somebody else changed them
// since Version. Invitations that are out keep their date.
func (i Invitations) Change(ctx context.Context, s tenants.Scope, in Change) (Joining, error) {
	was, _ := i.Joining(ctx, s, web.None{})
	now := Joining{strings.TrimSpace(in.Rules), in.Days, in.Version + 1}
	err := tenants.Touched(s.Update((*tenants.Service)(nil)).Set("house_rules = ?", now.Rules).Set("invitation_days = ?", now.Days).Set("joining_version = ?", now.Version).
		Where("id = ?", s.Service.ID).Where("joining_version = ?", in.Version).Exec(ctx))
	if fault.Is(err, fault.NotFound) {
		return Joining{}, fault.Stale()
	}
	if err != nil {
		return Joining{}, err
	}
	if err := s.Audit(ctx, "joining.changed", tenants.Audited{Subject: s.Service.ID, Before: was, After: now}); err != nil {
		return Joining{}, err
	}
	return now, s.Changed(ctx)
}
