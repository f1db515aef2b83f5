package admin

import (
	"context"
	"log/slog"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// shownGivenUp is how many events of each trust the page lists.
const shownGivenUp = 20

// GivenUp is an event that could not be carried out, and whose it is.
type GivenUp struct {
	Trust   string    `json:"trust"`
	TrustID uuid.UUID `json:"trust_id"`
	tenants.GivenUp
}

// givenUp looks into every trust's outbox.
func (c Console) givenUp(ctx context.Context) ([]GivenUp, error) {
	trusts, err := c.Directory.Trusts(ctx)
	if err != nil {
		return nil, err
	}
	all := []GivenUp{}
	for _, trust := range trusts {
		events, err := c.Directory.GivenUp(ctx, trust.ID, shownGivenUp)
		if err != nil {
			return nil, err
		}
		for _, event := range events {
			all = append(all, GivenUp{trust.Name, trust.ID, event})
		}
	}
	return all, nil
}

// OneEvent names an event of a trust.
type OneEvent struct {
	Trust uuid.UUID `path:"trust"`
	Event uuid.UUID `path:"event"`
}

// TryAgain has an event that was given up carried out after all. NotFound if
// that has been done.
func (c Console) TryAgain(ctx context.Context, s Scope, in OneEvent) (web.None, error) {
	if err := c.Directory.TryAgain(ctx, in.Trust, in.Event); err != nil {
		return web.None{}, err
	}
	c.Log.InfoContext(ctx, "event tried again", slog.String("staff", s.Staff.ID.String()), slog.String("trust", in.Trust.String()), slog.String("event", in.Event.String()))
	return web.None{}, nil
}
