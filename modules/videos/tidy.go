package videos

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// tidy does what is due: consent that has ended, uploads that nobody finished,
// files that nobody tried again. It also runs where the room is switched off:
// consent ends all the same.
func (v Videos) tidy(ctx context.Context, s tenants.Scope) error {
	var all []Video
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		all, err = due(ctx, s)
		return err
	})
	for _, row := range all {
		err = errors.Join(err, s.Write(ctx, func(ctx context.Context, s tenants.Scope) error { return v.tidyOne(ctx, s, row.ID) }))
	}
	return err
}

func (v Videos) tidyOne(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	row, there, err := one(ctx, s, id)
	if err != nil || !there || row.State == Withdrawn {
		return err
	}
	ended := row.WithdrawAt != nil && !row.WithdrawAt.After(s.Now)
	if row.PostID != nil && !ended {
		removed, err := v.posts.IsRemoved(ctx, s, *row.PostID)
		if err != nil {
			return err
		}
		ended = removed
	}
	age := s.Now.Sub(row.ChangedAt)
	switch {
	case ended:
		var owner tenants.Person
		if err := s.Select(&owner).Where("id = ?", row.OwnerID).Scan(ctx); err != nil {
			return err
		}
		return v.withdraw(ctx, s.As(owner), &row)
	case row.State == Sending && age > uploadKept:
		if err := row.empty(ctx, s); err != nil {
			return err
		}
		return s.Emit(ctx, Dropped, tenants.Event{Subject: row.ID, About: row.ID})
	case row.State == Failed && row.Length > 0 && age > failedKept:
		row.Length, row.Arrived, row.Mark = 0, 0, ""
		if err := dropPieces(ctx, s, row.ID); err != nil {
			return err
		}
		if err := row.save(ctx, s, "length", "arrived", "mark"); err != nil {
			return err
		}
		return s.Emit(ctx, Dropped, tenants.Event{Subject: row.ID, About: row.ID})
	case (row.State == Waiting || row.State == Working) && row.Problem == "" && age > 2*longestWork:
		row.State, row.Problem = Failed, "We could not make this video ready. That is our fault, not yours. Please try again."
		return row.save(ctx, s, "state", "problem")
	}
	return nil
}

// forget removes files that no row speaks of any more.
func (v Videos) forget(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	var row Video
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		return s.Select(&row).Where("video.id = ?", e.Subject).Scan(ctx)
	})
	switch {
	case database.Missing(err):
		return nil
	case err != nil:
		return err
	case row.State == Withdrawn:
		return v.files.DeleteBelow(ctx, row.prefix())
	case row.Length == 0 || row.State == Ready:
		return v.files.DeleteBelow(ctx, row.original())
	}
	return nil // sent again meanwhile
}

// tellOwner tells whoever sent a video that it is ready, or cannot be.
func tellOwner(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	row, there, err := one(ctx, s, e.Subject)
	if err != nil || !there || row.State == Withdrawn {
		return nil, err
	}
	return []modules.Notice{{Kind: "video", To: []uuid.UUID{row.OwnerID}, Subject: row.ID, About: row.ID, Path: "/videos/mine/" + row.ID.String()}}, nil
}
