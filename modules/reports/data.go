package reports

import (
	"context"

	"github.com/sharon-nhs/sharon/tenants"
)

func data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			{Key: "post-reports", Name: "What you reported", About: "Posts that you asked the team to look at, and what you said about them.", Stays: "The team must be able to show what it was told and what it did. Your words in it are removed when you leave."},
		},
		Export: export, Erase: erase,
	}
}

func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	made, err := madeBy(ctx, s, person.ID)
	for _, one := range made {
		into.Add("What you reported", tenants.Item{At: one.ReportedAt, Title: one.Reason, Words: one.Words})
	}
	return err
}

func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	return silence(ctx, s, person.ID)
}
