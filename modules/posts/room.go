package posts

import (
	"context"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/album"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/internal/picture"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
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
		Finds: []modules.Find{{Kind: "post", Show: k.findable}},
		Rounds: []tenants.Round{
			{Key: "posts.pictures", Queue: jobs.Bulk, Every: time.Hour, Do: loosen},
			k.uploads.Round(),
			{Key: "posts.due", Queue: jobs.Default, Every: time.Minute, Do: k.publishDue},
		},
		Mine: links,
		Rights: map[string]string{
			"posts.read":     "Read posts",
			"posts.write":    "Change their own posts",
			"posts.reply":    "Reply to posts",
			"posts.react":    "React to posts",
			"posts.moderate": "Take down posts of others, and read what they said before",
		},
		Acts:   tenants.Acts{"posts.remove": "Took a member’s post down", "posts.history": "Read what a post said before", "topics.change": "Changed what content notes can be about"},
		Counts: counts(), Data: k.data(),
		Routes: func(r *modules.Router) {
			web.Get(r, "/mentions", "posts.write", "People to name in a post", k.Nameable, nameablePage)
			web.Get(r, "/posts/{id}", "posts.read", "A post with its replies", k.Show, showPage)
			web.Get(r, "/posts/{id}/actions", "posts.read", "What I can do about a post", k.Actions, actionsPage)
			web.Post(r, "/posts/{id}/replies", "posts.reply", "Reply to a post", k.Reply, web.SeeOther("{path}"), web.FormAt("/posts/{id}?quote={quotes}"))
			web.Post(r, "/posts/{id}/reaction", "posts.react", "Set my reaction to a post", k.React, web.SeeOther("{path}"), web.FormAt("/posts/{id}"))
			web.Post(r, "/posts/{id}/follow", "posts.read", "Follow a post or stop", k.Follow, web.SeeOther("{path}"))
			web.Get(r, "/posts/{id}/edit", "posts.write", "A post of mine, to change", k.Editing, editPage)
			web.Post(r, "/posts/{id}/edit", "posts.write", "Change a post of mine", k.Edit, web.SeeOther("{path}"), web.FormAt("/posts/{id}/edit"))
			web.Get(r, "/posts/{id}/notes", "posts.moderate", "The content notes of a post", k.Noting, notingPage)
			web.Post(r, "/posts/{id}/notes", "posts.moderate", "Put content notes on a post", k.Note, web.SeeOther("{path}"), web.FormAt("/posts/{id}/notes"))
			web.Get(r, "/drafts", "posts.write", "What I have begun to write", k.Drafts, draftsPage)
			web.Post(r, "/drafts", "posts.write", "Keep a draft, with pictures for it", k.Save, web.SeeOther("{path}"), web.FormAt("{from}?quote={quotes}"),
				web.OwnUnits, web.Repeatable, web.Limit(album.Most*picture.MaxBytes))
			web.Post(r, "/drafts/{id}/discard", "posts.write", "Throw a draft away", k.Discard, web.SeeOther("/drafts"))
			web.Download(r, "/pictures/{id}", "posts.read", "A picture of a post", k.Picture)
			web.Get(r, "/reading", "posts.read", "What I chose about reading", k.Reading, readingPage)
			web.Post(r, "/reading", "posts.read", "Choose about reading", k.Choose, web.SeeOther("/reading"), web.FormAt("/reading"))
			web.Get(r, "/settings/topics", "services.configure", "What content notes can be about", k.Topics, topicsPage)
			web.Post(r, "/settings/topics", "services.configure", "Add a topic", k.AddTopic, web.SeeOther("/settings/topics"), web.FormAt("/settings/topics"))
			web.Post(r, "/settings/topics/{topic}", "services.configure", "Change a topic", k.ChangeTopic, web.SeeOther("/settings/topics"), web.FormAt("/settings/topics"))
			web.Get(r, "/posts/{id}/remove", "posts.read", "A post to take down", k.Removing, removePage)
			web.Post(r, "/posts/{id}/remove", "posts.read", "Take a post down", k.Remove, web.SeeOther("{path}"))
			web.Get(r, "/posts/{id}/history", "posts.moderate", "What a post said before", k.History, historyPage, web.OwnUnits)
		},
	}
}

// links are the kernel's pages as the Me page offers them.
func links(s tenants.Scope) (all []tenants.MeLink) {
	home := "/" + s.Service.Slug
	if s.Actor.Member != nil && s.May("posts.write") {
		all = append(all, tenants.MeLink{Name: "Drafts", About: "What you have begun to write", Path: home + "/drafts"})
	}
	if s.Actor.Member != nil && s.May("posts.read") {
		all = append(all, tenants.MeLink{Name: "What you see", About: "Topics that you want covered or hidden, and counts", Path: home + "/reading"})
	}
	if s.May("services.configure") {
		all = append(all, tenants.MeLink{Name: "Topics", About: "What content notes in this service can be about", Path: home + "/settings/topics"})
	}
	return all
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
