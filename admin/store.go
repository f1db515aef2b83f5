package admin

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/tenants"
)

// Staff is somebody who works on the platform.
type Staff struct {
	bun.BaseModel `bun:"table:platform_staff,alias:staff"`

	ID           uuid.UUID     `bun:"id,pk,type:uuid"`
	EmailLookup  string        `bun:"email_lookup"`
	EmailSealed  string        `bun:"email_sealed"`
	Name         string        `bun:"name"`
	PasswordHash string        `bun:"password_hash"`
	TOTPSealed   string        `bun:"totp_sealed"`
	TOTPUsed     int64         `bun:"totp_used"`
	Roles        tenants.Roles `bun:"roles"`
	Status       string        `bun:"status"` // "active" or "closed"
	CreatedAt    time.Time     `bun:"created_at"`
	Version      int           `bun:"version"`
}

// app tells whether they give a code of an app as their second step.
func (s Staff) app() bool { return s.TOTPSealed != "" }

// Session is a signed-in browser or client. Only the hash of its token is stored.
type Session struct {
	bun.BaseModel `bun:"table:platform_sessions,alias:session"`

	TokenHash string    `bun:"token_hash,pk"`
	StaffID   uuid.UUID `bun:"staff_id,type:uuid"`
	Staff     *Staff    `bun:"rel:belongs-to,join:staff_id=id"`
	Strong    bool      `bun:"strong"` // both factors have been shown, not the password alone
	CreatedAt time.Time `bun:"created_at"`
	SeenAt    time.Time `bun:"seen_at"`
}

// throttle counts failures of one subject at the console's sign-in.
type throttle struct {
	bun.BaseModel `bun:"table:platform_throttles,alias:throttle"`

	Subject   string    `bun:"subject,pk"`
	Failures  float64   `bun:"failures"`
	UpdatedAt time.Time `bun:"updated_at"`
}

// store is the platform's tables within one transaction.
type store struct {
	db  bun.IDB
	now time.Time
}

var _ signin.Failures = store{}

// within turns work on the store into work on a transaction.
func within(now time.Time, fn func(context.Context, store) error) func(context.Context, bun.IDB) error {
	return func(ctx context.Context, db bun.IDB) error { return fn(ctx, store{db, now}) }
}

func (s store) add(ctx context.Context, staff *Staff) error {
	_, err := s.db.NewInsert().Model(staff).Exec(ctx)
	return err
}

// byEmail finds active staff; the zero Staff if there is nobody.
func (s store) byEmail(ctx context.Context, lookup string) (staff Staff, err error) {
	err = s.db.NewSelect().Model(&staff).Where("email_lookup = ?", lookup).Where("status = 'active'").Scan(ctx)
	if database.Missing(err) {
		return Staff{}, nil
	}
	return staff, err
}

// session finds the session of a token, with its staff; nil if there is none.
func (s store) session(ctx context.Context, hash string) (*Session, error) {
	found := &Session{}
	err := s.db.NewSelect().Model(found).Relation("Staff").Where("session.token_hash = ?", hash).Where("staff.status = 'active'").Scan(ctx)
	if database.Missing(err) {
		return nil, nil
	}
	return found, err
}

// openSession makes a session and returns its token, which is shown once.
func (s store) openSession(ctx context.Context, staff uuid.UUID) (string, error) {
	token := crypt.Token()
	row := Session{TokenHash: crypt.TokenHash(token), StaffID: staff, CreatedAt: s.now, SeenAt: s.now}
	_, err := s.db.NewInsert().Model(&row).Exec(ctx)
	return token, err
}

// strengthen notes that the session has now shown both factors.
func (s store) strengthen(ctx context.Context, hash string) error {
	return tenants.Touched(s.db.NewUpdate().Model((*Session)(nil)).Set("strong = ?", true).Where("token_hash = ?", hash).Exec(ctx))
}

// useStep takes a code's step of time; NotFound if it, or a later one, was taken.
func (s store) useStep(ctx context.Context, staff uuid.UUID, step int64) error {
	return tenants.Touched(s.db.NewUpdate().Model((*Staff)(nil)).Set("totp_used = ?", step).Where("id = ?", staff).Where("totp_used < ?", step).Exec(ctx))
}

func (s store) setFactor(ctx context.Context, staff uuid.UUID, sealed string, step int64) error {
	return tenants.Touched(s.db.NewUpdate().Model((*Staff)(nil)).Set("totp_sealed = ?", sealed).Set("totp_used = ?", step).Where("id = ?", staff).Exec(ctx))
}

// recoveryCode is the hash of a code that is good once.
type recoveryCode struct {
	bun.BaseModel `bun:"table:platform_recovery_codes,alias:recovery"`

	StaffID uuid.UUID `bun:"staff_id,pk,type:uuid"`
	Hash    string    `bun:"code_hash,pk"`
}

func (s store) useRecoveryCode(ctx context.Context, staff uuid.UUID, hash string) error {
	return tenants.Touched(s.db.NewDelete().Model((*recoveryCode)(nil)).Where("staff_id = ?", staff).Where("code_hash = ?", hash).Exec(ctx))
}

// setRecoveryCodes replaces those of a colleague.
func (s store) setRecoveryCodes(ctx context.Context, staff uuid.UUID, hashes []string) error {
	if _, err := s.db.NewDelete().Model((*recoveryCode)(nil)).Where("staff_id = ?", staff).Exec(ctx); err != nil {
		return err
	}
	rows := make([]recoveryCode, len(hashes))
	for i, hash := range hashes {
		rows[i] = recoveryCode{StaffID: staff, Hash: hash}
	}
	_, err := s.db.NewInsert().Model(&rows).Exec(ctx)
	return err
}

func (s store) closeSession(ctx context.Context, hash string) error {
	_, err := s.db.NewDelete().Model((*Session)(nil)).Where("token_hash = ?", hash).Exec(ctx)
	return err
}

func (s store) touch(ctx context.Context, hash string) error {
	_, err := s.db.NewUpdate().Model((*Session)(nil)).Set("seen_at = ?", s.now).Where("token_hash = ?", hash).Exec(ctx)
	return err
}

// sweep removes sessions that are over, old receipts and limits that have healed.
func (s store) sweep(ctx context.Context, limits signin.Sessions) error {
	if _, err := s.db.NewDelete().Model((*Session)(nil)).Where("(seen_at < ? OR created_at < ?)", s.now.Add(-limits.Idle), s.now.Add(-limits.Absolute)).Exec(ctx); err != nil {
		return err
	}
	if _, err := s.db.NewDelete().Model((*receipt)(nil)).Where("created_at < ?", s.now.Add(-keptReceipts)).Exec(ctx); err != nil {
		return err
	}
	_, err := s.db.NewDelete().Model((*throttle)(nil)).Where("updated_at < ?", s.now.Add(-signin.Healed)).Exec(ctx)
	return err
}

// begin keeps that a command is begun, or finds the receipt that its key has already.
func (s store) begin(ctx context.Context, mine receipt) (*receipt, error) {
	result, err := s.db.NewInsert().Model(&mine).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return nil, err
	}
	if made, err := result.RowsAffected(); err != nil || made > 0 {
		return nil, err
	}
	before := &receipt{}
	return before, s.db.NewSelect().Model(before).Where("staff_id = ?", mine.StaffID).Where("once_key = ?", mine.OnceKey).Scan(ctx)
}

func (s store) finish(ctx context.Context, mine receipt) error {
	_, err := s.db.NewUpdate().Model(&mine).Column("location", "answer", "done").WherePK().Exec(ctx)
	return err
}

// takeBack forgets a command that did nothing.
func (s store) takeBack(ctx context.Context, mine receipt) error {
	_, err := s.db.NewDelete().Model(&mine).WherePK().Exec(ctx)
	return err
}

// forUpdate locks what is read until the transaction ends.
func forUpdate(q *bun.SelectQuery) *bun.SelectQuery {
	if q.Dialect().Name() == dialect.PG { // SQLite has one writer
		return q.For("UPDATE")
	}
	return q
}

// Lock implements signin.Failures.
func (s store) Lock(ctx context.Context, subject string) (float64, time.Time, error) {
	row := throttle{Subject: subject, UpdatedAt: s.now}
	if _, err := s.db.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return 0, s.now, err
	}
	var rows []throttle
	if err := forUpdate(s.db.NewSelect().Model(&rows).Where("subject = ?", subject)).Scan(ctx); err != nil || len(rows) == 0 {
		return 0, s.now, err // no row: it has just been swept
	}
	return rows[0].Failures, rows[0].UpdatedAt, nil
}

// Set implements signin.Failures.
func (s store) Set(ctx context.Context, subject string, failures float64) error {
	row := throttle{Subject: subject, Failures: failures, UpdatedAt: s.now}
	_, err := s.db.NewInsert().Model(&row).On("CONFLICT (subject) DO UPDATE").Set("failures = EXCLUDED.failures").Set("updated_at = EXCLUDED.updated_at").Exec(ctx)
	return err
}

// Forgive implements signin.Failures.
func (s store) Forgive(ctx context.Context, subject string) error {
	_, err := s.db.NewUpdate().Model((*throttle)(nil)).Set("failures = CASE WHEN failures > 1 THEN failures - 1 ELSE 0 END").Where("subject = ?", subject).Exec(ctx)
	return err
}
