package tenants

import (
	"slices"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
)

// Span is a time, from From until before To.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Who are the handles of those who are there, where members may know.
	Who []string `json:"who,omitempty"`
}

// Roster is what the rota says of the next weeks, kept with the service, so that
// no page asks the database who is there. Spans are in order and do not overlap.
type Roster struct {
	Until time.Time `json:"until"` // it says nothing of later times
	Here  []Span    `json:"here"`  // the team is there
	// Covered are the times at which somebody is on duty or on call.
	Covered []Span `json:"covered"`
}

// roster is what the rota says at a time; nil where it says nothing.
func (s *Service) roster(now time.Time) *Roster {
	if s.Roster == nil || !now.Before(s.Roster.Until) {
		return nil
	}
	return s.Roster
}

// Rostered tells whether the rota says who is there now.
func (s *Service) Rostered(now time.Time) bool { return s.roster(now) != nil }

// Accountable tells whether somebody of the team is on duty or on call. Without a
// rota it goes by the staffed hours; a service without any is staffed always.
func (s *Service) Accountable(now time.Time) bool {
	if roster := s.roster(now); roster != nil {
		_, in := at(roster.Covered, now)
		return in
	}
	here, _ := s.Staffing(now)
	return here || len(s.Staffed) == 0
}

// at is the first span that ends after now, and whether now is in it; the zero
// Span where there is none.
func at(spans []Span, now time.Time) (Span, bool) {
	i, _ := slices.BinarySearchFunc(spans, now, func(span Span, now time.Time) int {
		if span.To.After(now) {
			return 1
		}
		return -1
	})
	if i == len(spans) {
		return Span{}, false
	}
	return spans[i], !now.Before(spans[i].From)
}

// staffing is Staffing by the rota.
func (r *Roster) staffing(now time.Time) (here bool, words string) {
	span, here := at(r.Here, now)
	switch {
	case span.To.IsZero():
		return false, ""
	case !here:
		from := span.From.In(clock.London)
		return false, "The team is next here " + dayWords(daysApart(now, from), from) + " at " + hourWords(from)
	}
	words = "The team is here until " + r.end(now, span)
	if len(span.Who) > 0 {
		words += ": " + strings.Join(span.Who, ", ")
	}
	return true, words
}

// end is when the team goes, in words: others may come when the first ones leave.
func (r *Roster) end(now time.Time, span Span) string {
	to := span.To
	for _, next := range r.Here {
		if next.From.Equal(to) {
			to = next.To
		}
	}
	to = to.In(clock.London)
	if to.Sub(now) < 24*time.Hour {
		return hourWords(to)
	}
	return to.Weekday().String() + " at " + hourWords(to)
}

// inHours is when the team has been there for that long from now on; what lies
// beyond the rota counts as staffed.
func (r *Roster) inHours(now time.Time, lasting time.Duration) time.Time {
	at := now
	for _, span := range r.Here {
		if !span.To.After(at) {
			continue
		}
		if span.From.After(at) {
			at = span.From
		}
		left := span.To.Sub(at)
		if left >= lasting {
			return at.Add(lasting).UTC()
		}
		lasting, at = lasting-left, span.To
	}
	return at.Add(lasting).UTC()
}

// daysApart counts midnights in London between two times.
func daysApart(a, b time.Time) int {
	midnight := func(t time.Time) time.Time {
		t = t.In(clock.London)
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(b).Sub(midnight(a)).Hours() / 24)
}
