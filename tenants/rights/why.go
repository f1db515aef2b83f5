package rights

import (
	"context"
	"slices"
	"strings"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Question is a role and what somebody with it wanted to do.
type Question struct {
	Role       string `json:"role" validate:"max=40" label:"a role"`
	Permission string `json:"permission" validate:"max=100" label:"a permission"`
}

// Answer is why they may, or may not.
type Answer struct {
	Question
	May   bool   `json:"may"`
	Words string `json:"words,omitempty"` // empty until something is asked
	Rule  string `json:"rule,omitempty"`  // as the policy has it

	permissions, roles []ui.Option
}

// Why answers, for the team of a service, which rule allows or denies something here.
func (x Rights) Why(_ context.Context, s tenants.Scope, in Question) (Answer, error) {
	out := Answer{Question: in}
	for _, permission := range x.permissions(s) {
		out.permissions = append(out.permissions, ui.Option{Value: permission, Label: x.words(permission)})
	}
	for _, role := range columns {
		out.roles = append(out.roles, ui.Option{Value: string(role), Label: role.Name()})
	}
	if in.Role == "" && in.Permission == "" {
		return out, nil
	}
	if _, err := x.check(s, Subject{in.Permission, in.Role, s.Service.Slug}); err != nil {
		return Answer{}, err
	}
	decision := s.Estate.Policy.Decide(in.Role, s.Service.ID.String(), in.Permission)
	out.May, out.Rule = decision.Allowed, decision.Because
	out.Words = x.because(s, tenants.Role(in.Role), in.Permission, decision)
	return out, nil
}

// because puts a decision into plain words.
func (x Rights) because(s tenants.Scope, role tenants.Role, permission string, decision policy.Decision) string {
	what := "“" + x.words(permission) + "”"
	holder := holderOf(decision)
	through := ""
	if holder != "" && holder != string(role) {
		through = " A " + lower(role.Name()) + " has what " + lower(roleName(holder)) + " has."
	}
	switch {
	case decision.Denied:
		return "Your trust has taken " + what + " away from " + lower(roleName(holder)) + "." + through + " What is taken away counts more than what is given."
	case decision.Allowed:
		return what + " is given to " + lower(roleName(holder)) + "." + through
	}
	return what + " is not for the role " + lower(role.Name()) + ". It is for: " + strings.Join(x.who(s, permission), ", ") + "."
}

// holderOf is the role that a rule names.
func holderOf(decision policy.Decision) string {
	if rule, ok := strings.CutPrefix(decision.Because, "p, "); ok {
		holder, _, _ := strings.Cut(rule, ",")
		return holder
	}
	return ""
}

// who are the roles that may do something here.
func (x Rights) who(s tenants.Scope, permission string) (names []string) {
	service := everywhere
	if s.Service != nil {
		service = s.Service.ID.String()
	}
	for _, role := range columns {
		if s.Estate.Policy.Decide(string(role), service, permission).Allowed {
			names = append(names, lower(role.Name()))
		}
	}
	if len(names) == 0 {
		names = append(names, "nobody")
	}
	return names
}

// Explain tells somebody who was refused why, in plain words.
func (x Rights) Explain(s tenants.Scope, permission string) string {
	what := "“" + x.words(permission) + "”"
	roles := slices.Clone(s.Actor.Roles)
	if len(roles) == 0 {
		return what + " is not for you here."
	}
	for _, role := range roles {
		service := everywhere
		if s.Service != nil {
			service = s.Service.ID.String()
		}
		if decision := s.Estate.Policy.Decide(string(role), service, permission); decision.Denied {
			return "Your trust has switched " + what + " off for " + lower(roleName(holderOf(decision))) + ". Your service’s team can tell you more."
		}
	}
	return "Your role here is " + lower(roles[len(roles)-1].Name()) + ". " + what + " is for: " + strings.Join(x.who(s, permission), ", ") + "."
}

// lower is a name inside a sentence.
func lower(name string) string { return strings.ToLower(name) }
