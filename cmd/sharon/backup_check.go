package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/sharon-nhs/sharon/internal/backup"
	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/migrations"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/audit"
	"github.com/sharon-nhs/sharon/tenants/exitkit"
)

type backupCheck struct{ lockedFile }

// Run looks through a backup.
func (cmd backupCheck) Run(ctx context.Context) error {
	return cmd.with(func(from io.Reader, identities []age.Identity) error {
		scratch, err := exitkit.Folder()
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(scratch) }()
		return checkBackup(ctx, from, identities, scratch)
	})
}

// checkBackup restores a backup's database into a folder, says what is in it, and reads
// its files to their end.
func checkBackup(ctx context.Context, from io.Reader, identities []age.Identity, scratch string) error {
	path := filepath.Join(scratch, "check.db")
	note, end, err := backup.Read(ctx, from, identities, readable, path, nil)
	if err != nil {
		return err
	}
	c := config{DatabaseURL: "sqlite://" + path}
	if err := migrated(ctx, c, true); err != nil {
		return err
	}
	db, err := database.Open(c.database())
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := db.Whole(ctx); err != nil {
		return err
	}
	fmt.Printf("As it was on %s, from SHaRON %s:\n", note.MadeAt.Format(time.RFC1123), note.Version)
	if err := describe(ctx, db); err != nil {
		return err
	}
	if note.Files {
		fmt.Printf("%d files with %d bytes are whole.\n", end.Files, end.Bytes)
	} else {
		fmt.Println("Files are not in it.")
	}
	return nil
}

// describe names the trusts of a database, and says whether their audit logs are whole.
func describe(ctx context.Context, db *database.DB) error {
	directory := &tenants.Directory{DB: db, Clock: clock.Real{}}
	trusts, err := directory.AllTrusts(ctx)
	if err != nil {
		return err
	}
	broken := 0
	for _, trust := range trusts {
		var found audit.Verdict
		err := directory.ReadAs(ctx, trust.ID, "", func(ctx context.Context, s tenants.Scope) (err error) {
			found, err = audit.Verify(ctx, s, nil)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", trust.Name, err)
		}
		fmt.Printf("  %s: %d records of the audit log are sealed", trust.Name, found.Sealed)
		if found.Sealed > 0 {
			fmt.Printf(", up to %s", found.Last)
		}
		fmt.Println()
		for _, problem := range found.Problems {
			fmt.Println("✗", problem)
		}
		broken += len(found.Problems)
	}
	if broken > 0 {
		return fmt.Errorf("the audit log in this backup is not whole: %d problems", broken)
	}
	return nil
}

// readable refuses backups of a newer SHaRON.
func readable(note backup.Note) error {
	if note.Schema > migrations.Last() {
		return fault.New(fault.Invalid, "This backup is of SHaRON "+note.Version+" with the migration "+note.Schema+", which this one does not know. Take a newer one.")
	}
	return nil
}
