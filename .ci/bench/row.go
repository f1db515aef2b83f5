package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// goal is what a load has to come to; what is zero is not asked for.
type goal struct {
	share float64 // of the base
	rate  float64 // a second
	p99   time.Duration
}

func (g goal) met(r *row) bool {
	return r.share() >= g.share && r.now().perSecond >= g.rate && (g.p99 == 0 || r.now().p99 <= g.p99)
}

func (g goal) String() string {
	var parts []string
	if g.share > 0 {
		parts = append(parts, fmt.Sprintf("%.2f", g.share))
	}
	if g.rate > 0 {
		parts = append(parts, thousands(int(g.rate))+"/s")
	}
	if g.p99 > 0 {
		parts = append(parts, "p99 ≤ "+milliseconds(g.p99))
	}
	return strings.Join(parts, ", ")
}

// row is a load that is measured in rounds, between two looks at the base.
type row struct {
	key, name   string
	site        string
	make        func(*workload) (*load, error)
	must, reach goal

	load   *load
	rounds []round
}

type round struct {
	measured
	costs
	base float64 // the base's requests per second before and after
}

// rows are those of the targets that exist so far.
func rows() []*row {
	html := func(w *workload) (*load, error) { return w.timelineHTML("") }
	return []*row{
		{key: "timeline-pg", name: "timeline HTML, logged in, PostgreSQL with row security, %s", site: "many", make: html,
			must: goal{share: 0.10, p99: 40 * time.Millisecond}, reach: goal{share: 0.20, p99: 20 * time.Millisecond}},
		{key: "timeline-pg-one", name: "the same with little data, %s", site: "one", make: html},
		{key: "timeline-pg-br", name: "timeline HTML as a browser asks for it, compressed, %s", site: "many",
			make: func(w *workload) (*load, error) { return w.timelineHTML(browserEncodings) }},
		{key: "timeline-sqlite", name: "timeline HTML on SQLite, %s", site: "lite", make: html,
			must: goal{share: 0.16}, reach: goal{share: 0.28}},
		{key: "json-pg", name: "timeline JSON, PostgreSQL, %s", site: "many", make: (*workload).timelineJSON,
			must: goal{share: 0.13}, reach: goal{share: 0.28}},
		{key: "thread-pg", name: "thread of 20 replies HTML, logged in, PostgreSQL, %s", site: "many", make: (*workload).threadHTML,
			must: goal{share: 0.10}, reach: goal{share: 0.20}},
		{key: "thread-sqlite", name: "thread of 20 replies HTML on SQLite, %s", site: "lite", make: (*workload).threadHTML,
			must: goal{share: 0.10}, reach: goal{share: 0.20}},
		{key: "search-pg", name: "search within a service, HTML, logged in, PostgreSQL, %s", site: "many", make: (*workload).searches,
			must: goal{p99: 100 * time.Millisecond}, reach: goal{p99: 30 * time.Millisecond}},
		{key: "search-sqlite", name: "search within a service, HTML, logged in, SQLite, %s", site: "wide", make: (*workload).searches,
			must: goal{p99: 100 * time.Millisecond}, reach: goal{p99: 30 * time.Millisecond}},
		{key: "reply-pg", name: "reply, durable, with its row in the outbox and in the search index, PostgreSQL, %s", site: "many", make: (*workload).replies,
			must: goal{rate: 1000, p99: 50 * time.Millisecond}, reach: goal{rate: 2000, p99: 50 * time.Millisecond}},
		{key: "reply-sqlite", name: "reply, durable, with its row in the outbox and in the search index, SQLite, %s", site: "lite", make: (*workload).replies,
			must: goal{rate: 600, p99: 50 * time.Millisecond}, reach: goal{rate: 1500, p99: 50 * time.Millisecond}},
	}
}

// share is the part of the base that the row came to, in the middle of the rounds.
func (r *row) share() float64 {
	return median(r.rounds, func(one round) float64 { return one.perSecond / one.base })
}

// spread is the least and the largest share of the rounds.
func (r *row) spread() string {
	if len(r.rounds) < 2 {
		return ""
	}
	shares := make([]float64, 0, len(r.rounds))
	for _, one := range r.rounds {
		shares = append(shares, one.perSecond/one.base)
	}
	return fmt.Sprintf(" (%.3f–%.3f)", slices.Min(shares), slices.Max(shares))
}

// now are the middle figures of the rounds.
func (r *row) now() measured {
	return measured{
		perSecond: median(r.rounds, func(one round) float64 { return one.perSecond }),
		p50:       median(r.rounds, func(one round) time.Duration { return one.p50 }),
		p99:       median(r.rounds, func(one round) time.Duration { return one.p99 }),
	}
}

// cost is the middle processor time of a request.
func (r *row) cost() costs {
	return costs{
		server:   median(r.rounds, func(one round) time.Duration { return one.server }),
		database: median(r.rounds, func(one round) time.Duration { return one.database }),
	}
}

func median[T any, N float64 | time.Duration](all []T, of func(T) N) N {
	if len(all) == 0 {
		return 0
	}
	values := make([]N, 0, len(all))
	for _, one := range all {
		values = append(values, of(one))
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

// verdict says in a word how a row stands.
func verdict(must, reach bool) string {
	switch {
	case reach:
		return "**reached**"
	case must:
		return "met"
	}
	return "MISSED"
}

func (r *row) verdict() string {
	if r.must == (goal{}) {
		return ""
	}
	return verdict(r.must.met(r), r.reach.met(r))
}

// figure is a row of one number, for which the base says nothing.
type figure struct{ key, name, value, must, reach, verdict string }

// atMost judges a number that should be small.
func atMost(key, name string, value, must, reach float64, show func(float64) string) figure {
	f := figure{key: key, name: name, value: show(value)}
	if must > 0 {
		f.must, f.reach, f.verdict = "≤ "+show(must), "≤ "+show(reach), verdict(value <= must, value <= reach)
	}
	return f
}

func milliseconds(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	switch {
	case ms < 10:
		return fmt.Sprintf("%.1f ms", ms)
	default:
		return fmt.Sprintf("%.0f ms", ms)
	}
}

// thousands writes 12345 as 12,345.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
