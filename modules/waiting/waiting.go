// Package waiting holds people until their treatment begins: the trust's waiting
// list, a page that tells each of them where they are, check-ins, and a board for the
// team. It may touch its own tables, asks invitations to let people in, and another room
// to ask them questionnaires.
package waiting

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
	"github.com/sharon-nhs/sharon/tenants/invitations"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const key = "waiting"

// Settings is what a service lead tunes.
type Settings struct {
	WorseCase bool `json:"worse_case" label:"“Worse” opens a case" hint:"Otherwise it is an item at the safeguarding desk. Words that tell of danger always open a case."`
	ChaseDays int  `json:"chase_days" label:"Ask again after so many days without a check-in" hint:"Between 1 and 14. After as many more, the board shows it as missed." validate:"gte=1,lte=14"`
}

var defaults = Settings{ChaseDays: 3}

func settings(s tenants.Scope) Settings { return modules.Tune(s, key, defaults) }

// What happens to an entry. Changed is only shown live; its subject is the entry, or
// nothing for many. Said has the note as its subject and the entry as its about.
// Due is that it is time for somebody's check-in; its subject is the entry.
var (
	Changed = tenants.Kind{Key: "waiting.changed"}
	Said    = tenants.Kind{Key: "waiting.said"}
	Due     = tenants.Kind{Key: "waiting.due", Queue: jobs.Default}
)

// Waiting is the room.
type Waiting struct {
	desk     *safety.Desk
	keys     crypt.Keys
	guests   invitations.Guests
	measures Measures
	// archive tells how old somebody is who is handed over to a wing.
	archive identity.Archive
}

// New makes the room. Guests let people in who are on the list; measures can come with
// check-ins.
func New(desk *safety.Desk, keys crypt.Keys, guests invitations.Guests, measures Measures) modules.Module {
	w := Waiting{desk, keys, guests, measures, identity.Archive{Keys: keys}}
	desk.Register(w.sort())
	return modules.Module{
		Key: key, Name: "Waiting", Icon: "hourglass", Settings: defaults,
		About:  "A waiting list, a page for each person on it, check-ins, and a board for the team.",
		Grants: grants, Rights: rights, Acts: acts, Data: w.data(), Counts: usage(),
		Routes: w.routes,
		On:     []tenants.Handler{{Kind: invitations.Joined, Do: w.joined}, {Kind: shared, OwnUnits: true, Do: w.write}},
		Rounds: []tenants.Round{
			{Key: "waiting.due", Queue: jobs.Default, Every: 15 * time.Minute, Module: key, Do: ask},
			{Key: "waiting.files", Queue: jobs.Bulk, Every: time.Hour, Do: tidy},
		},
		Tells:  []modules.Tell{{Kind: Due, Notices: ofDue}, {Kind: Moving, Notices: ofMove}},
		Unread: unread,
		Nav:    nav,
		Mine: func(s tenants.Scope) (links []tenants.MeLink) {
			if s.May("waiting.list") {
				links = append(links, tenants.MeLink{Name: "Waiting list", About: "Put people on it, by hand or from a file", Path: "/" + s.Service.Slug + "/waiting/list"})
			}
			return links
		},
	}
}

// nav leads those who wait to their page, and the team to the board.
func nav(s tenants.Scope) []ui.Room {
	home := "/" + s.Service.Slug + "/waiting"
	switch {
	case s.May("waiting.own"):
		return []ui.Room{{Key: key, Name: "Where I am", Icon: "hourglass", Path: home}}
	case s.May("waiting.care"):
		return []ui.Room{{Key: key, Name: "Waiting list", Icon: "hourglass", Path: home + "/board"}}
	}
	return nil
}

var grants = policy.Grants{
	"waiting.own": {"waiting"}, "waiting.care": {"clinician", "service_lead"},
	"waiting.list": {"clinician", "service_lead", "trust_admin"}, "waiting.figures": {"clinician", "service_lead", "trust_admin"},
	"waiting.pathways": {"service_lead", "trust_admin"},
}

var rights = map[string]string{
	"waiting.own":      "See where they are on the waiting list, and check in",
	"waiting.care":     "See who waits and what they said, invite them, and hand them over",
	"waiting.list":     "Put people on the waiting list, and change what is known of them",
	"waiting.figures":  "See the figures of the waiting list",
	"waiting.pathways": "Write what people who wait read, and how often they are asked how they are",
}

var acts = tenants.Acts{
	"waiting.added": "Put somebody on the waiting list", "waiting.changed": "Changed somebody on the waiting list", "waiting.import": "Took over a file of people who wait",
	"waiting.invite": "Invited people who wait", "waiting.pathway": "Changed what people who wait read", "waiting.outcome": "Ended somebody’s wait, or began it again",
	"waiting.handover": "Handed somebody who waited over to a service",
	"waiting.share":    "Let a carer see where they are on the waiting list", "waiting.unshare": "No longer lets a carer see where they are",
}

func (w Waiting) routes(r *modules.Router) {
	web.Get(r, "/waiting", "waiting.own", "Where I am on the waiting list", w.Where, ownPage)
	web.Post(r, "/waiting/check-ins", "waiting.own", "Say how I am", w.CheckIn, web.SeeOther("/waiting"), web.FormAt("/waiting"))
	web.Post(r, "/waiting/news", "waiting.own", "Say that something has changed, or that I no longer need this", w.News, web.SeeOther("/waiting"), web.FormAt("/waiting"))
	web.Post(r, "/waiting/contact", "waiting.own", "Say how I like to be reached", w.Reach, web.SeeOther("/waiting"), web.FormAt("/waiting"))
	web.Post(r, "/waiting/carers", "waiting.own", "Let a carer see where I am", w.Share, web.SeeOther("/waiting"), web.FormAt("/waiting"))
	web.Post(r, "/waiting/carers/{id}/stop", "waiting.own", "Let a carer see nothing any more", w.Unshare, web.SeeOther("/waiting"))
	web.Get(r.In("", ""), "/shared/{token}", web.Public, "What somebody who waits shares with a carer", w.Shared, sharedPage, web.OwnUnits)

	web.Get(r, "/waiting/board", "waiting.care", "Who waits, and how they are", w.Board, boardPage, web.Asks)
	web.Get(r, "/waiting/caseload", "waiting.care", "How many people each keyworker looks after", w.Caseload, caseloadPage)
	web.Post(r, "/waiting/invitations", "waiting.care", "Invite people who wait", w.Invite, web.Showing(invitedPage), web.FormAt("/waiting/board"))
	web.Get(r, "/waiting/entries/{id}", "waiting.care", "Somebody who waits", w.Show, entryPage)
	web.Post(r, "/waiting/entries/{id}/seen", "waiting.care", "Say that what they told the team was read", w.Seen, web.SeeOther("/waiting/entries/{id}"))
	web.Post(r, "/waiting/entries/{id}/outcome", "waiting.care", "End their wait, or begin it again", w.Settle, web.SeeOther("/waiting/entries/{id}"), web.FormAt("/waiting/entries/{id}"))
	web.Post(r, "/waiting/entries/{id}/handover", "waiting.care", "Hand them over to a service", w.HandOver, web.SeeOther("/waiting/entries/{id}"), web.FormAt("/waiting/entries/{id}"))

	web.Get(r, "/waiting/list", "waiting.list", "Ways to put people on the list", w.Pathways, listPage)
	web.Get(r, "/waiting/list/new", "waiting.list", "What a new entry needs", w.NewEntry, newPage)
	web.Post(r, "/waiting/entries", "waiting.list", "Put somebody on the list", w.Add, web.SeeOther("{path}"), web.FormAt("/waiting/list/new"))
	web.Get(r, "/waiting/entries/{id}/edit", "waiting.list", "An entry, to change it", w.Editing, editPage)
	web.Post(r, "/waiting/entries/{id}/edit", "waiting.list", "Change an entry", w.Edit, web.SeeOther("{path}"), web.FormAt("/waiting/entries/{id}/edit"))
	web.Get(r, "/waiting/references/{reference}", "waiting.list", "An entry by the trust’s own reference", w.Find, foundPage)
	web.Put(r, "/waiting/references/{reference}", "waiting.list", "Make or change the entry of a reference", w.Put)

	web.Post(r, "/waiting/files", "waiting.list", "Keep a file of people who wait, to look through it", w.Upload,
		web.OwnUnits, web.Limit(largest), web.SeeOther("/waiting/files/{id}"), web.FormAt("/waiting/list"))
	web.Download(r, "/waiting/sample.csv", "waiting.list", "An empty file, to begin with", w.Sample)
	web.Get(r, "/waiting/files/{id}", "waiting.list", "What a file would change", w.Look, lookPage)
	web.Download(r, "/waiting/files/{id}/wrong.csv", "waiting.list", "The lines of a file that are not right", w.WrongFile)
	web.Post(r, "/waiting/files/{id}/columns", "waiting.list", "Say what the columns of a file are", w.Columns, web.SeeOther("/waiting/files/{id}"), web.FormAt("/waiting/files/{id}"))
	web.Post(r, "/waiting/files/{id}", "waiting.list", "Take over the lines of a file that are right", w.Take, web.Showing(takenPage), web.FormAt("/waiting/files/{id}"))

	web.Get(r, "/waiting/pathways", "waiting.pathways", "The pathways of the service", w.Pathways, pathwaysPage)
	web.Get(r, "/waiting/pathways/new", "waiting.pathways", "What a new pathway needs", w.NewPathway, newPathwayPage)
	web.Post(r, "/waiting/pathways", "waiting.pathways", "Add a pathway", w.AddPathway, web.SeeOther("/waiting/pathways"), web.FormAt("/waiting/pathways/new"))
	web.Get(r, "/waiting/pathways/{id}", "waiting.pathways", "A pathway, to change it", w.Pathway, pathwayPage)
	web.Post(r, "/waiting/pathways/{id}", "waiting.pathways", "Change a pathway", w.ChangePathway, web.SeeOther("/waiting/pathways"), web.FormAt("/waiting/pathways/{id}"))

	web.Get(r, "/waiting/figures", "waiting.figures", "The figures of the waiting list", w.Figures, figuresPage, web.Asks)
	web.Download(r, "/waiting/figures.csv", "waiting.figures", "The figures of the waiting list as CSV", w.FiguresCSV)
	web.Download(r, "/waiting/figures.xlsx", "waiting.figures", "The figures of the waiting list as a workbook", w.FiguresXLSX)
}

// unread counts people whose news the actor should read: those whom they are the
// keyworker of, or whom nobody is.
func unread(ctx context.Context, s tenants.Scope) (int, error) {
	if !s.May("waiting.care") {
		return 0, nil
	}
	n, err := s.Select((*Entry)(nil)).Where("entry.outcome = ''").Where("entry.unread > 0").
		Where("(entry.keyworker_id IS NULL OR entry.keyworker_id = ?)", s.Actor.ID()).Count(ctx)
	return int(n), err
}
