// Package clock is the only place that asks the machine for the time, so that
// tests can hold it still and everybody agrees on Europe/London.
package clock

import (
	"sync"
	"time"
	_ "time/tzdata" // a container without zoneinfo must still know when clocks change
)

// Clock tells the time.
type Clock interface {
	// Now is in UTC, cut to microseconds as both databases keep it.
	Now() time.Time
}

// London is where members and staff are.
var London = mustLoad("Europe/London")

func mustLoad(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

// Day is the day in London at a time, such as 2026-11-04.
func Day(t time.Time) string { return t.In(London).Format(time.DateOnly) }

// OutOfHours tells whether a time is outside 9 to 5, Monday to Friday, in London.
func OutOfHours(t time.Time) bool {
	t = t.In(London)
	return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday || t.Hour() < 9 || t.Hour() >= 17
}

// Real is the machine's clock.
type Real struct{}

// Now implements Clock.
func (Real) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Fake is a clock that moves only when told to.
type Fake struct {
	mu  sync.Mutex
	now time.Time
}

// NewFake starts a fake clock at t.
func NewFake(t time.Time) *Fake { return &Fake{now: t.UTC().Truncate(time.Microsecond)} }

// Now implements Clock.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Advance moves the clock on.
func (f *Fake) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d).Truncate(time.Microsecond)
}

// Stopwatch starts now; the function it returns says how long ago that was. It
// is for logs and figures, which go by the machine's clock whatever time the
// domain is told.
func Stopwatch() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}
