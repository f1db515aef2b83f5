package desk

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Figures are how the desk is doing: of what was raised in the last thirty days,
// but for what is urgent now.
type Figures struct {
	Urgent     int          `json:"urgent_open"`
	Response   safety.Times `json:"response"`
	InTime     safety.Share `json:"in_time"`
	OutOfHours safety.Share `json:"out_of_hours"` // 9 to 5, weekends too
}

func figures(ctx context.Context, s tenants.Scope) (Figures, error) {
	urgent, err := urgentOpen(ctx, s)
	if err != nil {
		return Figures{}, err
	}
	items, err := raisedSince(ctx, s, s.Now.AddDate(0, 0, -30))
	line := safety.Measure(items, s.Now)
	return Figures{urgent, line.Response, line.InTime, safety.RaisedOutOfHours(items)}, err
}

func median(t safety.Times) string {
	if t.Count == 0 {
		return "–"
	}
	return spell(time.Duration(t.Median) * time.Second)
}
