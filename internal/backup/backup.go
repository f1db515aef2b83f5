// Package backup keeps all of a SHaRON that runs on one machine, its SQLite database
// and its folder of files, in one box that only one key opens. The secret that seals
// identities is not in it.
package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/lockbox"
	"github.com/sharon-nhs/sharon/internal/storage"
)

// format is that of the boxes written here, of which all earlier ones are read.
const format = 1

// What a box has, in this order: the note, the database, the files, the end.
const (
	noteName     = "backup.json"
	databaseName = "sharon.db"
	filesPrefix  = "files/"
	endName      = "end.json"
)

// Note says what is in a box.
type Note struct {
	Format  int       `json:"format"`
	MadeAt  time.Time `json:"made_at"`
	Version string    `json:"version"` // of the SHaRON that made it
	Schema  string    `json:"schema"`  // its last migration
	Secret  string    `json:"secret"`  // the mark of the secret that opens what is sealed in it
	Files   bool      `json:"files"`   // false where files are kept in a bucket, and so not in here
}

// End is what a box should have had when it comes to its end.
type End struct {
	Database int64 `json:"database"` // bytes
	Files    int64 `json:"files"`    // how many
	Bytes    int64 `json:"bytes"`    // of them all
}

// Make writes a box. All of the database is as it was at one moment; copy is a file
// that is not there yet, for a copy of it that can be read by whoever can read the
// folder, and is removed. Media is the folder of files, empty for none. People go on
// meanwhile: a file that was added after the moment may be in the box too, one that was
// deleted after it is not.
func Make(ctx context.Context, db *database.DB, media, copy string, note Note, recipient age.Recipient, to io.Writer) (end End, err error) {
	box, err := lockbox.Create(to, recipient)
	if err != nil {
		return end, err
	}
	w := writing{box: box, at: note.MadeAt}
	note.Format, note.Files = format, media != ""
	if err := w.json(noteName, note); err != nil {
		return end, err
	}
	if err := db.Copy(ctx, copy); err != nil {
		return end, err
	}
	w.end.Database, err = w.file(databaseName, copy)
	if err = errors.Join(err, os.Remove(copy)); err != nil {
		return end, err
	}
	if media != "" {
		if err := w.files(ctx, media); err != nil {
			return end, err
		}
	}
	if err := w.json(endName, w.end); err != nil {
		return end, err
	}
	return w.end, box.Close()
}

type writing struct {
	box *lockbox.Writer
	at  time.Time
	end End
}

func (w *writing) json(name string, what any) error {
	text, err := json.MarshalIndent(what, "", "  ")
	if err != nil {
		return err
	}
	return w.box.Put(name, w.at, bytes.NewReader(text), int64(len(text)))
}

func (w *writing) file(name, path string) (int64, error) {
	file, err := os.Open(path) //nolint:gosec // below the operator's own folder
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), w.box.Put(name, w.at, file, info.Size())
}

// files writes all files of a folder but those that are still coming in.
func (w *writing) files(ctx context.Context, folder string) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return gone(err)
		case ctx.Err() != nil:
			return ctx.Err()
		case path != folder && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !entry.Type().IsRegular():
			return nil
		}
		key, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		size, err := w.file(filesPrefix+filepath.ToSlash(key), path)
		if err != nil {
			return gone(err)
		}
		w.end.Files, w.end.Bytes = w.end.Files+1, w.end.Bytes+size
		return nil
	})
}

// Read opens a box and puts its database where to says and its files into files, which
// is nil to look through them only. Invalid says what it is instead of a backup, where
// it is damaged, or that wants refuses it.
func Read(ctx context.Context, from io.Reader, identities []age.Identity, wants func(Note) error, to string, files *storage.Files) (note Note, end End, err error) {
	box, err := lockbox.Open(from, "a backup of SHaRON", identities...)
	if err != nil {
		return note, end, err
	}
	r := reading{box: box}
	if err := r.json(noteName, &note); err != nil {
		return note, end, err
	}
	if note.Format > format {
		return note, end, fault.New(fault.Invalid, fmt.Sprintf("This backup was made by SHaRON %s in format %d. This SHaRON reads up to format %d: take a newer one.", note.Version, note.Format, format))
	}
	if err := wants(note); err != nil {
		return note, end, err
	}
	if err := r.expect(databaseName); err != nil {
		return note, end, err
	}
	if err := r.keep(to); err != nil {
		return note, end, err
	}
	came := End{Database: r.size}
	for {
		if err := r.next(); err != nil {
			return note, end, err
		}
		key, isFile := strings.CutPrefix(r.name, filesPrefix)
		if !isFile {
			break
		}
		came.Files, came.Bytes = came.Files+1, came.Bytes+r.size
		if files == nil {
			_, err = io.Copy(io.Discard, box)
		} else {
			err = files.Put(ctx, key, box, r.size, "application/octet-stream")
		}
		if err := r.blame(err); err != nil {
			return note, end, err
		}
	}
	if err := r.decode(endName, &end); err != nil {
		return note, end, err
	}
	if end != came {
		return note, end, r.damaged(fmt.Errorf("%d files with %d bytes came and %d with %d were written", came.Files, came.Bytes, end.Files, end.Bytes))
	}
	if _, err := box.Next(); !errors.Is(err, io.EOF) {
		return note, end, r.damaged(errors.Join(err, errors.New("there is something behind the end")))
	}
	return note, end, nil
}

// gone passes over what was deleted meanwhile.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

type reading struct {
	box  *lockbox.Reader
	name string // of the file at hand
	size int64
}

func (r *reading) damaged(cause error) error {
	return fault.Wrap(fault.Invalid, "The backup is damaged or was cut off, at "+r.name+". Take another copy of it, or an earlier one.", cause)
}

func (r *reading) next() error {
	head, err := r.box.Next()
	if err != nil {
		return r.damaged(err)
	}
	r.name, r.size = head.Name, head.Size
	return nil
}

func (r *reading) expect(name string) error {
	if err := r.next(); err != nil {
		return err
	}
	if r.name != name {
		return r.damaged(errors.New("here should be " + name))
	}
	return nil
}

func (r *reading) json(name string, into any) error {
	if err := r.expect(name); err != nil {
		return err
	}
	return r.decode(name, into)
}

// decode reads the file at hand, which should be the one of this name.
func (r *reading) decode(name string, into any) error {
	if r.name != name {
		return r.damaged(errors.New("here should be " + name))
	}
	if err := json.NewDecoder(r.box).Decode(into); err != nil {
		return r.damaged(err)
	}
	return nil
}

// keep writes the file at hand to the disk.
func (r *reading) keep(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // the operator's own file
	if err != nil {
		return err
	}
	_, err = io.Copy(file, r.box)
	if err == nil {
		err = file.Sync()
	}
	return r.blame(errors.Join(err, file.Close()))
}

// blame tells a damaged backup from a full disk.
func (r *reading) blame(err error) error {
	if flaw := r.box.Flaw(); flaw != nil {
		return r.damaged(flaw)
	}
	return err
}
