package admin

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
)

// receipt is that a command was begun and, once it is done, what it answered. A
// second one with the same key has no effect and gets this answer.
type receipt struct {
	bun.BaseModel `bun:"table:platform_receipts,alias:receipt"`

	StaffID   uuid.UUID `bun:"staff_id,pk,type:uuid"`
	OnceKey   string    `bun:"once_key,pk"`
	Command   string    `bun:"command"` // fingerprint of what was sent
	Location  string    `bun:"location"`
	Answer    string    `bun:"answer"`
	Done      bool      `bun:"done"`
	CreatedAt time.Time `bun:"created_at"`
}

// keptReceipts is how long a second click is known for one.
const keptReceipts = 24 * time.Hour

// once runs a command unless it was run before. The receipt is there before the
// command begins: what it does to the queue is in no transaction with it.
func once(ctx context.Context, s Scope, r *web.Request, run func() error) error {
	mine := receipt{StaffID: s.Staff.ID, OnceKey: r.OnceKey, Command: r.Fingerprint(), CreatedAt: s.Now}
	var before *receipt
	err := s.write(ctx, func(ctx context.Context, rows store) (err error) {
		before, err = rows.begin(ctx, mine)
		return err
	})
	if err != nil {
		return err
	}
	if before != nil {
		r.Outcome, err = before.replay(mine)
		return err
	}
	failed := run()
	mine.Location, mine.Answer, mine.Done = r.Outcome.Location, r.Outcome.Answer, true
	err = s.write(context.WithoutCancel(ctx), func(ctx context.Context, rows store) error {
		if failed != nil {
			return rows.takeBack(ctx, mine)
		}
		return rows.finish(ctx, mine)
	})
	if failed != nil {
		return failed
	}
	return err
}

// replay is the first answer, to what should be the same command.
func (before receipt) replay(again receipt) (web.Outcome, error) {
	switch {
	case before.Command != again.Command:
		return web.Outcome{}, fault.New(fault.Invalid, "This was sent before, with other words. Load the page again, then send it once more.")
	case !before.Done:
		return web.Outcome{}, fault.New(fault.Conflict, "This has been begun already. Load the page again to see how it stands.")
	}
	return web.Outcome{Location: before.Location, Answer: before.Answer, Replayed: true}, nil
}
