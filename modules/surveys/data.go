package surveys

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/tenants"
)

// data is what the room keeps of members: that they answered, never what.
func data() tenants.Holding {
	return tenants.Holding{
		Classes: []tenants.Class{
			{Key: "surveys", Name: "Surveys", About: "Which surveys you answered, or said are not for you. What you answered is kept without your name and cannot be found again."},
			{Key: "survey-words", Name: "What people write in surveys", About: "Words in answers to surveys that have closed. Nobody’s name is kept with them.",
				Stays: "Nobody knows whose they are.", Days: 2 * 365, Least: 30, Most: 8 * 365, Count: countWords, Purge: purgeWords},
		},
		Export: export, Erase: erase,
	}
}

func export(ctx context.Context, s tenants.Scope, person tenants.Person, into *tenants.Copy) error {
	by, err := saidBy(ctx, s, person.ID)
	if err != nil || len(by) == 0 {
		return err
	}
	rows, err := all(ctx, s)
	for _, row := range rows {
		if one, known := by[row.ID]; known {
			into.Add("Surveys", tenants.Item{Title: row.Title, Facts: []tenants.Fact{{Name: "You", Value: map[bool]string{true: "answered it", false: "said that it is not for you"}[one.Answered]}}})
		}
	}
	return err
}

// erase forgets that somebody answered. What they answered nobody can find.
func erase(ctx context.Context, s tenants.Scope, person tenants.Person, _ tenants.Leaving) error {
	_, err := s.Delete((*Answerer)(nil)).Where("member_id = ?", person.ID).Exec(ctx)
	return err
}

// oldWords is the condition of boxes with words of surveys that closed before some time.
const oldWords = "box.words_sealed <> '' AND EXISTS (SELECT 1 FROM surveys AS v WHERE v.tenant_id = box.tenant_id AND v.id = box.survey_id AND v.closed_at < ?)"

func countWords(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	n, err := s.Select((*Box)(nil)).Where(oldWords, before).Count(ctx)
	return int(n), err
}

// purgeWords removes the words. What was counted stays: it is of nobody.
func purgeWords(ctx context.Context, s tenants.Scope, before time.Time) (int, error) {
	result, err := s.Update((*Box)(nil)).Set("words_sealed = ''").Where(oldWords, before).Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
