package account

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Passkey is a key as its owner knows it.
type Passkey struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"`
	Host      string    `json:"host"` // where it opens
	CreatedAt time.Time `json:"created_at"`
	UsedAt    time.Time `json:"used_at,omitzero"`
}

// Asked is what a page asks the browser (WebAuthn's options as JSON).
type Asked struct {
	Options json.RawMessage `json:"options"`
}

const (
	askSignIn = "passkey"
	askNew    = "new passkey"
)

// party is us, as the passkeys of the host at hand know us: those of one trust, or
// of another of its addresses, are of no use here.
func (a Accounts) party(s tenants.Scope) (*webauthn.WebAuthn, error) {
	base, err := url.Parse(a.BaseURL)
	if err != nil {
		return nil, err
	}
	origin := url.URL{Scheme: base.Scheme, Host: s.Client.Host}
	if port := base.Port(); port != "" {
		origin.Host += ":" + port
	}
	needed := true
	return webauthn.New(&webauthn.Config{RPID: s.Client.Host, RPDisplayName: "SHaRON", RPOrigins: []string{origin.String()},
		AttestationPreference:  protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: &needed, UserVerification: protocol.VerificationRequired},
	})
}

// holder is an account as webauthn knows it.
type holder struct {
	account uuid.UUID
	name    string
	keys    []webauthn.Credential
}

var _ webauthn.User = holder{}

func (h holder) WebAuthnID() []byte                         { return h.account[:] }
func (h holder) WebAuthnName() string                       { return h.name }
func (h holder) WebAuthnDisplayName() string                { return h.name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

// ask keeps a question until its answer, and is what the browser is asked.
func (a Accounts) ask(ctx context.Context, s tenants.Scope, kind string, options any, session *webauthn.SessionData) (Asked, error) {
	about, err := json.Marshal(session)
	if err != nil {
		return Asked{}, err
	}
	out, err := json.Marshal(options)
	if err != nil {
		return Asked{}, err
	}
	return Asked{out}, begin(ctx, s, a.Entrance.Keys, kind, session.Challenge, string(about))
}

// answered is the question that an answer is to.
func (a Accounts) answered(ctx context.Context, s tenants.Scope, kind, challenge string) (session webauthn.SessionData, err error) {
	about, err := finish(ctx, s, a.Entrance.Keys, kind, challenge)
	if database.Missing(err) {
		return session, errPasskey
	}
	if err != nil {
		return session, err
	}
	return session, json.Unmarshal([]byte(about), &session)
}

// errPasskey is the one answer to a passkey that does not open.
var errPasskey = &fault.Error{Code: fault.Invalid, Message: "We could not use that passkey.",
	Fields: []fault.Field{{Name: "credential", Message: "The passkey is not one that opens here, or it took too long. Try again, or choose another way."}}}

// AskPasskey begins a sign-in by passkey: whose it is the passkey says itself.
func (a Accounts) AskPasskey(ctx context.Context, s tenants.Scope, _ web.None) (Asked, error) {
	if err := tenants.Spend(ctx, s, signin.Guesses(s.Client)); err != nil {
		return Asked{}, err
	}
	party, err := a.party(s)
	if err != nil {
		return Asked{}, err
	}
	options, session, err := party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Asked{}, err
	}
	return a.ask(ctx, s, askSignIn, options, session)
}

// ByPasskey is a passkey's answer.
type ByPasskey struct {
	Credential string `json:"credential" validate:"required,max=10000" label:"a passkey"`
	Next       string `json:"next,omitempty" validate:"max=4000"`
}

// SignInByPasskey opens a session: a passkey is something that somebody has, and it
// asks for what they know or are, so it counts as both factors.
func (a Accounts) SignInByPasskey(ctx context.Context, s tenants.Scope, in ByPasskey) (out tenants.SignedIn, err error) {
	err = s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		owner, err := a.usePasskey(ctx, s, in.Credential)
		if err != nil {
			return err
		}
		s.Actor.AccountID = owner
		account, err := mine(ctx, s)
		if database.Missing(err) {
			return errPasskey // closed since
		}
		if err != nil {
			return err
		}
		if err := tenants.Refund(ctx, s, signin.Guesses(s.Client)); err != nil {
			return err
		}
		out, err = a.Entrance.Admit(ctx, s, account, "passkey", true, in.Next)
		return err
	})
	return out, err
}

// usePasskey is the owner of the passkey that gave this answer to a question of
// ours. Invalid if it is no such answer, or a copy of the key gave it.
func (a Accounts) usePasskey(ctx context.Context, s tenants.Scope, credential string) (uuid.UUID, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(credential))
	if err != nil {
		return uuid.Nil, errPasskey
	}
	session, err := a.answered(ctx, s, askSignIn, parsed.Response.CollectedClientData.Challenge)
	if err != nil {
		return uuid.Nil, err
	}
	row, err := passkeyBy(ctx, s, base64.RawURLEncoding.EncodeToString(parsed.RawID))
	if database.Missing(err) {
		return uuid.Nil, errPasskey
	}
	if err != nil {
		return uuid.Nil, err
	}
	owner := holder{account: row.AccountID, keys: make([]webauthn.Credential, 1)}
	if err := json.Unmarshal([]byte(row.Credential), &owner.keys[0]); err != nil {
		return uuid.Nil, err
	}
	party, err := a.party(s)
	if err != nil {
		return uuid.Nil, err
	}
	used, err := party.ValidateDiscoverableLogin(func(_, _ []byte) (webauthn.User, error) { return owner, nil }, session, parsed)
	if err != nil || used.Authenticator.CloneWarning {
		return uuid.Nil, errPasskey
	}
	return row.AccountID, notePasskey(ctx, s, row, used)
}

// AskNewPasskey begins to add a passkey to the account that asks.
func (a Accounts) AskNewPasskey(ctx context.Context, s tenants.Scope, _ web.None) (Asked, error) {
	if err := s.Fresh(); err != nil {
		return Asked{}, err
	}
	account, err := mine(ctx, s)
	if err != nil {
		return Asked{}, err
	}
	owner, err := a.holder(ctx, s, account)
	if err != nil {
		return Asked{}, err
	}
	party, err := a.party(s)
	if err != nil {
		return Asked{}, err
	}
	options, session, err := party.BeginRegistration(owner, webauthn.WithExclusions(webauthn.Credentials(owner.keys).CredentialDescriptors()))
	if err != nil {
		return Asked{}, err
	}
	return a.ask(ctx, s, askNew, options, session)
}

func (a Accounts) holder(ctx context.Context, s tenants.Scope, account tenants.Account) (holder, error) {
	owner := holder{account: account.ID}
	var err error
	if owner.name, err = account.Email(a.Entrance.Keys); err != nil {
		return owner, err
	}
	rows, err := passkeysOf(ctx, s, account.ID)
	for _, row := range rows {
		var key webauthn.Credential
		if err := json.Unmarshal([]byte(row.Credential), &key); err != nil {
			return owner, err
		}
		owner.keys = append(owner.keys, key)
	}
	return owner, err
}

// NewPasskey is a browser's answer, and what its owner calls the key.
type NewPasskey struct {
	Name       string `json:"name" validate:"filled,max=60" label:"a name for this passkey"`
	Credential string `json:"credential" validate:"required,max=20000" label:"a passkey"`
}

// AddPasskey keeps a passkey that was made for the account that asks.
func (a Accounts) AddPasskey(ctx context.Context, s tenants.Scope, in NewPasskey) (web.None, error) {
	if err := s.Fresh(); err != nil {
		return web.None{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(in.Credential))
	if err != nil {
		return web.None{}, errPasskey
	}
	session, err := a.answered(ctx, s, askNew, parsed.Response.CollectedClientData.Challenge)
	if err != nil {
		return web.None{}, err
	}
	party, err := a.party(s)
	if err != nil {
		return web.None{}, err
	}
	made, err := party.CreateCredential(holder{account: s.Actor.AccountID}, session, parsed)
	if err != nil {
		return web.None{}, errPasskey // also if it was asked of somebody else
	}
	kept, err := json.Marshal(made)
	if err != nil {
		return web.None{}, err
	}
	row := passkey{ID: uuid.Must(uuid.NewV7()), AccountID: s.Actor.AccountID, Host: s.Client.Host, Name: in.Name, CreatedAt: s.Now,
		CredentialID: base64.RawURLEncoding.EncodeToString(made.ID), Credential: string(kept)}
	if err := addPasskey(ctx, s, &row); database.Taken(err) {
		return web.None{}, fault.Bad("credential", "This passkey is here already.")
	} else if err != nil {
		return web.None{}, err
	}
	return web.None{}, s.Audit(ctx, "passkey.added", tenants.Audited{Subject: s.Actor.AccountID, After: row.ID})
}

// Naming is a passkey's new name.
type Naming struct {
	ID   uuid.UUID `path:"id"`
	Name string    `json:"name" validate:"filled,max=60" label:"a name for this passkey"`
}

// NamePasskey changes what its owner calls a passkey. NotFound if it is not theirs.
func (a Accounts) NamePasskey(ctx context.Context, s tenants.Scope, in Naming) (web.None, error) {
	return web.None{}, namePasskey(ctx, s, in.ID, in.Name)
}

// RemovePasskey makes a passkey of no use. NotFound if it is not theirs.
func (a Accounts) RemovePasskey(ctx context.Context, s tenants.Scope, in One) (web.None, error) {
	if err := s.Fresh(); err != nil {
		return web.None{}, err
	}
	if err := removePasskey(ctx, s, in.ID); err != nil {
		return web.None{}, err
	}
	return web.None{}, s.Audit(ctx, "passkey.removed", tenants.Audited{Subject: s.Actor.AccountID, Before: in.ID})
}
