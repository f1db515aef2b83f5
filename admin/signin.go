package admin

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// realm tells a browser known here from one known at a trust.
const realm = "platform"

// Doorstep is the sign-in page: where somebody wanted to go, and where they go
// who are here by mistake.
type Doorstep struct {
	Next  string `json:"next"`
	Lobby string `json:"lobby"`
}

// Form shows the sign-in page.
func (c Console) Form(_ context.Context, _ Scope, in tenants.SignInForm) (Doorstep, error) {
	return Doorstep{in.Next, c.BaseURL}, nil
}

// SignedIn is a new session. The token is shown once; a browser gets it as a cookie.
type SignedIn struct {
	Token string `json:"token,omitempty"`
	Next  string `json:"next"`
	// Lacks is as in tenants.SignedIn.
	Lacks  fault.Code `json:"lacks,omitempty"`
	device string
	lasts  time.Duration
}

// Cookies are set for a browser.
func (s SignedIn) Cookies() []web.Cookie { return signin.Cookies(s.Token, s.device, s.lasts) }

// SignIn opens a session. Words, status and work are the same whether or not
// there is such an account; Limited after too many failures.
func (c Console) SignIn(ctx context.Context, s Scope, in tenants.SignIn) (out SignedIn, err error) {
	lookup := c.Keys.Lookup(in.Email)
	buckets := signin.Buckets(s.Client, lookup, signin.Known(c.Keys, s.Client, realm, lookup))
	var staff Staff
	if err := s.write(ctx, func(ctx context.Context, rows store) (err error) {
		if err := signin.Spend(ctx, rows, s.Now, buckets); err != nil {
			return err
		}
		staff, err = rows.byEmail(ctx, lookup)
		return err
	}); err != nil {
		return SignedIn{}, err
	}
	right, err := crypt.CheckPassword(ctx, in.Password, staff.PasswordHash)
	if err != nil {
		return SignedIn{}, err
	}
	if !right {
		return SignedIn{}, signin.Refused()
	}
	err = s.write(ctx, func(ctx context.Context, rows store) error {
		if err := signin.Refund(ctx, rows, buckets); err != nil {
			return err
		}
		if err := rows.closeSession(ctx, s.session.hash); err != nil {
			return err
		}
		if err := rows.sweep(ctx, c.Sessions); err != nil {
			return err
		}
		token, err := rows.openSession(ctx, staff.ID)
		if err != nil {
			return err
		}
		if lack := signin.LackOf(false, staff.app(), true, c.Sessions).Refusal(); lack != nil {
			out = SignedIn{Lacks: fault.CodeOf(lack), Next: web.Door(fault.CodeOf(lack), in.Next)}
		} else {
			out = c.arrived(staff, in.Next)
		}
		out.Token, out.lasts = token, c.Sessions.Absolute
		return nil
	})
	return out, err
}

// arrived is where a sign-in ends that lacks nothing any more.
func (c Console) arrived(staff Staff, next string) SignedIn {
	if next == "" {
		next = "/"
	}
	return SignedIn{Next: next, device: signin.Device(c.Keys, realm, staff.EmailLookup)}
}

// SignedOut ends a browser's session.
type SignedOut struct{}

// Cookies removes the session's.
func (SignedOut) Cookies() []web.Cookie { return signin.NoCookies() }

// SignOut ends the session that asks.
func (c Console) SignOut(ctx context.Context, s Scope, _ web.None) (SignedOut, error) {
	return SignedOut{}, s.write(ctx, func(ctx context.Context, rows store) error { return rows.closeSession(ctx, s.session.hash) })
}
