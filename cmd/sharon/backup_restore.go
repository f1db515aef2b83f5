package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"filippo.io/age"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/backup"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/storage"
)

type backupRestore struct {
	config
	lockedFile
}

// Help says what is needed, and what is to be done afterwards.
func (backupRestore) Help() string {
	return "Puts a backup into a data folder that has no database, with the same secret beside it or in SHARON_SECRET. Files that were in the backup take their places; the database comes last, so an interrupted run can be repeated. Everybody is signed out.\n\n" +
		"docs/backup.md says what to do before people are let in again: whoever asked to be erased since the backup was made is in it."
}

// Run restores a backup.
func (cmd backupRestore) Run(ctx context.Context) error {
	path, err := cmd.sqlite()
	if err != nil {
		return err
	}
	for _, suffix := range []string{"", "-wal", "-journal"} { // what SQLite finds beside a file it would put into it
		if _, err := os.Lstat(path + suffix); err == nil {
			return fault.New(fault.Conflict, "There is a database already: "+path+suffix+". Move it away first, or name another --data folder.")
		}
	}
	keys, err := cmd.keys(false)
	if err != nil {
		return fmt.Errorf("%w; it must be the one of the SHaRON that the backup is of", err)
	}
	files, err := storage.New(cmd.media())
	if err != nil {
		return err
	}
	part := path + ".part"
	return cmd.with(func(from io.Reader, identities []age.Identity) error {
		note, end, err := backup.Read(ctx, from, identities, func(note backup.Note) error {
			if note.Secret != secretMark(keys) {
				return fault.New(fault.Conflict, "The backup belongs to another secret than the one here, and what is sealed in it could not be read. Put its secret in place first.")
			}
			return readable(note)
		}, part, files)
		if err != nil {
			return errors.Join(err, gone(part))
		}
		if err := signOut(ctx, part); err != nil {
			return errors.Join(err, gone(part))
		}
		if err := os.Rename(part, path); err != nil {
			return err
		}
		fmt.Printf("Restored as it was on %s, with %d files. Everybody is signed out.\n", note.MadeAt.Format(time.RFC1123), end.Files)
		if !note.Files {
			fmt.Println("Files were not in the backup: SHARON_MEDIA must lead to where they are.")
		}
		fmt.Println("Before you start it, read docs/backup.md: whoever was erased after that moment is here again.")
		return nil
	})
}

func gone(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// signOut ends all sessions: some were ended by their people after the backup was made.
func signOut(ctx context.Context, path string) error {
	db, err := database.Open("sqlite://" + path)
	if err != nil {
		return err
	}
	return errors.Join(db.Platform(ctx, func(ctx context.Context, db bun.IDB) error {
		for _, table := range []string{"sessions", "platform_sessions"} {
			if _, err := db.NewDelete().TableExpr("?", bun.Ident(table)).Where("TRUE").Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	}), db.Close())
}
