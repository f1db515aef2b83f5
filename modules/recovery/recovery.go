// Package recovery is what a member keeps to get better with: how they are from
// day to day, a safety plan, goals, a journal and questionnaires. All of it is
// theirs alone unless they share it, but for questionnaires, which the team asked
// for. Nothing counts streaks, ranks or compares, and no score gives advice. It may
// touch its own tables, and put what cannot wait on the desk. The courses that a
// service makes are in a folder of their own below it.
package recovery

import (
	"time"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/recovery/courses"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

const key = "recovery"

// A member is asked to fill in a measure, or wants to be reminded now. The subject
// is the assignment, or the member.
var (
	asked  = tenants.Kind{Key: "recovery.asked", Queue: jobs.Default}
	remind = tenants.Kind{Key: "recovery.remind", Queue: jobs.Default}
)

// Recovery is the room.
type Recovery struct {
	desk *safety.Desk
	vault
	courses courses.Courses
}

// New makes the room; keys seal what members write in it, and films are what its
// courses can show.
func New(desk *safety.Desk, keys crypt.Keys, films courses.Films) modules.Module {
	r := Recovery{desk: desk, vault: vault{keys}}
	r.courses = courses.New(keys, films, r.comfort)
	desk.Register(r.checkInSort())
	desk.Register(r.measureSort())
	desk.Plans = plans{r}
	return modules.Module{
		Key: key, Name: "Recovery tools", Icon: "sun",
		About: "A member’s own check-ins, safety plan, goals, journal and questionnaires, and small courses by the service.",
		Grants: policy.Grants{
			"recovery.own": {string(tenants.Member)}, "recovery.shared": {string(tenants.Clinician)},
			"recovery.tune": {string(tenants.ServiceLead)}, "recovery.load": {string(tenants.ServiceLead), string(tenants.TrustAdmin)},
			"recovery.teach": {string(tenants.ServiceLead), string(tenants.Clinician)},
		},
		Rights: map[string]string{
			"recovery.own":    "Keep their own check-ins, safety plan, goals and journal",
			"recovery.shared": "See what members share from their recovery tools, and ask them to fill in questionnaires",
			"recovery.tune":   "Change what the service asks in the journal",
			"recovery.load":   "Load questionnaires of the trust’s own",
			"recovery.teach":  "Make courses and offer them to members",
		},
		Acts: tenants.Acts{
			"recovery.look":    "Looked at what a member shares from their recovery tools",
			"recovery.prompts": "Changed what the service asks in the journal",
			"recovery.assign":  "Asked a member to fill in a questionnaire", "recovery.unassign": "No longer asks a member for a questionnaire",
			"recovery.load": "Loaded a questionnaire of the trust’s own", "recovery.course": "Made or changed a course",
		},
		Mine: mine,
		Rounds: []tenants.Round{
			{Key: "recovery.measures", Queue: jobs.Default, Every: 10 * time.Minute, Module: key, Do: r.remindMeasures},
			{Key: "recovery.reminders", Queue: jobs.Default, Every: 5 * time.Minute, Module: key, Do: r.remindMembers},
		},
		Tells:  []modules.Tell{{Kind: asked, Notices: ofMeasure}, {Kind: remind, Notices: ofReminder}},
		Routes: r.routes,
		Data:   r.data(),
		Person: func(s tenants.Scope, person tenants.Person) []tenants.Link {
			if !s.May("recovery.shared") || person.ID == s.Actor.ID() {
				return nil
			}
			return []tenants.Link{{Name: "Recovery tools", Path: "/recovery/people/" + person.HandleKey}}
		},
		Nav: func(s tenants.Scope) []ui.Room {
			if s.Actor.Member == nil || !s.May("recovery.own") {
				return nil
			}
			return []ui.Room{{Key: key, Name: "Recovery tools", Icon: "sun", Path: "/" + s.Service.Slug + "/recovery"}}
		},
	}
}

// mine are the pages of the room that the team finds on the Me page.
func mine(s tenants.Scope) (links []tenants.MeLink) {
	home := "/" + s.Service.Slug + "/recovery"
	if s.May("recovery.tune") {
		links = append(links, tenants.MeLink{Name: "Prompts of the journal", About: "What members can choose to write about", Path: home + "/prompts"})
	}
	if s.May("recovery.teach") {
		links = append(links, tenants.MeLink{Name: "Courses", About: "What members can take at their own pace", Path: home + "/teaching"})
	}
	if s.May("recovery.load") {
		links = append(links, tenants.MeLink{Name: "Questionnaires", About: "What clinicians can ask members to fill in", Path: home + "/definitions"})
	}
	return links
}

func (r Recovery) routes(t *modules.Router) {
	web.Get(t, "/recovery", "recovery.own", "My recovery tools", r.Home, homePage)

	const days = "/recovery/check-ins"
	web.Get(t, days, "recovery.own", "How I was, from day to day", r.CheckIns, checkInsPage)
	web.Post(t, days, "recovery.own", "Note how I am", r.CheckIn, web.SeeOther(days), web.FormAt(days))
	web.Get(t, days+"/{id}", "recovery.own", "One of my check-ins, to change", r.OneCheckIn, checkInPage)
	web.Post(t, days+"/{id}", "recovery.own", "Change one of my check-ins", r.ChangeCheckIn, web.SeeOther(days), web.FormAt(days+"/{id}"))
	web.Post(t, days+"/{id}/remove", "recovery.own", "Remove one of my check-ins", r.RemoveCheckIn, web.SeeOther(days))

	const plan = "/recovery/plan"
	web.Get(t, plan, "recovery.own", "My safety plan", r.MyPlan, planPage)
	web.Get(t, plan+"/edit", "recovery.own", "My safety plan, to change", r.MyPlan, planForm)
	web.Post(t, plan, "recovery.own", "Keep my safety plan", r.WritePlan, web.SeeOther(plan), web.FormAt(plan+"/edit"))
	web.Get(t, plan+"/printed", "recovery.own", "My safety plan, to print or to keep on a device", r.MyPlan, planPrinted)
	web.Get(t, plan+"/versions", "recovery.own", "What changed in my safety plan, and when", r.Versions, versionsPage)
	web.Get(t, plan+"/versions/{id}", "recovery.own", "My safety plan as it was", r.Version, versionPage)

	const goals, goal = "/recovery/goals", "/recovery/goals/{id}"
	web.Get(t, goals, "recovery.own", "My goals", r.Goals, goalsPage)
	web.Post(t, goals, "recovery.own", "Begin a goal", r.Begin, web.SeeOther(goal), web.FormAt(goals))
	web.Get(t, goal, "recovery.own", "One of my goals", r.Goal, goalPage)
	web.Post(t, goal, "recovery.own", "Put one of my goals into other words", r.Change, web.SeeOther(goal), web.FormAt(goal))
	web.Post(t, goal+"/steps", "recovery.own", "Note which steps of a goal are done", r.Tick, web.SeeOther(goal), web.FormAt(goal))
	web.Post(t, goal+"/scores", "recovery.own", "Note how near to a goal I feel", r.Near, web.SeeOther(goal), web.FormAt(goal))
	web.Post(t, goal+"/end", "recovery.own", "End one of my goals, or take it up again", r.End, web.SeeOther(goal), web.FormAt(goal))
	web.Post(t, goal+"/remove", "recovery.own", "Remove one of my goals", r.RemoveGoal, web.SeeOther(goals))

	const journal, entry = "/recovery/journal", "/recovery/journal/{id}"
	web.Get(t, journal, "recovery.own", "My journal", r.Journal, journalPage)
	web.Get(t, journal+"/new", "recovery.own", "What a new page of my journal begins with, such as what another app shares", r.NewEntry, newEntryPage)
	web.Post(t, journal, "recovery.own", "Write into my journal", r.Write, web.SeeOther(journal), web.FormAt(journal+"/new"))
	web.Get(t, entry, "recovery.own", "A page of my journal", r.Entry, entryPage)
	web.Post(t, entry, "recovery.own", "Change a page of my journal", r.Rewrite, web.SeeOther(entry), web.FormAt(entry))
	web.Post(t, entry+"/remove", "recovery.own", "Remove a page of my journal", r.RemoveEntry, web.SeeOther(journal))
	const prompts = "/recovery/prompts"
	web.Get(t, prompts, "recovery.tune", "What the service asks in the journal", r.Prompts, promptsPage)
	web.Post(t, prompts, "recovery.tune", "Change what the service asks in the journal", r.SetPrompts, web.SeeOther(prompts), web.FormAt(prompts))

	const asks = "/recovery/measures"
	web.Get(t, asks, "recovery.own", "Questionnaires that I am asked for, and those I filled in", r.Measures, measuresPage)
	web.Get(t, asks+"/{id}", "recovery.own", "A questionnaire to fill in", r.Blank, blankPage)
	web.Post(t, asks+"/{id}", "recovery.own", "Fill in a questionnaire", r.Fill, web.SeeOther("/recovery/results/{id}"), web.FormAt(asks+"/{id}"))
	web.Get(t, "/recovery/results/{id}", "recovery.own", "What I answered to a questionnaire", r.Filled, filledPage)
	web.Get(t, "/recovery/reminder", "recovery.own", "When I am reminded", r.Reminder, reminderPage)
	web.Post(t, "/recovery/reminder", "recovery.own", "Choose when I am reminded", r.Remind, web.SeeOther("/recovery/reminder"), web.FormAt("/recovery/reminder"))
	const person = "/recovery/people/{handle}"
	web.Post(t, person+"/measures", "recovery.shared", "Ask a member to fill in a questionnaire", r.Assign, web.SeeOther(person), web.FormAt(person))
	web.Post(t, person+"/measures/end", "recovery.shared", "No longer ask a member for a questionnaire", r.Unassign, web.SeeOther(person), web.FormAt(person))
	web.Get(t, "/recovery/definitions", "recovery.load", "The questionnaires that there are", r.Definitions, definitionsPage)
	web.Post(t, "/recovery/definitions", "recovery.load", "Load a questionnaire of the trust’s own", r.Load, web.SeeOther("/recovery/definitions"), web.FormAt("/recovery/definitions"))

	r.courses.Routes(t)

	const sharing = "/recovery/sharing"
	web.Get(t, sharing, "recovery.own", "What I share with clinicians, and who looked", r.Sharing, sharingPage)
	web.Post(t, sharing, "recovery.own", "Share something with clinicians, or stop", r.Share, web.SeeOther(sharing), web.FormAt(sharing))
	web.Download(t, person+"/measures.csv", "recovery.shared", "What a member answered to questionnaires, as CSV", r.Record)
	web.Get(t, person, "recovery.shared", "What a member shares; that somebody looked is kept", r.Look, lookPage, web.OwnUnits)
}
