package desk

import (
	"context"

	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// data is what the desk keeps of members. What somebody wrote is kept by its room.
func data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			{Key: "desk", Name: "What the team looked at", About: "That the team looked at something of yours, why, and what was decided. Anything that opened a case is kept with the case.", Days: 8 * 365, Least: 365, Most: 20 * 365,
				Stays: "The team must be able to show how it kept people safe. Your name goes when you leave.", Count: countOld, Purge: purgeOld},
			tenants.Class{Key: "desk-care", Name: "What the team went through", About: "For those who work here: how much they read at the desk and when, so that they are asked how they are.", Days: 365, Least: 30, Most: 3 * 365}.
				Ages(tenants.Aged{Model: (*Exposure)(nil), Since: "seen_at", Whose: "member_id"}),
			{Key: "desk-links", Name: "Whom somebody of the team knows outside", About: "That somebody of the team knows a member outside, so that they decide nothing about them."},
		},
		Export: export, Erase: erase,
	}
}

// export adds what the team decided about things of the member's, as they were
// told, and what somebody of the team did at the desk.
func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	var deeds []safety.Deed
	err := s.Select(&deeds).Where("deed.item_id IN (?)", s.Select((*safety.Item)(nil)).Column("id").Where("item.author_id = ?", person.ID)).Order("deed.at").Scan(ctx)
	if err != nil {
		return err
	}
	for _, deed := range deeds {
		if word, ok := outcomes[deed.Act]; ok {
			into.Add("What the team decided", tenants.Item{At: deed.At, Title: word, Facts: facts(deed)})
		}
	}
	var read []Exposure
	if err := s.Select(&read).Where("exposure.member_id = ?", person.ID).Order("exposure.at").Scan(ctx); err != nil {
		return err
	}
	for _, row := range read {
		into.Add("What you read at the desk", tenants.Item{At: row.At, Title: "Something " + string(row.Level)})
	}
	var links []Link
	err = s.Select(&links).Relation("Other", tenants.Face).Where("known.member_id = ?", person.ID).Order("known.said_at").Scan(ctx)
	for _, link := range links {
		into.Add("Whom you know outside", tenants.Item{At: link.SaidAt, Title: link.Other.Handle})
	}
	return err
}

func facts(deed safety.Deed) (facts []tenants.Fact) {
	for _, fact := range []tenants.Fact{{Name: "Rule", Value: deed.Rule}, {Name: "What the team said", Value: deed.Words}} {
		if fact.Value != "" {
			facts = append(facts, fact)
		}
	}
	return facts
}

// erase forgets what somebody of the team read and knew, and who knew the person.
// The records of the desk stay, without a name.
func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	if _, err := s.Delete((*Exposure)(nil)).Where("member_id = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	if _, err := s.Delete((*Link)(nil)).Where("(member_id = ? OR other_id = ?)", person.ID, person.ID).Exec(ctx); err != nil {
		return err
	}
	// What they had is nobody's again.
	return letGo(ctx, s.As(person))
}
