package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/modules/surveys"
	"github.com/sharon-nhs/sharon/tenants"
)

// survey is one as a file tells it, with what people answered to it together.
type survey struct {
	Title, Intro  string
	Yearly, Draft bool
	Opens, Closes int // days from today
	Asked         int // of a closed one
	Questions     surveys.Questions
	Answered      int
	Counts        surveys.Counts
	Words         map[string][]string
	By            []string
}

func (x survey) check(members map[string]member) error {
	var wrong []error
	for _, login := range x.By {
		if _, ok := members[login]; !ok {
			wrong = append(wrong, fmt.Errorf("survey %q: no member %q", x.Title, login))
		}
	}
	for _, q := range x.Questions {
		if n := len(x.Counts[q.Key]); x.Answered > 0 && q.Kind.Chosen() && n != len(q.Options) {
			wrong = append(wrong, fmt.Errorf("survey %q: %d counts for %d answers", x.Title, n, len(q.Options)))
		}
	}
	return errors.Join(wrong...)
}

// surveys writes what a service asks its members.
func (w *seeding) surveys(ctx context.Context, s tenants.Scope, keys crypt.Keys, all []survey) error {
	for _, one := range all {
		if err := w.survey(one).Keep(ctx, s, keys); err != nil {
			return fmt.Errorf("survey %q: %w", one.Title, err)
		}
	}
	return nil
}

func (w *seeding) survey(x survey) surveys.Kept {
	opens := day(w.s.Now, x.Opens)
	row := surveys.Survey{Title: x.Title, Intro: strings.TrimSpace(x.Intro), Questions: x.Questions, Planned: !x.Draft, Version: 1,
		Roles: tenants.Roles{tenants.ServiceUser, tenants.PeerSupporter}, OpensOn: clock.DateOf(opens), ClosesOn: clock.DateOf(day(w.s.Now, x.Closes))}
	if x.Yearly {
		row = surveys.Yearly(row.OpensOn)
		row.ClosesOn, row.MinDays = clock.DateOf(day(w.s.Now, x.Closes)), 0 // nobody was here for longer then
	}
	if row.ID = w.ids.at(opens.UTC()); x.Opens <= 0 && !x.Draft {
		told := opens.UTC()
		row.OpenedAt = &told
	}
	if x.Closes < 0 {
		closed := day(w.s.Now, x.Closes+1).UTC()
		row.ClosedAt, row.Reminded, row.Asked = &closed, true, x.Asked
	}
	out := surveys.Kept{Survey: row, Answered: x.Answered, Counts: x.Counts, Words: x.Words}
	for _, login := range x.By {
		out.By = append(out.By, w.people[login].ID)
	}
	return out
}
