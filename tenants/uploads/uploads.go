// Package uploads keeps files that members send. Each is noted before it is
// stored, so that none stays that nothing points to: neither one whose command
// came to no end, nor one whose message is gone.
package uploads

import (
	"bytes"
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/tenants"
)

// Uploads are the files of one room.
type Uploads struct {
	Files *storage.Files
	// Table is the room's own that says, in its Columns, which are in use. It has
	// an index by tenant and each of them.
	Table   string
	Columns []string
}

const (
	// doubted is how long a file may lie there before its row does: longer than any command takes.
	doubted = 24 * time.Hour
	atOnce  = 100
)

// Note says that files are about to be stored. It opens a unit of work of its
// own: the note must be there whatever becomes of the rest.
func (u Uploads) Note(ctx context.Context, s tenants.Scope, keys ...string) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error { return u.Noted(ctx, s, keys...) })
}

// Put notes a file and stores it.
func (u Uploads) Put(ctx context.Context, s tenants.Scope, key string, content []byte, contentType string) error {
	if err := u.Note(ctx, s, key); err != nil {
		return err
	}
	return u.Store(ctx, key, content, contentType)
}

// Store stores a file that was noted.
func (u Uploads) Store(ctx context.Context, key string, content []byte, contentType string) error {
	return u.Files.Put(ctx, key, bytes.NewReader(content), int64(len(content)), contentType)
}

// Round removes the files that nothing points to.
func (u Uploads) Round() tenants.Round {
	return tenants.Round{Key: "uploads." + u.Table, Queue: jobs.Bulk, Every: time.Hour, Do: u.sweep}
}

// sweep forgets a file only once it is gone, and may be begun again at any point.
func (u Uploads) sweep(ctx context.Context, s tenants.Scope) error {
	for {
		var unused []upload
		err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
			unused, err = u.unused(ctx, s, s.Now.Add(-doubted))
			return err
		})
		if err != nil {
			return err
		}
		for _, one := range unused {
			if err := u.Files.Delete(ctx, one.File); err != nil {
				return err
			}
			if err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) error { return forget(ctx, s, one) }); err != nil {
				return err
			}
		}
		if len(unused) < atOnce {
			return nil
		}
	}
}
