package exitkit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/audit"
)

// Restored is what a kit was found to be.
type Restored struct {
	Header   Header
	Manifest Manifest
	Audit    audit.Verdict // of the chain as it is in the database that the kit was restored into
}

// Restore puts a kit into this house: all of it, or nothing. The trust lets nobody
// in until the console opens it. Conflict names what clashes with a trust that is
// here; Invalid says at which table or file the archive is not as it was made.
func (h House) Restore(ctx context.Context, from io.Reader, identities ...age.Identity) (Restored, error) {
	r, err := read(from, identities)
	if err != nil {
		return Restored{}, err
	}
	out := Restored{Header: r.Header}
	if err := h.DB.Read(ctx, uuid.Nil, func(ctx context.Context, db bun.IDB) error { return free(ctx, db, r.Trust) }); err != nil {
		return out, err
	}
	var areas []string
	out.Manifest, err = h.take(ctx, r, func(key string, content io.Reader, size int64) error {
		if area, _, _ := strings.Cut(key, "/"); !slices.Contains(areas, area) {
			areas = append(areas, area)
		}
		if size == 0 {
			return nil // storage keeps no empty files, so there was none
		}
		return h.Files.Put(ctx, key, content, size, "application/octet-stream")
	}, closeDoors)
	if err != nil {
		return out, errors.Join(err, h.tidy(context.WithoutCancel(ctx), r.Trust, areas))
	}
	err = h.Directory.WriteAs(ctx, r.Trust.ID, "", func(ctx context.Context, s tenants.Scope) (err error) {
		if out.Audit, err = audit.Verify(ctx, s, nil); err != nil {
			return err
		}
		return s.Audit(ctx, "trust.restored", tenants.Audited{Subject: r.Trust.ID, After: map[string]string{"made_at": r.MadeAt.Format(time.RFC3339), "sharon": r.Version}})
	})
	return out, err
}

// tidy removes the files of a restore that came to no end, unless the trust has come
// meanwhile by another one.
func (h House) tidy(ctx context.Context, trust Trust, areas []string) error {
	if err := h.DB.Read(ctx, uuid.Nil, func(ctx context.Context, db bun.IDB) error { return free(ctx, db, trust) }); err != nil {
		return nil //nolint:nilerr // they are somebody's now
	}
	var failed error
	for _, area := range areas {
		failed = errors.Join(failed, h.Files.DeleteBelow(ctx, area+"/"+trust.ID.String()))
	}
	return failed
}

// take reads a kit into the database, and its files into keep. last is done in the
// same transaction.
func (h House) take(ctx context.Context, r *reading, to keep, last func(context.Context, bun.IDB, uuid.UUID) error) (made Manifest, err error) {
	if r.Schema != h.Schema {
		return made, fault.New(fault.Invalid, fmt.Sprintf("This kit was made by SHaRON %s, whose tables end with the migration %s. Here they end with %s: restore it with that version, then bring it up to date.", r.Version, r.Schema, h.Schema))
	}
	// The files first, so that the transaction does not wait for them.
	if err := r.files(to); err != nil {
		return made, err
	}
	err = h.DB.Fill(ctx, r.Trust.ID, func(ctx context.Context, db bun.IDB) error {
		if err := free(ctx, db, r.Trust); err != nil {
			return err
		}
		tables, err := h.tablesOf(ctx, db)
		if err != nil {
			return err
		}
		sums := map[string]Sum{}
		for _, t := range tables {
			if sums[t.Name], err = h.fill(ctx, db, r, t); err != nil {
				return err
			}
			if rows, err := t.count(ctx, db, r.Trust.ID); err != nil || rows != sums[t.Name].Rows {
				return errors.Join(err, fmt.Errorf("table %s: %d of %d rows are there", t.Name, rows, sums[t.Name].Rows))
			}
		}
		if made, err = r.end(sums); err != nil {
			return err
		}
		return last(ctx, db, r.Trust.ID)
	})
	return made, err
}

// atOnce is how many rows are inserted by one statement.
const atOnce = 200

// fill reads the pieces of one table.
func (h House) fill(ctx context.Context, db bun.IDB, r *reading, t table) (Sum, error) {
	sum := newLines(nil, "", time.Time{})
	var after []later
	for strings.HasPrefix(r.name, tablesPrefix+t.Name+"/") {
		content, err := r.content()
		if err != nil {
			return Sum{}, err
		}
		var rows []map[string]any
		for line := range bytes.Lines(content) {
			if err := sum.add(line); err != nil {
				return Sum{}, err
			}
			row, err := t.row(line)
			if err != nil {
				return Sum{}, r.damaged(fmt.Errorf("line %d: %w", sum.rows, err))
			}
			after = append(after, t.forward(row)...)
			if err := h.seal(t, r.Trust.ID.String(), row); err != nil {
				return Sum{}, err
			}
			if rows = append(rows, row); len(rows) == atOnce {
				if err := t.insert(ctx, db, r.Trust.ID, rows); err != nil {
					return Sum{}, fmt.Errorf("table %s: %w", t.Name, err)
				}
				rows = rows[:0]
			}
		}
		if err := t.insert(ctx, db, r.Trust.ID, rows); err != nil {
			return Sum{}, fmt.Errorf("table %s: %w", t.Name, err)
		}
		if err := r.next(); err != nil {
			return Sum{}, err
		}
	}
	return sum.total(), t.point(ctx, db, r.Trust.ID, after)
}

// forward takes out of a row what names a row that is not there yet: rows come by
// their id.
func (t table) forward(row map[string]any) (all []later) {
	for _, column := range t.selfs {
		id, _ := row["id"].(string)
		if other, ok := row[column].(string); ok && other > id {
			all = append(all, later{id, column, other})
			row[column] = nil
		}
	}
	return all
}

// Check restores a kit into a database that is thrown away, writes every table of
// that out again, and compares. Files are read to their end and held to their sums.
func (h House) Check(ctx context.Context, from io.Reader, identities ...age.Identity) (out Restored, err error) {
	r, err := read(from, identities)
	if err != nil {
		return out, err
	}
	out.Header = r.Header
	db, drop, err := h.Throwaway(ctx)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, drop()) }()
	there := h
	there.DB, there.Directory = db, &tenants.Directory{DB: db, Clock: h.Clock}
	discard := func(_ string, content io.Reader, _ int64) error {
		_, err := io.Copy(io.Discard, content)
		return err
	}
	as := func(context.Context, bun.IDB, uuid.UUID) error { return nil }
	if out.Manifest, err = there.take(ctx, r, discard, as); err != nil {
		return out, err
	}
	if err := there.same(ctx, r.Trust.ID, out.Manifest); err != nil {
		return out, err
	}
	return out, there.Directory.ReadAs(ctx, r.Trust.ID, "", func(ctx context.Context, s tenants.Scope) (err error) {
		out.Audit, err = audit.Verify(ctx, s, nil)
		return err
	})
}

// same tells whether the tables say what they said where the kit was made.
func (h House) same(ctx context.Context, trust uuid.UUID, made Manifest) error {
	return h.DB.Snapshot(ctx, trust, func(ctx context.Context, db bun.IDB) error {
		tables, err := h.tablesOf(ctx, db)
		if err != nil {
			return err
		}
		for _, t := range tables {
			again := newLines(nil, "", time.Time{})
			if err := h.dump(ctx, db, t, trust, again, func() {}); err != nil {
				return err
			}
			if again.total() != made.Tables[t.Name] {
				return fault.New(fault.Internal, "The table "+t.Name+" does not come back from the kit as it went in.")
			}
		}
		return nil
	})
}
