package access

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// Still is that somebody looked again and nothing has changed. ReviewOn is when to
// look the next time, a year from now where it is empty.
type Still struct {
	Handle   string `path:"handle"`
	Version  int    `json:"version" validate:"gte=1"`
	ReviewOn string `json:"review_on,omitempty" validate:"max=10" label:"when to look again"`
}

// Review notes that a member still needs the same. Conflict if the record has
// changed meanwhile.
func (a Access) Review(ctx context.Context, s tenants.Scope, in Still) (Known, error) {
	person, err := s.PersonByHandle(ctx, in.Handle)
	if err != nil {
		return Known{}, err
	}
	day, err := reviewDay(s.Now, in.ReviewOn)
	if err != nil {
		return Known{}, err
	}
	if err := again(ctx, s, person.ID, in.Version, day); err != nil {
		return Known{}, err
	}
	if err := s.Audit(ctx, "access.review", tenants.Audited{Subject: person.ID, After: map[string]clock.Date{"again_on": day}}); err != nil {
		return Known{}, err
	}
	return a.Of(ctx, s, tenants.ByHandle{Handle: in.Handle})
}

// Overdue are records to look at again, the longest due first.
type Overdue struct {
	Records []Record `json:"records"`
}

// Due lists whose needs are due for a look. What they need is on their own page.
func (Access) Due(ctx context.Context, s tenants.Scope, _ web.None) (out Overdue, err error) {
	out.Records, err = overdue(ctx, s)
	return out, err
}

// reviews tells the team of what is due, once for each day that was set.
func reviews(ctx context.Context, s tenants.Scope) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		rows, err := unreminded(ctx, s)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := reminded(ctx, s, row.ID); err != nil {
				return err
			}
			if err := s.Emit(ctx, due, tenants.Event{Subject: row.ID}); err != nil {
				return err
			}
		}
		return nil
	})
}

// ofReview tells all of the team who may look.
func ofReview(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	team, err := s.WhoMay(ctx, "access.work")
	if err != nil || len(team) == 0 {
		return nil, err
	}
	ids := make([]uuid.UUID, len(team))
	for i, person := range team {
		ids[i] = person.ID
	}
	return []modules.Notice{{Kind: "needs", To: ids, Subject: e.Subject, Path: "/needs"}}, nil
}
