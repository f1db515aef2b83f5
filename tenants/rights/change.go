package rights

import (
	"context"
	"slices"
	"strings"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// usually is the effect that takes a change back.
const usually = "usual"

// Choice is what to do about a permission of a role.
type Choice struct {
	Subject
	Effect string `json:"effect" validate:"omitempty,oneof=allow deny usual" label:"what to do"`
}

// Difference is what a change would do for one role.
type Difference struct {
	Role  string `json:"role"`
	Name  string `json:"name"`
	Where string `json:"where"`
	Was   bool   `json:"was"`
	Now   bool   `json:"now"`
}

// Preview is a permission of a role, and what a change would do.
type Preview struct {
	Choice
	Words       string       `json:"words"`
	Name        string       `json:"name"`  // of the role
	Where       string       `json:"where"` // in words
	May         bool         `json:"may"`
	Usual       bool         `json:"usual"`
	Fixed       string       `json:"fixed,omitempty"`
	Differences []Difference `json:"differences,omitempty"`
}

// Preview shows what a change would do before anybody makes it: roles have what
// other roles have, so that one change can be several.
func (x Rights) Preview(ctx context.Context, s tenants.Scope, in Choice) (Preview, error) {
	out, _, err := x.preview(ctx, s, in)
	return out, err
}

func (x Rights) preview(ctx context.Context, s tenants.Scope, in Choice) (Preview, *policy.Enforcer, error) {
	at, err := x.check(s, in.Subject)
	if err != nil {
		return Preview{}, nil, err
	}
	usual, err := s.Compile(nil)
	if err != nil {
		return Preview{}, nil, err
	}
	out := Preview{Choice: in, Words: x.words(in.Permission), Name: roleName(in.Role), Where: "in every service", Fixed: fixed(usual, tenants.Role(in.Role), in.Permission)}
	if service := s.Estate.Service(in.Service); service != nil {
		out.Where = "in " + service.Name
	}
	out.May = s.Estate.Policy.Decide(in.Role, at, in.Permission).Allowed
	out.Usual = usual.Decide(in.Role, at, in.Permission).Allowed
	if in.Effect == "" || out.Fixed != "" {
		return out, nil, nil
	}
	rules, err := rulesOf(ctx, s)
	if err != nil {
		return Preview{}, nil, err
	}
	rules = slices.DeleteFunc(rules, func(r tenants.PolicyRule) bool {
		return r.Role == in.Role && r.Service == at && r.Permission() == in.Permission
	})
	if in.Effect != usually {
		object, action, _ := strings.Cut(in.Permission, ".")
		rules = append(rules, tenants.PolicyRule{Role: in.Role, Service: at, Object: object, Action: action, Effect: in.Effect})
	}
	next, err := s.Compile(rules)
	if err != nil {
		return Preview{}, nil, err
	}
	out.Differences = differences(s, in.Permission, next)
	return out, next, nil
}

// check finds what there is not, and returns the rule's service.
func (x Rights) check(s tenants.Scope, in Subject) (string, error) {
	if !slices.Contains(x.permissions(s), in.Permission) {
		return "", fault.Bad("permission", "Choose one of the permissions.")
	}
	if !slices.Contains(columns, tenants.Role(in.Role)) {
		return "", fault.Bad("role", "Choose one of the roles.")
	}
	return where(s, in.Service)
}

// differences are what another policy changes of a permission, role by role; one
// line where it is the same in all services.
func differences(s tenants.Scope, permission string, next *policy.Enforcer) (all []Difference) {
	for _, role := range columns {
		var lines []Difference
		for _, service := range s.Estate.Services {
			was := s.Estate.Policy.Decide(string(role), service.ID.String(), permission).Allowed
			now := next.Decide(string(role), service.ID.String(), permission).Allowed
			if was != now {
				lines = append(lines, Difference{string(role), role.Name(), "in " + service.Name, was, now})
			}
		}
		if len(lines) > 1 && len(lines) == len(s.Estate.Services) {
			lines = lines[:1]
			lines[0].Where = "in every service"
		}
		all = append(all, lines...)
	}
	return all
}

// Made is a change that was made.
type Made struct {
	Service     string       `json:"service"`
	Differences []Difference `json:"differences"`
}

// Change gives a permission to a role, takes it, or takes the trust's change
// back. Forbidden for what never changes; Conflict where nobody of the team would
// be left who may.
func (x Rights) Change(ctx context.Context, s tenants.Scope, in Choice) (Made, error) {
	if err := s.Fresh(); err != nil {
		return Made{}, err
	}
	if in.Effect == "" {
		return Made{}, fault.Bad("effect", "Choose what to do.")
	}
	out, next, err := x.preview(ctx, s, in)
	if err != nil {
		return Made{}, err
	}
	if out.Fixed != "" {
		return Made{}, fault.New(fault.Conflict, out.Fixed)
	}
	if err := someoneLeft(s, in.Permission, next); err != nil {
		return Made{}, err
	}
	at, err := where(s, in.Service)
	if err != nil {
		return Made{}, err
	}
	if err := put(ctx, s, in.Role, at, in.Permission, in.Effect); err != nil {
		return Made{}, err
	}
	before, after := map[string]any{"permission": out.Words}, map[string]any{"permission": out.Words}
	for _, d := range out.Differences {
		before[d.Name+" "+d.Where], after[d.Name+" "+d.Where] = d.Was, d.Now
	}
	if err := s.Audit(ctx, "policy.change", tenants.Audited{Before: before, After: after}); err != nil {
		return Made{}, err
	}
	return Made{in.Service, out.Differences}, s.Changed(ctx)
}

// someoneLeft refuses a policy in which nobody of a service's team may do what is the team's.
func someoneLeft(s tenants.Scope, permission string, next *policy.Enforcer) error {
	for _, service := range s.Estate.Services {
		may := func(of *policy.Enforcer) func(tenants.Role) bool {
			return func(role tenants.Role) bool { return of.Decide(string(role), service.ID.String(), permission).Allowed }
		}
		if slices.ContainsFunc(team, may(s.Estate.Policy)) && !slices.ContainsFunc(team, may(next)) && !slices.ContainsFunc(patients, may(s.Estate.Policy)) {
			return fault.New(fault.Conflict, "Then nobody in the team of "+service.Name+" could do this any more. Leave it to one role at least.")
		}
	}
	return nil
}
