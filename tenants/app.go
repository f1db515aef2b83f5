package tenants

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"path"
	"strings"

	"github.com/a-h/templ"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/ui/assets"
	"github.com/sharon-nhs/sharon/internal/ui/emblem"
	"github.com/sharon-nhs/sharon/internal/web"
)

// AppName is what the app is called on a home screen unless the trust says
// otherwise: others read it there, so it tells nothing.
const AppName = "My space"

// App is how the trust's pages are called and coloured as an app.
func (t Trust) App() (name, colour string) {
	return cmp.Or(t.AppName, AppName), cmp.Or(t.AppColour, assets.DefaultAccent)
}

func (t Trust) face() *ui.App {
	name, colour := t.App()
	return &ui.App{Name: name, Colour: colour}
}

// SetApp changes the trust's app; empty for what is usual.
func (s Scope) SetApp(ctx context.Context, name, colour string) error {
	_, err := s.unit.db.NewUpdate().Model((*Trust)(nil)).Set("app_name = ?", name).Set("app_colour = ?", colour).Where("id = ?", s.Estate.Trust.ID).Exec(ctx)
	if err != nil {
		return err
	}
	return s.Changed(ctx)
}

// SetBadge chooses for whoever asks whether the app's icon says how much is unread.
func (s Scope) SetBadge(ctx context.Context, on bool) error {
	return Touched(s.Update((*Account)(nil)).Set("badge = ?", on).Where("id = ?", s.Actor.AccountID).Exec(ctx))
}

// faceAt is that of the trust at a host, as it is remembered, or else as the list
// of trusts has it.
func (g *Gate) faceAt(ctx context.Context, host string) (*ui.App, error) {
	if estate := g.Directory.Remembered(host); estate != nil {
		return estate.Trust.face(), nil
	}
	trust, err := g.Directory.TrustAt(ctx, host)
	return trust.face(), err
}

// forAll tells of a path whether everybody gets the same page there.
func forAll(path string) bool {
	return strings.HasSuffix(path, "/help-now") || strings.HasSuffix(path, "/offline")
}

// Offline is what a browser keeps to show where there is no connection: whom to turn
// to, and the way to what somebody has chosen to keep.
func (g *Gate) Offline(_ context.Context, r *web.Request) (int, templ.Component) {
	return http.StatusOK, offlinePage(g.contacts(r))
}

// manifest is a web app manifest (https://www.w3.org/TR/appmanifest/).
type manifest struct {
	ID         string  `json:"id"`
	Name       string  `json:"name"`
	ShortName  string  `json:"short_name"`
	StartURL   string  `json:"start_url"`
	Scope      string  `json:"scope"`
	Display    string  `json:"display"`
	Lang       string  `json:"lang"`
	Dir        string  `json:"dir"`
	ThemeColor string  `json:"theme_color"`
	Background string  `json:"background_color"`
	Icons      []icon  `json:"icons"`
	Share      sharing `json:"share_target"`
}

type icon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose"`
}

// sharing is where a browser leads with what somebody shares from another app.
type sharing struct {
	Action string            `json:"action"`
	Method string            `json:"method"`
	Params map[string]string `json:"params"`
}

// Manifest makes a trust's pages an app that can be put on a home screen.
func (g *Gate) Manifest(ctx context.Context, r *web.Request) (*assets.File, error) {
	face, err := g.faceAt(ctx, r.Host)
	if err != nil {
		return nil, err
	}
	out := manifest{
		ID: "/", Name: face.Name, ShortName: face.Name, StartURL: "/", Scope: "/", Display: "standalone", Lang: "en-GB", Dir: "ltr",
		ThemeColor: "#" + face.Colour, Background: "#f0f4f5",
		Share: sharing{"/share-to-journal", http.MethodGet, map[string]string{"title": "title", "text": "text", "url": "url"}},
	}
	for _, drawn := range emblem.All {
		if drawn.Purpose != "" {
			out.Icons = append(out.Icons, icon{ui.AppIcon(drawn.Name, face.Colour), drawn.Sizes(), drawn.Type(), drawn.Purpose})
		}
	}
	body, err := json.Marshal(out)
	return fileOf("manifest.webmanifest", "application/manifest+json", body), err
}

// AppIcon is the picture for a home screen, in the trust's colour.
func (g *Gate) AppIcon(ctx context.Context, r *web.Request) (*assets.File, error) {
	face, err := g.faceAt(ctx, r.Host)
	if err != nil {
		return nil, err
	}
	drawn, ok := emblem.Named(path.Base(r.Path))
	if !ok {
		return nil, fault.Missing()
	}
	body, err := drawn.In(face.Colour)
	return fileOf(drawn.Name, drawn.Type(), body), err
}

// fileOf is a file that is made of a trust's choices, which it may change.
func fileOf(name, contentType string, body []byte) *assets.File {
	return &assets.File{Name: name, ContentType: contentType, CacheControl: "public, max-age=3600", Body: body}
}
