package tenants

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
)

// Outbox is a trust's outbox as the workers see it: that of all its services.
type Outbox struct{ Scope }

// patience is how long a hand-over is trusted before the same event is handed
// over again; it doubles with each time up to an hour. The queue knows a task
// that it still has by its id, so asking twice makes no second one.
func patience(attempts int) time.Duration {
	return min(30*time.Second<<min(attempts, 7), time.Hour)
}

// shownFor is how long what is done stays, for streams that come back.
const shownFor = time.Hour

func (o Outbox) update() *bun.UpdateQuery {
	return o.unit.db.NewUpdate().Model((*Event)(nil)).Where("tenant_id = ?", o.Estate.Trust.ID)
}

// Waiting tells whether there is something to hand over.
func (o Outbox) Waiting(ctx context.Context) (bool, error) {
	return o.SelectAcross((*Event)(nil)).Where("event.due_at <= ?", o.Now).Exists(ctx)
}

// Claim takes what is due, the longest first, for the caller to hand over. Two
// relays never get the same.
func (o Outbox) Claim(ctx context.Context, limit int64) ([]Event, error) {
	var events []Event
	q := o.SelectAcross(&events).Where("event.due_at <= ?", o.Now).Order("event.due_at").Limit(limit)
	if err := skipLocked(q).Scan(ctx); err != nil {
		return nil, err
	}
	if len(events) == 0 {
		return nil, nil
	}
	tries := make([]try, len(events))
	for i, e := range events {
		tries[i] = try{ID: e.ID, Attempts: e.Attempts + 1, DueAt: o.Now.Add(patience(e.Attempts))}
		tries[i].own(o.Scope)
	}
	_, err := o.unit.db.NewUpdate().Model(&tries).Bulk().Where("event.tenant_id = ?", o.Estate.Trust.ID).Exec(ctx)
	return events, err
}

// try is what claiming changes of an event: when it is handed over again, if
// nothing comes of it.
type try struct {
	bun.BaseModel `bun:"table:outbox,alias:event"`
	InTrust

	ID       uuid.UUID `bun:"id,pk,type:uuid"`
	Attempts int       `bun:"attempts"`
	DueAt    time.Time `bun:"due_at"`
}

// Take reads an event to carry out and keeps everybody else from doing so at
// the same time. NotFound if that has been done.
func (o Outbox) Take(ctx context.Context, id uuid.UUID) (Event, error) {
	var e Event
	err := forUpdate(o.SelectAcross(&e).Where("event.id = ?", id).Where("(event.due_at IS NOT NULL OR event.failed_at IS NOT NULL)")).Scan(ctx)
	return e, err
}

// Done marks the event as carried out, in the transaction of what followed.
func (o Outbox) Done(ctx context.Context, id uuid.UUID) error {
	return Touched(o.update().Set("due_at = NULL").Set("failed_at = NULL").Set("error = ''").Where("id = ?", id).Exec(ctx))
}

// Postpone lets the event wait until then.
func (o Outbox) Postpone(ctx context.Context, id uuid.UUID, until time.Time) error {
	return Touched(o.update().Set("due_at = ?", until).Where("id = ?", id).Exec(ctx))
}

// Fail gives the event up and keeps why, in words that name nobody.
func (o Outbox) Fail(ctx context.Context, id uuid.UUID, why string) error {
	return Touched(o.update().Set("due_at = NULL").Set("failed_at = ?", o.Now).Set("error = ?", why).Where("id = ?", id).Exec(ctx))
}

// Failed lists what was given up, the latest first.
func (o Outbox) Failed(ctx context.Context, limit int64) ([]Event, error) {
	var events []Event
	err := o.SelectAcross(&events).Where("event.failed_at IS NOT NULL").Order("event.failed_at DESC").Limit(limit).Scan(ctx)
	return events, err
}

// Retry has what was given up tried again.
func (o Outbox) Retry(ctx context.Context, id uuid.UUID) error {
	return Touched(o.update().Set("due_at = ?", o.Now).Set("failed_at = NULL").Set("attempts = 0").Where("id = ?", id).Where("failed_at IS NOT NULL").Exec(ctx))
}

// Forget removes what is done and will not be asked for any more.
func (o Outbox) Forget(ctx context.Context) (int64, error) {
	result, err := o.unit.db.NewDelete().Model((*Event)(nil)).Where("tenant_id = ?", o.Estate.Trust.ID).
		Where("id < ?", idAt(o.Now.Add(-shownFor))).Where("due_at IS NULL").Where("failed_at IS NULL").Exec(ctx)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// GivenUp is an event that could not be carried out, as the platform may know
// of it: without anything of what it is about.
type GivenUp struct {
	ID       uuid.UUID `json:"id"`
	Kind     string    `json:"kind"`
	Error    string    `json:"error"`
	FailedAt time.Time `json:"failed_at"`
}

// GivenUp lists the latest events of a trust that were given up.
func (d *Directory) GivenUp(ctx context.Context, trust uuid.UUID, limit int64) (all []GivenUp, err error) {
	err = d.ReadAs(ctx, trust, "", func(ctx context.Context, s Scope) error {
		events, err := Outbox{s}.Failed(ctx, limit)
		for _, e := range events {
			all = append(all, GivenUp{e.ID, e.Kind, e.Error, *e.FailedAt})
		}
		return err
	})
	return all, err
}

// TryAgain has an event that was given up carried out after all. NotFound if it
// is not given up any more.
func (d *Directory) TryAgain(ctx context.Context, trust, event uuid.UUID) error {
	return d.WriteAs(ctx, trust, "", func(ctx context.Context, s Scope) error { return Outbox{s}.Retry(ctx, event) })
}

// skipLocked locks the rows read and passes by those that somebody else has
// locked; SQLite has one writer at a time anyway.
func skipLocked(q *bun.SelectQuery) *bun.SelectQuery {
	if q.Dialect().Name() == dialect.PG {
		return q.For("UPDATE SKIP LOCKED")
	}
	return q
}
