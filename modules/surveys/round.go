package surveys

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// round begins the yearly question in its month, tells whom a survey asks when it
// opens and a week before it closes, and closes those whose last day is over.
func round(ctx context.Context, s tenants.Scope) error {
	return s.Write(ctx, func(ctx context.Context, s tenants.Scope) error {
		if err := beginYearly(ctx, s); err != nil {
			return err
		}
		rows, err := lively(ctx, s, clock.DateOf(s.Now))
		for i := range rows {
			if err := attend(ctx, s, &rows[i]); err != nil {
				return err
			}
		}
		return err
	})
}

// attend does for a survey what its day brings.
func attend(ctx context.Context, s tenants.Scope, row *Survey) error {
	today := clock.DateOf(s.Now)
	if row.State(today) == Closed {
		return end(ctx, s, row)
	}
	remind, reminds := row.remindOn()
	switch {
	case row.OpenedAt == nil:
		row.OpenedAt = &s.Now
		if err := s.Audit(ctx, "surveys.opened", tenants.Audited{Subject: row.ID, After: map[string]any{"closes_on": row.ClosesOn, "roles": row.Roles}}); err != nil {
			return err
		}
	case reminds && !row.Reminded && today >= remind:
		row.Reminded = true
	default:
		return nil
	}
	if err := put(ctx, s, row); err != nil {
		return err
	}
	return s.Emit(ctx, asks, tenants.Event{Module: key, Subject: row.ID, About: row.ID})
}

// ofSurvey tells those who are asked, but for those who have answered or said that
// it is not for them.
func ofSurvey(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	row, err := surveyOf(ctx, s, e.Subject)
	if database.Missing(err) {
		return nil, nil
	}
	if err != nil || row.State(clock.DateOf(s.Now)) != Open {
		return nil, err
	}
	to, err := silent(ctx, s, row)
	return []modules.Notice{{Kind: "survey", To: to, Subject: e.ID, About: row.ID, Path: "/surveys/" + row.ID.String()}}, err
}
