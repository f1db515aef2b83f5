package main

import (
	"maps"

	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/audit"
)

// everywhere is what every trust has, in the order of the Me page. A new part is a
// folder below tenants/ and a line here.
func everywhere(a *app) tenants.Parts {
	return tenants.Parts{
		audit.New(audit.Log{Acts: a.acts, Log: a.Log}),
	}
}

// acts name every action of the audit log.
func (a *app) acts() tenants.Acts {
	all := a.Parts.Acts()
	maps.Copy(all, modules.Acts(a.Rooms))
	return all
}
