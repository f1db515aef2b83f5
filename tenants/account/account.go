// Package account is what somebody has for proving that it is them: a second step
// by codes from an app, passkeys, the sign-in of another organisation, and the
// devices that they are signed in on.
package account

import (
	"context"
	"net/http"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Deps are what the pages work with.
type Deps struct {
	Entrance tenants.Entrance // its keys and its rules for sessions
	Clock    clock.Clock
	BaseURL  string       // the platform's own: its scheme and port are the trusts' too
	HTTP     *http.Client // by which other organisations' sign-ins are asked
}

// Accounts are the pages of one's own account.
type Accounts struct {
	Deps
	known *providers
}

// New makes them.
func New(d Deps) Accounts { return Accounts{Deps: d, known: &providers{}} }

// Part is what every trust has of them.
func (a Accounts) Part() tenants.Part {
	return tenants.Part{
		Grants: policy.Grants{"providers.configure": {string(tenants.TrustAdmin)}},
		Routes: a.routes,
		Rights: map[string]string{"providers.configure": "Let staff sign in with another organisation"},
		Acts:   acts,
		Data:   data(),
		Links: func(s tenants.Scope) []tenants.MeLink {
			links := []tenants.MeLink{
				{Name: "How I sign in", About: "A second step, passkeys", Path: "/account/sign-in"},
				{Name: "App lock", About: "A PIN or a passkey when you put your phone down", Path: "/account/lock"},
				{Name: "My devices", About: "Where I am signed in", Path: "/account/devices"},
			}
			if s.May("providers.configure") {
				links = append(links, tenants.MeLink{Name: "Staff sign-in", About: "Let staff sign in with your organisation", Path: "/trust/providers"})
			}
			return links
		},
	}
}

// What answers with a token or with codes has OwnUnits: other commands' answers are
// kept for a repeat, and these must not be.
func (a Accounts) routes(r *tenants.Router) {
	web.Get(r, "/sign-in/code", web.Arriving, "Where to give the second step", a.CodeForm, codePage)
	web.Post(r, "/sign-in/code", web.Arriving, "Give the second step", a.GiveCode, web.OwnUnits, web.SeeOther("{next}"), web.FormAt("/sign-in/code?next={next}"))
	web.Post(r, "/sign-in/passkey/begin", web.Public, "What to ask of a passkey", a.AskPasskey)
	web.Post(r, "/sign-in/passkey", web.Public, "Sign in with a passkey", a.SignInByPasskey, web.OwnUnits, web.SeeOther("{next}"), web.FormAt("/sign-in?next={next}"))
	web.Post(r, "/sign-in/with/{id}", web.Public, "Sign in with another organisation", a.Leave, web.OwnUnits, web.Showing(leavePage))
	web.Get(r, "/sign-in/back", web.Public, "Where another organisation sends people back to", a.BackForm, backPage)
	web.Post(r, "/sign-in/back", web.Public, "Finish signing in with another organisation", a.Return, web.OwnUnits, web.SeeOther("{next}"), web.FormAt("/sign-in"))

	web.Get(r, "/account/confirm", web.SignedIn, "Where to show again that it is you", a.ConfirmForm, confirmPage)
	web.Post(r, "/account/confirm", web.SignedIn, "Show again that it is you", a.Confirm, web.OwnUnits, web.SeeOther("{next}"), web.FormAt("/account/confirm?next={proof_next}"))
	web.Post(r, "/account/confirm/again", web.SignedIn, "Show that it is you, and send a form after all", a.Confirm, web.OwnUnits, web.SendAgain("{next}"), web.FormAt("/account/confirm?next={proof_next}"))

	web.Get(r, "/account/sign-in", web.SignedIn, "How I sign in", a.Overview, overviewPage)
	web.Get(r, "/account/second-factor/new", web.Arriving, "A new secret for an app that makes codes", a.NewFactor, newFactorPage)
	web.Post(r, "/account/second-factor", web.Arriving, "Set up the app with its first code", a.SetFactor, web.OwnUnits, web.Showing(codesPage), web.FormAt("/account/second-factor/new?setup={setup}&next={next}"))
	web.Post(r, "/account/second-factor/codes", web.SignedIn, "Make new recovery codes", a.RenewCodes, web.OwnUnits, web.Showing(codesPage))
	web.Post(r, "/account/second-factor/remove", web.SignedIn, "Sign in without the app from now on", a.RemoveFactor, web.SeeOther("/account/sign-in"))

	web.Post(r, "/account/passkeys/begin", web.SignedIn, "What to ask of a new passkey", a.AskNewPasskey)
	web.Post(r, "/account/passkeys", web.SignedIn, "Keep a new passkey", a.AddPasskey, web.SeeOther("/account/sign-in"), web.FormAt("/account/sign-in"))
	web.Post(r, "/account/passkeys/{id}/name", web.SignedIn, "Name a passkey", a.NamePasskey, web.SeeOther("/account/sign-in"), web.FormAt("/account/sign-in"))
	web.Post(r, "/account/passkeys/{id}/remove", web.SignedIn, "Remove a passkey", a.RemovePasskey, web.SeeOther("/account/sign-in"))

	web.Get(r, "/account/devices", web.SignedIn, "Where I am signed in", a.Devices, devicesPage)
	web.Post(r, "/account/devices/{id}/sign-out", web.SignedIn, "Sign out one device", a.SignOutDevice, web.SeeOther("/account/devices"))
	web.Post(r, "/account/devices/sign-out", web.SignedIn, "Sign out everywhere", a.SignOutEverywhere, web.SeeOther("/sign-in"))

	web.Get(r, "/account/lock", web.SignedIn, "What shuts my pages when I do nothing", a.LockPage, lockPage)
	web.Post(r, "/account/lock", web.SignedIn, "Set, change or take off the lock", a.SetLock, web.OwnUnits, web.SeeOther("/account/lock"), web.FormAt("/account/lock"))
	web.Post(r, "/account/lock/here", web.SignedIn, "Say that somebody is there", a.Here, web.Repeatable)
	web.Post(r, "/account/lock/now", web.SignedIn, "Lock this device", a.LockNow, web.Repeatable, web.SeeOther("{next}"))
	web.Get(r, "/account/unlock", web.Locked, "Where to open the lock", a.UnlockForm, unlockPage)
	web.Post(r, "/account/unlock", web.Locked, "Open the lock", a.Unlock, web.OwnUnits, web.SeeOther("{next}"), web.FormAt("/account/unlock?next={proof_next}"))
	web.Post(r, "/account/unlock/again", web.Locked, "Open the lock, and send a form after all", a.Unlock, web.OwnUnits, web.SendAgain("{next}"), web.FormAt("/account/unlock?next={proof_next}"))

	web.Get(r, "/trust/providers", "providers.configure", "Where else staff can sign in", a.Providers, providersPage)
	web.Post(r, "/trust/providers", "providers.configure", "Let staff sign in with another organisation", a.AddProvider, web.SeeOther("/trust/providers"), web.FormAt("/trust/providers"))
	web.Post(r, "/trust/providers/{id}/remove", "providers.configure", "Take another organisation's sign-in away", a.RemoveProvider, web.SeeOther("/trust/providers"))
}

// Mine is the account that asks. No row (database.Missing) if it was closed.
func mine(ctx context.Context, s tenants.Scope) (account tenants.Account, err error) {
	err = s.Select(&account).Where("id = ?", s.Actor.AccountID).Where("status = 'active'").Scan(ctx)
	return account, err
}
