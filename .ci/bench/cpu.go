package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// counters are read before and after a load: what the site has spent, and how
// many requests it was sent.
func (s *site) counters(l *load) (server, database, sent time.Duration) {
	server, database = s.spent()
	return server, database, time.Duration(l.sent.Load())
}

// spent is the processor time of the site's server and, where it has one, of
// PostgreSQL: unlike a rate, it hardly changes when others use the machine too.
// Zero where the system does not say.
func (s *site) spent() (server, database time.Duration) {
	_, server = processTime(s.server.cmd.Process.Pid)
	if s.lab.pg == nil || strings.HasPrefix(s.database, "sqlite:") {
		return server, 0
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return server, 0
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if parent, took := processTime(pid); parent == s.lab.pg.pid {
			database += took
		}
	}
	return server, database
}

// processTime reads /proc/pid/stat, which counts in hundredths of a second.
func processTime(pid int) (parent int, took time.Duration) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0
	}
	// The second field is the program's name in brackets and may hold anything.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 13 {
		return 0, 0
	}
	parent, _ = strconv.Atoi(fields[1])
	for _, field := range fields[11:13] {
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, 0
		}
		took += time.Duration(ticks) * 10 * time.Millisecond
	}
	return parent, took
}

// costs is processor time of one request.
type costs struct{ server, database time.Duration }

func (c costs) String() string {
	micro := func(d time.Duration) string { return thousands(int(d.Microseconds())) }
	switch {
	case c.server == 0:
		return ""
	case c.database == 0:
		return micro(c.server) + " µs"
	}
	return micro(c.server) + " + " + micro(c.database) + " µs"
}
