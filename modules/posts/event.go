package posts

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/tenants"
)

// What happens to posts, for whoever has something to do about it. The subject
// is the post; of a reply, About is the post that it answers.
var (
	Published = tenants.Kind{Key: "posts.published", Queue: jobs.Default}
	Replied   = tenants.Kind{Key: "posts.replied", Queue: jobs.Realtime}
	Reacted   = tenants.Kind{Key: "posts.reacted", Queue: jobs.Bulk}
)

// emit notes what happened to a post, for those who may read it.
func emit(ctx context.Context, s tenants.Scope, kind tenants.Kind, p Post) error {
	e := tenants.Event{Module: p.Module, Subject: p.ID, Audience: p.Audience}
	if p.ParentID != nil {
		e.About = *p.ParentID
	}
	return s.Emit(ctx, kind, e)
}
