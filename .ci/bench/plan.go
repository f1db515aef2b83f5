package main

import (
	"errors"
	"regexp"
	"strings"
)

// explained is how PostgreSQL finds the timeline.
type explained struct {
	first, older string // what auto_explain said
	good         bool   // both by the index, without a sort
}

// explain starts the site's server again, with PostgreSQL telling the plan of
// every query, and reads a timeline: what is shown is what the server really
// sends, as its own role and with row security.
func (w *workload) explain() (explained, error) {
	s := w.site
	set := "ALTER DATABASE " + s.name + " SET "
	if err := s.lab.pg.exec(s.lab.ctx, "postgres",
		set+"session_preload_libraries = 'auto_explain'", set+"auto_explain.log_min_duration = 0",
		set+"auto_explain.log_analyze = on", set+"auto_explain.log_buffers = on"); err != nil {
		return explained{}, err
	}
	s.stop()
	if _, err := s.start(); err != nil {
		return explained{}, err
	}
	addresses, _, err := s.pages(w.first[0].who, 2)
	if err != nil || len(addresses) < 2 {
		return explained{}, errors.Join(err, errors.New("the timeline has one page only"))
	}
	var out explained
	for i, into := range []*string{&out.first, &out.older} {
		for range 3 { // the first time reads from the disk
			if _, err := s.get(w.first[0].who.host, addresses[i], map[string]string{"Accept": "text/html", "Cookie": "sharon=" + w.first[0].who.token}); err != nil {
				return explained{}, err
			}
		}
		s.stop() // PostgreSQL has written its log when the connections are closed
		if *into, err = s.lab.pg.timelinePlan(); err != nil {
			return explained{}, err
		}
		if _, err := s.start(); err != nil {
			return explained{}, err
		}
	}
	out.good = byIndex(out.first) && byIndex(out.older)
	return out, s.lab.pg.exec(s.lab.ctx, "postgres", "ALTER DATABASE "+s.name+" RESET ALL")
}

// timelinePlan is the latest plan of the query that lists top-level posts by time.
func (pg *postgres) timelinePlan() (string, error) {
	all, err := pg.plans()
	if err != nil {
		return "", err
	}
	for i := len(all) - 1; i >= 0; i-- {
		if strings.Contains(all[i], "parent_id") && orderedByTime.MatchString(all[i]) {
			return all[i], nil
		}
	}
	return "", errors.New("PostgreSQL's log holds no plan of the timeline; is auto_explain (postgresql-contrib) installed?")
}

var (
	orderedByTime = regexp.MustCompile(`ORDER BY \S*published_at"? DESC`)
	sorts         = regexp.MustCompile(`(?m)^\s*(->\s*)?(Incremental )?Sort\b`)
)

func byIndex(plan string) bool {
	return strings.Contains(plan, "Index Scan using posts_timeline") && !sorts.MatchString(plan)
}

func (e explained) figure() figure {
	f := figure{key: "plan", name: "the timeline's query, first and older page, PostgreSQL", value: "an index scan on posts_timeline, no sort", must: "the same", verdict: verdict(true, true)}
	if !e.good {
		f.value, f.verdict = "something else: see below", verdict(false, false)
	}
	return f
}
