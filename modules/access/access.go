// Package access keeps what members need so that they are told things in a way that
// they can take in, after the Accessible Information Standard (DCB1605): it is
// asked, written down, shown to the team wherever they look at somebody, noted when
// it was met, handed on if the person agrees, and looked at again each year. Peers
// never see any of it. It may touch its own tables only.
package access

import (
	"time"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const key = "access"

// due is that somebody's needs are to be looked at again; the subject is the record.
var due = tenants.Kind{Key: "access.due", Queue: jobs.Bulk}

// Access is the room.
type Access struct{ keys crypt.Keys }

// New makes the room; keys seal what people need, which tells of their health.
func New(desk *safety.Desk, keys crypt.Keys) modules.Module {
	a := Access{keys}
	desk.Needs = flags{a}
	return modules.Module{
		Key: key, Name: "What people need", Icon: "headphones", Always: true,
		About:  "How to tell somebody things so that they can take them in: Easy Read, large print, by phone, with an interpreter.",
		Grants: policy.Grants{"access.own": {string(tenants.Member)}, "access.work": {string(tenants.Moderator)}},
		Rights: map[string]string{
			"access.own":  "Say what they need, so that the team tells them things well",
			"access.work": "See, write down and review what members need, so that they are told things well",
		},
		Acts: tenants.Acts{
			"access.record": "Wrote down what a member needs to be told things well", "access.met": "Noted how what a member needs was met",
			"access.review": "Looked again at what a member needs to be told things well",
		},
		Routes: a.routes,
		Rounds: []tenants.Round{{Key: "access.reviews", Queue: jobs.Bulk, Every: time.Hour, Do: reviews}},
		Tells:  []modules.Tell{{Kind: due, Notices: ofReview}},
		Data:   a.data(),
		Mine: func(s tenants.Scope) (links []tenants.MeLink) {
			home := "/" + s.Service.Slug
			if s.Actor.Member != nil && s.May("access.own") {
				links = append(links, tenants.MeLink{Name: "What I need", About: "How the team should tell you things", Path: home + "/my-needs"})
			}
			if s.May("access.work") {
				links = append(links, tenants.MeLink{Name: "What people need", About: "Whose needs are due for a look", Path: home + "/needs"})
			}
			return links
		},
		Person: func(s tenants.Scope, person tenants.Person) []tenants.Link {
			if !s.May("access.work") || person.ID == s.Actor.ID() {
				return nil
			}
			return []tenants.Link{{Name: "What they need", Path: "/people/" + person.HandleKey + "/needs"}}
		},
	}
}

func (a Access) routes(r *modules.Router) {
	web.Get(r, "/my-needs", "access.own", "What I need, and how it was met", a.Mine, minePage)
	web.Post(r, "/my-needs", "access.own", "Say what I need", a.Tell, web.SeeOther("/my-needs"), web.FormAt("/my-needs"))

	const of = "/people/{handle}/needs"
	web.Get(r, "/needs", "access.work", "Whose needs are due for a look", a.Due, duePage)
	web.Get(r, of, "access.work", "What a member needs, and how it was met", a.Of, personPage)
	web.Post(r, of, "access.work", "Write down what a member needs", a.Record, web.SeeOther(of), web.FormAt(of))
	web.Post(r, of+"/review", "access.work", "Say that a member still needs the same", a.Review, web.SeeOther(of), web.FormAt(of))
	web.Post(r, of+"/met", "access.work", "Note how what a member needs was met", a.Meet, web.SeeOther(of), web.FormAt(of))
}
