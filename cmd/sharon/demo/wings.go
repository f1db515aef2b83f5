package demo

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
)

// wing is one of orchard's, as its file tells it.
type wing struct {
	Preset  string
	Members []struct {
		member        `yaml:",inline"`
		Age, Birthday int // in years, and in how many days they are a year older
	}
	Talk content
}

// Wings gives orchard the wings of its area, with a few people in each, unless it has
// some. They are apart from Seed, which every test begins with.
func Wings(ctx context.Context, d Deps) error {
	trusts, err := d.Directory.Trusts(ctx)
	at := slices.IndexFunc(trusts, func(t tenants.Trust) bool { return t.Slug == "eastvale" })
	if err != nil || at < 0 {
		return err
	}
	text, err := files.ReadFile("content/wings.yaml")
	if err != nil {
		return err
	}
	var all []wing
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&all); err != nil {
		return fmt.Errorf("content/wings.yaml: %w", err)
	}
	return d.Directory.WriteAs(ctx, trusts[at].ID, "orchard", func(ctx context.Context, s tenants.Scope) error {
		if len(s.Estate.Wings(s.Service)) > 0 {
			return nil
		}
		hash, err := crypt.HashPassword(ctx, Password)
		if err != nil {
			return err
		}
		accounts := accounts{keys: d.Keys, hash: hash, trust: "eastvale"}
		for _, one := range all {
			if err := accounts.wing(ctx, s, one); err != nil {
				return fmt.Errorf("wing %s: %w", one.Preset, err)
			}
		}
		_, err = s.AddKin(ctx, tenants.Kin{CarerID: accounts.made["alder.orchard-carers"], PersonID: accounts.made["rook.orchard-14-17"], NotedBy: accounts.made["clinician"], NotedAt: s.Now.AddDate(0, 0, -30)})
		return err
	})
}

// wing makes one, with its people and what they said.
func (a *accounts) wing(ctx context.Context, s tenants.Scope, one wing) error {
	offered := s.Service.Offered()
	at := slices.IndexFunc(offered, func(in tenants.NewWing) bool { return in.Preset == one.Preset })
	made, err := tenants.CreateWing(ctx, s, offered[at])
	if err != nil {
		return err
	}
	s.Service = made
	today := clock.DateOf(s.Now)
	w := seeding{s: s, ids: newIDs(1, seedOf(made.Slug)), people: map[string]tenants.Person{}, begun: s.Now}
	var clinician tenants.Person
	if err := s.Select(&clinician).Where(tenants.Holds("person.roles", tenants.Clinician)).Order("person.handle_key").Limit(1).Scan(ctx); err != nil {
		return err
	}
	w.people["clinician"] = clinician
	for _, m := range one.Members {
		account, err := a.of(ctx, s, m.member)
		if err != nil {
			return err
		}
		joined := day(s.Now, m.Joined).UTC()
		in := tenants.NewPerson{Handle: m.Handle, About: m.About, Avatar: m.Avatar, Roles: tenants.Roles{m.Role}, JoinedAt: joined}
		born := clock.Date("")
		if m.Age > 0 {
			born = today.Plus(m.Birthday).Birthday(-m.Age - 1)
			in.BornOn = max(born, today.Birthday(-m.Age-1).Plus(1)) // whoever is too old by now was not when they joined
		}
		if w.people[m.Login], err = tenants.Join(ctx, s, account, in); err != nil {
			return fmt.Errorf("member %s: %w", m.Login, err)
		}
		if err := (identity.Archive{Keys: a.keys}).Add(ctx, s, account, identity.Identity{BornOn: string(born)}); err != nil {
			return err
		}
		if joined.Before(w.begun) {
			w.begun = joined
		}
	}
	a.made["clinician"] = clinician.AccountID
	if err := w.forums(one.Talk); err != nil {
		return err
	}
	return w.write(ctx, s)
}
