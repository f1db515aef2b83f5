package migrations_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/migrations"
)

func TestMain(m *testing.M) { testkit.Main(m) }

var prepare = testkit.Migrated(migrations.Files)

// platform names the tables that belong to no tenant. Think twice before adding one.
var platform = []string{"bun_migration_locks", "bun_migrations", "platform_credit_notes", "platform_deals", "platform_invoices", "platform_kits", "platform_log", "platform_money_facts", "platform_money_log", "platform_money_told", "platform_payers", "platform_payments", "platform_price_books", "platform_programmes", "platform_receipts", "platform_recovery_codes", "platform_registers", "platform_services", "platform_sessions", "platform_staff", "platform_staff_log", "platform_stripe_calls", "platform_stripe_events", "platform_throttles", "platform_trusts", "platform_usage", "platform_views", "trusts"}

func TestUpDownAndUpAgain(t *testing.T) {
	testkit.OnBoth(t, prepare, func(t *testing.T, url string) {
		m, err := database.NewMigrator(url, migrations.Files)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = m.Close() }()
		before := catalogue(t, url)
		for range 100 {
			if names, err := m.Down(t.Context()); err != nil {
				t.Fatal(err)
			} else if len(names) == 0 {
				break
			}
		}
		if left := slices.Sorted(maps.Keys(catalogue(t, url))); !slices.Equal(left, []string{"bun_migration_locks", "bun_migrations"}) {
			t.Errorf("after all downs there are still %v", left)
		}
		if _, err := m.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		if after := catalogue(t, url); !maps.EqualFunc(before, after, same) {
			t.Errorf("up, down and up again made\n%v\nnot\n%v", after, before)
		}
		if names, err := m.Up(t.Context()); err != nil || len(names) > 0 {
			t.Errorf("a third up applied %v, %v", names, err)
		}
	})
}

func TestDialectsHaveTheSameTables(t *testing.T) {
	lite, pg := catalogue(t, testkit.SQLite(t, prepare)), catalogue(t, testkit.Postgres(t, prepare))
	for _, found := range []map[string]table{lite, pg} {
		if _, ok := found["search_entries"]; !ok {
			t.Error("there is no full-text index")
		}
		maps.DeleteFunc(found, func(name string, _ table) bool { return index(name) })
	}
	if a, b := slices.Sorted(maps.Keys(lite)), slices.Sorted(maps.Keys(pg)); !slices.Equal(a, b) {
		t.Fatalf("tables of SQLite %v\nof PostgreSQL %v", a, b)
	}
	for name := range lite {
		if strings.HasPrefix(name, "bun_") {
			continue // bun makes these itself
		}
		if !same(lite[name], pg[name]) {
			t.Errorf("%s is on SQLite\n%v\nand on PostgreSQL\n%v", name, lite[name], pg[name])
		}
	}
}

func TestTenantComesFirstEverywhere(t *testing.T) {
	testkit.OnBoth(t, prepare, func(t *testing.T, url string) {
		found := catalogue(t, url)
		if len(found) <= len(platform) {
			t.Fatalf("only %d tables: this test looked at nothing", len(found))
		}
		for name, table := range found {
			if slices.Contains(platform, name) || index(name) {
				continue
			}
			if !slices.Contains(table.Columns, "tenant_id not null") {
				t.Errorf("%s has no tenant_id, or it may be null: %v", name, table.Columns)
			}
			if len(table.Keys["primary"]) == 0 {
				t.Errorf("%s has no primary key", name)
			}
			for key, columns := range table.Keys {
				if columns[0] != "tenant_id" {
					t.Errorf("%s: the key or index %s begins with %s", name, key, columns[0])
				}
			}
			if len(table.Foreign) == 0 {
				t.Errorf("%s refers to nothing: not even its tenant is known to exist", name)
			}
			for _, foreign := range table.Foreign {
				if !strings.Contains(foreign, "tenant_id=tenant_id") && foreign != "trusts(tenant_id=id)" {
					t.Errorf("%s: a foreign key reaches across tenants: %s", name, foreign)
				}
			}
		}
	})
}

func TestTenantTablesAreAllButThePlatforms(t *testing.T) {
	testkit.OnBoth(t, prepare, func(t *testing.T, url string) {
		want := slices.DeleteFunc(slices.Sorted(maps.Keys(catalogue(t, url))), func(name string) bool {
			return slices.Contains(platform, name) || strings.HasPrefix(name, "search_entries_")
		})
		ask(t, url, func(ctx context.Context, db bun.IDB) error {
			tables, err := testkit.TenantTables(ctx, db)
			if !slices.Equal(tables, want) {
				t.Errorf("got %v, want %v", tables, want)
			}
			return err
		})
	})
}

func TestRowSecurityGuardsEveryTenantTable(t *testing.T) {
	url := testkit.Postgres(t, prepare)
	type guarded struct {
		Name                        string
		Enabled, Forced, Permissive bool
		Policies                    int
		Command, Rule, Check        string
	}
	ask(t, url, func(ctx context.Context, db bun.IDB) error {
		tables, err := testkit.TenantTables(ctx, db)
		if err != nil {
			return err
		}
		var rows []guarded
		err = db.NewRaw(`SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
			(SELECT count(*) FROM pg_policies AS n WHERE n.schemaname = 'public' AND n.tablename = c.relname) AS policies,
			coalesce(p.permissive = 'PERMISSIVE', false) AS permissive, coalesce(p.cmd, '') AS command, coalesce(p.qual, '') AS rule, coalesce(p.with_check, '') AS "check"
			FROM pg_class AS c LEFT JOIN pg_policies AS p ON p.schemaname = 'public' AND p.tablename = c.relname
			WHERE c.relnamespace = 'public'::regnamespace AND c.relname IN (?)`, bun.List(tables)).Scan(ctx, &rows)
		if len(rows) != len(tables) {
			t.Errorf("%d rows about %d tables: each has one policy, no more and no less", len(rows), len(tables))
		}
		const rule = `(tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))`
		for _, row := range rows {
			want := guarded{Name: row.Name, Enabled: true, Forced: row.Name != "search_entries", // its owner searches it
				Permissive: true, Policies: 1, Command: "ALL", Rule: rule}
			if row != want { // without a check of its own, the rule holds for what is written too
				t.Errorf("%+v\nwant %+v", row, want)
			}
		}
		return err
	})
}

func TestApplicationRoleIsBound(t *testing.T) {
	ask(t, testkit.Postgres(t, prepare), func(ctx context.Context, db bun.IDB) error {
		var is struct {
			Who                             string
			Super, Bypass, Creates, Inherit bool
			Owns                            int
		}
		err := db.NewRaw(`SELECT current_user AS who, rolsuper AS super, rolbypassrls AS bypass, rolcreaterole OR rolcreatedb AS creates,
			EXISTS (SELECT FROM pg_auth_members AS m WHERE m.member = r.oid) AS inherit,
			(SELECT count(*) FROM pg_shdepend AS d WHERE d.refobjid = r.oid AND d.deptype = 'o') AS owns
			FROM pg_roles AS r WHERE rolname = current_user`).Scan(ctx, &is)
		if is.Who != database.AppRole || is.Super || is.Bypass || is.Creates || is.Inherit || is.Owns != 0 {
			t.Errorf("the application runs as %+v", is)
		}
		return err
	})
}

func TestNothingLooksAroundRowSecurity(t *testing.T) {
	ask(t, testkit.Postgres(t, prepare), func(ctx context.Context, db bun.IDB) error {
		var leaks []string
		err := db.NewRaw(`
			SELECT 'materialised view ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'm'
			UNION SELECT 'view without security_invoker ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
				AND NOT coalesce(reloptions::text[] && ARRAY['security_invoker=true', 'security_invoker=on'], false)
			UNION SELECT 'function with its owner''s rights ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef AND proname <> 'sharon_search'
			UNION SELECT 'everybody may ' || privilege_type || ' ' || table_name FROM information_schema.table_privileges WHERE table_schema = 'public' AND grantee = 'PUBLIC'
			UNION SELECT 'the application may ' || privilege_type || ' ' || table_name FROM information_schema.table_privileges
				WHERE table_schema = 'public' AND grantee = ? AND (privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER') OR table_name IN ('bun_migrations', 'bun_migration_locks'))`,
			database.AppRole).Scan(ctx, &leaks)
		for _, leak := range leaks {
			t.Error(leak)
		}
		return err
	})
}

// Row security does not hold the platform's tables, so the application's rights do.
func TestApplicationMayDoLittleToThePlatformsTables(t *testing.T) {
	ask(t, testkit.Postgres(t, prepare), func(ctx context.Context, db bun.IDB) error {
		var rights []string
		err := db.NewRaw(`SELECT table_name || ': ' || string_agg(privilege_type, ' ' ORDER BY privilege_type) FROM information_schema.table_privileges
			WHERE table_schema = 'public' AND grantee = ? AND table_name IN (?) GROUP BY table_name ORDER BY 1`, database.AppRole, bun.List(platform)).Scan(ctx, &rights)
		want := []string{"platform_credit_notes: INSERT SELECT UPDATE", "platform_deals: INSERT SELECT UPDATE", "platform_invoices: INSERT SELECT UPDATE", "platform_kits: INSERT SELECT UPDATE", "platform_log: INSERT SELECT", "platform_money_facts: INSERT SELECT UPDATE", "platform_money_log: INSERT SELECT", "platform_money_told: DELETE INSERT SELECT UPDATE", "platform_payers: INSERT SELECT UPDATE", "platform_payments: INSERT SELECT", "platform_price_books: INSERT SELECT", "platform_programmes: DELETE INSERT SELECT UPDATE", "platform_receipts: DELETE INSERT SELECT UPDATE", "platform_recovery_codes: DELETE INSERT SELECT", "platform_registers: INSERT SELECT UPDATE", "platform_services: DELETE INSERT SELECT UPDATE", "platform_sessions: DELETE INSERT SELECT UPDATE", "platform_staff: INSERT SELECT", "platform_staff_log: INSERT SELECT", "platform_stripe_calls: INSERT SELECT UPDATE", "platform_stripe_events: INSERT SELECT UPDATE", "platform_throttles: DELETE INSERT SELECT UPDATE", "platform_trusts: INSERT SELECT UPDATE", "platform_usage: DELETE INSERT SELECT UPDATE", "platform_views: DELETE INSERT SELECT UPDATE", "trusts: INSERT SELECT UPDATE"}
		if !slices.Equal(rights, want) {
			t.Errorf("got %v\nwant %v", rights, want)
		}
		return err
	})
}

// index is the full-text index, which each database makes in its own way from
// rows that these tests look at: its keys are words.
func index(name string) bool { return strings.HasPrefix(name, "search_entries") }

// table is what the two dialects should agree on.
type table struct {
	Columns []string            // "name" or "name not null", in order
	Keys    map[string][]string // columns of the primary key, of unique constraints and of indexes
	Foreign []string            // "services(tenant_id=tenant_id,service_id=id)"
}

func same(a, b table) bool {
	return slices.Equal(a.Columns, b.Columns) && slices.Equal(a.Foreign, b.Foreign) && maps.EqualFunc(a.Keys, b.Keys, slices.Equal)
}

// catalogue reads all tables of a database.
func catalogue(t *testing.T, url string) map[string]table {
	t.Helper()
	queries := sqliteCatalogue
	if strings.HasPrefix(url, "postgres") {
		queries = postgresCatalogue
	}
	var columns, keys, foreign []struct{ Name, Part, Columns string }
	ask(t, url, func(ctx context.Context, db bun.IDB) error {
		for i, into := range []any{&columns, &keys, &foreign} {
			if err := db.NewRaw(queries[i]).Scan(ctx, into); err != nil {
				return err
			}
		}
		return nil
	})
	found := map[string]table{}
	for _, row := range columns {
		found[row.Name] = table{Columns: strings.Split(row.Columns, ", "), Keys: map[string][]string{}}
	}
	for _, row := range keys {
		found[row.Name].Keys[row.Part] = strings.Split(row.Columns, ",")
	}
	for _, row := range foreign {
		one := found[row.Name]
		one.Foreign = append(one.Foreign, row.Part+"("+row.Columns+")")
		slices.Sort(one.Foreign)
		found[row.Name] = one
	}
	return found
}

func ask(t *testing.T, url string, question func(ctx context.Context, db bun.IDB) error) {
	t.Helper()
	if err := testkit.Open(t, url).Platform(t.Context(), question); err != nil {
		t.Fatal(err)
	}
}

// Three queries each: columns, keys and foreign keys. Indexes go by their name,
// the keys of constraints by their columns, as the dialects name them differently.
var sqliteCatalogue = [3]string{
	`SELECT m.name, '' AS part, group_concat(c.name || iif(c."notnull", ' not null', ''), ', ' ORDER BY c.cid) AS columns
	FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' GROUP BY m.name`,
	`SELECT name, CASE origin WHEN 'pk' THEN 'primary' WHEN 'u' THEN 'unique ' || columns ELSE part END AS part, columns FROM (
		SELECT m.name, i.name AS part, i.origin, group_concat(c.name, ',' ORDER BY c.seqno) AS columns
		FROM sqlite_schema AS m JOIN pragma_index_list(m.name) AS i JOIN pragma_index_info(i.name) AS c WHERE m.type = 'table' GROUP BY m.name, i.name)`,
	`SELECT m.name, f."table" AS part, group_concat(f."from" || '=' || f."to", ',' ORDER BY f.seq) AS columns
	FROM sqlite_schema AS m JOIN pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' GROUP BY m.name, f.id`,
}

var postgresCatalogue = [3]string{
	`SELECT c.relname AS name, '' AS part, string_agg(a.attname || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END, ', ' ORDER BY a.attnum) AS columns
	FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY c.relname`,
	`SELECT name, CASE WHEN is_primary THEN 'primary' WHEN is_constraint THEN 'unique ' || columns ELSE part END AS part, columns FROM (
		SELECT c.relname AS name, i.relname AS part, x.indisprimary AS is_primary, EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.oid AND k.contype = 'u') AS is_constraint,
			(SELECT string_agg(coalesce(a.attname, '(expression)'), ',' ORDER BY n) FROM unnest(x.indkey::int[]) WITH ORDINALITY AS u (num, n)
				LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = u.num) AS columns
		FROM pg_index AS x JOIN pg_class AS c ON c.oid = x.indrelid JOIN pg_class AS i ON i.oid = x.indexrelid WHERE c.relnamespace = 'public'::regnamespace) AS keys`,
	`SELECT c.relname AS name, f.relname AS part,
		(SELECT string_agg(a.attname || '=' || b.attname, ',' ORDER BY n) FROM unnest(k.conkey, k.confkey) WITH ORDINALITY AS u (own, other, n)
			JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.own JOIN pg_attribute AS b ON b.attrelid = k.confrelid AND b.attnum = u.other) AS columns
	FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_class AS f ON f.oid = k.confrelid
	WHERE k.contype = 'f' AND c.relnamespace = 'public'::regnamespace`,
}
