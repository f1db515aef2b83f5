package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// crowd joins so many members to willow and returns them.
func (s *site) crowd(many int) (ids []uuid.UUID) {
	s.t.Helper()
	err := s.app.Directory.WriteAs(s.t.Context(), s.northmoor(), "willow", func(ctx context.Context, sc tenants.Scope) error {
		accounts, people := make([]tenants.Account, many), make([]tenants.Person, many)
		for i := range many {
			account := tenants.Account{ID: uuid.Must(uuid.NewV7()), EmailLookup: fmt.Sprint("crowd", i), Status: "active", CreatedAt: sc.Now}
			var err error
			if account.EmailSealed, err = testKeys.Seal(fmt.Sprintf("crowd-%d@example.org", i), account.ID.String()); err != nil {
				return err
			}
			accounts[i] = account
			people[i] = tenants.Person{ID: uuid.Must(uuid.NewV7()), AccountID: account.ID, Roles: tenants.Roles{tenants.ServiceUser}, Status: "active", JoinedAt: sc.Now}
			people[i].Call(fmt.Sprint("Crowd ", i))
			ids = append(ids, people[i].ID)
		}
		for at := 0; at < many; at += 1000 {
			end := min(at+1000, many)
			if _, err := tenants.InsertAll(sc, accounts[at:end]).Exec(ctx); err != nil {
				return err
			}
			if _, err := tenants.InsertAll(sc, people[at:end]).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return ids
}

// It says how fast that was; how fast it must be is for a machine that does
// nothing else, without the race detector (docs/performance.md).
func TestACrowdIsToldOnceEach(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		const many = 2_000
		members := s.crowd(many)
		s.app.Outside.Email = func(context.Context, mail.Message) error { return nil }
		lead := s.over("lead.willow@northmoor")
		made := lead.sendJSON("/willow/forums/boards", map[string]any{"name": "News", "audience": "peers", "who_may_post": "staff", "position": 9})
		lead.sendJSON("/willow/forums/threads", map[string]any{"board": field(t, made, "slug"), "title": "We move", "body": "On Monday."})
		began := time.Now()
		s.settle(1)
		took := time.Since(began)
		if n := s.count("SELECT count(*) FROM notices WHERE tenant_id = ? AND kind = 'staff_notice'", s.northmoor()); n < many {
			t.Fatalf("%d inboxes have it", n)
		}
		t.Logf("%d inboxes in %v", many, took)
		s.clock.Advance(8 * time.Hour)
		began = time.Now()
		s.round("digests")
		took = time.Since(began)
		var digests, receivers int
		s.scan([]any{&digests, &receivers}, "SELECT count(*), count(DISTINCT member_id) FROM deliveries WHERE tenant_id = ? AND kind = 'digest'", s.northmoor())
		t.Logf("%d digests made in %v: %.0f a second", digests, took, float64(digests)/took.Seconds())
		if digests < many || digests != receivers {
			t.Errorf("%d digests for %d members", digests, receivers)
		}
		// Everybody has email at once, all in one go.
		err := s.app.Directory.WriteAs(t.Context(), s.northmoor(), "willow", func(ctx context.Context, sc tenants.Scope) error {
			began = time.Now()
			return s.tellAll(ctx, sc, modules.Notice{Kind: "message", To: members, Subject: uuid.New(), Path: "/me"})
		})
		t.Logf("%d inboxes with an email each in %v", many, time.Since(began))
		if n := s.count("SELECT count(*) FROM deliveries WHERE tenant_id = ? AND kind = 'message'", s.northmoor()); n != many || err != nil {
			t.Errorf("%d emails wait: %v", n, err)
		}
	})
}

// round has a round of willow's run, as a worker would.
func (s *site) round(key string) {
	s.t.Helper()
	var here tenants.Scope
	err := s.app.Directory.ReadAs(s.t.Context(), s.northmoor(), "willow", func(_ context.Context, sc tenants.Scope) error {
		here = sc
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, round := range modules.Rounds(s.app.Rooms) {
		if round.Key == key {
			if err := round.Do(s.t.Context(), here); err != nil {
				s.t.Fatal(err)
			}
		}
	}
}
