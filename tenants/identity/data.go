package identity

import (
	"context"

	"github.com/sharon-nhs/sharon/tenants"
)

// data is what is kept of who people are outside.
func (i Identities) data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{{Key: "identity", Name: "Who you are", About: "Your name, date of birth, NHS number and phone number, as far as the team knows them. They are locked away, apart from your handle."},
			{Key: "phone-codes", Name: "A phone number that waits for its code", About: "A number that you entered, locked away, until you type the code that we texted to it.", Days: 1}},
		Export: i.export,
		Erase: func(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
			if err := dropCodes(ctx, s, person.AccountID); err != nil {
				return err
			}
			_, err := s.Delete((*Kept)(nil)).Where("account_id = ?", person.AccountID).Exec(ctx)
			return err
		},
	}
}

func (i Identities) export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	row, who, err := i.archive.seen(ctx, s, person.AccountID)
	if err != nil {
		return err
	}
	item := tenants.Item{At: row.UpdatedAt}
	for _, part := range []tenants.Fact{{Name: "Name", Value: who.Name}, {Name: "Born on", Value: who.BornOn}, {Name: "NHS number", Value: who.NHSNumber}, {Name: "Phone", Value: who.Phone}} {
		if part.Value != "" {
			item.Facts = append(item.Facts, part)
		}
	}
	if len(item.Facts) > 0 {
		into.Add("Who you are", item)
	}
	if row.PhoneVerifiedAt != nil {
		into.Add("Who you are", tenants.Item{At: *row.PhoneVerifiedAt, Title: "You showed that the phone is yours"})
	}
	if row.PhoneRefusedAt != nil {
		into.Add("Who you are", tenants.Item{At: *row.PhoneRefusedAt, Title: "The phone did not take a text of ours"})
	}
	waiting, number, err := i.waiting(ctx, s, person.AccountID)
	if err != nil {
		return err
	}
	if number != "" {
		into.Add("Who you are", tenants.Item{At: waiting.CreatedAt, Title: "A phone number that waits for its code", Facts: []tenants.Fact{{Name: "Phone", Value: number}}})
	}
	looks, err := looksAt(ctx, s, person.AccountID)
	for _, look := range looks {
		into.Add("When somebody looked up who you are", tenants.Item{At: look.At, Facts: []tenants.Fact{{Name: "Why", Value: look.Reason}}})
	}
	return err
}
