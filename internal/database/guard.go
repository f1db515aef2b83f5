package database

import (
	"context"
	"fmt"
)

// unguarded finds tables of a tenant that row security does not hold for us.
const unguarded = `
SELECT c.relname FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
  AND NOT (c.relrowsecurity AND (c.relforcerowsecurity OR NOT pg_has_role(c.relowner, 'USAGE')) AND EXISTS (SELECT 1 FROM pg_policy AS p WHERE p.polrelid = c.oid))
ORDER BY 1`

// Guarded tells whether row security binds us: as which role we run, and on
// every table that has a tenant. SQLite has none, and Guarded says nothing there.
func (d *DB) Guarded(ctx context.Context) error {
	if !d.postgres {
		return nil
	}
	var super bool
	if err := d.read.QueryRowContext(ctx, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").Scan(&super); err != nil {
		return fmt.Errorf("row security: %w", err)
	}
	if super {
		return fmt.Errorf("the application runs as a role that row security does not bind")
	}
	rows, err := d.read.QueryContext(ctx, unguarded)
	if err != nil {
		return fmt.Errorf("row security: %w", err)
	}
	defer func() { _ = rows.Close() }()
	if rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return err
		}
		return fmt.Errorf("row security is missing on the table %s", table)
	}
	return rows.Err()
}
