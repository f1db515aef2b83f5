package exitkit

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/tenants"
)

// Kit is a kit that the platform's staff asked for.
type Kit struct {
	bun.BaseModel `bun:"table:platform_kits,alias:kit"`
	tenants.OfTrust

	ID        uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	StaffID   uuid.UUID `bun:"staff_id,type:uuid" json:"-"`
	Recipient string    `bun:"recipient" json:"recipient"`
	State     string    `bun:"state" json:"state"`
	Claim     uuid.UUID `bun:"claim,type:uuid" json:"-"`
	DueAt     time.Time `bun:"due_at" json:"-"`
	Attempts  int       `bun:"attempts" json:"-"`
	Problem   string    `bun:"problem" json:"problem,omitempty"`

	Rows    int64  `bun:"table_rows" json:"rows"` // while it is made: so far
	Tables  int    `bun:"table_count" json:"tables"`
	Files   int64  `bun:"file_count" json:"files"`
	Missing int    `bun:"missing_files" json:"missing_files"` // that rows name and storage does not have
	Bytes   int64  `bun:"bytes" json:"bytes"`
	SHA256  string `bun:"sha256" json:"sha256,omitempty"`
	// What the check by restoring found of the audit log.
	Sealed   int64 `bun:"audit_records" json:"audit_records"`
	Problems int   `bun:"audit_problems" json:"audit_problems"`

	AskedAt   time.Time  `bun:"asked_at" json:"asked_at"`
	ReadyAt   *time.Time `bun:"ready_at" json:"ready_at,omitempty"`
	ExpiresAt time.Time  `bun:"expires_at" json:"expires_at"`
}

// The states of a kit.
const (
	Waiting = "waiting"
	Making  = "making"
	Ready   = "ready"
	Failed  = "failed"
	Expired = "expired"
	Removed = "removed" // by hand
)

// Key is the public key that a trust wants its kits for.
type Key struct {
	bun.BaseModel `bun:"table:kit_keys,alias:key"`
	tenants.InTrust

	Recipient string    `bun:"recipient" json:"recipient"`
	AccountID uuid.UUID `bun:"account_id,type:uuid" json:"-"`
	GivenAt   time.Time `bun:"given_at" json:"given_at"`
}

// keyOf is the key of the trust; nil if it has given none.
func keyOf(ctx context.Context, s tenants.Scope) (*Key, error) {
	var key Key
	err := s.Select(&key).Scan(ctx)
	if database.Missing(err) {
		return nil, nil
	}
	return &key, err
}

func giveKey(ctx context.Context, s tenants.Scope, key Key) error {
	_, err := s.Insert(&key).On("CONFLICT (tenant_id) DO UPDATE").Set("recipient = EXCLUDED.recipient").Set("account_id = EXCLUDED.account_id").Set("given_at = EXCLUDED.given_at").Exec(ctx)
	return err
}

// kits is the table within a transaction.
type kits struct{ db bun.IDB }

// latest are those of a trust, the last one first.
func (k kits) latest(ctx context.Context, trust uuid.UUID, most int) (all []Kit, err error) {
	return all, k.db.NewSelect().Model(&all).Where("kit.trust_id = ?", trust).Order("kit.asked_at DESC", "kit.id DESC").Limit(int64(most)).Scan(ctx)
}

func (k kits) one(ctx context.Context, trust, id uuid.UUID) (kit Kit, err error) {
	return kit, k.db.NewSelect().Model(&kit).Where("kit.trust_id = ?", trust).Where("kit.id = ?", id).Scan(ctx)
}

// claim takes the kit that has waited longest; NotFound if none waits.
func (k kits) claim(ctx context.Context, now time.Time, lease time.Duration) (kit Kit, err error) {
	next := k.db.NewSelect().Model((*Kit)(nil)).Column("id").Where("kit.state IN (?, ?)", Waiting, Making).Where("kit.due_at <= ?", now).Order("kit.asked_at").Limit(1)
	err = k.db.NewUpdate().Model(&kit).Set("state = ?", Making).Set("claim = ?", uuid.New()).Set("due_at = ?", now.Add(lease)).
		Set("attempts = attempts + 1").Set("table_rows = 0").Where("kit.id = (?)", next).Where("kit.due_at <= ?", now).Returning("*").Scan(ctx)
	return kit, err
}

// save writes columns of a kit that is this worker's. NotFound if it is not any more.
func (k kits) save(ctx context.Context, kit Kit, columns ...string) error {
	return tenants.Touched(k.db.NewUpdate().Model(&kit).Column(columns...).WherePK().Where("claim = ?", kit.Claim).Where("state = ?", Making).Exec(ctx))
}

// over are those whose file is to go: their time has come, or they were removed.
func (k kits) over(ctx context.Context, now time.Time) (all []Kit, err error) {
	return all, k.db.NewSelect().Model(&all).Where("kit.state = ?", Ready).Where("kit.expires_at <= ?", now).Limit(100).Scan(ctx)
}

// end puts a kit that is ready in its last state.
func (k kits) end(ctx context.Context, kit Kit, state string) error {
	return tenants.Touched(k.db.NewUpdate().Model((*Kit)(nil)).Set("state = ?", state).Where("trust_id = ?", kit.TrustID).Where("id = ?", kit.ID).Where("state = ?", Ready).Exec(ctx))
}

// none tells whether there was nothing to claim.
func none(err error) bool { return database.Missing(err) }
