package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"
)

// migrationLock is any number that no other program of the database uses.
const migrationLock = 7427661

// Step is one migration and whether this database has it.
type Step struct {
	Name    string
	Applied bool
}

// Migrator applies the SQL files of the dialect in order. It signs in with the
// address as it is, because the application's own role may not change tables.
type Migrator struct {
	db       *bun.DB
	turn     *DB // SQLite only: whoever holds its write lock may migrate
	migrator *migrate.Migrator
}

// NewMigrator reads files/postgres or files/sqlite for the database at rawURL.
func NewMigrator(rawURL string, files fs.FS) (*Migrator, error) {
	opened, err := Open(rawURL)
	if err != nil {
		return nil, err
	}
	m := &Migrator{db: opened.write.DB}
	folder := "sqlite"
	if opened.postgres {
		folder = "postgres"
		_ = opened.Close()
		m.db, err = postgresPool(rawURL, false)
	} else {
		_ = opened.read.Close()
		m.turn, err = Open(rawURL + "-migrating")
	}
	if err != nil {
		return nil, err
	}
	dialect, err := fs.Sub(files, folder)
	if err != nil {
		return nil, err
	}
	found := migrate.NewMigrations()
	if err := found.Discover(dialect); err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	m.migrator = migrate.NewMigrator(m.db, found, migrate.WithMarkAppliedOnSuccess(true))
	return m, nil
}

// Close ends the migrator's own connections.
func (m *Migrator) Close() error {
	if m.turn != nil {
		return errors.Join(m.db.Close(), m.turn.Close())
	}
	return m.db.Close()
}

// Up applies what is missing and returns the names of it.
func (m *Migrator) Up(ctx context.Context) (names []string, err error) {
	err = m.locked(ctx, func() error {
		group, err := m.migrator.Migrate(ctx)
		if err != nil {
			return err
		}
		for _, step := range group.Migrations {
			names = append(names, step.Name+"_"+step.Comment)
		}
		return nil
	})
	return names, err
}

// Down takes back the last group of migrations and returns the names of it.
func (m *Migrator) Down(ctx context.Context) (names []string, err error) {
	err = m.locked(ctx, func() error {
		group, err := m.migrator.Rollback(ctx)
		if err != nil {
			return err
		}
		for _, step := range group.Migrations {
			names = append(names, step.Name+"_"+step.Comment)
		}
		return nil
	})
	return names, err
}

// Status lists every migration that this binary knows.
func (m *Migrator) Status(ctx context.Context) ([]Step, error) {
	if err := m.migrator.Init(ctx); err != nil {
		return nil, err
	}
	all, err := m.migrator.MigrationsWithStatus(ctx)
	if err != nil {
		return nil, err
	}
	steps := make([]Step, 0, len(all))
	for _, one := range all {
		steps = append(steps, Step{Name: one.Name + "_" + one.Comment, Applied: one.IsApplied()})
	}
	return steps, nil
}

// locked lets one process migrate at a time. bun's own lock is a row that stays
// after a kill; an advisory lock goes with its connection, and so does that of a file.
func (m *Migrator) locked(ctx context.Context, fn func() error) error {
	work := func() error {
		if err := m.migrator.Init(ctx); err != nil {
			return err
		}
		return fn()
	}
	if m.turn != nil {
		return m.turn.Write(ctx, uuid.Nil, func(context.Context, bun.IDB) error { return work() })
	}
	conn, err := m.db.DB.Conn(ctx)
	if err != nil {
		return mapError(err)
	}
	defer func(conn *sql.Conn) { _ = conn.Close() }(conn)
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		return err
	}
	defer func() { _, _ = conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", migrationLock) }()
	return work()
}
