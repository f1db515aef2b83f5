package terms

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Newer is what the newest list of the area would change.
type Newer struct {
	Taken   string `json:"taken"`  // the version that the service has
	Newest  string `json:"newest"` // the version that there is
	Added   []Rule `json:"added"`
	Changed []Rule `json:"changed"` // as they would be
	Retired []Rule `json:"retired"`
	// Kept are terms that the service changed or retired itself: they stay so.
	Kept    []Rule `json:"kept"`
	service *tenants.Service
}

// Newer compares the service's terms with the newest list of its area.
func (t *Terms) Newer(ctx context.Context, s tenants.Scope, _ web.None) (Newer, error) {
	out, _, err := compare(ctx, s)
	return out, err
}

func compare(ctx context.Context, s tenants.Scope) (out Newer, steps []step, err error) {
	newest, err := listOf(s.Service.Area)
	if err != nil {
		return out, nil, err
	}
	out.service, out.Newest = s.Service, newest.version
	if out.Taken, err = taken(ctx, s); err != nil {
		return out, nil, err
	}
	rows, err := every(ctx, s)
	if err != nil {
		return out, nil, err
	}
	steps, out.Kept = differ(s, rows, newest.rules)
	for _, step := range steps {
		into := map[string]*[]Rule{"added": &out.Added, "restored": &out.Added, "changed": &out.Changed, "retired": &out.Retired}[step.what()]
		*into = append(*into, step.after.Rule)
	}
	return out, steps, nil
}

// differ says how terms become those of a list. What the service made its own is
// kept as it is.
func differ(s tenants.Scope, rows []Term, list []Rule) (steps []step, kept []Rule) {
	at, wanted := map[string]Term{}, map[string]bool{}
	for _, row := range rows {
		at[row.Key] = row
	}
	for _, rule := range list {
		key := rule.key()
		wanted[key] = true
		before, known := at[key]
		after := before
		switch {
		case !known:
			after = fresh(s, rule)
		case !before.Listed:
			if before.Rule != rule || !before.Active {
				kept = append(kept, before.Rule)
			}
			continue
		case before.Rule == rule && before.Active:
			continue
		}
		if known {
			after.Version++
		}
		after.Rule, after.Active, after.Listed = rule, true, true
		steps = append(steps, step{before, after})
	}
	for _, row := range rows {
		if row.Listed && row.Active && !wanted[row.Key] {
			after := row
			after.Active, after.Version = false, row.Version+1
			steps = append(steps, step{row, after})
		}
	}
	return steps, kept
}

// Take names the version of the area's list that was looked at.
type Take struct {
	Newest string `json:"newest" validate:"required,max=20" label:"a version"`
}

// Take takes over the newest list of the area. Conflict if that is not the one
// that was looked at, or is taken already.
func (t *Terms) Take(ctx context.Context, s tenants.Scope, in Take) (Taken, error) {
	if err := alone(ctx, s); err != nil {
		return Taken{}, err
	}
	found, steps, err := compare(ctx, s)
	if err != nil {
		return Taken{}, err
	}
	if in.Newest != found.Newest || found.Taken == found.Newest {
		return Taken{}, fault.Stale()
	}
	err = tenants.Touched(s.Update((*listing)(nil)).Set("taken = ?", found.Newest).Where("taken = ?", found.Taken).Exec(ctx))
	if err != nil {
		return Taken{}, err
	}
	return Taken{len(steps)}, apply(ctx, s, "terms.taken", "The area’s list, version "+found.Newest, steps)
}
