package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
)

// folder keeps files on this machine's disk. Its root cannot be left, not even
// by a symbolic link.
type folder struct{ *os.Root }

// incoming holds files until they are whole. No key begins with a dot.
const incoming = ".incoming"

func newFolder(dir string) (folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return folder{}, fmt.Errorf("files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return folder{}, fmt.Errorf("files: %w", err)
	}
	f := folder{root}
	if err := f.MkdirAll(incoming, 0o700); err != nil {
		return folder{}, fmt.Errorf("files: %w", err)
	}
	return f, f.sweep()
}

// sweep removes what a crash left half written: it may be somebody's picture,
// and no row knows of it. A day is longer than any Put takes.
func (f folder) sweep() error {
	left, err := fs.ReadDir(f.FS(), incoming)
	if err != nil {
		return fmt.Errorf("files: %w", err)
	}
	for _, entry := range left {
		info, err := entry.Info()
		if err != nil || (clock.Real{}).Now().Sub(info.ModTime()) < 24*time.Hour {
			continue // gone meanwhile, or another process still writes it
		}
		if err := f.Remove(path.Join(incoming, entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("files: %w", err)
		}
	}
	return nil
}

func (f folder) put(ctx context.Context, key string, content io.Reader, _ int64, _ string) error {
	half := path.Join(incoming, uuid.NewString())
	if err := f.write(ctx, half, content); err != nil {
		return errors.Join(fmt.Errorf("files: %w", err), f.Remove(half))
	}
	dir := path.Dir(key)
	err := f.MkdirAll(dir, 0o700)
	if err == nil {
		err = f.Rename(half, key)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("files: %w", err), f.Remove(half))
	}
	// The name lasts only once its folder is on the disk, and so on upwards.
	for ; ; dir = path.Dir(dir) {
		if err := f.sync(dir); err != nil || dir == "." {
			return err
		}
	}
}

func (f folder) write(ctx context.Context, name string, content io.Reader) error {
	file, err := f.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, &lasting{ctx, content})
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

func (f folder) sync(dir string) error {
	opened, err := f.Open(dir)
	if err != nil {
		return fmt.Errorf("files: %w", err)
	}
	return errors.Join(opened.Sync(), opened.Close())
}

func (f folder) open(_ context.Context, key string) (File, error) {
	file, err := f.Open(key)
	if errors.Is(err, fs.ErrNotExist) {
		return File{}, fault.Missing()
	}
	if err != nil {
		return File{}, fmt.Errorf("files: %w", err)
	}
	info, err := file.Stat()
	switch {
	case err != nil:
		return File{}, errors.Join(fmt.Errorf("files: %w", err), file.Close())
	case !info.Mode().IsRegular(): // the beginning of a key, not one
		return File{}, errors.Join(fault.Missing(), file.Close())
	}
	return File{file, info.Size()}, nil
}

func (f folder) remove(_ context.Context, key string) error {
	if err := f.Remove(key); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("files: %w", err)
	}
	return nil
}

func (f folder) removeBelow(_ context.Context, key string) error {
	if err := f.RemoveAll(key); err != nil {
		return fmt.Errorf("files: %w", err)
	}
	return nil
}

// lasting is a reader that ends with its context.
type lasting struct {
	ctx context.Context
	io.Reader
}

func (l *lasting) Read(p []byte) (int, error) {
	if err := l.ctx.Err(); err != nil {
		return 0, err
	}
	return l.Reader.Read(p)
}
