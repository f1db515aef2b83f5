package exitkit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/lockbox"
)

// Made is a kit in a file, checked.
type Made struct {
	Restored
	Bytes  int64
	SHA256 string // of the file
}

// Make writes the kit of a trust to a file and checks it by restoring it.
func (h House) Make(ctx context.Context, trust uuid.UUID, recipient age.Recipient, file *os.File, progress func(rows int64)) (made Made, err error) {
	sum, with := sha256.New(), &lockbox.Remembering{Recipient: recipient}
	if _, err := h.Export(ctx, trust, with, io.MultiWriter(file, sum), progress); err != nil {
		return made, err
	}
	if err := file.Sync(); err != nil {
		return made, err
	}
	if made.Bytes, err = file.Seek(0, io.SeekEnd); err != nil {
		return made, err
	}
	if _, err = file.Seek(0, io.SeekStart); err != nil {
		return made, err
	}
	made.SHA256 = hex.EncodeToString(sum.Sum(nil))
	made.Restored, err = h.Check(ctx, file, with.Identity())
	return made, err
}

const (
	// lease is how long a kit is one worker's after its last sign.
	lease = 2 * time.Minute
	sign  = 20 * time.Second
	// tries is how often a kit is begun.
	tries = 4
)

// Maker makes the kits that were asked for.
type Maker struct {
	House
	Log *slog.Logger
}

// Work removes the kits whose time is over and makes those that wait, one after the
// other. A worker that dies leaves its kit to the next.
func (m Maker) Work(ctx context.Context) error {
	if err := m.expire(ctx); err != nil {
		return err
	}
	for ctx.Err() == nil {
		var kit Kit
		err := m.write(ctx, func(ctx context.Context, k kits) (err error) {
			kit, err = k.claim(ctx, m.Clock.Now(), lease)
			return err
		})
		if none(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := m.one(ctx, kit); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (m Maker) expire(ctx context.Context) error {
	var old []Kit
	err := m.read(ctx, func(ctx context.Context, k kits) (err error) {
		old, err = k.over(ctx, m.Clock.Now())
		return err
	})
	for _, kit := range old {
		err = errors.Join(err, m.end(ctx, kit, Expired))
	}
	return errors.Join(err, sweep())
}

// one makes a kit, and writes down what became of it.
func (m Maker) one(ctx context.Context, kit Kit) error {
	failed := errDied
	if kit.Attempts <= tries {
		failed = m.make(ctx, &kit)
	}
	if errors.Is(failed, errLost) {
		return nil
	}
	columns := []string{"state", "due_at", "problem"}
	switch {
	case failed == nil:
		now := m.Clock.Now()
		kit.State, kit.Problem, kit.ReadyAt, kit.ExpiresAt = Ready, "", &now, now.Add(Kept)
		columns = append(columns, "table_rows", "table_count", "file_count", "missing_files", "bytes", "sha256", "audit_records", "audit_problems", "ready_at", "expires_at")
	case kit.Attempts < tries:
		m.Log.WarnContext(ctx, "exit kit", slog.String("kit", kit.ID.String()), slog.Any("cause", failed))
		kit.State, kit.Problem, kit.DueAt = Waiting, worded(failed), m.Clock.Now().Add(time.Minute<<kit.Attempts)
	default:
		m.Log.ErrorContext(ctx, "exit kit", slog.String("kit", kit.ID.String()), slog.Any("cause", failed))
		kit.State, kit.Problem = Failed, worded(failed)
	}
	ctx = context.WithoutCancel(ctx)
	err := m.write(ctx, func(ctx context.Context, k kits) error { return k.save(ctx, kit, columns...) })
	if fault.Is(err, fault.NotFound) {
		return nil // it is another worker's, with the same file
	}
	if err == nil && kit.State == Failed {
		err = m.Files.Delete(ctx, kit.file())
	}
	return err
}

var errDied = errors.New("each worker that began this kit died over it")

// worded is a failure as the console may show it: without anything of the trust.
func worded(failed error) string {
	var known *fault.Error
	switch {
	case errors.Is(failed, context.Canceled):
		return "The worker was stopped."
	case errors.As(failed, &known) && known.Code == fault.Unavailable:
		return "The database or the storage did not answer."
	}
	return "Something went wrong. The server’s log says what."
}

// make writes a kit to a file of this machine and, once it is checked, to storage.
func (m Maker) make(ctx context.Context, kit *Kit) (err error) {
	recipient, err := lockbox.Recipient(kit.Recipient)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp("", temporary+"*.age")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var rows atomic.Int64
	go m.signs(ctx, cancel, *kit, &rows)
	made, err := m.Make(ctx, kit.TrustID, recipient, file, rows.Store)
	if err == nil {
		if _, err = file.Seek(0, io.SeekStart); err == nil {
			err = m.Files.Put(ctx, kit.file(), file, made.Bytes, "application/octet-stream")
		}
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	kit.Rows, kit.Tables, kit.Files, kit.Missing = made.Manifest.Rows(), len(made.Manifest.Tables), made.Manifest.Files.Rows, len(made.Manifest.Missing)
	kit.Bytes, kit.SHA256, kit.Sealed, kit.Problems = made.Bytes, made.SHA256, made.Audit.Sealed, len(made.Audit.Problems)
	return err
}

// signs keeps the kit this worker's, and says how far it is, until ctx ends.
func (m Maker) signs(ctx context.Context, stop context.CancelCauseFunc, kit Kit, rows *atomic.Int64) {
	defer func() {
		if cause := recover(); cause != nil {
			stop(fmt.Errorf("exit kit: %v", cause))
		}
	}()
	tick := time.NewTicker(sign)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		kit.Rows, kit.DueAt = rows.Load(), m.Clock.Now().Add(lease)
		err := m.write(ctx, func(ctx context.Context, k kits) error { return k.save(ctx, kit, "table_rows", "due_at") })
		if fault.Is(err, fault.NotFound) {
			stop(errLost)
		}
	}
}

// temporary begins the names of what a kit leaves on this machine's disk while it is
// made.
const temporary = "sharon-kit-"

// sweep removes what a killed worker left there.
func sweep() error {
	found, err := filepath.Glob(filepath.Join(os.TempDir(), temporary+"*"))
	for _, name := range found {
		info, gone := os.Stat(name)
		if gone == nil && (clock.Real{}).Now().Sub(info.ModTime()) > 24*time.Hour {
			err = errors.Join(err, os.RemoveAll(name))
		}
	}
	return err
}

// Folder makes a folder for a throwaway database, which sweep knows.
func Folder() (string, error) { return os.MkdirTemp("", temporary) }
