package posts

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/tenants"
)

// Home is a member's own place in a room, as it is until they or somebody else
// wrote in it: not stored.
func Home(s tenants.Scope, module string, owner tenants.Person, who WhoMayPost) Place {
	return Place{Module: module, Slug: owner.ID.String(), OwnerID: &owner.ID, Audience: tenants.AudienceService, WhoMayPost: who, Version: 1, CreatedAt: s.Now}
}

// FindHome reads the place that home stands for, or gives home back.
func FindHome(ctx context.Context, s tenants.Scope, home Place) (Place, error) {
	var stored Place
	err := s.Select(&stored).Where("place.module = ?", home.Module).Where("place.owner_id = ?", *home.OwnerID).Scan(ctx)
	if database.Missing(err) {
		return home, nil
	}
	return stored, err
}

// BuildHome reads the place that home stands for, or stores it.
func BuildHome(ctx context.Context, s tenants.Scope, home Place) (Place, error) {
	stored, err := FindHome(ctx, s, home)
	if err != nil || stored.ID != uuid.Nil {
		return stored, err
	}
	if home.ID, err = uuid.NewV7(); err != nil {
		return home, err
	}
	if _, err := s.Insert(&home).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return home, err
	}
	return FindHome(ctx, s, home) // somebody else may have made it in the same instant
}
