package tenants

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
)

// Move takes a member on to a service of the trust, in a role. In the service that
// they are in, the role takes the place of theirs. In another one they have the same
// handle and picture, and their place here ends; what they wrote stays under their
// handle. Born is their date of birth, where it is known. Invalid where the service is
// for other people, Conflict where somebody there has their handle.
func Move(ctx context.Context, s Scope, member Person, to Scope, role Role, born clock.Date) (Person, error) {
	roles := Roles{role}
	if err := to.Service.admits(role, born, clock.DateOf(s.Now)); err != nil {
		return Person{}, err
	}
	if to.serviceID() == s.serviceID() {
		member.Roles = roles
		return member, Touched(s.Update(&member).Column("roles").Where("id = ?", member.ID).Where("status = 'active'").Exec(ctx))
	}
	if err := Touched(s.Update((*Person)(nil)).Set("status = 'left'").Where("id = ?", member.ID).Where("status = 'active'").Exec(ctx)); err != nil {
		return Person{}, err
	}
	var there []Person
	if err := to.Lock(&there).Where("person.account_id = ?", member.AccountID).Scan(ctx); err != nil {
		return Person{}, err
	}
	if len(there) > 0 {
		again := there[0]
		if again.Status == "active" {
			return again, nil // they have a place there, in whatever role
		}
		again.Status, again.Roles = "active", roles
		return again, Touched(to.Update(&again).Column("status", "roles").Where("id = ?", again.ID).Exec(ctx))
	}
	moved, err := Join(ctx, to, member.AccountID, NewPerson{Handle: member.Handle, About: member.About, Avatar: member.Avatar, Roles: roles, JoinedAt: s.Now, BornOn: born})
	if fault.Is(err, fault.Invalid) {
		err = fault.New(fault.Conflict, "Somebody in "+to.Service.Name+" is called "+member.Handle+" already, or almost. Ask them to choose another name first.")
	}
	return moved, err
}
