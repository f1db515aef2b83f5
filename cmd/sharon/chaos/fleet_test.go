// Package chaos runs the real program in several processes, on a real database
// and a real Redis, and kills them.
package chaos

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const secret = "Y2hhb3MgdGVzdHMgaGF2ZSBhIHNlY3JldCB0aGF0IGlzIGxvbmcgZW5vdWdo"

// A fleet is SHaRON in several processes: trust-01 and trust-02, with a service
// willow each.
type fleet struct {
	*testing.T
	db    *database.DB
	redis *testkit.RedisServer // nil on SQLite, where the queue is inside
	web   []*node              // those that serve pages
	nodes []*node
	env   []string
}

// onPostgres is a fleet of several nodes.
func onPostgres(t *testing.T, web, workers int) *fleet {
	t.Helper()
	f := &fleet{T: t, redis: testkit.StartRedis(t)}
	f.open(testkit.Postgres(t, prepare(t)), "SHARON_REDIS_URL="+f.redis.URL())
	for range web {
		f.start("web")
	}
	for range workers {
		f.start("worker")
	}
	f.ready()
	return f
}

// onSQLite is everything in one process.
func onSQLite(t *testing.T) *fleet {
	t.Helper()
	return onSQLiteWith(t)
}

// onSQLiteWith is the same with more in its environment.
func onSQLiteWith(t *testing.T, more ...string) *fleet {
	t.Helper()
	f := &fleet{T: t}
	f.open(testkit.SQLite(t, prepare(t)), more...)
	f.start("serve")
	f.ready()
	return f
}

// prepare makes the database that each test gets a copy of.
func prepare(t *testing.T) func(url string) error {
	program := testkit.Build(t, "cmd/sharon")
	return func(url string) error {
		cmd := exec.CommandContext(context.Background(), program, "demo", "--trusts=2", "--services=1", "--members=40", "--posts=60")
		cmd.Env = append(environment(), "SHARON_SECRET="+secret, "SHARON_DATABASE_URL="+url)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("sharon demo: %w\n%s", err, out)
		}
		return nil
	}
}

// environment is ours without what would configure SHaRON.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(pair string) bool {
		return strings.HasPrefix(pair, "SHARON_") || strings.HasPrefix(pair, "DATABASE_URL=") || strings.HasPrefix(pair, "REDIS_URL=")
	})
}

func (f *fleet) open(url string, more ...string) {
	f.Helper()
	f.db = testkit.Open(f.T, url)
	f.env = append(environment(), "SHARON_SECRET="+secret, "SHARON_DATABASE_URL="+url, "SHARON_DATA="+f.TempDir(), "SHARON_LOG_LEVEL=warn")
	f.env = append(f.env, more...)
}

// A node is a process that is started again whenever it ends, as those who run
// SHaRON have it.
type node struct {
	name, addr string
	log        string

	mu      sync.Mutex
	running *testkit.Program
	over    bool
}

func (f *fleet) start(mode string) {
	f.Helper()
	n := &node{name: fmt.Sprintf("%s-%d", mode, len(f.nodes)+1)}
	n.log = filepath.Join(f.TempDir(), n.name+".log")
	args := []string{mode}
	if mode != "worker" {
		n.addr = freeAddress(f.T)
		args = append(args, "--addr", n.addr, "--one-factor")
		f.web = append(f.web, n)
	}
	out, err := os.Create(n.log)
	if err != nil {
		f.Fatal(err)
	}
	program := testkit.Build(f.T, "cmd/sharon")
	begin := func() (*testkit.Program, error) {
		cmd := exec.CommandContext(context.Background(), program, args...)
		cmd.Env, cmd.Stdout, cmd.Stderr = f.env, out, out
		return testkit.Start(cmd)
	}
	f.nodes = append(f.nodes, n)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		n.keep(begin)
	}()
	f.Cleanup(func() {
		n.end()
		<-ended
		_ = out.Close()
		f.inspect(n)
	})
}

// keep starts the process again a little after it has ended.
func (n *node) keep(begin func() (*testkit.Program, error)) {
	for {
		n.mu.Lock()
		if n.over {
			n.mu.Unlock()
			return
		}
		program, err := begin()
		if err == nil {
			n.running = program
		}
		n.mu.Unlock()
		if err == nil {
			<-program.Exited()
		}
		time.Sleep(300 * time.Millisecond)
	}
}

// kill ends the process as a crash would.
func (n *node) kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.running != nil {
		n.running.Kill()
	}
}

// end stops the process for good.
func (n *node) end() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.over = true
	if n.running != nil {
		n.running.Stop()
	}
}

// inspect reads what a node has logged: nothing that was done to it is a reason to panic.
func (f *fleet) inspect(n *node) {
	text, err := os.ReadFile(n.log)
	if err != nil {
		f.Error(err)
	}
	if strings.Contains(string(text), "panic") {
		f.Errorf("%s panicked", n.name)
	}
	if f.Failed() {
		f.Logf("%s said last:\n%s", n.name, text[max(0, len(text)-3000):])
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// ready waits until every node that serves pages does so.
func (f *fleet) ready() {
	f.Helper()
	for _, n := range f.web {
		f.within(2*time.Minute, n.name+" is not ready", func() bool {
			response, err := http.Get("http://" + n.addr + "/readyz")
			if err != nil {
				return false
			}
			_ = response.Body.Close()
			return response.StatusCode == http.StatusOK
		})
	}
}

// within waits until something has come true.
func (f *fleet) within(most time.Duration, otherwise string, true func() bool) time.Duration {
	f.Helper()
	began := time.Now()
	for !true() {
		if time.Since(began) > most {
			f.Fatalf("%s after %v", otherwise, most)
		}
		time.Sleep(10 * time.Millisecond)
	}
	return time.Since(began)
}
