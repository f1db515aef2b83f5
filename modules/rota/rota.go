// Package rota is who of the team is on duty or on call, hour by hour: a weekly
// pattern, single shifts, absences, closed days and swaps. What follows from it
// are the escalation tree, the times at which members are told that the team is
// there, and warnings of gaps. It touches its own tables, and the service's roster.
package rota

import (
	"time"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const key = "rota"

// What happens to the rota: a gap was found in the days to come; a swap, which is
// the subject, was offered, or answered.
var (
	opened   = tenants.Kind{Key: "rota.gap", Queue: jobs.Safety}
	offered  = tenants.Kind{Key: "rota.offered", Queue: jobs.Default}
	answered = tenants.Kind{Key: "rota.answered", Queue: jobs.Default}
)

// Rota is the room.
type Rota struct {
	address func(t tenants.Trust) string
}

// New makes the room. The desk asks it whom to call, and whether anybody is there;
// address is where a trust's people go.
func New(desk *safety.Desk, address func(t tenants.Trust) string) modules.Module {
	r := Rota{address}
	desk.Tree = r.Tree
	return modules.Module{
		Key: key, Name: "Rota", Icon: "clock", Always: true,
		About:  "Who of the team is on duty or on call, and when.",
		Grants: policy.Grants{"rota.read": {"moderator"}, "rota.swap": {"moderator"}, "rota.manage": {"service_lead"}},
		Routes: r.routes,
		Rounds: []tenants.Round{{Key: "rota.watch", Queue: jobs.Default, Every: 15 * time.Minute, Do: r.watch}},
		Tells:  []modules.Tell{{Kind: opened, Notices: ofGap}, {Kind: offered, Notices: ofOffer}, {Kind: answered, Notices: ofAnswer}},
		Rights: map[string]string{
			"rota.read":   "See the rota, and write hand-over notes",
			"rota.swap":   "Say when they are away, swap shifts, and have their shifts in a calendar",
			"rota.manage": "Change the rota, closed days and who is called in a crisis",
		},
		Acts: tenants.Acts{
			"rota.pattern": "Added to the rota’s weekly pattern", "rota.ended": "Ended a line of the rota’s weekly pattern",
			"rota.shift": "Added a single shift to the rota", "rota.unshift": "Took a single shift off the rota",
			"rota.away": "Noted an absence on the rota", "rota.back": "Took an absence off the rota",
			"rota.day": "Changed a closed day", "rota.settings": "Changed how the rota works, or who is called in a crisis",
			"rota.offer": "Offered a shift", "rota.accept": "Took over a shift", "rota.decline": "Declined a shift", "rota.withdraw": "Took back the offer of a shift",
			"rota.calendar": "Made or removed a private calendar address",
		},
		Data: data(),
		Nav: func(s tenants.Scope) []ui.Room {
			if !s.May("rota.read") {
				return nil
			}
			return []ui.Room{{Key: key, Name: "Rota", Icon: "clock", Path: "/" + s.Service.Slug + "/rota", Corner: true}}
		},
	}
}

func (r Rota) routes(t *modules.Router) {
	home := web.SeeOther("/rota")
	web.Get(t, "/rota", "rota.read", "The rota of a week", r.Week, weekPage)
	web.Post(t, "/rota/notes", "rota.read", "Leave a hand-over note", r.Write, home, web.FormAt("/rota"))

	web.Get(t, "/rota/pattern", "rota.manage", "The weekly pattern", r.Pattern, patternPage)
	web.Post(t, "/rota/pattern", "rota.manage", "Add to the weekly pattern", r.AddRows, web.SeeOther("/rota/pattern"), web.FormAt("/rota/pattern"))
	web.Post(t, "/rota/pattern/{id}/end", "rota.manage", "End a line of the weekly pattern", r.EndRow, web.SeeOther("/rota/pattern"), web.FormAt("/rota/pattern"))
	web.Get(t, "/rota/shifts/new", "rota.manage", "What a single shift needs", r.Single, shiftPage)
	web.Post(t, "/rota/shifts", "rota.manage", "Add a single shift", r.AddShift, web.SeeOther("/rota?week={week}"), web.FormAt("/rota/shifts/new"))
	web.Get(t, "/rota/shifts/{id}/remove", "rota.manage", "A single shift to take off", r.Removing, removePage)
	web.Post(t, "/rota/shifts/{id}/remove", "rota.manage", "Take a single shift off", r.RemoveShift, web.SeeOther("/rota?week={week}"), web.FormAt("/rota/shifts/{id}/remove"))

	web.Get(t, "/rota/away", "rota.swap", "Who is away, and when the service is closed", r.Away, awayPage)
	web.Post(t, "/rota/away", "rota.swap", "Note an absence", r.GoAway, web.SeeOther("/rota/away"), web.FormAt("/rota/away"))
	web.Post(t, "/rota/away/{id}/remove", "rota.swap", "Take an absence off", r.Back, web.SeeOther("/rota/away"))
	web.Post(t, "/rota/days", "rota.manage", "Close on a day, or open on a bank holiday", r.SetDay, web.SeeOther("/rota/away"), web.FormAt("/rota/away"))

	web.Get(t, "/rota/swaps", "rota.swap", "My shifts, and those on offer", r.Swaps, swapsPage)
	web.Post(t, "/rota/swaps", "rota.swap", "Offer a shift", r.Offer, web.SeeOther("/rota/swaps"), web.FormAt("/rota/swaps"))
	web.Post(t, "/rota/swaps/{id}/accept", "rota.swap", "Take over a shift", r.Accept, web.SeeOther("/rota/swaps"), web.FormAt("/rota/swaps"))
	web.Post(t, "/rota/swaps/{id}/decline", "rota.swap", "Decline a shift", r.Decline, web.SeeOther("/rota/swaps"), web.FormAt("/rota/swaps"))
	web.Post(t, "/rota/swaps/{id}/withdraw", "rota.swap", "Take back the offer of a shift", r.Withdraw, web.SeeOther("/rota/swaps"), web.FormAt("/rota/swaps"))

	web.Get(t, "/rota/calendar", "rota.swap", "My private calendar address", r.Feed, feedPage)
	web.Post(t, "/rota/calendar", "rota.swap", "Make a new private calendar address", r.MakeFeed, web.Showing(feedPage), web.FormAt("/rota/calendar"))
	web.Post(t, "/rota/calendar/remove", "rota.swap", "Remove my private calendar address", r.DropFeed, web.SeeOther("/rota/calendar"))
	web.Download(t.In("", ""), "/calendar/{token}", web.Public, "Somebody’s own shifts, for their calendar", r.Calendar)

	web.Get(t, "/rota/settings", "rota.manage", "How the rota works, and who is called in a crisis", r.Choices, settingsPage)
	web.Post(t, "/rota/settings", "rota.manage", "Change how the rota works", r.Choose, web.SeeOther("/rota/settings"), web.FormAt("/rota/settings"))
	web.Post(t, "/rota/tree", "rota.manage", "Change who is called in a crisis", r.SetTree, web.SeeOther("/rota/settings"), web.FormAt("/rota/settings"))
}
