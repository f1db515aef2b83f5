// Package gifts lets members of a service give each other small presents with
// a note. Nothing is bought, counted against others or ranked, and everybody
// says themselves from whom they take gifts. It may touch its own tables and
// ask the kernel whose a post is.
package gifts

import (
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/picture"
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
	"github.com/sharon-nhs/sharon/tenants/uploads"
)

const key = "gifts"

// Settings is what a service lead tunes.
type Settings struct {
	DailyLimit int `json:"daily_limit" label:"Most gifts that one person gives in a day" hint:"Between 1 and 50." validate:"gte=1,lte=50"`
}

var defaults = Settings{DailyLimit: 5}

func settings(s tenants.Scope) Settings { return modules.Tune(s, key, defaults) }

// What happens to a gift, which is the event's subject. Changed, by its receiver, is only shown live.
var (
	Given   = tenants.Kind{Key: "gifts.given", Queue: jobs.Realtime}
	Changed = tenants.Kind{Key: "gifts.changed"}
)

// Gifts is the room.
type Gifts struct {
	desk    *safety.Desk
	posts   *posts.Kernel
	uploads uploads.Uploads
}

// New makes the room; files keep the pictures of a service's own gifts.
func New(desk *safety.Desk, kernel *posts.Kernel, files *storage.Files) modules.Module {
	g := Gifts{desk, kernel, uploads.Uploads{Files: files, Table: "gift_kinds", Columns: []string{"file"}}}
	desk.Register(g.sort())
	return modules.Module{
		Key: key, Name: "Gifts", Icon: "gift", Settings: defaults,
		About:  "Members give each other small presents with a note.",
		Grants: policy.Grants{"gifts.read": {"member"}, "gifts.send": {"member"}, "gifts.curate": {"service_lead"}},
		Routes: g.routes, Rounds: []tenants.Round{g.uploads.Round()},
		Rights: rights, Acts: acts, Counts: counts(), Data: data(),
		Tells:  []modules.Tell{{Kind: Given, Notices: ofGift}},
		Unread: waiting,
		Person: func(s tenants.Scope, person tenants.Person) []tenants.Link {
			if !s.May("gifts.send") || person.ID == s.Actor.ID() {
				return nil
			}
			return []tenants.Link{{Name: "Give " + person.Handle + " a gift", Path: "/gifts/new?to=" + person.HandleKey}}
		},
		Nav: func(s tenants.Scope) []ui.Room {
			if s.Actor.Member == nil || !s.May("gifts.read") {
				return nil
			}
			home := "/" + s.Service.Slug + "/gifts"
			entry := ui.Room{Key: key, Name: "Gifts", Icon: "gift", Path: home}
			if s.May("gifts.send") {
				entry.OfPost = &ui.Offer{Name: "Give a gift for this", Icon: "gift", Path: home + "/new?post="}
			}
			return []ui.Room{entry}
		},
	}
}

func (g Gifts) routes(r *modules.Router) {
	web.Get(r, "/gifts", "gifts.read", "My shelf: what I was given", g.Shelf, shelfPage)
	web.Get(r, "/gifts/new", "gifts.send", "What a new gift needs", g.Beginning, newPage)
	web.Post(r, "/gifts", "gifts.send", "Give a gift", g.Send, web.SeeOther("/gifts/{id}"), web.FormAt("/gifts/new?to={to}&post={post}"))

	web.Get(r, "/gifts/doors", "gifts.read", "From whom I take gifts", g.Doors, doorsPage)
	web.Post(r, "/gifts/doors", "gifts.read", "Say whether I take gifts", g.Tend, web.SeeOther("/gifts/doors"), web.FormAt("/gifts/doors"))
	web.Post(r, "/gifts/doors/people", "gifts.read", "Say whether I take gifts from one person", g.TendTo, web.SeeOther("/gifts/doors"), web.FormAt("/gifts/doors"))

	web.Get(r, "/gifts/catalogue", "gifts.curate", "The gifts of this service", g.Catalogue, cataloguePage)
	web.Get(r, "/gifts/catalogue/new", "gifts.curate", "What another gift in the catalogue needs", g.Drawings, addPage)
	web.Post(r, "/gifts/catalogue", "gifts.curate", "Add a gift with one of SHaRON's drawings", g.Add, web.SeeOther("/gifts/catalogue"), web.FormAt("/gifts/catalogue/new"))
	web.Post(r, "/gifts/catalogue/pictures", "gifts.curate", "Add a gift with a picture of your own", g.AddPicture, web.SeeOther("/gifts/catalogue"), web.FormAt("/gifts/catalogue/new"), web.OwnUnits, web.Limit(picture.MaxBytes))
	web.Get(r, "/gifts/catalogue/{id}", "gifts.curate", "A gift of this service", g.One, kindPage)
	web.Post(r, "/gifts/catalogue/{id}", "gifts.curate", "Retire a gift, or bring it back", g.Retire, web.SeeOther("/gifts/catalogue"), web.FormAt("/gifts/catalogue/{id}"))
	web.Download(r, "/gifts/pictures/{id}", "gifts.read", "The picture of a gift", g.Picture)

	web.Get(r, "/gifts/{id}", "gifts.read", "A gift that I was given or gave", g.Show, giftPage)
	web.Post(r, "/gifts/{id}/open", "gifts.read", "Open a gift", g.Open, web.SeeOther("/gifts/{id}"))
	web.Post(r, "/gifts/{id}/away", "gifts.read", "Put a gift away, or back on the shelf", g.PutAway, web.SeeOther("/gifts"))
	web.Post(r, "/gifts/{id}/report", "gifts.read", "Report a gift to the team", g.Report, web.SeeOther("/gifts/{id}"), web.FormAt("/gifts/{id}"))
}
