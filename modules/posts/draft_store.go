package posts

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/tenants"
)

// mine narrows a query to the actor's own drafts: nobody reads another's.
func mine(s tenants.Scope, q *bun.SelectQuery) *bun.SelectQuery {
	return q.Where("draft.member_id = ?", s.Actor.ID())
}

// saved reads the actor's draft of a kind about something; nil if there is none.
func saved(ctx context.Context, s tenants.Scope, kind string, about uuid.UUID) (*Saved, error) {
	var rows []Saved
	err := mine(s, s.Select(&rows)).Where("draft.kind = ?", kind).Where("draft.about_id = ?", about).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// put writes a draft over what the actor had for the same, unless that waits to
// be published.
func (d *Saved) put(ctx context.Context, s tenants.Scope) error {
	err := s.Insert(d).On("CONFLICT (tenant_id, member_id, kind, about_id) DO UPDATE").
		Set("title = EXCLUDED.title").Set("body = EXCLUDED.body").Set("audience = EXCLUDED.audience").
		Set("board = EXCLUDED.board").Set("series = EXCLUDED.series").Set("no_replies = EXCLUDED.no_replies").
		Set("on_date = EXCLUDED.on_date").Set("at_time = EXCLUDED.at_time").Set("due_at = EXCLUDED.due_at").
		Set("quotes_id = EXCLUDED.quotes_id").Set("notes = EXCLUDED.notes").Set("images = EXCLUDED.images").Set("saved_at = EXCLUDED.saved_at").
		Where("draft.due_at IS NULL").Returning("id").Scan(ctx, &d.ID)
	if database.Missing(err) {
		return settled()
	}
	return err
}

// drop forgets a draft of the actor's; its pictures are loose again. NotFound if
// there is none.
func drop(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	if err := hold(ctx, s, id, nil); err != nil {
		return err
	}
	return tenants.Touched(s.Delete((*Saved)(nil)).Where("id = ?", id).Where("member_id = ?", s.Actor.ID()).Exec(ctx))
}

// hold keeps for a draft the pictures that are in it, and no others.
func hold(ctx context.Context, s tenants.Scope, draft uuid.UUID, images []Image) error {
	own := func() *bun.UpdateQuery {
		return s.Update((*Picture)(nil)).Where("member_id = ?", s.Actor.ID()).Where("post_id IS NULL")
	}
	ids := make([]uuid.UUID, len(images))
	for i, one := range images {
		ids[i] = one.ID
	}
	let := own().Set("draft_id = NULL").Where("draft_id = ?", draft)
	if len(ids) > 0 {
		let.Where("id NOT IN (?)", bun.List(ids))
	}
	if _, err := let.Exec(ctx); err != nil || len(ids) == 0 {
		return err
	}
	_, err := own().Set("draft_id = ?", draft).Where("id IN (?)", bun.List(ids)).Exec(ctx)
	return err
}

// ownPictures reads those of the actor's pictures that are in no post, or in this one.
func ownPictures(ctx context.Context, s tenants.Scope, ids []uuid.UUID, post uuid.UUID) (map[uuid.UUID]Picture, error) {
	found := make(map[uuid.UUID]Picture, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var rows []Picture
	err := s.Lock(&rows).Where("picture.id IN (?)", bun.List(ids)).Where("picture.member_id = ?", s.Actor.ID()).
		Where("(picture.post_id IS NULL OR picture.post_id = ?)", post).Order("picture.id").Scan(ctx)
	for _, row := range rows {
		found[row.ID] = row
	}
	return found, err
}

// attach makes pictures a post's own. Those that it had before stay its own, for
// the team to look at.
func attach(ctx context.Context, s tenants.Scope, post uuid.UUID, images []Image) error {
	if len(images) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(images))
	for i, one := range images {
		ids[i] = one.ID
	}
	_, err := s.Update((*Picture)(nil)).Set("post_id = ?", post).Set("draft_id = NULL").Where("id IN (?)", bun.List(ids)).Where("member_id = ?", s.Actor.ID()).Exec(ctx)
	return err
}

// loosen forgets pictures that came into no post and no draft. Then nothing points
// to their files, and the round of uploads removes them.
func loosen(ctx context.Context, s tenants.Scope) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		_, err := s.Delete((*Picture)(nil)).Where("post_id IS NULL").Where("draft_id IS NULL").Where("created_at < ?", s.Now.Add(-looseFor)).Exec(ctx)
		return err
	})
}

// forgotten narrows to drafts that nobody has touched for long. What waits to be
// published is none.
func forgotten(s tenants.Scope, before time.Time, q *bun.SelectQuery) *bun.SelectQuery {
	held, column, trust := tenants.NotHeld(s, "member_id")
	return q.Where("draft.saved_at < ?", before).Where("draft.due_at IS NULL").Where(held, column, trust)
}

func countDrafts(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	n, err := forgotten(s, before, s.Select((*Saved)(nil))).Count(ctx)
	return int(n), err
}

// purgeDrafts lets some of them go; their pictures are loose again.
func purgeDrafts(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	var old []Saved
	if err := forgotten(s, before, s.Lock(&old)).Column("id").Order("draft.saved_at").Limit(200).Scan(ctx); err != nil || len(old) == 0 {
		return 0, err
	}
	ids := make([]uuid.UUID, len(old))
	for i, one := range old {
		ids[i] = one.ID
	}
	if _, err := s.Update((*Picture)(nil)).Set("draft_id = NULL").Where("draft_id IN (?)", bun.List(ids)).Exec(ctx); err != nil {
		return 0, err
	}
	_, err := s.Delete((*Saved)(nil)).Where("id IN (?)", bun.List(ids)).Exec(ctx)
	return len(old), err
}
