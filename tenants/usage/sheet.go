package usage

import (
	"slices"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// Sheet are the numbers of some periods, of a service or of several together.
type Sheet struct {
	Span    Span
	Periods []string // their first days, in order
	n       sums
	before  map[string]int // who joined and left before the first
}

func newSheet(span Span, periods []string, before map[string]int) Sheet {
	return Sheet{span, periods, sums{}, before}
}

// add counts a number in; days become the period that they are in.
func (s Sheet) add(c Cell) {
	if c.Span == Day && s.Span != Day {
		if c.Key == active { // who came on two days of a week came once
			return
		}
		day, err := parse(c.Since)
		if err != nil {
			return
		}
		c.Since = day.first(s.Span).String()
	} else if c.Span != s.Span {
		return
	}
	if len(s.Periods) == 0 || c.Since < s.Periods[0] {
		if s.Span == Month && (c.Key == joined || c.Key == left) {
			s.before[c.Key] += c.N
		}
		return
	}
	s.n[place{s.Span, c.Since, c.Key, c.Part, c.Outside}] += c.N
}

// lively are the sheets of which there is something.
func lively(all map[uuid.UUID]Sheet) (some []Sheet) {
	for _, s := range all {
		if len(s.n) > 0 {
			some = append(some, s)
		}
	}
	return some
}

// begun leaves out the first periods, of which nothing is known.
func (s Sheet) begun() Sheet {
	if s.before[joined] > 0 {
		return s
	}
	first := ""
	for at, n := range s.n {
		if n > 0 && (first == "" || at.since < first) {
			first = at.since
		}
	}
	s.Periods = slices.DeleteFunc(slices.Clone(s.Periods), func(since string) bool { return first == "" || since < first })
	return s
}

// sum adds up what fits.
func (s Sheet) sum(fits func(place) bool) (total int) {
	for at, n := range s.n {
		if fits(at) {
			total += n
		}
	}
	return total
}

// of is the number of a key in a period.
func (s Sheet) of(since, key string) int {
	return s.sum(func(at place) bool { return at.since == since && at.key == key })
}

// part is the number of a part of it.
func (s Sheet) part(since, key, part string) int {
	return s.n[place{s.Span, since, key, part, false}] + s.n[place{s.Span, since, key, part, true}]
}

// parts are those that a key has in any period, in order.
func (s Sheet) parts(key string) (all []string) {
	for at, n := range s.n {
		if at.key == key && n > 0 && !slices.Contains(all, at.part) {
			all = append(all, at.part)
		}
	}
	slices.Sort(all)
	return all
}

// members are how many there were at the end of a period.
func (s Sheet) members(since string) int {
	return s.before[joined] - s.before[left] + s.sum(func(at place) bool { return at.since <= since && at.key == joined }) -
		s.sum(func(at place) bool { return at.since <= since && at.key == left })
}

// cohort is who joined in a month, and how many of them came in a later one.
func (s Sheet) cohort(joinedIn, since string) (came, all int) {
	return s.part(since, active, joinedIn), s.of(joinedIn, joined)
}

// outside is the share of deeds out of hours, in percent; false without any deed.
func (s Sheet) outside(since string, counts []tenants.Count) (percent float64, known bool) {
	out, all := 0, 0
	for at, n := range s.n {
		if at.since != since || !slices.ContainsFunc(counts, func(c tenants.Count) bool { return c.Deeds && c.Key == at.key }) {
			continue
		}
		if all += n; at.outside {
			out += n
		}
	}
	if all == 0 {
		return 0, false
	}
	return 100 * float64(out) / float64(all), true
}

// within is the step within which a share of the waits of a period ended, the first
// being 1; false without any wait.
func (s Sheet) within(since, key string, share float64) (nth int, known bool) {
	all := s.of(since, key)
	if all == 0 {
		return 0, false
	}
	so := 0
	for i, step := range steps {
		if so += s.part(since, key, step.key); float64(so) >= share*float64(all) {
			return i + 1, true
		}
	}
	return len(steps), true
}

// Measure is one of the figures that are compared.
type Measure struct {
	Key, Name string
	of        func(s Sheet, since string) (float64, bool)
	say       func(v float64) string
}

// measures are those of some counts, each with how it is said.
func measures(counts []tenants.Count) []Measure {
	number := func(n int) (float64, bool) { return float64(n), true }
	all := []Measure{
		{"members", "Members", func(s Sheet, since string) (float64, bool) { return number(s.members(since)) }, nil},
		{joined, "Joined", func(s Sheet, since string) (float64, bool) { return number(s.of(since, joined)) }, nil},
		{active, "Active members", func(s Sheet, since string) (float64, bool) { return number(s.of(since, active)) }, nil},
	}
	for _, c := range counts {
		switch {
		case c.Key == invited, len(c.Answers) > 0:
		case c.Waits:
			all = append(all, Measure{c.Key, c.Name + ": half of them within", func(s Sheet, since string) (float64, bool) {
				step, known := s.within(since, c.Key, .5)
				return float64(step), known
			}, sayStep})
		default:
			all = append(all, Measure{c.Key, c.Name, func(s Sheet, since string) (float64, bool) { return number(s.of(since, c.Key)) }, nil})
		}
	}
	return append(all, Measure{"outside", "Done outside 9 to 5, Monday to Friday", func(s Sheet, since string) (float64, bool) { return s.outside(since, counts) }, sayPercent})
}
