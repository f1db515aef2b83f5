package testkit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// SQLite gives the test an SQLite file of its own, as prepare left it, and
// removes it when the test ends. The address is sqlite:// and an absolute path.
//
// The first call in a process calls prepare once on a file; the others are
// copies of it. prepare must close its connections.
func SQLite(t testing.TB, prepare func(url string) error) string {
	t.Helper()
	m := &master
	m.once.Do(func() { m.err = m.begin(prepare) })
	if m.err != nil {
		t.Fatalf("testkit: SQLite: %v", m.err)
	}
	dir := filepath.Join(m.dir, fmt.Sprintf("t%d_%s", m.made.Add(1), slug(t.Name())))
	if err := m.copyTo(dir); err != nil {
		t.Fatalf("testkit: SQLite: a file for this test: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return "sqlite://" + filepath.Join(dir, masterFile)
}

var master sqliteMaster

const masterFile = "sharon.db"

// sqliteMaster is the process's one prepared file.
type sqliteMaster struct {
	once  sync.Once
	err   error
	dir   string
	files map[string][]byte // the database and, if a reader closed last, its log
	made  atomic.Int64
}

func (m *sqliteMaster) begin(prepare func(url string) error) error {
	ws, err := workspace()
	if err != nil {
		return err
	}
	m.dir = filepath.Join(ws, "sqlite")
	if err := os.Mkdir(m.dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(m.dir, masterFile)
	if prepare != nil {
		if err := prepare("sqlite://" + path); err != nil {
			return fmt.Errorf("preparing the database: %w", err)
		}
	}
	m.files = map[string][]byte{}
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		m.files[masterFile+suffix] = b
	}
	return nil
}

func (m *sqliteMaster) copyTo(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	for name, b := range m.files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}
