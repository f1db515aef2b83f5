package posts

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// findable shows those of some posts that the actor may read.
func (k *Kernel) findable(ctx context.Context, s tenants.Scope, ids []uuid.UUID, narrow modules.Narrow) ([]modules.Found, error) {
	rows, err := k.among(ctx, s, ids, narrow)
	if err != nil {
		return nil, err
	}
	var roots []uuid.UUID
	for _, post := range rows {
		if post.IsReply() {
			roots = append(roots, *post.ParentID)
		}
	}
	if rows, err = k.wanted(ctx, s, rows); err != nil {
		return nil, err
	}
	if err := k.serve(ctx, s, pointers(rows)...); err != nil {
		return nil, err
	}
	titles, err := k.Titles(ctx, s, roots)
	if err != nil {
		return nil, err
	}
	found := make([]modules.Found, len(rows))
	for i, post := range rows {
		if post.IsReply() {
			post.Where = "reply to " + titles[*post.ParentID]
		}
		text := markdown.Text(post.HTML())
		if post.Covered() {
			text = ""
		}
		found[i] = modules.Found{
			ID: post.ID, Title: post.Name(), Text: text, Path: post.Path,
			Where: strings.ToUpper(post.Where[:1]) + post.Where[1:], By: post.Author, At: post.PublishedAt,
		}
	}
	return found, nil
}
