package rota

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// unattended implements safety.Catch: what others would read waits for the team,
// or is not taken, while nobody is on duty or on call, if the service wants that.
// Messages between people are left alone, and so is what the team itself writes.
func unattended(_ context.Context, s tenants.Scope, t safety.Text) ([]safety.Finding, error) {
	how := settingsOf(s).Unattended
	if how == Take || t.Private || s.Actor.Roles.Staff() || safety.Accountable(s, s.Now) {
		return nil, nil
	}
	if how == Refuse {
		_, next := s.Service.Staffing(s.Now)
		if next != "" {
			next += ". "
		}
		return nil, fault.Bad("body", "Nobody of the team is here or on call now, so nothing can be posted. "+next+"If you need somebody now, use “Get help now” at the top of the page.")
	}
	return []safety.Finding{{Source: safety.ByMode, Detail: "nobody is on duty or on call", Level: safety.Green, Hold: true}}, nil
}
