package figures

import (
	"slices"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/modules/safety"
)

// Figures are those of a service and a period.
type Figures struct {
	Period
	Items   int           `json:"items"`
	Waiting int           `json:"waiting"` // not decided yet
	Sources []Source      `json:"sources"`
	Levels  []safety.Line `json:"levels"` // each level by itself, so that amber is not lost among the others
	Held    safety.Line   `json:"held"`
	// OutOfHours were raised outside 9 to 5, Monday to Friday, by the clock of London.
	OutOfHours safety.Share  `json:"out_of_hours"`
	Unanswered int           `json:"unanswered"` // posts that nobody had answered
	Appeals    Appeals       `json:"appeals"`
	Cases      []safety.Line `json:"cases"` // response is the acknowledgement, decision the end
	Drills     []Test        `json:"drills"`
	Days       []Day         `json:"days"`
	Hours      []Hour        `json:"hours"` // of the day, from midnight

	settings safety.Settings // as they are now
}

// Source counts the items that something found; one item may have several.
type Source struct {
	Source safety.Source `json:"source"`
	Name   string        `json:"name"`
	Items  int           `json:"items"`
}

// Test is a drill and how long it took to be acknowledged; nil for never.
type Test struct {
	At      time.Time `json:"at"`
	Seconds *int      `json:"acknowledged_after_seconds,omitempty"`
}

// Day counts a day's items by level, in the order of safety.Levels, and what of
// them was held or had found nobody to answer it.
type Day struct {
	Day        string `json:"day"`
	Counts     []int  `json:"counts"`
	Held       int    `json:"held"`
	Unanswered int    `json:"unanswered"`
}

// Hour counts what was raised in an hour of the day, by the clock of London.
type Hour struct {
	Within  int `json:"within_9_to_5"` // Monday to Friday
	Outside int `json:"outside_9_to_5"`
}

// reckon works figures out as they are at a time.
func reckon(items []safety.Item, cases []safety.Case, now time.Time) Figures {
	held := only(items, func(item safety.Item) bool { return item.Held })
	out := Figures{
		Items: len(items), OutOfHours: safety.RaisedOutOfHours(items), Held: safety.Measure(held, now), Appeals: appeals(items, now), Drills: []Test{},
		Waiting:    len(only(items, func(item safety.Item) bool { return item.DecidedAt == nil })),
		Unanswered: len(only(items, foundBy(safety.Unanswered))),
	}
	for _, source := range safety.Sources {
		if found := len(only(items, foundBy(source))); found > 0 {
			out.Sources = append(out.Sources, Source{source, source.Name(), found})
		}
	}
	var real []safety.Item
	for _, c := range cases {
		if c.Drill {
			out.Drills = append(out.Drills, Test{c.OpenedAt, safety.Took(c.OpenedAt, c.AckedAt)})
		} else {
			real = append(real, safety.Item{Level: c.Level, RaisedAt: c.OpenedAt, DueAt: c.DueAt, RespondedAt: c.AckedAt, DecidedAt: c.ClosedAt})
		}
	}
	for _, level := range safety.Levels {
		out.Levels = append(out.Levels, line(level, items, now))
		if cases := line(level, real, now); cases.Items > 0 {
			out.Cases = append(out.Cases, cases)
		}
	}
	return out
}

// line is of the items of a level.
func line(level safety.Level, items []safety.Item, now time.Time) safety.Line {
	out := safety.Measure(only(items, func(item safety.Item) bool { return item.Level == level }), now)
	out.Level = level
	return out
}

func only(items []safety.Item, is func(safety.Item) bool) (some []safety.Item) {
	for _, item := range items {
		if is(item) {
			some = append(some, item)
		}
	}
	return some
}

func foundBy(source safety.Source) func(safety.Item) bool {
	return func(item safety.Item) bool {
		return slices.ContainsFunc(item.Marks, func(mark safety.Mark) bool { return mark.Source == source })
	}
}

// byDay counts the items of each day from one instant until another.
func byDay(items []safety.Item, from, until time.Time) []Day {
	var days []Day
	at := map[string]int{}
	for day := from; day.Before(until); day = day.AddDate(0, 0, 1) {
		at[day.Format(time.DateOnly)] = len(days)
		days = append(days, Day{Day: day.Format(time.DateOnly), Counts: make([]int, len(safety.Levels))})
	}
	waited := foundBy(safety.Unanswered)
	for _, item := range items {
		day := &days[at[clock.Day(item.RaisedAt)]]
		day.Counts[slices.Index(safety.Levels, item.Level)]++
		if item.Held {
			day.Held++
		}
		if waited(item) {
			day.Unanswered++
		}
	}
	return days
}

func byHour(items []safety.Item) []Hour {
	hours := make([]Hour, 24)
	for _, item := range items {
		if hour := &hours[item.RaisedAt.In(clock.London).Hour()]; clock.OutOfHours(item.RaisedAt) {
			hour.Outside++
		} else {
			hour.Within++
		}
	}
	return hours
}
