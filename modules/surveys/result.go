package surveys

import (
	"cmp"
	"context"
	"math"
	"strconv"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/disclosure"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/usage"
)

// Result is what a closed survey came to. Every number in it is a multiple of five,
// and could be the truth: see package disclosure.
type Result struct {
	Survey
	Ended clock.Date `json:"ended_on"` // the last day
	Asked int        `json:"asked"`
	// Answered is how many did; 0 for fewer than five, and then nothing else is told.
	Answered int      `json:"answered"`
	Answers  []Answer `json:"answers"`
}

// Answer is what was answered to one question.
type Answer struct {
	Question
	Lines []Line `json:"lines"` // none of words
	// Written are the words, by the alphabet; none if fewer than five people wrote any.
	Written []string `json:"written"`
}

// Line is one answer that could be given. N is about how many gave it.
type Line struct {
	Answer string `json:"answer"`
	N      int    `json:"about"`
}

// noAnswer is what those gave who left a question out.
const noAnswer = "No answer"

// result tells of a tally what can be told without giving anybody away.
func (x Survey) result(t tally, asked int) Result {
	out := Result{Survey: x, Ended: x.Ended(), Asked: disclosure.Floor(asked), Answered: disclosure.Floor(t.answered), Answers: []Answer{}}
	if out.Answered == 0 {
		return out
	}
	for _, q := range x.Questions {
		out.Answers = append(out.Answers, q.tell(t))
	}
	return out
}

// tell tells what was answered to a question.
func (q Question) tell(t tally) Answer {
	out := Answer{Question: q, Lines: []Line{}, Written: []string{}}
	counts := t.counts[q.Key]
	switch q.Kind {
	case Words:
		if len(t.words[q.Key]) >= disclosure.Base {
			out.Written = t.words[q.Key]
		}
	case Several:
		for i, option := range q.Options {
			told, _ := disclosure.Shared([]int{at(counts, i), t.answered - at(counts, i)})
			out.Lines = append(out.Lines, Line{option, told[0]})
		}
	default:
		names, parts, left := q.answers(), []int{}, t.answered
		for i := range names {
			parts, left = append(parts, at(counts, i)), left-at(counts, i)
		}
		if !q.Required {
			names, parts = append(names[:len(names):len(names)], noAnswer), append(parts, left)
		}
		told, _ := disclosure.Shared(parts)
		for i, name := range names {
			out.Lines = append(out.Lines, Line{name, told[i]})
		}
	}
	return out
}

func at(counts []int, i int) int {
	if i < len(counts) {
		return counts[i]
	}
	return 0 // nobody has answered this one
}

// share is a line's part of all who answered, in percent; false where there are too
// few for that.
func (r Result) share(n int) (percent int, known bool) {
	if r.Answered < disclosure.Shares || n == 0 {
		return 0, false
	}
	return int(math.Round(100 * float64(n) / float64(r.Answered))), true
}

// Results shows what a survey came to. Conflict while it is open: two results, one
// answer apart, would tell what that answer was.
func (v Surveys) Results(ctx context.Context, s tenants.Scope, in ByID) (Result, error) {
	row, err := surveyOf(ctx, s, in.ID)
	if err != nil {
		return Result{}, err
	}
	if row.State(clock.DateOf(s.Now)) != Closed {
		return Result{}, fault.New(fault.Conflict, "There are results once the survey has closed.")
	}
	box, err := boxOf(ctx, s, row.ID)
	if err != nil {
		return Result{}, err
	}
	count := row.Asked
	if row.ClosedAt == nil { // its last day is over, and no round has come by yet
		if count, err = asked(ctx, s, row, box.Answered, s.Now); err != nil {
			return Result{}, err
		}
	}
	all, err := box.open(v.keys)
	return row.result(all, count), err
}

// AsFile asks for the results as a file.
type AsFile struct {
	ByID
	As string `json:"as" validate:"omitempty,oneof=csv xlsx" label:"a kind of file"` // csv unless it says otherwise
}

// File is the results as a table.
func (v Surveys) File(ctx context.Context, s tenants.Scope, in AsFile) (web.Content, error) {
	made, err := v.Results(ctx, s, in.ByID)
	if err != nil {
		return web.Content{}, err
	}
	return usage.File("survey-"+string(made.Ended), cmp.Or(in.As, "csv"), made.table())
}

// table is the results as lines of a file.
func (r Result) table() [][]any {
	lines := [][]any{{"Survey", r.Title}, {"Last day", string(r.Ended)}, {"Asked, rounded down to fives", float64(r.Asked)}, {"Answered, rounded down to fives", float64(r.Answered)}, {}, {"Number", "Question", "Answer", "People, about", "Percent, about"}}
	for i, a := range r.Answers {
		for _, line := range a.Lines {
			cells := []any{float64(i + 1), a.Text, line.Answer, float64(line.N), ""}
			if percent, known := r.share(line.N); known {
				cells[4] = float64(percent)
			}
			lines = append(lines, cells)
		}
		for _, words := range a.Written {
			lines = append(lines, []any{float64(i + 1), a.Text, words, "", ""})
		}
	}
	return append(lines, []any{}, []any{rounding})
}

// words are about how many gave an answer, and what share that is.
func (r Result) words(n float64) string {
	if n == 0 {
		return "few or none"
	}
	text := "about " + strconv.Itoa(int(n))
	if percent, known := r.share(int(n)); known {
		text += " (" + strconv.Itoa(percent) + "%)"
	}
	return text
}
