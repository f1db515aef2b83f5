package posts

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

// Recent gives the title and body of each post of the service since a time, the
// last first, until each says false. What its author alone can read is left out.
func (k *Kernel) Recent(ctx context.Context, s tenants.Scope, since time.Time, each func(title, body string) bool) error {
	rows, err := s.Select((*Post)(nil)).Column("title", "body").Where("post.published_at >= ?", since).Where("post.state IN (?)", bun.List([]State{Visible, Held})).
		Where("post.audience NOT IN (?)", bun.List([]tenants.Audience{tenants.AudienceSelf, tenants.AudienceClinicians})).Order("post.published_at DESC").Rows(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var title, body string
		if err := rows.Scan(&title, &body); err != nil {
			return err
		}
		if !each(title, body) {
			return nil
		}
	}
	return rows.Err()
}
