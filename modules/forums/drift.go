package forums

import (
	"context"
	"slices"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// Drift counts in what the service's boards differ from those that its area's
// services begin with. Their order and what is said of them count not.
func Drift(ctx context.Context, s tenants.Scope, preset areas.Area) (out tenants.CountDrift, err error) {
	var boards []posts.Place
	if err := s.Select(&boards).Where("place.module = ?", key).Scan(ctx); err != nil {
		return out, err
	}
	for _, board := range boards {
		at := slices.IndexFunc(preset.Boards, func(b areas.Board) bool { return b.Slug == board.Slug })
		switch {
		case at < 0:
			out.Added++
		case board.Name != preset.Boards[at].Name || (board.WhoMayPost == posts.PostStaff) != preset.Boards[at].Staff:
			out.Changed++
		}
	}
	out.Gone = len(preset.Boards) - (len(boards) - out.Added)
	return out, nil
}
