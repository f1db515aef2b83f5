package programmes

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// End is why a programme ends before its last gate.
type End struct {
	Place
	Version int    `json:"version" validate:"gte=1" label:"the version"`
	Reason  string `json:"reason" validate:"required,max=1000" label:"why it ends"`
	Sure    bool   `json:"sure"`
}

// End ends a programme early. Its links and its letters stop; another can begin.
func (p Programmes) End(ctx context.Context, s tenants.Scope, by By, in End) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	if !in.Sure {
		return "", fault.Bad("sure", "Tick the box: nothing in it changes any more after that.")
	}
	w.EndedAt, w.EndedWhy, w.Version = &s.Now, in.Reason, in.Version+1
	if err := put(ctx, s, &w.Programme, w.ID, in.Version, "ended_at", "ended_why"); err != nil {
		return "", err
	}
	if err := endAllLinks(ctx, s, w.ID); err != nil {
		return "", err
	}
	return "", note(ctx, s, by, "programme.ended", w.ID, nil, in.Reason)
}
