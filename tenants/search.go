package tenants

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun/dialect"

	"github.com/sharon-nhs/sharon/internal/search"
)

// Hit points at something with the words that were searched for. Number orders
// hits by when they were first written.
type Hit struct {
	Number  int64     `bun:"number"`
	Kind    string    `bun:"kind"`
	Subject uuid.UUID `bun:"subject_id,type:uuid"`
}

// Search finds what this service has, or all of the trust share, with these words, the latest first, below
// a number. It knows nothing of who may see what: ask that of the rows.
func (s Scope) Search(ctx context.Context, words search.Words, before int64, most int) (hits []Hit, err error) {
	if s.unit.db.Dialect().Name() == dialect.PG {
		err = s.unit.db.NewRaw("SELECT number, kind, subject_id FROM sharon_search(?, ?, ?, ?)", s.serviceID(), words.Postgres(), before, most).Scan(ctx, &hits)
		return hits, err
	}
	homes := fmt.Sprintf("service_id : (%s OR %s) AND ", word(s.serviceID()), word(s.Estate.Trust.ID))
	err = s.unit.db.NewRaw("SELECT rowid AS number, kind, subject_id FROM search_entries WHERE search_entries MATCH ? AND tenant_id = ? AND rowid < ? ORDER BY rowid DESC LIMIT ?",
		homes+words.SQLite(), s.Estate.Trust.ID, before, most).Scan(ctx, &hits)
	return hits, err
}

// word is an id as the index of SQLite has it.
func word(id uuid.UUID) string { return hex.EncodeToString(id[:]) }
