package recovery

import (
	"context"
	"strconv"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/recovery/courses"
	"github.com/sharon-nhs/sharon/tenants"
)

// data is what the room keeps of members.
func (r Recovery) data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			{Key: "recovery", Name: "Recovery tools", About: "Your check-ins, your safety plan with its earlier versions, your goals, your journal, questionnaires that you filled in, courses that you took and what you wrote in them, and when you are reminded; what you share of them, and who looked."},
		},
		Export: r.export, Erase: erase,
	}
}

// export adds all that a member keeps here, in their own words.
func (r Recovery) export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	for before := (posts.Cursor{}); ; {
		days, err := r.checkIns(ctx, s, person.ID, before, nil)
		if err != nil {
			return err
		}
		for _, one := range days[:min(len(days), pageSize)] {
			into.Add("Check-ins", tenants.Item{At: one.At, Words: one.Words, Facts: []tenants.Fact{
				{Name: moods.name, Value: moods.word(moods.place(one.Mood))}, {Name: sleeps.name, Value: sleeps.word(sleeps.place(one.Sleep))}, {Name: energies.name, Value: energies.word(energies.place(one.Energy))}}})
			before = posts.Cursor{At: one.At, ID: one.ID}
		}
		if len(days) <= pageSize {
			break
		}
	}
	if err := r.exportPlan(ctx, s, person, into); err != nil {
		return err
	}
	goals, err := r.goals(ctx, s, person.ID)
	if err != nil {
		return err
	}
	for _, one := range goals {
		item := tenants.Item{At: one.BegunAt, Title: one.Title, Words: one.lines()}
		for _, score := range one.Scores {
			item.Facts = append(item.Facts, tenants.Fact{Name: ui.Date(score.At), Value: strconv.Itoa(score.Score) + " of 10"})
		}
		into.Add("Goals", item)
	}
	entries, err := r.entries(ctx, s, person.ID, posts.Cursor{}, 0)
	if err != nil {
		return err
	}
	for _, one := range entries {
		into.Add("Journal", tenants.Item{At: one.WrittenAt, Title: one.Prompt, Words: one.Words})
	}
	if err := r.exportMeasures(ctx, s, person, into); err != nil {
		return err
	}
	if err := r.courses.Export(ctx, s, person, into); err != nil {
		return err
	}
	shares, err := sharesOf(ctx, s, person.ID)
	for _, share := range shares {
		into.Add("What you share with clinicians", tenants.Item{At: share.SharedAt, Title: nameOf(share.What), Facts: []tenants.Fact{{Name: "First day", Value: share.From}, {Name: "Last day", Value: share.Until}}})
	}
	return err
}

// exportPlan adds every version of the safety plan.
func (r Recovery) exportPlan(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	all, err := r.plans(ctx, s, person.ID)
	for _, one := range all {
		item := tenants.Item{At: one.WrittenAt, Title: "Version " + strconv.Itoa(one.Version)}
		for _, step := range planSteps {
			if words := *step.of(&one.Words); words != "" {
				item.Facts = append(item.Facts, tenants.Fact{Name: step.title, Value: words})
			}
		}
		into.Add("Safety plan", item)
	}
	return err
}

// exportMeasures adds what was filled in, with its answers, and the reminder.
func (r Recovery) exportMeasures(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	all, err := r.questionnaires(ctx, s, person.ID)
	if err != nil {
		return err
	}
	for _, one := range all.Results {
		d, err := definitionOf(ctx, s, one.Measure, one.Revision)
		if err != nil {
			return err
		}
		item := tenants.Item{At: one.At, Title: d.Name, Facts: []tenants.Fact{{Name: "Score", Value: scoreWords(one.Score)}}}
		for i, answer := range one.Answers {
			item.Facts = append(item.Facts, tenants.Fact{Name: d.Items[i].Text, Value: d.answer(answer)})
		}
		into.Add("Questions from your team", item)
	}
	var reminders []Reminder
	err = s.Select(&reminders).Where("reminder.member_id = ?", person.ID).Scan(ctx)
	for _, one := range reminders {
		into.Add("Reminder", tenants.Item{Title: one.Hour})
	}
	return err
}

// erase removes all of a member's. That somebody of the team looked goes with what
// they looked at; the audit log has it for itself.
func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	for _, q := range []any{(*CheckIn)(nil), (*Plan)(nil), (*Goal)(nil), (*Entry)(nil), (*Response)(nil), (*Assignment)(nil), (*Reminder)(nil), (*Share)(nil), (*look)(nil)} {
		if _, err := s.Delete(q).Where("member_id = ?", person.ID).Exec(ctx); err != nil {
			return err
		}
	}
	if _, err := s.Delete((*look)(nil)).Where("by_id = ?", person.ID).Exec(ctx); err != nil {
		return err
	}
	return courses.Erase(ctx, s, person)
}
