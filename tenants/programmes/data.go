package programmes

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/tenants"
)

// data is what is kept of those whom a programme needs.
func (p Programmes) data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{{
			Key: "onboarding", Name: "Onboarding of services", About: "That you took part in bringing a service on: your name, your role, your email address, locked away, and when you were away.",
			Days: 2 * 365, Least: 365, Most: 8 * 365, Count: countOld, Purge: purgeOld,
		}, {
			Key: "evidence", Name: "Files of onboarding", About: "Documents that were given as evidence when a service was brought on.",
			Days: 6 * 365, Least: 365, Most: 20 * 365, Count: countFiles, Purge: purgeFiles,
		}},
		Export: export, Erase: erase,
	}
}

// someone is what a stakeholder is called once nobody needs to know who it was.
const someone = "Somebody who left"

// lookupOf is the address of an account; empty once that is forgotten.
func lookupOf(ctx context.Context, s tenants.Scope, person tenants.Person) (string, error) {
	var account tenants.Account
	err := s.Select(&account).Where("account.id = ?", person.AccountID).Scan(ctx)
	if err != nil || account.EmailSealed == "" {
		return "", err
	}
	return account.EmailLookup, nil
}

func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	lookup, err := lookupOf(ctx, s, person)
	if err != nil || lookup == "" {
		return err
	}
	var rows []Stakeholder
	// A person's own rows, in whichever service of the trust they are.
	if err := s.SelectAcross(&rows).Where("stakeholder.email_lookup = ?", lookup).Order("stakeholder.id").Scan(ctx); err != nil {
		return err
	}
	for _, row := range rows {
		item := tenants.Item{Title: row.Name, Facts: []tenants.Fact{{Name: "Role", Value: row.Role.Name()}, {Name: "Side", Value: row.Side.Name()}, {Name: "How you take part", Value: engagement(row.Engagement)}, {Name: "Weekly update", Value: map[bool]string{true: "Yes", false: "No"}[row.Weekly]}}}
		var away []Absence
		if err := s.SelectAcross(&away).Where("absence.person_id = ?", row.ID).Order("absence.from_day").Scan(ctx); err != nil {
			return err
		}
		for _, a := range away {
			item.Facts = append(item.Facts, tenants.Fact{Name: "Away", Value: a.From.Words() + " to " + a.To.Words()})
		}
		if at, open := s.Within(row.ServiceID); open {
			item.Where = at.Service.Name
		}
		into.Add("Onboarding of services", item)
	}
	return nil
}

// signedColumns are those with the name of who did something, by table.
var signedColumns = []struct {
	model  any
	column string
}{
	{(*Evidence)(nil), "given_by"}, {(*Task)(nil), "done_by"}, {(*Entry)(nil), "by_name"}, {(*Comment)(nil), "by_name"},
}

// erase leaves that there was somebody of that role.
func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	lookup, err := lookupOf(ctx, s, person)
	if err != nil || lookup == "" {
		return err
	}
	services, err := s.Everywhere(ctx)
	if err != nil {
		return err
	}
	for _, at := range services {
		var handles []tenants.Person
		if err := at.Select(&handles).Where("person.account_id = ?", person.AccountID).Scan(ctx); err != nil {
			return err
		}
		var rows []Stakeholder
		if err := at.Select(&rows).Where("stakeholder.email_lookup = ?", lookup).Scan(ctx); err != nil {
			return err
		}
		for _, row := range rows {
			if err := forget(ctx, at, row); err != nil {
				return err
			}
		}
		for _, member := range handles {
			if err := unname(ctx, at, member.Handle); err != nil {
				return err
			}
		}
	}
	return nil
}

// unname takes a name out of what its owner did in a service.
func unname(ctx context.Context, s tenants.Scope, name string) error {
	for _, of := range signedColumns {
		if _, err := s.Update(of.model).Set(of.column+" = ?", someone).Where(of.column+" = ?", name).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// forget removes who a stakeholder is.
func forget(ctx context.Context, s tenants.Scope, row Stakeholder) error {
	if err := unname(ctx, s, row.Name); err != nil {
		return err
	}
	if err := endLinksTo(ctx, s, row.ID); err != nil {
		return err
	}
	if _, err := s.Delete((*Absence)(nil)).Where("person_id = ?", row.ID).Exec(ctx); err != nil {
		return err
	}
	row.Name, row.EmailLookup, row.EmailSealed, row.Weekly = someone, "left:"+row.ID.String(), "", false
	if row.LeftAt == nil {
		row.LeftAt = &s.Now
	}
	return set(ctx, s, &row, row.ID, "name", "email_lookup", "email_sealed", "weekly", "left_at")
}

// old are the stakeholders of programmes that ended before some time, but for
// those who are under a legal hold.
func old(ctx context.Context, s tenants.Scope, before time.Time) (rows []Stakeholder, err error) {
	err = s.Select(&rows).Join("JOIN programmes AS p ON p.tenant_id = stakeholder.tenant_id AND p.id = stakeholder.programme_id").
		Where("p.ended_at < ?", before).Where("stakeholder.email_sealed <> ''").
		Where(`stakeholder.email_lookup NOT IN (SELECT a.email_lookup FROM accounts AS a JOIN legal_holds AS h ON h.tenant_id = a.tenant_id AND h.account_id = a.id
			WHERE a.tenant_id = ? AND h.lifted_at IS NULL)`, s.Trust().ID).Scan(ctx)
	return rows, err
}

func countOld(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	rows, err := old(ctx, s, before)
	return len(rows), err
}

func purgeOld(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	rows, err := old(ctx, s, before)
	for _, row := range rows {
		if err == nil {
			err = forget(ctx, s, row)
		}
	}
	return len(rows), err
}

// filesOf are the evidence of programmes that ended before some time, as far as it
// has a file. The file itself is swept away once no row names it.
const filesOf = `file <> '' AND phase_id IN (SELECT phase.id FROM programme_phases AS phase JOIN programmes AS p ON p.tenant_id = phase.tenant_id AND p.id = phase.programme_id
	WHERE phase.tenant_id = ? AND p.ended_at < ?)`

func countFiles(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	n, err := s.Select((*Evidence)(nil)).Where(filesOf, s.Trust().ID, before).Count(ctx)
	return int(n), err
}

func purgeFiles(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	result, err := s.Update((*Evidence)(nil)).Set("file = ''").Where(filesOf, s.Trust().ID, before).Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
