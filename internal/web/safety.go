package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// sameOrigin refuses commands that another site makes a browser send. Modern
// browsers say where a request comes from (Sec-Fetch-Site); older ones send
// Origin. Clients with a bearer token are not browsers.
func (a *App[S]) sameOrigin(r *Request) error {
	if r.Route == nil || !r.Route.Command() || r.Bearer != "" {
		return nil
	}
	switch {
	case r.fetchSite != "":
		if r.fetchSite == "same-origin" || r.fetchSite == "none" {
			return nil
		}
	case r.origin != "":
		if parsed, err := url.Parse(r.origin); err == nil && hostOnly(parsed.Host) == r.Host {
			return nil
		}
	case r.JSON:
		return nil // a browser cannot send JSON to us from elsewhere without asking first
	default:
		return nil // no browser of the last ten years; the form's token is still asked for
	}
	return fault.New(fault.Forbidden, "This request came from another website, so we did not carry it out.")
}

// CSRF is the token that the form carried.
func (r *Request) CSRF() string { return r.csrf }

// Page tells whether a browser asks, rather than an API client.
func (r *Request) Page() bool { return !r.wantsJSON }

// setCookie keeps to __Host- (this host only, https only). Plain names are for
// http on localhost, where browsers refuse the prefix.
func (a *App[S]) setCookie(c *fiber.Ctx, cookie Cookie) {
	age := cookie.MaxAge
	if cookie.Value == "" {
		age = -1
	}
	c.Cookie(&fiber.Cookie{
		Name: CookieName(cookie.Name, a.Secure), Value: cookie.Value, Path: "/", MaxAge: age,
		Secure: a.Secure, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode, SessionOnly: age == 0,
	})
}

// CookieName is the name under which a cookie travels.
func CookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// Cookie reads one of our cookies.
func (r *Request) Cookie(name string) string {
	return r.Cookies[CookieName(name, r.secure)]
}
