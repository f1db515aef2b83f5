package tenants

import (
	"maps"
	"slices"

	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Part is something that every trust has, whichever rooms its services chose:
// invitations, identities, the audit log. Each has a folder of its own beside
// this file; what a part does not have, it leaves out.
type Part struct {
	// Grants are the default permissions: "object.action" to roles.
	Grants policy.Grants
	// Routes adds pages and commands; r is at the trust's root. Pages of the
	// trust are below /trust, those of one's own account below /account, those
	// of a service below /{service}.
	Routes func(r *Router)
	// On are what follows from events, and Rounds what comes round.
	On     []Handler
	Rounds []Round
	// Person is what it offers to do with a member, on their page.
	Person func(s Scope, person Person) []Link
	// Links are its pages as the Me page of a service, and the trust's own first
	// page, where s has no service, offer them to s.
	Links func(s Scope) []MeLink
	// Rights say in plain words what each of the Grants lets somebody do:
	// "audit.read" to "Read the audit log".
	Rights map[string]string
	// Acts name its actions in the audit log.
	Acts Acts
	// Counts are what it has counted each day.
	Counts []Count
	// Data is what it keeps of people.
	Data Holding
}

// Parts are all that a deployment has.
type Parts []Part

// Mount adds every part's routes to the table.
func (p Parts) Mount(table *Router) {
	for _, part := range p {
		if part.Routes != nil {
			part.Routes(table.In("", ""))
		}
	}
}

// Rules are all parts' default rules.
func (p Parts) Rules() (rules []policy.Rule) {
	for _, part := range p {
		rules = append(rules, part.Grants.Rules()...)
	}
	return rules
}

// Handlers are what all parts do about events.
func (p Parts) Handlers() (all []Handler) {
	for _, part := range p {
		all = append(all, part.On...)
	}
	return all
}

// Rounds are what comes round in all parts.
func (p Parts) Rounds() (all []Round) {
	for _, part := range p {
		all = append(all, part.Rounds...)
	}
	return all
}

// Person is what the parts offer to do with a member.
func (p Parts) Person(s Scope, person Person) (all []Link) {
	for _, part := range p {
		if part.Person != nil {
			all = append(all, part.Person(s, person)...)
		}
	}
	return all
}

// Acts are the actions of all parts in the audit log, and those of this package.
func (p Parts) Acts() Acts {
	all := maps.Clone(acts)
	for _, part := range p {
		maps.Copy(all, part.Acts)
	}
	return all
}

// Rights are those of all parts, and of this package.
func (p Parts) Rights() map[string]string {
	all := map[string]string{"people.read": "See who other members are", "services.configure": "Switch rooms on and off, and tune them"}
	for _, part := range p {
		maps.Copy(all, part.Rights)
	}
	return all
}

// Links are the pages that the parts offer to s, in their order.
func (p Parts) Links(s Scope) (all []MeLink) {
	for _, part := range p {
		if part.Links != nil {
			all = append(all, part.Links(s)...)
		}
	}
	return slices.Clip(all)
}
