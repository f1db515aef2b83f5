package blogs

import (
	"context"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

func data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			{Key: "blog", Name: "Your blog", About: "Its name and line, the series of your posts, and what you keep to read later. The posts are with what you wrote."},
		},
		Export: export, Erase: erase,
	}
}

func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	home, err := posts.FindHome(ctx, s, posts.Home(s, key, person, posts.PostOwner))
	if err != nil {
		return err
	}
	if home.Name != "" || home.About != "" {
		into.Add("Your blog", tenants.Item{At: home.CreatedAt, Title: home.Name, Words: home.About})
	}
	entries, kept, err := keptOf(ctx, s, person.ID)
	for _, entry := range entries {
		into.Add("Series of your blog", tenants.Item{Title: entry.Series})
	}
	for _, one := range kept {
		into.Add("Kept to read later", tenants.Item{At: one.KeptAt})
	}
	return err
}

// erase forgets what somebody kept to read, and what their blog and series were
// called: these are words of theirs too.
func erase(ctx context.Context, s tenants.Scope, person tenants.Person, how tenants.Leaving) error {
	return forget(ctx, s, person.ID, how.KeepWords)
}
