package invitations

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants"
)

// data is what is kept of whom somebody invited.
func (i Invitations) data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{{Key: "invitations", Name: "Invitations", About: "That you were invited, when and as what, with your email address, locked away.", Days: 365, Least: 30, Most: 3 * 365, Count: countOld, Purge: purgeOld}},
		Export:  i.export, Erase: i.erase,
	}
}

// lookupOf finds the invitations to an account's address; empty once that is forgotten.
func (i Invitations) lookupOf(ctx context.Context, s tenants.Scope, person tenants.Person) (string, error) {
	var account tenants.Account
	err := s.Select(&account).Where("account.id = ?", person.AccountID).Scan(ctx)
	if err != nil || account.EmailSealed == "" {
		return "", err
	}
	return account.EmailLookup, nil
}

func (i Invitations) export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	lookup, err := i.lookupOf(ctx, s, person)
	if err != nil {
		return err
	}
	var rows []Row
	err = s.SelectAcross(&rows).Where("invitation.email_lookup = ?", lookup).Order("invitation.created_at").Scan(ctx)
	for _, row := range rows {
		item := tenants.Item{At: row.CreatedAt, Facts: []tenants.Fact{{Name: "Role", Value: row.Role.Name()}, {Name: "State", Value: row.State(s.Now).Name()}}}
		if at, open := s.Within(row.ServiceID); open {
			item.Where = at.Service.Name
		}
		into.Add("Invitations", item)
	}
	return err
}

// erase leaves of the invitations to somebody that there were some.
func (i Invitations) erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	lookup, err := i.lookupOf(ctx, s, person)
	if err != nil || lookup == "" {
		return err
	}
	services, err := s.Everywhere(ctx)
	if err != nil {
		return err
	}
	for _, at := range services {
		_, err := at.Update((*Row)(nil)).Set("email_lookup = ?", bun.Safe("'left:' || id")).Set("email_sealed = ''").Set("identity_sealed = ''").
			Set("closed_at = COALESCE(closed_at, ?)", s.Now).Where("email_lookup = ?", lookup).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// over is the condition of invitations that were closed before some time, but for
// those to somebody under a legal hold.
const over = `closed_at < ? AND email_lookup NOT IN (SELECT a.email_lookup FROM accounts AS a JOIN legal_holds AS h ON h.tenant_id = a.tenant_id AND h.account_id = a.id
	WHERE a.tenant_id = ? AND h.lifted_at IS NULL)`

func countOld(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	n, err := s.Select((*Row)(nil)).Where(over, before, s.Trust().ID).Count(ctx)
	return int(n), err
}

func purgeOld(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	result, err := s.Delete((*Row)(nil)).Where(over, before, s.Trust().ID).Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
