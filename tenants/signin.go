package tenants

import (
	"context"
	_ "embed"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/web"
)

// Entrance is where people come in and go out.
type Entrance struct {
	Keys     crypt.Keys
	Sessions Sessions
	Live     *Live
	// Mine are the pages that concern whoever asks or their work.
	Mine func(s Scope) []MeLink
}

// SignInForm is what the sign-in page needs: where the person wanted to go.
type SignInForm struct {
	Next string `json:"next" validate:"max=500"`
}

// SignIn is an attempt to sign in.
type SignIn struct {
	Email    string `json:"email" validate:"required,email,max=254" label:"your email address"`
	Password string `json:"password" validate:"required,max=200" label:"your password"`
	Next     string `json:"next,omitempty" validate:"max=500"`
}

// SignedIn is a new session. The token is shown once; a browser gets it as a cookie.
type SignedIn struct {
	Token  string `json:"token"`
	Next   string `json:"next"`
	device string
	lasts  time.Duration
}

// Cookies are set for a browser.
func (s SignedIn) Cookies() []web.Cookie { return signin.Cookies(s.Token, s.device, s.lasts) }

// Form shows the sign-in page.
func (e Entrance) Form(_ context.Context, _ Scope, in SignInForm) (SignInForm, error) { return in, nil }

// SignIn opens a session. Words, status and work are the same whether or not
// there is such an account; Limited after too many failures.
func (e Entrance) SignIn(ctx context.Context, s Scope, in SignIn) (SignedIn, error) {
	lookup := e.Keys.Lookup(in.Email)
	realm := s.Trust().ID.String()
	buckets := signin.Buckets(s.Client, lookup, signin.Known(e.Keys, s.Client, realm, lookup))
	account := Account{}
	if err := s.Write(ctx, func(ctx context.Context, s Scope) error {
		if err := signin.Spend(ctx, failures{s}, s.Now, buckets); err != nil {
			return err
		}
		err := s.Select(&account).Where("email_lookup = ?", lookup).Where("status = 'active'").Scan(ctx)
		if database.Missing(err) {
			return nil
		}
		return err
	}); err != nil {
		return SignedIn{}, err
	}
	right, err := crypt.CheckPassword(ctx, in.Password, account.PasswordHash)
	if err != nil {
		return SignedIn{}, err
	}
	if !right {
		return SignedIn{}, signin.Refused()
	}
	out := SignedIn{Next: in.Next, device: signin.Device(e.Keys, realm, lookup), lasts: e.Sessions.Absolute}
	err = s.Write(ctx, func(ctx context.Context, s Scope) error {
		if err := signin.Refund(ctx, failures{s}, buckets); err != nil {
			return err
		}
		if err := closeSession(ctx, s); err != nil {
			return err
		}
		if out.Next == "" || out.Next == "/" {
			if out.Next, err = home(ctx, s, account); err != nil {
				return err
			}
		}
		out.Token, err = openSession(ctx, s, account.ID, !s.Client.Browser)
		return err
	})
	return out, err
}

// home is where somebody lands: their service if they have one, else the trust's page.
func home(ctx context.Context, s Scope, account Account) (string, error) {
	mine, err := memberships(ctx, s, account.ID)
	if err != nil || len(mine) != 1 || len(account.TrustRoles) > 0 {
		return "/", err
	}
	return "/" + mine[0].Slug, nil
}

// SignedOut ends a browser's session.
type SignedOut struct{}

// Cookies removes the session's.
func (SignedOut) Cookies() []web.Cookie { return signin.NoCookies() }

// SignOut ends the session that asks.
func (e Entrance) SignOut(ctx context.Context, s Scope, _ web.None) (SignedOut, error) {
	return SignedOut{}, closeSession(ctx, s)
}

func closeSession(ctx context.Context, s Scope) error {
	_, err := s.Delete((*Session)(nil)).Where("token_hash = ?", s.Actor.session.hash).Exec(ctx)
	return err
}

// Home is the trust's own page: the services that somebody can enter or configure.
type Home struct {
	Trust   string    `json:"trust"`
	Mine    []Service `json:"services"`
	Managed []Service `json:"managed"`
}

// Home lists the services of whoever asks.
func (e Entrance) Home(ctx context.Context, s Scope, _ web.None) (Home, error) {
	mine, err := memberships(ctx, s, s.Actor.AccountID)
	out := Home{Trust: s.Trust().Name, Mine: mine}
	if s.May("services.configure") {
		for _, service := range s.Estate.Services {
			out.Managed = append(out.Managed, *service)
		}
	}
	return out, err
}

func memberships(ctx context.Context, s Scope, account uuid.UUID) ([]Service, error) {
	var people []Person
	if err := s.SelectAcross(&people).Where("account_id = ?", account).Where("status = 'active'").Scan(ctx); err != nil {
		return nil, err
	}
	var mine []Service
	for _, service := range s.Estate.Services {
		if slices.ContainsFunc(people, func(p Person) bool { return p.ServiceID == service.ID }) {
			mine = append(mine, *service)
		}
	}
	return mine, nil
}

//go:embed passwords/common.txt
var commonPasswords string

var common = sync.OnceValue(func() []string { return strings.Fields(commonPasswords) })

// CheckPassword tells what is wrong with a new password: 8 to 200 characters
// and not one that everybody guesses first (NIST SP 800-63B, 5.1.1.2).
func CheckPassword(password string) error {
	switch length := len([]rune(password)); {
	case length < 8:
		return fault.Bad("password", "Use 8 characters or more. Three words together work well.")
	case length > 200:
		return fault.Bad("password", "Use 200 characters or fewer.")
	}
	if _, common := slices.BinarySearch(common(), strings.ToLower(password)); common {
		return fault.Bad("password", "Many people use this password, so it is guessed first. Choose another one.")
	}
	return nil
}
