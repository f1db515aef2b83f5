package storage_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

func open(t *testing.T, address string) *storage.Files {
	t.Helper()
	files, err := storage.New(address)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// onBoth runs a test on a folder and on a server of its own.
func onBoth(t *testing.T, test func(t *testing.T, files *storage.Files)) {
	t.Run("folder", func(t *testing.T) { test(t, open(t, filepath.Join(t.TempDir(), "data", "media"))) })
	t.Run("s3", func(t *testing.T) { test(t, open(t, testkit.S3(t))) })
}

const key = "0193a1f0-0000-7000-8000-000000000001/pictures/0193a1f0-0000-7000-8000-00000000000e"

func put(t *testing.T, files *storage.Files, key, words string) {
	t.Helper()
	if err := files.Put(t.Context(), key, strings.NewReader(words), int64(len(words)), "image/png"); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, files *storage.Files, key string) string {
	t.Helper()
	file, err := files.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	kept, err := io.ReadAll(file)
	if err != nil || int64(len(kept)) != file.Size {
		t.Fatalf("%d bytes of %d: %v", len(kept), file.Size, err)
	}
	return string(kept)
}

func TestWhatIsPutIsReadUntilItIsDeleted(t *testing.T) {
	onBoth(t, func(t *testing.T, files *storage.Files) {
		put(t, files, key, "first")
		put(t, files, key, "second")
		if got := read(t, files, key); got != "second" {
			t.Errorf("read %q", got)
		}
		for range 2 {
			if err := files.Delete(t.Context(), key); err != nil {
				t.Error(err)
			}
		}
		for _, gone := range []string{key, "never/was", "never", filepath.Dir(key)} {
			if _, err := files.Open(t.Context(), gone); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", gone, err)
			}
		}
	})
}

func TestAllBelowAKeyGoesAndNothingElse(t *testing.T) {
	onBoth(t, func(t *testing.T, files *storage.Files) {
		for _, key := range []string{"a/b/c", "a/b/d/e", "a/bc", "a/c"} {
			put(t, files, key, key)
		}
		for range 2 {
			if err := files.DeleteBelow(t.Context(), "a/b"); err != nil {
				t.Fatal(err)
			}
		}
		for _, gone := range []string{"a/b/c", "a/b/d/e"} {
			if _, err := files.Open(t.Context(), gone); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", gone, err)
			}
		}
		for _, left := range []string{"a/bc", "a/c"} {
			if got := read(t, files, left); got != left {
				t.Errorf("%s reads %q", left, got)
			}
		}
	})
}

func TestAnyPartOfAFileCanBeRead(t *testing.T) {
	onBoth(t, func(t *testing.T, files *storage.Files) {
		content := make([]byte, 3<<20)
		_, _ = rand.Read(content)
		put(t, files, key, string(content))
		file, err := files.Open(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = file.Close() }()
		for _, from := range []int64{2 << 20, 5, 3<<20 - 7, 0} {
			part := make([]byte, min(1000, file.Size-from))
			if _, err := file.Seek(from, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(file, part); err != nil || !bytes.Equal(part, content[from:from+int64(len(part))]) {
				t.Errorf("from %d: %v", from, err)
			}
		}
	})
}

func TestHalfAFileIsNone(t *testing.T) {
	onBoth(t, func(t *testing.T, files *storage.Files) {
		ended, end := context.WithCancel(t.Context())
		end()
		for name, try := range map[string]struct {
			ctx     context.Context
			content io.Reader
			size    int64
		}{
			"shorter than said": {t.Context(), strings.NewReader("123"), 4},
			"longer than said":  {t.Context(), strings.NewReader("12345"), 4},
			"empty":             {t.Context(), strings.NewReader(""), 0},
			"of unknown length": {t.Context(), strings.NewReader("12345"), -1},
			"breaks off":        {t.Context(), io.MultiReader(strings.NewReader("12"), iotest.ErrReader(errors.New("cut"))), 4},
			"nobody waits":      {ended, strings.NewReader("1234"), 4},
		} {
			if err := files.Put(try.ctx, key, try.content, try.size, "image/png"); err == nil {
				t.Errorf("%s: kept", name)
			}
			if _, err := files.Open(t.Context(), key); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		put(t, files, key, "whole")
		if err := files.Put(t.Context(), key, strings.NewReader("123"), 4, "image/png"); err == nil || read(t, files, key) != "whole" {
			t.Errorf("a failure replaced the file: %v", err)
		}
	})
}

func TestKeysThatAreNotOursAreRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, files *storage.Files) {
		for _, bad := range []string{"", "/", "a/", "/etc/passwd", "..", "../secret", "a/../b", "a/..", "a//b", "a/.b", ".incoming/x", `a\b`, "a b", "a\x00", "A", "ä", "a\n", strings.Repeat("a", 501)} {
			_, opened := files.Open(t.Context(), bad)
			for _, err := range []error{opened, files.Put(t.Context(), bad, strings.NewReader("x"), 1, ""), files.Delete(t.Context(), bad)} {
				if err == nil || fault.Is(err, fault.NotFound) {
					t.Errorf("%q: %v", bad, err)
				}
			}
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, files *storage.Files) {
		var together sync.WaitGroup
		for i := range 20 {
			words := strings.Repeat("x", (i+1)*1000)
			together.Go(func() {
				if err := files.Put(t.Context(), key, strings.NewReader(words), int64(len(words)), "image/png"); err != nil {
					t.Error(err)
				}
			})
		}
		together.Wait()
		if got := read(t, files, key); len(got)%1000 != 0 {
			t.Errorf("%d bytes, which nobody sent", len(got))
		}
	})
}

func TestPing(t *testing.T) {
	onBoth(t, func(t *testing.T, files *storage.Files) {
		if err := files.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	})
	address, err := url.Parse(testkit.S3(t))
	if err != nil {
		t.Fatal(err)
	}
	address.Path = "/another"
	if err := open(t, address.String()).Ping(t.Context()); !fault.Is(err, fault.Unavailable) || strings.Contains(err.Error(), "hush") {
		t.Errorf("without its bucket: %v", err)
	}
}

func TestFilesAreForOurEyesOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "media")
	files := open(t, dir)
	put(t, files, key, "mine")
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %s", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestALinkDoesNotLeadOutOfTheFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	files := open(t, filepath.Join(dir, "media"))
	if err := os.Symlink(dir, filepath.Join(dir, "media", "out")); err != nil {
		t.Fatal(err)
	}
	if _, err := files.Open(t.Context(), "out/secret"); err == nil {
		t.Error("opened a file outside")
	}
	if err := files.Put(t.Context(), "out/new", strings.NewReader("x"), 1, ""); err == nil {
		t.Error("wrote a file outside")
	}
}

func TestWhatACrashLeftIsSwept(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	old, young := filepath.Join(dir, ".incoming", "old"), filepath.Join(dir, ".incoming", "young")
	for _, half := range []string{old, young} {
		if err := os.WriteFile(half, []byte("half a pict"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(old, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old half is still there: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("a file that may still be written was swept: %v", err)
	}
}

func TestAnAddressThatCannotBeIsToldAndKeepsItsSecret(t *testing.T) {
	for _, address := range []string{"", "http://host/bucket", "s3://key:hush@host", "s3://key:hush@host/", "s3://key:hush@host/a/b", "s3://key:hush@/bucket", "s3://key:hush@ho st/bucket", "/dev/null/media"} {
		if _, err := storage.New(address); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %v", address, err)
		}
	}
	if shown := open(t, testkit.S3(t)).String(); strings.Contains(shown, "hush") || !strings.Contains(shown, "/files") {
		t.Errorf("shown as %s", shown)
	}
}

// A server that accepts and says nothing must not hold anybody for long.
func TestAServerThatIsSilentIsGivenUp(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	files := open(t, "s3://key:hush@"+listener.Addr().String()+"/files?region=x&tls=off")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := files.Open(ctx, key); !fault.Is(err, fault.Unavailable) {
		t.Errorf("%v", err)
	}
}

// A server in trouble is not the same as a file that is gone.
func TestAServerInTroubleIsNotAMissingFile(t *testing.T) {
	for _, status := range []int{http.StatusForbidden, http.StatusInternalServerError} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		files := open(t, "s3://key:hush@"+server.Listener.Addr().String()+"/files?region=x&tls=off")
		if _, err := files.Open(t.Context(), key); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%d: %v", status, err)
		}
		if err := files.Delete(t.Context(), key); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%d: %v", status, err)
		}
		server.Close()
	}
}
