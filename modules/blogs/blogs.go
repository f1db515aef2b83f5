// Package blogs gives every member a blog, and a journal that is nobody else's.
// A blog is a place of the kernel and what stands in it are posts; beside them
// this room keeps series, whether people may reply, and what somebody keeps to
// read later.
package blogs

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const (
	key  = "blogs"
	kind = "blog_post"
)

// Settings is what a service lead tunes.
type Settings struct {
	MaxLength  int  `json:"max_length" label:"Longest post, in characters" hint:"Between 1000 and 10000." validate:"gte=1000,lte=10000"`
	Scheduling bool `json:"scheduling" label:"Members may plan when a post is published" hint:"It can then appear when nobody of the team is there."`
	Journals   bool `json:"journals" label:"Members may write what only they can read" hint:"Nobody of the team reads it either. What is there already stays theirs to read."`
}

var defaults = Settings{MaxLength: 10000, Scheduling: true, Journals: true}

func settings(s tenants.Scope) Settings { return modules.Tune(s, key, defaults) }

// Blogs is the room.
type Blogs struct{ posts *posts.Kernel }

// New makes the room.
func New(kernel *posts.Kernel) modules.Module {
	b := Blogs{kernel}
	kernel.Register(posts.Kind{
		Key: kind, Module: key, Name: "blog post", Brief: true,
		Path:     func(p posts.Post) string { return "/blogs/posts/" + p.ID.String() },
		Where:    where,
		Replying: replying,
		Unasked:  "EXISTS (SELECT 1 FROM blog_posts AS e WHERE e.tenant_id = post.tenant_id AND e.post_id = post.id AND e.no_replies)",
		Fits:     fits,
		Spot: func(_ context.Context, _ tenants.Scope, begun uuid.UUID) (posts.Spot, error) {
			return posts.Spot{Path: "/blogs/write/" + begun.String(), Name: "A blog post"}, nil
		},
		Due: b.due,
	})
	return modules.Module{
		Key: key, Name: "Blogs", Searched: true, Icon: "notebook-pen", Settings: defaults,
		About: "Each member has a blog for longer words, and a journal that is theirs alone.",
		Grants: policy.Grants{
			"blogs.read": {"member"}, "blogs.write": {"member"}, "blogs.reply": {"member"},
		},
		Data:   data(),
		Rights: map[string]string{"blogs.read": "Read blogs", "blogs.write": "Write a blog", "blogs.reply": "Say something below a blog post"},
		Routes: b.routes,
		Person: func(s tenants.Scope, person tenants.Person) []tenants.Link {
			if !s.May("blogs.read") {
				return nil
			}
			return []tenants.Link{{Name: person.Handle + "’s blog", Path: "/blogs/by/" + person.HandleKey}}
		},
		Nav: func(s tenants.Scope) []ui.Room {
			if !s.May("blogs.read") {
				return nil
			}
			home := "/" + s.Service.Slug + "/blogs"
			entry := ui.Room{Key: key, Name: "Blogs", Icon: "notebook-pen", Path: home}
			if mayWrite(s) == nil {
				entry.Compose = home + "/write"
			}
			return []ui.Room{entry}
		},
	}
}

func (b Blogs) routes(r *modules.Router) {
	web.Get(r, "/blogs", "blogs.read", "What people wrote in their blogs, newest first", b.Lately, latelyPage)
	web.Get(r, "/blogs/by/{handle}", "blogs.read", "A member's blog", b.Blog, blogPage)
	web.Get(r, "/blogs/by/{handle}/series/{series}", "blogs.read", "The posts of a series, in order", b.Series, seriesPage)
	web.Get(r, "/blogs/posts/{id}", "blogs.read", "A blog post with its replies", b.Show, postPage)
	web.Post(r, "/blogs/posts/{id}/replies", "blogs.reply", "Reply to a blog post", b.posts.Reply, web.SeeOther("{path}"), web.FormAt("/blogs/posts/{id}?quote={quotes}"))
	web.Post(r, "/blogs/posts/{id}/choices", "blogs.write", "Choose the series of a post of mine, and whether people may reply", b.Choose, web.SeeOther("/blogs/posts/{id}"), web.FormAt("/blogs/posts/{id}"))
	web.Post(r, "/blogs/posts/{id}/keep", "blogs.read", "Keep a blog post to read later, or no longer", b.Keep, web.SeeOther("{path}"))
	web.Get(r, "/blogs/kept", "blogs.read", "What I keep to read later", b.Kept, keptPage)
	web.Get(r, "/blogs/journal", "blogs.write", "What I wrote for nobody else, or for the clinicians", b.Journal, journalPage)
	web.Post(r, "/blogs/name", "blogs.write", "Name my blog", b.Name, web.SeeOther("/blogs/by/{handle}"), web.FormAt("/blogs/by/{handle}"))
	web.Get(r, "/blogs/write", "blogs.write", "Where to begin a blog post", b.Begin, beginPage)
	web.Get(r, "/blogs/write/{begun}", "blogs.write", "A blog post that I write or have planned", b.Writing, writePage)
	web.Post(r, "/blogs/write/{begun}", "blogs.write", "Publish a blog post, now or later", b.Write, web.SeeOther("{path}"), web.FormAt("/blogs/write/{begun}"))
	web.Post(r, "/blogs/write/{begun}/take-back", "blogs.write", "Make a draft again of what is planned", b.TakeBack, web.SeeOther("{path}"))
}

func where(p posts.Post) string {
	switch {
	case p.Audience == tenants.AudienceSelf:
		return "in your journal"
	case p.Audience == tenants.AudienceClinicians:
		return "in their journal"
	case p.Place == nil || p.Place.Name == "":
		return "in their blog"
	}
	return "in “" + p.Place.Name + "”"
}
