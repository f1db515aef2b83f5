package audit_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // to tamper with the tables behind SHaRON's back
	"github.com/uptrace/bun"
	_ "modernc.org/sqlite"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/migrations"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/audit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// house is a trust whose log has five records.
type house struct {
	*testing.T
	url       string
	clock     *clock.Fake
	directory *tenants.Directory
	trust     tenants.Trust
	round     tenants.Round
}

func onBoth(t *testing.T, test func(h *house)) {
	testkit.OnBoth(t, testkit.Migrated(migrations.Files), func(t *testing.T, url string) {
		h := &house{T: t, url: url, clock: clock.NewFake(time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC))}
		db := testkit.Open(t, url)
		var tables []string
		h.must(db.Platform(t.Context(), func(ctx context.Context, tx bun.IDB) (err error) {
			tables, err = testkit.TenantTables(ctx, tx)
			return err
		}))
		db.AddQueryHook(testkit.Tripwire(t, tables))
		h.directory = &tenants.Directory{DB: db, Clock: h.clock, BaseHost: "localhost", Defaults: tenants.Grants.Rules()}
		part := audit.New(audit.Log{Acts: func() tenants.Acts { return nil }, Log: slog.New(slog.DiscardHandler)})
		h.round = part.Rounds[0]
		var err error
		h.trust, err = h.directory.CreateTrust(t.Context(), tenants.NewTrust{ODSCode: "RX1", Name: "Northmoor", Slug: "northmoor"})
		h.must(err)
		for i := range 4 {
			h.note(fmt.Sprintf("things.%d", i))
		}
		test(h)
	})
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// note adds a record a minute after the last.
func (h *house) note(action string) {
	h.Helper()
	h.clock.Advance(time.Minute)
	h.must(h.directory.WriteAs(h.Context(), h.trust.ID, "", func(ctx context.Context, s tenants.Scope) error {
		return s.Audit(ctx, action, tenants.Audited{Reason: "because", Before: map[string]int{"n": 1}, After: map[string]int{"n": 2}})
	}))
}

func (h *house) seal() {
	h.Helper()
	var here tenants.Scope
	h.must(h.directory.ReadAs(h.Context(), h.trust.ID, "", func(_ context.Context, s tenants.Scope) error {
		here = s
		return nil
	}))
	h.must(h.round.Do(h.Context(), here))
}

func (h *house) verify(checkpoints ...audit.Checkpoint) (found audit.Verdict) {
	h.Helper()
	h.must(h.directory.ReadAs(h.Context(), h.trust.ID, "", func(ctx context.Context, s tenants.Scope) (err error) {
		found, err = audit.Verify(ctx, s, checkpoints)
		return err
	}))
	return found
}

// tamper changes the tables as somebody can who owns the database.
func (h *house) tamper(statements ...string) {
	h.Helper()
	driver, address := "pgx", h.url
	if file, lite := strings.CutPrefix(h.url, "sqlite://"); lite {
		driver, address = "sqlite", "file:"+file
		statements = append([]string{"DROP TRIGGER audit_log_stays", "DROP TRIGGER audit_log_keeps", "DROP TRIGGER audit_seals_stay", "DROP TRIGGER audit_seals_keep"}, statements...)
	} else {
		statements = append([]string{"SELECT set_config('app.tenant_id', '" + h.trust.ID.String() + "', false)"}, statements...)
	}
	db, err := sql.Open(driver, address)
	h.must(err)
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	for _, statement := range statements {
		if _, err := db.ExecContext(h.Context(), statement); err != nil {
			h.Fatalf("%s: %v", statement, err)
		}
	}
}

func TestAWholeLogIsWhole(t *testing.T) {
	onBoth(t, func(h *house) {
		if found := h.verify(); found.Sealed != 0 || found.Waiting != 5 || len(found.Problems) > 0 {
			h.Errorf("before the first round: %+v", found)
		}
		h.seal()
		first := h.verify()
		if first.Sealed != 5 || first.Waiting != 0 || first.Last.Number != 5 || len(first.Problems) > 0 {
			h.Errorf("sealed: %+v", first)
		}
		h.note("things.later")
		h.seal()
		h.seal()
		if found := h.verify(first.Last); found.Sealed != 6 || len(found.Problems) > 0 {
			h.Errorf("later, held to the checkpoint: %+v", found)
		}
	})
}

func TestWhatWasDoneToTheLogShows(t *testing.T) {
	const third = "(SELECT record_id FROM audit_seals WHERE number = 3)"
	for name, try := range map[string]struct {
		do   []string
		says []string
	}{
		"changed":                    {[]string{"UPDATE audit_log SET reason = 'otherwise' WHERE id = " + third}, []string{"Number 3,", "was changed"}},
		"said to be somebody else's": {[]string{"UPDATE audit_log SET action = 'things.9' WHERE id = " + third}, []string{"Number 3,", "was changed"}},
		"moved in time":              {[]string{"UPDATE audit_log SET at = '2026-11-20 10:30:30+00:00' WHERE id = " + third}, []string{"Number 3,", "was changed"}},
		"removed":                    {[]string{"DELETE FROM audit_log WHERE id = " + third}, []string{"Number 3,", "is gone"}},
		"removed with its seal":      {[]string{"DELETE FROM audit_log WHERE id = " + third, "DELETE FROM audit_seals WHERE number = 3"}, []string{"number 3 to 3"}},
		"removed and closed up": {[]string{"DELETE FROM audit_log WHERE id = " + third, "DELETE FROM audit_seals WHERE number = 3",
			"UPDATE audit_seals SET number = 3 WHERE number = 4", "UPDATE audit_seals SET number = 4 WHERE number = 5"}, []string{"Number 3,", "Number 4,"}},
		"in another order": {[]string{"UPDATE audit_seals SET number = 99 WHERE number = 3", "UPDATE audit_seals SET number = 3 WHERE number = 4",
			"UPDATE audit_seals SET number = 4 WHERE number = 99"}, []string{"Number 3,", "Number 4,", "its place in the log"}},
		"cut off": {[]string{"DELETE FROM audit_log WHERE id IN (SELECT record_id FROM audit_seals WHERE number > 3)", "DELETE FROM audit_seals WHERE number > 3"},
			[]string{"ends with number 3", "checkpoint 5"}},
		"written anew": {[]string{"DELETE FROM audit_seals"}, []string{"checkpoint"}},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(h *house) {
				h.seal()
				whole := h.verify()
				h.tamper(try.do...)
				if name == "written anew" {
					h.tamperless("UPDATE audit_log SET reason = 'otherwise'")
					h.seal()
				}
				found := strings.Join(h.verify(whole.Last).Problems, "\n")
				for _, words := range try.says {
					if !strings.Contains(found, words) {
						h.Errorf("nothing says %q: %s", words, found)
					}
				}
				if strings.Count(found, "\n") > 2 {
					h.Errorf("more than was done: %s", found)
				}
			})
		})
	}
}

// tamperless is tamper once the triggers are gone.
func (h *house) tamperless(statement string) {
	h.Helper()
	if file, lite := strings.CutPrefix(h.url, "sqlite://"); lite {
		db, err := sql.Open("sqlite", "file:"+file)
		h.must(err)
		defer func() { _ = db.Close() }()
		_, err = db.ExecContext(h.Context(), statement)
		h.must(err)
		return
	}
	h.tamper(statement)
}

func TestARecordPutInAfterwardsIsNeverSealed(t *testing.T) {
	onBoth(t, func(h *house) {
		h.seal()
		h.clock.Advance(26 * time.Hour)
		h.note("things.today")
		h.seal()
		yesterday := h.clock.Now().Add(-24 * time.Hour)
		h.must(h.directory.WriteAs(h.Context(), h.trust.ID, "", func(ctx context.Context, s tenants.Scope) error {
			s.Now = yesterday
			return s.Audit(ctx, "things.never", tenants.Audited{})
		}))
		h.note("things.after")
		h.seal()
		found := h.verify()
		if found.Sealed != 7 || found.Waiting != 0 || len(found.Problems) != 1 || !strings.Contains(found.Problems[0], "things.never") {
			h.Errorf("%+v", found)
		}
	})
}

// A unit of work that began before a round and ended after it is sealed by the next.
func TestWhatComesALittleLateIsSealed(t *testing.T) {
	onBoth(t, func(h *house) {
		began := h.clock.Now()
		h.note("things.meanwhile")
		h.seal()
		h.must(h.directory.WriteAs(h.Context(), h.trust.ID, "", func(ctx context.Context, s tenants.Scope) error {
			s.Now = began
			return s.Audit(ctx, "things.slow", tenants.Audited{})
		}))
		h.seal()
		if found := h.verify(); found.Sealed != 7 || len(found.Problems) > 0 {
			h.Errorf("%+v", found)
		}
	})
}

func TestSeveralWorkersSealOneChain(t *testing.T) {
	onBoth(t, func(h *house) {
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				var here tenants.Scope
				_ = h.directory.ReadAs(h.Context(), h.trust.ID, "", func(_ context.Context, s tenants.Scope) error {
					here = s
					return nil
				})
				if err := h.round.Do(h.Context(), here); err != nil { // that another does it is no error
					h.Error(err)
				}
			})
		}
		all.Wait()
		h.seal()
		if found := h.verify(); found.Sealed != 5 || len(found.Problems) > 0 {
			h.Errorf("%+v", found)
		}
	})
}

// The application cannot change what it has written, whatever its code says.
func TestTheApplicationCanOnlyAdd(t *testing.T) {
	onBoth(t, func(h *house) {
		h.seal()
		for _, statement := range []string{
			"UPDATE audit_log SET reason = 'otherwise' WHERE tenant_id = ?", "DELETE FROM audit_log WHERE tenant_id = ?",
			"UPDATE audit_seals SET hash = 'x' WHERE tenant_id = ?", "DELETE FROM audit_seals WHERE tenant_id = ?",
		} {
			err := h.directory.DB.Write(h.Context(), h.trust.ID, func(ctx context.Context, db bun.IDB) error {
				_, err := db.ExecContext(ctx, statement, h.trust.ID)
				return err
			})
			if err == nil {
				h.Errorf("%s: nobody minds", statement)
			}
		}
		if found := h.verify(); found.Sealed != 5 || len(found.Problems) > 0 {
			h.Errorf("%+v", found)
		}
	})
}

func TestACheckpointIsReadStrictly(t *testing.T) {
	good := audit.Checkpoint{Number: 12, Hash: strings.Repeat("ab", 32)}
	if got, err := audit.ParseCheckpoint(" " + good.String() + "\n"); err != nil || got != good {
		t.Errorf("%v %v", got, err)
	}
	for _, text := range []string{"", "12", "12:ab", ":" + good.Hash, "-1:" + good.Hash, "0:" + good.Hash, "x:" + good.Hash, "12:" + strings.Repeat("zz", 32)} {
		if got, err := audit.ParseCheckpoint(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}
