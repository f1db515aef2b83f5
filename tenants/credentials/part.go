package credentials

import (
	"time"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/letters"
)

// Credentials is the part.
type Credentials struct{ office letters.Office }

// New makes the part.
func New(office letters.Office) tenants.Part {
	c := Credentials{office}
	return tenants.Part{
		Routes: func(r *tenants.Router) {
			web.Get(r, "/password", web.Public, "Where to ask for a new password", c.Forgotten, forgottenPage)
			web.Post(r, "/password", web.Public, "Ask for a new password", c.Ask, web.OwnUnits, web.FormAt("/password"), web.Showing(askedPage))
			web.Get(r, "/password/{token}", web.Public, "Where to choose a new password", c.Choosing, choosingPage, web.OwnUnits)
			web.Post(r, "/password/{token}", web.Public, "Choose a new password", c.Choose, web.OwnUnits, web.FormAt("/password/{token}"), web.Showing(chosenPage))
			web.Get(r, "/account/password", web.SignedIn, "Where to change my password", c.Changing, changingPage)
			web.Post(r, "/account/password", web.SignedIn, "Change my password", c.Change, web.OwnUnits, web.FormAt("/account/password"), web.Showing(changedPage))
			web.Get(r, "/account/email", web.SignedIn, "Where to change my email address", c.Changing, movingPage)
			web.Post(r, "/account/email", web.SignedIn, "Ask to sign in with another email address", c.Move, web.OwnUnits, web.FormAt("/account/email"), web.Showing(movedPage))
			web.Get(r, "/account/email/confirm/{token}", web.Public, "What a link to a new address does", c.Confirming, confirmPage, web.OwnUnits)
			web.Post(r, "/account/email/confirm/{token}", web.Public, "Sign in with the new address from now on", c.Confirm, web.OwnUnits, web.Showing(confirmedPage))
			web.Get(r, "/account/email/undo/{token}", web.Public, "What a link to an old address does", c.Undone, undoPage, web.OwnUnits)
			web.Post(r, "/account/email/undo/{token}", web.Public, "Keep the old address after all", c.Undo, web.OwnUnits, web.Showing(undonePage))
		},
		On: []tenants.Handler{
			{Kind: asked, OwnUnits: true, Do: c.sendReset},
			{Kind: changed, OwnUnits: true, Do: c.tellChanged},
			{Kind: confirming, OwnUnits: true, Do: c.sendConfirm},
			{Kind: undoing, OwnUnits: true, Do: c.sendUndo},
		},
		Rounds: []tenants.Round{{Key: "old-tickets", Queue: jobs.Bulk, Every: 24 * time.Hour, Do: tidy}},
		Acts:   tenants.Acts{"email.change_asked": "Asked to sign in with another email address"},
		Data:   data(),
		Links: func(tenants.Scope) []tenants.MeLink {
			return []tenants.MeLink{
				{Name: "Password", About: "Choose another one", Path: "/account/password"},
				{Name: "Email address", About: "Sign in with another one", Path: "/account/email"},
			}
		},
	}
}
