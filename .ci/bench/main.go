// Command bench measures SHaRON and says how it stands against its targets.
//
// It builds bin/sharon, starts a PostgreSQL of its own, makes the data with
// `sharon demo`, starts servers on loopback ports, measures each row in turn
// with a base that any machine can make, prints a table and writes
// docs/performance.md. It ends what it started and removes its files, whether
// it succeeds or not.
//
//	go run ./.ci/bench                      everything, in about a quarter of an hour
//	go run ./.ci/bench -quick               everything once with little data, to try it
//	go run ./.ci/bench -only timeline-pg    some rows; docs/performance.md stays as it is
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are the flags and what follows from them.
type options struct {
	quick           bool
	rounds, seconds int
	only            []string

	many, one, wide   volume
	sessions, threads int
	streams           int
}

func (o options) warmUp() time.Duration {
	return min(time.Second, time.Duration(o.seconds)*time.Second/4)
}

func (o options) wants(key string) bool {
	return len(o.only) == 0 || slices.ContainsFunc(o.only, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

// The programs that are started are to end with the main thread: see lab.spawn.
func init() { runtime.LockOSThread() }

func main() {
	if len(os.Args) == 2 && os.Args[1] == "base" {
		exit(serveBase())
	}
	o := options{
		many: volume{trusts: 50, services: 3, members: 2500, posts: 20_000}, one: volume{trusts: 1, services: 3, members: 2500, posts: 20_000},
		wide:     volume{trusts: 1, services: 3, members: 2500, posts: 100_000},
		sessions: 200, threads: 64, streams: 10_000,
	}
	flag.BoolVar(&o.quick, "quick", false, "little data and one short round: to see that everything works, not how fast")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds of each row")
	flag.IntVar(&o.seconds, "seconds", 3, "seconds of each round")
	only := flag.String("only", "", "measure only rows whose keys begin so, comma-separated: "+keys())
	flag.Parse()
	if *only != "" {
		o.only = strings.Split(*only, ",")
	}
	if o.quick {
		o.rounds, o.seconds, o.sessions, o.threads, o.streams = 1, 1, 12, 4, 300
		o.many, o.one = volume{trusts: 2, services: 3, members: 60, posts: 900}, volume{trusts: 1, services: 3, members: 60, posts: 900}
		o.wide = volume{trusts: 1, services: 3, members: 60, posts: 2700}
	}
	if flag.NArg() > 0 || o.rounds < 1 || o.seconds < 1 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, time.Hour)
	err := run(ctx, o)
	cancel()
	stop()
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func keys() string {
	var all []string
	for _, one := range rows() {
		all = append(all, one.key)
	}
	return strings.Join(append(all, "growth", "data", "start", "memory", "binary", "weight", "render", "live", "streams", "plan"), " ")
}

func run(ctx context.Context, o options) (err error) {
	if err := toTop(); err != nil {
		return err
	}
	began := time.Now()
	say := func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "%5s  %s\n", time.Since(began).Round(time.Second), fmt.Sprintf(format, args...))
	}
	l, err := newLab(ctx, say)
	if err != nil {
		return err
	}
	defer l.close()
	b := &bench{lab: l, report: &report{options: o, began: began, commit: l.commit()}, sites: map[string]*workload{}}
	b.report.machine = l.machine()
	if err := b.measure(); err != nil {
		return err
	}
	fmt.Print("\n" + b.report.table())
	if b.report.plan != nil && !b.report.plan.good {
		fmt.Print("\n" + b.report.plan.first + "\n" + b.report.plan.older)
	}
	if o.quick || len(o.only) > 0 {
		return nil
	}
	return os.WriteFile(filepath.Join("docs", "performance.md"), []byte(b.report.document()), 0o644)
}

// toTop goes to the folder of the module, wherever in it we were started.
func toTop() error {
	for {
		if _, err := os.Stat("go.mod"); err == nil {
			return nil
		}
		at, err := os.Getwd()
		if err != nil {
			return err
		}
		if at == filepath.Dir(at) {
			return errors.New("start it inside the repository")
		}
		if err := os.Chdir(".."); err != nil {
			return err
		}
	}
}

// bench is one run.
type bench struct {
	*lab
	report   *report
	baseAddr string
	sites    map[string]*workload
}

func (b *bench) add(figures ...figure) {
	for _, one := range figures {
		if b.report.options.wants(one.key) {
			b.report.figures = append(b.report.figures, one)
		}
	}
}

func (b *bench) measure() error {
	o := b.report.options
	wanted := slices.DeleteFunc(rows(), func(r *row) bool {
		return !o.wants(r.key) && (!o.wants("growth") || r.key != "timeline-pg" && r.key != "timeline-pg-one")
	})
	b.say("building bin/sharon")
	if err := b.build(); err != nil {
		return err
	}
	if o.wants("binary") {
		size, err := b.binary()
		if err != nil {
			return err
		}
		b.add(size)
	}
	if err := b.open(wanted); err != nil {
		return err
	}
	if err := b.loads(wanted); err != nil {
		return err
	}
	return b.rest()
}

// open makes the sites that the rows need, and starts them.
func (b *bench) open(wanted []*row) error {
	o := b.report.options
	any := func(keys ...string) bool { return slices.ContainsFunc(keys, o.wants) }
	for _, one := range []struct {
		name, mode, key, what string
		volume                volume
		needed                bool
	}{
		{"lite", "serve", "serve", "serve with SQLite and the queue inside", o.one, any("start-serve", "memory-serve", "memory-after-serve")},
		{"wide", "web", "", "", o.wide, false},
		{"one", "web", "", "", o.one, false},
		{"many", "web", "web", "web with PostgreSQL", o.many, any("data", "start-web", "memory-web", "memory-after-web", "weight", "render", "live", "streams", "plan")},
	} {
		if !one.needed && !slices.ContainsFunc(wanted, func(r *row) bool { return r.site == one.name }) {
			continue
		}
		s, err := b.site(one.name, one.mode, one.volume)
		if err != nil {
			return err
		}
		if one.key == "" {
			_, err = s.start()
		} else {
			var found []figure
			found, err = s.starting(one.key, one.what)
			b.add(found...)
		}
		if err != nil {
			return err
		}
		b.say("signing in %d members of %s and looking for what they read", o.sessions, one.name)
		if b.sites[one.name], err = s.prepare(o.sessions, o.threads); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) site(name, mode string, v volume) (*site, error) {
	if name == "lite" || name == "wide" {
		return b.newSite(name, "sqlite://"+filepath.Join(b.dir, name, "sharon.db"), mode, v)
	}
	if b.pg == nil {
		if err := b.startPostgres(); err != nil {
			return nil, err
		}
		b.report.machine = slices.Insert(b.report.machine, len(b.report.machine)-1, "PostgreSQL "+b.pg.version)
	}
	address, err := b.pg.database(b.ctx, name)
	if err != nil {
		return nil, err
	}
	s, err := b.newSite(name, address, mode, v)
	if err != nil {
		return nil, err
	}
	if name == "many" {
		b.add(atMost("data", "making the data with sharon demo, PostgreSQL, "+v.String(), s.made.Seconds(), 300, 120, seconds))
	}
	return s, b.pg.exec(b.ctx, name, "VACUUM (ANALYZE)", "CHECKPOINT")
}

// loads measures the rows in rounds, each between two looks at the base.
func (b *bench) loads(wanted []*row) (err error) {
	if len(wanted) == 0 {
		return nil
	}
	if b.baseAddr, err = b.startBase(); err != nil {
		return err
	}
	page, err := (&site{lab: b.lab, addr: b.baseAddr, client: http.DefaultClient}).get(b.baseAddr, "/", nil)
	if err != nil {
		return err
	}
	b.report.baseLen = len(page.body)
	base := over(b.baseAddr, [][]byte{[]byte("GET / HTTP/1.1\r\nHost: base\r\n\r\n")})
	for _, r := range wanted {
		if r.load, err = r.make(b.sites[r.site]); err != nil {
			return err
		}
		r.name = fmt.Sprintf(r.name, b.sites[r.site].site.volume)
	}
	o := b.report.options
	took := time.Duration(o.seconds) * time.Second
	before, err := base.run(b.ctx, o.warmUp(), took)
	if err != nil {
		return err
	}
	for n := range o.rounds {
		for _, r := range wanted {
			at := b.sites[r.site].site
			server, database, sent := at.counters(r.load)
			now, err := r.load.run(b.ctx, o.warmUp(), took)
			if err != nil {
				return fmt.Errorf("%s: %w\n%s", r.key, err, tail(at.log))
			}
			serverAfter, databaseAfter, sentAfter := at.counters(r.load)
			cost := costs{(serverAfter - server) / (sentAfter - sent), (databaseAfter - database) / (sentAfter - sent)}
			after, err := base.run(b.ctx, o.warmUp(), took)
			if err != nil {
				return fmt.Errorf("base: %w", err)
			}
			r.rounds = append(r.rounds, round{now, cost, (before.perSecond + after.perSecond) / 2})
			b.report.base = append(b.report.base, after)
			before = after
			b.say("round %d of %d  %-16s %6.0f/s of %6.0f/s = %.3f  p50 %s  p99 %s  CPU %s", n+1, o.rounds, r.key, now.perSecond, after.perSecond,
				now.perSecond/r.rounds[n].base, milliseconds(now.p50), milliseconds(now.p99), cost)
		}
	}
	b.report.rows = wanted
	return nil
}

// rest is what is measured once, without the base.
func (b *bench) rest() error {
	o := b.report.options
	find := func(key string) *row {
		at := slices.IndexFunc(b.report.rows, func(r *row) bool { return r.key == key })
		if at < 0 {
			return nil
		}
		return b.report.rows[at]
	}
	if many, one := find("timeline-pg"), find("timeline-pg-one"); many != nil && one != nil {
		b.add(growth(many, one))
	}
	for _, one := range []struct{ site, key, what string }{{"lite", "serve", "serve with SQLite"}, {"many", "web", "web with PostgreSQL"}} {
		if w := b.sites[one.site]; w != nil && len(b.report.rows) > 0 {
			memory, err := w.site.used(one.key, one.what)
			if err != nil {
				return err
			}
			b.add(memory)
		}
	}
	many := b.sites["many"]
	if many == nil {
		return nil
	}
	if o.wants("weight") {
		weight, err := many.weight()
		if err != nil {
			return err
		}
		b.add(weight...)
	}
	if o.wants("render") {
		b.say("rendering without a server")
		rendered, err := many.rendering(b.ctx)
		if err != nil {
			return err
		}
		b.add(rendered)
	}
	if o.wants("live") {
		heard, err := many.hearing()
		if err != nil {
			return err
		}
		b.add(heard)
	}
	if o.wants("streams") {
		held, err := many.holding(o.streams)
		if err != nil {
			return err
		}
		b.add(held...)
	}
	if o.wants("plan") {
		b.say("asking PostgreSQL for its plan")
		plan, err := many.explain()
		if err != nil {
			return err
		}
		b.report.plan = &plan
		b.add(plan.figure())
	}
	return nil
}
