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
	"github.com/sharon-nhs/sharon/internal/words"
)

// Entrance is where people come in and go out.
type Entrance struct {
	Keys     crypt.Keys
	Sessions Sessions
	Live     *Live
	// Ways are the other ways to sign in that a trust offers.
	Ways func(ctx context.Context, s Scope) ([]Way, error)
	// Own are the pages that concern whoever asks, whichever service they are in.
	Own func(s Scope) []MeLink
	// Mine are the pages that concern whoever asks or their work.
	Mine func(s Scope) []MeLink
}

// SignInForm asks for the sign-in page: where the person wanted to go.
type SignInForm struct {
	Next string `json:"next" validate:"max=4000"`
}

// Doorstep is the sign-in page.
type Doorstep struct {
	Next string `json:"next"`
	Ways []Way  `json:"ways"`
}

// Way is another way to sign in, besides password and passkey: its name, and the
// path of the command that begins it.
type Way struct {
	Name string `json:"name"`
	Path string `json:"path"`
}

// SignIn is an attempt to sign in.
type SignIn struct {
	Email    string `json:"email" validate:"required,email,max=254" label:"your email address"`
	Password string `json:"password" validate:"required,max=200" label:"your password"`
	Next     string `json:"next,omitempty" validate:"max=4000"`
}

// SignedIn is a new session. The token is shown once; a browser gets it as a cookie.
type SignedIn struct {
	Token string `json:"token,omitempty"`
	Next  string `json:"next"`
	// Lacks is the code of the refusal that the session gets until its owner has
	// shown, or set up, a second factor; empty for none.
	Lacks  fault.Code `json:"lacks,omitempty"`
	device string
	lasts  time.Duration
	words  words.Tag
}

// Cookies are set for a browser. How words are shown is among them if the person
// chose: what is answered from memory, such as help now, knows nobody.
func (s SignedIn) Cookies() []web.Cookie {
	cookies := signin.Cookies(s.Token, s.device, s.lasts)
	if s.words != "" {
		cookies = append(cookies, WordsCookies(s.words)...)
	}
	return cookies
}

// Form shows the sign-in page.
func (e Entrance) Form(ctx context.Context, s Scope, in SignInForm) (Doorstep, error) {
	ways, err := e.Ways(ctx, s)
	return Doorstep{in.Next, ways}, err
}

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
	var out SignedIn
	err = s.Write(ctx, func(ctx context.Context, s Scope) (err error) {
		if !right { // written for nobody's account too: the work must be the same
			return s.tally(ctx, "session.refused", "", account.ID)
		}
		if err := Refund(ctx, s, buckets); err != nil {
			return err
		}
		out, err = e.Admit(ctx, s, account, "password", false, in.Next)
		return err
	})
	if err == nil && !right {
		return SignedIn{}, signin.Refused()
	}
	return out, err
}

// Admit opens a session for an account whose owner has shown that it is them, by
// way; strong, that they have shown two factors. What is still lacking the answer
// says. Call it in the unit of work that uses up the proof.
func (e Entrance) Admit(ctx context.Context, s Scope, account Account, way string, strong bool, next string) (SignedIn, error) {
	if err := closeSession(ctx, s); err != nil {
		return SignedIn{}, err
	}
	s.Actor = Actor{AccountID: account.ID}
	team, err := OnTeam(ctx, s, account)
	if err != nil {
		return SignedIn{}, err
	}
	token, err := openSession(ctx, s, account.ID, strong)
	if err != nil {
		return SignedIn{}, err
	}
	out := SignedIn{Token: token, lasts: e.Sessions.Absolute}
	if lack := signin.LackOf(strong, account.TOTPSealed != "", team, signin.Sessions(e.Sessions)).Refusal(); lack != nil {
		out.Lacks = fault.CodeOf(lack)
		out.Next = web.Door(out.Lacks, next)
		return out, nil
	}
	arrived, err := e.Arrive(ctx, s, account, way, next)
	arrived.Token, arrived.lasts = out.Token, out.lasts
	return arrived, err
}

// Arrive completes a sign-in that lacks nothing any more: it is written down, the
// browser is known from now on, and Next is where somebody lands who wanted to go
// nowhere else.
func (e Entrance) Arrive(ctx context.Context, s Scope, account Account, way, next string) (SignedIn, error) {
	out := SignedIn{Next: next, words: account.Words, device: signin.Device(e.Keys, s.Trust().ID.String(), account.EmailLookup)}
	if out.Next == "" || out.Next == "/" {
		var err error
		if out.Next, err = home(ctx, s, account); err != nil {
			return out, err
		}
	}
	return out, s.Audit(ctx, "session.begin", Audited{Subject: account.ID, After: map[string]string{"way": way, "device": signin.DeviceName(s.Client.Agent)}})
}

// Demands tells whether an account needs a second factor, for the work it does.
func (e Entrance) Demands(ctx context.Context, s Scope, account Account) (bool, error) {
	if e.Sessions.OneFactor {
		return false, nil
	}
	return OnTeam(ctx, s, account)
}

// OnTeam tells whether an account works anywhere in the trust.
func OnTeam(ctx context.Context, s Scope, account Account) (bool, error) {
	var people []Person
	err := s.SelectAcross(&people).Where("account_id = ?", account.ID).Where("status = 'active'").Scan(ctx)
	return len(account.TrustRoles) > 0 || slices.ContainsFunc(people, func(p Person) bool { return p.Roles.Staff() }), err
}

// home is where somebody lands: their service if they have one, else the trust's page.
func home(ctx context.Context, s Scope, account Account) (string, error) {
	mine, err := Memberships(ctx, s, account.ID)
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
	if err := closeSession(ctx, s); err != nil {
		return SignedOut{}, err
	}
	return SignedOut{}, s.Audit(ctx, "session.end", Audited{})
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
	Links   []MeLink  `json:"links"`
}

// Home lists the services of whoever asks.
func (e Entrance) Home(ctx context.Context, s Scope, _ web.None) (Home, error) {
	mine, err := Memberships(ctx, s, s.Actor.AccountID)
	out := Home{Trust: s.Trust().Name, Mine: mine, Links: e.Own(s)}
	if s.May("services.configure") {
		for _, service := range s.Estate.Services {
			out.Managed = append(out.Managed, *service)
		}
	}
	return out, err
}

// Memberships are the open services that an account is a member of.
func Memberships(ctx context.Context, s Scope, account uuid.UUID) ([]Service, error) {
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
