package access

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Contact is one contact with a member, and whether what they need was met in it.
type Contact struct {
	bun.BaseModel `bun:"table:access_contacts,alias:contact"`
	tenants.InService

	ID       uuid.UUID  `bun:"id,pk,type:uuid" json:"-"`
	MemberID uuid.UUID  `bun:"member_id,type:uuid" json:"-"`
	ByID     *uuid.UUID `bun:"by_id,type:uuid" json:"-"` // nil for whoever has left
	On       clock.Date `bun:"on_day" json:"on"`
	Sealed   string     `bun:"contact_sealed" json:"-"`
	NotedAt  time.Time  `bun:"noted_at" json:"noted_at"`

	Outcome `bun:"-"`
	By      *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:by_id=id" json:"by,omitempty"`
}

// Outcome is whether it was met, and what was done.
type Outcome struct {
	Met  Met    `json:"met" validate:"required,oneof=yes partly no" label:"whether it was met"`
	Done string `json:"done" validate:"filled,max=1000" label:"what you did"`
}

// Met is how far what somebody needs was met.
type Met string

// All there are.
const (
	Yes    Met = "yes"
	Partly Met = "partly"
	No     Met = "no"
)

var metNames = map[Met]string{Yes: "Met", Partly: "Partly met", No: "Not met"}

// ToNote is a contact that was had. On is its day, today where it is empty.
type ToNote struct {
	Handle string `path:"handle"`
	On     string `json:"on,omitempty" validate:"max=10" label:"the day"`
	Outcome
}

// Meet notes how what a member needs was met in a contact.
func (a Access) Meet(ctx context.Context, s tenants.Scope, in ToNote) (Known, error) {
	person, err := s.PersonByHandle(ctx, in.Handle)
	if err != nil {
		return Known{}, err
	}
	row := Contact{ID: uuid.Must(uuid.NewV7()), MemberID: person.ID, On: clock.DateOf(s.Now), NotedAt: s.Now}
	if in.On != "" {
		day, ok := clock.ReadDate(in.On)
		if !ok || day > row.On || day < row.On.Months(-mostMonths) {
			return Known{}, fault.Bad("on", "Choose today or a day before, within two years.")
		}
		row.On = day
	}
	if s.Actor.Member != nil {
		by := s.Actor.ID()
		row.ByID = &by
	}
	in.Done = strings.TrimSpace(in.Done)
	if row.Sealed, err = a.seal(in.Outcome, row.ID); err != nil {
		return Known{}, err
	}
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return Known{}, err
	}
	if err := s.Audit(ctx, "access.met", tenants.Audited{Subject: person.ID, After: map[string]Met{"met": in.Met}}); err != nil {
		return Known{}, err
	}
	return a.Of(ctx, s, tenants.ByHandle{Handle: in.Handle})
}
