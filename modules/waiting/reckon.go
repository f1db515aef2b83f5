package waiting

import (
	"slices"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/modules/safety"
)

// bands are how long somebody has waited: full weeks from From until before Until.
var bands = []struct {
	from, until int
	name        string
}{
	{0, 4, "Under 4 weeks"}, {4, 8, "4 to 7 weeks"}, {8, 12, "8 to 11 weeks"}, {12, 18, "12 to 17 weeks"}, {18, 26, "18 to 25 weeks"}, {26, 52, "26 to 51 weeks"}, {52, 1 << 30, "A year or more"},
}

// Band is how many people have waited for so long.
type Band struct {
	Name   string `json:"name"`
	People int    `json:"people"`
}

// Numbers are the figures of a waiting list on a day, and of what happened in a time.
type Numbers struct {
	Waiting  int    `json:"waiting"`
	Bands    []Band `json:"bands"`
	Median   int    `json:"median_weeks"`
	Most     int    `json:"percentile_92_weeks"` // 92 of 100 wait no longer
	InTarget Of     `json:"within_target"`       // of those who have a target
	// How many of those who wait were invited, are here and have checked in.
	Invited   Of `json:"invited"`
	Joined    Of `json:"joined"`
	CheckedIn Of `json:"checked_in"`
	// In the time: who began, how long half of them had waited, and who was within target.
	Began         int `json:"began"`
	BeganMedian   int `json:"began_median_weeks"`
	BeganInTarget Of  `json:"began_within_target"`
	// In the time: what they said, and who went because they no longer needed it.
	CheckIns  int `json:"check_ins"`
	Worse     int `json:"worse"`
	Changes   int `json:"changes_found"`
	NotNeeded int `json:"no_longer_needed"`
	// OutOfHours is what was said outside 9 to 5, Monday to Friday.
	OutOfHours Of `json:"out_of_hours"`
}

// Of is some of all.
type Of struct {
	Part int `json:"part"`
	All  int `json:"of"`
}

func (o Of) share() safety.Share { return safety.Share{Part: o.Part, Of: o.All} }

func (o *Of) add(in bool) {
	if o.All++; in {
		o.Part++
	}
}

// reckon counts entries as they are on a day, and what happened from a day until
// another, both in it.
func reckon(entries []Entry, ways map[uuid.UUID]Pathway, said []Note, today, from, until Day) Numbers {
	out := Numbers{Bands: make([]Band, len(bands))}
	for i, band := range bands {
		out.Bands[i].Name = band.name
	}
	var waits, began []int
	for _, e := range entries {
		weeks, target := e.Weeks(today), e.Target(ways[e.PathwayID])
		switch {
		case e.Open():
			waits = append(waits, weeks)
			out.waits(e, weeks, target)
		case e.OutcomeOn < from || e.OutcomeOn > until:
		case e.Outcome.Seen():
			began = append(began, weeks)
			if target > 0 {
				out.BeganInTarget.add(weeks < target)
			}
		case e.Outcome == NotNeeded:
			out.NotNeeded++
		}
	}
	for _, note := range said {
		if day := Day(clock.Day(note.At)); day >= from && day <= until {
			out.hears(note)
		}
	}
	out.Waiting, out.Median, out.Most = len(waits), percentile(waits, .5), percentile(waits, .92)
	out.Began, out.BeganMedian = len(began), percentile(began, .5)
	return out
}

func (n *Numbers) waits(e Entry, weeks, target int) {
	for i, band := range bands {
		if weeks >= band.from && weeks < band.until {
			n.Bands[i].People++
		}
	}
	if target > 0 {
		n.InTarget.add(weeks < target)
	}
	n.Invited.add(e.InvitedAt != nil || e.MemberID != nil)
	n.Joined.add(e.MemberID != nil)
	n.CheckedIn.add(e.SaidAt != nil)
}

func (n *Numbers) hears(note Note) {
	n.OutOfHours.add(clock.OutOfHours(note.At))
	switch {
	case !note.Kind.CheckIn():
		n.Changes++
	case note.Kind == Worse:
		n.Worse++
		n.Changes++
		n.CheckIns++
	default:
		n.CheckIns++
	}
}

// percentile is the value that a share of all do not exceed (nearest rank); zero of none.
func percentile(values []int, share float64) int {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[rank(share, len(values))]
}
