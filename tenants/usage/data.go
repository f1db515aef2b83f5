package usage

import (
	"context"

	"github.com/sharon-nhs/sharon/tenants"
)

// data is what is kept of those who come.
func data() tenants.Holding {
	class := tenants.Class{Key: "visits", Name: "Days you came", About: "On which days you came, and whether with a phone, a tablet or a computer. Only counts are made of it.", Days: 100, Least: 62, Most: 400}
	return tenants.Holding{
		Classes: []tenants.Class{class.Ages(tenants.Aged{Model: (*tenants.Visit)(nil), Since: "at", Whose: "member_id"})},
		Export: func(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
			visits, err := visitsOf(ctx, s, person.AccountID)
			for _, v := range visits {
				item := tenants.Item{At: v.At, Title: "You came", Facts: []tenants.Fact{{Name: "Device", Value: v.Device}}}
				if at, open := s.Within(v.ServiceID); open {
					item.Where = at.Service.Name
				}
				into.Add("Days you came", item)
			}
			return err
		},
		Erase: func(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
			services, err := s.Everywhere(ctx)
			if err != nil {
				return err
			}
			for _, at := range services {
				if err := forget(ctx, at, person.AccountID); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
