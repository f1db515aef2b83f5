package rota

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/tenants"
)

// data is what the room keeps of members: only of the team.
func data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			{Key: "rota", Name: "Your shifts", About: "When you were on duty or on call.",
				Stays: "Who was there when is part of how the service shows that people were kept safe. Your name is no longer with it."},
			{Key: "rota_plans", Name: "Your absences, swaps and calendar", About: "When you said that you are away, shifts that you offered, and your private calendar address."},
			tenants.Class{Key: "rota_notes", Name: "Hand-over notes", About: "What you told the next shift.", Days: 90, Least: 7, Most: 365}.
				Ages(tenants.Aged{Model: (*Note)(nil), Since: "at", Whose: "author_id"}),
		},
		Export: export, Erase: erase,
	}
}

func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	kept, err := everything(ctx, s, person.ID)
	if err != nil {
		return err
	}
	for _, row := range kept.rows {
		until := row.ValidUntil
		if until == "" {
			until = "no end"
		}
		into.Add("Your shifts", tenants.Item{At: row.CreatedAt, Title: row.Kind.Name(), Facts: []tenants.Fact{
			{Name: "Every", Value: dayNames[row.Weekday]}, {Name: "Hours", Value: row.From + "–" + row.To}, {Name: "From", Value: row.ValidFrom}, {Name: "Until", Value: until}}})
	}
	for _, row := range kept.shifts {
		into.Add("Your shifts", tenants.Item{At: row.StartsAt, Title: row.Kind.Name(), Facts: []tenants.Fact{{Name: "Until", Value: row.EndsAt.Format(time.RFC3339)}}})
	}
	for _, row := range kept.absences {
		into.Add("Your absences", tenants.Item{At: row.StartsAt, Facts: []tenants.Fact{{Name: "Until", Value: row.EndsAt.Format(time.RFC3339)}}})
	}
	for _, row := range kept.swaps {
		into.Add("Shifts that you offered", tenants.Item{At: row.OfferedAt, Title: row.Kind.Name(), Facts: []tenants.Fact{{Name: "When", Value: spanWords(row.span())}, {Name: "State", Value: string(row.State)}}})
	}
	for _, row := range kept.notes {
		into.Add("Hand-over notes", tenants.Item{At: row.At, Words: row.Words})
	}
	return nil
}

// erase forgets what is of the person alone, and takes them out of what is to come.
func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	if err := forget(ctx, s, person.ID); err != nil {
		return err
	}
	return Refresh(ctx, s)
}
