package account

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/tenants"
)

func sessionsOf(ctx context.Context, s tenants.Scope) (rows []tenants.Session, err error) {
	err = s.Select(&rows).Where("account_id = ?", s.Actor.AccountID).Order("seen_at DESC", "created_at DESC").Scan(ctx)
	return rows, err
}

func endSession(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	return tenants.Touched(s.Delete((*tenants.Session)(nil)).Where("id = ?", id).Where("account_id = ?", s.Actor.AccountID).Exec(ctx))
}

func endSessions(ctx context.Context, s tenants.Scope) (int64, error) {
	result, err := s.Delete((*tenants.Session)(nil)).Where("account_id = ?", s.Actor.AccountID).Exec(ctx)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// endWeakSessions ends those that were opened by a password alone, but this one.
func endWeakSessions(ctx context.Context, s tenants.Scope) error {
	_, err := s.Delete((*tenants.Session)(nil)).Where("account_id = ?", s.Actor.AccountID).Where("strong = ?", false).Where("id <> ?", s.Actor.Session()).Exec(ctx)
	return err
}

// useStep takes a code's step of time; NotFound if it, or a later one, was taken.
func useStep(ctx context.Context, s tenants.Scope, account uuid.UUID, step int64) error {
	return tenants.Touched(s.Update((*tenants.Account)(nil)).Set("totp_used = ?", step).Where("id = ?", account).Where("totp_used < ?", step).Exec(ctx))
}

// setFactor keeps the sealed secret of an app, whose first code was of step.
func setFactor(ctx context.Context, s tenants.Scope, account uuid.UUID, sealed string, step int64) error {
	return tenants.Touched(s.Update((*tenants.Account)(nil)).Set("totp_sealed = ?", sealed).Set("totp_used = ?", step).Where("id = ?", account).Exec(ctx))
}

// setLock keeps what opens an account's lock.
func setLock(ctx context.Context, s tenants.Scope, account tenants.Account) error {
	return tenants.Touched(s.Update(&account).Column("lock_kind", "lock_minutes", "pin_sealed").Where("id = ?", account.ID).Exec(ctx))
}

// recoveryCode is the hash of a code that is good once.
type recoveryCode struct {
	bun.BaseModel `bun:"table:recovery_codes,alias:recovery"`
	tenants.InTrust

	AccountID uuid.UUID `bun:"account_id,pk,type:uuid"`
	Hash      string    `bun:"code_hash,pk"`
}

func useRecoveryCode(ctx context.Context, s tenants.Scope, account uuid.UUID, hash string) error {
	return tenants.Touched(s.Delete((*recoveryCode)(nil)).Where("account_id = ?", account).Where("code_hash = ?", hash).Exec(ctx))
}

func countRecoveryCodes(ctx context.Context, s tenants.Scope, account uuid.UUID) (int, error) {
	n, err := s.Select((*recoveryCode)(nil)).Where("account_id = ?", account).Count(ctx)
	return int(n), err
}

// setRecoveryCodes replaces those of an account.
func setRecoveryCodes(ctx context.Context, s tenants.Scope, account uuid.UUID, hashes []string) error {
	if _, err := s.Delete((*recoveryCode)(nil)).Where("account_id = ?", account).Exec(ctx); err != nil || len(hashes) == 0 {
		return err
	}
	rows := make([]recoveryCode, len(hashes))
	for i, hash := range hashes {
		rows[i] = recoveryCode{AccountID: account, Hash: hash}
	}
	_, err := tenants.InsertAll(s, rows).Exec(ctx)
	return err
}

// passkey is a key that a device keeps for an account.
type passkey struct {
	bun.BaseModel `bun:"table:passkeys,alias:passkey"`
	tenants.InTrust

	ID           uuid.UUID `bun:"id,pk,type:uuid"`
	AccountID    uuid.UUID `bun:"account_id,type:uuid"`
	Host         string    `bun:"host"`
	CredentialID string    `bun:"credential_id"`
	Credential   string    `bun:"credential"` // a webauthn.Credential as JSON: a public key and what is known of it
	Name         string    `bun:"name"`
	CreatedAt    time.Time `bun:"created_at"`
	UsedAt       time.Time `bun:"used_at,nullzero"`
}

func passkeysOf(ctx context.Context, s tenants.Scope, account uuid.UUID) (rows []passkey, err error) {
	err = s.Select(&rows).Where("account_id = ?", account).Order("created_at").Scan(ctx)
	return rows, err
}

// passkeyBy finds the passkey of a credential at this host and locks it.
func passkeyBy(ctx context.Context, s tenants.Scope, credential string) (row passkey, err error) {
	err = s.Lock(&row).Where("credential_id = ?", credential).Where("host = ?", s.Client.Host).Scan(ctx)
	return row, err
}

// ceremony is a question that waits for its one answer.
type ceremony struct {
	bun.BaseModel `bun:"table:ceremonies,alias:ceremony"`
	tenants.InTrust

	AskHash string    `bun:"ask_hash,pk"`
	Kind    string    `bun:"kind"`
	Sealed  string    `bun:"sealed"`
	EndsAt  time.Time `bun:"ends_at"`
}

// ceremonyFor is how long somebody may take to answer.
const ceremonyFor = 10 * time.Minute

// begin keeps what belongs to a question until it is answered.
func begin(ctx context.Context, s tenants.Scope, keys crypt.Keys, kind, ask, about string) error {
	if _, err := s.Delete((*ceremony)(nil)).Where("ends_at < ?", s.Now).Exec(ctx); err != nil {
		return err
	}
	hash := crypt.TokenHash(ask)
	sealed, err := keys.Seal(about, kind+hash)
	if err != nil {
		return err
	}
	_, err = s.Insert(&ceremony{AskHash: hash, Kind: kind, Sealed: sealed, EndsAt: s.Now.Add(ceremonyFor)}).Exec(ctx)
	return err
}

// finish takes out what belongs to a question; of two answers at once one gets it.
// NotFound if the question was never asked, is answered, or was too long ago.
func finish(ctx context.Context, s tenants.Scope, keys crypt.Keys, kind, ask string) (about string, err error) {
	var row ceremony
	hash := crypt.TokenHash(ask)
	err = s.Select(&row).Where("ask_hash = ?", hash).Where("kind = ?", kind).Where("ends_at >= ?", s.Now).Scan(ctx)
	if err != nil {
		return "", err
	}
	if err := tenants.Touched(s.Delete((*ceremony)(nil)).Where("ask_hash = ?", hash).Exec(ctx)); err != nil {
		return "", err
	}
	return keys.Open(row.Sealed, kind+hash)
}

func addPasskey(ctx context.Context, s tenants.Scope, row *passkey) error {
	_, err := s.Insert(row).Exec(ctx)
	return err
}

// notePasskey keeps what a use changed: the counter by which a copy is found out.
func notePasskey(ctx context.Context, s tenants.Scope, row passkey, used any) error {
	kept, err := json.Marshal(used)
	if err != nil {
		return err
	}
	return tenants.Touched(s.Update((*passkey)(nil)).Set("credential = ?", string(kept)).Set("used_at = ?", s.Now).Where("id = ?", row.ID).Exec(ctx))
}

func namePasskey(ctx context.Context, s tenants.Scope, id uuid.UUID, name string) error {
	return tenants.Touched(s.Update((*passkey)(nil)).Set("name = ?", name).Where("id = ?", id).Where("account_id = ?", s.Actor.AccountID).Exec(ctx))
}

func removePasskey(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	return tenants.Touched(s.Delete((*passkey)(nil)).Where("id = ?", id).Where("account_id = ?", s.Actor.AccountID).Exec(ctx))
}

func allProviders(ctx context.Context, s tenants.Scope) (rows []provider, err error) {
	err = s.Select(&rows).Order("name", "id").Scan(ctx)
	return rows, err
}

func providerBy(ctx context.Context, s tenants.Scope, id uuid.UUID) (row provider, err error) {
	err = s.Select(&row).Where("id = ?", id).Scan(ctx)
	return row, err
}

func addProvider(ctx context.Context, s tenants.Scope, row *provider) error {
	_, err := s.Insert(row).Exec(ctx)
	return err
}

func removeProvider(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	return tenants.Touched(s.Delete((*provider)(nil)).Where("id = ?", id).Exec(ctx))
}

// providerAccount says whose account it is that a provider calls subject.
type providerAccount struct {
	bun.BaseModel `bun:"table:provider_accounts,alias:link"`
	tenants.InTrust

	Issuer    string    `bun:"issuer,pk"`
	Subject   string    `bun:"subject,pk"`
	AccountID uuid.UUID `bun:"account_id,type:uuid"`
	LinkedAt  time.Time `bun:"linked_at"`
}

func link(ctx context.Context, s tenants.Scope, issuer, subject string, account uuid.UUID) error {
	_, err := s.Insert(&providerAccount{Issuer: issuer, Subject: subject, AccountID: account, LinkedAt: s.Now}).Exec(ctx)
	return err
}

// linkedAccount is the active account of a provider's subject. No row if there is none.
func linkedAccount(ctx context.Context, s tenants.Scope, issuer, subject string) (account tenants.Account, err error) {
	linked := s.Select((*providerAccount)(nil)).Column("account_id").Where("issuer = ?", issuer).Where("subject = ?", subject)
	err = s.Select(&account).Where("id IN (?)", linked).Where("status = 'active'").Scan(ctx)
	return account, err
}

func accountByEmail(ctx context.Context, s tenants.Scope, lookup string) (account tenants.Account, err error) {
	err = s.Select(&account).Where("email_lookup = ?", lookup).Where("status = 'active'").Scan(ctx)
	return account, err
}

// providersOf names the providers that an account is linked with.
func providersOf(ctx context.Context, s tenants.Scope, account uuid.UUID) ([]string, error) {
	names := []string{}
	linked := s.Select((*providerAccount)(nil)).Column("issuer").Where("account_id = ?", account)
	err := s.Select((*provider)(nil)).Column("name").Where("issuer IN (?)", linked).Order("name").Scan(ctx, &names)
	return names, err
}
