// Package timeline is a service's first page: everything that I may see, newest
// first, never ranked, with a way to say how I am. It keeps nothing of its own.
package timeline

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const key = "timeline"

// Settings is what a service lead tunes.
type Settings struct {
	TeamFirst bool `json:"team_first" label:"How to reach the team stands at the top of the home page" hint:"For members who should never have to look for it."`
}

// welcomed is for how long a new member finds the welcome on their home page.
const welcomed = 14 * 24 * time.Hour

// Timeline reads posts of all rooms.
type Timeline struct {
	posts  *posts.Kernel
	toTeam func(s tenants.Scope) string
}

// New makes the room; toTeam is where the actor can write to the team, below the
// service; empty for nowhere.
func New(kernel *posts.Kernel, toTeam func(s tenants.Scope) string) modules.Module {
	t := Timeline{kernel, toTeam}
	return modules.Module{
		Key: key, Name: "Home", Icon: "house", Always: true, Settings: Settings{},
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
	// News asks for the posts also where a page in Easy Read first offers what to do.
	News bool `json:"news,omitempty"`
}

// Home is a page of the timeline; what stands above it is on the first one only.
type Home struct {
	posts.Page
	// Welcome is what the service says to whoever is new, as HTML; empty for the others.
	Welcome     string `json:"welcome,omitempty"`
	WelcomeEasy string `json:"welcome_easy,omitempty"`
	// Team says that how to reach the team stands first; ToTeam is where to write to it.
	Team   bool   `json:"team,omitempty"`
	ToTeam string `json:"to_team,omitempty"`
	news   bool
}

// Latest lists top-level posts of every open room.
func (t Timeline) Latest(ctx context.Context, s tenants.Scope, in Latest) (Home, error) {
	page, err := t.posts.Latest(ctx, s, in.Before, nil)
	out := Home{Page: page, news: in.News || in.Before != (posts.Cursor{})}
	if err != nil || !page.Newest || s.Actor.Member == nil {
		return out, err
	}
	if len(page.Posts) == 0 || s.Now.Sub(s.Actor.Member.JoinedAt) < welcomed {
		out.Welcome, out.WelcomeEasy = markdown.HTML(s.Service.Welcome), markdown.HTML(s.Service.WelcomeEasy)
	}
	if out.Team = modules.Tune(s, key, Settings{}).TeamFirst && !s.Actor.Roles.Staff(); out.Team {
		out.ToTeam = t.toTeam(s)
	}
	return out, nil
}
