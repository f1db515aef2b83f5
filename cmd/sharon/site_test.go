package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"golang.org/x/crypto/argon2"

	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/film"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/realtime"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules/access"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/workers"
)

func TestMain(m *testing.M) {
	film.Jailed()
	testkit.Main(m)
}

// A site is SHaRON, whole, with the demo trusts, on a database of its own.
type site struct {
	t     *testing.T
	app   *app
	clock *clock.Fake
	relay *workers.Relay
	port  string
	made  config // of the app
}

// now is a Friday morning: the demo conversation leads up to it.
var now = time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC)

const testSecret = "a secret for tests that is long enough"

var testKeys = func() crypt.Keys {
	keys, err := crypt.NewKeys([]byte(testSecret))
	if err != nil {
		panic(err)
	}
	return keys
}()

// prepare makes the database that each test gets a copy of.
func prepare(address string) error {
	ctx := context.Background()
	data, err := os.MkdirTemp("", "sharon")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(data) }()
	c := config{Data: data, DatabaseURL: address, LogLevel: "error", LogFormat: "text"}
	if err := migrated(ctx, c, true); err != nil {
		return err
	}
	a, err := open(c, webConfig{BaseURL: "http://localhost"}, testKeys, clock.NewFake(now))
	if err != nil {
		return err
	}
	defer func() { _ = a.DB.Close() }()
	if err := demo.Seed(ctx, demo.Deps{Directory: a.Directory, Keys: testKeys, Clock: a.Clock}); err != nil {
		return err
	}
	return workers.EachTrust(ctx, a.Directory, func(ctx context.Context, trust tenants.Trust) error {
		var here tenants.Scope
		err := a.Directory.WriteAs(ctx, trust.ID, "", func(ctx context.Context, sc tenants.Scope) error {
			_, err := sc.Update((*tenants.Account)(nil)).Set("password_hash = ?", quickHash).Where("password_hash <> ''").Exec(ctx)
			if err != nil {
				return err
			}
			// Or the round that tells the team of what is due would come into some test.
			services, err := sc.Everywhere(ctx)
			for _, at := range services {
				if _, err := at.Update((*access.Record)(nil)).Set("reminded_at = ?", now).Where("review_on <= ?", clock.DateOf(now)).Exec(ctx); err != nil {
					return err
				}
			}
			here = sc.Outlive()
			return err
		})
		if err != nil {
			return err
		}
		return a.usage().Round(ctx, here)
	})
}

// quickHash is that of the demo's password with little work: the tests sign in
// thousands of times.
var quickHash = func() string {
	const memory = 64 // KiB
	salt := []byte("salt for tests 1")
	key := argon2.IDKey([]byte(demo.Password), salt, 1, memory, 1, 32)
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=1,p=1$%s$%s", argon2.Version, memory, encode(salt), encode(key))
}()

var dialects = map[string]func(testing.TB, func(string) error) string{"sqlite": testkit.SQLite, "postgres": testkit.Postgres}

// onBoth runs a test on a site of each database, beside the other tests.
func onBoth(t *testing.T, test func(t *testing.T, s *site)) {
	onBothOf(t, webConfig{OneFactor: true}, test)
}

func onBothOf(t *testing.T, w webConfig, test func(t *testing.T, s *site)) {
	t.Parallel()
	for name, database := range dialects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newSiteOf(t, database(t, prepare), w))
		})
	}
}

// newSite is one as in a demonstration: a password lets everybody in.
func newSite(t *testing.T, address string, changes ...func(*app)) *site {
	t.Helper()
	return newSiteOf(t, address, webConfig{OneFactor: true}, changes...)
}

func newSiteOf(t *testing.T, address string, w webConfig, changes ...func(*app)) *site {
	t.Helper()
	return newSiteWith(t, address, w, testKeys, changes...)
}

func newSiteWith(t *testing.T, address string, w webConfig, keys crypt.Keys, changes ...func(*app)) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	c := config{Data: t.TempDir(), DatabaseURL: address, LogLevel: "error", LogFormat: "text"}
	s := &site{t: t, clock: clock.NewFake(now), port: port, made: c}
	w.BaseURL, w.SessionIdle, w.SessionAbsolute, w.BodyLimit = "http://localhost:"+port, 30*time.Minute, 12*time.Hour, 256<<10
	if s.app, err = open(c, w, keys, s.clock); err != nil {
		t.Fatal(err)
	}
	if err := demo.KeepFiles(t.Context(), s.app.Files, s.app.Directory); err != nil {
		t.Fatal(err)
	}
	s.app.Patience = 2 * time.Minute // the machine may be crowded
	watched(t, s.app.DB)
	s.app.Log = slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelError}))
	for _, change := range changes {
		change(s.app)
	}
	if s.app.Queue == nil {
		if s.app.Queue, err = jobs.Open(""); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	s.relay = s.app.connect(ctx, realtime.Local{})
	server, err := s.app.handler()
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Listener(listener) }()
	t.Cleanup(func() {
		stop() // ends the streams, which a shutdown does not
		_ = server.ShutdownWithTimeout(2 * time.Second)
		_ = s.app.DB.Close()
		s.app.Queue.Close()
	})
	return s
}

// watched fails the test on any query of a tenant's table without the tenant.
func watched(t *testing.T, db *database.DB) {
	t.Helper()
	var tables []string
	err := db.Read(context.Background(), uuid.Nil, func(ctx context.Context, tx bun.IDB) (err error) {
		tables, err = testkit.TenantTables(ctx, tx)
		return err
	})
	if err != nil || len(tables) == 0 {
		t.Fatalf("tenant tables: %v %v", tables, err)
	}
	db.AddQueryHook(testkit.Tripwire(t, tables))
}

// testLog fails the test on what the server logs as an error: a 500 is never fine.
type testLog struct{ t *testing.T }

func (l testLog) Write(line []byte) (int, error) {
	l.t.Errorf("logged: %s", bytes.TrimSpace(line))
	return os.Stderr.Write(nil)
}

// A visitor is a browser or a client at one trust.
type visitor struct {
	site   *site
	base   string
	client *http.Client
	bearer string
}

// visit is a browser that has not signed in.
func (s *site) visit(trust string) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	host := "localhost"
	if trust != "" {
		host = trust + ".localhost"
	}
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+s.port)
	}
	transport := &http.Transport{DialContext: dial}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &visitor{site: s, base: "http://" + host + ":" + s.port, client: &http.Client{
		Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// houseOf is the first part of the host where an account signs in: its trust, or
// the console for platform@sharon.
func houseOf(account string) string {
	_, house, _ := strings.Cut(account, "@")
	if house == "sharon" {
		return "console"
	}
	return house
}

// as is a browser signed in with a demo account: "hazel.willow@northmoor".
func (s *site) as(account string) *visitor {
	s.t.Helper()
	v := s.visit(houseOf(account))
	got := v.post("/sign-in", url.Values{"email": {account + ".example"}, "password": {demo.Password}})
	if got.status != http.StatusSeeOther {
		s.t.Fatalf("sign in as %s: %d %s", account, got.status, got.text())
	}
	return v
}

// over is an API client signed in with a demo account.
func (s *site) over(account string) *visitor {
	s.t.Helper()
	v := s.visit(houseOf(account))
	var out struct{ Token string }
	got := v.sendJSON("/sign-in", map[string]string{"email": account + ".example", "password": demo.Password})
	if err := json.Unmarshal(got.body, &out); err != nil || out.Token == "" {
		s.t.Fatalf("sign in as %s: %d %s", account, got.status, got.body)
	}
	v.bearer = out.Token
	return v
}

// An answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) location() string { return a.header.Get("Location") }

func (a answer) has(text string) bool { return strings.Contains(string(a.body), text) }

// text is the page without tags, for messages of failed tests.
func (a answer) text() string {
	plain := regexp.MustCompile(`(?s)<head>.*</head>|<[^>]+>`).ReplaceAllString(string(a.body), " ")
	plain = strings.Join(strings.Fields(plain), " ")
	return plain[:min(len(plain), 600)]
}

func (v *visitor) do(request *http.Request) answer {
	v.site.t.Helper()
	if v.bearer != "" {
		request.Header.Set("Authorization", "Bearer "+v.bearer)
	}
	response, err := v.client.Do(request)
	if err != nil {
		v.site.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.site.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, body}
}

func (v *visitor) request(method, path string, body io.Reader) *http.Request {
	v.site.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, v.base+path, body)
	if err != nil {
		v.site.t.Fatal(err)
	}
	return request
}

// get loads a page.
func (v *visitor) get(path string) answer {
	v.site.t.Helper()
	return v.do(v.request(http.MethodGet, path, nil))
}

// post sends a form as a browser does from one of our pages, with its token.
func (v *visitor) post(path string, form url.Values) answer {
	v.site.t.Helper()
	if form.Get("_csrf") == "" && path != "/sign-in" {
		form = copied(form)
		form.Set("_csrf", v.token(path))
	}
	form = withReason(path, form).(url.Values)
	request := v.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return v.do(request)
}

func copied(form url.Values) url.Values {
	out := url.Values{}
	for name, values := range form {
		out[name] = values
	}
	return out
}

var hidden = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

// token reads the form token of the person's own page.
func (v *visitor) token(path string) string {
	v.site.t.Helper()
	service, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	for _, page := range []string{"/" + service + "/me", "/"} {
		if found := hidden.FindSubmatch(v.get(page).body); found != nil {
			return string(found[1])
		}
	}
	return "none"
}

// getJSON reads over the API.
func (v *visitor) getJSON(path string, out any) answer {
	v.site.t.Helper()
	request := v.request(http.MethodGet, path, nil)
	request.Header.Set("Accept", "application/json")
	return v.read(v.do(request), out)
}

// sendJSON sends a command over the API; header pairs may follow.
func (v *visitor) sendJSON(path string, in any, headers ...string) answer {
	v.site.t.Helper()
	return v.sendBy(http.MethodPost, path, in, headers...)
}

// sendBy is sendJSON with another method.
func (v *visitor) sendBy(method, path string, in any, headers ...string) answer {
	v.site.t.Helper()
	in = withReason(path, in)
	body, ok := in.([]byte)
	if !ok {
		var err error
		if body, err = json.Marshal(in); err != nil {
			v.site.t.Fatal(err)
		}
	}
	request := v.request(method, path, bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return v.do(request)
}

// sendFiles sends a command with a small picture in each of the fields that are files.
func (v *visitor) sendFiles(path string, in map[string]any, files []string) answer {
	v.site.t.Helper()
	var body, picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		v.site.t.Fatal(err)
	}
	form := multipart.NewWriter(&body)
	for name, value := range withReason(path, in).(map[string]any) {
		if err := form.WriteField(name, fmt.Sprint(value)); err != nil {
			v.site.t.Fatal(err)
		}
	}
	for _, name := range files {
		to, err := form.CreateFormFile(name, "picture.png")
		if err == nil {
			_, err = to.Write(picture.Bytes())
		}
		if err != nil {
			v.site.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		v.site.t.Fatal(err)
	}
	request := v.request(http.MethodPost, path, &body)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Accept", "application/json")
	return v.do(request)
}

func (v *visitor) read(got answer, out any) answer {
	v.site.t.Helper()
	if out != nil && got.status == http.StatusOK {
		if err := json.Unmarshal(got.body, out); err != nil {
			v.site.t.Fatalf("read %s: %v", got.body, err)
		}
	}
	return got
}

// field reads a value of a JSON object.
func field(t *testing.T, got answer, path ...string) string {
	t.Helper()
	var value any
	if err := json.Unmarshal(got.body, &value); err != nil {
		t.Fatalf("%d %s: %v", got.status, got.body, err)
	}
	for _, name := range path {
		object, ok := value.(map[string]any)
		if !ok {
			t.Fatalf("no %v in %s", path, got.body)
		}
		value = object[name]
	}
	return fmt.Sprint(value)
}
