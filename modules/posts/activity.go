package posts

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/portfolio"
)

// Activity is how much is going on in a service: the posts, without replies, that
// were published in each week.
var Activity = portfolio.Posts(perWeek)

func perWeek(ctx context.Context, s tenants.Scope, until time.Time) ([]int, error) {
	counts := make([]int, portfolio.Weeks)
	for i := range counts {
		end := until.AddDate(0, 0, -7*(len(counts)-1-i))
		var err error
		if counts[i], err = published(ctx, s, end.AddDate(0, 0, -7), end); err != nil {
			return nil, err
		}
	}
	return counts, nil
}
