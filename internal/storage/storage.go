// Package storage keeps files by key, in a folder or in a bucket that speaks
// S3. It knows nothing of what they are: who may read one, what type it has
// and when it goes is in the database of whoever put it here.
package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// Files keeps files. It is safe for use by many at once.
type Files struct {
	driver
	shown string
}

// A File is open for reading, from anywhere in it.
type File struct {
	io.ReadSeekCloser
	Size int64 // in bytes
}

// driver is where the bytes lie. Its keys have been checked.
type driver interface {
	put(ctx context.Context, key string, content io.Reader, size int64, contentType string) error
	open(ctx context.Context, key string) (File, error)
	remove(ctx context.Context, key string) error
	removeBelow(ctx context.Context, key string) error
}

// patience is how long one file may take to be kept or removed, and a second more
// for each MB that it has.
const patience = 2 * time.Minute

// New keeps files where address says: s3://key:secret@host/bucket?region=…, or
// a folder, which is made if it is missing.
func New(address string) (*Files, error) {
	if !strings.Contains(address, "://") {
		folder, err := newFolder(address)
		return &Files{folder, "in the folder " + address}, err
	}
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "s3" {
		return nil, errors.New("files: write s3://key:secret@host/bucket?region=eu-west-2, or the path of a folder")
	}
	bucket, err := newBucket(parsed)
	return &Files{bucket, "at " + parsed.Redacted()}, err
}

// String says where the files are, without the secret.
func (f *Files) String() string { return f.shown }

// Put keeps size bytes of content, at least one, under the key; what had the key
// before is replaced. Nothing is there until all is. Keys are ours, never a member's.
func (f *Files) Put(ctx context.Context, key string, content io.Reader, size int64, contentType string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if size < 1 {
		return errLength
	}
	ctx, cancel := context.WithTimeout(ctx, patience+time.Duration(size>>20)*time.Second)
	defer cancel()
	return f.put(ctx, key, &exact{content, size}, size, contentType)
}

// Open reads a file; NotFound if there is none. ctx must last until it is closed.
func (f *Files) Open(ctx context.Context, key string) (File, error) {
	if err := checkKey(key); err != nil {
		return File{}, err
	}
	return f.open(ctx, key)
}

// Delete forgets a file. To delete what is not there is no error, so that a
// worker may do it again.
func (f *Files) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return f.remove(ctx, key)
}

// DeleteBelow forgets all files whose keys begin with this one and a slash,
// also those that a crash left behind and no row knows of.
func (f *Files) DeleteBelow(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return f.removeBelow(ctx, key)
}

// Ping keeps a small file, reads it again and deletes it.
func (f *Files) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	key, words := "ping-"+uuid.NewString(), []byte("still there?")
	if err := f.Put(ctx, key, bytes.NewReader(words), int64(len(words)), "text/plain"); err != nil {
		return err
	}
	file, err := f.Open(ctx, key)
	if err != nil {
		return err
	}
	kept, err := io.ReadAll(file)
	if err = errors.Join(err, file.Close(), f.Delete(ctx, key)); err != nil {
		return err
	}
	if !bytes.Equal(kept, words) {
		return errors.New("files: what came back is not what was kept")
	}
	return nil
}

// Lower case only: two keys must not become one on a disk that ignores case.
// No part begins with a dot, so none leads out of the folder.
var goodKey = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$`)

func checkKey(key string) error {
	if len(key) > 500 || !goodKey.MatchString(key) {
		return fmt.Errorf("files: %.100q is not a key", key)
	}
	return nil
}

// exact fails where the content is not as long as was said: half a file must
// never look like a whole one.
type exact struct {
	io.Reader
	left int64
}

func (e *exact) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	e.left -= int64(n)
	more := 0
	if e.left == 0 && err == nil { // whoever asks for no more would not learn of more
		more, err = io.ReadFull(e.Reader, make([]byte, 1))
	}
	if e.left < 0 || more > 0 || errors.Is(err, io.EOF) && e.left > 0 {
		return 0, errLength
	}
	return n, err
}

var errLength = errors.New("files: the content is not as long as was said")

// unreachable is any failure of the place itself.
func unreachable(what string, err error) error {
	return fault.Wrap(fault.Unavailable, "We cannot reach pictures and files just now. Please try again in a minute.", fmt.Errorf("files: %s: %w", what, err))
}
