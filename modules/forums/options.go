package forums

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

var readers = []ui.Option{
	{Value: string(tenants.AudienceService), Label: tenants.AudienceService.Name()},
	{Value: string(tenants.AudiencePeers), Label: tenants.AudiencePeers.Name()},
	{Value: string(tenants.AudienceCarers), Label: tenants.AudienceCarers.Name()},
	{Value: string(tenants.AudienceStaff), Label: tenants.AudienceStaff.Name()},
}

var starters = []ui.Option{
	{Value: string(posts.PostMembers), Label: "Everyone who can read it"},
	{Value: string(posts.PostStaff), Label: "Only the team", Hint: "Members can still reply."},
}

func boardOptions(boards []posts.Place) []ui.Option {
	options := make([]ui.Option, len(boards))
	for i, board := range boards {
		options[i] = ui.Option{Value: board.Slug, Label: board.Name, Own: true}
	}
	return options
}

func boardOf(now Steered) string {
	for _, board := range now.Boards {
		if board.ID == now.Row.PlaceID {
			return board.Slug
		}
	}
	return ""
}

// startAt is where a thread is started, empty for whoever may not.
func startAt(ctx context.Context, board string) string {
	for _, room := range ui.FrameOf(ctx).Rooms {
		if room.Key == key && room.Compose != "" {
			if board != "" {
				return room.Compose + "?board=" + board
			}
			return room.Compose
		}
	}
	return ""
}

func boardAction(ctx context.Context, form BoardForm) string {
	if form.Board.Slug == "" {
		return ui.Path(ctx, "/forums/boards")
	}
	return ui.Path(ctx, "/forums/boards/"+form.Board.Slug+"/edit")
}
