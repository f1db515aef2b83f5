package desk

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// recount has the team's open pages count what waits for them.
func recount(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	return s.Emit(ctx, modules.Recount, tenants.Event{Subject: e.Subject, Audience: tenants.AudienceStaff})
}

// ofRaised tells those of the team who may decide about an item. What is urgent
// passes quiet hours; the same at the same level is told once.
func ofRaised(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	item, err := safety.ItemOf(ctx, s, e.Subject)
	if err != nil || item.DecidedAt != nil {
		return nil, ignoreMissing(err)
	}
	people, err := receivers(ctx, s, item.ID, false)
	if err != nil {
		return nil, err
	}
	to := make([]uuid.UUID, len(people))
	for i, person := range people {
		to[i] = person.ID
	}
	kind := "desk"
	if item.Level.Urgent() {
		kind = "desk_urgent"
	}
	return []modules.Notice{{Kind: kind, To: to, Subject: item.ID, Path: "/desk/" + item.ID.String()}}, nil
}

// ofHanded tells a colleague that they have an item now.
func ofHanded(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	item, err := safety.ItemOf(ctx, s, e.Subject)
	if err != nil || item.DecidedAt != nil || item.HolderID == nil || *item.HolderID != e.About {
		return nil, ignoreMissing(err)
	}
	return []modules.Notice{{Kind: "desk_handed", To: []uuid.UUID{e.About}, Subject: e.ID, About: item.ID, Path: "/desk/" + item.ID.String()}}, nil
}

// tells tells whether an author learns of a decision: of what changes something
// for them, and of what the team says to them.
func tells(item safety.Item, deed safety.Deed) bool {
	return item.AuthorID != uuid.Nil && (deed.Act != safety.Approve || item.Held || deed.Words != "")
}

// told tells whether they have been told by now.
func told(deed safety.Deed, now time.Time) bool { return !now.Before(deed.At.Add(safety.Settles)) }

// quietly is the scope of nobody: it is the team that tells an author, not a
// moderator whose name they would then know.
func quietly(s tenants.Scope) tenants.Scope {
	s.Actor = tenants.Actor{}
	return s
}

func tellAuthor(ctx context.Context, s tenants.Scope, item safety.Item, deed safety.Deed) error {
	if !tells(item, deed) {
		return nil
	}
	due := s.Now.Add(safety.Settles)
	return quietly(s).Emit(ctx, safety.Decided, tenants.Event{Subject: deed.ID, About: item.ID, DueAt: &due})
}

// ofDecided tells the author, unless it was undone meanwhile.
func ofDecided(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	return toAuthor(ctx, s, e, func(deed safety.Deed) bool { return deed.UndoneAt == nil })
}

func ofUndone(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	return toAuthor(ctx, s, e, func(safety.Deed) bool { return true })
}

func toAuthor(ctx context.Context, s tenants.Scope, e tenants.Event, holds func(safety.Deed) bool) ([]modules.Notice, error) {
	deed, err := safety.DeedOf(ctx, s, e.Subject)
	if err != nil || !holds(deed) {
		return nil, ignoreMissing(err)
	}
	item, err := safety.ItemOf(ctx, s, deed.ItemID)
	if err != nil {
		return nil, err
	}
	return []modules.Notice{{Kind: "moderation", To: []uuid.UUID{item.AuthorID}, Subject: e.ID, About: item.ID, Path: "/decisions/" + deed.ID.String()}}, nil
}

// ignoreMissing is for events whose subject is gone: nothing follows any more.
func ignoreMissing(err error) error {
	if database.Missing(err) {
		return nil
	}
	return err
}
