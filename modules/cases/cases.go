// Package cases is where the team looks after members who may be in danger: each
// case with its clock, its owner and its timeline, the calls to whoever is on duty
// until somebody has it, and the drills that show that they come.
package cases

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const key = "cases"

// concerns is that somebody of the team should know what happened to a case: the
// subject is the member, About the case.
var concerns = tenants.Kind{Key: "cases.concerns", Queue: jobs.Default}

// Write sends a member a message and returns where it can be read, below the
// trust. Invalid, about "to" or "body", says why it cannot be sent.
type Write func(ctx context.Context, s tenants.Scope, to, body string) (path string, err error)

// Cases is the room.
type Cases struct {
	desk  *safety.Desk
	pager modules.Pager
	write Write
}

// New makes the room. write is of the messages room.
func New(desk *safety.Desk, pager modules.Pager, write Write) modules.Module {
	c := Cases{desk, pager, write}
	desk.Alarmed = c.alarms
	return modules.Module{
		Key: key, Name: "Cases", Icon: "life-buoy", Always: true,
		About:  "The team looks after members who may be in danger, and nobody is forgotten.",
		Grants: policy.Grants{"cases.work": {"moderator"}, "cases.drill": {"service_lead"}},
		Rights: map[string]string{
			"cases.work":  "Work on cases, and be called for them",
			"cases.drill": "Start and plan drills of being called",
		},
		Settings: defaults,
		Routes:   c.routes,
		On:       []tenants.Handler{{Kind: safety.CaseOpened, Do: recount}},
		Rounds:   []tenants.Round{{Key: "cases.watch", Every: 2 * time.Second, Do: c.watch}},
		Tells:    []modules.Tell{{Kind: concerns, Notices: c.tell}},
		Acts:     acts,
		Data:     data(),
		Unread:   open,
		Person:   opening,
		Nav: func(s tenants.Scope) []ui.Room {
			if s.Actor.Member == nil || !s.May("cases.work") {
				return nil
			}
			home := "/" + s.Service.Slug
			return []ui.Room{{Key: key, Name: "Cases", Icon: "life-buoy", Path: home + "/cases", Corner: true,
				OfPost: &ui.Offer{Name: "Open a case about this", Icon: "life-buoy", Path: home + "/cases/new?address=" + home + "/posts/"}}}
		},
	}
}

func (c Cases) routes(r *modules.Router) {
	here, form := web.SeeOther("/cases/{id}"), web.FormAt("/cases/{id}")
	web.Get(r, "/cases", "cases.work", "Cases, by level and clock", c.List, listPage)
	web.Get(r, "/cases/new", "cases.work", "What a new case needs", c.Beginning, newPage)
	web.Post(r, "/cases", "cases.work", "Open a case", c.Open, here, web.FormAt("/cases/new"))
	web.Get(r, "/cases/drills", "cases.drill", "Drills: when they are, and how they went", c.Drills, drillsPage)
	web.Post(r, "/cases/drills", "cases.drill", "Plan the monthly drill", c.Plan, web.SeeOther("/cases/drills"), web.FormAt("/cases/drills"))
	web.Post(r, "/cases/drills/start", "cases.drill", "Start a drill now", c.Drill, here)
	web.Get(r, "/cases/{id}", "cases.work", "A case with its timeline", c.Show, casePage)
	web.Get(r, "/cases/{id}/record", "cases.work", "A case, to print for the record", c.Show, recordPage)
	web.Post(r, "/cases/{id}/have", "cases.work", "Say that I have a case", c.Have, here)
	web.Post(r, "/cases/{id}/level", "cases.work", "Change the level of a case", c.Grade, here, form)
	web.Post(r, "/cases/{id}/note", "cases.work", "Add a note to a case", c.Note, here, form)
	web.Post(r, "/cases/{id}/call", "cases.work", "Log a phone call", c.Phone, here, form)
	web.Post(r, "/cases/{id}/told", "cases.work", "Log that the crisis team was told", c.Tell, here, form)
	web.Post(r, "/cases/{id}/message", "cases.work", "Write to the member", c.Message, here, form)
	web.Post(r, "/cases/{id}/identity", "cases.work", "Go and see who the member is", c.Identity, web.SeeOther("{path}"), form)
	web.Post(r, "/cases/{id}/safety-plan", "cases.work", "Open the safety plan that the member shares", c.SafetyPlan, web.Repeatable, web.Showing(planPage), form)
	web.Post(r, "/cases/{id}/links", "cases.work", "Add a post or another thing to a case", c.Link, here, form)
	web.Post(r, "/cases/{id}/hand", "cases.work", "Ask a colleague to take a case over", c.Hand, here, form)
	web.Post(r, "/cases/{id}/back", "cases.work", "Give a case back, so that the next is called", c.Back, here, form)
	web.Post(r, "/cases/{id}/close", "cases.work", "Close a case with its outcome", c.Close, here, form)
	web.Post(r, "/cases/{id}/reopen", "cases.work", "Open a closed case again", c.Reopen, here, form)
}
