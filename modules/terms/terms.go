// Package terms is where a service keeps the terms that are watched for in what
// its members write: the list of its area, with what the service adds, changes
// and retires. It is a rule of the desk, and may touch its own tables only.
package terms

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Recent gives each of the latest posts of the service since a time, the last
// first, until each says false: its title and its body.
type Recent func(ctx context.Context, s tenants.Scope, since time.Time, each func(title, body string) bool) error

// Terms is the room.
type Terms struct {
	shelf  shelf
	recent Recent
}

// New makes the room and has the desk ask it about what members write.
func New(desk *safety.Desk, recent Recent) modules.Module {
	t := &Terms{shelf: shelf{books: map[uuid.UUID]*book{}}, recent: recent}
	desk.Watch(t.catch)
	reads, manages := []string{"moderator"}, []string{"service_lead"}
	return modules.Module{
		Key: "terms", Name: "Watched terms", Icon: "eye", Always: true,
		About:  "What is looked for in what members write, and what follows.",
		Grants: policy.Grants{"terms.read": reads, "terms.manage": manages},
		Routes: t.routes,
		Begin:  begin,
		Rights: map[string]string{"terms.read": "See the watched terms and try them on a text", "terms.manage": "Change what is watched for in posts"},
		Acts: tenants.Acts{
			"terms.added": "Added a watched term", "terms.changed": "Changed a watched term", "terms.retired": "Retired a watched term",
			"terms.restored": "Brought a watched term back", "terms.imported": "Took watched terms from a file", "terms.taken": "Took over the area’s list of watched terms",
		},
		Data: tenants.Holding{Erase: erase},
		Mine: func(s tenants.Scope) []tenants.MeLink {
			if !s.May("terms.read") {
				return nil
			}
			return []tenants.MeLink{{Name: "Watched terms", About: "What is looked for in posts, and what follows", Path: "/" + s.Service.Slug + "/settings/terms"}}
		},
	}
}

func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	if err := dropDrafts(ctx, s, person.AccountID); err != nil {
		return err
	}
	return unname(ctx, s, person.AccountID)
}

// longest is how much of a file is read, in bytes.
const longest = 4 << 20

func (t *Terms) routes(r *modules.Router) {
	const at, one = "/settings/terms", "/settings/terms/{id}"
	web.Get(r, at, "terms.read", "The watched terms of this service", t.List, listPage)
	web.Post(r, at, "terms.manage", "Watch for another term", t.Add, web.SeeOther(one), web.FormAt(at+"/new"))
	web.Get(r, at+"/new", "terms.manage", "What a new term needs", t.Form, newPage)
	web.Post(r, at+"/check", "terms.manage", "What a term would have found lately; nothing is saved", t.Check,
		web.OwnUnits, web.Repeatable, web.Showing(checkedPage), web.FormAt(at+"/new"))
	web.Get(r, at+"/try", "terms.read", "Where to try the terms on a text", t.Form, tryPage)
	web.Post(r, at+"/try", "terms.read", "What the terms make of a text; it is not kept", t.Try,
		web.Repeatable, web.Showing(triedPage), web.FormAt(at+"/try"))
	web.Get(r, at+"/history", "terms.read", "Every change of the watched terms", t.History, historyPage)
	web.Download(r, at+"/file", "terms.read", "The watched terms as CSV", t.File)
	web.Get(r, at+"/many", "terms.manage", "What a file of terms needs", t.Form, manyPage)
	web.Post(r, at+"/many/check", "terms.manage", "Look through a file of terms; none is changed", t.CheckMany,
		web.OwnUnits, web.Repeatable, web.Limit(longest), web.Showing(manyCheckedPage), web.FormAt(at+"/many"))
	web.Post(r, at+"/many", "terms.manage", "Take the terms of a file that was looked through", t.Many, web.SeeOther(at), web.FormAt(at+"/many"))
	web.Get(r, at+"/newer", "terms.manage", "What a newer list of the area would change", t.Newer, newerPage)
	web.Post(r, at+"/newer", "terms.manage", "Take over the newer list of the area", t.Take, web.SeeOther(at), web.FormAt(at+"/newer"))
	web.Get(r, one, "terms.read", "A watched term and what was changed about it", t.Show, termPage)
	web.Post(r, one+"/edit", "terms.manage", "Change a watched term", t.Edit, web.SeeOther(one), web.FormAt(one))
	web.Post(r, one+"/check", "terms.manage", "What a changed term would have found lately; nothing is saved", t.CheckOne,
		web.OwnUnits, web.Repeatable, web.Showing(checkedPage), web.FormAt(one))
	web.Post(r, one+"/retire", "terms.manage", "Look for a term no more, or again", t.Retire, web.SeeOther(one), web.FormAt(one))
}
