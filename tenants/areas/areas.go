// Package areas is what a service of each area begins with, as data: a file for
// each area; matters.yaml, which says what a difference from it means for people’s
// safety; and licensed.yaml, the measures that trusts load themselves. What is
// watched for has its own lists (modules/terms/lists).
package areas

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"

	"github.com/sharon-nhs/sharon/internal/words"
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
	// Figures says that numbers of body, weight, food and exercise are caught.
	Figures bool     `yaml:"figures"`
	Notices Notices  `yaml:"notices"`
	Waits   Waits    `yaml:"waits"`
	Topics  []Topic  `yaml:"topics"` // of content notes, before the common ones
	Boards  []Board  `yaml:"boards"`
	Gifts   []string `yaml:"gifts"` // keys of drawings; none for the usual ones
	// Words is how the interface is put to members at first; empty for English.
	Words words.Tag `yaml:"words"`
	// Measures are those that clinicians are offered first: SHaRON’s own, or licensed ones.
	Measures []string `yaml:"measures"`
	// Keep bounds how long classes of records are kept, beside what the trust chose.
	Keep    map[string]Bounds `yaml:"keep"`
	Crisis  []Helpline        `yaml:"crisis"`  // beside those that every service has
	Welcome string            `yaml:"welcome"` // Markdown
	Easy    Easy              `yaml:"easy"`
	Rules   string            `yaml:"rules"` // Markdown, before the usual house rules
	// Wings are those that a service of the area is made with, unless somebody says
	// otherwise, and AsWing is what a service of the area is as a wing of another one.
	Wings  []Wing `yaml:"wings"`
	AsWing *Wing  `yaml:"as_wing"`
}

// Wing is a part of a service that is a service of its own: for an age, or where it
// has none for relatives and carers.
type Wing struct {
	Key    string  `yaml:"key"`  // 14-17
	Name   string  `yaml:"name"` // after that of the service
	About  string  `yaml:"about"`
	From   int     `yaml:"from"` // in years, both with
	To     int     `yaml:"to"`
	Boards []Board `yaml:"boards"` // in place of the area's; none for those
	Rules  string  `yaml:"rules"`  // before the area's
}

// ForCarers tells whether the wing is for relatives and carers.
func (w Wing) ForCarers() bool { return w.To == 0 }

// Offers are the wings that a service of the area can be given: its own, or else one
// for relatives and carers.
func (a Area) Offers() []Wing {
	carers, _ := Of("carers")
	switch {
	case len(a.Wings) > 0:
		return a.Wings
	case a.Key == carers.Key:
		return nil
	}
	return []Wing{*carers.AsWing}
}

// Wing is what a wing of the area begins with.
func (a Area) Wing(key string) Area {
	at := slices.IndexFunc(a.Wings, func(w Wing) bool { return w.Key == key })
	if at < 0 {
		return a
	}
	wing := a.Wings[at]
	if len(wing.Boards) > 0 {
		a.Boards = wing.Boards
	}
	if wing.Rules != "" {
		a.Rules = wing.Rules + "\n" + a.Rules
	}
	return a
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
	said := "Others see a post at once."
	switch {
	case w.Before:
		said = "Others see a post once the team has read it."
	case w.First > 0:
		said = fmt.Sprintf("Others see a member’s first %d posts once the team has read them, and what comes after at once.", w.First)
	}
	if w.Away && !w.Before {
		said += " Outside the team’s hours all posts wait."
	}
	return said + unattended[w.Unattended]
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
	Slug  string `yaml:"slug" json:"slug"`
	Name  string `yaml:"name" json:"name"`
	About string `yaml:"about" json:"about"`
	Staff bool   `yaml:"staff" json:"staff"` // only the team begins threads
}

// shipped are SHaRON’s own presets.
var shipped = Read(files).must()

// All are the areas, in their order.
var All = shipped.Areas

// Shipped are the files of SHaRON’s own presets.
var Shipped fs.FS = files

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

// Licensed is the name of a measure that trusts load themselves; empty if none has
// this key.
func Licensed(key string) string { return shipped.Licensed[key] }

// Matters says what it means for people's safety that a thing is not as at first;
// empty for what has no such meaning.
func Matters(what string) string { return shipped.Matters[what] }

func must[T any](out T, err error) T {
	if err != nil {
		panic(err) // the files are part of the program, and a test reads them
	}
	return out
}
