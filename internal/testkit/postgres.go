package testkit

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Owner is the role that owns the databases that Postgres hands out. It may
// make roles and databases, and is no superuser, so that row-level security
// holds for it wherever a table forces it.
const Owner = "sharon_owner"

const superuser = "postgres"

// Postgres gives the test an empty PostgreSQL database of its own, as prepare
// left it, and drops it when the test ends. The address is a postgres:// URL
// that pgx understands, for the role Owner.
//
// The first call in a process starts a throwaway cluster and calls prepare once
// on a template database; the databases are copies of it. prepare must close
// its connections. All callers of one process therefore pass the same prepare.
func Postgres(t testing.TB, prepare func(url string) error) string {
	t.Helper()
	c := &cluster
	c.once.Do(func() { c.err = c.begin(prepare) })
	if c.err != nil {
		t.Fatalf("testkit: PostgreSQL: %v", c.err)
	}
	name := fmt.Sprintf("t%d_%s", c.made.Add(1), slug(t.Name()))
	if err := c.create(name); err != nil {
		t.Fatalf("testkit: PostgreSQL: a database for this test: %v", err)
	}
	t.Cleanup(func() {
		if err := c.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Logf("testkit: PostgreSQL: dropping %s: %v", name, err)
		}
	})
	return c.url(Owner, name)
}

// PostgresAs returns the address of the same database for another role, such
// as the application's, or "postgres", the cluster's superuser, whom row-level
// security does not hold back.
func PostgresAs(t testing.TB, address, role string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	u.User = url.User(role)
	return u.String()
}

var cluster postgresCluster

// postgresCluster is the process's one cluster.
type postgresCluster struct {
	once     sync.Once
	err      error
	dir      string // the socket's folder
	strategy string // how to copy a template, where there is a choice
	made     atomic.Int64
}

const template = "sharon_template"

func (c *postgresCluster) begin(prepare func(url string) error) error {
	bin, err := postgresPrograms()
	if err != nil {
		return err
	}
	ws, err := workspace()
	if err != nil {
		return err
	}
	who, err := unprivileged()
	if err != nil {
		return err
	}
	c.dir = filepath.Join(ws, "pg")
	if err := os.Mkdir(c.dir, 0o700); err != nil {
		return err
	}
	if who != nil {
		if err := os.Chown(c.dir, int(who.Uid), int(who.Gid)); err != nil {
			return err
		}
	}
	data, log := filepath.Join(c.dir, "data"), filepath.Join(ws, "postgres.log")

	initdb := exec.CommandContext(context.Background(), filepath.Join(bin, "initdb"), "--pgdata="+data, "--username="+superuser,
		"--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	initdb.Dir = c.dir
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}

	args := []string{"-D", data}
	for _, setting := range []string{
		"listen_addresses=", "unix_socket_directories=" + c.dir, "unix_socket_permissions=0700",
		"fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
		"max_connections=200", "shared_buffers=32MB", "autovacuum=off", "jit=off", "deadlock_timeout=200ms",
	} {
		args = append(args, "-c", setting)
	}
	postgres := exec.CommandContext(context.Background(), filepath.Join(bin, "postgres"), args...)
	postgres.Dir = c.dir
	postgres.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	out, err := os.Create(log)
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	postgres.Stdout, postgres.Stderr = out, out
	// SIGQUIT is PostgreSQL's immediate shutdown: all its processes end at once.
	server, err := spawn(postgres, syscall.SIGQUIT)
	if err != nil {
		return err
	}
	onStop(func() { server.stop(syscall.SIGQUIT) })
	if err := c.await(server); err != nil {
		return fmt.Errorf("%w\nThe server's log:\n%s", err, tail(log))
	}
	return c.fill(prepare)
}

// await waits until the server answers.
func (c *postgresCluster) await(server *daemon) error {
	for deadline := time.Now().Add(time.Minute); ; {
		err := c.exec("SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-server.exited:
			return fmt.Errorf("the server ended: %w", server.err)
		case <-time.After(10 * time.Millisecond):
			if time.Now().After(deadline) {
				return fmt.Errorf("the server does not answer: %w", err)
			}
		}
	}
}

// fill makes the owner and the template, and has the template prepared.
func (c *postgresCluster) fill(prepare func(url string) error) error {
	var version int
	if err := c.query(&version, "SELECT current_setting('server_version_num')::int"); err != nil {
		return err
	}
	if version >= 150000 { // Older ones know no other way.
		c.strategy = " STRATEGY file_copy"
	}
	err := c.exec(
		"CREATE ROLE "+Owner+" LOGIN CREATEROLE CREATEDB",
		"CREATE DATABASE "+template+" OWNER "+Owner)
	if err != nil {
		return err
	}
	if prepare != nil {
		if err := prepare(c.url(Owner, template)); err != nil {
			return fmt.Errorf("preparing the template database: %w", err)
		}
	}
	return c.exec(
		"ALTER DATABASE "+template+" ALLOW_CONNECTIONS false",
		"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '"+template+"'")
}

// create copies the template.
func (c *postgresCluster) create(name string) error {
	return c.exec("CREATE DATABASE " + name + " TEMPLATE " + template + c.strategy + " OWNER " + Owner)
}

func (c *postgresCluster) url(role, database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(role), Path: "/" + database, RawQuery: url.Values{"host": {c.dir}}.Encode()}
	return u.String()
}

// exec runs statements one by one as the superuser.
func (c *postgresCluster) exec(statements ...string) error {
	return c.with(func(ctx context.Context, conn *pgx.Conn) error {
		for _, s := range statements {
			if _, err := conn.Exec(ctx, s, pgx.QueryExecModeSimpleProtocol); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	})
}

func (c *postgresCluster) query(into any, statement string) error {
	return c.with(func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, statement).Scan(into)
	})
}

func (c *postgresCluster) with(do func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.url(superuser, superuser))
	if busy := (*pgconn.PgError)(nil); errors.As(err, &busy) && busy.Code == "53300" {
		return fmt.Errorf("all connections are taken: does every test close its own? %w", err)
	} else if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	return do(ctx, conn)
}

// postgresPrograms finds the folder that has the server's programs. Debian
// keeps them out of PATH.
func postgresPrograms() (string, error) {
	var dirs []string
	if out, err := exec.CommandContext(context.Background(), "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(debian, func(a, b string) int { return majorVersion(b) - majorVersion(a) })
	dirs = append(dirs, debian...)
	for _, dir := range dirs {
		if executable(filepath.Join(dir, "initdb")) && executable(filepath.Join(dir, "postgres")) {
			return dir, nil
		}
	}
	return "", missing("PostgreSQL's server (initdb and postgres)", "postgresql", "pg_config --bindir", "PATH", "/usr/lib/postgresql/*/bin")
}

func majorVersion(bindir string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(bindir)))
	return n
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// unprivileged is whom to run PostgreSQL as: it refuses to run as root. Anybody
// else runs it as themselves.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("running as root, and there is neither a user postgres nor nobody to run the server as")
}
