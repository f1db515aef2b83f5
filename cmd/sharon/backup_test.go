package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

// aBackup is one of a small SHaRON, and the key that opens it.
type aBackup struct {
	*site
	made   backupMake
	file   string
	locked lockedFile
}

// backedUp has a backup made of a site with a post and three pictures.
func backedUp(t *testing.T) aBackup {
	t.Helper()
	s := newSite(t, testkit.SQLite(t, prepare))
	s.pictured()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	b := aBackup{site: s, made: backupMake{config: s.made, To: filepath.Join(t.TempDir(), "backups"), Recipient: key.Recipient().String()}}
	b.made.Secret = base64.StdEncoding.EncodeToString([]byte(testSecret))
	if err := b.made.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.file = b.backups()[0]
	b.locked = lockedFile{From: b.file, Identity: filepath.Join(t.TempDir(), "key.txt")}
	if err := os.WriteFile(b.locked.Identity, []byte(key.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b aBackup) backups() []string {
	b.t.Helper()
	all, err := filepath.Glob(filepath.Join(b.made.To, "*"))
	if err != nil || len(all) == 0 {
		b.t.Fatal("there is no backup", err)
	}
	return all
}

// to is the command that restores it into an empty folder.
func (b aBackup) to(folder string) backupRestore {
	return backupRestore{config: config{Data: folder, Secret: b.made.Secret}, lockedFile: b.locked}
}

// tree is the sum of each file below a folder.
func tree(t *testing.T, folder string) map[string][32]byte {
	t.Helper()
	all := map[string][32]byte{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, cut := strings.CutPrefix(path, folder)
		if !cut {
			return errors.New(path)
		}
		all[name] = sha256.Sum256(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// told is all that an error says to whoever typed the command.
func told(err error) string {
	words := []string{err.Error()}
	var failed *fault.Error
	if errors.As(err, &failed) {
		for _, field := range failed.Fields {
			words = append(words, field.Message)
		}
	}
	return strings.Join(words, " ")
}

func TestABackupIsRestoredAsItWasWhilePeopleGoOn(t *testing.T) {
	t.Parallel()
	b := backedUp(t)
	path := "/willow/walls/hazel"
	b.sent(b.over("hazel.willow@northmoor"), path, map[string]any{"body": "Written after the backup."})
	if err := (backupCheck{b.locked}).Run(t.Context()); err != nil {
		t.Error(err)
	}
	folder := t.TempDir()
	if err := b.to(folder).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	was, is := tree(t, filepath.Join(b.site.made.Data, "media")), tree(t, filepath.Join(folder, "media"))
	if len(was) < 3 || len(was) != len(is) {
		t.Errorf("%d files were there and %d are", len(was), len(is))
	}
	for name, sum := range was {
		if is[name] != sum {
			t.Errorf("%s is another", name)
		}
	}
	again := newSite(t, "sqlite://"+filepath.Join(folder, "sharon.db"))
	if n := again.count("SELECT count(*) FROM sessions WHERE tenant_id = ?", again.northmoor()); n != 0 {
		t.Errorf("%d sessions are open", n)
	}
	if page := again.over("fern.willow@northmoor").getJSON(path, nil); page.status != http.StatusOK || !page.has("The same wall, three times.") || page.has("Written after") {
		t.Errorf("the wall: %d %s", page.status, page.body)
	}
	want(t, "what was sealed opens", again.over("clinician.willow@northmoor").getJSON("/willow/identities", nil), http.StatusOK)
}

func TestABackupTellsNobodyAnything(t *testing.T) {
	t.Parallel()
	b := backedUp(t)
	content, err := os.ReadFile(b.file)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"SQLite format", "three times", "hazel", testSecret, b.made.Secret} {
		if bytes.Contains(content, []byte(word)) {
			t.Errorf("%q can be read", word)
		}
	}
	if info, err := os.Stat(b.file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

func TestABackupThatIsNotRightRestoresNothing(t *testing.T) {
	t.Parallel()
	b := backedUp(t)
	whole, err := os.ReadFile(b.file)
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	file := func(content []byte) string {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	changed := slices.Clone(whole)
	changed[len(changed)/2] ^= 1
	for says, change := range map[string]func(*backupRestore){
		"made for another one": func(c *backupRestore) { c.Identity = file([]byte(other.String())) },
		"no secret key of age": func(c *backupRestore) { c.Identity = file([]byte(b.made.Recipient)) },
		"cut off":              func(c *backupRestore) { c.From = file(whole[:len(whole)-1000]) },
		"damaged":              func(c *backupRestore) { c.From = file(changed) },
		"not a backup":         func(c *backupRestore) { c.From = file([]byte("The same wall, three times.")) },
		"another secret": func(c *backupRestore) {
			c.Secret = base64.StdEncoding.EncodeToString([]byte("another secret that is long enough"))
		},
		"there is no secret": func(c *backupRestore) { c.Secret = "" },
		"docs/backup.md":     func(c *backupRestore) { c.DatabaseURL = "postgres://localhost/sharon" },
	} {
		folder := t.TempDir()
		cmd := b.to(folder)
		change(&cmd)
		if err := cmd.Run(t.Context()); err == nil || !strings.Contains(told(err), says) {
			t.Errorf("%s: %v", says, err)
		}
		if left, _ := filepath.Glob(filepath.Join(folder, "sharon.db*")); len(left) > 0 {
			t.Errorf("%s: left behind: %v", says, left)
		}
	}
	for _, there := range []string{"sharon.db", "sharon.db-wal"} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, there), []byte("of another day"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := b.to(folder).Run(t.Context()); err == nil || !strings.Contains(err.Error(), "There is a database already") {
			t.Errorf("over %s: %v", there, err)
		}
	}
}

// A run that ended in the middle has left some files and half a database.
func TestAnInterruptedRestoreIsRepeated(t *testing.T) {
	t.Parallel()
	b := backedUp(t)
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "sharon.db.part"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(folder, "media"), os.DirFS(filepath.Join(b.site.made.Data, "media"))); err != nil {
		t.Fatal(err)
	}
	if err := b.to(folder).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "*.part*")); len(left) > 0 {
		t.Error("left behind:", left)
	}
}

func TestOldBackupsGoOnceANewOneIsWhole(t *testing.T) {
	t.Parallel()
	b := backedUp(t)
	for _, name := range []string{"sharon-20250101T000000Z.tar.gz.age", "sharon-20250102T000000Z.tar.gz.age", "letters.txt", "sharon-notes.tar.gz.age"} {
		if err := os.WriteFile(filepath.Join(b.made.To, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	bad := b.made
	bad.Keep, bad.Secret = 1, "not base64!"
	if err := bad.Run(t.Context()); err == nil || len(b.backups()) != 5 {
		t.Errorf("%v, and there are %v", err, b.backups())
	}
	yesterday := filepath.Join(b.made.To, "sharon-20261101T000000Z.tar.gz.age")
	if err := os.Rename(b.file, yesterday); err != nil {
		t.Fatal(err)
	}
	b.made.Keep = 2
	if err := b.made.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := b.backups(); len(got) != 4 || !slices.Contains(got, yesterday) || strings.Contains(strings.Join(got, " "), "2025") {
		t.Errorf("there are %v", got)
	}
}

func TestTheDoctorAsksForABackup(t *testing.T) {
	t.Parallel()
	b := backedUp(t)
	doctor := doctorCmd{config: b.made.config}
	state := func() string { return doctor.backups(t.Context())[0].state }
	if got := state(); got != "good" {
		t.Error("after a backup:", got)
	}
	old := time.Now().Add(-72 * time.Hour)
	if err := os.Chtimes(doctor.lastBackup(), old, old); err != nil {
		t.Fatal(err)
	}
	if got := state(); got != "warning" {
		t.Error("three days later:", got)
	}
	if err := os.Remove(doctor.lastBackup()); err != nil {
		t.Fatal(err)
	}
	if got := state(); got != "warning" {
		t.Error("without a backup:", got)
	}
	doctor.DatabaseURL = "postgres://localhost/sharon"
	if got := doctor.backups(t.Context()); got != nil {
		t.Error("of PostgreSQL:", got)
	}
}
