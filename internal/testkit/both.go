package testkit

import (
	"context"
	"errors"
	"io/fs"
	"testing"

	"github.com/sharon-nhs/sharon/internal/database"
)

// OnBoth runs a test on a database of each dialect, as prepare left it.
func OnBoth(t *testing.T, prepare func(url string) error, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t, prepare)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t, prepare)) })
}

// Migrated is a prepare function: it applies all migrations of files.
func Migrated(files fs.FS) func(url string) error {
	return func(url string) error {
		m, err := database.NewMigrator(url, files)
		if err != nil {
			return err
		}
		_, err = m.Up(context.Background())
		return errors.Join(err, m.Close())
	}
}

// Open opens a database that ends with the test.
func Open(t testing.TB, url string) *database.DB {
	t.Helper()
	db, err := database.Open(url)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
