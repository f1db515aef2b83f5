package demo

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/migrations"
	"github.com/sharon-nhs/sharon/tenants"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// soon is just after midnight: most of what the content says of today is still to come.
var soon = time.Date(2026, 11, 20, 0, 7, 0, 0, time.UTC)

// a world is an empty, migrated database and a way to look into it past row security.
type world struct {
	deps Deps
	look *sql.DB
}

// onBoth runs a test on SQLite and on PostgreSQL; fresh makes one more database.
func onBoth(t *testing.T, test func(t *testing.T, fresh func() world)) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, func() world {
			url := testkit.SQLite(t, migrate)
			return open(t, url, "sqlite", strings.TrimPrefix(url, "sqlite://"))
		})
	})
	t.Run("postgres", func(t *testing.T) {
		test(t, func() world {
			url := testkit.Postgres(t, migrate)
			return open(t, url, "pgx", testkit.PostgresAs(t, url, "postgres"))
		})
	})
}

func migrate(url string) error {
	m, err := database.NewMigrator(url, migrations.Files)
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	_, err = m.Up(context.Background())
	return err
}

func open(t *testing.T, url, driver, name string) world {
	t.Helper()
	db, err := database.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	look, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = look.Close(), db.Close() })
	keys, err := crypt.NewKeys([]byte("a secret for tests that is long enough"))
	if err != nil {
		t.Fatal(err)
	}
	now := clock.NewFake(soon)
	b := world{Deps{Directory: &tenants.Directory{DB: db, Clock: now, BaseHost: "localhost"}, Keys: keys, Clock: now}, look}
	err = db.Platform(t.Context(), func(ctx context.Context, conn bun.IDB) error {
		tables, err := testkit.TenantTables(ctx, conn)
		db.AddQueryHook(testkit.Tripwire(t, tables))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// rows reads all rows of a query as one text.
func (b world) rows(t *testing.T, query string) string {
	t.Helper()
	found, err := b.look.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	defer func() { _ = found.Close() }()
	columns, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for found.Next() {
		cells, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for _, cell := range cells {
			text.WriteString(cell.String + " ")
		}
		text.WriteString("\n")
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

var tables = []string{"platform_staff", "trusts", "services", "accounts", "members", "service_modules", "places", "posts", "post_versions", "reactions", "follows", "threads", "thread_reads",
	"live_sessions", "live_hosts", "live_messages", "live_questions", "videos", "video_files", "platform_payers", "platform_deals", "platform_invoices", "platform_payments", "platform_money_log"}

func (b world) counts(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	for _, table := range tables {
		text.WriteString(table + " " + b.rows(t, "SELECT count(*) FROM "+table))
	}
	return text.String()
}

// untrue are queries that find rows only where something does not add up.
var untrue = map[string]string{
	"counts of replies": `SELECT id, replies FROM posts AS p WHERE replies <> (SELECT count(*) FROM posts AS r
		WHERE r.tenant_id = p.tenant_id AND r.parent_id = p.id AND r.state <> 'removed')`,
	"counts of reactions": `SELECT id FROM posts AS p WHERE
		with_you <> (SELECT count(*) FROM reactions AS r WHERE r.tenant_id = p.tenant_id AND r.post_id = p.id AND r.kind = 'with_you') OR
		hug <> (SELECT count(*) FROM reactions AS r WHERE r.tenant_id = p.tenant_id AND r.post_id = p.id AND r.kind = 'hug') OR
		thank_you <> (SELECT count(*) FROM reactions AS r WHERE r.tenant_id = p.tenant_id AND r.post_id = p.id AND r.kind = 'thank_you') OR
		hope <> (SELECT count(*) FROM reactions AS r WHERE r.tenant_id = p.tenant_id AND r.post_id = p.id AND r.kind = 'hope')`,
	"threads' latest word": `SELECT post_id, active_at FROM threads AS t WHERE active_at <> (SELECT max(published_at) FROM posts AS p
		WHERE p.tenant_id = t.tenant_id AND (p.id = t.post_id OR p.parent_id = t.post_id))`,
	"whose the latest word is": `SELECT post_id, active_by FROM threads AS t WHERE NOT EXISTS (SELECT 1 FROM posts AS p WHERE p.tenant_id = t.tenant_id
		AND (p.id = t.post_id OR p.parent_id = t.post_id) AND p.published_at = t.active_at AND p.author_id = t.active_by)`,
	"threads with an answer": `SELECT post_id FROM threads AS t JOIN posts AS root ON root.tenant_id = t.tenant_id AND root.id = t.post_id
		WHERE t.answered <> EXISTS (SELECT 1 FROM posts AS p WHERE p.tenant_id = t.tenant_id AND p.parent_id = t.post_id AND p.author_id <> root.author_id)`,
	"threads without a row": `SELECT id FROM posts AS p WHERE kind = 'thread' AND NOT EXISTS (SELECT 1 FROM threads AS t
		WHERE t.tenant_id = p.tenant_id AND t.post_id = p.id AND t.place_id = p.place_id)`,
	"replies that are not like their root": `SELECT p.id FROM posts AS p JOIN posts AS root ON root.tenant_id = p.tenant_id AND root.id = p.parent_id
		WHERE p.kind <> 'reply' OR root.parent_id IS NOT NULL OR p.place_id <> root.place_id OR p.audience <> root.audience OR p.module <> root.module
		OR p.service_id <> root.service_id OR p.published_at < root.published_at`,
	"quotes from elsewhere": `SELECT p.id FROM posts AS p JOIN posts AS q ON q.tenant_id = p.tenant_id AND q.id = p.quotes_id
		WHERE p.parent_id IS NULL OR q.id <> p.parent_id AND q.parent_id <> p.parent_id OR q.published_at > p.published_at`,
	"authors who do not follow": `SELECT id FROM posts AS p WHERE NOT EXISTS (SELECT 1 FROM follows AS f
		WHERE f.tenant_id = p.tenant_id AND f.post_id = coalesce(p.parent_id, p.id) AND f.member_id = p.author_id)`,
	"edits without what was before": `SELECT id FROM posts AS p WHERE (version > 1) <> EXISTS (SELECT 1 FROM post_versions AS v WHERE v.tenant_id = p.tenant_id AND v.post_id = p.id)`,
	"people of another service":     `SELECT p.id FROM posts AS p JOIN members AS m ON m.tenant_id = p.tenant_id AND m.id = p.author_id WHERE m.service_id <> p.service_id`,
}

// addUp fails the test if what is stored contradicts itself or is of the future.
func (b world) addUp(t *testing.T) {
	t.Helper()
	for what, query := range untrue {
		if wrong := b.rows(t, query); wrong != "" {
			t.Errorf("%s:\n%s", what, wrong[:min(len(wrong), 400)])
		}
	}
	for _, column := range []string{
		"posts.published_at", "posts.edited_at", "post_versions.changed_at", "follows.followed_at", "threads.active_at",
		"thread_reads.read_at", "members.joined_at", "accounts.created_at", "places.created_at", "services.created_at", "trusts.created_at",
	} {
		table, name, _ := strings.Cut(column, ".")
		if late := b.rows(t, fmt.Sprintf("SELECT count(*) FROM %s WHERE %s > '%s'", table, name, soon.Format("2006-01-02 15:04:05-07:00"))); strings.TrimSpace(late) != "0" {
			t.Errorf("%s of %s rows are in the future", column, late)
		}
	}
}
