package data

import (
	"fmt"
	"strings"

	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// copied is a copy in a template's words.
type copied = tenants.Copy

// html is what somebody wrote, rendered and safe.
func html(words string) string { return markdown.HTML(words) }

func isFilm(picture tenants.CopyPicture) bool { return strings.HasPrefix(picture.Type, "video/") }

// whens are the times at which somebody can leave. Under a legal hold only their
// account closes then.
func whens(held bool) []ui.Option {
	if held {
		return []ui.Option{
			{Value: "tomorrow", Label: "In 24 hours", Hint: "Your account closes then. You can take it back until then."},
			{Value: "now", Label: "Now", Hint: "Your account closes at once. It cannot be taken back."},
		}
	}
	return []ui.Option{
		{Value: "tomorrow", Label: "In 24 hours", Hint: "You can take it back until then."},
		{Value: "now", Label: "Now", Hint: "It begins at once and cannot be taken back."},
	}
}

// howLong says to a member how long something is kept.
func howLong(k Kept) string {
	switch {
	case k.Days > 0:
		return "For " + span(k.Days)
	case k.Stays != "":
		return "For good"
	}
	return "As long as you are here"
}

// span is a number of days in the words that people use.
func span(days int) string {
	if days > 0 && days%365 == 0 {
		return ui.Count(days/365, "year", "years")
	}
	return ui.Count(days, "day", "days")
}

// size is a number of bytes as people say it.
func size(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d KB", max(1, bytes>>10))
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
}

// words say that services of an area keep something otherwise than the trust chose.
func (b Bound) words() string {
	words := b.Area + ": whatever is chosen,"
	if b.Least > 0 {
		words += " at least " + span(b.Least)
	}
	if b.Most > 0 {
		words += " at most " + span(b.Most)
	}
	return words
}
