package terms

import (
	"context"
	"strings"

	"github.com/sharon-nhs/sharon/tenants"
)

// Usual is what a service of an area looks for at first, group by group, how many
// terms that are, and which version of the area's list they are from.
func Usual(area tenants.Area) (groups []tenants.Watched, many int, version string, err error) {
	list, err := listOf(area)
	for _, g := range list.groups {
		one := tenants.Watched{Name: g.Name, Source: g.Source, Does: g.usually()}
		for _, part := range g.parts() {
			one.Many += len(part.rules)
		}
		groups = append(groups, one)
	}
	return groups, len(list.rules), list.version, err
}

// usually says in words what follows, before there is a service.
func (a Acts) usually() (words []string) {
	for _, act := range []struct {
		is    bool
		words string
	}{
		{a.Case != "", "opens a case: " + strings.ToLower(a.Case.Name())}, {a.Support, "offers support"},
		{a.Hold, "waits for the team"}, {a.Topic != "", "is covered by a content note"},
	} {
		if act.is {
			words = append(words, act.words)
		}
	}
	if words == nil {
		words = []string{"the team is told"}
	}
	return words
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
