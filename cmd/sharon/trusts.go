package main

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/admin"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/all"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// services are the trusts' services as the console may know them.
type services struct{ *app }

var _ admin.Services = services{}

// Preset implements admin.Services.
func (a services) Preset(area tenants.Area) (tenants.Preset, error) {
	return all.PresetOf(a.Rooms, area)
}

// Begin implements admin.Services. The new service is in the portfolio at once.
func (a services) Begin(ctx context.Context, trust uuid.UUID, in tenants.NewService) (*tenants.Service, error) {
	service, err := a.Directory.NewService(ctx, trust, in)
	if err != nil {
		return nil, err
	}
	return service, a.Directory.WriteAs(ctx, trust, "", posts.Activity.Count)
}

// Drift implements admin.Services.
func (a services) Drift(ctx context.Context, trust, service uuid.UUID) (out tenants.Drift, err error) {
	err = a.Directory.ReadAs(ctx, trust, "", func(ctx context.Context, s tenants.Scope) error {
		at, open := s.Within(service)
		if !open {
			return fault.Missing()
		}
		out, err = all.DriftOf(ctx, at, a.Rooms)
		return err
	})
	return out, err
}
