package rota

import (
	"slices"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/tenants"
)

// A day is midnight in UTC of a date, whatever the clocks in London do on it.

// dayOf is the date in London at a time.
func dayOf(t time.Time) time.Time {
	t = t.In(clock.London)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// begins is the instant at which a day begins in London.
func begins(day time.Time) time.Time { return wall(day, "00:00") }

// wall is the instant at which a clock on a wall in London shows an hour on a day.
// Of an hour that comes twice the first is meant; one that the clocks leave out
// is the moment at which they change. So whoever ends then and whoever begins
// then meet.
func wall(day time.Time, hour string) time.Time {
	h, err := time.Parse("15:04", hour)
	if err != nil {
		return time.Time{} // no row has such an hour
	}
	t := time.Date(day.Year(), day.Month(), day.Day(), h.Hour(), h.Minute(), 0, 0, clock.London)
	if t.Hour() != h.Hour() || t.Minute() != h.Minute() {
		return time.Date(day.Year(), day.Month(), day.Day(), 2, 0, 0, 0, clock.London).UTC()
	}
	if first := t.Add(-time.Hour); first.Hour() == t.Hour() {
		t = first
	}
	return t.UTC()
}

// between is a span of hours that begins on a day; to not after from is of the
// next day.
func between(day time.Time, from, to string) tenants.Span {
	until := day
	if to <= from {
		until = day.AddDate(0, 0, 1)
	}
	return tenants.Span{From: wall(day, from), To: wall(until, to)}
}

// union puts spans in order and joins those that touch.
func union(spans []tenants.Span) (joined []tenants.Span) {
	spans = slices.SortedFunc(slices.Values(spans), func(a, b tenants.Span) int { return a.From.Compare(b.From) })
	for _, span := range spans {
		if last := len(joined) - 1; last >= 0 && !span.From.After(joined[last].To) {
			if span.To.After(joined[last].To) {
				joined[last].To = span.To
			}
			continue
		}
		joined = append(joined, tenants.Span{From: span.From, To: span.To})
	}
	return joined
}

// without takes spans out of another; taken are as union makes them.
func without(span tenants.Span, taken []tenants.Span) (left []tenants.Span) {
	for _, t := range taken {
		if !t.To.After(span.From) || !t.From.Before(span.To) {
			continue
		}
		if t.From.After(span.From) {
			left = append(left, tenants.Span{From: span.From, To: t.From})
		}
		span.From = t.To
	}
	if span.From.Before(span.To) {
		left = append(left, span)
	}
	return left
}

// clockOf is a time as a clock on a wall in London shows it.
func clockOf(t time.Time) string { return t.In(clock.London).Format("15:04") }

// monday is the first day of a day's week.
func monday(day time.Time) time.Time {
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

// weekOf is the Monday of the week of a time, as a date.
func weekOf(t time.Time) string { return monday(dayOf(t)).Format(time.DateOnly) }

// fits tells whether nothing of a span is taken.
func fits(span tenants.Span, taken []tenants.Span) bool {
	return !slices.ContainsFunc(taken, func(t tenants.Span) bool { return t.From.Before(span.To) && t.To.After(span.From) })
}
