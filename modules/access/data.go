package access

import (
	"context"
	"strings"

	"github.com/sharon-nhs/sharon/tenants"
)

// data is what the room keeps of members.
func (a Access) data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{{Key: "needs", Name: "What you need", About: "How you like to be told things, when the team met that, and when it is looked at again. It is locked away; only the team of your service sees it."}},
		Export:  a.export, Erase: erase,
	}
}

func (a Access) export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	kept, err := a.shown(ctx, s, person.ID)
	if err != nil {
		return err
	}
	if kept.Version > 0 {
		into.Add("What you need", tenants.Item{At: kept.RecordedAt, Title: strings.Join(kept.names(), ", "), Words: kept.Words, Facts: []tenants.Fact{
			{Name: "Goes with you to another service", Value: map[bool]string{true: "yes", false: "no"}[kept.Shared]}, {Name: "Looked at again on", Value: kept.ReviewOn.Words()},
		}})
	}
	for _, one := range kept.Met {
		into.Add("When the team met what you need", tenants.Item{At: one.NotedAt, Title: metNames[one.Met], Words: one.Done, Facts: []tenants.Fact{{Name: "On", Value: one.On.Words()}}})
	}
	return nil
}

// erase removes what is kept of a member, and their name from what they wrote down
// of others.
func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	for _, rows := range []any{(*Record)(nil), (*Contact)(nil)} {
		if _, err := s.Delete(rows).Where("member_id = ?", person.ID).Exec(ctx); err != nil {
			return err
		}
	}
	if _, err := s.Update((*Record)(nil)).Set("recorded_by = NULL").Where("recorded_by = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	_, err := s.Update((*Contact)(nil)).Set("by_id = NULL").Where("by_id = ?", person.ID).Exec(ctx)
	return err
}
