package admin_test

import (
	"context"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/admin/money"
	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/migrations"
	"github.com/sharon-nhs/sharon/tenants"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// password is everybody's; hashing it once spares each test the work.
const password = "demo-sharon-2026"

var passwordHash = func() string {
	hash, err := crypt.HashPassword(context.Background(), password)
	if err != nil {
		panic(err)
	}
	return hash
}()

var limits = signin.Sessions{Idle: 30 * time.Minute, Absolute: 12 * time.Hour, OneFactor: true}

// world is the console on a real database, with one account of each role.
type world struct {
	*testing.T
	ctx     context.Context
	db      *database.DB
	clock   *clock.Fake
	keys    crypt.Keys
	roster  admin.Roster
	console admin.Console
}

func onBoth(t *testing.T, test func(w *world)) {
	testkit.OnBoth(t, testkit.Migrated(migrations.Files), func(t *testing.T, url string) { test(newWorld(t, url)) })
}

func sqlite(t *testing.T) string { return testkit.SQLite(t, testkit.Migrated(migrations.Files)) }

func newWorld(t *testing.T, url string) *world {
	t.Helper()
	w := &world{T: t, ctx: t.Context(), db: testkit.Open(t, url), clock: clock.NewFake(time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC))}
	var err error
	if w.keys, err = crypt.NewKeys([]byte("a secret for tests that is long enough")); err != nil {
		t.Fatal(err)
	}
	w.roster = admin.Roster{DB: w.db, Keys: w.keys, Clock: w.clock}
	directory := &tenants.Directory{DB: w.db, Clock: w.clock, BaseHost: "localhost"}
	w.console = admin.Console{Directory: directory, Keys: w.keys, Sessions: limits, Log: slog.New(slog.DiscardHandler),
		Money: money.Money{DB: w.db, Clock: w.clock, Keys: w.keys, Directory: directory}}
	w.must(w.roster.Add(w.ctx,
		admin.NewStaff{Email: "priya@sharon.example", Name: "Priya", Role: tenants.PlatformAdmin, PasswordHash: passwordHash},
		admin.NewStaff{Email: "joan@sharon.example", Name: "Joan", Role: tenants.OnboardingManager, PasswordHash: passwordHash},
		admin.NewStaff{Email: "tomos@sharon.example", Name: "Tomos", Role: tenants.Finance, PasswordHash: passwordHash}))
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

var (
	public  = &web.Route{Method: "POST", Path: "/sign-in", Permission: web.Public}
	page    = &web.Route{Method: "GET", Path: "/", Permission: web.SignedIn}
	command = &web.Route{Method: "POST", Path: "/things", Permission: web.SignedIn}
)

// request is one by an API client.
func request(token string, route *web.Route) *web.Request {
	return &web.Request{Host: "console.localhost", Route: route, Method: route.Method, Bearer: token, JSON: true,
		Address: netip.MustParseAddr("192.0.2.1"), Params: map[string]string{}, Cookies: map[string]string{}}
}

// enter goes through the gate of a node and returns the scope.
func (w *world) enter(r *web.Request) (got admin.Scope, err error) {
	gate := &admin.Gate{DB: w.db, Clock: w.clock, Keys: w.keys, Sessions: limits}
	err = gate.Enter(w.ctx, r, func(_ context.Context, s admin.Scope) error {
		got = s
		return nil
	})
	return got, err
}

// tryToSignIn is an attempt from an address, in a browser that may be known.
func (w *world) tryToSignIn(email, password, address, device string) (admin.SignedIn, error) {
	r := request("", public)
	r.Address = netip.MustParseAddr(address)
	if device != "" {
		r.Cookies["sharon-device"] = device
	}
	s, err := w.enter(r)
	if err != nil {
		return admin.SignedIn{}, err
	}
	return w.console.SignIn(w.ctx, s, tenants.SignIn{Email: email, Password: password})
}

// signedIn returns a new session's token.
func (w *world) signedIn(email string) string {
	w.Helper()
	out, err := w.tryToSignIn(email, password, "192.0.2.1", "")
	w.must(err)
	return out.Token
}

// count counts rows as an operator would.
func (w *world) count(from string) (n int) {
	w.Helper()
	w.must(w.db.Platform(w.ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewRaw("SELECT count(*) FROM "+from).Scan(ctx, &n)
	}))
	return n
}
