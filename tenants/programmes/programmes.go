// Package programmes brings a service on in eight months: phases and tasks, gates
// that open on evidence and a signature, the people whom it needs and when they
// are away, and when it is likely to open. The same use cases have two faces: the
// platform's console, and the service's own lead and the trust's administrator.
package programmes

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/letters"
	"github.com/sharon-nhs/sharon/tenants/policy"
	"github.com/sharon-nhs/sharon/tenants/uploads"
)

// Programmes are the use cases.
type Programmes struct {
	office  letters.Office
	uploads uploads.Uploads
	figures Figures
}

func made(office letters.Office, files *storage.Files, figures Figures) Programmes {
	return Programmes{office, uploads.Uploads{Files: files, Table: "programme_evidence", Columns: []string{"file"}}, figures}
}

// Place says whose programme: the trust stands in the address at the console only.
type Place struct {
	Trust   string `path:"trust"`
	Service string `path:"service"`
}

func (p Place) place() Place { return p }

type placed interface{ place() Place }

// By is who acts.
type By struct {
	Name string
	Side Side
	// Staff is the platform's account, lookup that of an email address of the trust's.
	Staff  uuid.UUID
	lookup string
	Frame
}

// Frame is on which face a page stands.
type Frame struct {
	Base  string `json:"-"` // where the programme's pages begin
	Desk  bool   `json:"-"` // at the console
	Trust string `json:"trust"`
	// Name is the service's.
	Name string `json:"service"`
}

// use is a use case; the scope is in a unit of work of the service.
type use[In placed, Out any] func(ctx context.Context, s tenants.Scope, by By, in In) (Out, error)

// face is how a table of routes comes into a service's unit of work.
type face[S any] func(ctx context.Context, s S, at Place, write bool, fn func(context.Context, tenants.Scope, By) error) error

// page is a use case that reads, on a face.
func page[S any, In placed, Out any](f face[S], do use[In, Out]) func(context.Context, S, In) (Out, error) {
	return func(ctx context.Context, s S, in In) (out Out, err error) {
		err = f(ctx, s, in.place(), false, func(ctx context.Context, s tenants.Scope, by By) (err error) {
			out, err = do(ctx, s, by, in)
			return err
		})
		return out, err
	}
}

// Saved is where a command leads.
type Saved struct {
	Path string `json:"path"`
}

// command is a use case that writes, on a face; it says where it leads below Base.
func command[S any, In placed](f face[S], do use[In, string]) func(context.Context, S, In) (Saved, error) {
	return func(ctx context.Context, s S, in In) (out Saved, err error) {
		err = f(ctx, s, in.place(), true, func(ctx context.Context, s tenants.Scope, by By) error {
			path, err := do(ctx, s, by, in)
			if err != nil {
				return err
			}
			out.Path = by.Base + path
			return Restate(ctx, s)
		})
		return out, err
	}
}

// shared binds what both faces have; own is the face that opens its units of work
// itself.
func shared[S any](r *web.Router[S], p Programmes, f, own face[S]) {
	next := web.SeeOther("{path}")
	web.Get(r, "", "programmes.read", "How the onboarding of this service goes", page(f, p.Overview), showPage)
	web.Get(r, "/what-if", "programmes.read", "When the service would open if a task began on another day", page(f, p.WhatIf), whatIfPage, web.Asks)
	web.Get(r, "/report", "programmes.read", "The programme on paper, for a board", page(f, p.Valued), reportPage)
	web.Get(r, "/tasks/{id}", "programmes.read", "A task of the programme", page(f, p.Task), taskPage)
	web.Post(r, "/tasks/{id}/done", "programmes.work", "Say that a task is done, or is not", command(f, p.Finish), next, web.FormAt("/tasks/{id}"))
	web.Post(r, "/tasks/{id}/comments", "programmes.work", "Say something about a task", command(f, p.CommentTask), next, web.FormAt("/tasks/{id}"))
	web.Post(r, "/tasks/{id}/nudge", "programmes.work", "Write to the owner of a task, with a link to answer by", command(f, p.NudgeTask), next, web.FormAt("/tasks/{id}"))
	web.Post(r, "/tasks/{id}/evidence", "programmes.work", "Put a document to a task: a file, or where it is kept", giving(p, own), next, web.FormAt("/tasks/{id}"), web.OwnUnits, web.Limit(mostBytes))
	web.Download(r, "/evidence/{id}/file", "programmes.read", "A file of the evidence", page(f, p.File))
	web.Post(r, "/evidence/{id}/remove", "programmes.work", "Remove what was put to a task", command(f, p.TakeAway), next)
	web.Get(r, "/gates/{number}", "programmes.read", "A gate of the programme", page(f, p.Gate), gatePage)
	web.Post(r, "/gates/{number}/evidence", "programmes.work", "Give a gate a piece of its evidence: a file, or where it is kept", giving(p, own), next, web.FormAt("/gates/{number}"), web.OwnUnits, web.Limit(mostBytes))
	web.Post(r, "/gates/{number}/comments", "programmes.work", "Say something about a gate", command(f, p.CommentGate), next, web.FormAt("/gates/{number}"))
	web.Post(r, "/gates/{number}/take-back", "programmes.work", "Take back the signature at a gate, with a reason", command(f, p.TakeBack), next, web.FormAt("/gates/{number}"))
	web.Get(r, "/people", "programmes.read", "Whom the programme needs, and when they are away", page(f, p.Show), peoplePage)
	web.Post(r, "/people", "programmes.work", "Add somebody whom the programme needs", command(f, p.AddPerson), next, web.FormAt("/people"))
	web.Get(r, "/people/{id}", "programmes.read", "Somebody whom the programme needs", page(f, p.Person), personPage)
	web.Post(r, "/people/{id}", "programmes.work", "Change what is known of somebody whom the programme needs", command(f, p.ChangePerson), next, web.FormAt("/people/{id}"))
	web.Post(r, "/people/{id}/absences", "programmes.work", "Note when somebody is away", command(f, p.AddAbsence), next, web.FormAt("/people/{id}"))
	web.Post(r, "/absences/{id}/cover", "programmes.work", "Say who covers for somebody who is away", command(f, p.Cover), next, web.FormAt("/people"))
	web.Post(r, "/absences/{id}/remove", "programmes.work", "Somebody is not away after all", command(f, p.DropAbsence), next)
	web.Post(r, "/holidays", "programmes.work", "Add holidays to the programme’s calendar", command(f, p.AddHoliday), next, web.FormAt("/people"))
	web.Post(r, "/holidays/{id}/remove", "programmes.work", "Remove holidays from the programme’s calendar", command(f, p.DropHoliday), next)
	web.Get(r, "/actions", "programmes.read", "The actions that people took on", page(f, p.Show), actionsPage)
	web.Post(r, "/actions", "programmes.work", "Give somebody an action", command(f, p.AddAction), next, web.FormAt("/actions"))
	web.Post(r, "/actions/{id}/done", "programmes.work", "Say that an action is done", command(f, p.FinishAction), next, web.FormAt("/actions"))
	web.Post(r, "/actions/{id}/nudge", "programmes.work", "Write to the owner of an action, with a link to answer by", command(f, p.Nudge), next, web.FormAt("/actions"))
	web.Get(r, "/meetings", "programmes.read", "The meetings of the programme", page(f, p.Show), meetingsPage)
	web.Post(r, "/meetings", "programmes.work", "Call people together, once or in a series", command(f, p.AddMeeting), next, web.FormAt("/meetings"))
	web.Get(r, "/meetings/{id}", "programmes.read", "A meeting with its agenda", page(f, p.Meeting), meetingPage)
	web.Post(r, "/meetings/{id}", "programmes.work", "Write down who came to a meeting and what was said", command(f, p.Hold), next, web.FormAt("/meetings/{id}"))
	web.Post(r, "/meetings/{id}/call-off", "programmes.work", "Call a meeting off", command(f, p.CallOff), next)
	web.Get(r, "/benefits", "programmes.read", "What the service is to be good for, and whether it is", page(f, p.AllBenefits), benefitsPage)
	web.Post(r, "/benefits", "programmes.work", "Add a benefit", command(f, p.AddBenefit), next, web.FormAt("/benefits"))
	web.Get(r, "/benefits/{id}", "programmes.read", "A benefit", page(f, p.Benefit), benefitPage)
	web.Post(r, "/benefits/{id}", "programmes.work", "Note what the review of a benefit found", command(f, p.ReviewBenefit), next, web.FormAt("/benefits/{id}"))
	web.Get(r, "/register", "programmes.read", "Decisions, risks, issues and assumptions", page(f, p.Show), registerPage)
	web.Post(r, "/register", "programmes.work", "Enter a decision, risk, issue or assumption", command(f, p.AddEntry), next, web.FormAt("/register"))
	web.Post(r, "/register/{id}/close", "programmes.work", "Close a line of the register", command(f, p.CloseEntry), next, web.FormAt("/register"))
	web.Download(r, "/register.csv", "programmes.read", "The register as a table", page(f, p.RegisterCSV))
	web.Post(r, "/links/{id}/revoke", "programmes.work", "End a link that was sent to somebody", command(f, p.Revoke), next)
}

// Part is the trust's own side.
func New(office letters.Office, files *storage.Files, figures Figures) tenants.Part {
	p := made(office, files, figures)
	return tenants.Part{
		Grants: policy.Grants{"programmes.read": leads, "programmes.work": leads},
		Rights: map[string]string{"programmes.read": "See how the onboarding of a service goes", "programmes.work": "Do the trust’s part of the onboarding of a service"},
		Acts:   acts,
		Routes: func(r *tenants.Router) {
			service := r.In("/{service}/programme", "")
			shared(service, p, inTrust, alongTrust)
			web.Post(service, "/gates/{number}/sign", "programmes.work", "Sign at a gate of which one is the approver", command(inTrust, p.Sign), web.SeeOther("{path}"), web.FormAt("/gates/{number}"))
			web.Get(r, "/onboarding/{token}", web.Public, "What somebody was sent a link for", p.Door, doorPage, web.OwnUnits)
			web.Download(r, "/onboarding/{token}/meetings.ics", web.Public, "The meetings of whoever was sent a link to look", p.Calendar)
			web.Get(r, "/onboarding/{token}/stop", web.Public, "What ends the weekly update", p.Stopping, stopPage)
			web.Post(r, "/onboarding/{token}/stop", web.Public, "End the weekly update for whoever got it", p.Stop, web.Showing(stopPage))
			web.Download(r, "/onboarding/{token}/evidence/{id}", web.Public, "A file of the gate that somebody was sent a link to sign at", p.FileByLink)
			web.Post(r, "/onboarding/{token}", web.Public, "Answer by a link", p.Answer, web.Showing(thanksPage), web.OwnUnits, web.FormAt("/onboarding/{token}"))
		},
		On:     []tenants.Handler{{Kind: linked, OwnUnits: true, Do: p.write}},
		Rounds: []tenants.Round{p.hourly(), p.uploads.Round()},
		Data:   p.data(),
		Links: func(s tenants.Scope) []tenants.MeLink {
			if s.Service == nil || !s.May("programmes.read") {
				return nil
			}
			return []tenants.MeLink{{Name: "Onboarding", About: "How this service is brought on, and what there is to do", Path: "/" + s.Service.Slug + "/programme"}}
		},
	}
}

var leads = []string{string(tenants.ServiceLead), string(tenants.TrustAdmin)}

// acts name what is noted in the audit log.
var acts = tenants.Acts{
	"programme.begin": "Began a service’s onboarding", "programme.task": "Changed a task of the onboarding", "programme.done": "Said that a task of the onboarding is done, or is not",
	"programme.evidence": "Gave a gate of the onboarding its evidence", "programme.approver": "Named who signs at a gate of the onboarding",
	"programme.signed": "Signed at a gate of the onboarding", "programme.taken_back": "Took back the signature at a gate of the onboarding",
	"programme.person": "Changed whom the onboarding needs", "programme.absence": "Changed when somebody of the onboarding is away", "programme.holiday": "Changed the calendar of the onboarding",
	"programme.action": "Changed an action of the onboarding", "programme.entry": "Changed the register of the onboarding", "programme.comment": "Said something about a task or a gate of the onboarding",
	"programme.meeting": "Changed a meeting of the onboarding", "programme.money": "Noted how far the money of the onboarding has come", "programme.link": "Sent or ended a link about the onboarding", "programme.opened": "Opened a link about the onboarding", "programme.benefit": "Changed what the onboarding is to be good for", "programme.ended": "Ended a service’s onboarding early", "programme.answered": "Answered by a link about the onboarding",
}

// inTrust is the face of the service's lead and the trust's administrator, whom
// the gate has let in.
func inTrust(ctx context.Context, s tenants.Scope, _ Place, _ bool, fn func(context.Context, tenants.Scope, By) error) error {
	var account tenants.Account
	if err := s.Select(&account).Column("email_lookup").Where("account.id = ?", s.Actor.AccountID).Scan(ctx); err != nil {
		return err
	}
	by := By{Name: "The trust’s administrator", Side: Trust, lookup: account.EmailLookup, Frame: frameOf(s, "/"+s.Service.Slug+"/programme", false)}
	if s.Actor.Member != nil {
		by.Name = s.Actor.Member.Handle
	}
	return fn(ctx, s, by)
}

// alongTrust is inTrust for a use case that opens its units of work itself.
func alongTrust(ctx context.Context, s tenants.Scope, at Place, write bool, fn func(context.Context, tenants.Scope, By) error) error {
	unit := s.Read
	if write {
		unit = s.Write
	}
	return unit(ctx, func(ctx context.Context, s tenants.Scope) error { return inTrust(ctx, s, at, write, fn) })
}

func frameOf(s tenants.Scope, base string, desk bool) Frame {
	return Frame{Base: base, Desk: desk, Trust: s.Trust().Name, Name: s.Service.Name}
}

// Staff is somebody of the platform.
type Staff struct {
	ID     uuid.UUID
	Name   string
	Client signin.Client
}

// Office is the platform's narrow door to programmes: it binds this package's own
// use cases to the console and hands nobody a scope.
type Office struct {
	Directory *tenants.Directory
	Letters   letters.Office
	Files     *storage.Files
	Figures   Figures
}
