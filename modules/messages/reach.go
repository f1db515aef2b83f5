package messages

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Reach says honestly when the team answers, and whom to turn to before that.
type Reach struct {
	Here bool `json:"here"`
	// Hours says until when the team is here, or when next; empty if nobody entered that.
	Hours string `json:"hours,omitempty"`
	// Usual is how long a reply takes.
	Usual string `json:"usual"`
	// Crisis is who answers now; empty while the team is here.
	Crisis []tenants.Contact `json:"crisis,omitempty"`
}

const (
	lately = 30 * 24 * time.Hour
	// fewest replies make a figure that says anything.
	fewest = 5
)

func reachOf(ctx context.Context, s tenants.Scope) (Reach, error) {
	var out Reach
	if out.Here, out.Hours = s.Service.Staffing(s.Now); !out.Here {
		out.Crisis = tenants.Contacts(s.Service)
	}
	after, known, err := medianReply(ctx, s)
	out.Usual = usual(after, known)
	return out, err
}

// medianReply is how long members waited lately for the team's first word: half
// of them no longer than this.
func medianReply(ctx context.Context, s tenants.Scope) (median time.Duration, known bool, err error) {
	answers := s.Select((*Message)(nil)).Where("message.answered_after IS NOT NULL").Where("message.created_at > ?", s.Now.Add(-lately))
	count, err := answers.Clone().Count(ctx)
	if err != nil || count < fewest {
		return 0, false, err
	}
	var seconds int64
	err = answers.Column("answered_after").Order("answered_after").Offset((count-1)/2).Limit(1).Scan(ctx, &seconds)
	return time.Duration(seconds) * time.Second, true, err
}

// noFigure is said where too few have waited lately.
const noFigure = "no figure yet"

// usual says a duration as people do, rounded up.
func usual(after time.Duration, known bool) string {
	up := func(unit time.Duration) int { return max(1, int((after+unit-1)/unit)) }
	switch {
	case !known:
		return noFigure
	case after <= 45*time.Minute:
		return fmt.Sprintf("about %d minutes", 15*up(15*time.Minute))
	case after <= time.Hour:
		return "about an hour"
	case after <= 23*time.Hour:
		return fmt.Sprintf("about %d hours", up(time.Hour))
	case after <= 24*time.Hour:
		return "about a day"
	}
	return fmt.Sprintf("about %d days", up(24*time.Hour))
}

// words are what an error says to people; empty for none.
func words(err error) string {
	var refused *fault.Error
	if errors.As(err, &refused) {
		return refused.Message
	}
	return ""
}
