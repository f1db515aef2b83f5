package desk

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Figures are how the desk is doing: of what was raised in the last thirty days,
// but for what is urgent now. What cannot be told yet is nil.
type Figures struct {
	Urgent  int      `json:"urgent_open"`
	Median  *int     `json:"median_first_response_minutes"`
	Within  *float64 `json:"within_target"`         // 0 to 1
	Outside *float64 `json:"raised_outside_9_to_5"` // 0 to 1, weekends too
}

func figures(ctx context.Context, s tenants.Scope) (Figures, error) {
	urgent, err := urgentOpen(ctx, s)
	if err != nil {
		return Figures{}, err
	}
	items, err := raisedSince(ctx, s, s.Now.AddDate(0, 0, -30))
	out := summed(items, s.Now)
	out.Urgent = urgent
	return out, err
}

func summed(items []safety.Item, now time.Time) (out Figures) {
	var responses []time.Duration
	var settled, within, outside int
	for _, item := range items {
		if item.RespondedAt != nil {
			responses = append(responses, item.RespondedAt.Sub(item.RaisedAt))
		}
		// A crisis and a red item must be acknowledged in time, the others decided.
		done := item.DecidedAt
		if item.Level.Urgent() {
			done = item.RespondedAt
		}
		if done != nil || item.DueAt.Before(now) {
			settled++
		}
		if done != nil && !done.After(item.DueAt) {
			within++
		}
		if !officeHours(item.RaisedAt) {
			outside++
		}
	}
	if len(responses) > 0 {
		slices.Sort(responses)
		median := int(responses[(len(responses)-1)/2].Round(time.Minute).Minutes())
		out.Median = &median
	}
	out.Within, out.Outside = share(within, settled), share(outside, len(items))
	return out
}

func share(some, all int) *float64 {
	if all == 0 {
		return nil
	}
	x := float64(some) / float64(all)
	return &x
}

// officeHours are 9 to 5 on weekdays, in Europe/London.
func officeHours(at time.Time) bool {
	at = at.In(clock.London)
	return at.Weekday() != time.Saturday && at.Weekday() != time.Sunday && at.Hour() >= 9 && at.Hour() < 17
}

func percent(share *float64) string {
	if share == nil {
		return "–"
	}
	return strconv.FormatFloat(math.Round(*share*1000)/10, 'f', -1, 64) + "%"
}

func median(minutes *int) string {
	if minutes == nil {
		return "–"
	}
	return spell(time.Duration(*minutes) * time.Minute)
}

func itoa(n int) string { return strconv.Itoa(n) }

func two(n int) string { return fmt.Sprintf("%02d", n) }
