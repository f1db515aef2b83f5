package surveys

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// ByQuestion names a question of a survey.
type ByQuestion struct {
	ByID
	Key string `path:"question"`
}

// Asked is a question with its survey.
type Asked struct {
	Survey   Survey   `json:"survey"`
	Question Question `json:"question"`
}

// ForKind is of which kind another question is to be.
type ForKind struct {
	ByID
	Kind Kind `json:"kind" validate:"omitempty,oneof=one several scale yes_no words" label:"a kind"`
}

// Blank is what the form for another question begins with.
func (v Surveys) Blank(ctx context.Context, s tenants.Scope, in ForKind) (Asked, error) {
	row, err := surveyOf(ctx, s, in.ID)
	if in.Kind == "" {
		in.Kind = One
	}
	return Asked{row, Question{Kind: in.Kind}}, err
}

// Question shows a question, to change it.
func (v Surveys) Question(ctx context.Context, s tenants.Scope, in ByQuestion) (Asked, error) {
	row, err := surveyOf(ctx, s, in.ID)
	if err != nil {
		return Asked{}, err
	}
	at, err := row.Questions.find(in.Key)
	if err != nil {
		return Asked{}, err
	}
	return Asked{row, row.Questions[at]}, nil
}

// Wording is a question as a lead writes it. Options are a line each.
type Wording struct {
	Text     string `json:"text" validate:"filled,max=300" label:"a question"`
	Hint     string `json:"hint" validate:"max=300" label:"the hint"`
	Options  string `json:"options" validate:"max=2000" label:"the answers"`
	Low      string `json:"low" validate:"max=60" label:"the words for 0"`
	High     string `json:"high" validate:"max=60" label:"the words for 10"`
	Required bool   `json:"required"`
}

func (in Wording) over(q *Question) error {
	q.Text, q.Hint, q.Required = strings.TrimSpace(in.Text), strings.TrimSpace(in.Hint), in.Required
	q.Options, q.Low, q.High = nil, "", ""
	if q.Kind.Chosen() {
		for line := range strings.Lines(in.Options) {
			if line = strings.TrimSpace(line); line != "" {
				q.Options = append(q.Options, line)
			}
		}
	}
	if q.Kind == Scale {
		q.Low, q.High = strings.TrimSpace(in.Low), strings.TrimSpace(in.High)
	}
	return q.check()
}

// AddQuestion is another question of a survey.
type AddQuestion struct {
	ByID
	Kind Kind `json:"kind" validate:"required,oneof=one several scale yes_no words" label:"a kind"`
	Wording
	Version int `json:"version"`
}

// AddQuestion adds a question at the end.
func (v Surveys) AddQuestion(ctx context.Context, s tenants.Scope, in AddQuestion) (Survey, error) {
	return v.change(ctx, s, in.ID, in.Version, func(row *Survey) error {
		if len(row.Questions) >= mostQuestions {
			return fault.New(fault.Conflict, "A survey has "+strconv.Itoa(mostQuestions)+" questions at most.")
		}
		q := Question{Key: row.Questions.next(), Kind: in.Kind}
		err := in.over(&q)
		row.Questions = append(row.Questions, q)
		return err
	})
}

// ChangeQuestion is a question in other words.
type ChangeQuestion struct {
	ByQuestion
	Wording
	Version int `json:"version"`
}

// ChangeQuestion puts a question into other words.
func (v Surveys) ChangeQuestion(ctx context.Context, s tenants.Scope, in ChangeQuestion) (Survey, error) {
	return v.change(ctx, s, in.ID, in.Version, func(row *Survey) error {
		at, err := row.Questions.find(in.Key)
		if err != nil {
			return err
		}
		return in.over(&row.Questions[at])
	})
}

// MoveQuestion moves a question one place.
type MoveQuestion struct {
	ByQuestion
	To      string `json:"to" validate:"required,oneof=up down away" label:"where to"`
	Version int    `json:"version"`
}

// MoveQuestion moves a question up or down, or takes it away.
func (v Surveys) MoveQuestion(ctx context.Context, s tenants.Scope, in MoveQuestion) (Survey, error) {
	return v.change(ctx, s, in.ID, in.Version, func(row *Survey) error {
		at, err := row.Questions.find(in.Key)
		if err != nil {
			return err
		}
		switch other := at + map[string]int{"up": -1, "down": 1}[in.To]; {
		case in.To == "away":
			if row.Planned && len(row.Questions) == 1 {
				return fault.New(fault.Conflict, "A survey that is planned needs a question. Make it a draft first.")
			}
			row.Questions = slices.Delete(row.Questions, at, at+1)
		case other >= 0 && other < len(row.Questions):
			row.Questions[at], row.Questions[other] = row.Questions[other], row.Questions[at]
		}
		return nil
	})
}
