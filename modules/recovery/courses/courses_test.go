package courses

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// steps are some, done where there is an x: "x.x".
func steps(done string) (all []Step) {
	for i, mark := range done {
		all = append(all, Step{Title: string(rune('a' + i)), Done: mark == 'x'})
	}
	return all
}

func TestOneGoesOnAfterTheLastPartThatIsDoneAndThenWithWhatWasLeftOut(t *testing.T) {
	for done, want := range map[string]string{"": "", "...": "a", "x..": "b", "xx.": "c", ".x.": "c", ".xx": "a", "x.x": "b", "..x": "a", "xxx": "", "x.x.": "d"} {
		got := ""
		if to := next(steps(done)); to != nil {
			got = to.Title
		}
		if got != want {
			t.Errorf("%q: on to %q, not %q", done, got, want)
		}
	}
}

func TestAPartNeedsWhatItsKindIs(t *testing.T) {
	film := uuid.New()
	whole := Text{Title: " Title ", Body: " Body ", Film: &film, Prompts: "\n One? \n\nTwo?\n"}
	for kind, want := range map[Kind]Text{
		Page:     {Title: "Title", Body: "Body"},
		Video:    {Title: "Title", Body: "Body", Film: &film},
		Exercise: {Title: "Title", Body: "Body", Prompts: "One?\nTwo?"},
	} {
		if got, err := whole.fit(kind); err != nil || got != want {
			t.Errorf("%s: %+v, %v", kind, got, err)
		}
	}
	for name, c := range map[string]struct {
		kind Kind
		text Text
	}{
		"a page without a text":            {Page, Text{Title: "x", Body: " \n", Prompts: "One?"}},
		"a video without one":              {Video, Text{Title: "x", Body: "x"}},
		"an exercise without a question":   {Exercise, Text{Title: "x", Body: "x", Prompts: " \n "}},
		"an exercise with seven questions": {Exercise, Text{Title: "x", Prompts: "1\n2\n3\n4\n5\n6\n7"}},
		"a question twice":                 {Exercise, Text{Title: "x", Prompts: "Why?\n Why? "}},
		"a question without an end":        {Exercise, Text{Title: "x", Prompts: strings.Repeat("é", longestPrompt+1)}},
	} {
		if got, err := c.text.fit(c.kind); err == nil {
			t.Errorf("%s is taken: %+v", name, got)
		}
	}
}

// What somebody wrote is never lost by what the service asks later.
func TestWhatWasWrittenStaysWithTheQuestionThatItAnswers(t *testing.T) {
	was := Answer{Said: []Said{{"One?", "first"}, {"Two?", "second"}}}
	got := Boxes{First: "better", Second: " \n"}.said([]string{"Two?", "Three?"}, was)
	if want := []Said{{"Two?", "better"}, {"One?", "first"}}; !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	if got := (Boxes{}).said([]string{"One?", "Two?"}, was); len(got) != 0 {
		t.Errorf("emptied boxes: %+v", got)
	}
	if got := was.besides([]string{"Two?"}); !slices.Equal(got, was.Said[:1]) {
		t.Errorf("besides: %+v", got)
	}
}

func TestOfFewPeopleNobodyCanTellHowMany(t *testing.T) {
	for n, want := range map[int]string{0: "fewer than 5 members", 5: "5 members or more", 20: "20 members or more"} {
		if got := people(n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}
