package credentials

import (
	"context"

	"github.com/sharon-nhs/sharon/tenants"
)

var purposes = map[Purpose]string{
	Reset: "For a new password", Confirm: "For another email address", Undo: "For keeping the old email address",
}

// mine is the condition of an account's tickets, also of those by its address alone.
const mine = "(account_id = ? OR email_lookup = (SELECT a.email_lookup FROM accounts AS a WHERE a.tenant_id = ? AND a.id = ?))"

// data is what is kept of links that were asked for.
func data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{{Key: "links", Name: "Links that we emailed to you", About: "That you asked for a new password or another email address.", Days: 14}},
		Export: func(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
			var rows []Ticket
			err := s.Select(&rows).Where(mine, person.AccountID, s.Trust().ID, person.AccountID).Order("ticket.created_at").Scan(ctx)
			for _, row := range rows {
				into.Add("Links that we emailed to you", tenants.Item{At: row.CreatedAt, Title: purposes[row.Purpose]})
			}
			return err
		},
		Erase: func(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
			_, err := s.Delete((*Ticket)(nil)).Where(mine, person.AccountID, s.Trust().ID, person.AccountID).Exec(ctx)
			return err
		},
	}
}
