package recovery

import (
	"math"
	"slices"

	"github.com/sharon-nhs/sharon/modules/safety"
)

// Definition is a measure as a file defines it: what it asks and how it is scored.
// It says what a score is called, and never what to do about it.
type Definition struct {
	Key     string   `yaml:"key" json:"key"`
	Name    string   `yaml:"name" json:"name"`
	About   string   `yaml:"about" json:"about"`
	Licence string   `yaml:"licence" json:"licence"`
	Intro   string   `yaml:"intro" json:"intro"`
	Options []Option `yaml:"options" json:"options"`
	Items   []Item   `yaml:"items" json:"items"`
	// Missing is how many items may be left out: each counts as the mean of the
	// others. With more there is no score.
	Missing  int       `yaml:"missing" json:"missing"`
	Bands    []Band    `yaml:"bands" json:"bands"`
	Rules    []Rule    `yaml:"rules" json:"rules"`
	Examples []Example `yaml:"examples" json:"-"`

	// Revision counts the definitions of this key that a trust loaded; 0 for
	// SHaRON's own.
	Revision int `yaml:"-" json:"revision"`
}

// Option is an answer and what it counts.
type Option struct {
	Value int    `yaml:"value" json:"value"`
	Text  string `yaml:"text" json:"text"`
}

// Item is a question. A reversed one counts the more the less is answered.
type Item struct {
	Text     string `yaml:"text" json:"text"`
	Reversed bool   `yaml:"reversed" json:"reversed,omitempty"`
}

// Band is what scores from one to another are called.
type Band struct {
	From  int    `yaml:"from" json:"from"`
	To    int    `yaml:"to" json:"to"`
	Words string `yaml:"words" json:"words"`
}

// Rule has a human look at an answer: to item Item, counted from 1, that is above
// a value.
type Rule struct {
	Item  int          `yaml:"item" json:"item"`
	Above int          `yaml:"above" json:"above"`
	Level safety.Level `yaml:"level" json:"level"`
}

// Example is answers with the score that they must have; null is one left out.
type Example struct {
	Answers []*int `yaml:"answers"`
	Score   *int   `yaml:"score"`
}

// Result is what answers come to. Score is nil where too many were left out.
type Result struct {
	Answers []*int `json:"answers"` // nil for one left out
	Score   *int   `json:"score"`
	Band    string `json:"band,omitempty"`
}

// ends are the lowest and the highest value of an answer.
func (d Definition) ends() (low, high int) {
	low, high = math.MaxInt, math.MinInt
	for _, o := range d.Options {
		low, high = min(low, o.Value), max(high, o.Value)
	}
	return low, high
}

// most is the highest score.
func (d Definition) most() int {
	_, high := d.ends()
	return high * len(d.Items)
}

// counts is what an answer to an item counts.
func (d Definition) counts(item, answer int) int {
	if low, high := d.ends(); d.Items[item].Reversed {
		return low + high - answer
	}
	return answer
}

// offers tells whether an answer is one of the options.
func (d Definition) offers(answer int) bool {
	return slices.ContainsFunc(d.Options, func(o Option) bool { return o.Value == answer })
}

// Score is what answers come to, one an item in their order. They must be of the
// options. What was left out counts as the mean of the rest, where the definition
// allows so many, and the sum is rounded to the nearest whole number.
func (d Definition) Score(answers []*int) Result {
	out := Result{Answers: answers}
	sum, given := 0, 0
	for item, answer := range answers {
		if answer != nil {
			sum += d.counts(item, *answer)
			given++
		}
	}
	if given == 0 || len(d.Items)-given > d.Missing {
		return out
	}
	score := int(math.Round(float64(sum) * float64(len(d.Items)) / float64(given)))
	out.Score = &score
	for _, band := range d.Bands {
		if band.From <= score && score <= band.To {
			out.Band = band.Words
		}
	}
	return out
}

// alarms are the rules that answers meet, of each item the gravest.
func (d Definition) alarms(answers []*int) []Rule {
	gravest := map[int]Rule{}
	for _, rule := range d.Rules {
		answer := answers[rule.Item-1]
		if answer == nil || *answer <= rule.Above {
			continue
		}
		if was, met := gravest[rule.Item]; !met || was.Level.Graver(rule.Level) != was.Level {
			gravest[rule.Item] = rule
		}
	}
	var met []Rule
	for item := range d.Items {
		if rule, ok := gravest[item+1]; ok {
			met = append(met, rule)
		}
	}
	return met
}

// answer is what an answer says.
func (d Definition) answer(value *int) string {
	if value != nil {
		for _, o := range d.Options {
			if o.Value == *value {
				return o.Text
			}
		}
	}
	return "Left out"
}
