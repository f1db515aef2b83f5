package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

func put(ctx context.Context, s tenants.Scope, row *Kept) error {
	_, err := s.Insert(row).On("CONFLICT (tenant_id, account_id) DO UPDATE").
		Set("sealed = EXCLUDED.sealed").Set("nhs_lookup = EXCLUDED.nhs_lookup").
		Set("phone_verified_at = EXCLUDED.phone_verified_at").Set("phone_refused_at = EXCLUDED.phone_refused_at").
		Set("updated_at = EXCLUDED.updated_at").Exec(ctx)
	return err
}

func rowsOf(ctx context.Context, s tenants.Scope, accounts []uuid.UUID) (rows []Kept, err error) {
	err = s.Select(&rows).Where("identity.account_id IN (?)", bun.List(append(accounts, uuid.Nil))).Scan(ctx)
	return rows, err
}

// refuse notes that a number that was shown before a time took no text.
func refuse(ctx context.Context, s tenants.Scope, account uuid.UUID, before time.Time) error {
	_, err := s.Update((*Kept)(nil)).Set("phone_refused_at = ?", s.Now).Where("account_id = ?", account).Where("phone_verified_at <= ?", before).Exec(ctx)
	return err
}

func codeOf(ctx context.Context, s tenants.Scope, account uuid.UUID) (row phoneCode, err error) {
	return row, s.Select(&row).Where("account_id = ?", account).Scan(ctx)
}

func codeBy(ctx context.Context, s tenants.Scope, id uuid.UUID) (row phoneCode, err error) {
	return row, s.Select(&row).Where("id = ?", id).Scan(ctx)
}

// putCode takes the place of the account's code before.
func putCode(ctx context.Context, s tenants.Scope, row *phoneCode) error {
	_, err := s.Insert(row).On("CONFLICT (tenant_id, account_id) DO UPDATE").Set("id = EXCLUDED.id").Set("sealed = EXCLUDED.sealed").
		Set("refused = EXCLUDED.refused").Set("created_at = EXCLUDED.created_at").Set("expires_at = EXCLUDED.expires_at").Exec(ctx)
	return err
}

func refuseCode(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	_, err := s.Update((*phoneCode)(nil)).Set("refused = ?", true).Where("id = ?", id).Exec(ctx)
	return err
}

// useCode uses a code up. NotFound if somebody was faster.
func useCode(ctx context.Context, s tenants.Scope, id uuid.UUID) error {
	return tenants.Touched(s.Delete((*phoneCode)(nil)).Where("id = ?", id).Exec(ctx))
}

func dropCodes(ctx context.Context, s tenants.Scope, account uuid.UUID) error {
	_, err := s.Delete((*phoneCode)(nil)).Where("account_id = ?", account).Exec(ctx)
	return err
}

func accountOf(ctx context.Context, s tenants.Scope, id uuid.UUID) (account tenants.Account, err error) {
	return account, s.Select(&account).Where("id = ?", id).Scan(ctx)
}

// memberBy finds members of this service whose account has the email, or whose
// identity has the NHS number, of that look-up.
func memberBy(ctx context.Context, s tenants.Scope, lookup string) (people []tenants.Person, err error) {
	err = s.Select(&people).Where("person.status = 'active'").
		Where(`(person.account_id IN (SELECT a.id FROM accounts AS a WHERE a.tenant_id = person.tenant_id AND a.email_lookup = ?)
			OR person.account_id IN (SELECT i.account_id FROM identities AS i WHERE i.tenant_id = person.tenant_id AND i.nhs_lookup = ?))`, lookup, lookup).
		Order("person.handle_key").Limit(10).Scan(ctx)
	return people, err
}

// looksAt lists when staff looked up who an account is, the latest first, except
// for those that are kept from the member.
func looksAt(ctx context.Context, s tenants.Scope, account uuid.UUID) (records []tenants.Record, err error) {
	var mine []tenants.Person
	if err = s.SelectAcross(&mine).Where("account_id = ?", account).Scan(ctx); err != nil || len(mine) == 0 {
		return nil, err
	}
	ids := make([]uuid.UUID, len(mine))
	for i, person := range mine {
		ids[i] = person.ID
	}
	err = s.Select(&records).Where("record.action = ?", read).Where("record.subject_id IN (?)", bun.List(ids)).Order("record.at DESC", "record.id DESC").Limit(50).Scan(ctx)
	return records, err
}

// lookers are the members that those who looked are known as.
func lookers(ctx context.Context, s tenants.Scope, records []tenants.Record) (people []tenants.Person, err error) {
	if len(records) == 0 {
		return nil, nil
	}
	ids := make([]uuid.UUID, len(records))
	for i, record := range records {
		ids[i] = record.AccountID
	}
	return people, tenants.Face(s.SelectAcross(&people)).Column("account_id", "service_id").Where("account_id IN (?)", bun.List(ids)).Scan(ctx)
}
