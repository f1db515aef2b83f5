// Package data is what SHaRON keeps about people: what of it, for how long, a
// copy to take away, and leaving. It knows no room: each says itself what it
// holds (tenants.Holding).
package data

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/letters"
	"github.com/sharon-nhs/sharon/tenants/policy"
)

// Data is the part.
type Data struct {
	Files  *storage.Files
	Office letters.Office
	// Rooms and Parts are what all rooms and the other parts hold.
	Rooms, Parts func() []tenants.Holding
}

var (
	exporting = tenants.Kind{Key: "data.export", Queue: jobs.Bulk}   // the subject is the export
	copyReady = tenants.Kind{Key: "data.ready", Queue: jobs.Default} // the subject is the export
	leaving   = tenants.Kind{Key: "data.leave", Queue: jobs.Default} // the subject is the account
)

// New makes the part.
func New(d Data) tenants.Part {
	return tenants.Part{
		Grants: policy.Grants{"data.retain": {string(tenants.TrustAdmin)}, "data.hold": {string(tenants.TrustAdmin)}},
		Routes: d.routes,
		On: []tenants.Handler{
			{Kind: exporting, OwnUnits: true, Do: d.export},
			{Kind: copyReady, OwnUnits: true, Do: d.tell},
			{Kind: leaving, OwnUnits: true, Do: d.leave},
		},
		Rounds: []tenants.Round{{Key: "data", Queue: jobs.Bulk, Every: time.Hour, Trust: true, Do: d.round}},
		Links:  links,
		Data:   d.own(),
		Rights: map[string]string{
			"data.retain": "Choose how long things are kept",
			"data.hold":   "Place and lift legal holds",
		},
		Acts: tenants.Acts{
			"data.export": "Asked for a copy of what is kept about them", "data.download": "Downloaded the copy of what is kept about them",
			"account.leave": "Asked to leave", "account.stay": "Changed their mind and stays", "account.left": "Left; what was theirs was removed",
			"retention.change": "Changed how long something is kept", "retention.purge": "Removed what was kept long enough",
			"holds.place": "Placed a legal hold", "holds.lift": "Lifted a legal hold",
		},
	}
}

func (d Data) routes(r *tenants.Router) {
	web.Get(r, "/account/data", web.SignedIn, "What is kept about me", d.Mine, minePage)
	web.Post(r, "/account/data/export", web.SignedIn, "Ask for a copy of what is kept about me", d.Ask, web.SeeOther("/account/data"), web.FormAt("/account/data"))
	web.Download(r, "/account/data/exports/{id}", web.SignedIn, "The copy of what is kept about me", d.Download)
	web.Get(r, "/account/data/leave", web.SignedIn, "What leaving means for me", d.Leaving, leavePage)
	web.Post(r, "/account/data/leave", web.SignedIn, "Leave", d.Leave, web.SeeOther("/account/data"), web.FormAt("/account/data/leave"))
	web.Post(r, "/account/data/stay", web.SignedIn, "Stay after all", d.Stay, web.SeeOther("/account/data"), web.FormAt("/account/data"))

	web.Get(r, "/trust/retention", "data.retain", "How long each class of records is kept", d.Periods, periodsPage)
	web.Get(r, "/trust/retention/{class}", "data.retain", "What another period would remove", d.Preview, previewPage)
	web.Post(r, "/trust/retention/{class}", "data.retain", "Keep a class of records for another period", d.Keep, web.SeeOther("/trust/retention"), web.FormAt("/trust/retention/{class}?days={days}"))
	web.Get(r, "/trust/holds", "data.hold", "Legal holds", d.Holds, holdsPage)
	web.Post(r, "/trust/holds", "data.hold", "Place a legal hold on a member", d.Place, web.SeeOther("/trust/holds"), web.FormAt("/trust/holds"))
	web.Post(r, "/trust/holds/{id}/lift", "data.hold", "Lift a legal hold", d.Lift, web.SeeOther("/trust/holds"), web.FormAt("/trust/holds"))
}

func links(s tenants.Scope) []tenants.MeLink {
	all := []tenants.MeLink{{Name: "My data", About: "What is kept about you, a copy of it, and leaving", Path: "/account/data"}}
	if s.May("data.retain") {
		all = append(all, tenants.MeLink{Name: "How long things are kept", About: "The periods after which records are removed", Path: "/trust/retention"})
	}
	if s.May("data.hold") {
		all = append(all, tenants.MeLink{Name: "Legal holds", About: "Members of whom nothing may be removed just now", Path: "/trust/holds"})
	}
	return all
}

// round removes copies whose week is over, and what has been kept long enough.
func (d Data) round(ctx context.Context, s tenants.Scope) error {
	if err := d.expire(ctx, s); err != nil {
		return err
	}
	return d.purge(ctx, s)
}
