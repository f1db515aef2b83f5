package demo

import (
	"context"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// kinds are the devices that people come with, most often a phone.
var kinds = []string{"phone", "phone", "phone", "tablet", "computer", "phone", "computer", "other"}

// visits are the days on which the members came: those on which they wrote, and
// others on which they read, fewer the longer they have been here.
func (w *seeding) visits(ctx context.Context, s tenants.Scope, members []member, said []posts.Post) error {
	r := newIDs(2, seedOf(s.Trust().Slug+"/"+s.Service.Slug)) // of its own, so that the rest falls as ever
	var rows []tenants.Visit
	for n, m := range members {
		who := w.people[m.Login]
		if who.Roles.Staff() {
			continue
		}
		usual := kinds[n%len(kinds)]
		wrote := map[string]bool{}
		for _, p := range said {
			if p.AuthorID == who.ID {
				wrote[tenants.VisitOn(who.ID, p.PublishedAt, "").Day] = true
			}
		}
		often := .25 + .6*r.Float64()
		for age := m.Joined; age <= 0; age++ {
			device := usual
			if r.chance(.15) {
				device = "computer"
			}
			visit := tenants.VisitOn(who.ID, day(s.Now, age), device)
			if wrote[visit.Day] || age < 0 && r.chance(often) {
				rows = append(rows, visit)
			}
			often *= .99
		}
	}
	return insert(ctx, s, rows)
}
