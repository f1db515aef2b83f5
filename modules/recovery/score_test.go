package recovery

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/modules/safety"
)

const left = -1 // an answer left out

func answers(values ...int) []*int {
	all := make([]*int, len(values))
	for i, v := range values {
		if v != left {
			all[i] = &values[i]
		}
	}
	return all
}

func of(t *testing.T, key string) Definition {
	t.Helper()
	at := slices.IndexFunc(shipped, func(d Definition) bool { return d.Key == key })
	if at < 0 {
		t.Fatalf("no measure %s", key)
	}
	return shipped[at]
}

// Worked by hand, with what the authors' manual says of missing answers.
func TestShippedMeasuresAreScoredAsTheirAuthorsSay(t *testing.T) {
	for _, c := range []struct {
		key, band, score string
		answers          []int
	}{
		{"phq-9", "minimal", "0", []int{0, 0, 0, 0, 0, 0, 0, 0, 0}},
		{"phq-9", "minimal", "4", []int{1, 1, 1, 1, 0, 0, 0, 0, 0}},
		{"phq-9", "mild", "5", []int{1, 1, 1, 1, 1, 0, 0, 0, 0}},
		{"phq-9", "moderate", "14", []int{2, 2, 2, 2, 2, 2, 2, 0, 0}},
		{"phq-9", "moderately severe", "15", []int{3, 3, 3, 3, 3, 0, 0, 0, 0}},
		{"phq-9", "severe", "27", []int{3, 3, 3, 3, 3, 3, 3, 3, 3}},
		{"phq-9", "mild", "9", []int{1, 1, 1, 1, 1, 1, 1, 1, left}},         // 8 × 9/8
		{"phq-9", "moderate", "12", []int{2, 2, 2, 1, 1, 1, left, left, 0}}, // 9 × 9/7 = 11.57
		{"phq-9", "", "none", []int{2, 2, 2, 1, 1, 1, left, left, left}},
		{"gad-7", "minimal", "4", []int{1, 1, 1, 1, 0, 0, 0}},
		{"gad-7", "moderate", "10", []int{1, 2, 3, 2, 1, 0, 1}},
		{"gad-7", "severe", "21", []int{3, 3, 3, 3, 3, 3, 3}},
		{"gad-7", "", "none", []int{3, 3, 3, 3, 3, 3, left}},
		// Of CORE-10 the second and the third count the other way round.
		{"core-10", "healthy", "0", []int{0, 4, 4, 0, 0, 0, 0, 0, 0, 0}},
		{"core-10", "healthy", "5", []int{1, 3, 3, 1, 0, 0, 1, 0, 0, 0}},
		{"core-10", "low level", "6", []int{1, 3, 3, 1, 1, 0, 1, 0, 0, 0}},
		{"core-10", "low level", "10", []int{2, 3, 2, 1, 1, 0, 1, 1, 1, 0}},
		{"core-10", "mild", "11", []int{2, 3, 2, 1, 1, 0, 1, 1, 1, 1}},
		{"core-10", "mild", "14", []int{2, 2, 2, 1, 1, 0, 2, 2, 1, 1}},
		{"core-10", "moderate", "15", []int{2, 2, 2, 1, 1, 0, 2, 2, 2, 1}},
		{"core-10", "moderate", "19", []int{3, 2, 1, 2, 1, 0, 3, 2, 2, 1}},
		{"core-10", "moderate-to-severe", "20", []int{0, 0, 0, 0, 0, 0, 0, 4, 4, 4}},
		{"core-10", "moderate-to-severe", "24", []int{2, 2, 0, 2, 2, 0, 4, 3, 3, 2}},
		{"core-10", "severe", "25", []int{2, 2, 0, 2, 2, 1, 4, 3, 3, 2}},
		{"core-10", "severe", "40", []int{4, 0, 0, 4, 4, 4, 4, 4, 4, 4}},
		{"core-10", "moderate", "16", []int{2, 2, 1, 1, 0, 0, 3, 1, 2, left}}, // 14 × 10/9 = 15.56
		{"core-10", "moderate", "18", []int{3, left, 1, 2, 1, 0, 3, 2, 2, 0}}, // 16 × 10/9 = 17.78
		{"core-10", "severe", "40", []int{left, 0, 0, 4, 4, 4, 4, 4, 4, 4}},   // 36 × 10/9
		{"core-10", "", "none", []int{2, 2, 1, 1, 0, 0, 3, 1, left, left}},
	} {
		got := of(t, c.key).Score(answers(c.answers...))
		if scoreWords(got.Score) != c.score || got.Band != c.band {
			t.Errorf("%s of %v: %s %q", c.key, c.answers, scoreWords(got.Score), got.Band)
		}
	}
}

func TestTheNinthItemOfPHQ9HasAHumanLook(t *testing.T) {
	phq := of(t, "phq-9")
	for ninth, want := range map[int]safety.Level{left: "", 0: "", 1: safety.Amber, 2: safety.Red, 3: safety.Red} {
		met := phq.alarms(answers(3, 3, 3, 3, 3, 3, 3, 3, ninth))
		if want == "" && len(met) > 0 || want != "" && (len(met) != 1 || met[0].Level != want || met[0].Item != 9) {
			t.Errorf("%d: %+v", ninth, met)
		}
	}
	core := of(t, "core-10")
	for sixth, want := range map[int]safety.Level{left: "", 0: "", 1: safety.Red, 4: safety.Red} {
		met := core.alarms(answers(4, 0, 0, 4, 4, sixth, 4, 4, 4, 4))
		if want == "" && len(met) > 0 || want != "" && (len(met) != 1 || met[0].Level != want || met[0].Item != 6) {
			t.Errorf("CORE-10, %d: %+v", sixth, met)
		}
	}
	if met := of(t, "gad-7").alarms(answers(3, 3, 3, 3, 3, 3, 3)); len(met) > 0 {
		t.Errorf("GAD-7: %+v", met)
	}
}

// some is a measure with some of its items reversed.
func some(r *rand.Rand) Definition {
	d := Definition{Missing: r.IntN(3)}
	low := r.IntN(2)
	for v := range 2 + r.IntN(5) {
		d.Options = append(d.Options, Option{Value: low + v})
	}
	for range 3 + r.IntN(10) {
		d.Items = append(d.Items, Item{Reversed: r.IntN(2) == 0})
	}
	return d
}

func (d Definition) anyAnswers(r *rand.Rand) []*int {
	all := make([]*int, len(d.Items))
	for i := range all {
		all[i] = &d.Options[r.IntN(len(d.Options))].Value
	}
	return all
}

func TestAReversedItemCountsAsItsMirror(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 2))
	for range 2000 {
		d := some(r)
		given := d.anyAnswers(r)
		low, high := d.ends()
		item := r.IntN(len(d.Items))
		other := d
		other.Items = slices.Clone(d.Items)
		other.Items[item].Reversed = !d.Items[item].Reversed
		mirrored := slices.Clone(given)
		value := low + high - *given[item]
		mirrored[item] = &value
		got, want := d.Score(given), other.Score(mirrored)
		if *got.Score != *want.Score {
			t.Fatalf("%+v of %v: %d, mirrored %d", d, given, *got.Score, *want.Score)
		}
		if n := len(d.Items); *got.Score < low*n || *got.Score > high*n {
			t.Fatalf("%d is no score of %d items from %d to %d", *got.Score, n, low, high)
		}
		// More of an item is more, or less where it is reversed.
		least, most := slices.Clone(given), slices.Clone(given)
		least[item], most[item] = &low, &high
		if up := *d.Score(most).Score > *d.Score(least).Score; up == d.Items[item].Reversed {
			t.Fatalf("item %d of %+v", item, d)
		}
	}
}

// Whatever is answered, an item that is turned round twice is as it was, and a score is
// one that the authors have a name for.
func TestReversingTwiceChangesNothingAndEveryScoreHasABand(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 13))
	for range 2000 {
		d := some(r)
		for item := range d.Items {
			for _, o := range d.Options {
				if once := d.counts(item, o.Value); d.Items[item].Reversed && d.counts(item, once) != o.Value || !d.offers(once) {
					t.Fatalf("item %d of %+v: %d counts %d", item, d, o.Value, once)
				}
			}
		}
		shown := shipped[r.IntN(len(shipped))]
		given := shown.anyAnswers(r)
		for _, i := range r.Perm(len(given))[:r.IntN(shown.Missing+2)] {
			given[i] = nil
		}
		got := shown.Score(given)
		low, _ := shown.ends()
		if got.Score != nil && (*got.Score < low*len(given) || *got.Score > shown.most() || got.Band == "") || got.Score == nil && got.Band != "" {
			t.Fatalf("%s: %+v", shown.Key, got)
		}
	}
}

func TestMissingAnswersAreFilledOnlyWhereTheMeasureAllows(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 4))
	for range 2000 {
		d := some(r)
		given := d.anyAnswers(r)
		for i := range given {
			given[i] = given[0] // all the same
			if d.Items[i].Reversed {
				low, high := d.ends()
				mirror := low + high - *given[0]
				given[i] = &mirror
			}
		}
		d.Items[0].Reversed = false
		whole := *d.Score(given).Score
		gone := r.IntN(len(given))
		for _, i := range r.Perm(len(given))[:gone] {
			given[i] = nil
		}
		got := d.Score(given).Score
		switch {
		case gone > d.Missing && got != nil:
			t.Fatalf("%d of %d missing, %d allowed: scored %d", gone, len(given), d.Missing, *got)
		case gone <= d.Missing && (got == nil || *got != whole): // the mean of equals is the same
			t.Fatalf("%d of %d missing, %d allowed: %s, not %d", gone, len(given), d.Missing, scoreWords(got), whole)
		}
	}
}

const scale4 = `key: four
name: Four
about: Made up.
licence: Ours.
intro: How was it?
options:
  - {value: 0, text: "No"}
  - {value: 4, text: "Yes"}
items:
  - text: Good
    reversed: true
  - text: Bad
missing: 1
bands:
  - {from: 0, to: 3, words: little}
  - {from: 4, to: 8, words: much}
rules:
  - {item: 2, above: 0, level: amber}
examples:
  - {answers: [4, 4], score: 4}
  - {answers: [0, null], score: 8}
`

func TestADefinitionFileIsReadOrToldByLineAndField(t *testing.T) {
	if d, wrong := readDefinition(scale4); len(wrong) > 0 || !d.Items[0].Reversed || len(d.Examples) != 2 {
		t.Fatalf("%+v: %v", d, wrong)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"a wrong score":      {"[4, 4], score: 4", "[4, 4], score: 8", "Line 20, examples/1/score: The score comes out as 4, not 8."},
		"an unknown field":   {"missing: 1", "mising: 1", "Line 13: There is no field of the name mising."},
		"a wrong kind":       {"{value: 4", "{value: four", "Line 8: This cannot be read"},
		"a gap in the bands": {"{from: 4", "{from: 5", "Line 16, bands/2/from: This band begins at 4"},
		"too short bands":    {"to: 8", "to: 7", "Line 15, bands: The last band ends at 8"},
		"no such item":       {"{item: 2", "{item: 3", "Line 18, rules/1/item: There is no item"},
		"no such level":      {"level: amber", "level: purple", "Line 18, rules/1/level: The level is"},
		"an empty item":      {"- text: Bad", `- text: " "`, "Line 12, items/2/text: Write something"},
		"no licence":         {"licence: Ours.\n", "", "Line 1, licence: Write something"},
		"twice one value":    {"{value: 4", "{value: 0", "Line 8, options/2/value: Each option"},
		"too few answers":    {"[4, 4]", "[4]", "Line 20, examples/1/answers: There are 2 items, and 1 answers here."},
		"no such answer":     {"[4, 4]", "[4, 3]", "Line 20, examples/1/answers/2: No option"},
		"all may be missing": {"missing: 1", "missing: 2", "Line 13, missing: Not all"},
		"broken":             {"options:", "options: [", "Line"},
		"a bad key":          {"key: four", "key: Four!", "Line 1, key:"},
	} {
		text := strings.Replace(scale4, c.from, c.to, 1)
		_, wrong := readDefinition(text)
		if text == scale4 || len(wrong) == 0 || !strings.HasPrefix(wrong[0].String(), c.want) {
			t.Errorf("%s: %v", name, wrong)
		}
	}
	for _, text := range []string{"", "- a list", "just words", "key: [", strings.Repeat("a: &a\n", 3) + "b: *a"} {
		if _, wrong := readDefinition(text); len(wrong) == 0 {
			t.Errorf("%q is taken", text)
		}
	}
}
