package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/sharon-nhs/sharon/internal/backup"
	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/lockbox"
	"github.com/sharon-nhs/sharon/migrations"
	"github.com/sharon-nhs/sharon/tenants/exitkit"
)

type backupCmd struct {
	Make    backupMake    `cmd:"" help:"Write a locked backup while SHaRON runs, and check it."`
	Check   backupCheck   `cmd:"" help:"Open a backup and look through all of it. Needs nothing but the key."`
	Restore backupRestore `cmd:"" help:"Put a backup where there is no database yet."`
}

// Help says what it is for.
func (backupCmd) Help() string {
	return "For SQLite and a folder of files. PostgreSQL and S3 have their own tools; docs/backup.md says which, what else to keep, and what to do after restoring."
}

type backupMake struct {
	config
	To        string `help:"The folder to write to, best on another disk. Each backup is a file of its own there." required:"" placeholder:"FOLDER"`
	Recipient string `help:"Your public key of age, which begins with age1. Only the secret key that belongs to it, which is best not on this machine, opens the backup." required:"" placeholder:"KEY"`
	Keep      int    `help:"Remove all but this many of the newest backups there; 0 removes none." default:"0"`
}

// Run writes a backup.
func (cmd backupMake) Run(ctx context.Context) error {
	recipient, err := lockbox.Recipient(cmd.Recipient)
	if err != nil {
		return err
	}
	if cmd.Keep < 0 {
		return fault.Bad("keep", "Enter 0 or more.")
	}
	file, err := cmd.backUp(ctx, recipient, clock.Real{}.Now())
	if err != nil {
		return err
	}
	removed, err := thin(cmd.To, cmd.Keep)
	for _, name := range removed {
		fmt.Println("Removed", name)
	}
	return errors.Join(err, cmd.noteBackup(file))
}

// The names of backups are in the order in which they were made.
const (
	backupStamp  = "20060102T150405Z"
	backupPrefix = "sharon-"
	backupSuffix = ".tar.gz.age"
)

// backUp writes a backup and checks it, and returns its path.
func (cmd backupMake) backUp(ctx context.Context, recipient age.Recipient, now time.Time) (string, error) {
	path, err := cmd.sqlite()
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err != nil {
		return "", fault.Bad("database_url", "There is no database at "+path+".")
	}
	keys, err := cmd.keys(false)
	if err != nil {
		return "", err
	}
	media := cmd.media()
	if _, err := os.Stat(media); strings.Contains(media, "://") || errors.Is(err, fs.ErrNotExist) {
		media = ""
	}
	db, err := database.Open(cmd.database())
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }()
	scratch, err := exitkit.Folder()
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	if err := os.MkdirAll(cmd.To, 0o700); err != nil {
		return "", err
	}
	to := filepath.Join(cmd.To, backupPrefix+now.UTC().Format(backupStamp)+backupSuffix)
	err = whole(to, func(file *os.File) error {
		with := &lockbox.Remembering{Recipient: recipient}
		note := backup.Note{MadeAt: now.UTC().Truncate(time.Second), Version: version, Schema: migrations.Last(), Secret: secretMark(keys)}
		if _, err := backup.Make(ctx, db, media, filepath.Join(scratch, "copy.db"), note, with, file); err != nil {
			return err
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		return checkBackup(ctx, file, []age.Identity{with.Identity()}, scratch)
	})
	if err == nil {
		fmt.Println("Wrote", to)
	}
	return to, err
}

// sqlite is the path of the database's file. Invalid where it is another database.
func (c config) sqlite() (string, error) {
	if path, is := strings.CutPrefix(c.database(), "sqlite://"); is {
		return path, nil
	}
	return "", fault.Bad("database_url", "This is for SQLite. Back PostgreSQL up with its own tools: docs/backup.md says how.")
}

// secretMark tells one secret from another, and nothing else of it.
func secretMark(keys crypt.Keys) string { return keys.Lookup("the secret of this backup") }

// whole writes a file that has its name only once fn is done with it. Invalid if there
// is one of this name already.
func whole(path string, fn func(*os.File) error) error {
	if _, err := os.Lstat(path); err == nil {
		return fault.Bad("to", "There is a file of this name already.")
	}
	file, err := os.OpenFile(path+".part", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // the operator's own file
	if err != nil {
		return err
	}
	err = fn(file)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return os.Rename(file.Name(), path)
}

// thin removes all backups of a folder but the newest.
func thin(folder string, keep int) (removed []string, err error) {
	all, err := filepath.Glob(filepath.Join(folder, backupPrefix+"[0-9]*T[0-9]*Z"+backupSuffix))
	if err != nil || keep == 0 || len(all) <= keep {
		return nil, err
	}
	slices.Sort(all)
	for _, old := range all[:len(all)-keep] {
		if err := os.Remove(old); err != nil {
			return removed, err
		}
		removed = append(removed, old)
	}
	return removed, nil
}

// lastBackup is where it is noted when the last backup was made, for the doctor.
func (c config) lastBackup() string { return filepath.Join(c.Data, "last-backup") }

func (c config) noteBackup(file string) error {
	return os.WriteFile(c.lastBackup(), []byte(file+"\n"), 0o600)
}

// backups looks whether a backup was made lately.
func (cmd doctorCmd) backups(context.Context) []finding {
	path, err := cmd.sqlite()
	if err != nil {
		return nil // PostgreSQL has its own
	}
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	const mend = "Have `sharon backup make` run every night: docs/backup.md."
	info, err := os.Stat(cmd.lastBackup())
	if err != nil {
		return []finding{{"warning", "no backup has been made yet", mend}}
	}
	if days := int(clock.Real{}.Now().Sub(info.ModTime()).Hours() / 24); days > 1 {
		return []finding{{"warning", fmt.Sprintf("the last backup was made %d days ago", days), mend}}
	}
	return []finding{{"good", "a backup was made on " + info.ModTime().UTC().Format(time.RFC1123), ""}}
}
