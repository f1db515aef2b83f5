// Package resources is the library: articles, links, files and organisations
// that a service keeps for its members, and those that the trust shares with
// all its services. Members suggest, the team decides, and every item has
// somebody who looks at it again. It may touch its own tables only.
package resources

import (
	"time"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
	"github.com/sharon-nhs/sharon/tenants/uploads"
)

const key = "resources"

// Settings is what a service lead tunes.
type Settings struct {
	Suggestions  bool `json:"suggestions" label:"Members may suggest something" hint:"Nothing is shown before one of the team has said yes."`
	ReviewMonths int  `json:"review_months" label:"Look at each item again after so many months" hint:"Between 1 and 36. Whoever looks after it is reminded." validate:"gte=1,lte=36"`
	// Categories are tags, in the words and the order in which people see them.
	Categories string `json:"categories" label:"Categories of the library" hint:"A few, with commas between them. They stand first, and the form offers them." validate:"max=400,listed=30"`
}

var defaults = Settings{Suggestions: true, ReviewMonths: 12}

func settings(s tenants.Scope) Settings { return modules.Tune(s, key, defaults) }

// What happens to an item, which is the event's subject: the team said yes or no
// to a suggestion, or it is time to look at it again.
var (
	Answered = tenants.Kind{Key: "resources.answered", Queue: jobs.Default}
	Due      = tenants.Kind{Key: "resources.due", Queue: jobs.Bulk}
)

// Resources is the room.
type Resources struct{ uploads uploads.Uploads }

// New makes the room; files keep the files.
func New(files *storage.Files) modules.Module {
	r := Resources{uploads.Uploads{Files: files, Table: "resources", Columns: []string{"file"}}}
	return modules.Module{
		Key: key, Name: "Resources", Searched: true, Icon: "library", Settings: defaults,
		About: "A library of articles, links, files and organisations that help.",
		Grants: policy.Grants{
			"resources.read": {"member", "trust_admin"}, "resources.suggest": {"member"},
			"resources.curate": {"moderator", "trust_admin"}, "resources.share": {"service_lead", "trust_admin"},
		},
		Routes: r.routes,
		Rounds: []tenants.Round{{Key: "resources.reviews", Queue: jobs.Bulk, Every: time.Hour, Module: key, Do: reviews}, r.uploads.Round()},
		Tells:  []modules.Tell{{Kind: Answered, Notices: ofAnswer}, {Kind: Due, Notices: ofReview}},
		Unread: waiting,
		Rights: rights, Data: data(),
		Finds: []modules.Find{{Kind: "resource", Show: findable}},
		Nav: func(s tenants.Scope) []ui.Room {
			if !s.May("resources.read") {
				return nil
			}
			return []ui.Room{{Key: key, Name: "Resources", Icon: "library", Path: "/" + s.Service.Slug + "/resources"}}
		},
	}
}

func (r Resources) routes(t *modules.Router) {
	web.Get(t, "/resources", "resources.read", "The library", r.List, listPage)
	web.Get(t, "/resources/suggest", "resources.suggest", "What a suggestion needs", r.Suggesting, suggestPage)
	web.Post(t, "/resources/suggestions", "resources.suggest", "Suggest something for the library", r.Suggest, web.SeeOther("/resources/{id}"), web.FormAt("/resources/suggest?kind={kind}"))
	web.Get(t, "/resources/mine", "resources.suggest", "What I suggested", r.Mine, minePage)

	web.Get(t, "/resources/desk", "resources.curate", "Suggestions, and what is due for a look", r.Desk, deskPage)
	web.Get(t, "/resources/archive", "resources.curate", "What was taken out of the library", r.Archive, archivePage)
	web.Get(t, "/resources/new", "resources.curate", "What a new item needs", r.Beginning, newPage)
	web.Post(t, "/resources", "resources.curate", "Add an article, a link or an organisation", r.Add, web.SeeOther("/resources/{id}"), web.FormAt("/resources/new?kind={kind}"))
	web.Post(t, "/resources/files", "resources.curate", "Add a file", r.AddFile, web.SeeOther("/resources/{id}"), web.FormAt("/resources/new?kind=file"), web.OwnUnits, web.Limit(mostBytes))

	web.Get(t, "/resources/{id}", "resources.read", "An item of the library", r.Show, resourcePage)
	web.Get(t, "/resources/{id}/exit", "resources.read", "Where an item’s link leads", r.Exit, exitPage)
	web.Download(t, "/resources/{id}/file", "resources.read", "The file of an item", r.File)
	web.Post(t, "/resources/{id}/helpful", "resources.suggest", "Say whether it was helpful", r.Vote, web.SeeOther("/resources/{id}"))
	web.Get(t, "/resources/{id}/edit", "resources.curate", "The words of an item, to change them", r.Editing, editPage)
	web.Post(t, "/resources/{id}/edit", "resources.curate", "Change an item", r.Edit, web.SeeOther("/resources/{id}"), web.FormAt("/resources/{id}/edit"))
	web.Post(t, "/resources/{id}/file", "resources.curate", "Put another file in its place", r.ReplaceFile, web.SeeOther("/resources/{id}"), web.FormAt("/resources/{id}/edit"), web.OwnUnits, web.Limit(mostBytes))
	web.Post(t, "/resources/{id}/decide", "resources.curate", "Say yes or no to a suggestion", r.Decide, web.SeeOther("/resources/desk"), web.FormAt("/resources/{id}"))
	web.Post(t, "/resources/{id}/archive", "resources.curate", "Take an item out of the library, or back", r.PutAway, web.SeeOther("/resources/{id}"))
}
