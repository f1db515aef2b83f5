package gifts

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// noteSort is a gift's note on the desk.
const noteSort = "gift"

func noteOf(g Gift) safety.Text {
	return safety.Text{Sort: noteSort, Module: key, Subject: g.ID, Author: g.FromID, Body: g.Note, Private: true, To: []uuid.UUID{g.ToID}}
}

// sort is a gift's note as the desk has it. Without its note a gift is delivered all the same.
func (g Gifts) sort() safety.Sort {
	hold := func(held bool) func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error {
		return func(ctx context.Context, s tenants.Scope, id uuid.UUID, d *safety.Deed) error {
			gift, err := judged(ctx, s, id)
			if err != nil {
				return err
			}
			d.Before = fmt.Sprint(gift.NoteHeld)
			return holdNote(ctx, s, id, held)
		}
	}
	return safety.Sort{
		Key: noteSort, Name: "note of a gift", Show: noteForTeam,
		Acts: map[safety.Act]func(context.Context, tenants.Scope, uuid.UUID, *safety.Deed) error{
			safety.Approve: hold(false), safety.Hide: hold(true), safety.Remove: hold(true),
		},
		Undo: func(ctx context.Context, s tenants.Scope, id uuid.UUID, d safety.Deed) error {
			gift, err := judged(ctx, s, id)
			if err == nil && gift.NoteHeld == (d.Act == safety.Approve) {
				err = fault.New(fault.Conflict, "This changed since, so it cannot be put back as it was. Look at it again and decide anew.")
			}
			if err != nil {
				return err
			}
			return holdNote(ctx, s, id, d.Before == "true")
		},
		Hold: func(ctx context.Context, s tenants.Scope, id uuid.UUID) error { return holdNote(ctx, s, id, true) },
	}
}

// judged reads a gift that the team decides about: never one that they gave or were given.
func judged(ctx context.Context, s tenants.Scope, id uuid.UUID) (Gift, error) {
	gift, err := byID(ctx, s, id)
	if err == nil && (!s.Actor.Roles.Staff() || gift.FromID == s.Actor.ID() || gift.ToID == s.Actor.ID()) {
		err = fault.Missing()
	}
	return gift, err
}

func holdNote(ctx context.Context, s tenants.Scope, id uuid.UUID, held bool) error {
	return tenants.Touched(s.Update((*Gift)(nil)).Set("note_held = ?", held).Where("id = ?", id).Exec(ctx))
}

func noteForTeam(ctx context.Context, s tenants.Scope, id uuid.UUID) (safety.Subject, error) {
	gift, err := judged(ctx, s, id)
	if err != nil {
		return safety.Subject{}, err
	}
	out := safety.Subject{Body: gift.Note, HTML: markdown.HTML(gift.Note), Where: "note of a gift", Private: true, State: "the receiver can read it", Author: gift.From, At: gift.GivenAt}
	if gift.NoteHeld {
		out.State = "waits for the team"
	}
	return out, nil
}
