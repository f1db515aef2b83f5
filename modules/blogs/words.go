package blogs

import (
	"context"
	"net/url"
	"slices"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// waysOf are the pages of the room that are for whoever looks.
func waysOf(ctx context.Context) []ui.Option {
	ways := []ui.Option{{Value: ui.Path(ctx, "/blogs"), Label: "Everybody’s"}}
	if viewer := ui.FrameOf(ctx).Viewer; viewer != nil && ui.May(ctx, "blogs.write") {
		ways = append(ways, ui.Option{Value: ui.Path(ctx, "/blogs/by/"+viewer.Key), Label: "My blog"}, ui.Option{Value: ui.Path(ctx, "/blogs/journal"), Label: "My journal"})
	}
	return append(ways, ui.Option{Value: ui.Path(ctx, "/blogs/kept"), Label: "Kept for later"})
}

func title(blog Blog) string {
	switch {
	case blog.Name != "":
		return blog.Name
	case blog.Mine:
		return "My blog"
	}
	return blog.Owner.Handle + "’s blog"
}

func seriesPath(ctx context.Context, owner tenants.Person, series string) string {
	return ui.Path(ctx, "/blogs/by/"+owner.HandleKey+"/series/"+url.PathEscape(series))
}

func partPath(ctx context.Context, part Part) string {
	return ui.Path(ctx, "/blogs/posts/"+part.ID.String())
}

// isJournal tells whether a post stands in the journal of whoever looks.
func isJournal(ctx context.Context, p posts.Post) bool {
	return ui.IsMe(ctx, p.AuthorID) && (p.Audience == tenants.AudienceSelf || p.Audience == tenants.AudienceClinicians)
}

func submit(w Writing) string {
	if w.Audience == tenants.AudienceSelf {
		return "Keep it"
	}
	return "Publish"
}

// chosen is what the draft says besides its words.
func chosen(w Writing) posts.Choices {
	if w.Desk.Draft == nil {
		return posts.Choices{}
	}
	return w.Desk.Draft.Choices
}

// unfolded tells whether a refused form holds something of what is folded away,
// or is wrong there.
func unfolded(ctx context.Context) bool {
	return slices.ContainsFunc([]string{"series", "no_replies", "date", "time"}, func(name string) bool {
		typed, _ := ui.Typed(ctx, name)
		return ui.Wrong(ctx, name) != "" || len(typed) > 0 && typed[len(typed)-1] != "" && typed[len(typed)-1] != "false"
	})
}
