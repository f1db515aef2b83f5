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
	// Mentioned is for those whom a change of a post has named; they are its readers.
	Mentioned = tenants.Kind{Key: "posts.mentioned", Queue: jobs.Default}
)

// heldBack is that members' reports took a post out of sight. It is for its author.
var heldBack = tenants.Kind{Key: "posts.held", Queue: jobs.Default}

// emit notes what happened to a post, for those who may read it; of what is out of
// sight nobody but its author learns.
func (k *Kernel) emit(ctx context.Context, s tenants.Scope, kind tenants.Kind, p Post) error {
	if !p.IsReply() || p.State != Visible {
		return k.emitIn(ctx, s, kind, p, p.State)
	}
	root, err := unseen(ctx, s, *p.ParentID)
	if err != nil {
		return err
	}
	return k.emitIn(ctx, s, kind, p, root.State)
}

// emitIn is emit where it is known whether the conversation is in sight.
func (k *Kernel) emitIn(ctx context.Context, s tenants.Scope, kind tenants.Kind, p Post, state State) error {
	e := tenants.Event{Module: p.Module, Subject: p.ID, Audience: p.Audience}
	if p.IsReply() {
		e.About = *p.ParentID
	}
	if state != Visible {
		e.Audience, e.Readers = "", tenants.NewIDs(p.AuthorID)
		return s.Emit(ctx, kind, e)
	}
	if p.Audience == tenants.AudienceFriends {
		friends, err := s.Friends(ctx, *p.CircleID)
		if err != nil {
			return err
		}
		e.Readers = tenants.NewIDs(append(friends, *p.CircleID, p.AuthorID)...)
	}
	return s.Emit(ctx, kind, e)
}
