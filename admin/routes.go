package admin

import (
	"github.com/sharon-nhs/sharon/admin/money"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Grants say which roles may do what. What is not here nobody may do.
var Grants = policy.Grants{
	"trusts.list":   {string(tenants.PlatformAdmin), string(tenants.OnboardingManager), string(tenants.Finance)},
	"trusts.create": {string(tenants.PlatformAdmin), string(tenants.OnboardingManager)},
	"trusts.close":  {string(tenants.PlatformAdmin)},
	"trusts.export": {string(tenants.PlatformAdmin)},
	"usage.read":    {string(tenants.PlatformAdmin), string(tenants.OnboardingManager), string(tenants.Finance)},
	"queues.read":   {string(tenants.PlatformAdmin), string(tenants.OnboardingManager)},
	"hazards.read":  {string(tenants.PlatformAdmin), string(tenants.OnboardingManager)},
	"queues.steer":  {string(tenants.PlatformAdmin)},
	"staff.manage":  {string(tenants.PlatformAdmin)},

	"programmes.read":   {string(tenants.PlatformAdmin), string(tenants.OnboardingManager), string(tenants.Finance)},
	"programmes.work":   {string(tenants.PlatformAdmin), string(tenants.OnboardingManager)},
	"programmes.manage": {string(tenants.PlatformAdmin), string(tenants.OnboardingManager)},
	"programmes.money":  {string(tenants.PlatformAdmin), string(tenants.Finance)},

	"money.read":   {string(tenants.PlatformAdmin), string(tenants.OnboardingManager), string(tenants.Finance)},
	"money.manage": {string(tenants.PlatformAdmin), string(tenants.Finance)},
}

// rooms are the navigation; the key is the permission that a page asks for.
var rooms = []ui.Room{
	{Name: "Home", Path: "/"},
	{Key: "trusts.list", Name: "Trusts", Path: "/trusts"},
	{Key: "programmes.read", Name: "Onboarding", Path: "/programmes"},
	{Key: "money.read", Name: "Money", Path: "/money"},
	{Key: "usage.read", Name: "Usage", Path: "/usage"},
	{Key: "queues.read", Name: "Queues", Path: "/queues"},
	{Key: "hazards.read", Name: "Hazard log", Path: "/hazards"},
	{Key: "staff.manage", Name: "Colleagues", Path: "/staff"},
	{Name: "Second step", Path: "/account/second-factor/new"},
}

// Routes is the console's table.
func (c Console) Routes(r *web.Router[Scope]) {
	web.Get(r, "/sign-in", web.Public, "Where to sign in", c.Form, signInPage)
	web.Post(r, "/sign-in", web.Public, "Sign in and get a token", c.SignIn, web.SeeOther("{next}"), web.FormAt("/sign-in?next={next}"))
	web.Get(r, "/sign-in/code", web.Arriving, "Where to give the second step", c.CodeForm, codePage)
	web.Post(r, "/sign-in/code", web.Arriving, "Give the second step", c.GiveCode, web.SeeOther("{next}"), web.FormAt("/sign-in/code?next={next}"))
	web.Get(r, "/account/second-factor/new", web.Arriving, "A new secret for an app that makes codes", c.NewFactor, newFactorPage)
	web.Post(r, "/account/second-factor", web.Arriving, "Set up the app with its first code", c.SetFactor, web.Showing(codesPage), web.FormAt("/account/second-factor/new?setup={setup}&next={next}"))
	web.Post(r, "/sign-out", web.Arriving, "End this session", c.SignOut, web.SeeOther("/sign-in"))
	web.Get(r, "/", "trusts.list", "How much there is, and what needs a person", c.Home, homePage)

	c.trustRoutes(r)
	c.programmeRoutes(r)
	money.Routes(r, c.Money, c.payingDesk)
	c.usageRoutes(r)

	web.Get(r, "/hazards", "hazards.read", "The clinical hazard log", c.Hazards, hazardsPage)

	web.Get(r, "/staff", "staff.manage", "The accounts of platform staff", c.Colleagues, colleaguesPage)
	web.Get(r, "/staff/new", "staff.manage", "What a new account of platform staff needs", c.NewColleague, newColleaguePage)
	web.Post(r, "/staff", "staff.manage", "Make an account of platform staff, for whom it is for to choose the password", c.AskColleague, web.SeeOther("/staff/{id}"), web.FormAt("/staff/new"))
	web.Get(r, "/join/{token}", web.Public, "Where a new colleague chooses a password", c.JoinForm, joinPage)
	web.Post(r, "/join/{token}", web.Public, "Choose the password of a new account of platform staff", c.JoinStaff, web.SeeOther("/sign-in"), web.FormAt("/join/{token}"))
	web.Get(r, "/staff/{staff}", "staff.manage", "An account of platform staff", c.Colleague, colleaguePage)
	web.Post(r, "/staff/{staff}", "staff.manage", "Close an account of platform staff, open it again, or change what it may", c.ChangeStaff, web.SeeOther("/staff/{staff}"), web.FormAt("/staff/{staff}"))

	web.Get(r, "/queues", "queues.read", "How the queues stand, and what failed", c.Queues, queuesPage)
	web.Post(r, "/queues/{queue}/pause", "queues.steer", "Stop work on a queue", c.Pause, web.SeeOther("/queues"))
	web.Post(r, "/queues/{queue}/resume", "queues.steer", "Take up work on a queue again", c.Resume, web.SeeOther("/queues"))
	web.Post(r, "/queues/{queue}/run", "queues.steer", "Run a failed task again", c.RunAgain, web.SeeOther("/queues"))
	web.Post(r, "/outbox/{trust}/{event}/retry", "queues.steer", "Carry out after all what was given up", c.TryAgain, web.SeeOther("/queues"))
	web.Post(r, "/queues/{queue}/remove", "queues.steer", "Remove a task that failed for good", c.Remove, web.SeeOther("/queues"))
}

// trustRoutes are those of the trusts and their services.
func (c Console) trustRoutes(r *web.Router[Scope]) {
	const one, register, services, kits = "/trusts/{trust}", "/trusts/{trust}/register/{kind}", "/trusts/{trust}/services", "/trusts/{trust}/exit-kit"
	web.Get(r, "/trusts", "trusts.list", "The trusts and their services", c.Portfolio, portfolioPage, web.Asks)
	web.Download(r, "/trusts/file", "trusts.list", "The trusts and their services as CSV", c.PortfolioFile)
	web.Post(r, "/trusts/views", "trusts.list", "Keep a way to look at the trusts", c.KeepView, web.SeeOther("{path}"), web.FormAt("/trusts"))
	web.Post(r, "/trusts/views/remove", "trusts.list", "Keep it no more", c.DropView, web.SeeOther("/trusts"))
	web.Get(r, "/trusts/new", "trusts.create", "What a new trust needs", c.NewTrustForm, newTrustPage)
	web.Post(r, "/trusts", "trusts.create", "Make a trust", c.MakeTrust, web.SeeOther("/trusts/{id}"), web.FormAt("/trusts/new"))
	web.Get(r, one, "trusts.list", "A trust, as the platform knows it", c.Trust, trustPage)
	web.Get(r, one+"/contacts", "trusts.create", "Whom the platform asks there about data protection", c.Contacts, contactsPage)
	web.Post(r, one+"/contacts", "trusts.create", "Change whom the platform asks", c.KeepContacts, web.SeeOther(one), web.FormAt(one+"/contacts"))
	web.Get(r, register, "trusts.create", "An entry of the data-protection register", c.Register, registerPage)
	web.Post(r, register, "trusts.create", "Write an entry of the data-protection register", c.KeepRegister, web.SeeOther(one), web.FormAt(register))
	web.Post(r, one+"/administrators", "trusts.create", "Ask somebody to run the trust", c.InviteFounder, web.SeeOther(one), web.FormAt(one))
	web.Post(r, one+"/administrators/{id}/resend", "trusts.create", "Ask them again, with a new link", c.InviteAgain, web.SeeOther(one))
	web.Post(r, one+"/administrators/{id}/revoke", "trusts.create", "Take that invitation back", c.TakeBack, web.SeeOther(one))
	web.Get(r, one+"/doors", "trusts.close", "How a trust is closed and opened", c.Closing, closingPage)
	web.Post(r, one+"/doors", "trusts.close", "Suspend a trust, open it again or put it in the archive", c.Close, web.SeeOther(one), web.FormAt(one+"/doors"))
	web.Get(r, kits, "trusts.export", "The exit kits of a trust", c.KitsPage, kitsPage)
	web.Post(r, kits, "trusts.export", "Have an exit kit made", c.AskKit, web.SeeOther(kits), web.FormAt(kits))
	web.Download(r, kits+"/{id}/file", "trusts.export", "An exit kit, which only the trust can open", c.FetchKit)
	web.Post(r, kits+"/{id}/remove", "trusts.export", "Throw an exit kit away", c.RemoveKit, web.SeeOther(kits))
	web.Get(r, services+"/new", "trusts.create", "What a new service of an area begins with", c.ServiceForm, newServicePage, web.Asks)
	web.Post(r, services, "trusts.create", "Make a service", c.MakeService, web.SeeOther("/trusts/{trust}"), web.FormAt(services+"/new?area={area}"))
	web.Get(r, services+"/{service}", "trusts.list", "How a service differs from its preset", c.Drift, driftPage)
}
