package wings

import (
	"context"

	"github.com/sharon-nhs/sharon/tenants"
)

// data is what the room keeps of members. Of somebody who is cared for, a copy does not
// name who cares, nor the other way round: that is the other's own.
func data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			{Key: "moving-on", Name: "When you are too old for your part", About: "From when you are too old for the part of the service that you are in, and where you go then."},
			{Key: "kin", Name: "Who cares for whom", About: "That the team noted that you care for somebody who is here, or that somebody who is here cares for you. It lets neither of you see more."},
		},
		Export: export, Erase: erase,
	}
}

func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	var rows []Row
	if err := s.Select(&rows).Where("moving.member_id = ?", person.ID).Scan(ctx); err != nil {
		return err
	}
	for _, row := range rows {
		item := tenants.Item{Facts: []tenants.Fact{{Name: "Too old from", Value: row.LeavesOn.Words()}}}
		if to := target(s, row); to != nil {
			item.Facts = append(item.Facts, tenants.Fact{Name: "Goes to", Value: to.Name})
		}
		if row.ArrangedAt != nil {
			item.At = *row.ArrangedAt
		}
		into.Add("When you are too old for your part", item)
	}
	noted, err := s.KinOf(ctx, person.AccountID)
	for _, row := range noted {
		if (row.CarerID == person.AccountID) != s.Service.ForCarers() {
			continue // told in the service that it is about
		}
		title := "Somebody who is here cares for you"
		if s.Service.ForCarers() {
			title = "You care for somebody who is here"
		}
		into.Add("Who cares for whom", tenants.Item{At: row.NotedAt, Title: title})
	}
	return err
}

func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	if err := drop(ctx, s, person.ID); err != nil {
		return err
	}
	if _, err := s.Update((*Row)(nil)).Set("arranged_by = NULL").Where("arranged_by = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	return s.ForgetKin(ctx, person.AccountID)
}
