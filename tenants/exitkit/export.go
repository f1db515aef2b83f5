package exitkit

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/lockbox"
)

//go:embed readme.txt
var readme []byte

// Export writes the kit of a trust, that only who has the recipient's secret key
// can read. All of it is as it was at one moment. progress is told now and then how
// many rows are written. NotFound if there is no such trust.
func (h House) Export(ctx context.Context, trust uuid.UUID, recipient age.Recipient, to io.Writer, progress func(rows int64)) (made Manifest, err error) {
	err = h.DB.Snapshot(ctx, trust, func(ctx context.Context, db bun.IDB) error {
		header := Header{Format: Format, Version: h.Version, Schema: h.Schema, MadeAt: h.Clock.Now().UTC().Truncate(time.Second)}
		if header.Trust, err = trustOf(ctx, db, trust); err != nil {
			return err
		}
		tables, err := h.tablesOf(ctx, db)
		if err != nil {
			return err
		}
		h.describe(&header, tables)
		box, err := lockbox.Create(to, recipient)
		if err != nil {
			return err
		}
		w := writing{House: h, Header: header, box: box, progress: progress}
		if made, err = w.all(ctx, db, tables); err != nil {
			return err
		}
		return box.Close()
	})
	return made, err
}

// describe says in the header what is in the kit and what is not.
func (h House) describe(header *Header, tables []table) {
	header.Left = append(append(header.Left, left...), platformStays...)
	for _, t := range tables {
		header.Tables = append(header.Tables, t.Name)
		for _, c := range h.Sealed {
			if c.Table == t.Name {
				header.Opened = append(header.Opened, c.Table+"."+c.Column)
			}
		}
	}
}

// writing is a kit being written.
type writing struct {
	House
	Header
	box      *lockbox.Writer
	progress func(rows int64)
	rows     int64
	made     Manifest
}

func (w *writing) all(ctx context.Context, db bun.IDB, tables []table) (Manifest, error) {
	w.made = Manifest{Tables: map[string]Sum{}, Missing: []string{}}
	if err := w.put(headerName, w.Header); err != nil {
		return w.made, err
	}
	if err := w.box.Put(readmeName, w.MadeAt, bytes.NewReader(readme), int64(len(readme))); err != nil {
		return w.made, err
	}
	if err := w.files(ctx, db, tables); err != nil {
		return w.made, err
	}
	for _, t := range tables {
		into := newLines(w.box, tablesPrefix+t.Name+"/", w.MadeAt)
		if err := w.dump(ctx, db, t, w.Trust.ID, into, w.count); err != nil {
			return w.made, fmt.Errorf("table %s: %w", t.Name, err)
		}
		w.made.Tables[t.Name] = into.total()
	}
	w.progress(w.rows)
	return w.made, w.put(manifestName, w.made)
}

func (w *writing) put(name string, what any) error {
	text, err := json.MarshalIndent(what, "", "  ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	return w.box.Put(name, w.MadeAt, bytes.NewReader(text), int64(len(text)))
}

// count tells of progress now and then.
func (w *writing) count() {
	if w.rows++; w.rows%1000 == 0 {
		w.progress(w.rows)
	}
}

// dump writes all rows of a table, with what is sealed opened.
func (h House) dump(ctx context.Context, db bun.IDB, t table, trust uuid.UUID, into *lines, each func()) error {
	err := t.each(ctx, db, trust, func(row map[string]any) error {
		if t.scope == "trust_id" {
			row[t.scope] = trust // what is sealed may be bound to it
		}
		if err := h.open(t, row); err != nil {
			return err
		}
		line, err := t.line(row)
		if err != nil {
			return err
		}
		each()
		return into.add(line)
	})
	if err != nil {
		return err
	}
	return into.flush()
}

// summed is how many files are summed up at a time.
const summed = 1000

// files writes every file that a row names, and after some of them their sums.
func (w *writing) files(ctx context.Context, db bun.IDB, tables []table) error {
	sums := newLines(w.box, sumsPrefix, w.MadeAt)
	err := eachFile(ctx, db, w.Trust.ID, tables, func(key string) error {
		if !ownedBy(w.Trust.ID, key) {
			return fmt.Errorf("the file %s lies where files of this trust do not belong", key)
		}
		one, err := w.file(ctx, key)
		if fault.Is(err, fault.NotFound) {
			w.made.Missing = append(w.made.Missing, key)
			return nil
		}
		if err != nil {
			return fmt.Errorf("file %s: %w", key, err)
		}
		w.made.Bytes += one.Size
		line, err := json.Marshal(one)
		if err != nil {
			return err
		}
		if err := sums.add(append(line, '\n')); err != nil || sums.rows%summed > 0 {
			return err
		}
		return sums.flush()
	})
	if err != nil {
		return err
	}
	w.made.Files = sums.total()
	return sums.flush()
}

// file writes one file.
func (w *writing) file(ctx context.Context, key string) (fileSum, error) {
	file, err := w.Files.Open(ctx, key)
	if err != nil {
		return fileSum{}, err
	}
	defer func() { _ = file.Close() }()
	sum := sha256.New()
	if err := w.box.Put(filesPrefix+key, w.MadeAt, io.TeeReader(file, sum), file.Size); err != nil {
		return fileSum{}, err
	}
	return fileSum{key, file.Size, hex.EncodeToString(sum.Sum(nil))}, nil
}

// ownedBy tells whether a file lies where those of a trust do: area/trust/….
func ownedBy(trust uuid.UUID, key string) bool {
	area, rest, _ := strings.Cut(key, "/")
	return area != "" && strings.HasPrefix(rest, trust.String()+"/")
}
