// Package timeline is a service's first page: everything that I may see, newest
// first, never ranked, with a way to say how I am. It keeps nothing of its own.
package timeline

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Timeline reads posts of all rooms.
type Timeline struct{ posts *posts.Kernel }

// New makes the room.
func New(kernel *posts.Kernel) modules.Module {
	t := Timeline{kernel}
	return modules.Module{
		Key: "timeline", Name: "Home", Icon: "house", Always: true,
		About:  "Everything of the service that somebody may see, newest first.",
		Rights: map[string]string{"timeline.read": "See the timeline"},
		Grants: policy.Grants{"timeline.read": {"member"}},
		Routes: func(r *modules.Router) {
			web.Get(r, "", "timeline.read", "Everything that I may see, newest first", t.Latest, page)
		},
		Nav: func(s tenants.Scope) []ui.Room {
			if !s.May("timeline.read") {
				return nil
			}
			return []ui.Room{{Name: "Home", Icon: "house", Path: "/" + s.Service.Slug}}
		},
	}
}

// Latest asks for a page of the timeline.
type Latest struct {
	Before posts.Cursor `json:"before,omitempty"`
}

// Latest lists top-level posts of every open room.
func (t Timeline) Latest(ctx context.Context, s tenants.Scope, in Latest) (posts.Page, error) {
	return t.posts.Latest(ctx, s, in.Before, nil)
}
