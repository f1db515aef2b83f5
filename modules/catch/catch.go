// Package catch is what sees to it that nobody falls through: the rules of rooms
// and hours, rates, what nobody answered, and how a member asks for a human.
package catch

import (
	"time"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const key = "catch"

// Catch is the room.
type Catch struct {
	desk  *safety.Desk
	posts *posts.Kernel
	rooms []modules.Module
}

// New makes the room; rooms are those whose ways of being looked after can differ.
func New(desk *safety.Desk, kernel *posts.Kernel, rooms []modules.Module) modules.Module {
	c := Catch{desk, kernel, kernel.Rooms(rooms)}
	desk.Register(c.sort())
	desk.Help = c.help
	desk.Watch(mode)
	desk.Watch(rate)
	desk.Watch(safety.Flagged)
	return modules.Module{
		Key: key, Name: "Support", Icon: "life-buoy", Always: true,
		About: "What waits for the team, what nobody answered, and how a member asks for a human.",
		Grants: policy.Grants{
			"help.ask": {"member"}, "unanswered.read": {string(tenants.PeerSupporter), "moderator"}, "safeguarding.configure": {string(tenants.ServiceLead), string(tenants.TrustAdmin)},
		},
		Rights: map[string]string{
			"help.ask":               "Ask for a human of the team",
			"unanswered.read":        "See what nobody has answered yet",
			"safeguarding.configure": "Choose what waits for the team, in which room and at which hours",
		},
		Acts: tenants.Acts{
			"case.raised": "Raised a case to a graver level", "case.safe": "Somebody said that they are safe for now",
			"case.asked": "Somebody asked for a human", "safeguarding.mode": "Changed what waits for the team",
		},
		Rounds: []tenants.Round{{Key: "catch.unanswered", Queue: jobs.Safety, Every: 5 * time.Minute, Do: c.unanswered}},
		Unread: c.waiting,
		Data:   data(),
		Begin:  begin,
		Routes: c.routes,
		Mine: func(s tenants.Scope) []tenants.MeLink {
			if !s.May("safeguarding.configure") {
				return nil
			}
			return []tenants.MeLink{{Name: "What waits for the team", About: "Which posts others see only once the team has looked", Path: "/" + s.Service.Slug + "/settings/safeguarding"}}
		},
		Nav: func(s tenants.Scope) []ui.Room {
			if s.Actor.Member == nil || !s.May("unanswered.read") {
				return nil
			}
			return []ui.Room{{Key: key, Name: "Unanswered", Icon: "message-circle", Path: "/" + s.Service.Slug + "/unanswered", Corner: true}}
		},
	}
}

func (c Catch) routes(r *modules.Router) {
	web.Get(r, "/support", "help.ask", "Whom to turn to, and a human of the team", c.Turn, supportPage)
	web.Get(r, "/support/{id}", "help.ask", "Whom to turn to now, after something that I wrote", c.Turn, supportPage)
	web.Post(r, "/support", "help.ask", "Ask a human of the team", c.Ask, web.SeeOther("/support?asked=true"), web.FormAt("/support"))
	web.Post(r, "/support/{id}", "help.ask", "Say whether I am safe right now", c.Say, web.SeeOther("{path}"), web.FormAt("/support/{id}"))
	web.Post(r, "/composer", "posts.write", "Kinder words for figures in what I am writing", c.Kinder)
	web.Get(r, "/unanswered", "unanswered.read", "What nobody has answered yet", c.Unanswered, unansweredPage)
	web.Get(r, "/settings/safeguarding", "safeguarding.configure", "What waits for the team", c.Modes, modesPage)
	web.Post(r, "/settings/safeguarding/{room}", "safeguarding.configure", "Choose what waits for the team in a room", c.Choose, web.SeeOther("/settings/safeguarding"), web.FormAt("/settings/safeguarding"))
}
