// Package standing is where members stand in a service: strikes and how long they
// count, appeals, suspensions that end by themselves, breaks that somebody takes of
// their own, and the question how they are after something hard. It knows the rooms'
// things through the kernel in modules/safety only.
package standing

import (
	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

const key = "standing"

// Settings is what a service lead tunes.
type Settings struct {
	Strikes     int `json:"strikes" label:"Strikes that count at one time until the team is asked to look at how somebody stands" hint:"0 for never." validate:"min=0,max=20"`
	SuspendDays int `json:"suspend_days" label:"Days for which that many strikes suspend somebody by themselves" hint:"0 for never: then a person decides." validate:"min=0,max=90"`
	MostDays    int `json:"most_days" label:"Longest suspension, in days" validate:"min=1,max=365"`
	AppealDays  int `json:"appeal_days" label:"Days in which a member can ask that a decision is looked at again" validate:"min=1,max=90"`
}

var defaults = Settings{Strikes: 3, MostDays: 28, AppealDays: 14}

func settings(s tenants.Scope) Settings { return modules.Tune(s, key, defaults) }

// What happens to somebody's suspension, which is the subject. Over waits until its end.
var (
	suspended = tenants.Kind{Key: "standing.suspended", Queue: jobs.Safety}
	lifted    = tenants.Kind{Key: "standing.lifted", Queue: jobs.Safety}
	over      = tenants.Kind{Key: "standing.over", Queue: jobs.Safety}
	// wondered has the check-in as its subject and whom it asks as its about.
	wondered = tenants.Kind{Key: "standing.wondered", Queue: jobs.Default}
)

// Standing is the room.
type Standing struct{ desk *safety.Desk }

// ByID names a decision, a suspension or a check-in.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// Where is where a browser goes.
type Where struct {
	Path string `json:"path"`
}

// New makes the room.
func New(desk *safety.Desk) modules.Module {
	x := Standing{desk}
	desk.Register(x.appeals())
	desk.Register(x.strikes())
	desk.Strike, desk.Recourse = x.strike, x.recourse
	return modules.Module{
		Key: key, Name: "Strikes and breaks", Icon: "flag", Always: true, Settings: defaults,
		About:  "Strikes, appeals, suspensions with an end, and breaks that members take.",
		Grants: grants(),
		Rights: map[string]string{
			"standing.own":     "See where they stand, appeal, and take a break",
			"standing.read":    "See the strikes and suspensions of a member",
			"standing.suspend": "Suspend a member for a time, and end that early",
		},
		Acts: tenants.Acts{
			"standing.strike": "Gave a member a strike", "standing.suspend": "Suspended a member for a time", "standing.lift": "Ended a suspension early",
			"standing.appeal": "Asked that a decision is looked at again", "standing.overturn": "Took a decision back after an appeal",
		},
		Data:   data(),
		Routes: x.routes,
		On:     []tenants.Handler{{Kind: safety.Decided, Do: x.ripple}},
		Tells: []modules.Tell{
			{Kind: suspended, Notices: told(func(row Suspension) bool { return row.LiftedAt == nil })},
			{Kind: lifted, Notices: told(func(Suspension) bool { return true })},
			{Kind: over, Notices: told(func(row Suspension) bool { return row.LiftedAt == nil })},
			{Kind: wondered, Notices: ofWondered},
		},
		Bars: bars,
		Person: func(s tenants.Scope, person tenants.Person) []tenants.Link {
			if s.Actor.Member == nil || !s.May("standing.read") || person.Roles.Staff() {
				return nil
			}
			return []tenants.Link{{Name: "Where they stand", Path: "/standing/of/" + person.HandleKey}}
		},
		Mine: func(s tenants.Scope) []tenants.MeLink {
			if s.Actor.Member == nil || s.Actor.Roles.Staff() || !s.May("standing.own") {
				return nil
			}
			home := "/" + s.Service.Slug
			return []tenants.MeLink{
				{Name: "Where I stand", About: "What the team decided about you, and how to ask for another look", Path: home + "/standing"},
				{Name: "Take a break", About: "A few days or weeks in which nothing from here reaches you", Path: home + "/break"},
			}
		},
	}
}

func (x Standing) routes(r *modules.Router) {
	web.Get(r, "/standing", "standing.own", "Where I stand: strikes, suspension, appeals", x.Mine, minePage)
	web.Get(r, "/standing/appeal/{id}", "standing.own", "A decision about me, to ask for another look", x.Appealing, appealPage)
	web.Post(r, "/standing/appeal/{id}", "standing.own", "Ask that somebody else looks at a decision", x.Appeal, web.SeeOther("/standing"), web.FormAt("/standing/appeal/{id}"))

	web.Get(r, "/standing/of/{handle}", "standing.read", "Where a member stands", x.Of, ofPage)
	web.Post(r, "/standing/of/{handle}/suspend", "standing.suspend", "Suspend a member for a time", x.Suspend, web.SeeOther("/standing/of/{handle}"), web.FormAt("/standing/of/{handle}"))
	web.Post(r, "/standing/of/{handle}/lift", "standing.suspend", "End a suspension early", x.Lift, web.SeeOther("/standing/of/{handle}"), web.FormAt("/standing/of/{handle}"))

	web.Get(r, "/break", "standing.own", "My break", x.Break, breakPage)
	web.Post(r, "/break", "standing.own", "Take a break", x.Rest, web.SeeOther("/break"), web.FormAt("/break"))
	web.Get(r, "/break/end", "standing.own", "Come back from my break", x.Break, backPage)
	web.Post(r, "/break/end", "standing.own", "End my break", x.Return, web.SeeOther("/break"))

	web.Get(r, "/how-are-you/{id}", "standing.own", "Somebody asks how I am", x.HowAreYou, checkInPage)
	web.Post(r, "/how-are-you/{id}", "standing.own", "Say how I am", x.Answer, web.SeeOther("{path}"), web.FormAt("/how-are-you/{id}"))
}

// bars say on every page that somebody is suspended or on a break.
func bars(s tenants.Scope) (all []ui.Bar) {
	me := s.Actor.Member
	if me.Suspended(s.Now) {
		all = append(all, ui.Bar{Icon: "hourglass", Words: "Until " + ui.At(*me.SuspendedUntil) + " you can read here, and write to the team, but not to others.", Link: "Why, and what you can do", Path: "/standing"})
	}
	if me.Away(s.Now) {
		all = append(all, ui.Bar{Icon: "moon", Words: "You are on a break until " + ui.Date(*me.AwayUntil) + ". Nothing from here reaches you until then.", Link: "Your break", Path: "/break"})
	}
	return all
}
