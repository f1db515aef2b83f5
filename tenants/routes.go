package tenants

import (
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Router is the table that rooms add to.
type Router = web.Router[Scope]

// Routes are the doors of a trust and what stands beside them.
func (e Entrance) Routes(r *Router) {
	trust := r.In("", "")
	web.Get(trust, "/sign-in", web.Public, "Where to sign in", e.Form, signInPage)
	web.Post(trust, "/sign-in", web.Public, "Sign in and get a token", e.SignIn, web.SeeOther("{next}"), web.FormAt("/sign-in?next={next}"), web.OwnUnits)
	web.Post(trust, "/sign-out", web.Locked, "End this session", e.SignOut, web.SeeOther("/sign-in"))
	web.Get(trust, "/", web.SignedIn, "The services that I can enter", e.Home, homePage)

	service := r.In("/{service}", "")
	web.Stream(service, "/stream", web.SignedIn, "What happens in this service, as it happens", e.Live.Listen)
	web.Get(service, "/me", web.SignedIn, "Who I am in this service", e.Me, mePage)
}

// Grants are what is asked for outside the rooms.
var Grants = policy.Grants{
	"people.read":        {string(Member)},
	"services.configure": {string(ServiceLead), string(TrustAdmin)},
}
