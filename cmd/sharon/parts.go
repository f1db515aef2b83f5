package main

import (
	"maps"

	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/audit"
	"github.com/sharon-nhs/sharon/tenants/data"
	"github.com/sharon-nhs/sharon/tenants/rights"
)

// everywhere is what every trust has, in the order of the Me page. A new part is a
// folder below tenants/ and a line here.
func everywhere(a *app) tenants.Parts {
	return tenants.Parts{
		rights.New(a.rights()),
		data.New(data.Data{Files: a.Files, Keys: a.Keys, Rooms: a.inRooms, Parts: a.inParts}),
		audit.New(audit.Log{Acts: a.acts, Log: a.Log}),
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
