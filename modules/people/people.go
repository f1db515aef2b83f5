// Package people is where members find each other and choose how near: a page for
// each, friends, whom they muted or blocked, and the words that they do not want to
// come upon. The bonds are tenants', so that they hold in every room.
package people

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// What happens between two. The subject is whoever it is news to, who is also the
// only reader.
var (
	asked    = tenants.Kind{Key: "people.asked", Queue: jobs.Default}
	befriend = tenants.Kind{Key: "people.befriended", Queue: jobs.Default}
)

// People is the room.
type People struct {
	desk  *safety.Desk
	links func(s tenants.Scope, person tenants.Person) []tenants.Link
}

// New makes the room; offers says what can be done with a member elsewhere.
func New(desk *safety.Desk, offers func(s tenants.Scope, person tenants.Person) []tenants.Link) modules.Module {
	p := People{desk, offers}
	desk.Register(p.sort())
	return modules.Module{
		Key: "people", Name: "People", Icon: "users-round", Always: true,
		About:  "A page for each member, friends, and quiet from those somebody does not want to hear.",
		Grants: policy.Grants{"people.circle": {"member"}, "people.befriend": {"member"}, "people.present": {"member"}},
		Rights: map[string]string{
			"people.circle":   "See their own circle, mute and block",
			"people.befriend": "Ask others to be friends",
			"people.present":  "Change how others see them",
		},
		Data:   data(),
		Routes: p.routes,
		Tells:  []modules.Tell{{Kind: asked, Notices: tellAsked}, {Kind: befriend, Notices: tellBefriended}},
		Mine: func(s tenants.Scope) []tenants.MeLink {
			if s.Actor.Member == nil || !s.May("people.circle") {
				return nil
			}
			circle := tenants.MeLink{Name: "My circle", About: "Friends, people you muted or blocked, words you do not want to see", Path: "/" + s.Service.Slug + "/circle"}
			if !s.May("people.present") {
				return []tenants.MeLink{circle}
			}
			return []tenants.MeLink{{Name: "My profile", About: "Your picture, a few words, pronouns and interests", Path: "/" + s.Service.Slug + "/profile"}, circle}
		},
	}
}

func (p People) routes(r *modules.Router) {
	person := web.FormAt("/people/{handle}")
	web.Get(r, "/people/{handle}", "people.read", "A member as their peers know them", p.Show, personPage)
	web.Post(r, "/people/{handle}/friend", "people.befriend", "Ask somebody to be a friend, answer, or end it", p.Befriend, web.SeeOther("{path}"), person)
	web.Post(r, "/people/{handle}/mute", "people.circle", "Mute somebody, or no longer", p.Mute, web.SeeOther("{path}"), person)
	web.Post(r, "/people/{handle}/block", "people.circle", "Block somebody, or no longer", p.Block, web.SeeOther("{path}"), person)

	web.Get(r, "/profile", "people.present", "How others see me, to change it", p.Editing, profilePage)
	web.Post(r, "/profile", "people.present", "Change how others see me", p.Edit, web.SeeOther("{path}"), web.FormAt("/profile"))

	web.Get(r, "/circle", "people.circle", "My friends, and who asks to be one", p.Circle, circlePage)
	web.Get(r, "/circle/silenced", "people.circle", "People I muted or blocked", p.Silenced, silencedPage)
	web.Get(r, "/circle/words", "people.circle", "Words that I do not want to come upon", p.Words, wordsPage)
	web.Post(r, "/circle/words", "people.circle", "Add a word that I do not want to come upon", p.AddWords, web.SeeOther("/circle/words"), web.FormAt("/circle/words"))
	web.Post(r, "/circle/words/remove", "people.circle", "Take a word off my list", p.RemoveWords, web.SeeOther("/circle/words"))
}

// Profile is a member as their peers know them.
type Profile struct {
	Person tenants.Person `json:"person"`
	Links  []tenants.Link `json:"links"`
	// Friendship is how far the actor and they are with it.
	Friendship Friendship `json:"friendship"`
	Muted      bool       `json:"muted"`
	// Nearness says that the actor can mute or block them.
	Nearness bool `json:"may_silence"`
	// Needs is how to tell them things, for the team alone.
	Needs []string `json:"needs,omitempty"`
}

// Show reads a member's page. NotFound where one of the two has blocked the other.
func (p People) Show(ctx context.Context, s tenants.Scope, in tenants.ByHandle) (Profile, error) {
	person, err := s.PersonByHandle(ctx, in.Handle)
	if err != nil {
		return Profile{}, err
	}
	bonds, err := s.Between(ctx, person.ID)
	if err != nil {
		return Profile{}, err
	}
	needs, err := p.desk.NeedsOf(ctx, s, person.ID)
	return Profile{
		Person: person, Links: p.links(s, person), Friendship: friendship(s, person, bonds),
		Muted: bonds.Has(person.ID, tenants.Muting), Nearness: silenceable(s, person) == nil, Needs: needs,
	}, err
}
