package tenants

import (
	"context"
	"math"
	"time"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// limit is a leaking bucket: so many failures at once, one forgotten every so
// often. It holds across nodes and restarts because it is a row, and it heals
// by itself, so nobody is locked out for good.
type limit struct {
	burst float64
	heals time.Duration // for one failure
}

// What may fail at sign-in. A browser that has signed in before is not counted
// against the whole account: whoever attacks an account cannot keep its owner out.
var (
	perAddress        = limit{burst: 30, heals: 20 * time.Second}
	perAccountAddress = limit{burst: 6, heals: 2 * time.Minute}
	perAccount        = limit{burst: 60, heals: time.Minute}
	perDevice         = limit{burst: 10, heals: 90 * time.Second}
)

// throttle counts failures of one subject.
type throttle struct {
	bun.BaseModel `bun:"table:throttles,alias:throttle"`
	InTrust

	Subject   string    `bun:"subject,pk"`
	Failures  float64   `bun:"failures"`
	UpdatedAt time.Time `bun:"updated_at"`
}

// counted is a subject with its limit.
type counted struct {
	subject string
	limit   limit
}

// spend counts one failure against each subject, in advance: many guesses at
// once cannot slip through between the look and the count. Limited, with the
// seconds to wait, if a subject has none left; then nothing is counted.
func spend(ctx context.Context, s Scope, subjects []counted) error {
	for _, one := range subjects {
		level, err := levelOf(ctx, s, one)
		if err != nil {
			return err
		}
		if over := level + 1 - one.limit.burst; over > 0 {
			return &fault.Error{Code: fault.Limited, Message: "There were too many tries. Please wait a little, then try again.",
				RetryAfter: int(math.Ceil(over * one.limit.heals.Seconds()))}
		}
		row := throttle{Subject: one.subject, Failures: level + 1, UpdatedAt: s.Now}
		if _, err := s.Insert(&row).On("CONFLICT (tenant_id, subject) DO UPDATE").
			Set("failures = EXCLUDED.failures").Set("updated_at = EXCLUDED.updated_at").Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// refund takes back what spend counted, after a success.
func refund(ctx context.Context, s Scope, subjects []counted) error {
	for _, one := range subjects {
		if _, err := s.Update((*throttle)(nil)).Set("failures = CASE WHEN failures > 1 THEN failures - 1 ELSE 0 END").
			Where("subject = ?", one.subject).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

func levelOf(ctx context.Context, s Scope, one counted) (float64, error) {
	// A row to lock, or else many first tries at once would all see none.
	row := throttle{Subject: one.subject, UpdatedAt: s.Now}
	if _, err := s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return 0, err
	}
	var rows []throttle
	if err := forUpdate(s.Select(&rows).Where("subject = ?", one.subject)).Scan(ctx); err != nil || len(rows) == 0 {
		return 0, err
	}
	healed := s.Now.Sub(rows[0].UpdatedAt).Seconds() / one.limit.heals.Seconds()
	return max(0, rows[0].Failures-healed), nil
}
