package resources

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// reviews reminds of the service's items whose day has come, once for each day
// that somebody set.
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
			if err := s.Emit(ctx, Due, tenants.Event{Module: key, Subject: row.ID}); err != nil {
				return err
			}
		}
		return nil
	})
}

// ofReview tells whoever looks after an item or, if they are not on the team any
// more, the service's leads.
func ofReview(ctx context.Context, s tenants.Scope, e tenants.Event) ([]modules.Notice, error) {
	row, err := byID(ctx, s, e.Subject)
	if database.Missing(err) || err == nil && row.State != Published {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	colleagues, err := team(ctx, s)
	if err != nil {
		return nil, err
	}
	var leads, owner []uuid.UUID
	for _, person := range colleagues {
		if row.OwnerID != nil && person.ID == *row.OwnerID {
			owner = append(owner, person.ID)
		}
		if person.Roles.Has(tenants.ServiceLead) {
			leads = append(leads, person.ID)
		}
	}
	if len(owner) == 0 {
		owner = leads
	}
	return []modules.Notice{{Kind: "review", To: owner, Subject: row.ID, Path: "/resources/" + row.ID.String()}}, nil
}
