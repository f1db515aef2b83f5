package testkit_test

import (
	"database/sql"
	"errors"
	"os"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestSQLite(t *testing.T) {
	prepared := 0
	prepare := func(url string) error {
		prepared++
		db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(url, "sqlite://")+"?_pragma=journal_mode(WAL)")
		if err != nil {
			return err
		}
		_, err = db.ExecContext(t.Context(), "CREATE TABLE rooms (name text); INSERT INTO rooms VALUES ('garden')")
		return errors.Join(err, db.Close())
	}
	var path string
	for _, name := range []string{"one", "two"} {
		t.Run(name, func(t *testing.T) {
			path = strings.TrimPrefix(testkit.SQLite(t, prepare), "sqlite://")
			db, err := sql.Open("sqlite", "file:"+path)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			var n int
			if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM rooms").Scan(&n); err != nil || n != 1 {
				t.Errorf("%d rooms, not 1 (%v)", n, err)
			}
			if _, err := db.ExecContext(t.Context(), "INSERT INTO rooms VALUES ('hall')"); err != nil {
				t.Error(err)
			}
		})
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s is still there after its test", path)
		}
	}
	if prepared != 1 {
		t.Errorf("prepare ran %d times", prepared)
	}
}
