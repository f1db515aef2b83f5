package gifts

import (
	"context"
	"slices"

	"github.com/sharon-nhs/sharon/tenants"
)

// Drift counts in what the service's catalogue differs from that of its area.
func Drift(ctx context.Context, s tenants.Scope) (out tenants.CountDrift, err error) {
	first := Preset(s.Service)
	all, err := catalogue(ctx, s)
	for _, kind := range all {
		usual := slices.ContainsFunc(first, func(k Kind) bool { return k.ID == kind.ID })
		switch {
		case usual && kind.RetiredAt != nil:
			out.Gone++
		case !usual && kind.RetiredAt == nil:
			out.Added++
		}
	}
	return out, err
}

// Drawn tells whether there is a drawing of that key.
func Drawn(key string) bool {
	_, ok := drawingOf(key)
	return ok
}
