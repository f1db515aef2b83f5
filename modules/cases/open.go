package cases

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Begin is where somebody comes from who opens a case: a member's page, a post.
type Begin struct {
	Member  string `json:"member,omitempty" validate:"max=60"`
	Address string `json:"address,omitempty" validate:"max=500"`
}

// Beginning fills in the form.
type Beginning struct {
	Member  string         `json:"member,omitempty"`
	Address string         `json:"address,omitempty"`
	Subject safety.Subject `json:"subject,omitzero"`
	Open    []safety.Case  `json:"open,omitempty"` // cases about the same member
}

// Beginning says what is known of a case that somebody is about to open.
func (c Cases) Beginning(ctx context.Context, s tenants.Scope, in Begin) (Beginning, error) {
	out := Beginning{Member: in.Member, Address: in.Address}
	if in.Address != "" {
		var err error
		if _, _, out.Subject, err = c.thing(ctx, s, in.Address); err != nil && !fault.Is(err, fault.Invalid) {
			return Beginning{}, err
		}
		if author := out.Subject.Author; author != nil && out.Member == "" {
			out.Member = author.Handle
		}
	}
	person, err := s.PersonByHandle(ctx, out.Member)
	if database.Missing(err) {
		return out, nil // the form says so when it is sent
	} else if err != nil {
		return Beginning{}, err
	}
	q, err := c.mine(ctx, s, s.Select(&out.Open))
	if err == nil {
		err = q.Where("?TableAlias.member_id = ?", person.ID).Where("?TableAlias.closed_at IS NULL").Order("opened_at").Scan(ctx)
	}
	return out, err
}

// Opening is a case that somebody of the team opens.
type Opening struct {
	Member  string       `json:"member,omitempty" validate:"max=60" label:"a handle"`
	Address string       `json:"address,omitempty" validate:"max=500" label:"the address of a post"`
	Level   safety.Level `json:"level" validate:"required,oneof=crisis red amber green" label:"a level"`
	Why     string       `json:"why" validate:"filled,max=2000" label:"why you open it"`
	// Mine says that the actor has it, so that nobody is called.
	Mine bool `json:"mine,omitempty"`
}

// Open opens a case about a member, about whoever wrote something, or both.
// Invalid where the actor is the member or near to them.
func (c Cases) Open(ctx context.Context, s tenants.Scope, in Opening) (At, error) {
	if s.Actor.Member == nil {
		return At{}, fault.New(fault.Forbidden, "You are not a member of this service, so you cannot work on its cases.")
	}
	var sort safety.Sort
	var subject uuid.UUID
	member := strings.TrimSpace(in.Member)
	if strings.TrimSpace(in.Address) != "" {
		found, id, what, err := c.thing(ctx, s, in.Address)
		if err != nil {
			return At{}, err
		}
		sort, subject = found, id
		if member == "" && what.Author != nil {
			member = what.Author.Handle
		}
	}
	person, err := c.about(ctx, s, member)
	if err != nil {
		return At{}, err
	}
	one, err := c.desk.Open(ctx, s, safety.NewCase{Member: person.ID, Level: in.Level, Why: strings.TrimSpace(in.Why)})
	if err != nil {
		return At{}, err
	}
	if subject != uuid.Nil {
		if err := link(ctx, s, one, sort, subject); err != nil {
			return At{}, err
		}
	}
	if in.Mine {
		if err := c.take(ctx, s, &one); err != nil {
			return At{}, err
		}
	}
	return At{one.ID}, nil
}

// about is whom a case is about.
func (c Cases) about(ctx context.Context, s tenants.Scope, handle string) (tenants.Person, error) {
	person, err := s.Anybody(ctx, handle)
	if database.Missing(err) {
		return person, fault.Bad("member", "Enter the handle of a member, or the address of something they wrote.")
	}
	if err != nil {
		return person, err
	}
	near, err := c.desk.Near(ctx, s, person.ID)
	if err == nil && near.Has(s.Actor.ID()) {
		err = fault.Bad("member", "You cannot work on a case about yourself or somebody close to you. Ask a colleague to open it.")
	}
	return person, err
}

// opening leads from a member's page to a new case.
func opening(s tenants.Scope, person tenants.Person) []tenants.Link {
	if s.Actor.Member == nil || person.ID == s.Actor.ID() || !s.May("cases.work") {
		return nil
	}
	return []tenants.Link{{Name: "Open a case", Path: "/cases/new?member=" + person.HandleKey}}
}
