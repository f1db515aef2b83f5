package tenants

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
)

// Receipt is the answer to a command that carried a key. A second command with
// the same key has no effect and gets this answer.
type Receipt struct {
	bun.BaseModel `bun:"table:receipts,alias:receipt"`
	InTrust

	AccountID uuid.UUID `bun:"account_id,pk,type:uuid"`
	OnceKey   string    `bun:"once_key,pk"`
	Command   string    `bun:"command"` // fingerprint of what was sent
	Location  string    `bun:"location"`
	Answer    string    `bun:"answer"`
	CreatedAt time.Time `bun:"created_at"`
}

// keep writes the receipt as the last statement of the command: when the key
// is taken the whole command is undone with it.
func keep(ctx context.Context, s Scope, r *web.Request) error {
	row := Receipt{AccountID: s.Actor.AccountID, OnceKey: r.OnceKey, Command: r.Fingerprint(), Location: r.Outcome.Location, Answer: r.Outcome.Answer, CreatedAt: s.Now}
	_, err := s.Insert(&row).Exec(ctx)
	return err
}

// replay finds the first answer to the command; false if there was none.
func replay(ctx context.Context, s Scope, r *web.Request) (web.Outcome, bool, error) {
	var rows []Receipt
	err := s.Select(&rows).Where("account_id = ?", s.Actor.AccountID).Where("once_key = ?", r.OnceKey).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return web.Outcome{}, false, err
	}
	if rows[0].Command != r.Fingerprint() {
		return web.Outcome{}, false, fault.New(fault.Invalid, "This was sent before, with other words. Load the page again, then send it once more.")
	}
	return web.Outcome{Location: rows[0].Location, Answer: rows[0].Answer, Replayed: true}, true, nil
}
