package tenants

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/signin"
)

// Try looks at a secret that was sent, such as the link of an email, and counts a
// wrong one as sign-in does; Limited after too many. It opens a unit of work of its
// own: for use cases that have none (OwnUnits).
func (s Scope) Try(ctx context.Context, right func(context.Context, Scope) (bool, error)) (found bool, err error) {
	err = s.Write(ctx, func(ctx context.Context, s Scope) error {
		buckets := signin.Guesses(s.Client)
		if err := signin.Spend(ctx, failures{s}, s.Now, buckets); err != nil {
			return err
		}
		if found, err = right(ctx, s); err != nil || !found {
			return err
		}
		return signin.Refund(ctx, failures{s}, buckets)
	})
	return found, err
}

// Ask counts a request that anybody can make about an account, such as for a new
// password, whether or not there is one; Limited after too many.
func (s Scope) Ask(ctx context.Context, lookup string) error {
	return signin.Spend(ctx, failures{s}, s.Now, signin.Buckets(s.Client, lookup, false))
}

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
