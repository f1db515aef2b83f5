package gifts

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

const pageSize = 24

// Part asks for a part of the actor's shelf.
type Part struct {
	Away   bool         `json:"away,omitempty"` // what they put away
	Before posts.Cursor `json:"before,omitempty"`
}

// Shelf is what somebody was given, the newest first.
type Shelf struct {
	Away  bool   `json:"away"`
	Gifts []Gift `json:"gifts"`
	Older string `json:"older,omitempty"` // continues the list; empty at its end
}

// Shelf lists what the actor was given. Nobody else sees it.
func (g Gifts) Shelf(ctx context.Context, s tenants.Scope, in Part) (Shelf, error) {
	out := Shelf{Away: in.Away}
	var err error
	if out.Gifts, err = given(ctx, s, in); err != nil {
		return out, err
	}
	if len(out.Gifts) > pageSize {
		out.Gifts = out.Gifts[:pageSize]
		last := out.Gifts[pageSize-1]
		out.Older = posts.Cursor{At: last.GivenAt, ID: last.ID}.String()
	}
	return out, g.dress(ctx, s, out.Gifts)
}

// Show is one gift, for whoever gave it and whoever was given it.
func (g Gifts) Show(ctx context.Context, s tenants.Scope, in ByID) (Gift, error) {
	gift, err := mine(ctx, s, in.ID)
	if err != nil {
		return Gift{}, err
	}
	return g.one(ctx, s, gift)
}

// Open unwraps a gift; to open it again changes nothing.
func (g Gifts) Open(ctx context.Context, s tenants.Scope, in ByID) (Gift, error) {
	gift, err := toMe(ctx, s, in.ID)
	if err != nil {
		return Gift{}, err
	}
	if gift.OpenedAt == nil {
		gift.OpenedAt = &s.Now
		if err := save(ctx, s, gift); err != nil {
			return Gift{}, err
		}
	}
	return g.one(ctx, s, gift)
}

// PutAway says whether a gift stands on the shelf.
type PutAway struct {
	ID   uuid.UUID `path:"id"`
	Away bool      `json:"away"`
}

// PutAway takes a gift off the actor's shelf, or puts it back. Nobody is told.
func (g Gifts) PutAway(ctx context.Context, s tenants.Scope, in PutAway) (Gift, error) {
	gift, err := toMe(ctx, s, in.ID)
	if err != nil {
		return Gift{}, err
	}
	gift.PutAwayAt = nil
	if in.Away {
		gift.PutAwayAt = &s.Now
	}
	if err := save(ctx, s, gift); err != nil {
		return Gift{}, err
	}
	return g.one(ctx, s, gift)
}

// save writes what the receiver did and shows it on their other pages.
func save(ctx context.Context, s tenants.Scope, gift Gift) error {
	if err := update(ctx, s, gift); err != nil {
		return err
	}
	event := tenants.Event{Module: key, Subject: gift.ID, Readers: tenants.NewIDs(s.Actor.ID())}
	if err := s.Emit(ctx, modules.Recount, event); err != nil {
		return err
	}
	return s.Emit(ctx, Changed, event)
}
