package tenants

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
)

// Lobby is the platform's own host, where people find their trust. It shows
// names and addresses of trusts, which are public.
type Lobby struct {
	Directory *Directory
	// BaseURL is the platform's address, such as http://localhost:8080.
	BaseURL string
}

var _ web.Gate[*Lobby] = (*Lobby)(nil)

// Find is what somebody typed of their trust's name.
type Find struct {
	Name string `json:"name" validate:"max=200" label:"a name"`
}

// Found are the trusts whose name has it.
type Found struct {
	Asked  string       `json:"asked"`
	Trusts []FoundTrust `json:"trusts"`
}

// FoundTrust is a trust and where its people go.
type FoundTrust struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// Routes is the lobby's table.
func (l *Lobby) Routes(r *web.Router[*Lobby]) {
	web.Get(r, "/", web.Public, "Find an NHS trust", func(ctx context.Context, l *Lobby, in Find) (Found, error) { return l.find(ctx, in) }, findPage)
}

func (l *Lobby) find(ctx context.Context, in Find) (Found, error) {
	trusts, err := l.Directory.Trusts(ctx)
	if err != nil {
		return Found{}, err
	}
	found := Found{Asked: in.Name}
	for _, trust := range trusts {
		if trust.Status == "active" && strings.Contains(strings.ToLower(trust.Name), strings.ToLower(strings.TrimSpace(in.Name))) {
			found.Trusts = append(found.Trusts, FoundTrust{trust.Name, trust.Address(l.BaseURL)})
		}
	}
	return found, nil
}

// Enter implements web.Gate: everybody may look.
func (l *Lobby) Enter(ctx context.Context, _ *web.Request, fn func(context.Context, *Lobby) error) error {
	return fn(ctx, l)
}

// Page implements web.Gate.
func (l *Lobby) Page(ctx context.Context, r *web.Request, _ *Lobby) context.Context {
	return l.Outside(ctx, r)
}

// Outside implements web.Gate.
func (l *Lobby) Outside(ctx context.Context, r *web.Request) context.Context {
	return ui.WithFrame(ctx, &ui.Frame{Path: r.Path, Now: l.Directory.Clock.Now(), May: func(string) bool { return false }})
}

// Problem implements web.Gate.
func (l *Lobby) Problem(failed *fault.Error, kept []web.Kept) templ.Component {
	return ui.Problem(failed, kept)
}

// Help is the same page as in a trust, with the national contacts.
func (l *Lobby) Help(context.Context, *web.Request) (int, templ.Component) {
	return 200, helpPage(nationalContacts)
}
