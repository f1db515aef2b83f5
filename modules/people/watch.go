package people

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// aboutSort is what a member says of themselves on the desk, and the key of what
// waits among their own choices. The subject is the member.
const aboutSort = "about"

// unseen are words about themselves that only the member sees, for the team looks first.
type unseen struct {
	Words string `json:"words,omitempty"`
}

func unseenOf(p *tenants.Person) string { return tenants.Own(p, aboutSort, unseen{}).Words }

// screen asks the desk about what the actor says of themselves. What waits is kept
// for them, and others go on to see what was there.
func (p People) screen(ctx context.Context, s tenants.Scope, me *tenants.Person, was string) (waits string, err error) {
	if me.About == was && unseenOf(me) == "" {
		return "", nil
	}
	said := safety.Text{Sort: aboutSort, Subject: me.ID, Author: me.ID, Body: me.About, Edit: true}
	verdict, err := p.desk.Screen(ctx, s, said)
	if err != nil {
		return "", err
	}
	kept := unseen{}
	if verdict.Hold {
		kept.Words, me.About = me.About, was
	}
	if err := s.Choose(ctx, aboutSort, kept); err != nil {
		return "", err
	}
	_, err = p.desk.Settle(ctx, s, said, verdict)
	return kept.Words, err
}

// sort is what a member says of themselves as the desk has it.
func (p People) sort() safety.Sort {
	show := func(to bool) func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error {
		return func(ctx context.Context, s tenants.Scope, id uuid.UUID, d *safety.Deed) error {
			was, err := move(ctx, s, id, to)
			d.Before = fmt.Sprint(was)
			return err
		}
	}
	return safety.Sort{
		Key: aboutSort, Name: "words about themselves", Show: forTeam,
		Acts: map[safety.Act]func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error{
			safety.Approve: show(true), safety.Hide: show(false),
		},
		Undo: func(ctx context.Context, s tenants.Scope, id uuid.UUID, d safety.Deed) error {
			member, err := judged(ctx, s, id)
			if err == nil && (unseenOf(&member) == "") != (d.Act == safety.Approve) {
				err = fault.New(fault.Conflict, "This changed since, so it cannot be put back as it was. Look at it again and decide anew.")
			}
			if err == nil {
				_, err = move(ctx, s, id, d.Before == "true")
			}
			return err
		},
	}
}

// judged reads a member whose words the team decides about.
func judged(ctx context.Context, s tenants.Scope, id uuid.UUID) (member tenants.Person, err error) {
	if !s.Actor.Roles.Staff() || id == s.Actor.ID() {
		return member, fault.Missing()
	}
	err = s.Select(&member).Where("person.id = ?", id).Scan(ctx)
	return member, err
}

// move shows words to others or takes them back to the member alone, and tells
// whether others saw them before.
func move(ctx context.Context, s tenants.Scope, id uuid.UUID, show bool) (was bool, err error) {
	member, err := judged(ctx, s, id)
	if err != nil {
		return false, err
	}
	words := unseenOf(&member)
	if was = words == ""; was == show {
		return was, nil
	}
	kept := unseen{}
	if show {
		member.About = words
	} else {
		kept.Words, member.About = member.About, ""
	}
	if _, err := s.Update(&member).Column("about").Where("person.id = ?", id).Exec(ctx); err != nil {
		return was, err
	}
	return was, s.As(member).Choose(ctx, aboutSort, kept)
}

func forTeam(ctx context.Context, s tenants.Scope, id uuid.UUID) (safety.Subject, error) {
	member, err := judged(ctx, s, id)
	if err != nil {
		return safety.Subject{}, err
	}
	out := safety.Subject{Body: member.About, Path: "/people/" + member.HandleKey, Where: "page of a member", State: "others can see it", Author: &member}
	if words := unseenOf(&member); words != "" {
		out.Body, out.State = words, "waits for the team"
	}
	out.HTML = markdown.HTML(out.Body)
	return out, nil
}
