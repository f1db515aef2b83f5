package figures

import (
	"math"
	"slices"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/modules/safety"
)

// Item is of an item of the desk what is counted.
type Item struct {
	Level       safety.Level
	Held        bool
	RaisedAt    time.Time
	DueAt       time.Time
	RespondedAt *time.Time
	DecidedAt   *time.Time
	Act         safety.Act
	Sources     []safety.Source
}

// Figures are those of a service and a period.
type Figures struct {
	Period
	Items   int      `json:"items"`
	Waiting int      `json:"waiting"` // not decided yet
	Sources []Source `json:"sources"`
	Levels  []Line   `json:"levels"` // each level by itself, so that amber is not lost among the others
	Held    Line     `json:"held"`
	// OutOfHours were raised outside 9 to 5, Monday to Friday, by the clock of London.
	OutOfHours Share   `json:"out_of_hours"`
	Unanswered int     `json:"unanswered"` // posts that nobody had answered
	Appeals    Appeals `json:"appeals"`
	Cases      []Line  `json:"cases"` // response is the acknowledgement, decision the end
	Drills     []Test  `json:"drills"`
	Days       []Day   `json:"days"`

	settings safety.Settings // as they are now
}

// Source counts the items that something found; one item may have several.
type Source struct {
	Source safety.Source `json:"source"`
	Name   string        `json:"name"`
	Items  int           `json:"items"`
}

// Line is what is known of items of one sort.
type Line struct {
	Level    safety.Level `json:"level,omitempty"`
	Items    int          `json:"items"`
	Response Times        `json:"response"` // from the raising until somebody took it
	Decision Times        `json:"decision"` // from the raising until it was decided
	// InTime are those that met their target, of those that have met or missed it.
	InTime  Share `json:"in_time"`
	Overdue int   `json:"overdue"` // waiting, beyond their target
}

// Times are waits, in seconds: of how many, and which is the middle one, the one
// that nine of ten do not exceed, and the longest (nearest rank).
type Times struct {
	Count  int `json:"count"`
	Median int `json:"median_seconds"`
	P90    int `json:"p90_seconds"`
	Worst  int `json:"worst_seconds"`
}

// Share is some of all.
type Share struct {
	Part int `json:"part"`
	Of   int `json:"of"`
}

// Test is a drill and how long it took to be acknowledged; nil for never.
type Test struct {
	At      time.Time `json:"at"`
	Seconds *int      `json:"acknowledged_after_seconds,omitempty"`
}

// Day counts a day's items by level, in the order of safety.Levels.
type Day struct {
	Day    string `json:"day"`
	Counts []int  `json:"counts"`
}

// Reckon works figures out as they are at a time.
func Reckon(items []Item, cases []safety.Case, now time.Time) Figures {
	out := Figures{Items: len(items), OutOfHours: Share{Of: len(items)}, Drills: []Test{}}
	var held []Item
	for _, item := range items {
		if item.DecidedAt == nil {
			out.Waiting++
		}
		if item.Held {
			held = append(held, item)
		}
		if outOfHours(item.RaisedAt) {
			out.OutOfHours.Part++
		}
		if slices.Contains(item.Sources, safety.Unanswered) {
			out.Unanswered++
		}
	}
	for _, source := range safety.Sources {
		found := 0
		for _, item := range items {
			if slices.Contains(item.Sources, source) {
				found++
			}
		}
		if found > 0 {
			out.Sources = append(out.Sources, Source{source, source.Name(), found})
		}
	}
	var real []Item
	for _, c := range cases {
		if c.Drill {
			out.Drills = append(out.Drills, Test{c.OpenedAt, wait(c.OpenedAt, c.AckedAt)})
		} else {
			real = append(real, Item{Level: c.Level, RaisedAt: c.OpenedAt, DueAt: c.DueAt, RespondedAt: c.AckedAt, DecidedAt: c.ClosedAt})
		}
	}
	for _, level := range safety.Levels {
		out.Levels = append(out.Levels, line(level, items, now))
		if cases := line(level, real, now); cases.Items > 0 {
			out.Cases = append(out.Cases, cases)
		}
	}
	out.Held, out.Appeals = line("", held, now), appeals(items)
	return out
}

// line is of the items of a level, or of all.
func line(level safety.Level, items []Item, now time.Time) Line {
	out := Line{Level: level}
	var responses, decisions []int
	for _, item := range items {
		if level != "" && item.Level != level {
			continue
		}
		out.Items++
		if took := wait(item.RaisedAt, item.RespondedAt); took != nil {
			responses = append(responses, *took)
		}
		if took := wait(item.RaisedAt, item.DecidedAt); took != nil {
			decisions = append(decisions, *took)
		}
		met := item.DecidedAt // what is urgent must be taken in time, the rest decided
		if item.Level.Urgent() {
			met = item.RespondedAt
		}
		switch {
		case met != nil && !met.After(item.DueAt):
			out.InTime.Part++
			out.InTime.Of++
		case met != nil || now.After(item.DueAt):
			out.InTime.Of++
		}
		if met == nil && now.After(item.DueAt) {
			out.Overdue++
		}
	}
	out.Response, out.Decision = times(responses), times(decisions)
	return out
}

func wait(from time.Time, until *time.Time) *int {
	if until == nil {
		return nil
	}
	seconds := int(until.Sub(from).Seconds())
	return &seconds
}

func times(waits []int) Times {
	if len(waits) == 0 {
		return Times{}
	}
	slices.Sort(waits)
	at := func(share float64) int { return waits[int(math.Ceil(share*float64(len(waits))))-1] }
	return Times{len(waits), at(.5), at(.9), waits[len(waits)-1]}
}

// outOfHours tells whether a time is outside 9 to 5, Monday to Friday, in London.
func outOfHours(t time.Time) bool {
	t = t.In(clock.London)
	return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday || t.Hour() < 9 || t.Hour() >= 17
}

// byDay counts the items of each day from one instant until another.
func byDay(items []Item, from, until time.Time) []Day {
	var days []Day
	at := map[string]int{}
	for day := from; day.Before(until); day = day.AddDate(0, 0, 1) {
		at[day.Format(time.DateOnly)] = len(days)
		days = append(days, Day{day.Format(time.DateOnly), make([]int, len(safety.Levels))})
	}
	for _, item := range items {
		day := at[item.RaisedAt.In(clock.London).Format(time.DateOnly)]
		days[day].Counts[slices.Index(safety.Levels, item.Level)]++
	}
	return days
}
