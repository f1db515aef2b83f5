package tenants_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

func TestWhatHappenedIsToldWholeOrNotAtAll(t *testing.T) {
	onBoth(t, func(w *world) {
		var all []uuid.UUID
		w.write(w.north, "willow", func(ctx context.Context, s tenants.Scope) error {
			for range 5 {
				all = append(all, uuid.New())
				event := tenants.Event{Subject: all[len(all)-1], Readers: tenants.NewIDs(w.hazel.ID)}
				if err := s.Emit(ctx, tenants.Kind{Key: "test.happened"}, event); err != nil {
					return err
				}
			}
			return nil
		})
		for limit, want := range map[int][]uuid.UUID{4: nil, 5: all, 6: all} {
			w.write(w.north, "willow", func(ctx context.Context, s tenants.Scope) error {
				since := time.Now().Add(-time.Minute)
				happened, err := s.Happened(ctx, since, limit)
				if to, all := happened.For(s.As(tenants.Person{ID: uuid.New(), Roles: w.hazel.Roles}), since); len(to) > 0 || all != (want != nil) {
					t.Errorf("at most %d: somebody else is told of %v, all of it: %v", limit, to, all)
				}
				events, whole := happened.For(s.As(w.hazel), since)
				var told []uuid.UUID
				for _, e := range events {
					told = append(told, e.Subject)
				}
				if !slices.Equal(told, want) || whole != (want != nil) {
					t.Errorf("at most %d: told of %v, all of it: %v; want %v", limit, told, whole, want)
				}
				return err
			})
		}
	})
}

// statements counts the writes to the outbox.
type statements struct{ updates atomic.Int32 }

func (c *statements) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (c *statements) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	if strings.Contains(e.Query, `UPDATE "outbox"`) {
		c.updates.Add(1)
	}
}

func TestWhatIsClaimedIsPutOffInOneStatementEachByItsTries(t *testing.T) {
	onBoth(t, func(w *world) {
		tried := map[uuid.UUID]time.Duration{}
		w.write(w.north, "willow", func(ctx context.Context, s tenants.Scope) error {
			for _, wait := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour, time.Hour} {
				subject := uuid.New()
				tried[subject] = wait
				if err := s.Emit(ctx, tenants.Kind{Key: "test.happened", Queue: "default"}, tenants.Event{Subject: subject}); err != nil {
					return err
				}
				_, err := s.Update((*tenants.Event)(nil)).Set("attempts = ?", len(tried)-1).Where("subject_id = ?", subject).Exec(ctx)
				if err != nil {
					return err
				}
			}
			return nil
		})
		count := &statements{}
		w.db.AddQueryHook(count)
		var claimed, again []tenants.Event
		var at time.Time
		w.write(w.north, "willow", func(ctx context.Context, s tenants.Scope) (err error) {
			s.Now = s.Now.Add(time.Minute)
			at = s.Now
			if claimed, err = (tenants.Outbox{Scope: s}).Claim(ctx, 100); err != nil {
				return err
			}
			again, err = tenants.Outbox{Scope: s}.Claim(ctx, 100)
			return err
		})
		if len(claimed) != len(tried) || len(again) != 0 || count.updates.Load() != 1 {
			w.Errorf("%d claimed of %d, %d of them twice, in %d statements", len(claimed), len(tried), len(again), count.updates.Load())
		}
		var kept []tenants.Event
		w.write(w.north, "willow", func(ctx context.Context, s tenants.Scope) error {
			return s.Select(&kept).Where("kind = 'test.happened'").Order("id").Scan(ctx)
		})
		for i, e := range kept {
			if e.Attempts != i+1 || !e.DueAt.Equal(at.Add(tried[e.Subject])) {
				w.Errorf("after try %d: %d tries, due in %v, want %v", i, e.Attempts, e.DueAt.Sub(at), tried[e.Subject])
			}
		}
	})
}
