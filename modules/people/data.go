package people

import (
	"context"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

func data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			{Key: "circle", Name: "Your circle", About: "Your friends, whom you muted or blocked, and the words that you do not want to see."},
		},
		Export: export, Erase: erase,
	}
}

// bonds are those that somebody made, in words; what others did is theirs.
var bonds = map[tenants.Bond]string{
	tenants.Friend: "Friends", tenants.Asking: "People whom you asked to be a friend", tenants.Muting: "People you muted", tenants.Blocking: "People you blocked",
}

func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	ties, err := s.TiesOf(ctx, person.ID)
	if err != nil {
		return err
	}
	for _, tie := range ties {
		if name, own := bonds[tie.Bond]; own && tie.Other != nil {
			into.Add(name, tenants.Item{At: tie.Since, Title: tie.Other.Handle})
		}
	}
	words, err := posts.FiltersOf(ctx, s, person.ID)
	for _, one := range words {
		into.Add("Words that you do not want to see", tenants.Item{At: one.CreatedAt, Words: one.Words})
	}
	return err
}

func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	if err := s.Sever(ctx, person.ID); err != nil {
		return err
	}
	return posts.ForgetFilters(ctx, s, person.ID)
}
