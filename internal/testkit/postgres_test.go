package testkit_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

var prepared int

func prepareRooms(url string) error {
	prepared++
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(context.Background(), `
		CREATE TABLE rooms (tenant_id text, name text);
		INSERT INTO rooms VALUES ('east', 'garden'), ('west', 'kitchen');
		ALTER TABLE rooms ENABLE ROW LEVEL SECURITY;
		ALTER TABLE rooms FORCE ROW LEVEL SECURITY;
		CREATE POLICY own ON rooms USING (tenant_id = current_setting('app.tenant_id', true));
		CREATE ROLE sharon_app LOGIN;
		GRANT SELECT, INSERT ON rooms TO sharon_app`, pgx.QueryExecModeSimpleProtocol)
	return errors.Join(err, conn.Close(context.Background()))
}

func TestPostgres(t *testing.T) {
	var seen []string
	for _, name := range []string{"one", "two", "three"} {
		t.Run(name, func(t *testing.T) {
			url := testkit.Postgres(t, prepareRooms)
			seen = append(seen, url)
			if got := count(t, url, ""); got != 0 {
				t.Errorf("without a tenant the owner sees %d rooms of 2: row security is not in force", got)
			}
			if got := count(t, url, "east"); got != 1 {
				t.Errorf("the owner sees %d rooms of the tenant, not 1", got)
			}
			if got := count(t, testkit.PostgresAs(t, url, "sharon_app"), "west"); got != 1 {
				t.Errorf("the application sees %d rooms of the tenant, not 1", got)
			}
			admin := testkit.PostgresAs(t, url, "postgres")
			if got := count(t, admin, ""); got != 2 {
				t.Errorf("the superuser sees %d rooms, not 2: another test wrote here", got)
			}
			conn := connect(t, admin)
			if _, err := conn.Exec(t.Context(), "INSERT INTO rooms VALUES ('east', 'hall')"); err != nil {
				t.Error(err)
			}
		})
	}
	if prepared != 1 {
		t.Errorf("prepare ran %d times", prepared)
	}
	for _, url := range seen {
		if conn, err := pgx.Connect(t.Context(), url); err == nil {
			_ = conn.Close(t.Context())
			t.Errorf("%s is still there after its test", url)
		}
	}
}

func TestPostgresInParallel(t *testing.T) {
	for range 8 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			if got := count(t, testkit.Postgres(t, prepareRooms), "west"); got != 1 {
				t.Errorf("%d rooms", got)
			}
		})
	}
}

func count(t *testing.T, url, tenant string) (n int) {
	t.Helper()
	conn := connect(t, url)
	if _, err := conn.Exec(t.Context(), "SELECT set_config('app.tenant_id', $1, false)", tenant); err != nil {
		t.Fatal(err)
	}
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM rooms").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
