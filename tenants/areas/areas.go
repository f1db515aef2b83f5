// Package areas is what a service of each area begins with, as data: a file for
// each area, and matters.yaml, which says what a difference from it means for
// people's safety. What is watched for has its own lists (modules/terms/lists).
package areas

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

//go:embed *.yaml
var files embed.FS

// keys are the areas in the order in which they are offered. Each has a file.
var keys = []string{"eating_disorders", "perinatal", "children_young_people", "learning_disabilities", "early_intervention", "carers", "waiting_list"}

// Area is what a service of an area begins with.
type Area struct {
	Key   string `yaml:"-"`
	Name  string `yaml:"name"`
	About string `yaml:"about"` // why it begins so
	// Rooms are those that are on, by key.
	Rooms []string `yaml:"rooms"`
	// Settings are those of rooms, on or off, that are not as they usually are.
	Settings map[string]map[string]any `yaml:"settings"`
	Waits    Waits                     `yaml:"waits"`
	Topics   []Topic                   `yaml:"topics"` // of content notes, before the common ones
	Boards   []Board                   `yaml:"boards"`
	Gifts    []string                  `yaml:"gifts"` // keys of drawings; none for the usual ones
	Rules    string                    `yaml:"rules"` // Markdown, before the usual house rules
}

// Waits is which posts others see only once the team has looked.
type Waits struct {
	Before     bool   `yaml:"before"`     // all of them
	Away       bool   `yaml:"away"`       // all of them, outside the team's hours
	First      int    `yaml:"first"`      // so many first ones of each member
	Unattended string `yaml:"unattended"` // while nobody is on duty: take, hold or refuse; empty is take
}

// Words say what waits.
func (w Waits) Words() string {
	words := "Others see a post at once."
	switch {
	case w.Before:
		words = "Others see a post once the team has read it."
	case w.First > 0:
		words = fmt.Sprintf("Others see a member’s first %d posts once the team has read them, and what comes after at once.", w.First)
	}
	if w.Away && !w.Before {
		words += " Outside the team’s hours all posts wait."
	}
	return words + unattended[w.Unattended]
}

var unattended = map[string]string{
	"hold":   " While nobody is on duty, all posts wait.",
	"refuse": " While nobody is on duty, nobody can post.",
}

// Topic is what a content note can say.
type Topic struct {
	Key  string `yaml:"key"`
	Name string `yaml:"name"`
}

// Board is a board of the forums.
type Board struct {
	Slug  string `yaml:"slug"`
	Name  string `yaml:"name"`
	About string `yaml:"about"`
	Staff bool   `yaml:"staff"` // only the team begins threads
}

// All are the areas, in their order.
var All = must(readAll())

// matters says by what differs (a room, "room.setting", or "waits") what that
// means for people's safety.
var matters = must(read[map[string]string]("matters"))

// Of finds an area; false if there is none of that key.
func Of(key string) (Area, bool) {
	at := slices.IndexFunc(All, func(a Area) bool { return a.Key == key })
	if at < 0 {
		return Area{}, false
	}
	return All[at], true
}

// On tells whether a room is on at first.
func (a Area) On(room string) bool { return slices.Contains(a.Rooms, room) }

// SettingsOf are a room's settings as JSON, to be laid over the usual ones.
func (a Area) SettingsOf(room string) json.RawMessage {
	if len(a.Settings[room]) == 0 {
		return json.RawMessage("{}")
	}
	return must(json.Marshal(a.Settings[room])) // YAML of these shapes is JSON too
}

// Matters says what it means for people's safety that a thing is not as at first;
// empty for what has no such meaning.
func Matters(what string) string { return matters[what] }

// Concerns are all things that matter, such as "messages.groups".
func Concerns() (all []string) {
	for what := range matters {
		all = append(all, what)
	}
	slices.Sort(all)
	return all
}

func readAll() (all []Area, err error) {
	for _, key := range keys {
		area, err := read[Area](key)
		if err != nil {
			return nil, err
		}
		area.Key = key
		all = append(all, area)
	}
	return all, nil
}

// read reads a file; an error names it, and the line.
func read[T any](name string) (out T, err error) {
	text, err := files.ReadFile(name + ".yaml")
	if err != nil {
		return out, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&out); err != nil {
		return out, fmt.Errorf("areas/%s.yaml: %w", name, err)
	}
	return out, nil
}

func must[T any](out T, err error) T {
	if err != nil {
		panic(err) // the files are part of the program, and a test reads them
	}
	return out
}
