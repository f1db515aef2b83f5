package tenants

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/signin"
)

// Visit is that somebody whom a service is for came on a day. How often, when and
// what they looked at is not in it.
type Visit struct {
	bun.BaseModel `bun:"table:visits,alias:visit"`
	InService

	Day      string    `bun:"day,pk"` // in London: 2026-11-23
	MemberID uuid.UUID `bun:"member_id,pk,type:uuid"`
	Device   string    `bun:"device"` // the kind of the day's first: see signin.DeviceKind
	At       time.Time `bun:"at"`     // midnight, when the day began
}

// VisitOn is the visit of a member at a time.
func VisitOn(member uuid.UUID, now time.Time, device string) Visit {
	year, month, day := now.In(clock.London).Date()
	midnight := time.Date(year, month, day, 0, 0, 0, 0, clock.London)
	return Visit{Day: midnight.Format(time.DateOnly), MemberID: member, Device: device, At: midnight.UTC()}
}

// arrives tells whether this is the first that a day hears of the actor.
func (s Scope) arrives() bool {
	me := s.Actor.Member
	return me != nil && s.Service != nil && !s.Actor.Roles.Staff() && s.Actor.visitedOn != clock.Day(s.Now)
}

// arrive notes that the actor came today.
func arrive(ctx context.Context, s Scope) error {
	visit := VisitOn(s.Actor.ID(), s.Now, signin.DeviceKind(s.Client.Agent))
	if _, err := s.Insert(&visit).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return err
	}
	_, err := s.Update((*Person)(nil)).Set("visited_on = ?", visit.Day).Where("id = ?", s.Actor.ID()).Exec(ctx)
	return err
}
