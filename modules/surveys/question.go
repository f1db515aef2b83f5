package surveys

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/ui"
)

// Kind is how a question is answered.
type Kind string

// The kinds.
const (
	One     Kind = "one"     // of its options
	Several Kind = "several" // of its options
	Scale   Kind = "scale"   // 0 to 10
	YesNo   Kind = "yes_no"  // or not sure
	Words   Kind = "words"
)

// kinds are all of them, in the order in which they are offered.
var kinds = []struct {
	Kind
	name, about string
}{
	{One, "One choice", "One of the answers that you write"},
	{Several, "Several choices", "As many as fit of the answers that you write"},
	{YesNo, "Yes or no", "Yes, no, or not sure"},
	{Scale, "A number", "From 0 to 10"},
	{Words, "Their own words", "A box to write in"},
}

func (k Kind) name() string {
	for _, one := range kinds {
		if one.Kind == k {
			return one.name
		}
	}
	return ""
}

// Chosen tells whether its answers are the options that somebody wrote.
func (k Kind) Chosen() bool { return k == One || k == Several }

// top is the highest number of a scale.
const top = 10

// Question is one of a survey's.
type Question struct {
	Key      string   `json:"key"` // in its survey
	Kind     Kind     `json:"kind"`
	Text     string   `json:"text"`
	Hint     string   `json:"hint,omitempty"`
	Options  []string `json:"options,omitempty"`
	Low      string   `json:"low,omitempty"`  // what 0 means
	High     string   `json:"high,omitempty"` // what 10 means
	Required bool     `json:"required"`
}

// answers are those that can be chosen; none where people write.
func (q Question) answers() []string {
	switch q.Kind {
	case YesNo:
		return []string{"Yes", "No", "Not sure"}
	case Scale:
		all := make([]string, top+1)
		for n := range all {
			all[n] = strconv.Itoa(n)
		}
		all[0], all[top] = worded(all[0], q.Low), worded(all[top], q.High)
		return all
	}
	return q.Options
}

func worded(number, words string) string {
	if words == "" {
		return number
	}
	return number + ": " + words
}

// choices are the answers as a form offers them, numbered from 1.
func (q Question) choices() (all []ui.Option) {
	for i, answer := range q.answers() {
		all = append(all, ui.Option{Value: strconv.Itoa(i + 1), Label: answer, Own: q.Kind != YesNo})
	}
	return all
}

// field is the name of its field in the form.
func (q Question) field() string { return "answers/" + q.Key }

// Bounds of what a question is made of.
const (
	mostQuestions = 30
	fewestOptions = 2
	mostOptions   = 12
	longestOption = 120
	longestWords  = 1000
)

// check tells what is wrong with a question's answers, by field.
func (q Question) check() error {
	if !q.Kind.Chosen() {
		return nil
	}
	switch {
	case len(q.Options) < fewestOptions:
		return fault.Bad("options", "Enter at least two answers, one on each line.")
	case len(q.Options) > mostOptions:
		return fault.Bad("options", "Enter no more than 12 answers.")
	}
	for i, option := range q.Options {
		if utf8.RuneCountInString(option) > longestOption {
			return fault.Bad("options", fmt.Sprintf("Answer %d must be %d characters or fewer.", i+1, longestOption))
		}
		if slices.ContainsFunc(q.Options[:i], func(other string) bool { return strings.EqualFold(other, option) }) {
			return fault.Bad("options", fmt.Sprintf("Answer %d is there twice.", i+1))
		}
	}
	return nil
}

// Questions are a survey's, in their order.
type Questions []Question

// find is the place of a question. NotFound if there is none of the key.
func (q Questions) find(key string) (int, error) {
	at := slices.IndexFunc(q, func(one Question) bool { return one.Key == key })
	if at < 0 {
		return at, fault.Missing()
	}
	return at, nil
}

// next is a key that no question of the survey has.
func (q Questions) next() string {
	most := 0
	for _, one := range q {
		n, _ := strconv.Atoi(strings.TrimPrefix(one.Key, "q")) // ours
		most = max(most, n)
	}
	return "q" + strconv.Itoa(most+1)
}

// Value implements driver.Valuer.
func (q Questions) Value() (driver.Value, error) { return written(q) }

// Scan implements sql.Scanner.
func (q *Questions) Scan(from any) error { return read(from, q) }

// written is a value as the JSON of a column, read what it was.
func written(value any) (driver.Value, error) {
	text, err := json.Marshal(value)
	return string(text), err
}

func read(from, into any) error {
	switch from := from.(type) {
	case string:
		return json.Unmarshal([]byte(from), into)
	case []byte:
		return json.Unmarshal(from, into)
	}
	return fmt.Errorf("surveys: JSON from a %T", from)
}
