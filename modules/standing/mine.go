package standing

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Mine is where the actor stands, in words that they can do something with: never
// who of the team decided, nor what the team noted for itself.
type Mine struct {
	Suspension *Suspension `json:"suspension,omitempty"` // the one that holds
	// Appeal says that another look at it can be asked for.
	Appeal bool `json:"may_appeal_suspension"`
	// Mailbox says that the team can be written to in the room for messages.
	Mailbox bool     `json:"-"`
	Strikes []Strike `json:"strikes"`
	Appeals []Appeal `json:"appeals"`
}

// Mine shows where the actor stands.
func (x Standing) Mine(ctx context.Context, s tenants.Scope, _ web.None) (out Mine, err error) {
	if s.Actor.Member == nil {
		return out, fault.New(fault.Forbidden, "You are not a member of this service.")
	}
	out.Mailbox = s.Service.Open("messages")
	row, err := holding(ctx, s, s.Actor.ID())
	if err == nil {
		row.Reason = ""
		out.Suspension = &row
		already, err := appealed(ctx, s, row.ID)
		if err != nil {
			return out, err
		}
		out.Appeal = !already
	} else if !database.Missing(err) {
		return out, err
	}
	if out.Appeals, err = appealsOf(ctx, s, s.Actor.ID()); err != nil {
		return out, err
	}
	strikes, err := strikesOf(ctx, s, s.Actor.ID())
	if err != nil {
		return out, err
	}
	about := map[uuid.UUID]bool{}
	for i, appeal := range out.Appeals {
		about[appeal.AboutID] = true
		if at := appeal.DecidedAt; at != nil && s.Now.Before(at.Add(safety.Settles)) { // they are told in a moment
			out.Appeals[i].DecidedAt, out.Appeals[i].Overturned, out.Appeals[i].Answer = nil, false, ""
		}
	}
	for _, strike := range strikes {
		if s.Now.Before(strike.GivenAt.Add(safety.Settles)) {
			continue // it can still be undone before they are told
		}
		until := strike.GivenAt.AddDate(0, 0, settings(s).AppealDays)
		if strike.Deed != nil && !strike.undone() && !about[strike.DeedID] && s.Now.Before(until) {
			strike.AppealUntil = until
		}
		out.Strikes = append(out.Strikes, strike)
	}
	return out, nil
}

// state says of a strike in words whether it counts.
func (x Strike) state(now time.Time) string {
	switch {
	case x.undone():
		return "Taken back: it does not count"
	case !x.ExpiresAt.After(now):
		return "It does not count any more"
	}
	return "It counts"
}
