package account

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/uuid"
	"golang.org/x/oauth2"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// providers remembers what providers say of themselves, for an hour. Their keys
// are asked for anew whenever a token is signed by one that is not known.
type providers struct {
	mu    sync.Mutex
	found map[string]discovered
}

type discovered struct {
	*oidc.Provider
	at                time.Time
	EndpointMethods   []string `json:"token_endpoint_auth_methods_supported"`
	EndpointAlgorithm []string `json:"token_endpoint_auth_signing_alg_values_supported"`
}

const discoveredFor = time.Hour

func (a Accounts) discover(ctx context.Context, issuer string) (discovered, error) {
	a.known.mu.Lock()
	found, ok := a.known.found[issuer]
	a.known.mu.Unlock()
	now := a.Clock.Now()
	if ok && now.Sub(found.at) < discoveredFor {
		return found, nil
	}
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, a.HTTP), issuer)
	if err != nil {
		return discovered{}, err
	}
	found = discovered{Provider: provider, at: now}
	if err := provider.Claims(&found); err != nil {
		return discovered{}, err
	}
	a.known.mu.Lock()
	defer a.known.mu.Unlock()
	if a.known.found == nil {
		a.known.found = map[string]discovered{}
	}
	a.known.found[issuer] = found
	return found, nil
}

// journey is what we keep while somebody is away to sign in.
type journey struct {
	Provider uuid.UUID
	Nonce    string
	Verifier string // PKCE's
	Next     string
	Account  uuid.UUID // of who was signed in here already, and wants the two to be linked
}

const askProvider = "provider"

// Leaving is where somebody wants to sign in, and to go then.
type Leaving struct {
	ID   uuid.UUID `path:"id"`
	Next string    `json:"next,omitempty" validate:"max=4000"`
}

// Left is the way to a provider.
type Left struct {
	Name  string `json:"name"`
	URL   string `json:"url"`
	state string
}

// Cookies tie the way back to the browser that left.
func (l Left) Cookies() []web.Cookie { return signin.Leaving(l.state) }

// Leave sends somebody to a provider. NotFound if the trust has none of this id,
// Unavailable if it does not answer.
func (a Accounts) Leave(ctx context.Context, s tenants.Scope, in Leaving) (Left, error) {
	var row provider
	away := journey{Provider: in.ID, Nonce: crypt.Token(), Verifier: oauth2.GenerateVerifier(), Next: in.Next}
	out := Left{state: crypt.Token()}
	err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if err := tenants.Spend(ctx, s, signin.Guesses(s.Client)); err != nil {
			return err
		}
		row, err = providerBy(ctx, s, in.ID)
		return err
	})
	if err != nil {
		return out, err
	}
	found, err := a.discover(ctx, row.Issuer)
	if err != nil {
		return out, unreachable(row, err)
	}
	if s.Actor.SignedIn() && !s.Actor.Lacks() && s.Fresh() == nil {
		away.Account = s.Actor.AccountID
	}
	about, err := json.Marshal(away)
	if err != nil {
		return out, err
	}
	if err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		return begin(ctx, s, a.Entrance.Keys, askProvider, out.state, string(about))
	}); err != nil {
		return out, err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(away.Nonce), oauth2.S256ChallengeOption(away.Verifier)}
	if levels, kind := row.levels(), kindOf(row.Kind); len(levels) > 0 {
		options = append(options, oauth2.SetAuthURLParam(kind.param, kind.asked(levels)))
	}
	out.Name, out.URL = row.Name, a.client(s, row, found).AuthCodeURL(out.state, options...)
	return out, nil
}

func (a Accounts) client(s tenants.Scope, row provider, found discovered) *oauth2.Config {
	endpoint := found.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if len(found.EndpointMethods) > 0 && !slices.Contains(found.EndpointMethods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{ClientID: row.ClientID, Endpoint: endpoint, RedirectURL: a.back(s), Scopes: kindOf(row.Kind).scopes}
}

func unreachable(row provider, cause error) error {
	return fault.Wrap(fault.Unavailable, row.Name+" does not answer us at the moment. Try again in a few minutes, or sign in another way.", cause)
}

// Back is what a provider sends somebody back with.
type Back struct {
	State  string `json:"state,omitempty" validate:"max=500"`
	Code   string `json:"code,omitempty" validate:"max=5000"`
	Error  string `json:"error,omitempty" validate:"max=200"`
	Issuer string `json:"iss,omitempty" validate:"max=300"`
}

// BackForm shows a button, which a browser presses by itself: a page that is only
// looked at uses nothing up.
func (a Accounts) BackForm(_ context.Context, _ tenants.Scope, in Back) (Back, error) { return in, nil }

// Return signs in whom a provider vouches for: somebody it has been linked to, or
// else staff whose email address it has checked. Nobody gets an account by it.
func (a Accounts) Return(ctx context.Context, s tenants.Scope, in Back) (out tenants.SignedIn, err error) {
	if in.State == "" || subtle.ConstantTimeCompare([]byte(in.State), []byte(s.Client.Away)) != 1 {
		return out, turnedAway("This browser did not begin to sign in, or did so too long ago. Please begin again.")
	}
	var away journey
	var row provider
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		about, err := finish(ctx, s, a.Entrance.Keys, askProvider, in.State)
		if err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(about), &away); err != nil {
			return err
		}
		row, err = providerBy(ctx, s, away.Provider)
		return err
	})
	if database.Missing(err) {
		return out, turnedAway("It took too long to sign in, or it was done already. Please begin again.")
	}
	if err != nil {
		return out, err
	}
	who, err := a.vouched(ctx, s, row, away, in)
	var refused *refusal
	if errors.As(err, &refused) {
		return out, a.refuse(ctx, s, row, refused)
	}
	if err != nil {
		return out, err
	}
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		account, err := a.accountOf(ctx, s, row, away, who)
		if err != nil {
			return err
		}
		if err := tenants.Refund(ctx, s, signin.Guesses(s.Client)); err != nil {
			return err
		}
		out, err = a.Entrance.Admit(ctx, s, account, row.Name, who.strong, away.Next)
		return err
	})
	if errors.As(err, &refused) {
		return out, a.refuse(ctx, s, row, refused)
	}
	return out, err
}

// refusal is why nobody was let in: a word for the audit log, a sentence for them.
type refusal struct {
	why, words string
	cause      error
}

func (r *refusal) Error() string { return r.why }

// refuse writes down that nobody was let in, and why.
func (a Accounts) refuse(ctx context.Context, s tenants.Scope, row provider, r *refusal) error {
	err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		return s.Audit(ctx, "session.refused", tenants.Audited{After: map[string]string{"way": row.Name, "why": r.why}})
	})
	if err != nil {
		return err
	}
	return turnedAway(r.words)
}

func turnedAway(words string) error {
	return &fault.Error{Code: fault.Invalid, Message: "We could not sign you in.", Fields: []fault.Field{{Name: "email", Message: words}}}
}

// person is whom a provider vouches for.
type person struct {
	Subject string
	email   string // empty unless the provider has checked it
	strong  bool   // it has seen two factors
}

// claims are those that we look at.
type claims struct {
	Email    string   `json:"email"`
	Verified flexible `json:"email_verified"`
	OfOwner  flexible `json:"xms_edov"` // Microsoft's word for it: the address is of a domain that the organisation owns
	Methods  []string `json:"amr"`
}

// flexible is a yes that some providers write as text or as a number.
type flexible bool

// UnmarshalJSON implements json.Unmarshaler.
func (f *flexible) UnmarshalJSON(raw []byte) error {
	*f = flexible(slices.Contains([]string{"true", "1"}, strings.Trim(string(raw), `"`)))
	return nil
}

// vouched asks the provider who came back, and believes it only as far as it has
// signed it: for us, for this journey, in time and by a level that is good enough.
func (a Accounts) vouched(ctx context.Context, s tenants.Scope, row provider, away journey, in Back) (person, error) {
	if in.Error != "" || in.Code == "" {
		return person{}, &refusal{"error", row.Name + " did not sign you in. Please begin again, or sign in another way.", errors.New(in.Error)}
	}
	if in.Issuer != "" && in.Issuer != row.Issuer {
		return person{}, &refusal{"issuer", "The answer did not come from " + row.Name + ". Please begin again.", nil}
	}
	found, err := a.discover(ctx, row.Issuer)
	if err != nil {
		return person{}, unreachable(row, err)
	}
	tokens, err := a.exchange(ctx, s, row, found, away, in.Code)
	if err != nil {
		return person{}, err
	}
	raw, _ := tokens.Extra("id_token").(string)
	ctx = oidc.ClientContext(ctx, a.HTTP)
	signed, err := found.VerifierContext(ctx, &oidc.Config{ClientID: row.ClientID, Now: a.Clock.Now}).Verify(ctx, raw)
	if err != nil {
		return person{}, &refusal{"token", "We could not trust the answer of " + row.Name + ". Please begin again; if it stays, tell your administrator.", err}
	}
	if subtle.ConstantTimeCompare([]byte(signed.Nonce), []byte(away.Nonce)) != 1 {
		return person{}, &refusal{"nonce", "The answer of " + row.Name + " belongs to another try. Please begin again.", nil}
	}
	who := person{Subject: signed.Subject}
	said := map[string]json.RawMessage{}
	var known claims
	if err := errors.Join(signed.Claims(&said), signed.Claims(&known)); err != nil {
		return person{}, &refusal{"claims", "We could not read the answer of " + row.Name + ".", err}
	}
	if levels := row.levels(); len(levels) > 0 {
		if !oneOf(said[kindOf(row.Kind).claim], levels) {
			return person{}, &refusal{"level", row.Name + " did not check surely enough that it is you. Sign in there with all that it asks for, such as your smartcard or app.", nil}
		}
		who.strong = true
	}
	who.strong = who.strong || slices.Contains(known.Methods, "mfa")
	if known.Email == "" && found.UserInfoEndpoint() != "" {
		more, err := found.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
		if err != nil {
			return person{}, unreachable(row, err)
		}
		if more.Subject != who.Subject {
			return person{}, &refusal{"subject", "We could not trust the answer of " + row.Name + ". Please begin again.", nil}
		}
		if err := more.Claims(&known); err != nil {
			return person{}, &refusal{"claims", "We could not read the answer of " + row.Name + ".", err}
		}
	}
	if known.Verified || known.OfOwner {
		who.email = known.Email
	}
	return who, nil
}

// oneOf tells whether a claim, a text or a list, is or has one of the levels.
func oneOf(claim json.RawMessage, levels []string) bool {
	var one string
	var many []string
	if json.Unmarshal(claim, &one) == nil {
		many = []string{one}
	} else if json.Unmarshal(claim, &many) != nil {
		return false
	}
	return slices.ContainsFunc(many, func(level string) bool { return slices.Contains(levels, level) })
}

// exchange gives the code for tokens and shows that it is us who do so.
func (a Accounts) exchange(ctx context.Context, s tenants.Scope, row provider, found discovered, away journey, code string) (*oauth2.Token, error) {
	secret, err := a.Entrance.Keys.Open(row.Secret, row.ID.String())
	if err != nil {
		return nil, err
	}
	client := a.client(s, row, found)
	options := []oauth2.AuthCodeOption{oauth2.VerifierOption(away.Verifier)}
	if strings.Contains(secret, "-----BEGIN") {
		client.Endpoint.AuthStyle = oauth2.AuthStyleInParams
		signed, err := row.assertion(secret, client.Endpoint.TokenURL, found.EndpointAlgorithm, a.Clock.Now())
		if err != nil {
			return nil, err
		}
		options = append(options, signed...)
	} else {
		client.ClientSecret = secret
	}
	tokens, err := client.Exchange(oidc.ClientContext(ctx, a.HTTP), code, options...)
	var answered *oauth2.RetrieveError
	if errors.As(err, &answered) && answered.Response.StatusCode < 500 {
		return nil, &refusal{"code", row.Name + " did not accept what it had sent us itself. Please begin again; if it stays, tell your administrator.", err}
	}
	if err != nil {
		return nil, unreachable(row, err)
	}
	return tokens, nil
}

// accountOf is whose account it is. A link made before counts; else whoever is
// signed in here and asked for one; else staff whose address the provider checked.
func (a Accounts) accountOf(ctx context.Context, s tenants.Scope, row provider, away journey, who person) (account tenants.Account, err error) {
	account, err = linkedAccount(ctx, s, row.Issuer, who.Subject)
	if err == nil && (away.Account == uuid.Nil || away.Account == account.ID) {
		return account, nil
	}
	if err == nil {
		return account, &refusal{"linked", "Another account here is linked with this sign-in at " + row.Name + ".", nil}
	}
	if !database.Missing(err) {
		return account, err
	}
	switch {
	case away.Account != uuid.Nil && away.Account == s.Actor.AccountID:
		account, err = mine(ctx, s)
	case who.email != "":
		account, err = accountByEmail(ctx, s, a.Entrance.Keys.Lookup(who.email))
	default:
		err = fault.Missing()
	}
	staff := false
	if err == nil {
		staff, err = tenants.OnTeam(ctx, s, account)
	}
	if database.Missing(err) || err == nil && !staff {
		return account, &refusal{"nobody", "No member of staff here has the email address that " + row.Name + " knows you by. Ask your administrator to invite you with that address.", nil}
	}
	if err != nil {
		return account, err
	}
	if err := link(ctx, s, row.Issuer, who.Subject, account.ID); database.Taken(err) {
		return account, &refusal{"linked", "This sign-in at " + row.Name + " was linked with another account here.", nil}
	} else if err != nil {
		return account, err
	}
	s.Actor.AccountID = account.ID
	return account, s.Audit(ctx, "provider.linked", tenants.Audited{Subject: account.ID, After: map[string]string{"provider": row.Name}})
}
