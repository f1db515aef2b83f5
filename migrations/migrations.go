// Package migrations holds the SQL of both dialects. A change of the schema is
// one file pair per dialect with the same number and name:
// NNN_what.tx.up.sql and NNN_what.tx.down.sql.
package migrations

import "embed"

// Files are the migrations, in the folders sqlite and postgres.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS
