package tenants

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Kin is that somebody cares for somebody else outside, by account, so that it holds in
// whichever service either of them is. It is for the team alone and opens nothing to
// anybody: what follows is that neither decides about the other.
type Kin struct {
	bun.BaseModel `bun:"table:kin,alias:kin"`
	InTrust

	CarerID  uuid.UUID `bun:"carer_id,pk,type:uuid"`
	PersonID uuid.UUID `bun:"person_id,pk,type:uuid"`
	NotedBy  uuid.UUID `bun:"noted_by,type:uuid"`
	NotedAt  time.Time `bun:"noted_at"`
}

// KinOf is what is noted of an account.
func (s Scope) KinOf(ctx context.Context, account uuid.UUID) (all []Kin, err error) {
	err = s.Select(&all).Where("(kin.carer_id = ? OR kin.person_id = ?)", account, account).Order("kin.noted_at", "kin.carer_id", "kin.person_id").Scan(ctx)
	return all, err
}

// AddKin is false if it was noted before.
func (s Scope) AddKin(ctx context.Context, row Kin) (bool, error) {
	result, err := s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// DropKin takes it back. NotFound if it was not noted.
func (s Scope) DropKin(ctx context.Context, carer, person uuid.UUID) error {
	return Touched(s.Delete((*Kin)(nil)).Where("carer_id = ?", carer).Where("person_id = ?", person).Exec(ctx))
}

// ForgetKin takes back everything noted of an account.
func (s Scope) ForgetKin(ctx context.Context, account uuid.UUID) error {
	_, err := s.Delete((*Kin)(nil)).Where("(carer_id = ? OR person_id = ?)", account, account).Exec(ctx)
	return err
}

// IsKin is a condition on rows whose column names a member: that they care for somebody
// of this service, or are cared for by them.
func (s Scope) IsKin(member uuid.UUID, column string) (string, []any) {
	return `EXISTS (SELECT 1 FROM kin AS n JOIN members AS one ON one.tenant_id = n.tenant_id AND one.account_id IN (n.carer_id, n.person_id)
		JOIN members AS other ON other.tenant_id = n.tenant_id AND other.account_id IN (n.carer_id, n.person_id) AND other.id <> one.id
		WHERE n.tenant_id = ? AND one.id = ? AND other.id = ` + column + `)`, []any{s.Estate.Trust.ID, member}
}

// KinHere are those of the service whom a member cares for, or who care for them.
func (s Scope) KinHere(ctx context.Context, member uuid.UUID) (ids []uuid.UUID, err error) {
	condition, args := s.IsKin(member, "person.id")
	err = s.Select((*Person)(nil)).Column("id").Where(condition, args...).Scan(ctx, &ids)
	return ids, err
}
