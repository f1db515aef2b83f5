package terms

import (
	"context"

	"github.com/sharon-nhs/sharon/tenants"
)

// Usual is how many terms a service of an area begins with, and which version of
// the area's list they are from.
func Usual(area tenants.Area) (many int, version string, err error) {
	list, err := listOf(area)
	return len(list.rules), list.version, err
}

// Drift counts in what the service's terms differ from those of its area.
func Drift(ctx context.Context, s tenants.Scope) (out tenants.TermDrift, err error) {
	list, err := listOf(s.Service.Area)
	if err != nil {
		return out, err
	}
	rows, err := every(ctx, s)
	if err != nil {
		return out, err
	}
	usual := make(map[string]Rule, len(list.rules))
	for _, rule := range list.rules {
		usual[rule.key()] = rule
	}
	for _, row := range rows {
		rule, known := usual[row.Key]
		switch {
		case !row.Active && (known || row.Listed):
			out.Retired++
		case !row.Active:
		case !known && !row.Listed:
			out.Added++
		case known && row.Rule != rule:
			out.Changed++
		}
	}
	version, err := taken(ctx, s)
	out.Newer = version != "" && version != list.version
	return out, err
}
