package waiting

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// carerLink is what links for carers are signed for. Each has one round.
const (
	carerLink  = "waiting-carer"
	carerRound = 1
)

// write sends a carer the letter with the link. Done again, it sends the same.
func (w Waiting) write(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	var row Carer
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		return s.Select(&row).Where("carer.id = ?", e.Subject).Scan(ctx)
	})
	if database.Missing(err) || err == nil && !row.holds(s.Now) {
		return nil
	}
	if err == nil {
		err = row.open(w.keys)
	}
	if err != nil {
		return err
	}
	failed := w.guests.Office.Send(ctx, row.ID, "/"+e.ID.String(), row.Email, "A page for you", mail.Letter{
		Heading: "Somebody shares a page with you",
		Lines: []string{
			"Somebody who knows you uses SHaRON with their NHS team, and wants you to see a page. It says who they are.",
			"The link is for you alone, so please do not send it on. It opens until " + ui.Date(row.Until) + ", unless they stop it before.",
			"If you did not expect this, you need not do anything.",
		},
		Link: mail.Link{Text: "See the page", URL: w.guests.Office.Link(s, "/shared/", carerLink, row.ID, carerRound)},
	})
	var refused *mail.Refused
	if !errors.As(failed, &refused) || !refused.Address {
		return failed
	}
	return s.Write(context.WithoutCancel(ctx), func(ctx context.Context, s tenants.Scope) error {
		_, err := s.Update((*Carer)(nil)).Set("refused = ?", true).Where("id = ?", row.ID).Exec(ctx)
		return err
	})
}

// ByToken is what the link of a letter carries.
type ByToken struct {
	Token string `path:"token"`
}

// Shared is what a carer sees of where somebody is. What the person does not share
// is empty.
type Shared struct {
	Who   string    `json:"who"` // as the carer calls whoever waits
	Wait  string    `json:"wait,omitempty"`
	Next  string    `json:"next,omitempty"` // HTML
	Range string    `json:"range,omitempty"`
	Until time.Time `json:"until"`
	// SeesNext tells whether what happens next is shared, also where nothing is written.
	SeesNext bool `json:"sees_next"`
}

// unshared is the one answer to a link that does not open, whatever the reason.
func unshared() error {
	return fault.New(fault.Invalid, "This link does not open any more. Whoever shared the page may have stopped, or it is too old. They can share it again.")
}

// Shared shows a carer what is shared with them as it is now, and notes for the
// person that it was opened.
func (w Waiting) Shared(ctx context.Context, s tenants.Scope, in ByToken) (out Shared, err error) {
	var row Carer
	found, err := s.Try(ctx, func(ctx context.Context, s tenants.Scope) (bool, error) {
		return w.guests.Office.Opens(s, in.Token, carerLink, func(id uuid.UUID) (int, bool, error) {
			row = Carer{}
			err := s.SelectAcross(&row).Where("carer.id = ?", id).Scan(ctx)
			return carerRound, row.holds(s.Now), err
		})
	})
	if err != nil {
		return out, err
	}
	at, open := s.Within(row.ServiceID)
	if !found || !open || !at.Service.Open(key) {
		return out, unshared()
	}
	err = at.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if out, err = w.sharedNow(ctx, s, row); err == nil {
			err = tenants.Touched(s.Update((*Carer)(nil)).Set("opened_at = ?", s.Now).Where("id = ?", row.ID).Where("ended_at IS NULL").Exec(ctx))
		}
		return err
	})
	if database.Missing(err) {
		err = unshared()
	}
	return out, err
}

// sharedNow reads what a carer sees. No row once the person does not wait any more.
func (w Waiting) sharedNow(ctx context.Context, s tenants.Scope, row Carer) (out Shared, err error) {
	if err := row.open(w.keys); err != nil {
		return out, err
	}
	var entry Entry
	err = whole(s.Select(&entry)).Where("entry.id = ?", row.EntryID).Where("entry.member_id = ?", row.MemberID).Where("entry.outcome = ''").
		Where("entry.member_id IN (SELECT m.id FROM members AS m WHERE m.tenant_id = entry.tenant_id AND m.status = 'active')").Scan(ctx)
	if err != nil {
		return out, err
	}
	today, way := dayOf(s.Now), *entry.Pathway
	out = Shared{Who: row.Me, Until: row.Until, SeesNext: row.SeesNext}
	if row.SeesWait {
		out.Wait = waited(row.Me+" waits", way.Name, entry.Weeks(today), entry.Stands(today))
	}
	if row.SeesNext {
		out.Next = way.next()
		out.Range, err = w.rangeOf(ctx, s, way, today)
	}
	return out, err
}
