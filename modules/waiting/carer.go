package waiting

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Carer is somebody whom a person who waits lets see a part of where they are, by a
// link, for a while. They see nothing else of the person's: neither what was said
// nor who the person is here.
type Carer struct {
	bun.BaseModel `bun:"table:waiting_carers,alias:carer"`
	tenants.InService

	ID       uuid.UUID  `bun:"id,pk,type:uuid" json:"id"`
	EntryID  uuid.UUID  `bun:"entry_id,type:uuid" json:"-"`
	MemberID uuid.UUID  `bun:"member_id,type:uuid" json:"-"`
	Sealed   string     `bun:"carer_sealed" json:"-"` // Between
	SeesWait bool       `bun:"sees_wait" json:"sees_wait"`
	SeesNext bool       `bun:"sees_next" json:"sees_next"`
	SharedAt time.Time  `bun:"shared_at" json:"shared_at"`
	Until    time.Time  `bun:"until" json:"until"`
	Refused  bool       `bun:"refused" json:"refused"` // by their mail server
	OpenedAt *time.Time `bun:"opened_at" json:"opened_at,omitempty"`
	EndedAt  *time.Time `bun:"ended_at" json:"-"`

	Between `bun:"-"`
}

// Between is what a person and their carer call each other, and the carer's address.
type Between struct {
	Carer string `json:"carer"`
	Me    string `json:"me"`
	Email string `json:"carer_email"`
}

// Seal makes what a Carer of this id has of it.
func (b Between) Seal(keys crypt.Keys, id uuid.UUID) (string, error) {
	return keys.SealValue(b, id.String())
}

// open reads who it is.
func (c *Carer) open(keys crypt.Keys) error {
	return keys.OpenValue(c.Sealed, c.ID.String(), &c.Between)
}

// holds tells whether the link opens, as far as the row says.
func (c Carer) holds(now time.Time) bool { return c.EndedAt == nil && now.Before(c.Until) }

// How long a link holds, in days, how many people somebody can let see their page,
// and how many letters they can have sent for it in a day.
const (
	carerDays   = 90
	mostCarers  = 3
	mostLetters = 5
)

// shared is that somebody lets a carer see their page; the subject is the Carer.
var shared = tenants.Kind{Key: "waiting.shared", Queue: jobs.Default}

// Share is whom to let see where one is, and what of it.
type Share struct {
	Carer    string `json:"carer" validate:"filled,max=60" label:"what you call them"`
	Me       string `json:"me" validate:"filled,max=60" label:"what they call you"`
	Email    string `json:"carer_email" validate:"required,email,max=254" label:"their email address"`
	SeesWait bool   `json:"sees_wait"`
	SeesNext bool   `json:"sees_next"`
}

// Share sends a carer a link to what the actor lets them see.
func (w Waiting) Share(ctx context.Context, s tenants.Scope, in Share) (Mine, error) {
	if !in.SeesWait && !in.SeesNext {
		return Mine{}, fault.Bad("sees_wait", "Choose what they see: one of the two, or both.")
	}
	if err := w.guests.Office.Open(); err != nil {
		return Mine{}, err
	}
	entry, err := mine(ctx, s)
	if err != nil {
		return Mine{}, err
	}
	if _, err := taken(ctx, s, entry.ID); err != nil { // one after another
		return Mine{}, err
	}
	if err := roomFor(ctx, s, entry.ID); err != nil {
		return Mine{}, err
	}
	row := Carer{ID: uuid.Must(uuid.NewV7()), EntryID: entry.ID, MemberID: s.Actor.ID(), SeesWait: in.SeesWait, SeesNext: in.SeesNext, SharedAt: s.Now, Until: s.Now.AddDate(0, 0, carerDays)}
	if row.Sealed, err = (Between{in.Carer, in.Me, in.Email}).Seal(w.keys, row.ID); err != nil {
		return Mine{}, err
	}
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return Mine{}, err
	}
	if err := s.Audit(ctx, "waiting.share", tenants.Audited{Subject: row.ID, After: row.facts()}); err != nil {
		return Mine{}, err
	}
	if err := s.Emit(ctx, shared, tenants.Event{Module: key, Subject: row.ID}); err != nil {
		return Mine{}, err
	}
	return w.Where(ctx, s, web.None{})
}

// roomFor refuses one carer too many, and letters to one address after another.
func roomFor(ctx context.Context, s tenants.Scope, entry uuid.UUID) error {
	var all []Carer
	if err := s.Select(&all).Where("carer.entry_id = ?", entry).Scan(ctx); err != nil {
		return err
	}
	open, today := 0, 0
	for _, one := range all {
		if one.holds(s.Now) {
			open++
		}
		if one.SharedAt.After(s.Now.AddDate(0, 0, -1)) {
			today++
		}
	}
	switch {
	case open >= mostCarers:
		return fault.Bad("carer", "You let three people see this already. Stop one of them first.")
	case today >= mostLetters:
		return fault.Bad("carer", "We have sent several letters for you today. You can send another one tomorrow.")
	}
	return nil
}

// Unshare ends at once what the actor let a carer see.
func (w Waiting) Unshare(ctx context.Context, s tenants.Scope, in ByID) (Mine, error) {
	err := tenants.Touched(s.Update((*Carer)(nil)).Set("ended_at = ?", s.Now).Set("carer_sealed = ''").
		Where("id = ?", in.ID).Where("member_id = ?", s.Actor.ID()).Where("ended_at IS NULL").Exec(ctx))
	if err != nil {
		return Mine{}, err
	}
	if err := s.Audit(ctx, "waiting.unshare", tenants.Audited{Subject: in.ID}); err != nil {
		return Mine{}, err
	}
	return w.Where(ctx, s, web.None{})
}

// facts are what the audit log has of it: not who the carer is.
func (c Carer) facts() map[string]any {
	return map[string]any{"sees_wait": c.SeesWait, "sees_next": c.SeesNext, "until": dayOf(c.Until)}
}

// carers are those who see an entry's page, with who they are.
func (w Waiting) carers(ctx context.Context, s tenants.Scope, entry uuid.UUID) ([]Carer, error) {
	all := []Carer{}
	err := s.Select(&all).Where("carer.entry_id = ?", entry).Where("carer.ended_at IS NULL").Where("carer.until > ?", s.Now).Order("carer.shared_at", "carer.id").Scan(ctx)
	for i := range all {
		if err == nil {
			err = all[i].open(w.keys)
		}
	}
	return all, err
}

// forgetCarers removes what is over: stopped, past its day, or because the wait ended.
// A day passes first, in which its letters still count.
func forgetCarers(ctx context.Context, s tenants.Scope) error {
	free, column, trust := tenants.NotHeld(s, "member_id")
	past := s.Now.AddDate(0, 0, -1)
	_, err := s.Delete((*Carer)(nil)).Where(free, column, trust).
		Where("(carer.ended_at < ? OR carer.until < ? OR carer.entry_id IN (SELECT e.id FROM waiting_entries AS e WHERE e.tenant_id = carer.tenant_id AND e.closed_at < ?))", past, past, past).Exec(ctx)
	return err
}
