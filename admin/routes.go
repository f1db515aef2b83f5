package admin

import (
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Grants say which roles may do what. What is not here nobody may do.
var Grants = policy.Grants{
	"trusts.list":  {string(tenants.PlatformAdmin), string(tenants.OnboardingManager), string(tenants.Finance)},
	"queues.read":  {string(tenants.PlatformAdmin), string(tenants.OnboardingManager)},
	"hazards.read": {string(tenants.PlatformAdmin), string(tenants.OnboardingManager)},
	"queues.steer": {string(tenants.PlatformAdmin)},

	"programmes.read":   {string(tenants.PlatformAdmin), string(tenants.OnboardingManager), string(tenants.Finance)},
	"programmes.work":   {string(tenants.PlatformAdmin), string(tenants.OnboardingManager)},
	"programmes.manage": {string(tenants.PlatformAdmin), string(tenants.OnboardingManager)},
	"programmes.money":  {string(tenants.PlatformAdmin), string(tenants.Finance)},
}

// rooms are the navigation; the key is the permission that a page asks for.
var rooms = []ui.Room{
	{Name: "Home", Path: "/"},
	{Key: "programmes.read", Name: "Onboarding", Path: "/programmes"},
	{Key: "queues.read", Name: "Queues", Path: "/queues"},
	{Key: "hazards.read", Name: "Hazard log", Path: "/hazards"},
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
	web.Get(r, "/", "trusts.list", "The trusts, and what needs a person", c.Home, homePage)

	c.programmeRoutes(r)

	web.Get(r, "/hazards", "hazards.read", "The clinical hazard log", c.Hazards, hazardsPage)

	web.Get(r, "/queues", "queues.read", "How the queues stand, and what failed", c.Queues, queuesPage)
	web.Post(r, "/queues/{queue}/pause", "queues.steer", "Stop work on a queue", c.Pause, web.SeeOther("/queues"))
	web.Post(r, "/queues/{queue}/resume", "queues.steer", "Take up work on a queue again", c.Resume, web.SeeOther("/queues"))
	web.Post(r, "/queues/{queue}/run", "queues.steer", "Run a failed task again", c.RunAgain, web.SeeOther("/queues"))
	web.Post(r, "/outbox/{trust}/{event}/retry", "queues.steer", "Carry out after all what was given up", c.TryAgain, web.SeeOther("/queues"))
	web.Post(r, "/queues/{queue}/remove", "queues.steer", "Remove a task that failed for good", c.Remove, web.SeeOther("/queues"))
}
