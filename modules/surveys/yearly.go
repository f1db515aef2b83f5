package surveys

import (
	"context"
	"math"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/disclosure"
	"github.com/sharon-nhs/sharon/tenants"
)

// YearlyQuestion is what every service asks once a year.
const YearlyQuestion = "Has SHaRON been helpful in your recovery?"

// The keys of its two questions, and of the answers to the first, in their order.
const (
	helped  = "q1"
	because = "q2"
)

var helpedParts = []tenants.AnswerPart{{Part: "yes", Name: "Yes"}, {Part: "no", Name: "No"}, {Part: "not_sure", Name: "Not sure yet"}}

// The yearly question is open for four weeks, and asks those who have been here for
// a month.
const (
	yearlyDays = 28
	yearlyHere = 30
)

// Yearly is the yearly question, to open on a day.
func Yearly(opens clock.Date) Survey {
	return Survey{
		ID: uuid.Must(uuid.NewV7()), Title: YearlyQuestion, Year: opens.Time().Year(), Planned: true, Version: 1,
		Intro: "Once a year we ask everybody the same question. It takes a minute. It helps us to see what to do better.",
		Questions: Questions{
			{Key: helped, Kind: One, Text: YearlyQuestion, Options: []string{helpedParts[0].Name, helpedParts[1].Name, helpedParts[2].Name}, Required: true},
			{Key: because, Kind: Words, Text: "What helped you, or what would help you more?", Hint: "If you like. You can leave this empty."},
		},
		Roles: members, MinDays: yearlyHere, OpensOn: opens, ClosesOn: opens.Plus(yearlyDays - 1),
	}
}

// beginYearly plans the yearly question for today if it is its month and it was not
// asked in this year.
func beginYearly(ctx context.Context, s tenants.Scope) error {
	today := s.Now.In(clock.London)
	if settings(s).Yearly != strings.ToLower(today.Month().String()) {
		return nil
	}
	if there, err := begunIn(ctx, s, today.Year()); err != nil || there {
		return err
	}
	row := Yearly(clock.DateOf(s.Now))
	_, err := s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx) // another worker may do the same
	return err
}

// usages are what is counted of the room: the answers to the yearly question, on the day
// on which it closed. They are told as its result tells them, so that no total of
// them gives anybody away.
func usages() []tenants.Count {
	return []tenants.Count{{
		Key: "helpful", Name: YearlyQuestion, About: "Answers to the yearly question, in the month in which it closed. Numbers are rounded to fives, so that nobody’s answer can be worked out.",
		Answers: helpedParts,
		Of: func(ctx context.Context, s tenants.Scope, from, until time.Time) (all []tenants.Counted, err error) {
			rows, err := yearlies(ctx, s, from, until)
			for _, row := range rows {
				told, err := toldOf(ctx, s, row)
				if err != nil {
					return nil, err
				}
				for i, n := range told {
					for range n {
						all = append(all, tenants.Counted{At: *row.ClosedAt, Part: helpedParts[i].Part})
					}
				}
			}
			return all, err
		},
	}}
}

// toldOf is what is told of a yearly question, by helpedParts.
func toldOf(ctx context.Context, s tenants.Scope, row Survey) ([]int, error) {
	out := make([]int, len(helpedParts))
	box, err := boxOf(ctx, s, row.ID)
	if err != nil {
		return out, err
	}
	result := row.result(tally{answered: box.Answered, counts: box.Counts}, row.Asked)
	if len(result.Answers) == 0 {
		return out, nil
	}
	for i := range out {
		out[i] = result.Answers[0].Lines[i].N
	}
	return out, nil
}

// Helped is the share of those who answered the last yearly question with yes, in
// percent; false where too few have for a share.
func Helped(ctx context.Context, s tenants.Scope) (percent float64, known bool, err error) {
	row, err := lastYearly(ctx, s)
	if database.Missing(err) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	told, err := toldOf(ctx, s, row)
	all := 0
	for _, n := range told {
		all += n
	}
	if err != nil || all < disclosure.Shares {
		return 0, false, err
	}
	return math.Round(100 * float64(told[0]) / float64(all)), true, nil
}
