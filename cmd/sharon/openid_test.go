package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"html"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/outbound"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

// organisation is a trust's staff sign-in at a real provider.
type organisation struct {
	*testkit.OpenID
	*site
	id string // of the row at northmoor
}

const leadEmail = "lead.willow@northmoor.example"

// known is a member of staff whom the provider knows well.
var known = testkit.OpenIDPerson{Subject: "lead-at-work", Level: "high", Claims: map[string]any{"email": leadEmail, "email_verified": true}}

// organised is a site whose staff can also sign in elsewhere; in changes the row.
func organised(t *testing.T, s *site, client testkit.OpenIDClient, in map[string]string) organisation {
	t.Helper()
	client.ID = "sharon"
	client.Back = []string{s.address("x@northmoor") + "/sign-in/back", s.address("x@eastvale") + "/sign-in/back"}
	o := organisation{OpenID: testkit.NewOpenID(t, client), site: s}
	s.asks(o.Roots)
	o.id = o.at("northmoor", client.Secret, in)
	o.Person(known)
	return o
}

// asks lets the site ask a provider on this machine, and gives it the time of day:
// others sign with theirs.
func (s *site) asks(roots *x509.CertPool) {
	*s.app.Asking = *outbound.Client(5*time.Second, nil, roots)
	s.clock.Advance(clock.Real{}.Now().Sub(s.clock.Now()))
}

// at enters the provider at a trust and returns the row's id.
func (o organisation) at(trust, secret string, in map[string]string) string {
	o.t.Helper()
	return o.enters(trust, o.Issuer, secret, in)
}

func (s *site) enters(trust, issuer, secret string, in map[string]string) string {
	s.t.Helper()
	row := map[string]string{"kind": "other", "name": "Northmoor account", "issuer": issuer, "client_id": "sharon", "secret": secret, "levels": "high"}
	for name, value := range in {
		row[name] = value
	}
	admin := s.over("admin@" + trust)
	if got := admin.sendJSON("/trust/providers", row); got.status != http.StatusOK {
		s.t.Fatalf("add a provider: %d %s", got.status, got.body)
	}
	var list struct{ Providers []struct{ ID string } }
	admin.getJSON("/trust/providers", &list)
	return list.Providers[len(list.Providers)-1].ID
}

var going = regexp.MustCompile(`href="([^"]+)" data-go`)

// leaves is the way from the sign-in page to the provider.
func (s *site) leaves(v *visitor, id string) string {
	s.t.Helper()
	got := v.post("/sign-in/with/"+id, url.Values{"next": {"/willow"}, "_csrf": {"none"}})
	found := going.FindSubmatch(got.body)
	if got.status != http.StatusOK || found == nil {
		s.t.Fatalf("leave: %d %s", got.status, got.text())
	}
	return html.UnescapeString(string(found[1]))
}

// through signs in at the provider, and is the address with which it sends back.
func (o organisation) through(to string) string {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Timeout: 10 * time.Second,
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for range 10 {
		answer, err := client.Get(to)
		if err != nil {
			o.t.Fatal(err)
		}
		_ = answer.Body.Close()
		next, err := answer.Location()
		if err != nil {
			o.t.Fatalf("at %s: %s", to, answer.Status)
		}
		if to = next.String(); !strings.HasPrefix(to, o.Issuer) {
			return to
		}
	}
	o.t.Fatal("the provider goes round in circles")
	return ""
}

// returns comes back to us and presses the button.
func (v *visitor) returns(to string) answer {
	v.site.t.Helper()
	_, query, _ := strings.Cut(to, "?")
	page := v.get("/sign-in/back?" + query)
	if page.status != http.StatusOK {
		v.site.t.Fatalf("back: %d %s", page.status, page.text())
	}
	return v.post("/sign-in/back", page.form("/sign-in/back"))
}

// signsIn goes all the way.
func (o organisation) signsIn(v *visitor) answer {
	o.t.Helper()
	return v.returns(o.through(o.leaves(v, o.id)))
}

// in tells whether a browser has a session that opens something.
func (v *visitor) in() bool { return v.get("/account/devices").status == http.StatusOK }

func TestStaffSignInWithTheirOrganisation(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		o := organised(t, s, testkit.OpenIDClient{Secret: "a secret & more"}, nil)
		if page := s.visit("northmoor").get("/sign-in"); !page.has("Sign in with Northmoor account") {
			t.Fatal(page.text())
		}
		if page := s.visit("eastvale").get("/sign-in"); page.has("Northmoor account") {
			t.Error("another trust offers it")
		}
		v := s.visit("northmoor")
		if got := o.signsIn(v); got.location() != "/willow" || v.get("/willow/settings/rooms").status != http.StatusOK {
			t.Fatalf("the first time: %d %s %s", got.status, got.location(), got.text())
		}
		moved := known
		moved.Claims = map[string]any{"email": "married@northmoor.example", "email_verified": false}
		o.Person(moved)
		if got := o.signsIn(s.visit("northmoor")); got.location() != "/willow" {
			t.Errorf("with another address, and linked: %d %s", got.status, got.text())
		}
		o.Rotate()
		if got := o.signsIn(s.visit("northmoor")); got.location() != "/willow" {
			t.Errorf("after a change of keys: %d %s", got.status, got.text())
		}
		if !strings.Contains(s.dump("audit_log"), "provider.linked") || strings.Contains(s.dump("providers"), "a secret") {
			t.Error("not written down, or the secret is in the open")
		}
	})
}

// pemOf writes a private key, and a certificate of it if one is wished.
func pemOf(t *testing.T, key any, certified bool) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if signer, ok := key.(*rsa.PrivateKey); ok && certified {
		about := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sharon"}}
		if der, err = x509.CreateCertificate(rand.Reader, about, about, signer.Public(), signer); err != nil {
			t.Fatal(err)
		}
		text += string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	return text
}

func b64(n []byte) string { return base64.RawURLEncoding.EncodeToString(n) }

func rsaKey(t *testing.T) (*rsa.PrivateKey, map[string]string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key, map[string]string{"kty": "RSA", "n": b64(key.N.Bytes()), "e": b64(big.NewInt(int64(key.E)).Bytes()), "kid": "ours"}
}

func TestAKeyStandsForUsAtTheProvider(t *testing.T) {
	t.Parallel()
	ours, public := rsaKey(t)
	other, _ := rsaKey(t)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := curve.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	onCurve := map[string]string{"kty": "EC", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:]), "kid": "ours"}
	for name, try := range map[string]struct {
		key       any
		certified bool
		jwk       map[string]string
		algorithm string
		kind      string
		in        bool
	}{
		"CIS2's way":   {ours, false, public, "RS512", "cis2", true},
		"Entra's way":  {ours, true, public, "PS256", "other", true},
		"on a curve":   {curve, false, onCurve, "ES256", "other", true},
		"another key":  {other, false, public, "RS512", "other", false},
		"a wrong kind": {curve, false, public, "RS512", "other", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, testkit.SQLite(t, prepare))
			secret := pemOf(t, try.key, try.certified)
			o := organised(t, s, testkit.OpenIDClient{Secret: secret, Key: try.jwk, KeyAlgo: try.algorithm}, map[string]string{"kind": try.kind, "key_id": "ours"})
			v := s.visit("northmoor")
			if got := o.signsIn(v); (got.location() == "/willow") != try.in || v.in() != try.in || !try.in && !got.has("did not accept") {
				t.Errorf("%d %s %s", got.status, got.location(), got.text())
			}
		})
	}
}

func TestNobodyComesInByTheProviderWhoShouldNot(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	o := organised(t, s, testkit.OpenIDClient{Secret: "secret"}, nil)
	who := func(change func(*testkit.OpenIDPerson)) {
		person := known
		person.Subject = uuid.NewString()
		change(&person)
		o.Person(person)
	}
	claims := func(email string, verified any) func(*testkit.OpenIDPerson) {
		return func(p *testkit.OpenIDPerson) {
			p.Claims = map[string]any{"email": email, "email_verified": verified}
		}
	}
	with := func(to, name, value string) string {
		parsed, err := url.Parse(to)
		if err != nil {
			t.Fatal(err)
		}
		query := parsed.Query()
		query.Set(name, value)
		parsed.RawQuery = query.Encode()
		return parsed.String()
	}
	for name, try := range map[string]struct {
		person func(*testkit.OpenIDPerson)
		there  func(string) string // what becomes of the way there
		back   func(string) string // and of the way back
		says   string
	}{
		"an address that nobody checked": {person: claims(leadEmail, false), says: "No member of staff"},
		"no address":                     {person: func(p *testkit.OpenIDPerson) { p.Claims = nil }, says: "No member of staff"},
		"an address of nobody":           {person: claims("stranger@northmoor.example", true), says: "No member of staff"},
		"a service user":                 {person: claims("hazel.willow@northmoor.example", true), says: "No member of staff"},
		"staff of the other trust":       {person: claims("lead.orchard@eastvale.example", true), says: "No member of staff"},
		"a low level":                    {person: func(p *testkit.OpenIDPerson) { p.Level = "low" }, says: "surely enough"},
		"no level":                       {person: func(p *testkit.OpenIDPerson) { p.Level = "" }, says: "surely enough"},
		"who changed their mind":         {person: func(p *testkit.OpenIDPerson) { p.Refuses = true }, says: "did not sign you in"},
		"another nonce":                  {there: func(to string) string { return with(to, "nonce", "mine") }, says: "another try"},
		"another proof key":              {there: func(to string) string { return with(to, "code_challenge", b64(make([]byte, 32))) }, says: "did not accept"},
		"another state":                  {back: func(to string) string { return with(to, "state", "mine") }, says: "begin again"},
		"no state":                       {back: func(to string) string { return with(to, "state", "") }, says: "begin again"},
		"a made-up code":                 {back: func(to string) string { return with(to, "code", "mine") }, says: "did not accept"},
		"another issuer":                 {back: func(to string) string { return with(to, "iss", "https://elsewhere.example") }, says: "did not come from"},
	} {
		t.Run(name, func(t *testing.T) {
			person, there, back := try.person, try.there, try.back
			if person == nil {
				person = func(*testkit.OpenIDPerson) {}
			}
			same := func(to string) string { return to }
			if there == nil {
				there = same
			}
			if back == nil {
				back = same
			}
			who(person)
			v := s.visit("northmoor")
			got := v.returns(back(o.through(there(o.leaves(v, o.id)))))
			if got.status != http.StatusUnprocessableEntity || !got.has(try.says) || v.in() {
				t.Errorf("%d %s", got.status, got.text())
			}
		})
	}
	who(func(*testkit.OpenIDPerson) {})
	v, thief := s.visit("northmoor"), s.visit("northmoor")
	to := o.through(o.leaves(v, o.id))
	if got := thief.returns(to); got.status != http.StatusUnprocessableEntity || thief.in() {
		t.Errorf("another browser, with the link: %d %s", got.status, got.text())
	}
	if got := v.returns(to); got.location() != "/willow" {
		t.Errorf("the browser that left: %d %s", got.status, got.text())
	}
	if got := v.returns(to); got.status != http.StatusUnprocessableEntity || !got.has("done already") {
		t.Errorf("the same link again: %d %s", got.status, got.text())
	}
	if got := s.visit("eastvale").post("/sign-in/with/"+o.id, url.Values{"_csrf": {"none"}}); got.status != http.StatusNotFound {
		t.Errorf("at the other trust: %d", got.status)
	}
	theirs := o
	theirs.id = o.at("eastvale", "secret", nil)
	eastvale := s.visit("eastvale")
	o.Person(known)
	if got := theirs.signsIn(eastvale); got.status != http.StatusUnprocessableEntity || eastvale.in() {
		t.Errorf("northmoor's lead at eastvale, whose provider it is too: %d %s", got.status, got.text())
	}
}

// unlogged is for tests in which others fail us, which operators are told of.
func unlogged(a *app) { a.Log = slog.New(slog.DiscardHandler) }

func TestAProviderThatIsDownOrGoneLetsNobodyIn(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare), unlogged)
	o := organised(t, s, testkit.OpenIDClient{Secret: "secret"}, nil)
	v := s.visit("northmoor")
	to := o.through(o.leaves(v, o.id))
	o.Stop()
	if got := v.returns(to); got.status != http.StatusServiceUnavailable || !got.has("does not answer") || v.in() {
		t.Errorf("down on the way back: %d %s", got.status, got.text())
	}
	s.clock.Advance(2 * time.Hour)
	if got := v.post("/sign-in/with/"+o.id, url.Values{"_csrf": {"none"}}); got.status != http.StatusServiceUnavailable || !got.has("does not answer") {
		t.Errorf("down on the way there: %d %s", got.status, got.text())
	}
	if got := s.over("admin@northmoor").sendJSON("/trust/providers/"+o.id+"/remove", map[string]string{}); got.status != http.StatusOK {
		t.Fatalf("remove: %d %s", got.status, got.body)
	}
	if got := v.post("/sign-in/with/"+o.id, url.Values{"_csrf": {"none"}}); got.status != http.StatusNotFound || s.visit("northmoor").get("/sign-in").has("Northmoor account") {
		t.Errorf("gone: %d", got.status)
	}
}

func TestAProviderThatSawOneFactorOnlyDoesNotSpareTheOther(t *testing.T) {
	t.Parallel()
	s := newSiteOf(t, testkit.SQLite(t, prepare), webConfig{})
	v, _ := s.password("admin@northmoor")
	v.enrol()
	client := testkit.OpenIDClient{ID: "sharon", Secret: "secret", Back: []string{s.address("x@northmoor") + "/sign-in/back"}}
	o := organisation{OpenID: testkit.NewOpenID(t, client), site: s}
	*s.app.Asking = *outbound.Client(5*time.Second, nil, o.Roots)
	for name, levels := range map[string]string{"weak": "", "sure": "high"} {
		row := map[string]string{"kind": "other", "name": name, "issuer": o.Issuer, "client_id": "sharon", "secret": "secret", "levels": levels}
		if got := v.sendJSON("/trust/providers", row); got.status != http.StatusOK {
			t.Fatalf("add: %d %s", got.status, got.body)
		}
	}
	s.asks(o.Roots)
	for _, try := range []struct {
		name    string
		methods []string
		account string
		lacks   string
	}{
		{"weak", nil, "admin@northmoor", "/sign-in/code"}, {"weak", nil, lead, "/account/second-factor/new"},
		{"weak", []string{"pwd", "mfa"}, "moderator.willow@northmoor", ""}, {"sure", nil, "clinician.willow@northmoor", ""},
	} {
		o.Person(testkit.OpenIDPerson{Subject: try.account, Level: "high", Methods: try.methods, Claims: map[string]any{"email": try.account + ".example", "email_verified": true}})
		browser := s.visit("northmoor")
		ways := regexp.MustCompile(`action="/sign-in/with/([^"]+)".*?Sign in with (\w+)`).FindAllSubmatch([]byte(strings.Join(strings.Fields(string(browser.get("/sign-in").body)), " ")), -1)
		at := slices.IndexFunc(ways, func(way [][]byte) bool { return string(way[2]) == try.name })
		o.id = string(ways[at][1])
		if got := o.signsIn(browser); try.lacks == "" && !browser.in() || !strings.HasPrefix(got.location(), try.lacks) || try.lacks != "" && browser.in() {
			t.Errorf("%+v: %d %s %s", try, got.status, got.location(), got.text())
		}
	}
}

// Some providers tell no address: who is signed in links the two by themselves.
func TestAnAccountIsLinkedByItsOwner(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	o := organised(t, s, testkit.OpenIDClient{Secret: "secret"}, nil)
	o.Person(testkit.OpenIDPerson{Subject: "smartcard-7", Level: "high"})
	v := s.as("clinician.willow@northmoor")
	if page := v.get("/account/sign-in"); !page.has("Link with Northmoor account") {
		t.Fatal(page.text())
	}
	if got := o.signsIn(v); got.status != http.StatusSeeOther || !v.get("/account/sign-in").has("You can sign in with Northmoor account") {
		t.Fatalf("link: %d %s", got.status, got.text())
	}
	fresh := s.visit("northmoor")
	if got := o.signsIn(fresh); got.status != http.StatusSeeOther || !fresh.in() {
		t.Errorf("sign in by it: %d %s", got.status, got.text())
	}
	if got := o.signsIn(s.as("moderator.willow@northmoor")); got.status != http.StatusUnprocessableEntity || !got.has("Another account") {
		t.Errorf("somebody else links the same: %d %s", got.status, got.text())
	}
	hazel := s.as("hazel.willow@northmoor")
	o.Person(testkit.OpenIDPerson{Subject: "hazel-somewhere", Level: "high"})
	if got := o.signsIn(hazel); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a service user links: %d %s", got.status, got.text())
	}
	s.sql("UPDATE accounts SET status = 'closed' WHERE tenant_id = ? AND id = (SELECT account_id FROM provider_accounts WHERE tenant_id = ? AND subject = 'smartcard-7')", s.northmoor(), s.northmoor())
	o.Person(testkit.OpenIDPerson{Subject: "smartcard-7", Level: "high"})
	gone := s.visit("northmoor")
	if got := o.signsIn(gone); got.status != http.StatusUnprocessableEntity || gone.in() {
		t.Errorf("a closed account: %d %s", got.status, got.text())
	}
}

// A liar answers as a provider does, and signs what no provider would.
func TestATokenThatIsNotForUsOpensNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	key, public := rsaKey(t)
	stranger, _ := rsaKey(t)
	public["use"], public["alg"] = "sig", "RS256"
	var token func(nonce string) string
	nonce := ""
	mux := http.NewServeMux()
	liar := httptest.NewTLSServer(mux)
	t.Cleanup(liar.Close)
	say := func(w http.ResponseWriter, value any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(value)
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		say(w, map[string]any{"issuer": liar.URL, "authorization_endpoint": liar.URL + "/auth", "token_endpoint": liar.URL + "/token", "jwks_uri": liar.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		say(w, map[string]any{"keys": []any{public}})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, _ *http.Request) {
		say(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": token(nonce)})
	})
	roots := x509.NewCertPool()
	roots.AddCert(liar.Certificate())
	s.asks(roots)
	id := s.enters("northmoor", liar.URL, "secret", nil)
	now := s.clock.Now()
	honest := func(nonce string) jwt.MapClaims {
		return jwt.MapClaims{"iss": liar.URL, "aud": "sharon", "sub": "s", "nonce": nonce, "acr": "high", "email": leadEmail, "email_verified": true, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	}
	signed := func(claims jwt.MapClaims, method jwt.SigningMethod, by any) string {
		made := jwt.NewWithClaims(method, claims)
		made.Header["kid"] = "ours"
		text, err := made.SignedString(by)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	but := func(name string, value any) func(string) string {
		return func(nonce string) string {
			claims := honest(nonce)
			claims[name] = value
			return signed(claims, jwt.SigningMethodRS256, key)
		}
	}
	goes := func() (*visitor, answer) {
		v := s.visit("northmoor")
		to, err := url.Parse(s.leaves(v, id))
		if err != nil {
			t.Fatal(err)
		}
		nonce = to.Query().Get("nonce")
		return v, v.returns("?code=c&state=" + url.QueryEscape(to.Query().Get("state")))
	}
	for name, lie := range map[string]func(nonce string) string{
		"for another client":   but("aud", "somebody-else"),
		"expired":              but("exp", now.Add(-time.Minute).Unix()),
		"of another issuer":    but("iss", "https://elsewhere.example"),
		"of another nonce":     but("nonce", "another"),
		"without a nonce":      but("nonce", nil),
		"signed by a stranger": func(nonce string) string { return signed(honest(nonce), jwt.SigningMethodRS256, stranger) },
		"signed with the public key": func(nonce string) string {
			return signed(honest(nonce), jwt.SigningMethodHS256, key.N.Bytes())
		},
		"not signed": func(nonce string) string {
			return signed(honest(nonce), jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType)
		},
		"no token":     func(string) string { return "" },
		"not a token":  func(string) string { return "a.b.c" },
		"a high level": but("acr", []string{"highest"}),
	} {
		token = lie
		if v, got := goes(); got.status != http.StatusUnprocessableEntity || v.in() {
			t.Errorf("a token %s: %d %s", name, got.status, got.text())
		}
	}
	token = func(nonce string) string { return signed(honest(nonce), jwt.SigningMethodRS256, key) }
	if v, got := goes(); got.location() != "/willow" || !v.in() {
		t.Errorf("an honest one: %d %s: this test looked at nothing", got.status, got.text())
	}
}

func TestWhatCannotBeAProviderIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare), unlogged)
	admin := s.over("admin@northmoor")
	for name, change := range map[string]map[string]string{
		"plain http": {"issuer": "http://id.example"}, "no address": {"issuer": "id.example"}, "a password in it": {"issuer": "https://a:b@id.example"},
		"a broken key": {"secret": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"}, "no name": {"name": " "}, "another kind": {"kind": "saml"},
	} {
		row := map[string]string{}
		for key, value := range provider {
			row[key] = value
		}
		for key, value := range change {
			row[key] = value
		}
		if got := admin.sendJSON("/trust/providers", row); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if got := s.over(lead).sendJSON("/trust/providers", provider); got.status != http.StatusForbidden {
		t.Errorf("a lead adds one: %d", got.status)
	}
	// A name that leads into our own network.
	id := s.enters("northmoor", "https://localhost:1", "secret", nil)
	if got := s.visit("northmoor").sendJSON("/sign-in/with/"+id, map[string]string{}); got.status != http.StatusServiceUnavailable || fault.Code(field(t, got, "code")) != fault.Unavailable {
		t.Errorf("an address of ours: %d %s", got.status, got.body)
	}
}

func TestABrowserGoesToTheOrganisationAndBackByItself(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	o := organised(t, s, testkit.OpenIDClient{Secret: "secret"}, nil)
	tab := testkit.Browser(t, testkit.Viewport(390, 844), testkit.AnyCertificate())
	tab.Goto(s.address(lead) + "/sign-in?next=/willow/forums")
	tab.Click("text=Sign in with Northmoor account")
	tab.WaitText("h1", "Forums")
	o.Person(testkit.OpenIDPerson{Subject: "nobody", Level: "high", Claims: map[string]any{"email": "nobody@northmoor.example", "email_verified": true}})
	another := testkit.Browser(t, testkit.Viewport(390, 844), testkit.AnyCertificate())
	another.Goto(s.address(lead) + "/sign-in")
	another.Click("text=Sign in with Northmoor account")
	another.WaitText(".nhsuk-error-summary", "No member of staff here has the email address")
}
