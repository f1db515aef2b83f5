package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/cmd/sharon/demo"
	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/migrations"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/exitkit"
)

// pair is a trust's pair of keys.
func pair(t *testing.T) *age.X25519Identity {
	t.Helper()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (s *site) trustOf(slug string) tenants.Trust {
	s.t.Helper()
	trust, err := s.app.Directory.TrustAt(s.t.Context(), slug+".localhost")
	if err != nil {
		s.t.Fatal(err)
	}
	return trust
}

// kitOf writes the exit kit of a trust, checked by restoring it.
func (s *site) kitOf(slug string, key *age.X25519Identity) (string, exitkit.Made) {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "kit.age")
	made, err := s.app.export(s.t.Context(), s.trustOf(slug), key.Recipient(), path, key.Recipient().String())
	if err != nil {
		s.t.Fatal(err)
	}
	return path, made
}

// emptyHouse is a SHaRON without trusts, whose keys are others.
func emptyHouse(t *testing.T, address string) *site {
	t.Helper()
	return newSite(t, address, func(a *app) {
		keys, err := crypt.NewKeys([]byte("the secret of another house, long enough"))
		if err != nil {
			t.Fatal(err)
		}
		a.Keys = keys
	})
}

// restored puts a kit into a house.
func (s *site) restored(path string, key age.Identity) (exitkit.Restored, error) {
	s.t.Helper()
	file, err := os.Open(path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	return s.app.house().Restore(s.t.Context(), file, key)
}

var _ = []any{tar.NewReader, gzip.NewReader, io.Copy, bytes.NewReader, http.StatusOK, strings.Cut, uuid.New, bun.Safe(""), demo.Password, clock.Real{}, fault.Is, testkit.SQLite, migrations.Last, context.Background}

func TestKitTrial(t *testing.T) {
	t.Parallel()
	for name, database := range dialects {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, database(t, prepare))
			key := pair(t)
			path, made := s.kitOf("northmoor", key)
			t.Log(path, made.Bytes, made.Manifest.Rows(), made.Manifest.Files, made.Manifest.Missing, made.Audit)
			there := emptyHouse(t, testkit.SQLite(t, testkit.Migrated(migrations.Files)))
			r, err := there.restored(path, key)
			t.Log(r.Audit, err)
		})
	}
}
