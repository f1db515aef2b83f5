package chaos

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

// The team is called on time, and nobody sees a call twice, whether the workers
// die while they call or Redis is away.
func TestTheTeamIsCalledWhateverDies(t *testing.T) {
	mails := testkit.StartSMTP(t)
	f := &fleet{T: t, redis: testkit.StartRedis(t)}
	f.open(testkit.Postgres(t, prepare(t)), "SHARON_REDIS_URL="+f.redis.URL(), "SHARON_SMTP_URL="+mails.URL(), "SHARON_MAIL_FROM=noreply@sharon.example.nhs.uk")
	for range 2 {
		f.start("worker")
	}
	mails.Trouble(testkit.Trouble{At: "SENT", Wait: 3 * time.Second})
	first := f.danger()
	f.within(2*time.Minute, "nobody was called", func() bool { return len(mails.Mails()) > 0 })
	for _, n := range f.nodes {
		n.kill() // the mail server has the email, and nobody knows
	}
	mails.Trouble(testkit.Trouble{})
	healed := f.within(time.Minute, "the call is not kept", func() bool { return f.reached(first) == 1 })
	f.redis.Kill()
	second := f.danger()
	without := f.within(2*time.Minute, "nobody was called without Redis", func() bool { return f.reached(second) == 1 })
	f.redis.Restart()
	t.Logf("kept %v after the workers died; called %v after it was opened, without Redis", healed.Round(time.Second), without.Round(time.Second))
	seen := map[string]bool{}
	for _, mail := range mails.Mails() {
		seen[mail.Header.Get("Message-ID")] = true
	}
	var calls, lines int
	f.read(f.trust(), "SELECT count(*) FROM case_calls WHERE tenant_id = ?", &calls, f.trust())
	f.read(f.trust(), "SELECT count(*) FROM case_entries WHERE tenant_id = ? AND what = 'paged' AND words = 'Email: sent'", &lines, f.trust())
	if len(seen) != 2 || calls != 2 || lines != 2 {
		t.Errorf("the receivers see %d calls, %d are kept and %d are in the timelines; want 2 of each", len(seen), calls, lines)
	}
}

func (f *fleet) trust() (id uuid.UUID) {
	f.Helper()
	f.read(uuid.Nil, "SELECT id FROM trusts WHERE slug = 'trust-01'", &id)
	return id
}

// danger opens a case that cannot wait.
func (f *fleet) danger() uuid.UUID {
	f.Helper()
	id, now := uuid.Must(uuid.NewV7()), time.Now().UTC()
	err := f.db.Write(f.Context(), f.trust(), func(ctx context.Context, db bun.IDB) error {
		_, err := db.NewRaw(`INSERT INTO cases (tenant_id, service_id, id, level, drill, opened_at, due_at, outcome, reason, version)
			SELECT tenant_id, id, ?, 'red', false, ?, ?, '', '', 1 FROM services WHERE tenant_id = ? AND slug = 'willow'`, id, now, now.Add(time.Hour), f.trust()).Exec(ctx)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	return id
}

// reached counts the calls for a case that reached somebody.
func (f *fleet) reached(id uuid.UUID) (n int) {
	f.read(f.trust(), "SELECT count(*) FROM case_calls WHERE tenant_id = ? AND case_id = ? AND reached", &n, f.trust(), id)
	return n
}
