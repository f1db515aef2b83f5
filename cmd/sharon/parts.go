package main

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/credentials"
	"github.com/sharon-nhs/sharon/tenants/identity"
	"github.com/sharon-nhs/sharon/tenants/invitations"
	"github.com/sharon-nhs/sharon/tenants/letters"
)

// everywhere is what every trust has, in the order of the Me page. A new part is a
// folder below tenants/ and a line here.
func everywhere(a *app) tenants.Parts {
	return tenants.Parts{
		a.Accounts.Part(),
		invitations.New(a.office(), tenants.Entrance{Keys: a.Keys, Sessions: a.Web.sessions()}),
		identity.New(a.Keys),
		credentials.New(a.office()),
	}
}

// office writes to people by the same mail server as the notifications room.
func (a *app) office() letters.Office {
	return letters.Office{
		Keys:    a.Keys,
		Address: func(t tenants.Trust) string { return a.Outside.Address(t) },
		Email:   func() func(context.Context, mail.Message) error { return a.Outside.Email },
	}
}
