package main

import (
	"context"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/workers"
)

// settle has so many workers do all that is due by the site's clock, and what
// follows from that, and stops them.
func (s *site) settle(many int) {
	s.t.Helper()
	// What the relay has not handed over yet the sweep does, now rather than in ten seconds.
	for _, trust := range s.trusts() {
		s.sql("UPDATE outbox SET due_at = ? WHERE tenant_id = ? AND (due_at <= ? OR attempts > 0 AND due_at <= ?)", s.clock.Now(), trust, s.clock.Now().Add(10*time.Second), s.clock.Now().Add(30*time.Second))
	}
	ctx, stop := context.WithCancel(s.t.Context())
	var all sync.WaitGroup
	for range many {
		all.Go(func() {
			if err := workers.Run(ctx, s.app.work(s.relay, nil)); err != nil {
				s.t.Error(err)
			}
		})
	}
	for deadline := time.Now().Add(2 * time.Minute); s.due() > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			var waiting string
			s.scan([]any{&waiting}, "SELECT coalesce(min(kind || ' ' || error), 'nothing') FROM outbox WHERE tenant_id = ? AND attempts > 0 AND due_at IS NOT NULL", s.northmoor())
			s.t.Errorf("%d things are still to be done: %s", s.due(), waiting)
			break
		}
	}
	stop()
	all.Wait()
}

func (s *site) trusts() (ids []string) {
	s.t.Helper()
	all, err := s.app.Directory.Trusts(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, trust := range all {
		ids = append(ids, trust.ID.String())
	}
	return ids
}

// due counts what a worker has still to do: events of this moment, those that the
// sweep has handed over, digests, and calls for cases.
func (s *site) due() (n int) {
	s.t.Helper()
	trusts, err := s.app.Directory.Trusts(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, trust := range trusts {
		err := s.app.DB.Read(s.t.Context(), trust.ID, func(ctx context.Context, db bun.IDB) error {
			var some int
			now := s.clock.Now()
			err := db.NewRaw(`SELECT (SELECT count(*) FROM outbox WHERE tenant_id = ? AND (due_at <= ? OR attempts > 0 AND due_at <= ?))
				+ (SELECT count(*) FROM notification_settings WHERE tenant_id = ? AND next_digest_at <= ?)`,
				trust.ID, now.Add(10*time.Second), now.Add(30*time.Second), trust.ID, now).Scan(ctx, &some)
			n += some
			if err != nil {
				return err
			}
			err = db.NewRaw(`SELECT (SELECT count(*) FROM case_calls WHERE tenant_id = ? AND stopped_at IS NULL AND try_at <= ?)
				+ (SELECT count(*) FROM case_calls WHERE tenant_id = ? AND stopped_at IS NULL AND tries > 0 AND try_at IS NOT NULL AND attempts = '[]')
				+ (SELECT count(*) FROM cases WHERE tenant_id = ? AND closed_at IS NULL AND asked_until <= ?)
				+ (SELECT count(*) FROM cases AS c WHERE c.tenant_id = ? AND c.closed_at IS NULL AND c.acked_at IS NULL AND c.level IN ('crisis', 'red')
					AND NOT EXISTS (SELECT 1 FROM case_calls AS k WHERE k.tenant_id = c.tenant_id AND k.case_id = c.id AND k.stopped_at IS NULL AND k.next_at > ?))`,
				trust.ID, now, trust.ID, trust.ID, now, trust.ID, now).Scan(ctx, &some)
			n += some
			return err
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return n
}
