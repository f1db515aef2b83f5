package main

import (
	"context"
	"maps"
	"slices"

	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/text"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/audit"
	"github.com/sharon-nhs/sharon/tenants/credentials"
	"github.com/sharon-nhs/sharon/tenants/data"
	"github.com/sharon-nhs/sharon/tenants/exitkit"
	"github.com/sharon-nhs/sharon/tenants/homescreen"
	"github.com/sharon-nhs/sharon/tenants/identity"
	"github.com/sharon-nhs/sharon/tenants/invitations"
	"github.com/sharon-nhs/sharon/tenants/letters"
	"github.com/sharon-nhs/sharon/tenants/portfolio"
	"github.com/sharon-nhs/sharon/tenants/programmes"
	"github.com/sharon-nhs/sharon/tenants/reach"
	"github.com/sharon-nhs/sharon/tenants/reading"
	"github.com/sharon-nhs/sharon/tenants/rights"
	"github.com/sharon-nhs/sharon/tenants/sharing"
	"github.com/sharon-nhs/sharon/tenants/usage"
)

// everywhere is what every trust has, in the order of the Me page. A new part is a
// folder below tenants/ and a line here.
func everywhere(a *app) tenants.Parts {
	return tenants.Parts{
		a.Accounts.Part(),
		reading.Part(),
		reach.New(),
		invitations.New(a.office(), tenants.Entrance{Keys: a.Keys, Sessions: a.Web.sessions()}),
		identity.New(a.Keys, func() text.Provider { return a.Outside.Text }),
		credentials.New(a.office()),
		rights.New(a.rights()),
		data.New(data.Data{Files: a.Files, Office: a.office(), Rooms: a.inRooms, Parts: a.inParts}),
		programmes.New(a.office(), a.Files, counted),
		audit.New(audit.Log{Acts: a.acts, Log: a.Log}),
		portfolio.New(posts.Activity),
		exitkit.New(func() exitkit.Office { return exitkit.Office{House: a.house()} }),
		usage.New(a.usage()),
		sharing.New(sharing.To{Room: "recovery", Path: "/recovery/journal/new"}),
		homescreen.New(),
	}
}

// usage is what is counted in every service.
func (a *app) usage() usage.Usage {
	return usage.Usage{
		Counts: func() []tenants.Count { return slices.Concat(a.Parts.Counts(), modules.Counts(a.Rooms)) },
		Rooms: func() map[string]usage.Room {
			all := map[string]usage.Room{}
			for _, room := range a.Rooms {
				all[room.Key] = usage.Room{Name: room.Name, Always: room.Always}
			}
			return all
		},
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

// acts name every action of the audit log.
func (a *app) acts() tenants.Acts {
	all := a.Parts.Acts()
	maps.Copy(all, modules.Acts(a.Rooms))
	return all
}

// rights know the words of every permission.
func (a *app) rights() rights.Rights {
	return rights.Rights{Words: func() map[string]string {
		all := a.Parts.Rights()
		maps.Copy(all, modules.Rights(a.Rooms))
		return all
	}}
}

// inRooms and inParts are what all of them keep of people.
func (a *app) inRooms() (all []tenants.Holding) {
	for _, room := range a.Rooms {
		all = append(all, room.Data)
	}
	return all
}

func (a *app) inParts() (all []tenants.Holding) {
	for _, part := range a.Parts {
		all = append(all, part.Data)
	}
	return all
}
