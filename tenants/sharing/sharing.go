// Package sharing takes what another app on somebody's device shares with the
// installed one to the room that keeps it. The app's manifest names its address,
// which is the trust's: it leads to the service that somebody is in, or asks which.
package sharing

import (
	"context"
	"net/url"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Address takes what is shared, as title, text and url in its query.
const Address = "/share-to-journal"

// To is the room that keeps what is shared.
type To struct {
	Room string // its key
	Path string // of its form, below the service, which takes the same query
}

// New makes the part. Everybody may come: who has not signed in does so first and
// comes back with what they shared.
func New(to To) tenants.Part {
	return tenants.Part{Routes: func(r *tenants.Router) {
		web.Get(r, Address, web.Public, "Where I can keep what another app shares", to.Take, page)
	}}
}

// Shared is what another app shares.
type Shared struct {
	Title string `json:"title,omitempty" validate:"max=20000" label:"the title"`
	Text  string `json:"text,omitempty" validate:"max=20000" label:"the text"`
	URL   string `json:"url,omitempty" validate:"max=20000" label:"the address"`
}

// at is an address that takes it.
func (x Shared) at(path string) string {
	query := url.Values{}
	for name, value := range map[string]string{"title": x.Title, "text": x.Text, "url": x.URL} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return path + "?" + query.Encode()
}

// longest is how long an address is at most that a browser is sent on to, in bytes:
// what stands between us and it may not take a longer one.
const longest = 3500

// toSignIn is where to sign in, from where the way goes on with what is shared: of a
// long text as much as such an address can hold.
func (x Shared) toSignIn() string {
	text := []rune(x.Text)
	for {
		to := web.Door(fault.Unauthenticated, x.at(Address))
		switch {
		case len(to) <= longest:
			return to
		case len(text) > 0:
			text = text[:len(text)*9/10]
			x.Text = string(text) + "…"
		case x.URL != "":
			x.URL = ""
		default:
			x.Title = ""
		}
	}
}

// Doors are the services in which somebody can keep what they share.
type Doors struct {
	Doors []Door `json:"services"`
	next  string
}

// Door leads to the form of one.
type Door struct {
	Name string `json:"name"`
	Path string `json:"path"`
}

// Elsewhere sends a browser on where there is nothing to choose.
func (d Doors) Elsewhere() string { return d.next }

// Take finds where the actor can keep what they share. It keeps nothing itself.
func (to To) Take(ctx context.Context, s tenants.Scope, in Shared) (Doors, error) {
	out := Doors{Doors: []Door{}}
	if !s.Actor.SignedIn() {
		out.next = in.toSignIn()
		return out, nil
	}
	mine, err := tenants.Memberships(ctx, s, s.Actor.AccountID)
	for _, service := range mine {
		if service.Open(to.Room) {
			out.Doors = append(out.Doors, Door{service.Name, in.at("/" + service.Slug + to.Path)})
		}
	}
	if len(out.Doors) == 1 && len(out.Doors[0].Path) <= longest {
		out.next = out.Doors[0].Path
	}
	return out, err
}
