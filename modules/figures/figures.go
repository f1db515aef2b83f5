// Package figures is what is known of how a service keeps its people safe: what
// was raised, how soon somebody answered, and how that compares with the targets.
// It counts; it never names a member and shows nobody's words.
package figures

import (
	"context"
	"net/url"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const key = "figures"

// longest is how long a period can be: what is shown is worked out as it is asked for.
const longest = 366 * 24 * time.Hour

// New makes the room.
func New() modules.Module {
	return modules.Module{
		Key: key, Name: "Safety figures", Icon: "chart-column", Always: true,
		About:  "How soon the team answers, against the service’s targets.",
		Grants: policy.Grants{"figures.read": {string(tenants.Clinician), string(tenants.ServiceLead)}},
		Rights: map[string]string{"figures.read": "See how soon the team answers"},
		Acts:   tenants.Acts{"figures.export": "Took the safety figures as CSV"},
		Routes: func(r *modules.Router) {
			web.Get(r, "/figures", "figures.read", "What was raised, and how soon it was answered", Show, page, web.Asks)
			web.Download(r, "/figures.csv", "figures.read", "Each item of the period, without anybody’s words, as CSV", Export)
		},
		Nav: func(s tenants.Scope) []ui.Room {
			if !s.May("figures.read") {
				return nil
			}
			return []ui.Room{{Key: key, Name: "Safety figures", Icon: "chart-column", Path: "/" + s.Service.Slug + "/figures", Corner: true}}
		},
	}
}

// Period is some days in Europe/London; both count. Empty ones are the last 30 days.
type Period struct {
	From string `json:"from,omitempty" validate:"max=10" label:"a day"`
	To   string `json:"to,omitempty" validate:"max=10" label:"a day"`
}

// bounds are the period's first instant and the one after its last. Invalid
// where a day is none, or the days are the wrong way round or too far apart.
func (p *Period) bounds(now time.Time) (from, until time.Time, err error) {
	today := now.In(clock.London)
	if p.To == "" {
		p.To = today.Format(time.DateOnly)
	}
	last, err := time.ParseInLocation(time.DateOnly, p.To, clock.London)
	if err != nil {
		return from, until, fault.Bad("to", "Write a day such as 2026-11-20.")
	}
	if p.From == "" {
		p.From = last.AddDate(0, 0, -29).Format(time.DateOnly)
	}
	if from, err = time.ParseInLocation(time.DateOnly, p.From, clock.London); err != nil {
		return from, until, fault.Bad("from", "Write a day such as 2026-11-20.")
	}
	until = last.AddDate(0, 0, 1)
	switch {
	case !from.Before(until):
		return from, until, fault.Bad("to", "The last day must not be before the first.")
	case until.Sub(from) > longest+time.Hour:
		return from, until, fault.Bad("from", "Choose a year at most.")
	}
	return from, until, nil
}

func (p Period) query() string { return url.Values{"from": {p.From}, "to": {p.To}}.Encode() }

// Show works out the figures of a period.
func Show(ctx context.Context, s tenants.Scope, in Period) (Figures, error) {
	from, until, err := in.bounds(s.Now)
	if err != nil {
		return Figures{}, err
	}
	items, err := raised(ctx, s, from, until)
	if err != nil {
		return Figures{}, err
	}
	cases, err := opened(ctx, s, from, until)
	if err != nil {
		return Figures{}, err
	}
	out := reckon(items, cases, s.Now)
	out.Period, out.Days, out.Hours, out.settings = in, byDay(items, from, until), byHour(items), safety.SettingsOf(s)
	return out, nil
}
