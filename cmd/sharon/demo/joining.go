package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
	"github.com/sharon-nhs/sharon/tenants/invitations"
)

// Invented people: no NHS number from 999 is ever given out, and no phone that
// begins with 07700 900.
var (
	called  = []string{"Adaeze", "Bryony", "Carys", "Delphine", "Elspeth", "Farida", "Greta", "Hanako", "Imogen", "Jumoke", "Kirsteen", "Leonie", "Marisol", "Nerys", "Odette", "Philippa", "Roksana", "Saoirse", "Tamsin", "Ulrika", "Verity", "Winifred", "Yolanda", "Zuleika"}
	ofHouse = []string{"Achterberg", "Birtwistle", "Cholmondeley", "Dunsford", "Emberton", "Featherly", "Gathercole", "Hollingbery", "Inchbald", "Jessop", "Kettlewell", "Loxley", "Merriweather", "Nettlefold", "Ollerenshaw", "Pennyfeather", "Quillfeather", "Rosthwaite", "Sandelwood", "Tidewell", "Umfreville", "Vavasour", "Wetherby"}
)

// somebody invents an identity.
func (r *ids) somebody(now time.Time) identity.Identity {
	who := identity.Identity{
		Name:   called[r.IntN(len(called))] + " " + ofHouse[r.IntN(len(ofHouse))],
		BornOn: time.Date(1968+r.IntN(36), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC).Format(time.DateOnly),
		Phone:  fmt.Sprintf("+447700900%03d", r.IntN(1000)),
	}
	for who.NHSNumber == "" {
		nine := fmt.Sprintf("999%06d", r.IntN(1_000_000))
		for digit := range 10 {
			if read, err := (identity.Given{NHSNumber: fmt.Sprint(nine, digit)}).Read(now); err == nil {
				who.NHSNumber = read.NHSNumber
			}
		}
	}
	return who
}

// identities gives members of a service who they are outside. Of the team we know
// the phones of those whom it calls at night.
func (w *seeding) identities(ctx context.Context, keys crypt.Keys, members []member) error {
	archive := identity.Archive{Keys: keys}
	var looker, looked tenants.Person
	for i, m := range members {
		person := w.people[m.Login]
		if person.Roles.Has(tenants.Clinician) || person.Roles.Has(tenants.Moderator) {
			if err := archive.SetPhone(ctx, w.s, person.AccountID, fmt.Sprintf("+447700900%03d", i)); err != nil {
				return err
			}
		}
		if person.Roles.Has(tenants.Clinician) && looker.ID == uuid.Nil {
			looker = person
		}
		if person.Roles.Staff() {
			continue
		}
		if looked.ID == uuid.Nil && m.Role == tenants.ServiceUser {
			looked = person
		}
		who := w.ids.somebody(w.s.Now)
		if w.s.Service.Area == "children_young_people" {
			who.BornOn = string(clock.DateOf(w.s.Now).Plus(-40 * i).Birthday(-13 - i%5))
		}
		if err := archive.Add(ctx, w.s, person.AccountID, who); err != nil {
			return err
		}
	}
	if looker.ID == uuid.Nil || looked.ID == uuid.Nil {
		return nil
	}
	return w.s.As(looker).Audit(ctx, "identity.read", tenants.Audited{Subject: looked.ID, Reason: "A post at night worried us. To ring her in the morning."})
}

// invited are people on their way in, one in each state.
func (w *seeding) invited(ctx context.Context, keys crypt.Keys, by tenants.Person) error {
	archive := identity.Archive{Keys: keys}
	day := 24 * time.Hour
	at := func(ago time.Duration) *time.Time { then := w.s.Now.Add(-ago); return &then }
	var rows []invitations.Row
	for n, one := range []struct {
		name string
		ago  time.Duration
		how  func(row *invitations.Row)
	}{
		{"carys.jessop", 26 * day, func(row *invitations.Row) {
			row.SentAt, row.OpenedAt, row.AcceptedAt, row.ClosedAt = at(26*day), at(25*day), at(25*day), at(25*day)
		}},
		{"imogen.loxley", 23 * day, func(row *invitations.Row) { row.SentAt = at(23 * day) }}, // expired
		{"greta.inchbald", 11 * day, func(row *invitations.Row) {
			row.SentAt, row.RevokedAt, row.ClosedAt = at(11*day), at(10*day), at(10*day)
		}},
		{"nerys.tidewel", 6 * day, func(row *invitations.Row) { row.BouncedAt = at(6 * day) }},
		{"tamsin.kettlewell", 4 * day, func(row *invitations.Row) { row.SentAt, row.OpenedAt = at(4*day), at(3*day) }},
		{"saoirse.dunsford", day, func(row *invitations.Row) { row.SentAt = at(day) }},
	} {
		made := w.s.Now.Add(-one.ago).Add(time.Duration(n) * time.Minute)
		address := one.name + "@post.example"
		row := invitations.Row{ID: w.ids.at(made), Role: memberOf(w.s.Service.Area), EmailLookup: keys.Lookup(address), InvitedBy: by.AccountID, Course: invitations.Course{Sends: 1, CreatedAt: made, ExpiresAt: made.Add(14 * day)}}
		one.how(&row)
		var err error
		if row.EmailSealed, err = keys.Seal(address, row.ID.String()); err != nil {
			return err
		}
		if row.ClosedAt == nil {
			if row.IdentitySealed, err = archive.Seal(identity.Identity{}, row.ID); err != nil {
				return err
			}
		}
		rows = append(rows, row)
	}
	return insert(ctx, w.s, rows)
}
