package database

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/uptrace/bun"
)

// Kind is what the values of a column are, on either dialect.
type Kind string

// The kinds that our tables have. What is JSON is a text here.
const (
	Text    Kind = "text"
	Integer Kind = "integer"
	Real    Kind = "real"
	Bool    Kind = "bool"
	Time    Kind = "time"
)

// kinds are the types of both dialects that our migrations use.
var kinds = map[string]Kind{
	"text": Text, "uuid": Text, "jsonb": Text, "integer": Integer, "bigint": Integer, "int4": Integer, "int8": Integer,
	"real": Real, "float8": Real, "double precision": Real, "boolean": Bool, "bool": Bool, "timestamp": Time, "timestamptz": Time,
}

// Table is a table as the database describes it.
type Table struct {
	Name    string
	Columns []Column // in their order
	Key     []string // the columns of the primary key
	Refers  []Reference
}

// Column is a column of a table. Its kind is empty for what is none of ours, such
// as an index of words.
type Column struct {
	Name string
	Kind Kind
	Type string // in the dialect's own words
}

// Ordered is the column as what rows are ordered by, the same on both dialects.
func (c Column) Ordered() string {
	if c.Type == "text" { // on SQLite it is TEXT, which is ordered by its bytes anyway
		return `"` + c.Name + `" COLLATE "C"`
	}
	return `"` + c.Name + `"`
}

// Reference is a foreign key.
type Reference struct {
	Table   string
	Columns []string // the own ones
}

// Has tells whether the table has a column.
func (t Table) Has(column string) bool {
	return slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Name == column })
}

// Catalogue describes the tables that the application may read, each after all
// those that it refers to, and the same on both dialects.
func (d *DB) Catalogue(ctx context.Context, db bun.IDB) ([]Table, error) {
	queries := liteCatalogue
	if d.postgres {
		queries = postgresCatalogue
	}
	var columns []struct {
		Name, Col, Type string
		Place           int
	}
	var refers []struct{ Name, Other, Cols string }
	if err := db.NewRaw(queries[0]).Scan(ctx, &columns); err != nil {
		return nil, mapError(err)
	}
	if err := db.NewRaw(queries[1]).Scan(ctx, &refers); err != nil {
		return nil, mapError(err)
	}
	var tables []Table
	at, keys := map[string]int{}, map[string]map[int]string{}
	for _, c := range columns {
		if _, known := at[c.Name]; !known {
			at[c.Name], keys[c.Name] = len(tables), map[int]string{}
			tables = append(tables, Table{Name: c.Name})
		}
		t := &tables[at[c.Name]]
		t.Columns = append(t.Columns, Column{c.Col, kinds[strings.ToLower(c.Type)], c.Type})
		if c.Place > 0 {
			keys[c.Name][c.Place] = c.Col
		}
	}
	for i := range tables {
		key := keys[tables[i].Name]
		for _, place := range slices.Sorted(maps.Keys(key)) {
			tables[i].Key = append(tables[i].Key, key[place])
		}
	}
	for _, r := range refers {
		if i, known := at[r.Name]; known {
			tables[i].Refers = append(tables[i].Refers, Reference{r.Other, strings.Split(r.Cols, ",")})
		}
	}
	return inOrder(tables)
}

// inOrder sorts tables so that each comes after those that it refers to, by name
// among equals.
func inOrder(tables []Table) (sorted []Table, err error) {
	slices.SortFunc(tables, func(a, b Table) int { return strings.Compare(a.Name, b.Name) })
	placed := map[string]bool{}
	for len(tables) > 0 {
		at := slices.IndexFunc(tables, func(t Table) bool {
			return !slices.ContainsFunc(t.Refers, func(r Reference) bool { return r.Table != t.Name && !placed[r.Table] })
		})
		if at < 0 {
			return nil, fmt.Errorf("tables refer to each other in a circle: %s and others", tables[0].Name)
		}
		placed[tables[at].Name] = true
		sorted = append(sorted, tables[at])
		tables = slices.Delete(tables, at, at+1)
	}
	return sorted, nil
}

// Columns with their place in the primary key from 1 (0 for none), and foreign keys.
var liteCatalogue = [2]string{
	`SELECT m.name, c.name AS col, c.type, c.pk AS place FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c
	WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'search_entries_%' AND m.name NOT LIKE 'bun_%' ORDER BY m.name, c.cid`,
	`SELECT m.name, f."table" AS other, group_concat(f."from", ',' ORDER BY f.seq) AS cols
	FROM sqlite_schema AS m JOIN pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' GROUP BY m.name, f.id`,
}

var postgresCatalogue = [2]string{
	`SELECT c.relname AS name, a.attname AS col, t.typname AS type,
		coalesce((SELECT array_position(x.indkey::int[], a.attnum::int) + 1 - array_lower(x.indkey::int[], 1) FROM pg_index AS x WHERE x.indrelid = c.oid AND x.indisprimary), 0) AS place
	FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_type AS t ON t.oid = a.atttypid
	WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT LIKE 'bun\_%' ORDER BY c.relname, a.attnum`,
	`SELECT c.relname AS name, f.relname AS other,
		(SELECT string_agg(a.attname, ',' ORDER BY n) FROM unnest(k.conkey) WITH ORDINALITY AS u (own, n) JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.own) AS cols
	FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_class AS f ON f.oid = k.confrelid
	WHERE k.contype = 'f' AND c.relnamespace = 'public'::regnamespace ORDER BY 1, 2`,
}
