// Package wings is the parts of a service that are services of their own: age bands,
// and relatives and carers. It has the way between them for the team, makes new ones,
// sees to it that whoever grows out of a band is handed on in time, and keeps who
// cares for whom. It touches its own tables, and services and members through tenants.
package wings

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
	"github.com/sharon-nhs/sharon/tenants/invitations"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const key = "wings"

// What happens: that some will soon be too old for their band, or are, which is about
// the service; that a member, who is the subject, was told where they go, or has gone.
var (
	leaving  = tenants.Kind{Key: "wings.leaving", Queue: jobs.Default}
	arranged = tenants.Kind{Key: "wings.arranged", Queue: jobs.Default}
	moved    = tenants.Kind{Key: "wings.moved", Queue: jobs.Default}
)

// Carry takes what is a member's own along to the service that they go to.
type Carry func(ctx context.Context, s tenants.Scope, was tenants.Person, to tenants.Scope, now tenants.Person) error

// Wings is the room.
type Wings struct {
	archive identity.Archive
	carry   Carry
	rooms   []modules.Module
}

// New makes the room; rooms are those that a wing can begin with, archive knows when
// people were born.
func New(archive identity.Archive, carry Carry, rooms []modules.Module) modules.Module {
	w := Wings{archive, carry, rooms}
	return modules.Module{
		Key: key, Name: "Wings", Icon: "building-2", Always: true,
		About: "Parts of a service with rooms of their own: for an age, or for relatives and carers.",
		Grants: policy.Grants{
			"wings.read": {"moderator", "trust_admin"}, "wings.make": {"service_lead", "trust_admin"},
			"moving.read": {"clinician", "service_lead"}, "moving.arrange": {"clinician"}, "moving.own": {"member"},
			"kin.note": {"clinician"},
		},
		Rights: map[string]string{
			"wings.read": "See the wings of a service, and go from one to another", "wings.make": "Make a wing of a service",
			"moving.read": "See who will be too old for their wing", "moving.arrange": "Arrange where they go, and hand them over", "moving.own": "See where they go when they are too old for their wing",
			"kin.note": "Note who cares for whom",
		},
		Acts: tenants.Acts{
			"moving.arranged": "Told somebody where they go when they are too old for their wing", "moving.moved": "Handed somebody over to the next wing or service",
			"kin.noted": "Noted who cares for whom", "kin.removed": "Took back who cares for whom",
		},
		Routes: w.routes,
		Data:   data(),
		On:     []tenants.Handler{{Kind: invitations.Joined, Do: func(ctx context.Context, s tenants.Scope, _ tenants.Event) error { return w.keep(ctx, s) }}},
		Rounds: []tenants.Round{
			{Key: "wings.ages", Queue: jobs.Default, Every: 24 * time.Hour, Do: w.ages},
			{Key: "wings.team", Queue: jobs.Default, Every: 15 * time.Minute, Do: share},
		},
		Tells:  []modules.Tell{{Kind: leaving, Notices: ofLeaving}, {Kind: arranged, Notices: ofArranged}, {Kind: moved, Notices: ofMoved}},
		Unread: unread,
		Nav:    nav,
		Mine:   mine,
		Person: offers,
	}
}

func (w Wings) routes(r *modules.Router) {
	web.Get(r, "/wings", "wings.read", "The wings of this service", w.Family, familyPage)
	web.Get(r, "/wings/new", "wings.make", "What a new wing would begin with", w.Draft, draftPage)
	web.Post(r, "/wings", "wings.make", "Make a wing", w.Make, web.SeeOther("/wings"), web.FormAt("/wings/new?preset={preset}"))

	one := web.FormAt("/moving-on/{handle}")
	web.Get(r, "/moving-on", "moving.read", "Who will soon be too old for this wing", w.List, listPage)
	web.Get(r, "/moving-on/{handle}", "moving.read", "Where somebody can go who will be too old for this wing", w.Show, leaverPage)
	web.Post(r, "/moving-on/{handle}", "moving.arrange", "Arrange where somebody goes, and tell them", w.Arrange, web.SeeOther("/moving-on/{handle}"), one)
	web.Post(r, "/moving-on/{handle}/move", "moving.arrange", "Hand somebody over", w.Move, web.SeeOther("/moving-on"), one)
	web.Get(r, "/my-next-place", "moving.own", "Where I go when I am too old for this wing", w.Mine, minePage)

	kin := web.FormAt("/people/{handle}/kin")
	web.Get(r, "/people/{handle}/kin", "kin.note", "Who cares for whom", w.Kin, kinPage)
	web.Post(r, "/people/{handle}/kin", "kin.note", "Note who cares for whom", w.Note, web.SeeOther("/people/{handle}/kin"), kin)
	web.Post(r, "/people/{handle}/kin/remove", "kin.note", "Take back who cares for whom", w.Remove, web.SeeOther("/people/{handle}/kin"), kin)
}

// nav leads the team from wing to wing.
func nav(s tenants.Scope) []ui.Room {
	if !s.May("wings.read") || s.Estate.Family(s.Service) == nil {
		return nil
	}
	return []ui.Room{{Key: key, Name: "Wings", Icon: "building-2", Path: "/" + s.Service.Slug + "/wings"}}
}

func mine(s tenants.Scope) (links []tenants.MeLink) {
	home := "/" + s.Service.Slug
	if s.May("wings.make") && s.Service.Wing() == nil && !s.Service.ForCarers() {
		links = append(links, tenants.MeLink{Name: "Wings", About: "Parts with rooms of their own: for an age, or for relatives and carers", Path: home + "/wings"})
	}
	switch going := goes(s); {
	case going && s.May("moving.read"):
		links = append(links, tenants.MeLink{Name: "Moving on", About: "Who will soon be too old for this wing, and where they go", Path: home + "/moving-on"})
	case going && s.Actor.Member != nil && !s.Actor.Roles.Staff() && s.May("moving.own"):
		links = append(links, tenants.MeLink{Name: "My next place", About: "Where I go when I am too old for this one", Path: home + "/my-next-place"})
	}
	return links
}

// offers is what can be done with a member, on their page.
func offers(s tenants.Scope, person tenants.Person) []tenants.Link {
	if !s.May("kin.note") || !isFor(person) || !hasCarers(s.Estate) {
		return nil
	}
	return []tenants.Link{{Name: "Who cares for whom", Path: "/people/" + person.HandleKey + "/kin"}}
}
