package data

import (
	"context"
	"slices"
	"strings"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Kept is a class of records as the page of a member shows it.
type Kept struct {
	Name  string `json:"name"`
	About string `json:"about"`
	Days  int    `json:"days,omitempty"` // zero: as long as the person is here
	Stays string `json:"stays,omitempty"`
}

// Mine is what somebody is told about what is kept of them.
type Mine struct {
	Kept   []Kept    `json:"kept"`
	Export *Export   `json:"export,omitempty"`
	Leaves *Farewell `json:"leaves,omitempty"`
	Held   bool      `json:"held"` // by a legal hold
}

// Mine shows what is kept about the actor, and for how long.
func (d Data) Mine(ctx context.Context, s tenants.Scope, _ web.None) (Mine, error) {
	var out Mine
	periods, err := periodsOf(ctx, s)
	if err != nil {
		return out, err
	}
	places, err := placesOf(ctx, s, s.Actor.AccountID)
	if err != nil {
		return out, err
	}
	var services []*tenants.Service
	for _, place := range places {
		if at, open := s.Within(place.ServiceID); open {
			services = append(services, at.Service)
		}
	}
	for _, class := range d.classes() {
		out.Kept = append(out.Kept, Kept{class.Name, class.About, periods.longest(class, services), class.Stays})
	}
	if out.Export, err = latest(ctx, s, s.Actor.AccountID); err != nil {
		return out, err
	}
	var rows []Farewell
	if err = s.Select(&rows).Where("leaving.account_id = ?", s.Actor.AccountID).Scan(ctx); err != nil {
		return out, err
	}
	if len(rows) > 0 {
		out.Leaves = &rows[0]
	}
	out.Held, err = tenants.Held(ctx, s, s.Actor.AccountID)
	return out, err
}

// classes are those of all rooms and parts, this one's first.
func (d Data) classes() (all []tenants.Class) {
	for _, holding := range slices.Concat(d.Parts(), d.Rooms()) {
		all = append(all, holding.Classes...)
	}
	return all
}

// own is what the trust itself keeps of a person: the account, its places, its sessions.
func (d Data) own() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			{Key: "account", Name: "Your account", About: "Your email address, locked away, and your password, which nobody can read."},
			{Key: "profile", Name: "Your profile", About: "Your handle and those that you had, your picture, your few words, pronouns and interests, and your role in each service."},
			{Key: "sessions", Name: "Where you are signed in", About: "Which browsers and apps are signed in. It ends by itself after half a day at most.", Days: 1},
			{Key: "copies", Name: "Copies that you asked for", About: "The file that you can download here. Then we remove it.", Days: 7},
			{Key: "audit", Name: "The audit log", About: "When you signed in, what staff did, and what was refused, with the address of the device. Never what you wrote.",
				Stays: "It shows later that everybody kept to the rules, so nothing in it can be removed. Your name is no longer with it."},
		},
		Export: d.exportOwn,
		Erase: func(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
			return tenants.Forget(ctx, s, person.AccountID)
		},
	}
}

func (d Data) exportOwn(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	var account tenants.Account
	if err := s.Select(&account).Where("account.id = ?", person.AccountID).Scan(ctx); err != nil {
		return err
	}
	email, err := account.Email(d.Office.Keys)
	if err != nil {
		return err
	}
	into.Add("Your account", tenants.Item{At: account.CreatedAt, Facts: []tenants.Fact{{Name: "Email address", Value: email}}})
	people, err := placesOf(ctx, s, person.AccountID)
	if err != nil {
		return err
	}
	for _, p := range people {
		var service tenants.Service
		if err := s.Select(&service).Where("service.id = ?", p.ServiceID).Scan(ctx); err != nil && !database.Missing(err) {
			return err
		}
		facts := []tenants.Fact{{Name: "Handle", Value: p.Handle}}
		for _, more := range []tenants.Fact{{Name: "Pronouns", Value: p.Pronouns}, {Name: "Interests", Value: strings.Join(p.Interests, ", ")}} {
			if more.Value != "" {
				facts = append(facts, more)
			}
		}
		before, err := s.FormerHandles(ctx, p.ID)
		if err != nil {
			return err
		}
		for _, handle := range before {
			facts = append(facts, tenants.Fact{Name: "A handle that you had", Value: handle})
		}
		for _, role := range p.Roles {
			facts = append(facts, tenants.Fact{Name: "Role", Value: role.Name()})
		}
		into.Add("Your profiles", tenants.Item{At: p.JoinedAt, Title: service.Name, Words: p.About, Facts: facts})
	}
	var sessions []tenants.Session
	if err := s.Select(&sessions).Where("session.account_id = ?", person.AccountID).Order("session.created_at").Scan(ctx); err != nil {
		return err
	}
	for _, one := range sessions {
		into.Add("Where you are signed in", tenants.Item{At: one.CreatedAt, Title: map[bool]string{true: "An app", false: "A browser"}[one.Bearer], Facts: []tenants.Fact{{Name: "Device", Value: one.Device}}})
	}
	var records []tenants.Record
	err = s.Select(&records).Where("record.account_id = ?", person.AccountID).Order("record.at").Scan(ctx)
	for _, r := range records {
		into.Add("You in the audit log", tenants.Item{At: r.At, Title: r.Action, Facts: []tenants.Fact{{Name: "Address", Value: r.Address}}})
	}
	return err
}
