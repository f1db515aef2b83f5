package posts

import (
	"context"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Room makes the kernel's own pages: a post by its permanent link and what
// can be done about it, in whichever room it stands.
func (k *Kernel) Room() modules.Module {
	return modules.Module{
		Key: "posts", Name: "Posts", Icon: "message-circle", Always: true,
		About: "What every post has, in any room: reactions, replies, changes, permanent links.",
		Grants: policy.Grants{
			"posts.read": {"member"}, "posts.write": {"member"}, "posts.reply": {"member"}, "posts.react": {"member"},
			"posts.moderate": {"moderator"},
		},
		Tells: k.tells(),
		Routes: func(r *modules.Router) {
			web.Get(r, "/mentions", "posts.write", "People to name in a post", k.Nameable, nameablePage)
			web.Get(r, "/posts/{id}", "posts.read", "A post with its replies", k.Show, showPage)
			web.Post(r, "/posts/{id}/replies", "posts.reply", "Reply to a post", k.Reply, web.SeeOther("{path}"), web.FormAt("/posts/{id}?quote={quotes}"))
			web.Post(r, "/posts/{id}/reaction", "posts.react", "Set my reaction to a post", k.React, web.SeeOther("{path}"), web.FormAt("/posts/{id}"))
			web.Post(r, "/posts/{id}/follow", "posts.read", "Follow a post or stop", k.Follow, web.SeeOther("{path}"))
			web.Get(r, "/posts/{id}/edit", "posts.write", "A post of mine, to change", k.Editing, editPage)
			web.Post(r, "/posts/{id}/edit", "posts.write", "Change a post of mine", k.Edit, web.SeeOther("{path}"), web.FormAt("/posts/{id}/edit"))
			web.Get(r, "/posts/{id}/remove", "posts.read", "A post to take down", k.Removing, removePage)
			web.Post(r, "/posts/{id}/remove", "posts.read", "Take a post down", k.Remove, web.SeeOther("{path}"))
			web.Get(r, "/posts/{id}/history", "posts.moderate", "What a post said before", k.History, historyPage)
		},
	}
}

// HTML is the version's body, rendered and safe.
func (v version) HTML() string { return markdown.HTML(v.Body) }

// stale tells whether the form came back because of another edit.
func stale(ctx context.Context) bool {
	refused := web.Refused(ctx)
	return refused != nil && refused.Code == fault.Conflict
}

// Names has a field offer names after an @: of those who may read the post that is
// replied to, or of everybody where it is uuid.Nil.
func Names(ctx context.Context, root uuid.UUID) templ.Attributes {
	path := ui.Path(ctx, "/mentions")
	if root != uuid.Nil {
		path += "?post=" + root.String()
	}
	return templ.Attributes{"data-names": path}
}

// live has the end of a thread grow as replies come.
func live(ctx context.Context, thread Thread) templ.Attributes {
	if thread.Later != "" {
		return nil
	}
	again := ui.FrameOf(ctx).Path
	if len(thread.Replies) > 0 {
		again += "?from=" + CursorOf(thread.Replies[0]).String()
	}
	return templ.Attributes{
		"data-live": Replied.Key, "data-live-about": thread.Root.ID.String(), "data-live-get": again,
		"data-live-swap": "append", "data-live-announce": "There is a new reply.",
	}
}
