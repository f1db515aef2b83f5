package identity

import (
	"time"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/text"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Identities is the part.
type Identities struct {
	archive Archive
	text    func() text.Provider
}

// New makes the part. Text returns what sends text messages, nil where nothing does.
func New(keys crypt.Keys, text func() text.Provider) tenants.Part {
	i := Identities{Archive{keys}, text}
	return tenants.Part{
		Grants: policy.Grants{"identities.read": {string(tenants.Clinician)}},
		Routes: func(r *tenants.Router) {
			web.Get(r, "/{service}/people/{handle}/identity", "identities.read", "What it takes to see who a member is", i.Asking, askingPage)
			web.Post(r, "/{service}/people/{handle}/identity", "identities.read", "See who a member is, with a reason, on record", i.LookUp,
				web.OwnUnits, web.Showing(foundPage), web.FormAt("/{service}/people/{handle}/identity"))
			web.Get(r, "/{service}/identities", "identities.read", "What it takes to find a member by NHS number or email", i.Seeking, seekingPage)
			web.Post(r, "/{service}/identities", "identities.read", "Find a member by NHS number or email, with a reason, on record", i.Seek,
				web.OwnUnits, web.Showing(soughtPage), web.FormAt("/{service}/identities"))
			web.Get(r, "/account/identity", web.SignedIn, "What is known of who I am, and who has looked", i.Mine, minePage)
			web.Post(r, "/account/identity", web.SignedIn, "Put right what is known of who I am", i.Correct,
				web.SeeOther("/account/identity"), web.FormAt("/account/identity"))
			web.Get(r, "/account/phone", web.SignedIn, "Where my text messages go", i.MyPhone, phonePage)
			web.Post(r, "/account/phone", web.SignedIn, "Have a code texted to my mobile number", i.AskCode,
				web.SeeOther("/account/phone"), web.FormAt("/account/phone"))
			web.Post(r, "/account/phone/again", web.SignedIn, "Have another code texted", i.AskAgain,
				web.SeeOther("/account/phone"), web.FormAt("/account/phone"))
			web.Post(r, "/account/phone/code", web.SignedIn, "Give the code that was texted to me", i.Prove, web.OwnUnits,
				web.SeeOther("/account/phone"), web.FormAt("/account/phone"))
			web.Post(r, "/account/phone/remove", web.SignedIn, "Forget my mobile number", i.RemovePhone,
				web.SeeOther("/account/phone"))
		},
		On:     []tenants.Handler{{Kind: coded, OwnUnits: true, Do: i.sendCode}},
		Rounds: []tenants.Round{{Key: "old-phone-codes", Queue: jobs.Bulk, Every: time.Hour, Do: tidy}},
		Rights: map[string]string{"identities.read": "Look up who a member is, with a reason"},
		Acts: tenants.Acts{read: "Looked up who a member is", "identity.corrected": "Put right who they are",
			"phone.proved": "Showed that a mobile number is theirs", "phone.removed": "Removed their mobile number"},
		Data: i.data(),
		Person: func(s tenants.Scope, person tenants.Person) []tenants.Link {
			if !s.May("identities.read") || person.ID == s.Actor.ID() {
				return nil
			}
			return []tenants.Link{{Name: "See who this is", Path: "/people/" + person.HandleKey + "/identity"}}
		},
		Links: func(s tenants.Scope) []tenants.MeLink {
			links := []tenants.MeLink{{Name: "Who I am", About: "What the team knows of you, and when somebody looked", Path: "/account/identity"}}
			if i.text() != nil {
				links = append(links, tenants.MeLink{Name: "Mobile phone", About: "Get notices by text message", Path: "/account/phone"})
			}
			if s.Service != nil && s.May("identities.read") {
				links = append(links, tenants.MeLink{Name: "Find a member", About: "By NHS number or email, with a reason", Path: "/" + s.Service.Slug + "/identities"})
			}
			return links
		},
	}
}
