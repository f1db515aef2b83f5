// Package hazards is the clinical hazard log: what could harm somebody, what
// keeps it from happening, and which test proves each control that is software.
// It is data beside this file, in the repository, so that a change of it is
// reviewed like a change of the code that it speaks of.
//
// Source: DCB0129, Clinical Risk Management: its Application in the Manufacture
// of Health IT Systems, and its implementation guidance (NHS England).
package hazards

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed hazards.yaml
var kept []byte

// Severities are what harm can come of a hazard, the least first.
var Severities = []string{"Minor", "Significant", "Considerable", "Major", "Catastrophic"}

// Likelihoods are how often harm may come of it, the least first.
var Likelihoods = []string{"Very low", "Low", "Medium", "High", "Very high"}

// matrix is the risk of each likelihood (rows) and severity (columns), 1 to 5.
var matrix = [5][5]int{
	{1, 1, 2, 2, 3},
	{1, 2, 2, 3, 4},
	{2, 2, 3, 3, 4},
	{2, 3, 3, 4, 5},
	{3, 4, 4, 5, 5},
}

// Meanings say what follows from a risk, 1 to 5.
var Meanings = []string{
	1: "Acceptable. No further action is needed.",
	2: "Acceptable where making it smaller costs more than it gives.",
	3: "Undesirable. To be made smaller unless a named person accepts it.",
	4: "Must be made smaller, or must go, before anybody uses it.",
	5: "Unacceptable.",
}

// Risk is a severity and a likelihood, by name.
type Risk struct {
	Severity   string `yaml:"severity" json:"severity"`
	Likelihood string `yaml:"likelihood" json:"likelihood"`
}

// Row is the place of its likelihood among Likelihoods, Column that of its
// severity among Severities; -1 for a name that is none.
func (r Risk) Row() int { return slices.Index(Likelihoods, r.Likelihood) }

// Column is told with Row.
func (r Risk) Column() int { return slices.Index(Severities, r.Severity) }

// Score is 1 to 5 by the matrix; 0 for a risk that has a name that is none.
func (r Risk) Score() int {
	if r.Row() < 0 || r.Column() < 0 {
		return 0
	}
	return Score(r.Row(), r.Column())
}

// Score is the risk of a likelihood and a severity, by their places in the lists.
func Score(likelihood, severity int) int { return matrix[likelihood][severity] }

// Control is what keeps harm away. One that is software names the tests that
// prove it; one that people carry out names who does.
type Control struct {
	Text  string   `yaml:"text" json:"text"`
	Tests []string `yaml:"tests" json:"tests,omitempty"` // names of Go tests of this repository
	Who   string   `yaml:"who" json:"who,omitempty"`
}

// Hazard is one way in which somebody could come to harm.
type Hazard struct {
	ID       string    `yaml:"id" json:"id"`
	Hazard   string    `yaml:"hazard" json:"hazard"`
	Cause    string    `yaml:"cause" json:"cause"`
	Harm     string    `yaml:"harm" json:"harm"`
	Controls []Control `yaml:"controls" json:"controls"`
	Initial  Risk      `yaml:"initial" json:"initial"`
	Residual Risk      `yaml:"residual" json:"residual"`
	Owner    string    `yaml:"owner" json:"owner"`
	Review   string    `yaml:"review" json:"review"` // a day, 2006-01-02
}

// Overdue tells whether the day of its review has passed.
func (h Hazard) Overdue(now time.Time) bool {
	day, err := time.Parse(time.DateOnly, h.Review)
	return err != nil || now.After(day.AddDate(0, 0, 1))
}

// Log is all of them, in the order of their numbers.
var Log = func() []Hazard {
	all, err := Read(bytes.NewReader(kept))
	if err != nil {
		panic(err)
	}
	return all
}()

// Read takes a log apart. The error names the hazard and what is wrong with it.
func Read(from io.Reader) ([]Hazard, error) {
	var all []Hazard
	decoder := yaml.NewDecoder(from)
	decoder.KnownFields(true)
	if err := decoder.Decode(&all); err != nil {
		return nil, fmt.Errorf("the hazard log: %w", err)
	}
	seen := map[string]bool{}
	for _, h := range all {
		if err := h.check(); err != nil {
			return nil, fmt.Errorf("hazard %s: %w", h.ID, err)
		}
		if seen[h.ID] {
			return nil, fmt.Errorf("hazard %s: there are two of that number", h.ID)
		}
		seen[h.ID] = true
	}
	return all, nil
}

func (h Hazard) check() error {
	for what, words := range map[string]string{"number": h.ID, "hazard": h.Hazard, "cause": h.Cause, "harm": h.Harm, "owner": h.Owner} {
		if words == "" {
			return fmt.Errorf("it says no %s", what)
		}
	}
	if h.Initial.Score() == 0 || h.Residual.Score() == 0 {
		return fmt.Errorf("a risk is one of %q and one of %q", Severities, Likelihoods)
	}
	if h.Residual.Score() > h.Initial.Score() {
		return fmt.Errorf("controls do not make a risk greater")
	}
	if len(h.Controls) == 0 {
		return fmt.Errorf("nothing controls it")
	}
	for _, c := range h.Controls {
		if c.Text == "" || len(c.Tests) == 0 == (c.Who == "") {
			return fmt.Errorf("a control has a text, and either tests that prove it or somebody who carries it out")
		}
	}
	if _, err := time.Parse(time.DateOnly, h.Review); err != nil {
		return fmt.Errorf("write the day of its review as 2027-05-31")
	}
	return nil
}
