package messages

import (
	"context"
	"fmt"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// mayAsk tells why the actor may not write to so many more strangers today; nil if
// they may. It locks the actor, so that two requests at once are counted one
// after the other.
func mayAsk(ctx context.Context, s tenants.Scope, more int) error {
	if more == 0 {
		return nil
	}
	var me tenants.Person
	if err := s.Lock(&me).Column("id").Where("id = ?", s.Actor.ID()).Scan(ctx); err != nil {
		return err
	}
	midnight, most := today(s.Now), settings(s).RequestsADay
	asked, err := s.Select((*Participant)(nil)).Relation("Conversation").Where("part.asked_by = ?", s.Actor.ID()).
		Where("conversation.created_at >= ?", midnight).Count(ctx)
	if err != nil {
		return err
	}
	switch left := most - int(asked); {
	case left >= more:
		return nil
	case left > 0:
		return fault.Bad("to", fmt.Sprintf("You can write to %s today whom you have not written with before. Enter fewer handles.", ui.Count(left, "more person", "more people")))
	}
	return &fault.Error{Code: fault.Limited, RetryAfter: int(today(midnight.Add(36*time.Hour)).Sub(s.Now).Seconds()) + 1, Message: fmt.Sprintf(
		"You have written to %s today, which is the most for one day. Tomorrow you can write to more. You can always write to the team, and to people you have written with.", ui.Count(most, "new person", "new people"))}
}

// today is when the day of t began in London.
func today(t time.Time) time.Time {
	t = t.In(clock.London)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, clock.London)
}
