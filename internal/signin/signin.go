// Package signin is what every way in has in common, whoever's accounts they
// are: guesses are counted, a browser is known again, a session ends in time
// and a form is tied to it.
package signin

import (
	"net/netip"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
)

// The cookies that a browser keeps for us. They belong to one host.
const (
	sessionCookie = "sharon"
	deviceCookie  = "sharon-device"
	awayCookie    = "sharon-away"
)

// deviceAge is in seconds: how long a browser counts as known.
const deviceAge = 180 * 24 * 3600

// Client is where a request came from.
type Client struct {
	Address string // as a limit counts it: IPv4, or the /64 of an IPv6 address
	Device  string // the cookie of a browser that has signed in before
	Browser bool   // and not an API client
	Agent   string // what the client says it is
	Host    string // whose pages it is at, without port
	Away    string // what it was given on leaving for another organisation's sign-in
}

// ClientOf says where a request came from.
func ClientOf(r *web.Request) Client {
	return Client{Address: countedAddress(r.Address), Device: r.Cookie(deviceCookie), Browser: r.Page(), Agent: r.Agent, Host: r.Host, Away: r.Cookie(awayCookie)}
}

// countedAddress is an address as limits count it: a /64 of IPv6 is one subscriber.
func countedAddress(address netip.Addr) string {
	if address.Is6() {
		if prefix, err := address.Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return address.String()
}

// Token reads a session's token from a request; cookie tells that it came as
// one, so that forms need a token of their own. Empty if there is none.
func Token(r *web.Request) (token string, cookie bool) {
	if r.Bearer != "" {
		return r.Bearer, false
	}
	return r.Cookie(sessionCookie), true
}

// Cookies are what a browser gets that has signed in: a session, if it has none
// yet, and what makes it known. Without a device it does not count as known: that
// is for those who are in, not for half of it.
func Cookies(token, device string, lasts time.Duration) []web.Cookie {
	var cookies []web.Cookie
	if token != "" {
		cookies = append(cookies, web.Cookie{Name: sessionCookie, Value: token, MaxAge: int(lasts.Seconds())})
	}
	if device != "" {
		cookies = append(cookies, web.Cookie{Name: deviceCookie, Value: device, MaxAge: deviceAge})
	}
	return cookies
}

// Leaving is what a browser gets that goes to another organisation to sign in: who
// comes back with it is the one who left. It lasts for ten minutes.
func Leaving(state string) []web.Cookie {
	return []web.Cookie{{Name: awayCookie, Value: state, MaxAge: 600}}
}

// NoCookies ends a browser's session; the browser stays known.
func NoCookies() []web.Cookie { return []web.Cookie{{Name: sessionCookie}} }

// Refused is the one answer to a sign-in that did not succeed, whether or not
// there is such an account.
func Refused() *fault.Error {
	return &fault.Error{Code: fault.Invalid, Message: "We could not sign you in.",
		Fields: []fault.Field{{Name: "email", Message: "The email address or the password is not right. Check both and try again."}}}
}

// Device makes the cookie by which a browser is known for the account of lookup.
// realm is whose account it is: a trust's, or the platform's.
func Device(keys crypt.Keys, realm, lookup string) string {
	nonce := crypt.Token()[:16]
	return nonce + "." + keys.Sign("device", realm, lookup, nonce)
}

// Known tells whether the client has been in this account before.
func Known(keys crypt.Keys, client Client, realm, lookup string) bool {
	nonce, signature, ok := strings.Cut(client.Device, ".")
	return ok && keys.Signed(signature, "device", realm, lookup, nonce)
}

// FormToken ties a form to the session with this hash. The nonce makes it new on
// every page, so that compression gives nothing away (BREACH).
func FormToken(keys crypt.Keys, session string) string {
	if session == "" {
		return ""
	}
	nonce := crypt.Token()[:12]
	return nonce + "." + keys.Sign("form", session, nonce)
}

// CheckForm is Forbidden where a form does not carry the token of its session.
func CheckForm(keys crypt.Keys, session string, r *web.Request) error {
	nonce, signature, ok := strings.Cut(r.CSRF(), ".")
	if ok && keys.Signed(signature, "form", session, nonce) {
		return nil
	}
	return fault.New(fault.Forbidden, "This page was open for too long. Go back, load it again and send it once more. Your words are below.")
}

// Seems tells whether the browser carries a session, be it over or not.
func Seems(r *web.Request) bool { return r.Cookie(sessionCookie) != "" }

// Sessions says how long a session lasts.
type Sessions struct {
	Idle     time.Duration // without a request
	Absolute time.Duration // since sign-in
	// OneFactor lets staff work with a password alone: for demonstrations.
	OneFactor bool
}

// Over tells whether a session has ended.
func (l Sessions) Over(created, seen, now time.Time) bool {
	return seen.Add(l.Idle).Before(now) || created.Add(l.Absolute).Before(now)
}

// touchEvery keeps reading from becoming writing: a session's last use is
// noted at most this often, and Idle is that much inexact.
const touchEvery = time.Minute

// Stale tells whether a session's last use should be noted anew.
func Stale(seen, now time.Time) bool { return now.Sub(seen) > touchEvery }
