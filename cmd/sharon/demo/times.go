package demo

import (
	"fmt"
	"strconv"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
)

// day is midnight in London, so many days from today.
func day(now time.Time, days int) time.Time {
	now = now.In(clock.London)
	return time.Date(now.Year(), now.Month(), now.Day()+days, 0, 0, 0, 0, clock.London)
}

// moment reads "-12d 03:12". What would be later than now was a day earlier:
// nothing is written in the future.
func moment(now time.Time, text string) (time.Time, error) {
	var days, hour, minute int
	if _, err := fmt.Sscanf(text, "%dd %d:%d", &days, &hour, &minute); err != nil {
		return time.Time{}, fmt.Errorf("time %q: write it like -12d 03:12", text)
	}
	for ; ; days-- {
		if at := later(day(now, days), hour, time.Hour); !later(at, minute, time.Minute).After(now) {
			return later(at, minute, time.Minute), nil
		}
	}
}

// coming reads "2d 19:30", which may be still to come.
func coming(now time.Time, text string) (time.Time, error) {
	var days, hour, minute int
	if _, err := fmt.Sscanf(text, "%dd %d:%d", &days, &hour, &minute); err != nil {
		return time.Time{}, fmt.Errorf("time %q: write it like 2d 19:30", text)
	}
	return later(later(day(now, days), hour, time.Hour), minute, time.Minute).UTC(), nil
}

// later adds to a time as a clock on a wall in London shows it.
func later(t time.Time, n int, unit time.Duration) time.Time {
	t = t.In(clock.London)
	days := 0
	if unit == 24*time.Hour {
		days, n = n, 0
	}
	return time.Date(t.Year(), t.Month(), t.Day()+days, t.Hour(), t.Minute(), t.Second()+n*int(unit/time.Second), 0, clock.London)
}

var units = map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}

// after reads "21m", "4h" or "2d" and counts from the post before.
func after(before time.Time, text string) (time.Time, error) {
	if text == "" || units[text[len(text)-1]] == 0 {
		return time.Time{}, fmt.Errorf("wait %q: write it like 21m, 4h or 2d", text)
	}
	n, err := strconv.Atoi(text[:len(text)-1])
	if err != nil || n < 0 {
		return time.Time{}, fmt.Errorf("wait %q: write it like 21m, 4h or 2d", text)
	}
	at := later(before, n, units[text[len(text)-1]])
	if !at.After(before) { // the hour that is missing in March
		at = before.Add(time.Minute)
	}
	return at, nil
}

// talk is when the posts of one conversation were written. Answers that would
// come after now are spread over the time that is left.
func talk(now time.Time, at string, answers []answer) ([]time.Time, error) {
	times := make([]time.Time, 0, 1+len(answers))
	t, err := moment(now, at)
	if err != nil {
		return nil, err
	}
	times = append(times, t)
	for _, a := range answers {
		if t, err = after(t, a.After); err != nil {
			return nil, err
		}
		times = append(times, t)
	}
	for i := range times {
		if times[i].After(now) {
			late, last := len(times)-i, times[i-1]
			for n := range late {
				times[i+n] = last.Add(now.Sub(last) * time.Duration(n+1) / time.Duration(late+1))
			}
			break
		}
	}
	for i := range times {
		times[i] = times[i].UTC().Truncate(time.Microsecond)
	}
	return times, nil
}
