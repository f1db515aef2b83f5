package recovery

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
)

// nearness are the scores, with words at both ends and in the middle.
var nearness = func() (all []ui.Option) {
	names := map[int]string{0: "0: not at all yet", 5: "5: half way", 10: "10: I am there"}
	all = append(all, ui.Option{Label: "Choose"})
	for n := range 11 {
		label, ok := names[n]
		if !ok {
			label = strconv.Itoa(n)
		}
		all = append(all, ui.Option{Value: strconv.Itoa(n), Label: label})
	}
	return all
}()

// standing says in a line how it is with a goal.
func (x Goal) standing() string {
	switch {
	case x.Ended == Reached:
		return "Reached on " + ui.Date(*x.EndedAt)
	case x.Ended == LetGo:
		return "Let go on " + ui.Date(*x.EndedAt)
	case len(x.Scores) > 0:
		last := x.Scores[len(x.Scores)-1]
		return fmt.Sprintf("%d of 10 on %s", last.Score, ui.Date(last.At))
	}
	return "Since " + ui.Date(x.BegunAt)
}

// kindWord is what is said of a goal that has ended.
func (x Goal) kindWord() string {
	if x.Ended == Reached {
		return "You have reached this. Take a moment for it."
	}
	return "You let this go. That is all right: what matters can change, and what you learned on the way stays yours."
}

func (x Goal) options() (all []ui.Option) {
	for i, step := range x.Steps {
		all = append(all, ui.Option{Value: strconv.Itoa(i), Label: step.Text, Own: true})
	}
	return all
}

func (x Goal) done() (numbers []string) {
	for i, step := range x.Steps {
		if step.Done {
			numbers = append(numbers, strconv.Itoa(i))
		}
	}
	return numbers
}

func (x Goal) lines() string {
	lines := make([]string, len(x.Steps))
	for i, step := range x.Steps {
		lines[i] = step.Text
	}
	return strings.Join(lines, "\n")
}

// chart is the timeline of scores.
func (x Goal) chart() ui.Chart {
	line := ui.Series{Name: "How near I felt", Colour: "first", Line: true}
	c := ui.Chart{ID: "nearness", Title: "How near I felt", Says: "How near to this goal you felt, each time that you noted it, from 0 to 10.", Of: "When", Top: 10}
	for _, score := range x.Scores {
		c.Rows = append(c.Rows, ui.Date(score.At))
		line.Values = append(line.Values, float64(score.Score))
	}
	c.Series = []ui.Series{line}
	return c
}

// opened tells whether a form that is folded away came back with a problem.
func opened(ctx context.Context, action string) bool { return web.FormOf(ctx, action) != nil }

// older is the address of the earlier part of a journal.
func older(ctx context.Context, mine Journal) string {
	return ui.Path(ctx, "/recovery/journal?"+url.Values{"q": {mine.Q}, "before": {mine.Older}}.Encode())
}
