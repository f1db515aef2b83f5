// Package surveys asks the members of a service what they think: the service's own
// surveys, and once a year whether SHaRON has been helpful. Nobody can find out who
// answered what: answers are counted together as they come in, and only what cannot
// give anybody away is told. It may touch its own tables.
package surveys

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

const key = "surveys"

// Settings is what a service lead tunes.
type Settings struct {
	Yearly string `json:"yearly" label:"When we ask “Has SHaRON been helpful in your recovery?”" hint:"Once a year, in this month, for four weeks." validate:"required,oneof=off january february march april may june july august september october november december"`
}

var defaults = Settings{Yearly: "october"}

func settings(s tenants.Scope) Settings { return modules.Tune(s, key, defaults) }

// asks is that members are asked, or asked once more; the subject is the survey.
var asks = tenants.Kind{Key: "surveys.asks", Queue: jobs.Default}

// Surveys is the room.
type Surveys struct {
	desk *safety.Desk
	keys crypt.Keys
}

// New makes the room; keys seal what members write in it.
func New(desk *safety.Desk, keys crypt.Keys) modules.Module {
	v := Surveys{desk, keys}
	return modules.Module{
		Key: key, Name: "Surveys", Icon: "list", Settings: defaults,
		About:  "Ask members what they think, without anybody knowing who said what; and once a year whether SHaRON has been helpful.",
		Grants: grants, Rights: rights, Acts: acts, Data: data(), Counts: usages(),
		Routes: v.routes, Mine: mine,
		Rounds: []tenants.Round{{Key: "surveys.days", Queue: jobs.Default, Every: 15 * time.Minute, Module: key, Do: round}},
		Tells:  []modules.Tell{{Kind: asks, Notices: ofSurvey}},
	}
}

var grants = policy.Grants{
	"surveys.answer":  {string(tenants.Member)},
	"surveys.results": {string(tenants.Clinician), string(tenants.ServiceLead)},
	"surveys.make":    {string(tenants.ServiceLead)},
}

var rights = map[string]string{
	"surveys.answer":  "Answer surveys, without anybody knowing what they answered",
	"surveys.results": "See what surveys came to, in numbers that give nobody away",
	"surveys.make":    "Make surveys, and close them",
}

var acts = tenants.Acts{
	"surveys.planned": "Planned a survey", "surveys.opened": "A survey opened", "surveys.closed": "A survey closed",
}

func mine(s tenants.Scope) (links []tenants.MeLink) {
	home := "/" + s.Service.Slug + "/surveys"
	if s.May("surveys.answer") {
		links = append(links, tenants.MeLink{Name: "Surveys", About: "What your service would like to know from you", Path: home})
	}
	if s.May("surveys.results") {
		links = append(links, tenants.MeLink{Name: "Results of surveys", About: "What members said, and new surveys", Path: home + "/desk"})
	}
	return links
}

func (v Surveys) routes(r *modules.Router) {
	const desk, one = "/surveys/desk", "/surveys/desk/{id}"
	web.Get(r, "/surveys", "surveys.answer", "The surveys that ask me", v.Mine, minePage)
	web.Get(r, desk, "surveys.results", "The surveys of the service", v.Desk, deskPage)
	web.Get(r, desk+"/new", "surveys.make", "What another survey begins with", v.New, newPage)
	web.Post(r, desk, "surveys.make", "Make a survey", v.Add, web.SeeOther(one), web.FormAt(desk+"/new"))
	web.Get(r, one, "surveys.results", "A survey as the team has it", v.One, onePage)
	web.Get(r, one+"/edit", "surveys.make", "A survey, to change it", v.One, editPage)
	web.Post(r, one+"/edit", "surveys.make", "Change a survey that has not opened", v.Change, web.SeeOther(one), web.FormAt(one+"/edit"))
	web.Get(r, one+"/preview", "surveys.results", "A survey as members will see it", v.One, previewPage)
	web.Post(r, one+"/release", "surveys.make", "Have a survey open on its day, or make it a draft again", v.Release, web.SeeOther(one), web.FormAt(one))
	web.Get(r, one+"/close", "surveys.make", "What closing a survey early means", v.One, closePage)
	web.Post(r, one+"/close", "surveys.make", "Close an open survey today", v.Close, web.SeeOther(one), web.FormAt(one))
	web.Post(r, one+"/copy", "surveys.make", "Make a survey that asks the same", v.Copy, web.SeeOther(one))
	web.Post(r, one+"/remove", "surveys.make", "Remove a survey that has not opened", v.Remove, web.SeeOther(desk), web.FormAt(one))

	const question = one + "/questions/{question}"
	web.Get(r, one+"/questions/new", "surveys.make", "What another question begins with", v.Blank, newQuestionPage)
	web.Post(r, one+"/questions", "surveys.make", "Add a question to a survey", v.AddQuestion, web.SeeOther(one), web.FormAt(one+"/questions/new?kind={kind}"))
	web.Get(r, question, "surveys.make", "A question, to change it", v.Question, questionPage)
	web.Post(r, question, "surveys.make", "Put a question into other words", v.ChangeQuestion, web.SeeOther(one), web.FormAt(question))
	web.Post(r, question+"/move", "surveys.make", "Move a question, or take it away", v.MoveQuestion, web.SeeOther(one), web.FormAt(one))

	web.Get(r, one+"/results", "surveys.results", "What a closed survey came to", v.Results, resultPage)
	web.Download(r, one+"/results/file", "surveys.results", "What a closed survey came to, as CSV or for a spreadsheet", v.File)

	web.Get(r, "/surveys/{id}", "surveys.answer", "A survey that asks me", v.Show, askingPage)
	web.Post(r, "/surveys/{id}/answers", "surveys.answer", "Answer a survey", v.Answer, web.Repeatable, web.SeeOther("/surveys/{id}"), web.FormAt("/surveys/{id}"))
	web.Post(r, "/surveys/{id}/decline", "surveys.answer", "Say that a survey is not for me", v.Decline, web.SeeOther("/surveys"))
}
