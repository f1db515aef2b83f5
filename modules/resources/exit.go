package resources

import (
	"context"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/net/idna"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Exit is a way out of SHaRON, to be looked at before somebody takes it.
type Exit struct {
	Title string `json:"title"`
	URL   string `json:"url"`
	// Host is the website as computers know it, with its port where it has one.
	Host string `json:"host"`
	// Looks is how a host is written that has letters other than a to z.
	Looks string `json:"looks,omitempty"`
	NHS   bool   `json:"nhs"`

	of Resource
}

// ByLink names a link of an item: its own, or the one at that place in its text,
// from 1 on.
type ByLink struct {
	ID   uuid.UUID `path:"id"`
	Link int       `json:"link,omitempty" validate:"gte=0"`
}

// Exit says where an item's link leads. Only what is in the library has one, by
// its id: no address that somebody made up can borrow our page. Nothing is kept of
// who looks.
func (r Resources) Exit(ctx context.Context, s tenants.Scope, in ByLink) (Exit, error) {
	row, err := find(ctx, s, in.ID)
	if err != nil {
		return Exit{}, err
	}
	to, err := parse(row.link(in.Link))
	if err != nil {
		return Exit{}, fault.Missing()
	}
	out := Exit{Title: row.Title, URL: to.String(), Host: to.Host, NHS: nhs(to.Hostname()), of: row}
	if looks, err := idna.Display.ToUnicode(to.Hostname()); err == nil && looks != to.Hostname() {
		out.Looks = looks
	}
	return out, nil
}

var outward = regexp.MustCompile(`<a href="(https?:[^"]*)"`)

// link is the address of one of the item's links; empty where there is none.
func (r Resource) link(place int) string {
	if place == 0 {
		return r.URL
	}
	all := outward.FindAllStringSubmatch(r.HTML(), -1)
	if place > len(all) {
		return ""
	}
	return html.UnescapeString(all[place-1][1])
}

// guarded is the text, with its links led over the page that names their website.
func (r Resource) guarded(exit string) string {
	place := 0
	return outward.ReplaceAllStringFunc(r.HTML(), func(string) string {
		place++
		return fmt.Sprintf(`<a href="%s?link=%d"`, exit, place)
	})
}

// parse reads the address of a page of somebody's website. Its host comes back as
// computers know it, so that no letter stands for another.
func parse(address string) (*url.URL, error) {
	to, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if to.Scheme != "https" && to.Scheme != "http" || to.User != nil || !strings.Contains(strings.Trim(to.Hostname(), "."), ".") {
		return nil, fault.Missing()
	}
	host, err := idna.Lookup.ToASCII(to.Hostname())
	if err != nil {
		return nil, err
	}
	if port := to.Port(); port != "" {
		host += ":" + port
	}
	to.Host = host
	return to, nil
}

// nhs tells whether a website is one of the NHS.
func nhs(host string) bool {
	for _, ours := range []string{"nhs.uk", "nhs.scot", "nhs.wales", "hscni.net"} {
		if host == ours || strings.HasSuffix(host, "."+ours) {
			return true
		}
	}
	return false
}
