package surveys

import (
	"context"
	"database/sql/driver"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/tenants"
)

// Box is a survey's ballot box: the answers of all who answered, counted together.
// Nobody's answers have a row or a time of their own, so nothing tells whose they are.
type Box struct {
	bun.BaseModel `bun:"table:survey_boxes,alias:box"`
	tenants.InService

	SurveyID uuid.UUID `bun:"survey_id,pk,type:uuid"`
	Answered int       `bun:"answered"`
	Counts   Counts    `bun:"counts"`
	Sealed   string    `bun:"words_sealed"`
}

// Counts are how many gave each answer, by question.
type Counts map[string][]int

// Value implements driver.Valuer.
func (c Counts) Value() (driver.Value, error) { return written(c) }

// Scan implements sql.Scanner.
func (c *Counts) Scan(from any) error { return read(from, c) }

// tally is a box, opened.
type tally struct {
	answered int
	counts   Counts
	words    map[string][]string // by question, in alphabetical order
}

// add counts a reply. What somebody wrote goes where the alphabet has it, so the
// order of the words tells neither who wrote first nor what else they answered.
func (t *tally) add(questions Questions, one reply) {
	t.answered++
	for _, q := range questions {
		if q.Kind == Words {
			if words := one.words[q.Key]; words != "" {
				at, _ := slices.BinarySearch(t.words[q.Key], words)
				t.words[q.Key] = slices.Insert(t.words[q.Key], at, words)
			}
			continue
		}
		if t.counts[q.Key] == nil {
			t.counts[q.Key] = make([]int, len(q.answers()))
		}
		for _, n := range one.chosen[q.Key] {
			t.counts[q.Key][n]++
		}
	}
}

// open opens the box.
func (b Box) open(keys crypt.Keys) (tally, error) {
	out := tally{b.Answered, b.Counts, map[string][]string{}}
	if out.counts == nil {
		out.counts = Counts{}
	}
	if b.Sealed == "" {
		return out, nil
	}
	err := keys.OpenValue(b.Sealed, b.SurveyID.String(), &out.words)
	return out, err
}

// close puts a tally into the box.
func (b *Box) close(keys crypt.Keys, t tally) (err error) {
	b.Answered, b.Counts = t.answered, t.counts
	if len(t.words) == 0 {
		return nil
	}
	b.Sealed, err = keys.SealValue(t.words, b.SurveyID.String())
	return err
}

// post puts a reply into a survey's box. The caller has locked the survey.
func (v Surveys) post(ctx context.Context, s tenants.Scope, x Survey, one reply) error {
	box, err := boxOf(ctx, s, x.ID)
	if err != nil {
		return err
	}
	all, err := box.open(v.keys)
	if err != nil {
		return err
	}
	all.add(x.Questions, one)
	if err := box.close(v.keys, all); err != nil {
		return err
	}
	return putBox(ctx, s, box)
}
