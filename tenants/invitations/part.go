package invitations

import (
	"time"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
	"github.com/sharon-nhs/sharon/tenants/letters"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Invitations is the part.
type Invitations struct {
	office   letters.Office
	archive  identity.Archive
	entrance tenants.Entrance
}

// largest is how much of a list is read, in bytes: enough to say how long it is.
const largest = 8 << 20

// New makes the part. Whoever joins comes in through the entrance.
func New(office letters.Office, entrance tenants.Entrance) tenants.Part {
	i := Invitations{office, identity.Archive{Keys: office.Keys}, entrance}
	inviters := []string{string(tenants.Clinician), string(tenants.ServiceLead), string(tenants.TrustAdmin)}
	return tenants.Part{
		Grants: policy.Grants{
			"invitations.list": inviters, "invitations.send": inviters, "invitations.revoke": inviters,
			"invitations.send_staff": {string(tenants.ServiceLead), string(tenants.TrustAdmin)},
			"people.rename":          {string(tenants.Member)},
		},
		Rights: map[string]string{
			"invitations.list": "See who is invited", "invitations.send": "Invite people to a service", "invitations.revoke": "Take invitations back",
			"invitations.send_staff": "Invite people to a team", "people.rename": "Choose another name for oneself",
		},
		Acts: tenants.Acts{
			"invitation.sent": "Invited somebody", "invitation.resent": "Sent an invitation again", "invitation.revoked": "Took an invitation back",
			"member.joined": "Joined and said yes to the house rules", "administrator.invited": "The platform invited somebody to run the trust", "administrator.invited_again": "The platform sent that invitation again",
			"administrator.revoked": "The platform took that invitation back", "administrator.joined": "Became the trust’s administrator", "member.renamed": "Took another name", "joining.changed": "Changed the house rules, or how long an invitation lasts",
		},
		Counts: []tenants.Count{{Key: "invited", Name: "Invited", About: "People who were invited to the service, the team not counted.", Of: invited}},
		Data:   i.data(),
		Routes: i.routes,
		On:     []tenants.Handler{{Kind: sent, OwnUnits: true, Do: i.write}, {Kind: asked, OwnUnits: true, Do: i.ask}},
		Rounds: []tenants.Round{
			{Key: "old-invitations", Queue: jobs.Bulk, Every: 24 * time.Hour, Do: tidy},
			{Key: "old-administrator-invitations", Queue: jobs.Bulk, Every: 24 * time.Hour, Trust: true, Do: tidyAsked},
		},
		Links: func(s tenants.Scope) (links []tenants.MeLink) {
			if s.Service == nil {
				return nil
			}
			if s.May("invitations.list") {
				links = append(links, tenants.MeLink{Name: "Invitations", About: "Who is invited, and how far they have come", Path: "/" + s.Service.Slug + "/invitations"})
			}
			if s.Actor.Member != nil {
				links = append(links, tenants.MeLink{Name: "House rules", About: "What we have all said yes to", Path: "/" + s.Service.Slug + "/rules"})
			}
			if s.May("services.configure") {
				links = append(links, tenants.MeLink{Name: "Joining", About: "The house rules, and how long an invitation lasts", Path: "/" + s.Service.Slug + "/settings/joining"})
			}
			return links
		},
	}
}

func (i Invitations) routes(r *tenants.Router) {
	service := r.In("/{service}", "")
	web.Get(service, "/invitations", "invitations.list", "The invitations of this service", i.List, listPage)
	web.Get(service, "/invitations/new", "invitations.send", "What a new invitation needs", i.Form, newPage)
	web.Post(service, "/invitations", "invitations.send", "Invite somebody", i.Send, web.SeeOther("{path}"), web.FormAt("/invitations/new"))
	web.Get(service, "/invitations/many", "invitations.send", "What a list of people to invite needs", i.Form, manyPage)
	web.Post(service, "/invitations/many/check", "invitations.send", "Look through a list of people to invite; nothing is sent", i.Check,
		web.OwnUnits, web.Limit(largest), web.Showing(checkedPage), web.FormAt("/invitations/many"))
	web.Post(service, "/invitations/many", "invitations.send", "Invite the people of a list", i.SendMany, web.SeeOther("/invitations"), web.FormAt("/invitations/many"))
	web.Post(service, "/invitations/{id}/resend", "invitations.send", "Send an invitation again, with a new link", i.Resend, web.SeeOther("/invitations"))
	web.Post(service, "/invitations/{id}/revoke", "invitations.revoke", "Take an invitation back", i.Revoke, web.SeeOther("/invitations"))

	web.Get(service, "/profile/name", "people.rename", "My name here, and when I can change it", i.Naming, namingPage)
	web.Post(service, "/profile/name", "people.rename", "Take another name", i.Rename, web.SeeOther("{path}"), web.FormAt("/profile/name"))
	web.Get(service, "/rules", "people.read", "The house rules", i.Rules, rulesPage)
	web.Get(service, "/settings/joining", "services.configure", "The house rules and how long an invitation lasts", i.Joining, joiningPage)
	web.Post(service, "/settings/joining", "services.configure", "Change the house rules or how long an invitation lasts", i.Change,
		web.SeeOther("/settings/joining"), web.FormAt("/settings/joining"))

	trust := r.In("", "")
	web.Get(trust, "/invitation/{token}", web.Public, "What an invitation is to, and what joining needs", i.Door, doorPage, web.OwnUnits)
	web.Get(trust, "/administrator/{token}", web.Public, "What running the trust needs, for whom the platform asked to", i.AdministratorDoor, administratorPage, web.OwnUnits)
	web.Post(trust, "/administrator/{token}", web.Public, "Become the trust’s administrator", i.Administer, web.SeeOther("{next}"), web.OwnUnits, web.FormAt("/administrator/{token}"))
	web.Post(trust, "/invitation/{token}", web.Public, "Join with an invitation", i.Accept, web.SeeOther("{next}"), web.OwnUnits, web.FormAt("/invitation/{token}"))
}
