package posts

import (
	"context"
	"slices"
	"strings"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/watch"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// WhyKinder is why figures are asked about.
const WhyKinder = "Numbers of weight, food or exercise can hurt people here who compare themselves by them. You can say the same without them."

// watchesFigures tells whether a service has the rule about figures.
func watchesFigures(s tenants.Scope) bool {
	area, _ := areas.Of(string(s.Service.Area))
	return area.Figures
}

// Kinder is a text without its figures; empty where it has none, or where nobody asks.
func Kinder(s tenants.Scope, text string) string {
	if !watchesFigures(s) {
		return ""
	}
	figures := watch.Figures(text)
	if len(figures) == 0 {
		return ""
	}
	return watch.Kinder(text, figures)
}

// figures finds figures in what members of a service with that rule say to many.
// It waits, and is not censored. A Catch.
func figures(_ context.Context, s tenants.Scope, t safety.Text) ([]safety.Finding, error) {
	if t.Private || !watchesFigures(s) || s.Actor.Roles.Staff() {
		return nil, nil
	}
	var kinds []string
	for _, f := range watch.Figures(t.Title + "\n" + t.Body) {
		if !slices.Contains(kinds, string(f.Kind)) {
			kinds = append(kinds, string(f.Kind))
		}
	}
	if len(kinds) == 0 {
		return nil, nil
	}
	return []safety.Finding{{Source: safety.ByFigure, Detail: strings.Join(kinds, ", "), Level: safety.Green, Hold: true}}, nil
}

// kindly gives a browser's form back once where there is a kinder way to say it.
func kindly(s tenants.Scope, post Post, asIs bool) error {
	if asIs || !s.Client.Browser || s.Actor.Roles.Staff() || post.Audience == tenants.AudienceSelf || Kinder(s, post.Title+"\n"+post.Body) == "" {
		return nil
	}
	return fault.Bad("body", WhyKinder+" Change them, or choose to post it as it is.")
}

// kinder are other words for what was typed in a form that came back; empty if
// there is nothing to say otherwise.
func (f Form) kinder(ctx context.Context) string {
	typed, back := ui.Typed(ctx, "body")
	if !back || !f.Figures || len(typed) == 0 {
		return ""
	}
	found := watch.Figures(typed[0])
	if len(found) == 0 {
		return ""
	}
	return watch.Kinder(typed[0], found)
}
