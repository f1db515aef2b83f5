package demo

import "github.com/sharon-nhs/sharon/tenants"

// logged is what somebody of a service did so many days ago, for the audit log.
var logged = []struct {
	login, at     string // "-6d 09:02"
	action        string
	about         string // a login
	reason        string
	before, after string
}{
	{login: "lead", at: "-6d 09:02", action: "session.begin"},
	{login: "lead", at: "-6d 09:14", action: "rooms.change", reason: "People write long posts at night, and lose the end of them", before: `{"room":"Walls","on":true,"settings":{"max_length":2000,"others_may_post":true}}`, after: `{"room":"Walls","on":true,"settings":{"max_length":5000,"others_may_post":true}}`},
	{login: "lead", at: "-6d 09:31", action: "boards.change", reason: "New members asked where to begin", before: `{"name":"Hello","who_may_post":"members"}`, after: `{"name":"Start here","who_may_post":"staff"}`},
	{at: "-5d 02:48", action: "session.refused", about: "moderator", after: `{"times":4}`},
	{login: "moderator", at: "-4d 08:55", action: "session.begin"},
	{login: "moderator", at: "-4d 09:07", action: "posts.history"},
	{login: "moderator", at: "-4d 09:09", action: "posts.remove"},
	{login: "clinician", at: "-3d 13:20", action: "session.begin"},
	{login: "clinician", at: "-3d 13:26", action: "desk.take"},
	{login: "clinician", at: "-3d 13:41", action: "desk.decide"},
	{login: "peer", at: "-2d 21:15", action: "live.remove", reason: "A phone number. I have written to the member."},
	{login: "peer", at: "-1d 20:03", action: "access.denied", after: `{"what":"The rooms of this service","times":3}`},
	{login: "peer", at: "-1d 20:10", action: "session.end"},
}

// logbook makes a service's records; what nobody there could have done is left out.
func (w *seeding) logbook() ([]tenants.Record, error) {
	var records []tenants.Record
	for _, l := range logged {
		who, known := w.people[l.login]
		about, there := w.people[l.about]
		if !known && l.login != "" || !there && l.about != "" {
			continue
		}
		at, err := moment(w.s.Now, l.at)
		if err != nil {
			return nil, err
		}
		records = append(records, tenants.Record{ID: w.ids.at(at), At: at.UTC(), Action: l.action, ServiceID: w.s.Service.ID, AccountID: who.AccountID, Subject: about.ID,
			Reason: l.reason, Before: l.before, After: l.after, Address: "192.0.2.17"})
	}
	return records, nil
}
