package account

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"golang.org/x/oauth2"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// kind is how a family of providers is asked, and answers, how surely it knows
// somebody. All else they have in common (OpenID Connect Core 1.0).
type kind struct {
	Key, Name string
	scopes    []string
	param     string                       // that asks for levels
	asked     func(levels []string) string // its value
	claim     string                       // that answers
}

// Sources: auth.login.nhs.uk's interface document for vtr and vot; NHS CIS2's for
// acr_values; Microsoft's for authentication contexts (acrs).
var kinds = []kind{
	{"entra", "Microsoft Entra ID", []string{"openid", "email", "profile"}, "claims", func(levels []string) string {
		asked, _ := json.Marshal(map[string]any{"id_token": map[string]any{"acrs": map[string]any{"essential": true, "values": levels}}}) // a list of text is always JSON
		return string(asked)
	}, "acrs"},
	{"cis2", "NHS CIS2", []string{"openid", "email", "profile"}, "acr_values", spaced, "acr"},
	{"nhs_login", "NHS login", []string{"openid", "email"}, "vtr", func(levels []string) string {
		asked, _ := json.Marshal(levels)
		return string(asked)
	}, "vot"},
	{"other", "Another provider (OpenID Connect)", []string{"openid", "email"}, "acr_values", spaced, "acr"},
}

func spaced(levels []string) string { return strings.Join(levels, " ") }

func kindOf(key string) kind {
	return kinds[max(0, slices.IndexFunc(kinds, func(k kind) bool { return k.Key == key }))]
}

// provider is another organisation that signs in a trust's staff.
type provider struct {
	bun.BaseModel `bun:"table:providers,alias:provider"`
	tenants.InTrust

	ID        uuid.UUID `bun:"id,pk,type:uuid"`
	Name      string    `bun:"name"`
	Kind      string    `bun:"kind"`
	Issuer    string    `bun:"issuer"`
	ClientID  string    `bun:"client_id"`
	Secret    string    `bun:"secret_sealed"` // a password, or a private key as PEM, perhaps with its certificate
	KeyID     string    `bun:"key_id"`
	Levels    string    `bun:"levels"` // that are good enough, blanks between; empty for any
	CreatedAt time.Time `bun:"created_at"`
}

func (p provider) levels() []string { return strings.Fields(p.Levels) }

// Provider is one as the trust's administrator sees it; the secret stays here.
type Provider struct {
	ID       uuid.UUID `json:"id"`
	Name     string    `json:"name"`
	Kind     string    `json:"kind"`
	Issuer   string    `json:"issuer"`
	ClientID string    `json:"client_id"`
	Levels   string    `json:"levels"`
}

// Providers are all of a trust, and the address that each must be told.
type Providers struct {
	Providers []Provider `json:"providers"`
	Back      string     `json:"redirect_uri"`
}

// Providers lists them.
func (a Accounts) Providers(ctx context.Context, s tenants.Scope, _ web.None) (Providers, error) {
	rows, err := allProviders(ctx, s)
	out := Providers{Providers: []Provider{}, Back: a.back(s)}
	for _, row := range rows {
		out.Providers = append(out.Providers, Provider{row.ID, row.Name, kindOf(row.Kind).Name, row.Issuer, row.ClientID, row.Levels})
	}
	return out, err
}

// back is where people come back to, on the host at hand.
func (a Accounts) back(s tenants.Scope) string {
	base, err := url.Parse(a.BaseURL)
	if err != nil {
		return ""
	}
	host := s.Client.Host
	if port := base.Port(); port != "" {
		host += ":" + port
	}
	return (&url.URL{Scheme: base.Scheme, Host: host, Path: "/sign-in/back"}).String()
}

// Ways are the providers as the sign-in page offers them.
func (a Accounts) Ways(ctx context.Context, s tenants.Scope) ([]tenants.Way, error) {
	rows, err := allProviders(ctx, s)
	ways := []tenants.Way{}
	for _, row := range rows {
		ways = append(ways, tenants.Way{Name: row.Name, Path: "/sign-in/with/" + row.ID.String()})
	}
	return ways, err
}

// NewProvider is what the other organisation gave the trust.
type NewProvider struct {
	Name     string `json:"name" validate:"filled,max=60" label:"a name for the button"`
	Kind     string `json:"kind" validate:"required,oneof=entra cis2 nhs_login other" label:"what kind it is"`
	Issuer   string `json:"issuer" validate:"filled,max=300" label:"the issuer"`
	ClientID string `json:"client_id" validate:"filled,max=200" label:"the client id"`
	Secret   string `json:"secret" validate:"filled,max=12000" label:"the secret or private key"`
	KeyID    string `json:"key_id,omitempty" validate:"max=200" label:"the key id"`
	Levels   string `json:"levels,omitempty" validate:"max=300" label:"the levels"`
}

// AddProvider lets staff sign in with another organisation. Invalid if what was
// entered cannot be right.
func (a Accounts) AddProvider(ctx context.Context, s tenants.Scope, in NewProvider) (web.None, error) {
	if err := s.Fresh(); err != nil {
		return web.None{}, err
	}
	issuer, err := url.Parse(in.Issuer)
	if err != nil || issuer.Scheme != "https" || issuer.Host == "" || issuer.User != nil || issuer.RawQuery != "" || issuer.Fragment != "" {
		return web.None{}, fault.Bad("issuer", "Write the issuer as the organisation gave it to you. It begins with https://.")
	}
	if strings.Contains(in.Secret, "-----BEGIN") {
		if _, err := parseKey(in.Secret); err != nil {
			return web.None{}, fault.Bad("secret", "We could not read this private key. It must be PEM, RSA or P-256, without a password.")
		}
	}
	row := provider{ID: uuid.Must(uuid.NewV7()), Name: in.Name, Kind: in.Kind, Issuer: in.Issuer, ClientID: in.ClientID, KeyID: in.KeyID, Levels: spaced(strings.Fields(in.Levels)), CreatedAt: s.Now}
	if row.Secret, err = a.Entrance.Keys.Seal(in.Secret, row.ID.String()); err != nil {
		return web.None{}, err
	}
	if err := addProvider(ctx, s, &row); err != nil {
		return web.None{}, err
	}
	return web.None{}, s.Audit(ctx, "provider.added", tenants.Audited{Subject: row.ID, After: Provider{row.ID, row.Name, row.Kind, row.Issuer, row.ClientID, row.Levels}})
}

// RemoveProvider takes one away; sessions that it opened go on until they end.
// NotFound if it is gone.
func (a Accounts) RemoveProvider(ctx context.Context, s tenants.Scope, in One) (web.None, error) {
	if err := s.Fresh(); err != nil {
		return web.None{}, err
	}
	if err := removeProvider(ctx, s, in.ID); err != nil {
		return web.None{}, err
	}
	return web.None{}, s.Audit(ctx, "provider.removed", tenants.Audited{Subject: in.ID})
}

// clientKey is a private key that stands for us, with what its certificate is known by.
type clientKey struct {
	signer     crypto.Signer
	algorithms []string // that it can sign with, the best first
	thumbprint string   // of its certificate, if it has one (x5t#S256)
}

var errKey = errors.New("no RSA or P-256 private key in the PEM")

func parseKey(text string) (clientKey, error) {
	key := clientKey{algorithms: []string{"RS512", "PS256", "RS256"}} // the NHS asks for RS512
	if rsa, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(text)); err == nil {
		key.signer = rsa
	} else if ec, err := jwt.ParseECPrivateKeyFromPEM([]byte(text)); err == nil && ec.Curve.Params().BitSize == 256 {
		key.signer, key.algorithms = ec, []string{"ES256"}
	} else {
		return key, errKey
	}
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return key, nil
		}
		if block.Type == "CERTIFICATE" {
			if _, err := x509.ParseCertificate(block.Bytes); err != nil {
				return key, err
			}
			sum := sha256.Sum256(block.Bytes)
			key.thumbprint = base64.RawURLEncoding.EncodeToString(sum[:])
			if len(key.algorithms) > 1 {
				key.algorithms = []string{"PS256", "RS256"} // Microsoft asks for PS256
			}
		}
	}
}

// assertion shows a provider's token endpoint that it is us (RFC 7523,
// private_key_jwt): good once, for a minute.
func (p provider) assertion(secret, endpoint string, understood []string, now time.Time) ([]oauth2.AuthCodeOption, error) {
	key, err := parseKey(secret)
	if err != nil {
		return nil, err
	}
	algorithm := key.algorithms[0]
	for _, one := range slices.Backward(key.algorithms) {
		if slices.Contains(understood, one) {
			algorithm = one
		}
	}
	token := jwt.NewWithClaims(jwt.GetSigningMethod(algorithm), jwt.MapClaims{
		"iss": p.ClientID, "sub": p.ClientID, "aud": endpoint, "jti": uuid.NewString(), "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	})
	if p.KeyID != "" {
		token.Header["kid"] = p.KeyID
	}
	if key.thumbprint != "" {
		token.Header["x5t#S256"] = key.thumbprint
	}
	signed, err := token.SignedString(key.signer)
	return []oauth2.AuthCodeOption{
		oauth2.SetAuthURLParam("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
		oauth2.SetAuthURLParam("client_assertion", signed),
	}, err
}
