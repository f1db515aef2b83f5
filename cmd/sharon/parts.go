package main

import "github.com/sharon-nhs/sharon/tenants"

// everywhere is what every trust has, in the order of the Me page. A new part is a
// folder below tenants/ and a line here.
func everywhere(a *app) tenants.Parts {
	return tenants.Parts{
		a.Accounts.Part(),
	}
}
