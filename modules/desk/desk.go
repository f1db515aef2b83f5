// Package desk is where the team looks at what the rules and the members found:
// one queue, one item at a time, and what is decided about it. It knows the rooms'
// things through the kernel in modules/safety only.
package desk

import (
	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

var (
	// undone has the deed as its subject; only where its author was told of it.
	undone = tenants.Kind{Key: "desk.undone", Queue: jobs.Safety}
	// handed has the item as its subject, and whom it was handed to as its about.
	handed = tenants.Kind{Key: "desk.handed", Queue: jobs.Safety}
	// opened is only shown live: somebody has an item open.
	opened = tenants.Kind{Key: "desk.opened"}
)

// Desk is the room.
type Desk struct{ desk *safety.Desk }

// ByID names an item, or a deed.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// New makes the room.
func New(kernel *safety.Desk) modules.Module {
	d := Desk{kernel}
	kernel.Linked, kernel.Rules = known, usual.Rules
	return modules.Module{
		Key: safety.Key, Name: "Safeguarding", Icon: "shield", Always: true, Settings: safety.Defaults,
		About:  "What the team looks at, how soon, and how the team itself is.",
		Grants: policy.Grants{"desk.work": {"moderator"}, "desk.settings": {"service_lead"}, "desk.answer": {"member"}},
		Rights: map[string]string{
			"desk.work":     "Work at the safeguarding desk",
			"desk.settings": "Change the desk’s kind words, undo what others decided, and see what the team went through",
			"desk.answer":   "Read what the team decided about something of theirs",
		},
		Acts: tenants.Acts{
			"desk.take": "Took something on the desk", "desk.hand": "Handed something on the desk over", "desk.leave": "Put something back on the desk",
			"desk.decide": "Decided about something on the desk", "desk.undo": "Undid a decision of the desk",
			"desk.link": "Said that they know somebody outside", "desk.unlink": "Took back that somebody of the team knows a member outside",
			"desk.words": "Changed the desk’s kind words", "case.decided": "Decided about what opened the case", "case.undone": "Undid what was decided about what opened the case",
		},
		Counts: []tenants.Count{{Key: "responses", Name: "First responses at the desk", Waits: true, Of: responses,
			About: "How long something on the safeguarding desk waited until somebody of the team took it or decided it, on the day of that. Drills are not in it."}},
		Data:   data(),
		Routes: d.routes,
		On:     []tenants.Handler{{Kind: safety.Raised, Do: recount}},
		Tells:  []modules.Tell{{Kind: safety.Raised, Notices: ofRaised}, {Kind: handed, Notices: ofHanded}, {Kind: safety.Decided, Notices: ofDecided}, {Kind: undone, Notices: ofUndone}},
		Unread: unread,
		Person: func(s tenants.Scope, person tenants.Person) []tenants.Link {
			if !s.May("desk.work") || s.Actor.Member == nil || person.ID == s.Actor.ID() {
				return nil
			}
			return []tenants.Link{{Name: "I know this person outside", Path: "/desk/links/new?of=" + person.HandleKey}}
		},
		Nav: func(s tenants.Scope) []ui.Room {
			if s.Actor.Member == nil || !s.May("desk.work") {
				return nil
			}
			return []ui.Room{{Key: safety.Key, Name: "Safeguarding", Icon: "shield", Path: "/" + s.Service.Slug + "/desk", Corner: true}}
		},
	}
}

func (d Desk) routes(r *modules.Router) {
	item := web.FormAt("/desk/{id}")
	web.Get(r, "/desk", "desk.work", "What waits for the team", d.List, queuePage, web.Asks)
	web.Get(r, "/desk/care", "desk.work", "What I read lately, and whom to talk to", d.Care, carePage)
	web.Post(r, "/desk/keys", "desk.work", "Switch the desk’s keys on or off", d.Keys, web.SeeOther("{path}"))
	web.Get(r, "/desk/words", "desk.settings", "The desk’s kind words", d.WordList, wordsPage)
	web.Post(r, "/desk/words", "desk.settings", "Add kind words", d.AddWords, web.SeeOther("/desk/words"), web.FormAt("/desk/words"))
	web.Post(r, "/desk/words/{key}", "desk.settings", "Change kind words", d.ChangeWords, web.SeeOther("/desk/words"), web.FormAt("/desk/words"))
	web.Get(r, "/desk/links", "desk.work", "Whom the team knows outside", d.Links, linksPage)
	web.Get(r, "/desk/links/new", "desk.work", "A member whom I know outside", d.Linking, linkingPage)
	web.Post(r, "/desk/links", "desk.work", "Say that I know a member outside", d.Link, web.SeeOther("/desk/links"))
	web.Post(r, "/desk/links/{id}/end", "desk.settings", "Take back that a colleague knows a member outside", d.Unlink, web.SeeOther("/desk/links"))

	web.Get(r, "/desk/{id}", "desk.work", "Something that waits for the team", d.Show, itemPage)
	web.Post(r, "/desk/{id}/take", "desk.work", "Take it", d.Take, web.SeeOther("/desk/{id}"), item)
	web.Post(r, "/desk/{id}/hand", "desk.work", "Hand it to a colleague", d.Hand, web.SeeOther("/desk"), item)
	web.Post(r, "/desk/{id}/leave", "desk.work", "Put it back", d.Leave, web.SeeOther("/desk"), item)
	web.Post(r, "/desk/{id}/decide", "desk.work", "Decide about it", d.Decide, web.SeeOther("{path}"), item)
	web.Post(r, "/desk/{id}/undo", "desk.work", "Undo what was decided about it", d.Undo, web.SeeOther("/desk/{id}"), item)

	web.Get(r, "/decisions/{id}", "desk.answer", "What the team decided about something of mine", d.Answer, answerPage)
}
