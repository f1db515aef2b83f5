package access

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// group is one of the four of the standard.
type group struct {
	Name  string `yaml:"name"`
	Needs []need `yaml:"needs"`
}

// need is something that can be recorded; Name says it to the person, Staff to the team.
type need struct {
	Key   string `yaml:"key"`
	Name  string `yaml:"name"`
	Staff string `yaml:"staff"`
}

//go:embed needs.yaml
var file []byte

var groups = func() (all []group) {
	decoder := yaml.NewDecoder(bytes.NewReader(file))
	decoder.KnownFields(true)
	if err := decoder.Decode(&all); err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return all
}()

// byKey are all needs.
var byKey = func() map[string]need {
	all := map[string]need{}
	for _, group := range groups {
		for _, one := range group.Needs {
			all[one.Key] = one
		}
	}
	return all
}()

// Needs is what somebody needs. None at all is an answer too: they were asked.
type Needs struct {
	Keys  []string `json:"needs" validate:"max=40"`
	Words string   `json:"words" validate:"max=500" label:"what else helps"`
}

// read is what was ticked and written, each need once and in the order of the list.
// Invalid names what is none.
func (n Needs) read() (Needs, error) {
	out := Needs{Keys: []string{}, Words: strings.TrimSpace(n.Words)}
	for _, key := range n.Keys {
		if _, known := byKey[key]; !known && key != "" {
			return Needs{}, fault.Bad("needs", "Choose from the list.")
		}
	}
	for _, group := range groups {
		for _, one := range group.Needs {
			if slices.Contains(n.Keys, one.Key) {
				out.Keys = append(out.Keys, one.Key)
			}
		}
	}
	return out, nil
}

// none tells whether nothing is needed.
func (n Needs) none() bool { return len(n.Keys) == 0 && n.Words == "" }

// flags say it to the team, one after the other.
func (n Needs) flags() (all []string) {
	for _, key := range n.Keys {
		all = append(all, byKey[key].Staff)
	}
	if n.Words != "" {
		all = append(all, n.Words)
	}
	return all
}

// names say it to the person.
func (n Needs) names() (all []string) {
	for _, key := range n.Keys {
		all = append(all, byKey[key].Name)
	}
	return all
}
