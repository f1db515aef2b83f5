package gifts

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
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
		if err := recountTeam(ctx, s, gift); err != nil {
			return Gift{}, err
		}
		about := safety.About{Sort: noteSort, Subject: gift.ID, Author: gift.FromID}
		if _, err := g.desk.Flag(ctx, s, about, safety.Finding{Detail: "“" + strings.TrimSpace(in.Reason) + "”", Level: safety.Amber}); err != nil {
			return Gift{}, err
		}
	}
	return g.one(ctx, s, gift)
}

func recountTeam(ctx context.Context, s tenants.Scope, gift Gift) error {
	return s.Emit(ctx, modules.Recount, tenants.Event{Subject: gift.ID, Audience: tenants.AudienceStaff})
}

// Reported is a gift as the team sees it: what a member asked them to look at.
type Reported struct {
	Gift
	Reason string `json:"reason"`
}

// Reports are the gifts that members reported.
type Reports struct {
	Gifts []Reported `json:"gifts"`
}

// Reports lists what waits for the team, the longest first. Nobody decides about
// a gift that they gave or were given.
func (g Gifts) Reports(ctx context.Context, s tenants.Scope, _ web.None) (out Reports, err error) {
	gifts, err := reported(ctx, s)
	for _, gift := range gifts {
		out.Gifts = append(out.Gifts, Reported{gift, gift.Reason})
	}
	return out, err
}

// Settle is what was done about a report.
type Settle struct {
	ID   uuid.UUID `path:"id"`
	Done string    `json:"done" validate:"filled,max=500" label:"what was done"`
}

// Settle closes a report. What was done is in the audit log. Conflict if a
// colleague was faster.
func (g Gifts) Settle(ctx context.Context, s tenants.Scope, in Settle) (Gift, error) {
	gift, err := reportedOne(ctx, s, in.ID)
	if err != nil {
		return Gift{}, err
	}
	if gift.SettledAt != nil {
		return Gift{}, fault.New(fault.Conflict, "A colleague has settled this already.")
	}
	gift.SettledAt = &s.Now
	if err := update(ctx, s, gift); err != nil {
		return Gift{}, err
	}
	if err := recountTeam(ctx, s, gift); err != nil {
		return Gift{}, err
	}
	return gift, s.Audit(ctx, "gifts.settle", tenants.Audited{Subject: gift.ID, Reason: in.Done})
}
