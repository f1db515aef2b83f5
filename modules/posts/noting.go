package posts

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// Noting is a post with the topics that the team can cover it with.
type Noting struct {
	Post   Post            `json:"post"`
	Topics []tenants.Topic `json:"topics"`
}

// Noting reads a post for the team to put content notes on.
func (k *Kernel) Noting(ctx context.Context, s tenants.Scope, in ByID) (Noting, error) {
	post, err := k.find(ctx, s, in.ID)
	return Noting{post, Topics(s, post.Notes)}, err
}

// Note is what the team settles: these content notes and no others.
type Note struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"required" label:"the version"`
	Notes   []string  `json:"notes,omitempty" validate:"max=10,dive,max=60" label:"content notes"`
}

// Note puts content notes on somebody's post. Its writer can add to them later,
// and take none away. Conflict if it changed since Version.
func (k *Kernel) Note(ctx context.Context, s tenants.Scope, in Note) (Done, error) {
	was, err := k.find(ctx, s, in.ID)
	if err != nil {
		return Done{}, err
	}
	now := was
	if now.Notes, err = offered(s, in.Notes, was.Notes); err != nil {
		return Done{}, err
	}
	if slices.Equal(now.Notes, was.Notes) && in.Version == was.Version {
		return Done{was, back(s, "", was)}, nil
	}
	now.Settled = len(now.Notes) > 0
	if err := k.change(ctx, s, was, &now, in.Version, "notes", "notes_settled"); err != nil {
		return Done{}, err
	}
	k.Dress(s, &now)
	return Done{now, back(s, "", now)}, nil
}
