package surveys

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/tenants"
)

// Kept is a survey with what came of it over time, such as in a demonstration.
type Kept struct {
	Survey   Survey
	Answered int
	Counts   Counts              // by question
	Words    map[string][]string // by question
	By       []uuid.UUID         // those of the answerers who are still here
}

// Keep writes it.
func (k Kept) Keep(ctx context.Context, s tenants.Scope, keys crypt.Keys) error {
	if _, err := s.Insert(&k.Survey).Exec(ctx); err != nil {
		return err
	}
	if k.Answered == 0 {
		return nil
	}
	for _, words := range k.Words {
		slices.Sort(words)
	}
	box := Box{SurveyID: k.Survey.ID}
	if err := box.close(keys, tally{k.Answered, k.Counts, k.Words}); err != nil {
		return err
	}
	for _, member := range k.By {
		if err := note(ctx, s, Answerer{SurveyID: k.Survey.ID, MemberID: member, Answered: true}); err != nil {
			return err
		}
	}
	return putBox(ctx, s, box)
}
