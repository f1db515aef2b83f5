package tenants

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
)

// Hours are when a service's team is there, in Europe/London.
type Hours struct {
	Days []string `json:"days" yaml:"days"` // mon to sun
	From string   `json:"from" yaml:"from"` // 09:00
	To   string   `json:"to" yaml:"to"`     // not after From: of the next day
}

// Staffing says in words whether the team is there now, and otherwise when it
// is next: doors open at any hour do not mean that staff are awake. It goes by the
// rota, or by the staffed hours where there is none.
func (s *Service) Staffing(now time.Time) (here bool, words string) {
	if roster := s.roster(now); roster != nil {
		return roster.staffing(now)
	}
	now = now.In(clock.London)
	spans := slices.SortedFunc(slices.Values(s.Staffed), func(a, b Hours) int { return strings.Compare(a.From, b.From) })
	for ahead := -1; ahead < 8; ahead++ { // last night's team may still be here
		day := now.AddDate(0, 0, ahead)
		for _, span := range spans {
			if !slices.Contains(span.Days, strings.ToLower(day.Weekday().String()[:3])) {
				continue
			}
			from, to, err := span.on(day)
			if err != nil || !now.Before(to) {
				continue
			}
			if !now.Before(from) {
				return true, "The team is here until " + hourWords(to)
			}
			return false, "The team is next here " + dayWords(ahead, from) + " at " + hourWords(from)
		}
	}
	return false, ""
}

// InStaffedHours is the time at which the team has been there for that long from
// now on. A service without hours is taken to be staffed always.
func (s *Service) InStaffedHours(now time.Time, lasting time.Duration) time.Time {
	if roster := s.roster(now); roster != nil {
		return roster.inHours(now, lasting)
	}
	if len(s.Staffed) == 0 {
		return now.Add(lasting)
	}
	day, at := now.In(clock.London).AddDate(0, 0, -1), now
	for ahead := range staffedAhead {
		var spans [][2]time.Time
		for _, span := range s.Staffed {
			on := day.AddDate(0, 0, ahead)
			from, to, err := span.on(on)
			if err == nil && slices.Contains(span.Days, strings.ToLower(on.Weekday().String()[:3])) {
				spans = append(spans, [2]time.Time{from, to})
			}
		}
		slices.SortFunc(spans, func(a, b [2]time.Time) int { return a[0].Compare(b[0]) })
		for _, span := range spans {
			if span[0].After(at) {
				at = span[0]
			}
			if left := span[1].Sub(at); left >= lasting {
				return at.Add(lasting).UTC()
			} else if left > 0 {
				lasting, at = lasting-left, span[1]
			}
		}
	}
	return at.Add(lasting).UTC()
}

// staffedAhead is how many days are looked at for the hours that a service lacks.
const staffedAhead = 60

func (h Hours) on(day time.Time) (from, to time.Time, err error) {
	at := func(hour string) (time.Time, error) {
		t, err := time.Parse("15:04", hour)
		if err != nil {
			return time.Time{}, fmt.Errorf("staffed hour: %w", err)
		}
		return time.Date(day.Year(), day.Month(), day.Day(), t.Hour(), t.Minute(), 0, 0, clock.London), nil
	}
	if from, err = at(h.From); err != nil {
		return from, to, err
	}
	if to, err = at(h.To); err == nil && !to.After(from) {
		day = day.AddDate(0, 0, 1) // until the next morning
		to, err = at(h.To)
	}
	return from, to, err
}

var days = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// check tells what is wrong with hours that somebody entered.
func (h Hours) check() error {
	for _, day := range h.Days {
		if !slices.Contains(days, day) {
			return fault.Bad("staffed", "Write days as mon, tue, wed, thu, fri, sat or sun.")
		}
	}
	if _, _, err := h.on(time.Time{}); err != nil {
		return fault.Bad("staffed", "Write hours like 09:00 and 17:30.")
	}
	return nil
}

func dayWords(ahead int, day time.Time) string {
	switch ahead {
	case 0:
		return "today"
	case 1:
		return "tomorrow"
	}
	if ahead < 8 { // as far as staffed hours are looked at
		return "on " + day.Weekday().String()
	}
	return "on " + day.Format("Monday 2 January")
}

func hourWords(t time.Time) string {
	if t.Minute() == 0 {
		return t.Format("3pm")
	}
	return t.Format("3:04pm")
}
