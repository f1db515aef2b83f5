// Package portfolio keeps a line about each service for those who run the
// platform: its name, how it stands, and counts. The counts are made here, within
// the trust, and are multiples of five when they leave it (internal/disclosure).
package portfolio

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/disclosure"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/tenants"
)

// Least is the smallest count that leaves a trust.
const Least = disclosure.Base

// Weeks is how many weeks of activity a line has.
const Weeks = 8

// Line is a service as it was when it was counted last.
type Line struct {
	bun.BaseModel `bun:"table:platform_services,alias:line"`

	tenants.OfTrust

	ServiceID uuid.UUID    `bun:"service_id,pk,type:uuid" json:"service_id"`
	Name      string       `bun:"name" json:"name"`
	Slug      string       `bun:"slug" json:"slug"`
	Area      tenants.Area `bun:"area" json:"area"`
	Status    string       `bun:"status" json:"status"`
	Members   *int         `bun:"members" json:"members"`        // nil for fewer than Least; the team is not counted
	Weeks     []*int       `bun:"weeks,type:jsonb" json:"weeks"` // new posts of each of the last weeks, the oldest first
	CountedAt time.Time    `bun:"counted_at" json:"counted_at"`
}

// Posts counts the new posts of the scope's service in each of the Weeks before a
// time, the oldest first.
type Posts func(ctx context.Context, s tenants.Scope, until time.Time) ([]int, error)

// New makes the part.
func New(posts Posts) tenants.Part {
	return tenants.Part{Rounds: []tenants.Round{{Key: "portfolio", Queue: jobs.Bulk, Every: time.Hour, Trust: true, Do: posts.round}}}
}

func (p Posts) round(ctx context.Context, s tenants.Scope) error { return s.Write(ctx, p.Count) }

// Count writes the lines of a trust's services anew, those that are closed too.
// Done again, it leaves the same.
func (p Posts) Count(ctx context.Context, s tenants.Scope) error {
	services, err := s.Everywhere(ctx)
	if err != nil {
		return err
	}
	lines := make([]Line, len(services))
	for i, at := range services {
		members, err := Members(ctx, at)
		if err != nil {
			return err
		}
		weeks, err := p(ctx, at, monday(s.Now))
		if err != nil {
			return err
		}
		service := at.Service
		lines[i] = Line{ServiceID: service.ID, Name: service.Name, Slug: service.Slug, Area: service.Area, Status: service.Status,
			Members: enough(members), Weeks: make([]*int, len(weeks)), CountedAt: s.Now}
		for week, many := range weeks {
			lines[i].Weeks[week] = enough(many)
		}
	}
	return tenants.Restate(ctx, s, lines)
}

// enough is a count that may leave the trust, rounded down; nil for one that may not.
func enough(many int) *int {
	if many = disclosure.Floor(many); many < Least {
		return nil
	}
	return &many
}

// monday is when the week began in London: weeks that overlap would tell of days.
func monday(now time.Time) time.Time {
	now = now.In(clock.London)
	year, month, day := now.Date()
	return time.Date(year, month, day-(int(now.Weekday())+6)%7, 0, 0, 0, 0, clock.London)
}
