package access

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Record is what a member needs, as it was last written down.
type Record struct {
	bun.BaseModel `bun:"table:access_records,alias:record"`
	tenants.InService

	ID         uuid.UUID  `bun:"id,pk,type:uuid" json:"-"`
	MemberID   uuid.UUID  `bun:"member_id,type:uuid" json:"-"`
	Sealed     string     `bun:"needs_sealed" json:"-"`
	Shared     bool       `bun:"shared" json:"share"` // they agree that it goes with them to another service
	RecordedBy *uuid.UUID `bun:"recorded_by,type:uuid" json:"-"`
	RecordedAt time.Time  `bun:"recorded_at" json:"recorded_at,omitzero"`
	ReviewOn   clock.Date `bun:"review_on" json:"review_on,omitempty"`
	RemindedAt *time.Time `bun:"reminded_at" json:"-"`
	Version    int        `bun:"version" json:"version"` // 0 while nobody has asked

	Needs  `bun:"-"`
	By     *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:recorded_by=id" json:"recorded_by,omitempty"`
	Member *tenants.Person `bun:"rel:belongs-to,join:tenant_id=tenant_id,join:member_id=id" json:"member,omitempty"`
}

// Each record is looked at again after a year, or on another day within two.
const (
	usualMonths = 12
	mostMonths  = 24
)

// seal is a value as one text that opens only for the same row.
func (a Access) seal(value any, row uuid.UUID) (string, error) {
	return a.keys.SealValue(value, row.String())
}

func (a Access) open(sealed string, row uuid.UUID, into any) error {
	return a.keys.OpenValue(sealed, row.String(), into)
}

// Shown is what a member needs, and how it was met.
type Shown struct {
	Record
	Met []Contact `json:"met"` // the latest first
}

// Mine shows the actor what is known of what they need.
func (a Access) Mine(ctx context.Context, s tenants.Scope, _ web.None) (Shown, error) {
	if s.Actor.Member == nil {
		return Shown{}, fault.New(fault.Forbidden, "You are not a member of this service, so nothing of yours is kept in it.")
	}
	return a.shown(ctx, s, s.Actor.ID())
}

func (a Access) shown(ctx context.Context, s tenants.Scope, member uuid.UUID) (out Shown, err error) {
	if out.Record, err = a.of(ctx, s, member); err != nil {
		return out, err
	}
	out.Met, err = a.contacts(ctx, s, member)
	return out, err
}

// Said is what somebody needs, and whether it may go with them. Version is of the
// record that was looked at, 0 for none.
type Said struct {
	Needs
	Share   bool `json:"share"`
	Version int  `json:"version" validate:"gte=0"`
}

// Tell writes down what the actor needs. Conflict if somebody was faster.
func (a Access) Tell(ctx context.Context, s tenants.Scope, in Said) (Shown, error) {
	if _, err := a.Mine(ctx, s, web.None{}); err != nil {
		return Shown{}, err
	}
	if err := a.keep(ctx, s, s.Actor.ID(), in, ""); err != nil {
		return Shown{}, err
	}
	return a.Mine(ctx, s, web.None{})
}

// Known is what the team sees of a member's needs.
type Known struct {
	Person tenants.Person `json:"person"`
	Shown
}

// Of shows the team what a member needs. It takes no reason: that the team sees it
// whenever they need it is what the standard is for.
func (a Access) Of(ctx context.Context, s tenants.Scope, in tenants.ByHandle) (out Known, err error) {
	if out.Person, err = s.PersonByHandle(ctx, in.Handle); err != nil {
		return out, err
	}
	out.Shown, err = a.shown(ctx, s, out.Person.ID)
	return out, err
}

// ToRecord is what somebody of the team was told. ReviewOn is when to look again, a
// year from now where it is empty.
type ToRecord struct {
	Handle string `path:"handle"`
	Said
	ReviewOn string `json:"review_on,omitempty" validate:"max=10" label:"when to look again"`
}

// Record writes down what a member needs. Conflict if somebody was faster.
func (a Access) Record(ctx context.Context, s tenants.Scope, in ToRecord) (Known, error) {
	person, err := s.PersonByHandle(ctx, in.Handle)
	if err != nil {
		return Known{}, err
	}
	if err := a.keep(ctx, s, person.ID, in.Said, in.ReviewOn); err != nil {
		return Known{}, err
	}
	if err := s.Audit(ctx, "access.record", tenants.Audited{Subject: person.ID}); err != nil {
		return Known{}, err
	}
	return a.Of(ctx, s, tenants.ByHandle{Handle: in.Handle})
}

// keep writes a member's record.
func (a Access) keep(ctx context.Context, s tenants.Scope, member uuid.UUID, in Said, review string) error {
	needs, err := in.read()
	if err != nil {
		return err
	}
	row := Record{ID: uuid.Must(uuid.NewV7()), MemberID: member, Shared: in.Share, RecordedAt: s.Now, Version: in.Version + 1}
	if s.Actor.Member != nil {
		by := s.Actor.ID()
		row.RecordedBy = &by
	}
	if row.ReviewOn, err = reviewDay(s.Now, review); err != nil {
		return err
	}
	if in.Version > 0 {
		was, err := recordOf(ctx, s, member)
		if err != nil {
			return err
		}
		row.ID = was.ID
	}
	if row.Sealed, err = a.seal(needs, row.ID); err != nil {
		return err
	}
	return put(ctx, s, row, in.Version)
}

// reviewDay reads the day of the next review; a year from now where none is given.
func reviewDay(now time.Time, text string) (clock.Date, error) {
	today := clock.DateOf(now)
	if text == "" {
		return today.Months(usualMonths), nil
	}
	day, ok := clock.ReadDate(text)
	if !ok || day <= today || day > today.Months(mostMonths) {
		return "", fault.Bad("review_on", "Choose a day to come, within two years.")
	}
	return day, nil
}
