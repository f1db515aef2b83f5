package cases

import (
	"context"

	"github.com/sharon-nhs/sharon/tenants"
)

func data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			{Key: "cases", Name: "Cases", About: "What the team wrote down when it was worried about you, and what it did.",
				Stays: "The team must be able to show how it kept you safe. It is part of your health record and never deleted early."},
			{Key: "case-calls", Name: "Calls for cases", About: "When somebody of the team was called for a case, and whether they were reached.",
				Stays: "It shows that somebody came, and how soon."},
		},
		Export: export,
	}
}

// export tells that there were cases and when, not what is in them: that can name
// others, and is given out by the service after a look.
func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	about, err := aboutThem(ctx, s, person.ID)
	for _, one := range about {
		item := tenants.Item{At: one.OpenedAt, Title: "The team looked after you", Words: "Ask your service for what is in it: somebody looks through it first, as others can be named there."}
		if one.ClosedAt != nil {
			item.Facts = []tenants.Fact{{Name: "Until", Value: toTheSecond(*one.ClosedAt)}}
		}
		into.Add("Cases", item)
	}
	return err
}
