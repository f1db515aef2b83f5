// Package database opens SQLite or PostgreSQL, runs units of work bound to one
// tenant, and maps the drivers' errors. What exists on one dialect only (row
// security, advisory locks, the single writer) is named here and nowhere else.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite" // without cgo

	"github.com/sharon-nhs/sharon/internal/fault"
)

// AppRole is the PostgreSQL role that every query of the application runs as.
// It owns nothing and row security binds it, whoever DATABASE_URL signs in as.
const AppRole = "sharon_app"

// DB is an open database: one pool for reading, one for writing. On PostgreSQL
// they are the same pool; on SQLite the writer is a single connection.
type DB struct {
	read, write pool
	postgres    bool
	behind      chan struct{} // see WriteBehind; nil where there are many writers
}

// pool is connections that are given out in the order in which they were asked
// for. database/sql by itself picks by chance among those who wait, and the
// unlucky wait five times as long as the others.
type pool struct {
	*bun.DB
	turns chan struct{} // one for each connection; a channel is first come, first served
}

func queued(db *bun.DB) pool { return pool{db, make(chan struct{}, db.Stats().MaxOpenConnections)} }

func (p pool) enter(ctx context.Context) error {
	select {
	case p.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p pool) leave() { <-p.turns }

// Open opens postgres://… or sqlite://path. It does not migrate.
func Open(rawURL string) (*DB, error) {
	switch {
	case strings.HasPrefix(rawURL, "postgres://"), strings.HasPrefix(rawURL, "postgresql://"):
		return openPostgres(rawURL)
	case strings.HasPrefix(rawURL, "sqlite://"):
		return openSQLite(strings.TrimPrefix(rawURL, "sqlite://"))
	}
	return nil, fmt.Errorf("database address %q: begin it with sqlite:// or postgres://", redact(rawURL))
}

func openPostgres(rawURL string) (*DB, error) {
	pool, err := postgresPool(rawURL, true)
	if err != nil {
		return nil, err
	}
	shared := queued(pool)
	return &DB{read: shared, write: shared, postgres: true}, nil
}

// postgresPool connects in simple-protocol mode: bun writes arguments into the
// SQL text, and pgx would prepare each of those texts anew. What comes again and
// again is prepared by its shape.
func postgresPool(rawURL string, asApp bool) (*bun.DB, error) {
	config, err := pgx.ParseConfig(rawURL)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	if asApp {
		config.RuntimeParams["role"] = AppRole
	}
	settings := map[string]string{"application_name": "sharon", "timezone": "UTC"}
	if asApp { // a migration may build an index for an hour, or wait for another one
		settings["statement_timeout"] = "30s"
		settings["lock_timeout"] = "10s"
		settings["idle_in_transaction_session_timeout"] = "60s"
		// Every statement is planned once for a connection, not five times and then once more.
		settings["plan_cache_mode"] = "force_generic_plan"
	}
	for key, value := range settings {
		if _, set := config.RuntimeParams[key]; !set {
			config.RuntimeParams[key] = value
		}
	}
	pool := sql.OpenDB(preparing{stdlib.GetConnector(*config)})
	// A few times the cores keeps them busy while some connections wait for the disk.
	pool.SetMaxOpenConns(max(16, 4*runtime.NumCPU()))
	pool.SetMaxIdleConns(max(16, 4*runtime.NumCPU()))
	return bun.NewDB(pool, pgdialect.New()), nil
}

func openSQLite(path string) (*DB, error) {
	if path == "" {
		return nil, errors.New("database address sqlite://: name a file, for instance sqlite://data/sharon.db")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("database folder: %w", err)
	}
	open := func(mode string, connections int) *bun.DB {
		pragmas := url.Values{"_pragma": {
			"busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(1)",
			"synchronous(FULL)", "cache_size(-4000)", "temp_store(MEMORY)",
		}}
		if mode == "read" {
			pragmas.Add("_pragma", "query_only(1)")
		}
		// Without immediate, a transaction that reads before it writes fails as soon as somebody else wrote.
		if mode == "write" {
			pragmas.Set("_txlock", "immediate")
		}
		pool := sql.OpenDB(preparingLite{&sqlite.Driver{}, "file:" + path + "?" + pragmas.Encode()})
		pool.SetMaxOpenConns(connections)
		pool.SetMaxIdleConns(connections)
		return bun.NewDB(pool, sqlitedialect.New())
	}
	write := open("write", 1)
	if err := create(write); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return &DB{read: queued(open("read", max(4, runtime.NumCPU()))), write: queued(write), behind: make(chan struct{}, 1)}, nil
}

// create makes the file before a reader looks for it. Of several processes that
// come to a new file at once one turns it to WAL; SQLite tells the others that it
// is locked without waiting as busy_timeout asks.
func create(write *bun.DB) (err error) {
	for range 100 {
		if err = write.PingContext(context.Background()); !fault.Is(mapError(err), fault.Unavailable) {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

// Close closes the pools.
func (d *DB) Close() error {
	if d.postgres {
		return d.write.Close()
	}
	return errors.Join(d.read.Close(), d.write.Close())
}

// Postgres tells the dialect, for what exists on one of them only.
func (d *DB) Postgres() bool { return d.postgres }

// Pool is how a pool of connections stands.
type Pool struct {
	Name       string
	Most, Used int
}

// Pools are those there are.
func (d *DB) Pools() []Pool {
	of := func(name string, p pool) Pool { return Pool{name, cap(p.turns), len(p.turns)} }
	if d.postgres {
		return []Pool{of("all", d.write)}
	}
	return []Pool{of("read", d.read), of("write", d.write)}
}

// Ping asks the database for a sign of life.
func (d *DB) Ping(ctx context.Context) error { return mapError(d.read.PingContext(ctx)) }

// AddQueryHook watches every query of both pools; tests set their tripwire with it.
func (d *DB) AddQueryHook(hook bun.QueryHook) {
	d.write.DB = d.write.WithQueryHook(hook)
	d.read.DB = d.read.WithQueryHook(hook)
}

// Platform runs fn in a transaction without a tenant. On PostgreSQL row
// security then shows no tenant's rows: it is for the tables of the platform
// (trusts, platform staff) alone.
func (d *DB) Platform(ctx context.Context, fn func(context.Context, bun.IDB) error) error {
	return d.Write(ctx, uuid.Nil, fn)
}

// Read runs fn in a read-only transaction of the tenant.
func (d *DB) Read(ctx context.Context, tenant uuid.UUID, fn func(context.Context, bun.IDB) error) error {
	if d.postgres {
		return d.run(ctx, d.read, "BEGIN READ ONLY", tenant, fn)
	}
	return d.run(ctx, d.read, "BEGIN", tenant, fn)
}

// Snapshot is Read for as long as it takes: all that fn reads is as it was at one
// moment. PostgreSQL removes nothing that was deleted meanwhile.
func (d *DB) Snapshot(ctx context.Context, tenant uuid.UUID, fn func(context.Context, bun.IDB) error) error {
	if d.postgres {
		return d.run(ctx, d.read, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"+unhurried, tenant, fn)
	}
	return d.run(ctx, d.read, "BEGIN", tenant, fn)
}

// Copy writes all of an SQLite database, as it is at one moment, to a file that is not
// there yet, while others go on. PostgreSQL has its own tools for that.
func (d *DB) Copy(ctx context.Context, to string) error {
	if d.postgres {
		return errors.New("only SQLite is copied")
	}
	// The pool for reading refuses it. It reads only, and waits for nobody's writing.
	_, err := d.write.ExecContext(ctx, "VACUUM INTO ?", to)
	return mapError(err)
}

// Whole looks whether an SQLite database is damaged.
func (d *DB) Whole(ctx context.Context) error {
	var found []string
	if err := d.read.NewRaw("PRAGMA integrity_check").Scan(ctx, &found); err != nil {
		return mapError(err)
	}
	if len(found) != 1 || found[0] != "ok" {
		return fmt.Errorf("the database is damaged: %s", strings.Join(found, "; "))
	}
	return nil
}

// Fill is Write for as long as it takes. On SQLite everybody else waits with
// writing until it is done.
func (d *DB) Fill(ctx context.Context, tenant uuid.UUID, fn func(context.Context, bun.IDB) error) error {
	if d.postgres {
		return d.run(ctx, d.write, "BEGIN"+unhurried, tenant, fn)
	}
	return d.run(ctx, d.write, "BEGIN IMMEDIATE", tenant, fn)
}

// unhurried lifts the limits that keep a request from holding up the others.
const unhurried = "; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"

// Write runs fn in a transaction of the tenant; an error or a panic undoes all of it.
func (d *DB) Write(ctx context.Context, tenant uuid.UUID, fn func(context.Context, bun.IDB) error) error {
	if d.postgres {
		return d.run(ctx, d.write, "BEGIN", tenant, fn)
	}
	return d.run(ctx, d.write, "BEGIN IMMEDIATE", tenant, fn)
}

// WriteBehind is Write for work that nobody waits for. Where there is one writer,
// one such unit at a time queues among those of people: what follows from a busy
// minute must not make the minute slow. It always gets its turn.
func (d *DB) WriteBehind(ctx context.Context, tenant uuid.UUID, fn func(context.Context, bun.IDB) error) error {
	if d.behind != nil {
		select {
		case d.behind <- struct{}{}:
			defer func() { <-d.behind }()
		case <-ctx.Done():
			return mapError(ctx.Err())
		}
	}
	return d.Write(ctx, tenant, fn)
}

// run opens the transaction and tells row security the tenant in one message:
// a round trip less for every page.
func (d *DB) run(ctx context.Context, pool pool, begin string, tenant uuid.UUID, fn func(context.Context, bun.IDB) error) (err error) {
	if err := pool.enter(ctx); err != nil {
		return mapError(err)
	}
	defer pool.leave()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return mapError(err)
	}
	defer func() { _ = conn.Close() }()
	if d.postgres && tenant != uuid.Nil {
		begin += "; SET LOCAL app.tenant_id = '" + tenant.String() + "'"
	}
	done := false
	defer func() {
		if !done {
			// The request's context may be over; the connection must not go back mid-transaction.
			_, _ = conn.Conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		}
	}()
	if _, err := conn.Conn.ExecContext(ctx, begin); err != nil {
		return mapError(err)
	}
	if err := fn(ctx, conn); err != nil {
		return mapError(err)
	}
	if doomed(conn) {
		return errors.New("a statement failed and was passed over, so nothing of this unit of work can be kept")
	}
	if _, err := conn.Conn.ExecContext(ctx, "COMMIT"); err != nil {
		return mapError(err)
	}
	done = true
	return nil
}

// doomed tells whether a statement has failed: PostgreSQL then answers COMMIT by
// undoing everything, and calls that no error.
func doomed(conn bun.Conn) (failed bool) {
	_ = conn.Raw(func(driver any) error {
		if c, ok := driver.(*preparingConn); ok {
			failed = c.Conn.Conn().PgConn().TxStatus() == 'E'
		}
		return nil
	})
	return failed
}

func redact(rawURL string) string {
	parsed, err := url.Parse(rawURL)
	if err != nil {
		return "(unreadable)"
	}
	return parsed.Redacted()
}
