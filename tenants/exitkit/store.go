package exitkit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// table is a table of the kit, without the column that names the trust.
type table struct {
	database.Table
	scope   string            // the column that names the trust
	columns []database.Column // the others
	selfs   []string          // those of them that name another row of the table
}

// tablesOf are the tables of a kit, in the order in which they can be filled.
func (h House) tablesOf(ctx context.Context, db bun.IDB) (all []table, err error) {
	found, err := h.DB.Catalogue(ctx, db)
	if err != nil {
		return nil, err
	}
	for _, t := range found {
		scope := scopeOf(t)
		if scope == "" || slices.ContainsFunc(left, func(l Left) bool { return l.Table == t.Name }) {
			continue
		}
		one := table{Table: t, scope: scope}
		for _, c := range t.Columns {
			if c.Name == scope && t.Name != "trusts" {
				continue
			}
			if c.Kind == "" {
				return nil, fmt.Errorf("%s.%s has a type that a kit cannot take: %s", t.Name, c.Name, c.Type)
			}
			one.columns = append(one.columns, c)
		}
		for _, r := range t.Refers {
			if r.Table == t.Name {
				one.selfs = append(one.selfs, slices.DeleteFunc(slices.Clone(r.Columns), func(c string) bool { return c == scope })...)
			}
		}
		all = append(all, one)
	}
	return all, nil
}

// scopeOf is the column by which rows of a table are a trust's; empty where none are.
func scopeOf(t database.Table) string {
	switch {
	case t.Name == "trusts":
		return "id"
	case t.Has("tenant_id"):
		return "tenant_id"
	case slices.Contains(ofPlatform, t.Name):
		return "trust_id"
	}
	return ""
}

// each calls fn with every row of a trust, by its key, one at a time.
func (t table) each(ctx context.Context, db bun.IDB, trust uuid.UUID, fn func(row map[string]any) error) (err error) {
	names := make([]bun.Ident, len(t.columns))
	for i, c := range t.columns {
		names[i] = bun.Ident(c.Name)
	}
	q := db.NewSelect().TableExpr("? AS kept", bun.Ident(t.Name)).Where("kept.? = ?", bun.Ident(t.scope), trust)
	for _, name := range names {
		q = q.ColumnExpr("kept.?", name)
	}
	for _, c := range t.Columns {
		if slices.Contains(t.Key, c.Name) && c.Name != t.scope {
			q = q.OrderExpr("kept.?", bun.Safe(c.Ordered()))
		}
	}
	rows, err := q.Rows(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		row := make(map[string]any, len(values))
		for i, c := range t.columns {
			if row[c.Name], err = fromDatabase(c.Kind, values[i]); err != nil {
				return fmt.Errorf("%s.%s: %w", t.Name, c.Name, err)
			}
		}
		if err := fn(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// insert adds rows, which have all columns of the table.
func (t table) insert(ctx context.Context, db bun.IDB, trust uuid.UUID, rows []map[string]any) error {
	if len(rows) == 0 {
		return nil
	}
	names := []string{t.scope}
	for _, c := range t.columns {
		if c.Name != t.scope {
			names = append(names, c.Name)
		}
	}
	args := []any{bun.Ident(t.Name)}
	for _, name := range names {
		args = append(args, bun.Ident(name))
	}
	marks := "(?" + strings.Repeat(", ?", len(names)-1) + ")"
	for _, row := range rows {
		row[t.scope] = trust
		for _, name := range names {
			args = append(args, row[name])
		}
	}
	_, err := db.NewRaw("INSERT INTO ? "+marks+" VALUES "+marks+strings.Repeat(", "+marks, len(rows)-1), args...).Exec(ctx)
	return err
}

// later is a column that names a row which comes after its own.
type later struct {
	row, column string
	value       any
}

func (t table) point(ctx context.Context, db bun.IDB, trust uuid.UUID, all []later) error {
	for _, one := range all {
		_, err := db.NewUpdate().TableExpr("?", bun.Ident(t.Name)).Set("? = ?", bun.Ident(one.column), one.value).
			Where("? = ?", bun.Ident(t.scope), trust).Where("id = ?", one.row).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

func (t table) count(ctx context.Context, db bun.IDB, trust uuid.UUID) (int64, error) {
	return db.NewSelect().TableExpr("? AS kept", bun.Ident(t.Name)).Where("kept.? = ?", bun.Ident(t.scope), trust).Count(ctx)
}

// noted is where files are written down before they are stored; those that are
// nowhere else are in nobody's use.
const noted = "uploads"

// eachFile calls fn with the key of every file that a row of the trust names.
func eachFile(ctx context.Context, db bun.IDB, trust uuid.UUID, tables []table, fn func(key string) error) error {
	var parts []string
	var args []any
	for _, t := range tables {
		for _, c := range t.columns {
			if t.Name != noted && (c.Name == "file" || strings.HasSuffix(c.Name, "_file")) {
				parts = append(parts, "SELECT kept.? AS file FROM ? AS kept WHERE kept.? = ? AND kept.? <> ''")
				args = append(args, bun.Ident(c.Name), bun.Ident(t.Name), bun.Ident(t.scope), trust, bun.Ident(c.Name))
			}
		}
	}
	var keys []string // short: what is long are the files
	if err := db.NewRaw(strings.Join(parts, " UNION "), args...).Scan(ctx, &keys); err != nil {
		return err
	}
	slices.Sort(keys)
	for _, key := range keys {
		if err := fn(key); err != nil {
			return err
		}
	}
	return nil
}

// trustOf reads the trust.
func trustOf(ctx context.Context, db bun.IDB, id uuid.UUID) (Trust, error) {
	var t tenants.Trust
	err := db.NewSelect().Model(&t).Where("id = ?", id).Scan(ctx)
	if database.Missing(err) {
		return Trust{}, fault.Missing()
	}
	return Trust{t.ID, t.ODSCode, t.Name, t.Slug, t.Domain, t.Status}, err
}

// free is Conflict, with what clashes, if a trust is here already or another one
// has something that it needs.
func free(ctx context.Context, db bun.IDB, in Trust) error {
	var others []tenants.Trust
	err := db.NewSelect().Model(&others).Where("id = ? OR ods_code = ? OR slug = ? OR domain = ?", in.ID, in.ODSCode, in.Slug, in.Domain).Scan(ctx)
	if err != nil {
		return err
	}
	var clashes []string
	for _, other := range others {
		what := ""
		switch {
		case other.ID == in.ID:
			what = "is here already: a kit is restored once"
		case other.ODSCode == in.ODSCode:
			what = "has the ODS code " + in.ODSCode
		case other.Slug == in.Slug:
			what = "has the address " + in.Slug
		default:
			what = "has the host name " + *in.Domain
		}
		clashes = append(clashes, "The trust “"+other.Name+"” "+what+".")
	}
	if len(clashes) > 0 {
		return fault.New(fault.Conflict, strings.Join(clashes, " "))
	}
	return nil
}

// closeDoors has a trust let nobody in until the console opens it.
func closeDoors(ctx context.Context, db bun.IDB, id uuid.UUID) error {
	_, err := db.NewUpdate().Model((*tenants.Trust)(nil)).Set("status = ?", tenants.Suspended).Where("id = ?", id).Exec(ctx)
	return err
}
