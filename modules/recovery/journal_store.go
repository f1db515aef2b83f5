package recovery

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// entries lists a member's, the latest first; most of 0 for all.
func (r Recovery) entries(ctx context.Context, s tenants.Scope, member uuid.UUID, before posts.Cursor, most int64) ([]Entry, error) {
	all := []Entry{}
	q := s.Select(&all).Where("entry.member_id = ?", member).Order("entry.written_at DESC", "entry.id DESC")
	if !before.Zero() {
		q.Where("(entry.written_at, entry.id) < (?, ?)", before.At, before.ID)
	}
	if most > 0 {
		q.Limit(most)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, err
	}
	for i := range all {
		if err := r.open(all[i].Sealed, all[i].ID, &all[i].EntryWords); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// promptsOf are the service's, or SHaRON's own.
func promptsOf(ctx context.Context, s tenants.Scope) (row Prompts, err error) {
	err = s.Select(&row).Scan(ctx)
	if database.Missing(err) {
		return Prompts{Prompts: usualPrompts}, nil
	}
	return row, err
}

// keepPrompts writes the service's prompts over those of a version; 0 for none.
func keepPrompts(ctx context.Context, s tenants.Scope, row Prompts, seen int) error {
	row.Version = seen + 1
	if seen == 0 {
		return tenants.Fresh(s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx))
	}
	return tenants.Fresh(s.Update(&row).Column("prompts", "version").Where("version = ?", seen).Exec(ctx))
}
