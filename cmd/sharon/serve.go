package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/text"
	"github.com/sharon-nhs/sharon/workers"
)

type serveCmd struct {
	config
	webConfig
	Demo bool `help:"Fill an empty database with two invented trusts and print who can sign in."`
}

// Run is everything in one process.
func (cmd serveCmd) Run(ctx context.Context) error {
	if cmd.Demo {
		cmd.OneFactor = true // whoever tries SHaRON has the printed password and no more
		if cmd.LogLevel == "info" {
			cmd.LogLevel = "warn" // leave the screen to the table of accounts
		}
	}
	if err := migrated(ctx, cmd.config, true); err != nil {
		return err
	}
	return run(ctx, cmd.config, cmd.webConfig, parts{web: true, workers: true, demo: cmd.Demo})
}

type webCmd struct {
	config
	webConfig
}

// Run is the pages alone.
func (cmd webCmd) Run(ctx context.Context) error {
	if err := migrated(ctx, cmd.config, false); err != nil {
		return err
	}
	return run(ctx, cmd.config, cmd.webConfig, parts{web: true})
}

type workerCmd struct {
	config
	Queues          []string      `help:"Queues that this worker serves: safety, realtime, default, bulk. Default: all of them. See that somebody serves each." placeholder:"QUEUE"`
	BaseURL         string        `help:"As for web: the links in emails begin with it." default:"http://localhost:8080" placeholder:"URL"`
	SessionIdle     time.Duration `help:"As for web: sessions older than this are swept." default:"30m"`
	SessionAbsolute time.Duration `help:"As for web." default:"12h"`
}

// Run is the workers alone.
func (cmd workerCmd) Run(ctx context.Context) error {
	if _, err := jobs.Share(cmd.Queues); err != nil {
		return err
	}
	if cmd.RedisURL == "" {
		return errors.New("workers of their own need a queue that others can reach: set REDIS_URL, or use `sharon serve`, which has a queue inside")
	}
	if err := migrated(ctx, cmd.config, false); err != nil {
		return err
	}
	w := webConfig{BaseURL: cmd.BaseURL, SessionIdle: cmd.SessionIdle, SessionAbsolute: cmd.SessionAbsolute}
	return run(ctx, cmd.config, w, parts{workers: true, queues: cmd.Queues})
}

// parts are what a process does.
type parts struct {
	web, workers, demo bool
	queues             []string // that the workers serve; none means all
}

func run(ctx context.Context, c config, w webConfig, p parts) error {
	if err := c.exposed(); err != nil {
		return err
	}
	keys, err := c.keys(c.alone())
	if err != nil {
		return err
	}
	a, err := open(c, w, keys, clock.Real{})
	if err != nil {
		return err
	}
	defer func() { _ = a.DB.Close() }()
	if err := a.DB.Guarded(ctx); err != nil {
		return err
	}
	if p.demo {
		a.Inbox = mail.NewInbox(a.Clock)
		a.Outside.Email = a.Inbox.Send
		a.Texts = text.NewInbox(a.Clock)
		a.Outside.Text = a.Texts
		deps := demo.Deps{Directory: a.Directory, Keys: keys, Clock: a.Clock}
		if err := demo.Seed(ctx, deps); err != nil {
			return err
		}
		if err := demo.Wings(ctx, deps); err != nil {
			return err
		}
		if err := demo.KeepFiles(ctx, a.Files, a.Directory); err != nil {
			return err
		}
	}
	done := make(chan error, 2)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	running := 0
	bus, err := c.bus(a.Log)
	if err != nil {
		return err
	}
	defer func() { _ = bus.Close() }()
	if p.workers || c.RedisURL != "" { // pages without workers hand over what happens, and look into the queue
		if a.Queue, err = jobs.Open(c.RedisURL); err != nil {
			return err
		}
		defer a.Queue.Close()
	}
	relay := a.connect(ctx, bus)
	if p.workers {
		a.ready = a.Queue.Ping
	}
	if err := a.watched(ctx, c.metricsConfig); err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { a.stopping.Store(true) })
	if p.workers {
		running++
		go func() { done <- workers.Run(ctx, a.work(relay, p.queues)) }()
	}
	if p.web {
		running++
		go func() { done <- a.listen(ctx, p.demo) }()
	}
	var first error
	for range running {
		if err := <-done; err != nil && first == nil {
			first = err
		}
		cancel() // when one part ends, so do the others
	}
	a.Live.Close() // has been begun by cancel; the bus is hung up once nobody listens
	return first
}

// listen serves until ctx ends: first it says that it is not ready any more,
// then it lets requests finish.
func (a *app) listen(ctx context.Context, showDemo bool) error {
	server, err := a.handler()
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.Web.Addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", a.Web.Addr, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Listener(listener) }()
	a.Log.Info("ready", slog.String("address", a.Web.Addr), slog.String("base", a.Web.BaseURL))
	if showDemo {
		demo.Print(os.Stdout, a.Web.BaseURL)
	}
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	return server.ShutdownWithTimeout(15 * time.Second)
}
