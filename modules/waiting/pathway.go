package waiting

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Pathway is what people wait for, with the words that they read meanwhile.
type Pathway struct {
	bun.BaseModel `bun:"table:waiting_pathways,alias:pathway"`
	tenants.InService

	ID   uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	Key  string    `bun:"key" json:"key"` // the name in small letters, by which files find it
	Name string    `bun:"name" json:"name"`
	// Next says what happens next, as Markdown.
	Next string `bun:"next_words" json:"next"`
	// Range is how the page says how long it takes; RangeWords are the team's own words.
	Range       Range  `bun:"range_shown" json:"range"`
	RangeWords  string `bun:"range_words" json:"range_words,omitempty"`
	Cadence     int    `bun:"cadence" json:"cadence"` // days from one check-in to the next
	TargetWeeks int    `bun:"target_weeks" json:"target_weeks"`
	Tag         string `bun:"tag" json:"tag,omitempty"`         // of the items of the library that fit
	Measure     string `bun:"measure" json:"measure,omitempty"` // key of the questionnaire that comes with check-ins
	Retired     bool   `bun:"retired" json:"retired"`           // nobody new is put on it
	Version     int    `bun:"version" json:"version"`
}

// Range is how a page says how long it takes.
type Range string

// By figures of the last 90 days, in the team's words, or not at all.
const (
	ByFigures Range = "figures"
	InWords   Range = "words"
	NotShown  Range = "off"
)

// cadences are those that a pathway can have, by their days.
var cadences = []struct {
	days int
	name string
}{{7, "every week"}, {14, "every two weeks"}, {28, "every four weeks"}}

func cadenceName(days int) string {
	for _, c := range cadences {
		if c.days == days {
			return c.name
		}
	}
	return ""
}

func pathwayKey(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// next is what happens next, as HTML.
func (p Pathway) next() string { return markdown.HTML(p.Next) }

// Pathways are all of a service.
type Pathways struct {
	Pathways []Pathway `json:"pathways"`
}

// Pathways lists them.
func (w Waiting) Pathways(ctx context.Context, s tenants.Scope, _ web.None) (Pathways, error) {
	all, err := pathways(ctx, s)
	return Pathways{all}, err
}

// ByID names a pathway, an entry or a file.
type ByID struct {
	ID uuid.UUID `path:"id"`
}

// PathwayForm is a pathway, and what can be chosen for it.
type PathwayForm struct {
	Pathway
	measures []ui.Option
}

// Pathway shows one, to change it.
func (w Waiting) Pathway(ctx context.Context, s tenants.Scope, in ByID) (PathwayForm, error) {
	row, err := pathwayOf(ctx, s, in.ID)
	if err != nil {
		return PathwayForm{}, err
	}
	all, err := w.measures.Choices(ctx, s)
	return PathwayForm{row, all}, err
}

// NewPathway is what a form for a new one begins with.
func (w Waiting) NewPathway(ctx context.Context, s tenants.Scope, _ web.None) (PathwayForm, error) {
	all, err := w.measures.Choices(ctx, s)
	return PathwayForm{Pathway{Range: ByFigures, Cadence: 14, TargetWeeks: 18}, all}, err
}

// PathwayWords are what a lead writes of a pathway.
type PathwayWords struct {
	Name        string `json:"name" validate:"filled,max=80" label:"a name"`
	Next        string `json:"next" validate:"max=4000" label:"what happens next"`
	Range       Range  `json:"range" validate:"required,oneof=figures words off" label:"how long it takes"`
	RangeWords  string `json:"range_words" validate:"max=500" label:"your words"`
	Cadence     int    `json:"cadence" validate:"required,oneof=7 14 28" label:"how often"`
	TargetWeeks int    `json:"target_weeks" validate:"gte=0,lte=260" label:"a number of weeks"`
	Tag         string `json:"tag" validate:"max=40" label:"a tag"`
	Measure     string `json:"measure" validate:"max=60" label:"a questionnaire"`
}

func (in PathwayWords) over(p *Pathway) error {
	if in.Range == InWords && strings.TrimSpace(in.RangeWords) == "" {
		return fault.Bad("range_words", "Enter your words, or choose another way.")
	}
	p.Name, p.Next, p.Range, p.RangeWords = strings.Join(strings.Fields(in.Name), " "), strings.TrimSpace(in.Next), in.Range, strings.TrimSpace(in.RangeWords)
	p.Key, p.Cadence, p.TargetWeeks, p.Tag = pathwayKey(in.Name), in.Cadence, in.TargetWeeks, strings.ToLower(strings.TrimSpace(in.Tag))
	p.Measure = in.Measure
	return nil
}

// AddPathway makes one.
func (w Waiting) AddPathway(ctx context.Context, s tenants.Scope, in PathwayWords) (Pathway, error) {
	row := Pathway{ID: uuid.Must(uuid.NewV7()), Version: 1}
	if err := w.measured(ctx, s, in.Measure, ""); err != nil {
		return Pathway{}, err
	}
	if err := in.over(&row); err != nil {
		return Pathway{}, err
	}
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return Pathway{}, named(err)
	}
	return row, s.Audit(ctx, "waiting.pathway", tenants.Audited{Subject: row.ID, After: row})
}

// ChangePathway is a pathway as a lead wants it.
type ChangePathway struct {
	ID uuid.UUID `path:"id"`
	PathwayWords
	Retired bool `json:"retired"`
	Version int  `json:"version"`
}

// ChangePathway changes one. Conflict if somebody else was faster.
func (w Waiting) ChangePathway(ctx context.Context, s tenants.Scope, in ChangePathway) (Pathway, error) {
	row, err := pathwayOf(ctx, s, in.ID)
	if err != nil {
		return Pathway{}, err
	}
	was := row
	if row.Version != in.Version {
		return Pathway{}, fault.Stale()
	}
	if err := w.measured(ctx, s, in.Measure, was.Measure); err != nil {
		return Pathway{}, err
	}
	if err := in.over(&row); err != nil {
		return Pathway{}, err
	}
	row.Retired = in.Retired
	row.Version++
	result, err := s.Update(&row).ExcludeColumn("tenant_id", "service_id", "id").Where("id = ?", row.ID).Where("version = ?", in.Version).Exec(ctx)
	if err := tenants.Fresh(result, named(err)); err != nil {
		return Pathway{}, err
	}
	return row, s.Audit(ctx, "waiting.pathway", tenants.Audited{Subject: row.ID, Before: was, After: row})
}

// named says that a name is taken.
func named(err error) error {
	if database.Taken(err) {
		return fault.Bad("name", "There is a pathway of this name already.")
	}
	return err
}
