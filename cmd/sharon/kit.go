package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/lockbox"
	"github.com/sharon-nhs/sharon/migrations"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/exitkit"
	"github.com/sharon-nhs/sharon/workers"
)

// house is this SHaRON as kits know it.
func (a *app) house() exitkit.House {
	h := exitkit.House{DB: a.DB, Files: a.Files, Keys: a.Keys, Clock: a.Clock, Directory: a.Directory, Version: version, Schema: migrations.Last(), Throwaway: throwaway}
	for _, columns := range [][]sealed{sealedColumns, ofPlatform} {
		for _, c := range columns {
			h.Sealed = append(h.Sealed, exitkit.Sealed{Table: c.table, Column: c.column, Bound: c.bound, After: c.after})
		}
	}
	return h
}

// chores are what the workers do for the platform.
func (a *app) chores() []workers.Chore {
	maker := exitkit.Maker{House: a.house(), Log: a.Log}
	return []workers.Chore{
		{Key: "kits", Queue: jobs.Bulk, Every: 10 * time.Second, Timeout: 24 * time.Hour, Do: maker.Work},
		{Key: "money", Queue: jobs.Default, Every: 10 * time.Second, Do: a.Money.Round},
	}
}

// throwaway makes an empty SQLite database in a folder of its own.
func throwaway(ctx context.Context) (*database.DB, func() error, error) {
	folder, err := exitkit.Folder()
	if err != nil {
		return nil, nil, err
	}
	address := "sqlite://" + filepath.Join(folder, "check.db")
	err = func() error {
		m, err := database.NewMigrator(address, migrations.Files)
		if err != nil {
			return err
		}
		_, err = m.Up(ctx)
		return errors.Join(err, m.Close())
	}()
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(folder))
	}
	db, err := database.Open(address)
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(folder))
	}
	return db, func() error { return errors.Join(db.Close(), os.RemoveAll(folder)) }, nil
}

type trustExport struct {
	config
	Trust     string `help:"The trust's part of the address." required:""`
	To        string `help:"The file to write. It must not be there yet." required:"" placeholder:"FILE"`
	Recipient string `help:"The trust's public key of age, which begins with age1. Only the secret key that belongs to it opens the kit." required:"" placeholder:"KEY"`
}

// Help says what comes of it.
func (trustExport) Help() string {
	return "Writes all data of a trust, whatever its state, into one archive that only the trust can open, and checks it by restoring it into a database that is thrown away. docs/exit-kit.md says what is in it.\n\n" +
		"The trust makes its pair of keys itself, with age-keygen of https://age-encryption.org, and hands out the public one."
}

// Run writes a kit.
func (cmd trustExport) Run(ctx context.Context) error {
	recipient, err := lockbox.Recipient(cmd.Recipient)
	if err != nil {
		return err
	}
	a, err := cmd.open(ctx, "http://localhost:8080")
	if err != nil {
		return err
	}
	defer func() { _ = a.DB.Close() }()
	trusts, err := a.Directory.AllTrusts(ctx)
	if err != nil {
		return err
	}
	for _, trust := range trusts {
		if trust.Slug == cmd.Trust {
			made, err := a.export(ctx, trust, recipient, cmd.To, cmd.Recipient)
			if err == nil {
				fmt.Printf("Wrote %s: %d bytes, SHA-256 %s\n", cmd.To, made.Bytes, made.SHA256)
				err = tell(os.Stdout, made.Restored)
			}
			return err
		}
	}
	return fault.Bad("trust", "There is no trust with this address.")
}

// export writes a kit to a file, which has its name only once it is checked.
func (a *app) export(ctx context.Context, trust tenants.Trust, recipient age.Recipient, to, key string) (made exitkit.Made, err error) {
	err = whole(to, func(file *os.File) (err error) {
		if err := a.Directory.Note(ctx, trust.ID, tenants.By{}, "kit.written", map[string]string{"recipient": key}); err != nil {
			return err
		}
		made, err = a.house().Make(ctx, trust.ID, recipient, file, func(int64) {})
		return err
	})
	return made, err
}

// lockedFile is what was written for a key, and what opens it.
type lockedFile struct {
	From     string `help:"The file." required:"" placeholder:"FILE"`
	Identity string `help:"The file with the secret key of age, as age-keygen wrote it." required:"" placeholder:"FILE"`
}

// with opens both.
func (k lockedFile) with(fn func(from io.Reader, identities []age.Identity) error) error {
	key, err := os.Open(k.Identity)
	if err != nil {
		return err
	}
	defer func() { _ = key.Close() }()
	identities, err := lockbox.Identities(key)
	if err != nil {
		return err
	}
	from, err := os.Open(k.From)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	return fn(from, identities)
}

type trustCheck struct{ lockedFile }

// Run checks a kit. It needs no database and no secret of a SHaRON.
func (cmd trustCheck) Run(ctx context.Context) error {
	return cmd.with(func(from io.Reader, identities []age.Identity) error {
		found, err := checked(ctx, from, identities)
		if err != nil {
			return err
		}
		return tell(os.Stdout, found)
	})
}

func checked(ctx context.Context, from io.Reader, identities []age.Identity) (exitkit.Restored, error) {
	keys, err := crypt.NewKeys([]byte(crypt.Token())) // nothing that they seal stays
	if err != nil {
		return exitkit.Restored{}, err
	}
	return (&app{Keys: keys, Clock: clock.Real{}}).house().Check(ctx, from, identities...)
}

type trustRestore struct {
	config
	lockedFile
}

// Help says what is to be done afterwards.
func (trustRestore) Help() string {
	return "Puts the trust of an exit kit into this SHaRON, all of it or nothing, with the ids that it had. What was sealed is sealed with this SHaRON's keys. Both must have the same migrations; bring this one up to date afterwards.\n\n" +
		"The trust lets nobody in until it is opened in the console: look at its address, mail and the register first. People then sign in with their passwords; docs/exit-kit.md says what they must do anew."
}

// Run restores a kit.
func (cmd trustRestore) Run(ctx context.Context) error {
	return cmd.with(func(from io.Reader, identities []age.Identity) error {
		a, err := cmd.open(ctx, "http://localhost:8080")
		if err != nil {
			return err
		}
		defer func() { _ = a.DB.Close() }()
		restored, err := a.house().Restore(ctx, from, identities...)
		if err != nil {
			return err
		}
		fmt.Printf("%s is here. It lets nobody in until it is opened in the console.\n", restored.Header.Trust.Name)
		return tell(os.Stdout, restored)
	})
}

// tell says what a kit was found to be. Its error is that the audit log is not whole.
func tell(to io.Writer, r exitkit.Restored) error {
	_, err := fmt.Fprintf(to, "%s (%s), as it was on %s, from SHaRON %s:\n", r.Header.Trust.Name, r.Header.Trust.ODSCode, r.Header.MadeAt.Format(time.RFC1123), r.Header.Version)
	for _, name := range r.Header.Tables {
		if sum := r.Manifest.Tables[name]; sum.Rows > 0 && err == nil {
			_, err = fmt.Fprintf(to, "  %-28s %9d\n", name, sum.Rows)
		}
	}
	if err == nil {
		_, err = fmt.Fprintf(to, "%d rows and %d files (%d bytes) are as the manifest says.\n", r.Manifest.Rows(), r.Manifest.Files.Rows, r.Manifest.Bytes)
	}
	for _, key := range r.Manifest.Missing {
		if err == nil {
			_, err = fmt.Fprintf(to, "✗ The file %s was missing when the kit was made.\n", key)
		}
	}
	if err != nil {
		return err
	}
	for _, problem := range r.Audit.Problems {
		if _, err := fmt.Fprintln(to, "✗", problem); err != nil {
			return err
		}
	}
	if len(r.Audit.Problems) > 0 {
		return fmt.Errorf("the audit log in this kit is not whole: %d problems", len(r.Audit.Problems))
	}
	_, err = fmt.Fprintf(to, "✓ The audit log is whole: %d records are sealed, up to %s\n", r.Audit.Sealed, r.Audit.Last)
	return err
}
