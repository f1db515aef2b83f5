package tenants

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/signin"
)

// receiptsKept is how long a command can be repeated and get its first answer.
const receiptsKept = 24 * time.Hour

// Sweep removes sessions that are over, receipts that nobody can replay any
// more and limits that have healed. It returns how many rows went.
func (l Sessions) Sweep(ctx context.Context, s Scope) (int64, error) {
	var swept int64
	remove := func(model any, where string, args ...any) error {
		result, err := s.Delete(model).Where(where, args...).Exec(ctx)
		if err != nil {
			return err
		}
		rows, err := result.RowsAffected()
		swept += rows
		return err
	}
	if err := remove((*Session)(nil), "(seen_at < ? OR created_at < ?)", s.Now.Add(-l.Idle), s.Now.Add(-l.Absolute)); err != nil {
		return swept, err
	}
	if err := remove((*Receipt)(nil), "created_at < ?", s.Now.Add(-receiptsKept)); err != nil {
		return swept, err
	}
	return swept, remove((*throttle)(nil), "updated_at < ?", s.Now.Add(-signin.Healed))
}
