package tenants

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants/policy"
)

// PolicyRule is a trust's change of the usual policy.
type PolicyRule struct {
	bun.BaseModel `bun:"table:policy_rules,alias:rule"`
	InTrust

	ID        uuid.UUID `bun:"id,pk,type:uuid" json:"-"`
	Role      string    `bun:"role" json:"role"`
	Service   string    `bun:"service" json:"service"` // an id or *
	Object    string    `bun:"object" json:"-"`
	Action    string    `bun:"action" json:"-"`
	Effect    string    `bun:"effect" json:"effect"` // allow or deny
	CreatedAt time.Time `bun:"created_at" json:"created_at"`
}

// Permission is what the rule is about: "object.action".
func (r PolicyRule) Permission() string { return r.Object + "." + r.Action }

// Usual are the rules that every trust starts from.
func (s Scope) Usual() []policy.Rule { return slices.Clone(s.unit.dir.Defaults) }

// Compile makes a policy of the usual rules and a trust's changes, to compare
// with the one in force.
func (s Scope) Compile(changes []PolicyRule) (*policy.Enforcer, error) {
	rules := s.Usual()
	for _, change := range changes {
		rules = append(rules, policy.Rule{Role: change.Role, Service: change.Service, Object: change.Object, Action: change.Action, Effect: change.Effect})
	}
	pairs := make([][2]string, len(Inherits))
	for i, pair := range Inherits {
		pairs[i] = [2]string{string(pair[0]), string(pair[1])}
	}
	return policy.New(rules, pairs)
}
