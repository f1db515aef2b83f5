package programmes

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Standing is how a service's onboarding stands, for those who run the platform.
// It names nobody.
type Standing struct {
	bun.BaseModel `bun:"table:platform_programmes,alias:standing"`

	tenants.OfService

	Month    int       `bun:"month" json:"month"`
	Light    Light     `bun:"light" json:"light"`
	Reason   string    `bun:"reason" json:"reason"`
	Done     int       `bun:"done" json:"done"` // percent
	Planned  Day       `bun:"planned" json:"planned"`
	Likely   Day       `bun:"likely" json:"likely"`
	Ended    bool      `bun:"ended" json:"ended"`
	StatedAt time.Time `bun:"stated_at" json:"stated_at"`
}

// Trouble orders the lights, the worst first; what has none or has ended comes last.
func (s Standing) Trouble() int {
	for rank, light := range lights {
		if s.Light == light && !s.Ended {
			return rank
		}
	}
	return len(lights)
}

// Restate says how the service's programme stands now; nothing where there is none.
func Restate(ctx context.Context, s tenants.Scope) error {
	w, err := load(ctx, s)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return w.restate(ctx, s)
}

func (w Whole) restate(ctx context.Context, s tenants.Scope) error {
	seen, err := w.seen(s, By{})
	if err != nil {
		return err
	}
	return tenants.Restate(ctx, s, []Standing{{Month: seen.Month, Light: seen.Light, Reason: seen.Reason, Done: seen.Done,
		Planned: seen.Cast.Planned, Likely: seen.Cast.Likely, Ended: w.EndedAt != nil, StatedAt: s.Now}})
}
