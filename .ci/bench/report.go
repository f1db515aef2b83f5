package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// report is all that a run found out.
type report struct {
	options options
	machine []string
	commit  string
	began   time.Time
	base    []measured
	baseLen int
	rows    []*row
	figures []figure
	plan    *explained
}

func (r *report) table() string {
	var out strings.Builder
	if len(r.rows) > 0 {
		out.WriteString("| row | requests/s | share of base | p50 | p99 | CPU a request | must | reach for | stands |\n|---|---:|---:|---:|---:|---:|---|---|---|\n")
		base := row{rounds: make([]round, 0, len(r.base))}
		for _, one := range r.base {
			base.rounds = append(base.rounds, round{measured: one, base: one.perSecond})
		}
		line := func(name string, now measured, rest ...string) {
			fmt.Fprintf(&out, "| %s | %s | %s | %s | %s | %s |\n", name, thousands(int(now.perSecond)), rest[0], milliseconds(now.p50), milliseconds(now.p99), strings.Join(rest[1:], " | "))
		}
		line(fmt.Sprintf("base: %s of templ from memory", kilobytes(float64(r.baseLen))), base.now(), "1", "", "", "", "")
		for _, one := range r.rows {
			line(one.name, one.now(), fmt.Sprintf("%.3f", one.share())+one.spread(), one.cost().String(), one.must.String(), one.reach.String(), one.verdict())
		}
	}
	if len(r.figures) > 0 {
		out.WriteString("\n| row | measured | must | reach for | stands |\n|---|---:|---|---|---|\n")
		for _, one := range r.figures {
			fmt.Fprintf(&out, "| %s | %s | %s | %s | %s |\n", one.name, one.value, one.must, one.reach, one.verdict)
		}
	}
	return out.String()
}

// quietBase is what the base makes at least on two cores that have nothing else to do.
const quietBase = 12_000

func (r *report) document() string {
	var out strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	say("# Performance\n")
	say("The last run of `make bench`, which writes this page: %s, commit %s, on %s. It took %s.\n",
		r.began.Format("2 January 2006, 15:04"), r.commit, strings.Join(r.machine, ", "), time.Since(r.began).Round(time.Second))
	if busy := median(r.base, func(one measured) float64 { return one.perSecond }); busy < quietBase {
		say("> **A trial.** The base made %s requests/s only, so the machine is small or had other work: shares and CPU are rough, 99th percentiles and replies per second say nothing.\n", thousands(int(busy)))
	}
	say("A figure is its share of the **base**, measured in the same minutes on the same machine; requests per second are for orientation. "+
		"*Must* is the least, *reach for* is what we are here for.\n\n%s", r.table())
	say("%s", method(r.options))
	if r.plan != nil {
		say("## The timeline's plan\n")
		say("What PostgreSQL said of the query that the server sent, as its own role and under row security, among %s posts. The first page:\n\n```\n%s```\n\nAn older page:\n\n```\n%s```",
			thousands(r.options.many.trusts*r.options.many.posts), r.plan.first, r.plan.older)
	}
	return out.String()
}

func method(o options) string {
	return fmt.Sprintf(`## How it is measured

- **Base**: a fiber handler in a process of its own that renders a page of 20 posts with templ from memory (`+"`.ci/bench/base.templ`"+`). Shares are taken from what the base makes just before and just after each row.
- **Load**: %d connections from this machine's loopback, beside the server, each asking for the next thing as soon as it has an answer; %d rounds of %d s a row after %s to warm up, rows and base in turn. Shown is the median of the rounds, and of the share also the least and the largest. Any answer but 200 fails the run.
- **Readers**: %d members who sign in over JSON, spread over all trusts and services, then ask as a browser (cookie, HTML) or a client (bearer token, JSON): three in five ask for the timeline's first page, the others for older ones. Uncompressed, but in the row that says so. Threads have 20 replies and more. Nothing is cached between requests.
- **CPU a request** is the processor time of the server and, after the +, of PostgreSQL; it hardly moves when the machine has other work.
- **Replies**: every one is a command of its own with its own idempotency key, spread over hundreds of threads and all these members, who have them on their timelines, committed and flushed to the disk. They write more than anybody does, so the services are told to take no notice of fewer than 200 posts in ten minutes. On SQLite the same process carries out what follows.
- **Server**: `+"`sharon web`"+` on PostgreSQL, `+"`sharon serve`"+` (workers and queue inside) on SQLite, as `+"`make`"+` builds it, with the settings it has by default, its log written to a file.
- **PostgreSQL**: on the same machine, over its socket, as a role that row security binds: %s; the rest as it comes. Vacuumed and analysed after the data was made.
- **Data**: `+"`sharon demo`"+`, seed 1: %s in %d services each; *little data* and SQLite: %s; search on SQLite: %s.
- **Start** is the median of five, from starting the program to the first 200 of /readyz. **Memory** is what the system counts as resident.
- **Render only** runs in the benchmark's own process.
- **Streams** are held by the benchmark's own process and counted from sending the reply, which is in the figure, to the last byte of its event. For the %s all are of one service; their memory is what the server has more of five seconds after they were opened. When it is killed they wait as long as it told them and come back with the last event's id; five replies a second are written meanwhile.
`, connections, o.rounds, o.seconds, o.warmUp(), o.sessions, strings.Join(postgresSettings, ", "), o.many, o.many.services, o.one, o.wide, thousands(o.streams))
}

// machine says what this was measured on.
func (l *lab) machine() []string {
	about := []string{fmt.Sprintf("%d cores", runtime.NumCPU())}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				about[0] += " of " + strings.TrimSpace(value)
				break
			}
		}
	}
	var kilobytes float64
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		if _, err := fmt.Sscanf(string(text), "MemTotal: %f kB", &kilobytes); err == nil {
			about = append(about, fmt.Sprintf("%.0f GB of memory", kilobytes/(1<<20)))
		}
	}
	about = append(about, runtime.GOOS, runtime.Version())
	if l.pg != nil {
		about = append(about, "PostgreSQL "+l.pg.version)
	}
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		about = append(about, "load before it began "+strings.Fields(string(text))[0])
	}
	return about
}

func (l *lab) commit() string {
	out, err := exec.CommandContext(l.ctx, "git", "describe", "--always", "--dirty=, with changes that are not committed").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
