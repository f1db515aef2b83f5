package videos

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/a-h/templ"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

func benchOf(v Video) string { return "/videos/mine/" + v.ID.String() }

func fileOf(ctx context.Context, v Video, name string) string {
	return ui.Path(ctx, "/videos/files/"+v.ID.String()+"/"+name)
}

// captionsOf changes with the words, so that nobody reads older ones.
func captionsOf(ctx context.Context, v Video) string {
	sum := sha256.Sum256([]byte(v.Captions))
	return fileOf(ctx, v, captions) + "?v=" + hex.EncodeToString(sum[:4])
}

func posterOf(ctx context.Context, v Video) templ.Attributes {
	if !v.Has(poster) {
		return nil
	}
	return templ.Attributes{"poster": fileOf(ctx, v, poster)}
}

// shapeOf keeps the place of a film while it loads.
func shapeOf(v Video) templ.Attributes {
	for _, f := range v.Files {
		if f.Name == "360p" {
			return templ.Attributes{"width": strconv.Itoa(f.Width), "height": strconv.Itoa(f.Height)}
		}
	}
	return nil
}

func megabytes(bytes int64) string { return strconv.FormatInt((bytes+1<<20-1)>>20, 10) }

func audienceOptions(offers []tenants.Audience) []ui.Option {
	options := make([]ui.Option, len(offers))
	for i, audience := range offers {
		options[i] = ui.Option{Value: string(audience), Label: audience.Name()}
	}
	return options
}

// audienceWords are those who can see it, in a sentence.
func audienceWords(a tenants.Audience) string {
	return map[tenants.Audience]string{
		tenants.AudienceService: "everyone in this service", tenants.AudiencePeers: "peers, but not carers,", tenants.AudienceCarers: "relatives and carers",
		tenants.AudienceStaff: "the team", tenants.AudienceClinicians: "you and the clinicians",
	}[a]
}

// states are their names for a sender, with the look of their tags.
var states = map[State][2]string{
	Empty: {"No file yet", "tag--warn"}, Sending: {"Not all has arrived", "tag--warn"}, Waiting: {"In line", "tag--plain"}, Working: {"Being made ready", "tag--plain"},
	Ready: {"Ready, not published", "tag--new"}, Failed: {"It did not work", "tag--warn"},
}

func stateName(v Video) string {
	if v.Published() {
		return "Published"
	}
	return states[v.State][0]
}

func tagOf(v Video) string {
	if v.Published() {
		return "tag--accent"
	}
	return states[v.State][1]
}
