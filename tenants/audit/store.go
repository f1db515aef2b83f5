package audit

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/tenants"
)

// lastSeal is the end of the chain; number 0 where it has not begun.
func lastSeal(ctx context.Context, s tenants.Scope) (Seal, error) {
	last := beginning
	err := s.Select(&last).Order("seal.number DESC").Limit(1).Scan(ctx)
	if database.Missing(err) {
		return beginning, nil
	}
	return last, err
}

const notSealed = "NOT EXISTS (SELECT 1 FROM audit_seals AS seal WHERE seal.tenant_id = record.tenant_id AND seal.record_id = record.id)"

// unsealed are the next records for the chain.
func unsealed(ctx context.Context, s tenants.Scope, last Seal, limit int) (records []tenants.Record, err error) {
	err = s.Select(&records).Where(notSealed).Where("record.at >= ?", last.UpTo.Add(-late)).Order("record.at", "record.id").Limit(int64(limit)).Scan(ctx)
	return records, err
}

// tooLate are the records that will never be sealed.
func tooLate(ctx context.Context, s tenants.Scope, last Seal) (records []tenants.Record, err error) {
	err = s.Select(&records).Where(notSealed).Where("record.at < ?", last.UpTo.Add(-late)).Order("record.at", "record.id").Limit(inOne).Scan(ctx)
	return records, err
}

// waiting counts the records that the next round seals.
func waiting(ctx context.Context, s tenants.Scope, last Seal) (int, error) {
	n, err := s.Select((*tenants.Record)(nil)).Where(notSealed).Where("record.at >= ?", last.UpTo.Add(-late)).Count(ctx)
	return int(n), err
}

// sealsAfter reads on in the chain.
func sealsAfter(ctx context.Context, s tenants.Scope, number int64) (seals []Seal, err error) {
	err = s.Select(&seals).Where("seal.number > ?", number).Order("seal.number").Limit(inOne).Scan(ctx)
	return seals, err
}

// sealedBy are the records of some seals, by id.
func sealedBy(ctx context.Context, s tenants.Scope, seals []Seal) (map[uuid.UUID]tenants.Record, error) {
	ids := make([]uuid.UUID, len(seals))
	for i, seal := range seals {
		ids[i] = seal.RecordID
	}
	var records []tenants.Record
	err := s.Select(&records).Where("record.id IN (?)", bun.List(ids)).Scan(ctx)
	byID := make(map[uuid.UUID]tenants.Record, len(records))
	for _, r := range records {
		byID[r.ID] = r
	}
	return byID, err
}

// ripe are the tallies that began before then, for this worker alone.
func ripe(ctx context.Context, s tenants.Scope, before time.Time) (tallies []tenants.Tally, err error) {
	err = s.Claim(&tallies).Where("tally.first_at <= ?", before).Order("tally.first_at").Limit(inOne).Scan(ctx)
	return tallies, err
}

func forget(ctx context.Context, s tenants.Scope, t tenants.Tally) error {
	_, err := s.Delete((*tenants.Tally)(nil)).Where("action = ?", t.Action).Where("account_id = ?", t.AccountID).Where("service_id = ?", t.ServiceID).
		Where("subject_id = ?", t.Subject).Where("what = ?", t.What).Exec(ctx)
	return err
}

// find narrows to the records that a filter asks for.
func find(ctx context.Context, s tenants.Scope, f Filter) (*bun.SelectQuery, error) {
	q := s.Select((*tenants.Record)(nil))
	if f.Who != "" {
		accounts, err := accountsCalled(ctx, s, f.Who)
		if err != nil {
			return nil, err
		}
		q.Where("record.account_id IN (?)", bun.List(append(accounts, uuid.Nil)))
	}
	if f.Action != "" {
		q.Where("record.action = ?", f.Action)
	}
	if f.service != uuid.Nil {
		q.Where("record.service_id = ?", f.service)
	}
	if !f.from.IsZero() {
		q.Where("record.at >= ?", f.from)
	}
	if !f.to.IsZero() {
		q.Where("record.at < ?", f.to)
	}
	return q.Order("record.at DESC", "record.id DESC"), nil
}

// older narrows a list to what comes below a record.
func older(q *bun.SelectQuery, than tenants.Record) {
	q.Where("(record.at < ? OR record.at = ? AND record.id < ?)", than.At, than.At, than.ID)
}

func byID(ctx context.Context, s tenants.Scope, id uuid.UUID) (r tenants.Record, err error) {
	err = s.Select(&r).Where("record.id = ?", id).Scan(ctx)
	return r, err
}

// accountsCalled are those of the people with a handle, in any service.
func accountsCalled(ctx context.Context, s tenants.Scope, handle string) (ids []uuid.UUID, err error) {
	err = s.SelectAcross((*tenants.Person)(nil)).Column("account_id").Where("person.handle_key = ?", tenants.HandleKey(handle)).Scan(ctx, &ids)
	return ids, err
}

// peopleOf are the places of some accounts, and of some members, in all services.
func peopleOf(ctx context.Context, s tenants.Scope, ids []uuid.UUID) (people []tenants.Person, err error) {
	err = s.SelectAcross(&people).Where("(person.account_id IN (?) OR person.id IN (?))", bun.List(ids), bun.List(ids)).Order("person.joined_at").Scan(ctx)
	return people, err
}

// administrators are those of some accounts that act for the whole trust.
func administrators(ctx context.Context, s tenants.Scope, ids []uuid.UUID) (accounts []tenants.Account, err error) {
	err = s.Select(&accounts).Column("id", "trust_roles").Where("account.id IN (?)", bun.List(ids)).Where("account.trust_roles <> ''").Scan(ctx)
	return accounts, err
}

// numbersOf are the places in the chain of some records.
func numbersOf(ctx context.Context, s tenants.Scope, records []tenants.Record) (map[uuid.UUID]Seal, error) {
	ids := make([]uuid.UUID, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	var seals []Seal
	err := s.Select(&seals).Where("seal.record_id IN (?)", bun.List(append(ids, uuid.Nil))).Scan(ctx)
	of := make(map[uuid.UUID]Seal, len(seals))
	for _, seal := range seals {
		of[seal.RecordID] = seal
	}
	return of, err
}
