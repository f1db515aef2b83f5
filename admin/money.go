package admin

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/admin/money"
)

// payingDesk is who asks, as the pages of money know them.
func (c Console) payingDesk(s Scope) money.By {
	if s.Staff == nil {
		return money.By{}
	}
	return money.By{
		ID: s.Staff.ID, Name: s.Staff.Name, App: s.Staff.app(),
		Prove: func(ctx context.Context, proof string) error { return c.proves(ctx, s, proof) },
		Contact: func(ctx context.Context, trust uuid.UUID) (out money.Billing, err error) {
			return out, s.read(ctx, func(ctx context.Context, rows store) error {
				row, err := rows.contacts(ctx, trust)
				if err != nil {
					return err
				}
				contacts, err := c.openContacts(row)
				out.Person, out.Email = contacts.Person, contacts.Email
				return err
			})
		},
	}
}
