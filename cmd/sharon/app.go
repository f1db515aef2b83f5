package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/admin/money"
	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/metrics"
	"github.com/sharon-nhs/sharon/internal/outbound"
	"github.com/sharon-nhs/sharon/internal/realtime"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/internal/text"
	"github.com/sharon-nhs/sharon/internal/ui/emblem"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/migrations"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/modules/all"
	"github.com/sharon-nhs/sharon/modules/notifications"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/account"
	"github.com/sharon-nhs/sharon/tenants/exitkit"
	"github.com/sharon-nhs/sharon/tenants/invitations"
	"github.com/sharon-nhs/sharon/tenants/programmes"
	"github.com/sharon-nhs/sharon/workers"
)

// app is SHaRON wired together; the commands and the tests start from it.
type app struct {
	// Patience is how long one request may take; zero is 15 seconds.
	Patience time.Duration

	DB        *database.DB
	Files     *storage.Files
	Directory *tenants.Directory
	Keys      crypt.Keys
	Accounts  account.Accounts
	Asking    *http.Client // by which other organisations' sign-ins are asked
	Parts     tenants.Parts
	Desk      *safety.Desk
	Rooms     []modules.Module
	Clock     clock.Clock
	Log       *slog.Logger
	Web       webConfig
	Live      *tenants.Live
	Outside   *notifications.Outside
	Inbox     *mail.Inbox // takes every email of a demonstration; otherwise nil
	Texts     *text.Inbox // takes every text message of a demonstration; otherwise nil
	Queue     *jobs.Queue // nil where there is none
	Money     money.Money
	Metrics   *metrics.Metrics

	table    *tenants.Router
	console  *web.Router[admin.Scope] // once there is a handler
	ready    func() error             // more that /readyz asks; nil for nothing
	stopping atomic.Bool              // /readyz says so
}

// open connects to the database and builds what everything shares.
func open(c config, w webConfig, keys crypt.Keys, at clock.Clock) (*app, error) {
	base, err := w.base()
	if err != nil {
		return nil, err
	}
	files, err := storage.New(c.media())
	if err != nil {
		return nil, err
	}
	outside, err := c.outside(w, keys)
	if err != nil {
		return nil, err
	}
	paying, err := c.stripe()
	if err != nil {
		return nil, err
	}
	db, err := database.Open(c.database())
	if err != nil {
		return nil, err
	}
	a := &app{DB: db, Files: files, Keys: keys, Outside: outside, Clock: at, Log: c.log(), Web: w}
	a.Metrics = metrics.New(version)
	a.Metrics.Ask(a.samples)
	a.Asking = outbound.Client(5*time.Second, outbound.Public, nil)
	a.Accounts = account.New(account.Deps{Entrance: tenants.Entrance{Keys: keys, Sessions: w.sessions()}, Clock: at, BaseURL: w.BaseURL, HTTP: a.Asking})
	a.Parts = everywhere(a)
	a.Desk = safety.NewDesk()
	a.Rooms = all.Rooms(a.Desk, files, outside, invitations.Guests{Office: a.office()}, a.Parts.Person)
	outside.Unread = modules.Unread(a.Rooms)
	a.Directory = &tenants.Directory{DB: db, Clock: at, BaseHost: base.Hostname(), Defaults: slices.Concat(tenants.Grants.Rules(), a.Parts.Rules(), modules.Grants(a.Rooms))}
	a.Directory.Begins = modules.Begins(a.Rooms)
	a.Money = money.Money{DB: db, Clock: at, Keys: keys, Directory: a.Directory, Stripe: paying, Hook: c.StripeWebhookSecret, Tell: a.programmes().Paid, Log: a.Log}
	a.Live = &tenants.Live{Directory: a.Directory, Sessions: w.sessions(), Unread: modules.Unread(a.Rooms)}
	a.table = web.NewRouter[tenants.Scope]()
	tenants.Entrance{Keys: keys, Sessions: w.sessions(), Live: a.Live, Ways: a.Accounts.Ways, Own: a.Parts.Links, Mine: a.mine}.Routes(a.table)
	a.Parts.Mount(a.table)
	modules.Mount(a.table, a.Rooms)
	return a, nil
}

// mine are the pages that the Me page offers to s.
func (a *app) mine(s tenants.Scope) []tenants.MeLink {
	return append(modules.Mine(a.Rooms)(s), a.Parts.Links(s)...)
}

// connect has what happens told to open pages from now on and, where there is a
// queue, to the workers. It ends with ctx.
func (a *app) connect(ctx context.Context, bus realtime.Bus) *workers.Relay {
	a.Live.Start(bus, a.Log)
	context.AfterFunc(ctx, a.Live.Close)
	a.Directory.Outlet = a.Live.Send
	if a.Queue == nil {
		return nil
	}
	relay := workers.NewRelay(a.Directory, a.Queue, a.Log)
	relay.Takes, relay.Metrics = workers.Takes(a.handlers()), a.Metrics
	go relay.Run(ctx)
	a.Directory.Outlet = func(events []tenants.Event) {
		relay.Send(events)
		a.Live.Send(events)
	}
	return relay
}

// handlers are what follows from events.
func (a *app) handlers() []tenants.Handler {
	return slices.Concat(a.Parts.Handlers(), modules.Handlers(a.Rooms))
}

// work is what this process's workers do; no queues means all.
func (a *app) work(relay *workers.Relay, queues []string) workers.Deps {
	return workers.Deps{
		Directory: a.Directory, Sessions: a.Web.sessions(), Queue: a.Queue, Queues: queues, Relay: relay, Clock: a.Clock, Log: a.Log, Metrics: a.Metrics,
		On: a.handlers(), Rounds: slices.Concat(a.Parts.Rounds(), modules.Rounds(a.Rooms)),
		Chores: a.chores(),
	}
}

// handler is the whole server: the trusts’ pages, the lobby at the base host and
// the console in front of it.
func (a *app) handler() (*fiber.App, error) {
	base, err := a.Web.base()
	if err != nil {
		return nil, err
	}
	proxies, err := a.Web.proxies()
	if err != nil {
		return nil, err
	}
	options := web.Options{Secure: base.Scheme == "https", Proxies: proxies, BodyLimit: a.Web.BodyLimit, Timeout: cmp.Or(a.Patience, 15*time.Second), Log: a.Log}
	options.Observe = a.Metrics.Requests("trust")
	gate := &tenants.Gate{Directory: a.Directory, Clock: a.Clock, Keys: a.Keys, Sessions: a.Web.sessions(), Log: a.Log, Rooms: modules.Navigation(a.Rooms), Bars: modules.Bars(a.Rooms), Explain: a.rights().Explain}
	trusts := &web.App[tenants.Scope]{Options: options, Router: a.table, Gate: gate, Plain: a.plain(gate.Help)}
	trusts.Plain["/:service/help-now"] = trusts.Plain["/help-now"]
	trusts.Plain["/offline"] = web.Plain{View: gate.Offline}
	trusts.Plain["/:service/offline"] = trusts.Plain["/offline"]
	trusts.Plain["/manifest.webmanifest"] = web.Plain{File: gate.Manifest}
	for _, drawn := range emblem.All {
		trusts.Plain["/"+drawn.Name] = web.Plain{File: gate.AppIcon}
	}
	trusts.Plain["/openapi.json"] = document("SHaRON", a.table.Routes)

	options.Observe = a.Metrics.Requests("lobby")
	lobby := &tenants.Lobby{Directory: a.Directory, BaseURL: a.Web.BaseURL}
	doors := web.NewRouter[*tenants.Lobby]()
	lobby.Routes(doors)
	front := &web.App[*tenants.Lobby]{Options: options, Router: doors, Gate: lobby, Plain: a.plain(lobby.Help)}
	if a.Inbox != nil {
		maps.Copy(front.Plain, demo.Mailbox(a.Inbox, a.Texts))
	}

	trustHandler, frontHandler, consoleHandler := trusts.Handler(), front.Handler(), a.consoleFace(options, lobby.Help).Handler()
	return web.Host(func(host string) web.Handler {
		switch host {
		case base.Hostname(), "127.0.0.1":
			return frontHandler
		case "console." + base.Hostname():
			return consoleHandler
		}
		return trustHandler
	}, options), nil
}

// programmes is the console's door to onboarding programmes.
func (a *app) programmes() programmes.Office {
	return programmes.Office{Directory: a.Directory, Letters: a.office(), Files: a.Files, Figures: counted}
}

// consoleFace is what platform staff see.
func (a *app) consoleFace(options web.Options, help func(context.Context, *web.Request) (int, templ.Component)) *web.App[admin.Scope] {
	options.Observe = a.Metrics.Requests("console")
	sessions := signin.Sessions(a.Web.sessions())
	a.console = web.NewRouter[admin.Scope]()
	admin.Console{Directory: a.Directory, Queue: a.Queue, Keys: a.Keys, Sessions: sessions, BaseURL: a.Web.BaseURL, Log: a.Log,
		Founding: invitations.Founding{Directory: a.Directory, Office: a.office()}, Services: services{a},
		Programmes: a.programmes(), Kits: exitkit.Office{House: a.house()}, Money: a.Money, Usage: a.usage()}.Routes(a.console)
	gate := &admin.Gate{DB: a.DB, Clock: a.Clock, Keys: a.Keys, Sessions: sessions}
	face := &web.App[admin.Scope]{Options: options, Router: a.console, Gate: gate, Plain: a.plain(help)}
	face.Plain["/openapi.json"] = document("SHaRON console", a.console.Routes)
	return face
}

// document describes a face's routes; it is made when it is first asked for.
func document(title string, routes func() []*web.Route) web.Plain {
	made := sync.OnceValue(func() any { return web.OpenAPI(title, version, routes()) })
	return web.Plain{JSON: func(context.Context) (int, any) { return fiber.StatusOK, made() }}
}

// plain are the pages of both faces that answer whatever happens.
func (a *app) plain(help func(context.Context, *web.Request) (int, templ.Component)) map[string]web.Plain {
	pages := map[string]web.Plain{"/help-now": {View: help}}
	for path, answer := range a.probes() {
		pages[path] = web.Plain{JSON: answer}
	}
	return pages
}

// probes are what a supervisor asks: whether the process lives, and whether it can
// do its work.
func (a *app) probes() map[string]func(context.Context) (int, any) {
	return map[string]func(context.Context) (int, any){
		"/healthz": func(context.Context) (int, any) { return fiber.StatusOK, health{"ok", ""} },
		"/readyz":  a.readiness,
	}
}

type health struct {
	Status string `json:"status"`
	Reason string `json:"reason,omitempty"`
}

func (a *app) readiness(ctx context.Context) (int, any) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	err := a.DB.Ping(ctx)
	if err == nil && a.ready != nil {
		err = a.ready()
	}
	if a.stopping.Load() {
		err = errStopping
	}
	if err != nil {
		a.Log.WarnContext(ctx, "not ready", slog.Any("cause", err))
		return fiber.StatusServiceUnavailable, health{"unavailable", "a part of SHaRON does not answer; its log says which"}
	}
	return fiber.StatusOK, health{"ok", ""}
}

// migrated makes sure that the tables are those of this binary. apply says
// whether to bring them up to date.
func migrated(ctx context.Context, c config, apply bool) error {
	m, err := database.NewMigrator(c.database(), migrations.Files)
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	if apply {
		_, err := m.Up(ctx)
		return err
	}
	steps, err := m.Status(ctx)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if !step.Applied {
			return fmt.Errorf("the database lacks %s: run `sharon migrate up` once, then start again", step.Name)
		}
	}
	return nil
}

var errStopping = errors.New("stopping")
