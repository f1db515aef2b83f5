package main

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
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgres is the run's own server: on a real disk, every commit flushed, and
// with the memory that somebody would give it on a machine like this.
type postgres struct {
	dir, log string
	pid      int
	version  string
}

// owner signs in and migrates; it is no superuser, so that row security holds.
const owner = "sharon_owner"

var postgresSettings = []string{
	"fsync=on", "synchronous_commit=on", "full_page_writes=on",
	"shared_buffers=1GB", "max_wal_size=4GB", "max_connections=100",
}

func (l *lab) startPostgres() error {
	bin, err := postgresPrograms()
	if err != nil {
		return err
	}
	who, err := unprivileged()
	if err != nil {
		return err
	}
	pg := &postgres{dir: filepath.Join(l.dir, "pg"), log: filepath.Join(l.dir, "postgres.log")}
	if err := os.Mkdir(pg.dir, 0o700); err != nil {
		return err
	}
	if who != nil {
		if err := os.Chown(pg.dir, int(who.Uid), int(who.Gid)); err != nil {
			return err
		}
	}
	out, err := os.Create(pg.log)
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	as := func(cmd *exec.Cmd) {
		cmd.Dir = pg.dir
		cmd.SysProcAttr.Credential = who
	}
	initdb, err := l.spawn("initdb", out, as, filepath.Join(bin, "initdb"), "--pgdata="+filepath.Join(pg.dir, "data"), "--username=postgres",
		"--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions")
	if err != nil {
		return err
	}
	<-initdb.exited
	if !initdb.cmd.ProcessState.Success() {
		return fmt.Errorf("initdb: %s", tail(pg.log))
	}
	args := []string{"-D", filepath.Join(pg.dir, "data")}
	for _, setting := range append([]string{"listen_addresses=", "unix_socket_directories=" + pg.dir, "unix_socket_permissions=0700"}, postgresSettings...) {
		args = append(args, "-c", setting)
	}
	server, err := l.spawn("PostgreSQL", out, as, filepath.Join(bin, "postgres"), args...)
	if err != nil {
		return err
	}
	pg.pid = server.cmd.Process.Pid
	server.ending = syscall.SIGINT // PostgreSQL's fast shutdown
	if err := l.await(server, pg.log, time.Minute, func() error {
		return pg.query(l.ctx, "postgres", &pg.version, "SELECT current_setting('server_version')")
	}); err != nil {
		return err
	}
	l.pg = pg
	return pg.exec(l.ctx, "postgres", "CREATE ROLE "+owner+" LOGIN CREATEROLE CREATEDB")
}

// database makes an empty database and returns its address.
func (pg *postgres) database(ctx context.Context, name string) (string, error) {
	return pg.url(owner, name), pg.exec(ctx, "postgres", "CREATE DATABASE "+name+" OWNER "+owner)
}

func (pg *postgres) url(role, database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(role), Path: "/" + database, RawQuery: url.Values{"host": {pg.dir}}.Encode()}
	return u.String()
}

// exec runs statements one by one as the superuser.
func (pg *postgres) exec(ctx context.Context, database string, statements ...string) error {
	return pg.with(ctx, database, func(conn *pgx.Conn) error {
		for _, statement := range statements {
			if _, err := conn.Exec(ctx, statement, pgx.QueryExecModeSimpleProtocol); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	})
}

func (pg *postgres) query(ctx context.Context, database string, into any, statement string) error {
	return pg.with(ctx, database, func(conn *pgx.Conn) error { return conn.QueryRow(ctx, statement).Scan(into) })
}

func (pg *postgres) with(ctx context.Context, database string, do func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, pg.url("postgres", database))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	return do(conn)
}

// postgresPrograms finds the folder that has the server's programs; Debian
// keeps them out of PATH.
func postgresPrograms() (string, error) {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(dirs, func(a, b string) int { return majorVersion(b) - majorVersion(a) })
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append([]string{filepath.Dir(real)}, dirs...)
		}
	}
	for _, dir := range dirs {
		if _, err := exec.LookPath(filepath.Join(dir, "initdb")); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("PostgreSQL's server is not installed: run .ci/install-test-deps, or apt-get install postgresql")
}

func majorVersion(bindir string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(bindir)))
	return n
}

// unprivileged is whom to run PostgreSQL as: it refuses to be root. Anybody
// else runs it as themselves.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(found.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(found.Gid, 10, 32)
		if err := errors.Join(errUID, errGID); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("running as root, and there is neither a user postgres nor nobody to run PostgreSQL as")
}

// plans are the parts of the server's log that auto_explain wrote.
func (pg *postgres) plans() ([]string, error) {
	text, err := os.ReadFile(pg.log)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, entry := range strings.Split(string(text), "LOG:  duration: ")[1:] {
		var plan strings.Builder
		for line := range strings.Lines(entry) {
			// What follows the entry's own, indented lines is the next entry.
			if plan.Len() > 0 && !strings.HasPrefix(line, "\t") {
				break
			}
			plan.WriteString(line)
		}
		found = append(found, plan.String())
	}
	return found, nil
}
