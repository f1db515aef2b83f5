package testkit

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// OpenID is a certified OpenID provider (oidc-provider, in Node), as an
// organisation runs one. It speaks TLS with a certificate of Roots.
type OpenID struct {
	Issuer string
	Roots  *x509.CertPool

	t      testing.TB
	client *http.Client
	stop   func()
}

// OpenIDClient is whom a provider knows: by a secret, or by a public key (JWK).
type OpenIDClient struct {
	ID      string
	Secret  string
	Key     map[string]string
	Back    []string // redirect URIs
	KeyAlgo string   // of a key's signatures
}

// OpenIDPerson is who comes to sign in there.
type OpenIDPerson struct {
	Subject string         `json:"sub"`
	Level   string         `json:"acr,omitempty"`
	Methods []string       `json:"amr,omitempty"`
	Claims  map[string]any `json:"claims"`
	Refuses bool           `json:"refuses,omitempty"`
}

// NewOpenID starts a provider that ends with the test. It needs Node, and the
// packages that .ci/install-test-deps puts beside its programme.
func NewOpenID(t testing.TB, clients ...OpenIDClient) *OpenID {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	folder := filepath.Join(filepath.Dir(here), "openid")
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
		t.Fatalf("testkit: the OpenID provider is not installed: run .ci/install-test-deps")
	}
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	o := &OpenID{t: t, Issuer: "https://127.0.0.1:" + strconv.Itoa(port), Roots: x509.NewCertPool()}
	lent := httptest.NewTLSServer(nil) // for its certificate
	chain := lent.TLS.Certificates[0]
	lent.Close()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: chain.Certificate[0]})
	private, err := x509.MarshalPKCS8PrivateKey(chain.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	o.Roots.AppendCertsFromPEM(certificate)
	o.client = &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12}}}
	settings, err := json.Marshal(map[string]any{"issuer": o.Issuer, "port": port, "cert": string(certificate),
		"key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})), "clients": clientsOf(clients)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, "node", "--no-warnings", "provider.mjs")
	command.Dir = folder
	var problems bytes.Buffer
	command.Stderr = &problems
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatalf("testkit: Node: %v (run .ci/install-test-deps)", err)
	}
	o.stop = func() {
		cancel()
		_ = command.Wait()
	}
	t.Cleanup(o.stop)
	_, _ = fmt.Fprintln(in, string(settings))
	said := make([]byte, 6)
	ready := make(chan error, 1)
	go func() { _, err := io.ReadFull(out, said); ready <- err }()
	select {
	case err = <-ready:
	case <-time.After(3 * patience):
		err = fmt.Errorf("not ready in time")
	}
	if err != nil || !strings.HasPrefix(string(said), "ready") {
		t.Fatalf("testkit: the OpenID provider: %v %s\n%s", err, said, problems.String())
	}
	return o
}

func clientsOf(clients []OpenIDClient) (all []map[string]any) {
	for _, c := range clients {
		one := map[string]any{"client_id": c.ID, "redirect_uris": c.Back, "response_types": []string{"code"}, "grant_types": []string{"authorization_code"}}
		if c.Key != nil {
			one["token_endpoint_auth_method"], one["token_endpoint_auth_signing_alg"] = "private_key_jwt", c.KeyAlgo
			one["jwks"] = map[string]any{"keys": []any{c.Key}}
		} else {
			one["client_secret"] = c.Secret
		}
		all = append(all, one)
	}
	return all
}

// Person is who comes to sign in from now on.
func (o *OpenID) Person(p OpenIDPerson) {
	o.t.Helper()
	o.tell("person", p)
}

// Rotate gives the provider new keys, and no more of the old ones.
func (o *OpenID) Rotate() {
	o.t.Helper()
	o.tell("rotate", nil)
}

// Stop ends it.
func (o *OpenID) Stop() { o.stop() }

func (o *OpenID) tell(what string, about any) {
	o.t.Helper()
	body, err := json.Marshal(about)
	if err != nil {
		o.t.Fatal(err)
	}
	answer, err := o.client.Post(o.Issuer+"/test/"+what, "application/json", bytes.NewReader(body)) //nolint:noctx // the client's timeout bounds it
	if err != nil {
		o.t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		o.t.Fatalf("testkit: the OpenID provider answers %s", answer.Status)
	}
}
