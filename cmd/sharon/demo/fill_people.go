package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// team are the people with a job that every filled service has, one of each.
var team = []struct {
	login string
	role  tenants.Role
}{
	{"lead", tenants.ServiceLead}, {"clinician", tenants.Clinician}, {"moderator", tenants.Moderator}, {"peer", tenants.PeerSupporter},
}

// avatars is how many faces there are.
const avatars = 40

// share is the part of the trust's total that its i-th service gets.
func (n Size) share(total, i int) int {
	if i < total%n.Services {
		return total/n.Services + 1
	}
	return total / n.Services
}

// service writes the i-th service of a trust: it looks like one of those of
// Seed, with as many people and words as were asked for.
func (f filling) service(ctx context.Context, s tenants.Scope, r *ids, i int) error {
	var looks []string
	for _, trust := range trusts {
		looks = append(looks, trust.services...)
	}
	like, err := read(looks[i%len(looks)])
	if err != nil {
		return err
	}
	of, begun := like.Service, s.Trust().CreatedAt
	if round := i / len(looks); round > 0 {
		of.Slug, of.Name = fmt.Sprintf("%s-%d", of.Slug, round+1), fmt.Sprintf("%s %d", of.Name, round+1)
	}
	s.Service = &tenants.Service{ID: r.at(begun), Area: of.Area, Name: of.Name, Slug: of.Slug, About: of.About, Accent: of.Accent, Status: "active", CreatedAt: begun,
		Staffed: of.Staffed, Crisis: []tenants.Contact{{Name: "The trust’s crisis line", Phone: "0300 555 0100", Hours: "Every day, 24 hours"}}}
	if _, err := s.Insert(s.Service).Exec(ctx); err != nil {
		return err
	}
	rooms := []tenants.Room{{Module: "forums"}, {Module: "walls"}}
	for i := range rooms {
		rooms[i].Enabled, rooms[i].Version, rooms[i].Settings = true, 1, json.RawMessage("{}")
	}
	if err := insert(ctx, s, rooms); err != nil {
		return err
	}
	people, err := f.people(ctx, s, r, f.size.share(f.size.Members, i))
	if err != nil {
		return err
	}
	c := chatter{filling: f, s: s, r: r, people: people, end: day(s.Now, 0).UTC()}
	for at, b := range like.Boards {
		if wide(b.Audience) == tenants.AudienceService {
			c.boards = append(c.boards, posts.Place{ID: r.at(begun), Module: "forums", Slug: b.Slug, Name: b.Name, About: b.About,
				Audience: tenants.AudienceService, WhoMayPost: posts.PostMembers, Position: at + 1, Version: 1, CreatedAt: begun})
		}
	}
	for _, owner := range people {
		c.walls = append(c.walls, wallOf(r, owner))
	}
	return c.fill(ctx, f.size.share(f.size.Posts, i))
}

// people writes a service's accounts and members: the team, then m1, m2 and on.
func (f filling) people(ctx context.Context, s tenants.Scope, r *ids, many int) ([]tenants.Person, error) {
	names := newHandles(r)
	accounts, people := make([]tenants.Account, many), make([]tenants.Person, many)
	for i := range many {
		login, role := fmt.Sprintf("m%d", i-len(team)+1), memberOf(s.Service.Area)
		switch {
		case i < len(team):
			login, role = team[i].login, team[i].role
		case i%60 == 0:
			role = tenants.PeerSupporter
		}
		joined := s.Trust().CreatedAt.Add(time.Duration(r.IntN(60*24)) * time.Hour)
		var err error
		if accounts[i], err = f.account(r, joined, email(login, s.Service.Slug, s.Trust().Slug)); err != nil {
			return nil, err
		}
		people[i] = tenants.Person{ID: r.at(joined), AccountID: accounts[i].ID,
			Avatar: 1 + r.IntN(avatars), Roles: tenants.Roles{role}, Status: "active", JoinedAt: joined}
		people[i].Call(names.name(i))
	}
	if err := insert(ctx, s, accounts); err != nil {
		return nil, err
	}
	return people, insert(ctx, s, people)
}

// memberOf is what an ordinary member of a service of that area is.
func memberOf(area tenants.Area) tenants.Role {
	switch area {
	case "carers":
		return tenants.Carer
	case "waiting_list":
		return tenants.Waiting
	}
	return tenants.ServiceUser
}

func (f filling) account(r *ids, at time.Time, address string) (tenants.Account, error) {
	account := tenants.Account{ID: r.at(at), EmailLookup: f.Keys.Lookup(address), PasswordHash: f.hash, Status: "active", CreatedAt: at}
	var err error
	account.EmailSealed, err = f.Keys.Seal(address, account.ID.String())
	return account, err
}

func wallOf(r *ids, owner tenants.Person) posts.Place {
	return posts.Place{ID: r.at(owner.JoinedAt), Module: "walls", Slug: owner.ID.String(), OwnerID: &owner.ID,
		Audience: tenants.AudienceService, WhoMayPost: posts.PostMembers, Version: 1, CreatedAt: owner.JoinedAt}
}
