package waiting

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
)

// Day is a day of the calendar in England.
type Day = clock.Date

func dayOf(t time.Time) Day { return clock.DateOf(t) }

var partOfDay = regexp.MustCompile(`[0-9]+|[A-Za-z]+`)

// readDay reads 2026-11-04, 4 11 2026, 04/11/2026 and 4 November 2026.
func readDay(text string) (day Day, complaint string) {
	parts := partOfDay.FindAllString(text, -1)
	for _, layout := range []string{"2006 1 2", "2 1 2006", "2 Jan 2006", "2 January 2006"} {
		if at, err := time.Parse(layout, strings.Join(parts, " ")); err == nil && at.Year() > 1900 {
			return Day(at.Format(time.DateOnly)), ""
		}
	}
	return "", "Write a day like 4 11 2026."
}

// Pause is a time in which somebody's clock stands still: both days are in it.
type Pause struct {
	From  Day `json:"from"`
	Until Day `json:"until"`
}

// longestPause is what one pause can be, in days: no clock stands still for ever.
const longestPause = 366

var betweenDays = regexp.MustCompile(`\s+(?:to|until)\s+|\.\.|\s+[-–]\s+`)

// interval is a pause as we keep it, and as other systems write it (ISO 8601).
var interval = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})$`)

const noEnd = "A pause has a first and a last day, like 5 1 2026 to 2 2 2026. No clock stands still for ever."

// readPauses reads pauses, one a line or with semicolons between them, and sorts them.
func readPauses(text string) (all Pauses, complaint string) {
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '\n' }) {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		ends := betweenDays.Split(one, -1)
		if iso := interval.FindStringSubmatch(one); iso != nil {
			ends = iso[1:]
		}
		if len(ends) != 2 || strings.TrimSpace(ends[1]) == "" {
			return nil, noEnd
		}
		from, complaint := readDay(ends[0])
		if complaint != "" {
			return nil, complaint
		}
		until, complaint := readDay(ends[1])
		if complaint != "" {
			return nil, complaint
		}
		all = append(all, Pause{from, until})
	}
	slices.SortFunc(all, func(a, b Pause) int { return strings.Compare(string(a.From), string(b.From)) })
	return all, wrongPauses(all)
}

// wrongPauses says what is wrong with pauses in their order; empty for nothing.
func wrongPauses(all Pauses) string {
	for i, p := range all {
		switch {
		case p.Until < p.From:
			return "A pause ends after it begins."
		case p.From.Until(p.Until) >= longestPause:
			return "A pause lasts a year at most. No clock stands still for ever."
		case i > 0 && p.From <= all[i-1].Until:
			return "Two pauses are on the same days."
		}
	}
	return ""
}

// paused counts the days from one until before another that were in a pause.
func paused(all Pauses, from, until Day) (sum int) {
	for _, p := range all {
		begin, end := max(p.From, from), min(p.Until.Plus(1), until)
		sum += max(0, begin.Until(end))
	}
	return sum
}
