// Package reading is how somebody has the interface put: in English, in Easy Read or
// in Welsh. It is a choice of the person, not of a service, so it holds wherever they
// go, and before they sign in; a service says what it begins with for those who chose
// nothing.
package reading

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/internal/words"
	"github.com/sharon-nhs/sharon/tenants"
)

// Part is what every trust has of it.
func Part() tenants.Part {
	return tenants.Part{
		Routes: routes,
		Acts:   tenants.Acts{"words.change": "Changed how words are shown to members of a service"},
		Links: func(s tenants.Scope) []tenants.MeLink {
			links := []tenants.MeLink{{Name: "How words are shown", About: "English, Easy Read, Cymraeg", Path: "/reading"}}
			if s.Service != nil && s.May("services.configure") {
				links = append(links, tenants.MeLink{Name: "Words for members", About: "How words are shown to those who chose nothing", Path: "/" + s.Service.Slug + "/settings/words"})
			}
			return links
		},
		Data: tenants.Holding{
			Classes: []tenants.Class{{Key: "reading", Name: "How words are shown to you", About: "Whether you read in English, Easy Read or Welsh, if you chose."}},
			Export:  export,
		},
	}
}

func routes(r *tenants.Router) {
	web.Get(r, "/reading", web.Public, "How words are shown", show, page)
	web.Post(r, "/reading", web.Public, "Choose how words are shown", choose, web.SeeOther("{next}"), web.FormAt("/reading?next={next}"))
	const service = "/{service}/settings/words"
	web.Get(r, service, "services.configure", "How words are shown to members who chose nothing", begins, servicePage)
	web.Post(r, service, "services.configure", "Change how words are shown to members who chose nothing", begin, web.SeeOther(service), web.FormAt(service))
}

// Asked is the page that somebody came from.
type Asked struct {
	Next string `json:"next" validate:"max=500"`
}

// Reading is what is chosen now; Next is where the way goes on.
type Reading struct {
	Words words.Tag `json:"words"`
	Next  string    `json:"next"`
}

func show(_ context.Context, s tenants.Scope, in Asked) (Reading, error) {
	return Reading{Words: s.Words(), Next: in.Next}, nil
}

// Choice is how somebody wants words to be shown.
type Choice struct {
	Words words.Tag `json:"words" validate:"required" label:"How words are shown"`
	Next  string    `json:"next" validate:"max=500"`
}

// Chosen is kept by the browser for a year, for whoever signs in next on it.
type Chosen struct {
	Reading
}

// Cookies implements what web asks of an output.
func (c Chosen) Cookies() []web.Cookie { return tenants.WordsCookies(c.Words) }

func choose(ctx context.Context, s tenants.Scope, in Choice) (Chosen, error) {
	if !words.Known(in.Words) {
		return Chosen{}, unknown()
	}
	out := Chosen{Reading(in)}
	if out.Next == "" {
		out.Next = "/reading"
	}
	if !s.Actor.SignedIn() {
		return out, nil
	}
	return out, s.ChooseWords(ctx, in.Words)
}

func unknown() error { return fault.Bad("words", "Choose one of the ways that are there.") }

// export adds what somebody chose to their copy.
func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	var account tenants.Account
	if err := s.Select(&account).Column("words").Where("account.id = ?", person.AccountID).Scan(ctx); err != nil {
		return err
	}
	if account.Words != "" {
		into.Add("How words are shown to you", tenants.Item{Title: account.Words.Name()})
	}
	return nil
}
