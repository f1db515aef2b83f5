// Package migrations holds the SQL of both dialects. A change of the schema is
// one file pair per dialect with the same number and name:
// NNN_what.tx.up.sql and NNN_what.tx.down.sql.
package migrations

import (
	"embed"
	"io/fs"
	"path"
	"strings"
)

// Files are the migrations, in the folders sqlite and postgres.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS

// Last is the name of the last migration, such as 034_exit_kits.
func Last() string {
	found, err := fs.Glob(Files, "sqlite/*.up.sql")
	if err != nil || len(found) == 0 {
		return ""
	}
	name, _, _ := strings.Cut(path.Base(found[len(found)-1]), ".")
	return name
}
