package catch

import (
	"context"

	"github.com/sharon-nhs/sharon/tenants"
)

func data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			{Key: "help-requests", Name: "When you asked for help", About: "That you asked for a human of the team, when, and what you said.", Stays: "The team must be able to show what it was asked and what it did. Your words are removed when you leave."},
		},
		Export: export, Erase: erase,
	}
}

func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	var rows []Request
	err := s.Select(&rows).Where("request.member_id = ?", person.ID).Order("request.asked_at").Scan(ctx)
	for _, row := range rows {
		into.Add("When you asked for help", tenants.Item{At: row.AskedAt, Words: row.Words})
	}
	return err
}

func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	_, err := s.Update((*Request)(nil)).Set("words = ''").Where("member_id = ?", person.ID).Exec(ctx)
	return err
}
