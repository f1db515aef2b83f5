package tenants_test

import (
	"context"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/ui"
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

// world is two trusts on a real database: northmoor with the services willow
// and harbour, where Hazel is a member of willow, and eastvale with orchard.
type world struct {
	*testing.T
	ctx       context.Context
	db        *database.DB
	clock     *clock.Fake
	keys      crypt.Keys
	directory *tenants.Directory
	north     tenants.Trust
	east      tenants.Trust
	hazel     tenants.Person
}

// onBoth runs a test in a world on each database, with the tripwire set.
func onBoth(t *testing.T, test func(w *world)) {
	testkit.OnBoth(t, testkit.Migrated(migrations.Files), func(t *testing.T, url string) { test(newWorld(t, url)) })
}

func newWorld(t *testing.T, url string) *world {
	t.Helper()
	w := &world{T: t, ctx: t.Context(), db: testkit.Open(t, url), clock: clock.NewFake(time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC))}
	var err error
	if w.keys, err = crypt.NewKeys([]byte("a secret for tests that is long enough")); err != nil {
		t.Fatal(err)
	}
	var tables []string
	w.must(w.db.Platform(w.ctx, func(ctx context.Context, db bun.IDB) (err error) {
		tables, err = testkit.TenantTables(ctx, db)
		return err
	}))
	w.db.AddQueryHook(testkit.Tripwire(t, tables))
	w.directory = w.node()
	w.north, w.east = w.trust("RX1", "northmoor"), w.trust("RX2", "eastvale")
	w.service(w.north, "willow")
	w.service(w.north, "harbour")
	w.service(w.east, "orchard")
	w.hazel = w.join(w.north, "willow", "hazel@example.org", "Hazel", tenants.ServiceUser)
	return w
}

// node is another node of the same deployment: what it knows, it reads itself.
func (w *world) node() *tenants.Directory {
	return &tenants.Directory{DB: w.db, Clock: w.clock, BaseHost: "localhost", Defaults: tenants.Grants.Rules()}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) trust(ods, slug string) tenants.Trust {
	w.Helper()
	trust, err := w.directory.CreateTrust(w.ctx, tenants.NewTrust{ODSCode: ods, Name: "The " + slug + " trust", Slug: slug})
	w.must(err)
	return trust
}

func (w *world) service(trust tenants.Trust, slug string) {
	w.Helper()
	w.write(trust, "", func(ctx context.Context, s tenants.Scope) error {
		_, err := tenants.CreateService(ctx, s, tenants.NewService{Area: "perinatal", Name: slug, Slug: slug, Accent: "1f5a4f", Modules: []string{"walls"}})
		return err
	})
}

func (w *world) join(trust tenants.Trust, service, email, handle string, roles ...tenants.Role) (person tenants.Person) {
	w.Helper()
	w.write(trust, service, func(ctx context.Context, s tenants.Scope) error {
		account, err := tenants.CreateAccount(ctx, s, w.keys, tenants.NewAccount{Email: email, PasswordHash: passwordHash})
		if err != nil {
			return err
		}
		person, err = tenants.Join(ctx, s, account.ID, tenants.NewPerson{Handle: handle, Roles: roles, JoinedAt: s.Now})
		return err
	})
	return person
}

// write is a unit of work that must succeed.
func (w *world) write(trust tenants.Trust, service string, fn func(context.Context, tenants.Scope) error) {
	w.Helper()
	w.must(w.directory.WriteAs(w.ctx, trust.ID, service, fn))
}

func (w *world) read(trust tenants.Trust, service string, fn func(context.Context, tenants.Scope) error) {
	w.Helper()
	w.must(w.directory.ReadAs(w.ctx, trust.ID, service, fn))
}

var limits = tenants.Sessions{Idle: 30 * time.Minute, Absolute: 12 * time.Hour}

func (w *world) gate(d *tenants.Directory) *tenants.Gate {
	return &tenants.Gate{Directory: d, Clock: w.clock, Keys: w.keys, Sessions: limits,
		Log: slog.New(slog.DiscardHandler), Rooms: func(tenants.Scope) []ui.Room { return nil }}
}

// request is one by an API client at northmoor.
func request(token string, route *web.Route, params ...string) *web.Request {
	r := &web.Request{Host: "northmoor.localhost", Route: route, Method: route.Method, Bearer: token, JSON: true,
		Address: netip.MustParseAddr("192.0.2.1"), Params: map[string]string{}, Cookies: map[string]string{}}
	for i := 0; i < len(params); i += 2 {
		r.Params[params[i]] = params[i+1]
	}
	return r
}

// enter goes through the gate and returns the scope.
func (w *world) enter(r *web.Request) (got tenants.Scope, err error) {
	return w.enterAt(w.directory, r)
}

func (w *world) enterAt(d *tenants.Directory, r *web.Request) (got tenants.Scope, err error) {
	err = w.gate(d).Enter(w.ctx, r, func(_ context.Context, s tenants.Scope) error {
		got = s
		return nil
	})
	return got, err
}

var (
	signIn  = &web.Route{Method: "POST", Path: "/sign-in", Permission: web.Public, OwnUnits: true}
	page    = &web.Route{Method: "GET", Path: "/{service}/me", Permission: web.SignedIn}
	people  = &web.Route{Method: "GET", Path: "/{service}/people/{handle}", Permission: "people.read"}
	wall    = &web.Route{Method: "GET", Path: "/{service}/walls", Permission: web.SignedIn, Module: "walls"}
	command = &web.Route{Method: "POST", Path: "/{service}/things", Permission: "people.read"}
)

// tryToSignIn is an attempt from an address, in a browser that may be known.
func (w *world) tryToSignIn(email, password, address, device string) (out tenants.SignedIn, err error) {
	r := request("", signIn)
	r.Address = netip.MustParseAddr(address)
	if device != "" {
		r.Cookies["sharon-device"] = device
	}
	err = w.gate(w.directory).Enter(w.ctx, r, func(ctx context.Context, s tenants.Scope) error {
		out, err = tenants.Entrance{Keys: w.keys, Sessions: limits}.SignIn(ctx, s, tenants.SignIn{Email: email, Password: password})
		return err
	})
	return out, err
}

// signedIn returns a new session's token.
func (w *world) signedIn(email string) string {
	w.Helper()
	out, err := w.tryToSignIn(email, password, "192.0.2.1", "")
	w.must(err)
	return out.Token
}

// setTrust changes a column of a trust, as an operator would.
func (w *world) setTrust(trust tenants.Trust, column, value string) {
	w.Helper()
	w.must(w.db.Platform(w.ctx, func(ctx context.Context, db bun.IDB) error {
		_, err := db.NewUpdate().Table("trusts").Set("? = ?", bun.Ident(column), value).Where("id = ?", trust.ID).Exec(ctx)
		return err
	}))
}
