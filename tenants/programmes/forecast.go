package programmes

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharon-nhs/sharon/internal/ui"
)

// Forecast is when the service is likely to open, and why not when it was to.
type Forecast struct {
	Planned Day      `json:"planned"`
	Likely  Day      `json:"likely"`
	Late    int      `json:"late"` // working days; negative for early
	Reasons []Reason `json:"reasons"`
	Spans   Spans    `json:"-"`
	// Meant are the dates as if nobody were away: what somebody clashes with does not
	// move out of their way.
	Meant Spans `json:"-"`
}

// Spans are dates by the key of an item.
type Spans map[string]Span

// Reason is a part of the delay: Days of work, in words.
type Reason struct {
	Days  int    `json:"days"`
	Words string `json:"words"`
}

// Outlook is what a forecast is made of.
type Outlook struct {
	Items    []Item
	Live     string // key of the item on whose first day the service opens
	Planned  Day    // when that was to be
	Today    Day
	Players  []Player
	Away     []Away
	Calendar Calendar
}

// week is how many working days from the opening on the required people must be there.
const week = 5

// Pace is how much longer than planned work takes: planned days of what was to be
// done by today, against those of what is done. It is never under 1, so that good
// luck promises nothing, nor over 2, and 1 until ten days of work were due.
func (o Outlook) Pace() float64 {
	const enough, most = 10, 2
	due, done := 0, 0
	for _, item := range o.Items {
		if item.Gate {
			continue
		}
		if item.Due < o.Today {
			due += item.Days
		}
		if item.Done != "" {
			done += item.Days
		}
	}
	switch {
	case due < enough || done >= due:
		return 1
	case done*most < due:
		return most
	}
	return float64(due) / float64(done)
}

// Forecast adds up, one after the other: what is open and cannot begin before
// today, the pace so far, and the first day on which every required person or
// their cover is there for a week.
func (o Outlook) Forecast() (Forecast, error) {
	out := Forecast{Planned: o.Planned, Reasons: []Reason{}}
	open := o.open(1)
	spans, err := lay(open, o.Calendar)
	if err != nil {
		return out, err
	}
	out.Likely = spans[o.Live].From
	out.because(o.Calendar.between(o.Planned, out.Likely), o.blame(open, spans))
	if out.Meant = spans; o.done(o.Live) {
		return out.finish(o, spans), nil
	}

	pace := o.Pace()
	if spans, err = lay(o.open(pace), o.Calendar); err != nil {
		return out, err
	}
	out.Meant = spans
	before := out.Likely
	out.Likely = spans[o.Live].From
	out.because(o.Calendar.between(before, out.Likely), fmt.Sprintf("Work has taken %.1f times as long as planned so far, and what is left is reckoned at that pace.", pace))

	opens := out.Likely
	for {
		who, free := o.missing(opens)
		if free == "" {
			break
		}
		next := o.Calendar.next(free)
		out.because(o.Calendar.between(opens, next), who)
		opens = next
	}
	if opens > out.Likely {
		out.Likely = opens
		items := o.open(pace)
		for i := range items {
			if items[i].Key == o.Live {
				items[i].Moved = opens
			}
		}
		if spans, err = lay(items, o.Calendar); err != nil {
			return out, err
		}
	}
	return out.finish(o, spans), nil
}

func (f *Forecast) because(days int, words string) {
	if days > 0 && words != "" {
		f.Reasons = append(f.Reasons, Reason{days, words})
	}
}

func (f Forecast) finish(o Outlook, spans map[string]Span) Forecast {
	f.Spans, f.Late = spans, o.Calendar.between(f.Planned, f.Likely)
	return f
}

func (o Outlook) done(key string) bool {
	for _, item := range o.Items {
		if item.Key == key {
			return item.Done != ""
		}
	}
	return false
}

// open are the items as they can still be: nothing is done in the past, and what
// is to come takes so many times as long. What is overdue and waits for nothing is
// done today at the earliest; the decision at a gate takes its day at any pace.
func (o Outlook) open(pace float64) []Item {
	items := make([]Item, len(o.Items))
	for i, item := range o.Items {
		if item.Done == "" {
			waits := item.Moved > o.Today || slices.ContainsFunc(item.After, func(key string) bool { return !o.done(key) })
			overdue := item.Due < o.Today
			if overdue {
				item.NotBefore = max(o.Today, item.NotBefore)
			}
			if overdue && !waits {
				item.Days = 1
			} else if !item.Gate {
				item.Days = int(math.Ceil(float64(item.Days) * pace))
			}
		}
		items[i] = item
	}
	return items
}

// blame says in words what the opening waits for: the first open item of the chain
// that ends with it.
func (o Outlook) blame(items []Item, spans map[string]Span) string {
	byKey := map[string]Item{}
	for _, item := range items {
		byKey[item.Key] = item
	}
	root, after := byKey[o.Live], ""
	for key := o.Live; key != ""; key = spans[key].Waits {
		if item := byKey[key]; item.Done == "" {
			root, after = item, spans[key].Waits
		}
	}
	days := o.Calendar.between(root.Due, spans[root.Key].To)
	var why []string
	switch {
	case root.Moved != "" && spans[root.Key].From >= root.Moved && root.Moved > byKey[after].Done:
		why = append(why, "“"+root.Name+"” was moved to begin on "+root.Moved.Short())
	case root.Due < o.Today:
		why = append(why, "“"+root.Name+"” was due on "+root.Due.Short()+" and is not done")
	case after != "":
		why = append(why, "“"+root.Name+"” began late: “"+byKey[after].Name+"” was done on "+byKey[after].Done.Short())
	default:
		why = append(why, "“"+root.Name+"” will be "+ui.Count(days, "working day", "working days")+" late")
	}
	if root.Key != o.Live {
		why = append(why, "go-live waits for it")
	}
	return strings.Join(why, "; ") + "."
}

// missing tells which required person is away, with nobody to cover, in the week
// after the opening, and from which day on they are back; empty if nobody is.
func (o Outlook) missing(opens Day) (words string, back Day) {
	last := o.Calendar.add(opens, week)
	for _, clash := range clashes([]Stage{{"the go-live week", opens, last}}, o.Players, o.Away, nil) {
		if clash.Open {
			for _, a := range o.Away {
				if a.ID == clash.Away && a.To.Plus(1) > back {
					words, back = clash.Words, a.To.Plus(1)
				}
			}
		}
	}
	return words, back
}
