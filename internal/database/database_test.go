package database_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// internal does not import migrations, so their files are read from the folder.
var (
	files   = os.DirFS(filepath.Join("..", "..", "migrations"))
	prepare = testkit.Migrated(files)
)

var (
	east = uuid.MustParse("0193a1f0-0000-7000-8000-00000000000e")
	west = uuid.MustParse("0193a1f0-0000-7000-8000-000000000001")
)

// onBoth runs a test on a database of each dialect with two trusts.
func onBoth(t *testing.T, test func(t *testing.T, db *database.DB)) {
	testkit.OnBoth(t, prepare, func(t *testing.T, url string) {
		db := testkit.Open(t, url)
		for trust, slug := range map[uuid.UUID]string{east: "east", west: "west"} {
			err := db.Platform(t.Context(), func(ctx context.Context, tx bun.IDB) error {
				return exec(ctx, tx, "INSERT INTO trusts (id, ods_code, name, slug, status, created_at) VALUES (?, ?, ?, ?, 'active', ?)", trust, slug, slug, slug, time.Now())
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		test(t, db)
	})
}

func exec(ctx context.Context, tx bun.IDB, query string, args ...any) error {
	_, err := tx.NewRaw(query, args...).Exec(ctx)
	return err
}

// note writes a row of a tenant; any of its tables would do.
func note(ctx context.Context, tx bun.IDB, tenant uuid.UUID, subject string) error {
	return exec(ctx, tx, "INSERT INTO throttles (tenant_id, subject, failures, updated_at) VALUES (?, ?, 1, ?)", tenant, subject, time.Now())
}

func write(t *testing.T, db *database.DB, tenant uuid.UUID, subject string) error {
	t.Helper()
	return db.Write(t.Context(), tenant, func(ctx context.Context, tx bun.IDB) error { return note(ctx, tx, tenant, subject) })
}

// subjects lists the notes that a unit of work sees without any filter.
func subjects(ctx context.Context, tx bun.IDB) (found []string, err error) {
	err = tx.NewRaw("SELECT subject FROM throttles ORDER BY 1").Scan(ctx, &found)
	return found, err
}

func expect(t *testing.T, db *database.DB, tenant uuid.UUID, want ...string) {
	t.Helper()
	err := db.Read(t.Context(), tenant, func(ctx context.Context, tx bun.IDB) error {
		var got []string
		err := tx.NewRaw("SELECT subject FROM throttles WHERE tenant_id = ? ORDER BY 1", tenant).Scan(ctx, &got)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the tenant has %v, not %v", got, want)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRowSecurityShowsOnlyTheTenantsRows(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		if !db.Postgres() {
			return // SQLite has none; there the scope alone keeps tenants apart
		}
		for tenant, subject := range map[uuid.UUID]string{east: "of east", west: "of west"} {
			if err := write(t, db, tenant, subject); err != nil {
				t.Fatal(err)
			}
		}
		for who, c := range map[string]struct {
			run  func(context.Context, func(context.Context, bun.IDB) error) error
			want string
		}{
			"nobody": {db.Platform, "[]"},
			"east": {func(ctx context.Context, fn func(context.Context, bun.IDB) error) error {
				return db.Read(ctx, east, fn)
			}, "[of east]"},
			"west": {func(ctx context.Context, fn func(context.Context, bun.IDB) error) error {
				return db.Write(ctx, west, fn)
			}, "[of west]"},
		} {
			err := c.run(t.Context(), func(ctx context.Context, tx bun.IDB) error {
				got, err := subjects(ctx, tx)
				if fmt.Sprint(got) != c.want {
					t.Errorf("%s sees %v, not %s", who, got, c.want)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}

func TestRowSecurityRefusesWritesForAnotherTenant(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		if !db.Postgres() {
			return
		}
		if err := write(t, db, west, "theirs"); err != nil {
			t.Fatal(err)
		}
		for name, attempt := range map[string]func(context.Context, bun.IDB) error{
			"insert": func(ctx context.Context, tx bun.IDB) error { return note(ctx, tx, west, "planted") },
			"move": func(ctx context.Context, tx bun.IDB) error {
				if err := note(ctx, tx, east, "mine"); err != nil {
					return err
				}
				return exec(ctx, tx, "UPDATE throttles SET tenant_id = ?", west)
			},
			"empty the table": func(ctx context.Context, tx bun.IDB) error { return exec(ctx, tx, "TRUNCATE throttles") },
			"lift the guard": func(ctx context.Context, tx bun.IDB) error {
				return exec(ctx, tx, "ALTER TABLE throttles DISABLE ROW LEVEL SECURITY")
			},
		} {
			var refused *pgconn.PgError
			if err := db.Write(t.Context(), east, attempt); !errors.As(err, &refused) || refused.Code != "42501" {
				t.Errorf("%s: %v, want insufficient_privilege", name, err)
			}
		}
		if err := db.Write(t.Context(), east, func(ctx context.Context, tx bun.IDB) error {
			return exec(ctx, tx, "DELETE FROM throttles")
		}); err != nil {
			t.Error(err)
		}
		expect(t, db, west, "theirs")
	})
}

func TestTenantDoesNotStayOnTheConnection(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		if !db.Postgres() {
			return
		}
		for _, end := range []error{nil, errors.New("undo")} {
			_ = db.Write(t.Context(), east, func(ctx context.Context, tx bun.IDB) error {
				return errors.Join(note(ctx, tx, east, fmt.Sprint(end)), end)
			})
			for range 40 { // more often than there are connections
				err := db.Platform(t.Context(), func(ctx context.Context, tx bun.IDB) error {
					if got, err := subjects(ctx, tx); err != nil || len(got) > 0 {
						t.Errorf("a later unit of work without a tenant sees %v, %v", got, err)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestGuardedNoticesAMissingGuard(t *testing.T) {
	url := testkit.Postgres(t, prepare)
	db := testkit.Open(t, url)
	if err := db.Guarded(t.Context()); err != nil {
		t.Errorf("of a migrated database: %v", err)
	}
	owner, err := database.NewMigrator(url, os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = owner.Close() }()
	if _, err := owner.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.Guarded(t.Context()); err == nil || !strings.Contains(err.Error(), "unguarded") {
		t.Errorf("of a table without row security: %v", err)
	}
}

func TestSQLitesOneWriterServesWhoCameFirst(t *testing.T) {
	db := testkit.Open(t, testkit.SQLite(t, prepare))
	var order []int // guarded by being the one writer
	var all sync.WaitGroup
	err := db.Write(t.Context(), east, func(context.Context, bun.IDB) error {
		for i := range 8 {
			all.Go(func() {
				if err := db.Write(t.Context(), east, func(context.Context, bun.IDB) error {
					order = append(order, i)
					return nil
				}); err != nil {
					t.Error(err)
				}
			})
			for inTheQueue() <= i {
				time.Sleep(time.Millisecond)
			}
		}
		impatient, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := db.Write(impatient, east, func(context.Context, bun.IDB) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("somebody whose time is over: %v", err)
		}
		return nil
	})
	all.Wait()
	if err != nil || fmt.Sprint(order) != "[0 1 2 3 4 5 6 7]" {
		t.Errorf("served in the order %v, %v", order, err)
	}
}

func TestOnSQLiteWhatFollowsWaitsBehindWhatPeopleWaitFor(t *testing.T) {
	db := testkit.Open(t, testkit.SQLite(t, prepare))
	order := "" // guarded by being the one writer
	var all sync.WaitGroup
	line := func(who string, write func(context.Context, uuid.UUID, func(context.Context, bun.IDB) error) error, at int) {
		all.Go(func() {
			if err := write(t.Context(), east, func(context.Context, bun.IDB) error { order += who; return nil }); err != nil {
				t.Error(err)
			}
		})
		for inTheQueue() < at {
			time.Sleep(time.Millisecond)
		}
	}
	err := db.Write(t.Context(), east, func(context.Context, bun.IDB) error {
		line("w", db.WriteBehind, 1)
		line("w", db.WriteBehind, 1) // stands behind the first
		line("p", db.Write, 2)
		line("p", db.Write, 3)
		impatient, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := db.WriteBehind(impatient, east, func(context.Context, bun.IDB) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("work whose time is over: %v", err)
		}
		return nil
	})
	all.Wait()
	if err != nil || order != "wppw" {
		t.Errorf("served in the order %s, %v", order, err)
	}
}

// inTheQueue counts those who stand in line for a connection, by their stacks.
func inTheQueue() (many int) {
	stacks := make([]byte, 4<<20)
	for one := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		if head, rest, _ := strings.Cut(one, "\n"); strings.Contains(head, "[select") && strings.Contains(rest, "database.pool.enter(") {
			many++
		}
	}
	return many
}

func TestReadRefusesToWrite(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		err := db.Read(t.Context(), east, func(ctx context.Context, tx bun.IDB) error { return note(ctx, tx, east, "smuggled") })
		if err == nil {
			t.Error("a reader wrote")
		}
		expect(t, db, east)
	})
}

func TestErrorUndoesEverything(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		cause := errors.New("second thoughts")
		err := db.Write(t.Context(), east, func(ctx context.Context, tx bun.IDB) error {
			return errors.Join(note(ctx, tx, east, "half"), cause)
		})
		if !errors.Is(err, cause) {
			t.Errorf("got %v", err)
		}
		expect(t, db, east)
	})
}

func TestPanicUndoesEverythingAndLeavesTheConnectionUsable(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		for range 20 {
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the panic was swallowed")
					}
				}()
				_ = db.Write(t.Context(), east, func(ctx context.Context, tx bun.IDB) error {
					if err := note(ctx, tx, east, "half"); err != nil {
						t.Error(err)
					}
					panic("oops")
				})
			}()
		}
		if err := write(t, db, east, "whole"); err != nil {
			t.Error(err)
		}
		expect(t, db, east, "whole")
	})
}

// A statement that fails dooms a transaction of PostgreSQL: its COMMIT then
// undoes it and says so only in passing. Nobody may take that for success.
func TestIgnoredFailureIsNotSuccess(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		if err := write(t, db, east, "taken"); err != nil {
			t.Fatal(err)
		}
		err := db.Write(t.Context(), east, func(ctx context.Context, tx bun.IDB) error {
			if err := note(ctx, tx, east, "mine"); err != nil {
				return err
			}
			_ = note(ctx, tx, east, "taken")
			return nil
		})
		if err == nil {
			expect(t, db, east, "mine", "taken")
		} else {
			expect(t, db, east, "taken")
		}
	})
}

func TestCancelledRequestsLeaveTheDatabaseUsable(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		for i := range 300 {
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				time.Sleep(time.Duration(i%50) * 4 * time.Microsecond)
				cancel()
			}()
			_ = db.Write(ctx, east, func(ctx context.Context, tx bun.IDB) error {
				return errors.Join(note(ctx, tx, east, fmt.Sprint(i)), errors.New("undo"))
			})
			cancel()
		}
		if err := write(t, db, east, "after"); err != nil {
			t.Fatal(err)
		}
		expect(t, db, east, "after")
	})
}

func TestTakenKeyIsAConflict(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		if err := write(t, db, east, "one"); err != nil {
			t.Fatal(err)
		}
		err := write(t, db, east, "one")
		if !fault.Is(err, fault.Conflict) || !database.Taken(err) {
			t.Errorf("got %v", err)
		}
		var shown *fault.Error
		if errors.As(err, &shown) && strings.Contains(shown.Message, "throttles") {
			t.Errorf("the message tells of tables: %s", shown.Message)
		}
		if err := write(t, db, west, "one"); err != nil {
			t.Errorf("another tenant's key is in the way: %v", err)
		}
	})
}

func TestNoRowIsNotFound(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		err := db.Read(t.Context(), east, func(ctx context.Context, tx bun.IDB) error {
			var subject string
			return tx.NewRaw("SELECT subject FROM throttles").Scan(ctx, &subject)
		})
		if !fault.Is(err, fault.NotFound) || !database.Missing(err) {
			t.Errorf("got %v", err)
		}
	})
}

func TestManyWritersAllSucceed(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		const writers, rounds = 8, 10
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				for range rounds { // reads before it writes, as most commands do
					err := db.Write(t.Context(), east, func(ctx context.Context, tx bun.IDB) error {
						if _, err := subjects(ctx, tx); err != nil {
							return err
						}
						return exec(ctx, tx, `INSERT INTO throttles (tenant_id, subject, failures, updated_at) VALUES (?, ?, 1, ?)
							ON CONFLICT (tenant_id, subject) DO UPDATE SET failures = throttles.failures + 1`, east, fmt.Sprint(w%2), time.Now())
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		err := db.Read(t.Context(), east, func(ctx context.Context, tx bun.IDB) error {
			var sum int
			err := tx.NewRaw("SELECT CAST(sum(failures) AS bigint) FROM throttles WHERE tenant_id = ?", east).Scan(ctx, &sum)
			if sum != writers*rounds {
				t.Errorf("%d of %d writes count", sum, writers*rounds)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestMigratorsAtOnceApplyOnce(t *testing.T) {
	url := testkit.Postgres(t, prepare)
	for name, url := range map[string]string{"sqlite": "sqlite://" + filepath.Join(t.TempDir(), "new.db"), "postgres": url} {
		t.Run(name, func(t *testing.T) {
			if name == "postgres" {
				empty(t, url)
			}
			applied := make(chan int, 4)
			var all sync.WaitGroup
			for range cap(applied) {
				all.Go(func() {
					m, err := database.NewMigrator(url, files)
					if err != nil {
						t.Error(err)
						return
					}
					defer func() { _ = m.Close() }()
					names, err := m.Up(t.Context())
					if err != nil {
						t.Error(err)
					}
					applied <- len(names)
				})
			}
			all.Wait()
			close(applied)
			sum, busy := 0, 0
			for n := range applied {
				if sum += n; n > 0 {
					busy++
				}
			}
			if want, _ := filepath.Glob("../../migrations/sqlite/*.up.sql"); sum != len(want) || busy != 1 {
				t.Errorf("%d migrations were applied by %d migrators; there are %d", sum, busy, len(want))
			}
		})
	}
}

// empty takes all migrations back.
func empty(t *testing.T, url string) {
	t.Helper()
	m, err := database.NewMigrator(url, files)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	for names := []string{""}; len(names) > 0; {
		if names, err = m.Down(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// witness is a test that only takes down what it is told.
type witness struct {
	testing.TB
	said []string
}

func (w *witness) Errorf(format string, args ...any) {
	w.said = append(w.said, fmt.Sprintf(format, args...))
}

// The tripwire itself is tested in testkit; this proves that it is reached from
// inside a unit of work, and that the tables it needs are found.
func TestTripwireWatchesUnitsOfWork(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		var tables []string
		if err := db.Platform(t.Context(), func(ctx context.Context, tx bun.IDB) (err error) {
			tables, err = testkit.TenantTables(ctx, tx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		w := &witness{}
		db.AddQueryHook(testkit.Tripwire(w, tables))
		careless := func(ctx context.Context, tx bun.IDB) error {
			_, err := subjects(ctx, tx)
			return err
		}
		for _, run := range []func(context.Context, uuid.UUID, func(context.Context, bun.IDB) error) error{db.Read, db.Write} {
			if err := run(t.Context(), east, careless); err != nil {
				t.Error(err)
			}
		}
		if len(w.said) != 2 {
			t.Errorf("it tripped %d times, not twice: %v", len(w.said), w.said)
		}
		expect(t, db, east)
		if len(w.said) != 2 {
			t.Errorf("it trips on a query of one tenant: %v", w.said[2:])
		}
	})
}

func TestOpenExplainsABadAddress(t *testing.T) {
	for _, address := range []string{"", "mysql://root:hunter2@host/db", "sqlite://"} {
		db, err := database.Open(address)
		if err == nil {
			_ = db.Close()
			t.Errorf("%q was opened", address)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}
