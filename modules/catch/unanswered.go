package catch

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Unanswered is what nobody has answered yet, what waits longest first.
type Unanswered struct {
	Hours int          `json:"hours"` // after which it is shown here
	Posts []posts.Post `json:"posts"`
}

// Unanswered lists what the actor may read and nobody answered.
func (c Catch) Unanswered(ctx context.Context, s tenants.Scope, _ web.None) (Unanswered, error) {
	hours := safety.SettingsOf(s).UnansweredHours
	rows, err := c.posts.Unanswered(ctx, s, s.Now.Add(-time.Duration(hours)*time.Hour))
	return Unanswered{hours, rows}, err
}

// waiting counts them for who looks after them.
func (c Catch) waiting(ctx context.Context, s tenants.Scope) (int, error) {
	if !s.May("unanswered.read") {
		return 0, nil
	}
	out, err := c.Unanswered(ctx, s, web.None{})
	return len(out.Posts), err
}

// unanswered puts on the desk what peers had as long again to answer.
func (c Catch) unanswered(ctx context.Context, s tenants.Scope) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		hours := time.Duration(safety.SettingsOf(s).UnansweredHours) * time.Hour
		late, err := c.posts.Overdue(ctx, s, s.Now.Add(-2*hours))
		for _, post := range late {
			if err != nil {
				return err
			}
			_, err = c.desk.Raise(ctx, s, safety.About{Sort: posts.Sort, Subject: post.ID, Author: post.AuthorID}, safety.Finding{Source: safety.Unanswered, Level: safety.Amber})
		}
		return err
	})
}
