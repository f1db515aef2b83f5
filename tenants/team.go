package tenants

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/tenants/handles"
)

// ShareTeam gives the team of the scope's service the same roles in each of its wings,
// and takes them from whoever is not of it any more: all of them, or these accounts.
// Whatever changes a team calls it, and a round mends what was forgotten.
func ShareTeam(ctx context.Context, s Scope, accounts ...uuid.UUID) error {
	for _, wing := range s.Estate.Wings(s.Service) {
		if wing.wing.ParentID != s.Service.ID {
			return nil // a wing has no team of its own to share
		}
		if err := shareWith(ctx, s, wing, accounts); err != nil {
			return err
		}
	}
	return nil
}

// shareWith is ShareTeam for one wing.
func shareWith(ctx context.Context, s Scope, wing *Service, accounts []uuid.UUID) error {
	team, err := teamOf(ctx, s, accounts)
	if err != nil {
		return err
	}
	at := s
	at.Service, at.Actor.Member = wing, nil
	var there []Person
	q := at.Lock(&there).Order("person.id")
	if concerned := accounts; len(concerned) > 0 {
		q.Where("person.account_id IN (?)", bun.List(concerned))
	} else {
		for _, one := range team {
			concerned = append(concerned, one.AccountID)
		}
		q.Where("("+StaffIn("person.roles")+" OR person.account_id IN (?))", bun.List(append(concerned, uuid.Nil)))
	}
	if err := q.Scan(ctx); err != nil {
		return err
	}
	for _, one := range team {
		i := slices.IndexFunc(there, func(p Person) bool { return p.AccountID == one.AccountID })
		if i < 0 {
			err = at.employ(ctx, one)
		} else {
			err = at.give(ctx, there[i], one.Roles.team())
		}
		if err != nil {
			return err
		}
	}
	for _, one := range there {
		if slices.ContainsFunc(team, func(p Person) bool { return p.AccountID == one.AccountID }) || !one.Roles.Staff() || one.Status != "active" {
			continue
		}
		if err := at.give(ctx, one, nil); err != nil {
			return err
		}
	}
	return nil
}

// teamOf are those who work in the scope's service.
func teamOf(ctx context.Context, s Scope, accounts []uuid.UUID) (team []Person, err error) {
	q := s.Select(&team).Where("person.status = 'active'").Where(StaffIn("person.roles")).Order("person.joined_at", "person.id")
	if len(accounts) > 0 {
		q.Where("person.account_id IN (?)", bun.List(accounts))
	}
	return team, q.Scan(ctx)
}

// employ gives somebody of the team a place in a wing, under their handle if it is free.
func (s Scope) employ(ctx context.Context, one Person) error {
	in := NewPerson{Handle: one.Handle, About: one.About, Avatar: one.Avatar, Roles: one.Roles.team(), JoinedAt: s.Now}
	free, err := s.FreeHandle(ctx, in.Handle)
	if err != nil {
		return err
	}
	if !free {
		others := handles.Suggest(one.ID.String(), func(handle string) bool {
			free, failed := s.FreeHandle(ctx, handle)
			if failed != nil {
				err = failed
			}
			return free || failed != nil // an error ends the search
		})
		if err != nil {
			return err
		}
		if len(others) == 0 {
			return takenHandle()
		}
		in.Handle = others[0]
	}
	person, err := settle(ctx, s, one.AccountID, in)
	if err != nil {
		return err
	}
	return s.Audit(ctx, "wings.team", Audited{Subject: person.ID, After: person.Roles})
}

// give makes roles those of the team that somebody has in a wing. Whoever has none
// besides leaves it.
func (s Scope) give(ctx context.Context, one Person, roles Roles) error {
	was := one
	if one.Status == "active" {
		roles = append(one.Roles.others(), roles...)
	}
	one.Status = "active"
	if one.Roles = roles; len(roles) == 0 {
		one.Status, one.Roles = "left", was.Roles
	}
	if one.Status == was.Status && slices.Equal(one.Roles, was.Roles) {
		return nil
	}
	if err := Touched(s.Update(&one).Column("status", "roles").Where("id = ?", one.ID).Exec(ctx)); err != nil {
		return err
	}
	return s.Audit(ctx, "wings.team", Audited{Subject: one.ID, Before: was.Roles, After: roles})
}

// team are those of the roles that are the team's, others the rest.
func (r Roles) team() Roles {
	return slices.DeleteFunc(slices.Clone(r), func(role Role) bool { return !role.Staff() })
}
func (r Roles) others() Roles { return slices.DeleteFunc(slices.Clone(r), Role.Staff) }
