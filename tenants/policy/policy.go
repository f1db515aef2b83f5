// Package policy decides by role who may do what. Casbin holds role templates
// only, at most a few hundred rows for a trust; who has which role is in the
// membership tables.
package policy

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
)

// Grants are a room's defaults: which roles may do "object.action".
type Grants map[string][]string

// Rule allows or denies a role an action on an object, in one service or in all (*).
type Rule struct {
	Role, Service, Object, Action string
	Effect                        string // allow or deny; a deny wins
}

// Rules turns grants into rules for every service, in a stable order.
func (g Grants) Rules() []Rule {
	var rules []Rule
	for permission, roles := range g {
		object, action, _ := strings.Cut(permission, ".")
		for _, role := range roles {
			rules = append(rules, Rule{role, "*", object, action, "allow"})
		}
	}
	slices.SortFunc(rules, func(a, b Rule) int { return strings.Compare(a.String(), b.String()) })
	return rules
}

func (r Rule) String() string {
	return strings.Join([]string{"p", r.Role, r.Service, r.Object, r.Action, r.Effect}, ", ")
}

const definition = `
[request_definition]
r = role, service, object, action
[policy_definition]
p = role, service, object, action, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = g(r.role, p.role) && (p.service == "*" || p.service == r.service) && p.object == r.object && p.action == r.action
`

// Enforcer answers for one trust. It never changes: a changed policy makes a
// new one, so that no reader meets a half-written rule.
type Enforcer struct {
	casbin    *casbin.Enforcer
	decisions sync.Map // question → Decision: a page asks the same things again and again
}

// Decision is an answer and the rule that it rests on.
type Decision struct {
	Allowed bool
	Denied  bool // by a rule that says so, not for want of one
	Because string
}

type question struct{ role, service, permission string }

// New compiles rules and inheritance (role, inherited role).
func New(rules []Rule, inherits [][2]string) (*Enforcer, error) {
	m, err := model.NewModelFromString(definition)
	if err != nil {
		return nil, err
	}
	enforcer, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, err
	}
	for _, rule := range rules {
		if _, err := enforcer.AddPolicy(rule.Role, rule.Service, rule.Object, rule.Action, rule.Effect); err != nil {
			return nil, fmt.Errorf("rule %s: %w", rule, err)
		}
	}
	for _, pair := range inherits {
		if _, err := enforcer.AddGroupingPolicy(pair[0], pair[1]); err != nil {
			return nil, fmt.Errorf("inheritance %v: %w", pair, err)
		}
	}
	return &Enforcer{casbin: enforcer}, nil
}

// Decide answers whether the role may do permission ("object.action") in the
// service. An error of the engine is a no.
func (e *Enforcer) Decide(role, service, permission string) Decision {
	asked := question{role, service, permission}
	if known, ok := e.decisions.Load(asked); ok {
		return known.(Decision)
	}
	object, action, _ := strings.Cut(permission, ".")
	allowed, rule, err := e.casbin.EnforceEx(role, service, object, action)
	decision := Decision{Allowed: allowed && err == nil}
	switch {
	case err != nil:
		decision.Because = "the policy could not be read: " + err.Error()
	case len(rule) > 0:
		decision.Because, decision.Denied = "p, "+strings.Join(rule, ", "), !allowed
	default:
		decision.Because = fmt.Sprintf("no rule lets %s do %s", role, permission)
	}
	e.decisions.Store(asked, decision)
	return decision
}
