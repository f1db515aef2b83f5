// Package notifications tells members what concerns them: here, by email, by text
// and on their devices, at once or in a digest, as each of them chose. The other rooms
// say whom an event concerns (modules.Tell); this one makes notices of it. It
// reads posts through the kernel, and nothing of any other room.
package notifications

import (
	"time"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const key = "notifications"

// Notifications is the room.
type Notifications struct {
	posts   *posts.Kernel
	outside *Outside
	rooms   []string // that can be switched off
}

// New makes what tells people; Room is what they see of it. Other rooms may call
// the team by it (modules.Pager) before there is a room.
func New(kernel *posts.Kernel, outside *Outside) *Notifications {
	return &Notifications{posts: kernel, outside: outside}
}

// Room tells what the other rooms tell.
func (n *Notifications) Room(rooms []modules.Module) modules.Module {
	var tells []modules.Tell
	for _, room := range rooms {
		tells = append(tells, room.Tells...)
		if !room.Always {
			n.rooms = append(n.rooms, room.Key)
		}
	}
	n.posts.WhenOpened(n.opened)
	return modules.Module{
		Key: key, Name: "Notices", Icon: "bell", Always: true,
		About:  "Tells members what concerns them, as each of them chose: here, by email, by text message or on their devices.",
		Grants: policy.Grants{"notifications.read": {"member"}},
		Rights: map[string]string{"notifications.read": "Get notices"},
		Data:   data(),
		Routes: n.routes,
		Unread: n.Unread,
		On: append(n.handlers(tells),
			tenants.Handler{Kind: deliver, OwnUnits: true, Do: n.carryOut},
			tenants.Handler{Kind: deliverDigest, OwnUnits: true, Do: n.carryOut},
			tenants.Handler{Kind: deliverSafety, OwnUnits: true, Do: n.carryOut},
			tenants.Handler{Kind: fate, OwnUnits: true, Do: n.learn},
		),
		Rounds: []tenants.Round{
			{Key: "digests", Queue: jobs.Bulk, Every: time.Minute, Do: n.digests},
			{Key: "old-notices", Queue: jobs.Bulk, Every: 24 * time.Hour, Do: tidy},
		},
		Mine: func(s tenants.Scope) []tenants.MeLink {
			return []tenants.MeLink{{Name: "Notices", About: "What you hear of, where and when", Path: "/" + s.Service.Slug + "/notifications/settings"}}
		},
		Nav: func(s tenants.Scope) []ui.Room {
			if s.Actor.Member == nil || !s.May("notifications.read") {
				return nil
			}
			return []ui.Room{{Key: key, Name: "Notices", Icon: "bell", Path: "/" + s.Service.Slug + "/notifications", Corner: true, Bar: true}}
		},
	}
}

func (n *Notifications) routes(r *modules.Router) {
	web.Get(r, "/notifications", "notifications.read", "What is new to me", n.List, listPage)
	web.Post(r, "/notifications/{id}/open", "notifications.read", "Mark a notice as read and go where it leads", n.Open, web.SeeOther("{path}"))
	web.Post(r, "/notifications/read", "notifications.read", "Mark all notices as read", n.ReadAll, web.SeeOther("/notifications"))
	web.Get(r, "/notifications/settings", "notifications.read", "What I hear of, where and when", n.Preferences, settingsPage)
	web.Post(r, "/notifications/settings", "notifications.read", "Choose what I hear of, where and when", n.Choose, web.SeeOther("/notifications/settings"), web.FormAt("/notifications/settings"))
	web.Get(r, "/notifications/digest", "notifications.read", "My next digest as it stands", n.Preview, previewPage)
	web.Post(r, "/notifications/devices", "notifications.read", "Show notices on this device", n.Subscribe, web.SeeOther("/notifications/settings"), web.FormAt("/notifications/settings"))
	web.Post(r, "/notifications/devices/{id}/remove", "notifications.read", "Show no more notices on a device", n.Forget, web.SeeOther("/notifications/settings"))

	trust := r.In("", "")
	web.Get(trust, "/go/{id}", web.SignedIn, "Follow a link of an email or a notice", n.Go, wentPage)
	web.Get(trust, "/go/{id}/settings", web.SignedIn, "Follow a link of a text to where texts are switched off", n.GoToSettings, wentPage)
	web.Get(trust, "/called/{sealed}", web.SignedIn, "Follow the link of a call to somebody of the team", n.Called, wentPage)
	web.Get(trust, "/unsubscribe/{ticket}", web.Public, "What an email's link switches off", n.Unsubscribing, unsubscribePage)
	web.Post(trust, "/unsubscribe/{ticket}", web.Public, "Switch emails of a kind off", n.Unsubscribe, web.Showing(unsubscribedPage))
}

// open are the rooms whose notices the actor may know of.
func (n *Notifications) open(s tenants.Scope) []string {
	open := []string{""}
	for _, room := range n.rooms {
		if s.Service.Open(room) {
			open = append(open, room)
		}
	}
	return open
}
