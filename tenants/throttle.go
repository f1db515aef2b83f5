package tenants

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/signin"
)

// throttle counts failures of one subject at a trust's sign-in.
type throttle struct {
	bun.BaseModel `bun:"table:throttles,alias:throttle"`
	InTrust

	Subject   string    `bun:"subject,pk"`
	Failures  float64   `bun:"failures"`
	UpdatedAt time.Time `bun:"updated_at"`
}

// Spend counts a try against a trust's limits before it is known how it ends;
// Limited if there were too many. Refund takes it back after a success.
func Spend(ctx context.Context, s Scope, buckets []signin.Bucket) error {
	return signin.Spend(ctx, failures{s}, s.Now, buckets)
}

// Refund takes back what Spend counted.
func Refund(ctx context.Context, s Scope, buckets []signin.Bucket) error {
	return signin.Refund(ctx, failures{s}, buckets)
}

// failures are a trust's rows for package signin.
type failures struct{ s Scope }

// Lock implements signin.Failures.
func (f failures) Lock(ctx context.Context, subject string) (float64, time.Time, error) {
	row := throttle{Subject: subject, UpdatedAt: f.s.Now}
	if _, err := f.s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return 0, f.s.Now, err
	}
	var rows []throttle
	if err := f.s.Lock(&rows).Where("subject = ?", subject).Scan(ctx); err != nil || len(rows) == 0 {
		return 0, f.s.Now, err // no row: it has just been swept
	}
	return rows[0].Failures, rows[0].UpdatedAt, nil
}

// Set implements signin.Failures.
func (f failures) Set(ctx context.Context, subject string, many float64) error {
	row := throttle{Subject: subject, Failures: many, UpdatedAt: f.s.Now}
	_, err := f.s.Insert(&row).On("CONFLICT (tenant_id, subject) DO UPDATE").Set("failures = EXCLUDED.failures").Set("updated_at = EXCLUDED.updated_at").Exec(ctx)
	return err
}

// Forgive implements signin.Failures.
func (f failures) Forgive(ctx context.Context, subject string) error {
	_, err := f.s.Update((*throttle)(nil)).Set("failures = CASE WHEN failures > 1 THEN failures - 1 ELSE 0 END").Where("subject = ?", subject).Exec(ctx)
	return err
}
