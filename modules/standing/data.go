package standing

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/tenants"
)

// data is what is kept of where members stand.
func data() tenants.Holding {
	const stays = "The team must be able to show how it kept people safe, and that it was fair. What you and the team wrote is removed, and your name goes when you leave."
	return tenants.Holding{
		Classes: []tenants.Class{
			tenants.Class{Key: "strikes", Name: "Strikes", About: "Which rule was broken, what was done, and until when a strike counts. Kept for some time after that.", Days: 2 * 365, Least: 30, Most: 8 * 365, Stays: stays}.
				Ages(tenants.Aged{Model: (*Strike)(nil), Since: "expires_at", Whose: "member_id"}),
			tenants.Class{Key: "suspensions", Name: "Suspensions", About: "That you could not write to others for a time, why, and until when.", Days: 2 * 365, Least: 30, Most: 8 * 365, Stays: stays}.
				Ages(tenants.Aged{Model: (*Suspension)(nil), Since: "until_at", Whose: "member_id"}),
			tenants.Class{Key: "appeals", Name: "Appeals", About: "That you asked for another look at a decision, in your words, and the answer.", Days: 2 * 365, Least: 365, Most: 8 * 365, Stays: stays}.
				Ages(tenants.Aged{Model: (*Appeal)(nil), Since: "made_at", Whose: "member_id"}),
			tenants.Class{Key: "check-ins", Name: "When we asked how you are", About: "That we asked how you are after something hard, and what you said.", Days: 90, Least: 7, Most: 365}.
				Ages(tenants.Aged{Model: (*CheckIn)(nil), Since: "asked_at", Whose: "member_id"}),
			{Key: "break", Name: "Your break", About: "Until when you are on a break from here. Nobody else is told."},
		},
		Export: export, Erase: erase,
	}
}

func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	strikes, err := strikesOf(ctx, s, person.ID)
	if err != nil {
		return err
	}
	for _, row := range strikes {
		into.Add("Strikes", tenants.Item{At: row.GivenAt, Title: row.Rule, Facts: []tenants.Fact{{Name: "What the team said", Value: row.Words}, {Name: "Until", Value: ui.Date(row.ExpiresAt)}, {Name: "Now", Value: row.state(s.Now)}}})
	}
	suspensions, err := suspensionsOf(ctx, s, person.ID)
	if err != nil {
		return err
	}
	for _, row := range suspensions {
		into.Add("Suspensions", tenants.Item{At: row.BeganAt, Title: row.Rule, Facts: []tenants.Fact{{Name: "What the team said", Value: row.Words}, {Name: "Until", Value: ui.At(row.UntilAt)}}})
	}
	appeals, err := appealsOf(ctx, s, person.ID)
	if err != nil {
		return err
	}
	for _, row := range appeals {
		into.Add("Appeals", tenants.Item{At: row.MadeAt, Words: row.Words, Facts: []tenants.Fact{{Name: "Answer", Value: row.Answer}}})
	}
	var asked []CheckIn
	if err := s.Select(&asked).Where("asked.member_id = ?", person.ID).Order("asked.asked_at").Scan(ctx); err != nil {
		return err
	}
	for _, row := range asked {
		into.Add("When we asked how you are", tenants.Item{At: row.AskedAt, Facts: []tenants.Fact{{Name: "You said", Value: said[row.Answer]}}})
	}
	if person.AwayUntil != nil {
		into.Add("Your break", tenants.Item{Title: "Until " + ui.Date(*person.AwayUntil)})
	}
	return nil
}

// erase removes what was written, and all that nobody needs any more.
func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	if _, err := s.Update((*Strike)(nil)).Set("words = ''").Where("member_id = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	if _, err := s.Update((*Suspension)(nil)).Set("words = ''").Set("reason = ''").Where("member_id = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	if _, err := s.Update((*Appeal)(nil)).Set("words = ''").Set("answer = ''").Where("member_id = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	if _, err := s.Delete((*CheckIn)(nil)).Where("member_id = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	_, err := s.Update((*tenants.Person)(nil)).Set("suspended_until = NULL").Set("away_until = NULL").Where("id = ?", person.ID).Exec(ctx)
	return err
}
