package main

import (
	"time"

	"github.com/sharon-nhs/sharon/internal/outbound"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/account"
)

// everywhere is what every trust has, in the order of the Me page. A new part is a
// folder below tenants/ and a line here.
func everywhere(a *app) tenants.Parts {
	return tenants.Parts{a.Accounts.Part()}
}

// accounts are how people prove who they are; other organisations are asked for it
// on the public internet only.
func accounts(a *app) account.Accounts {
	return account.New(account.Deps{
		Entrance: tenants.Entrance{Keys: a.Keys, Sessions: a.Web.sessions()},
		Clock:    a.Clock, BaseURL: a.Web.BaseURL, HTTP: outbound.Client(5*time.Second, outbound.Public, nil),
	})
}
