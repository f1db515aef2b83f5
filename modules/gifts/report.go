package gifts

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Report is why a gift should be looked at.
type Report struct {
	ID     uuid.UUID `path:"id"`
	Reason string    `json:"reason" validate:"filled,max=500" label:"what is wrong"`
}

// Report shows a gift and its note to the team. Whoever gave it is not told; the
// first report of a gift counts.
func (g Gifts) Report(ctx context.Context, s tenants.Scope, in Report) (Gift, error) {
	gift, err := toMe(ctx, s, in.ID)
	if err != nil {
		return Gift{}, err
	}
	if gift.ReportedAt == nil {
		gift.ReportedAt, gift.Reason = &s.Now, in.Reason
		if err := update(ctx, s, gift); err != nil {
			return Gift{}, err
		}
		about := safety.About{Sort: noteSort, Subject: gift.ID, Author: gift.FromID}
		if _, err := g.desk.Flag(ctx, s, about, safety.Finding{Detail: "“" + strings.TrimSpace(in.Reason) + "”", Level: safety.Amber}); err != nil {
			return Gift{}, err
		}
	}
	return g.one(ctx, s, gift)
}
