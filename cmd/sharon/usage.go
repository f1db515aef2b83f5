package main

import (
	"context"
	"fmt"

	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/usage"
)

type usageCmd struct {
	Backfill usageBackfill `cmd:"" help:"Count days anew in all services of a trust. What was counted and has gone since stays counted: no figure falls."`
}

type usageBackfill struct {
	config
	Trust string `help:"The trust's part of the address." required:""`
	From  string `help:"The first day, such as 2026-01-01." required:"" placeholder:"DAY"`
	To    string `help:"The last day. Days that are not over are left out." required:"" placeholder:"DAY"`
}

// Run counts, and restates what leaves the trust.
func (cmd usageBackfill) Run(ctx context.Context) error {
	a, err := cmd.open(ctx, "http://localhost:8080")
	if err != nil {
		return err
	}
	defer func() { _ = a.DB.Close() }()
	trust, err := a.trust(ctx, cmd.Trust)
	if err != nil {
		return err
	}
	return a.backfill(ctx, trust, cmd.From, cmd.To)
}

func (a *app) backfill(ctx context.Context, trust tenants.Trust, from, to string) error {
	var here tenants.Scope
	var services []tenants.Scope
	err := a.Directory.ReadAs(ctx, trust.ID, "", func(ctx context.Context, s tenants.Scope) (err error) {
		here = s
		services, err = s.Everywhere(ctx)
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range services {
		if err := a.usage().Backfill(ctx, s, from, to); err != nil {
			return fmt.Errorf("%s: %w", s.Service.Slug, err)
		}
		fmt.Println("✓", s.Service.Name)
	}
	return usage.Publish(ctx, here)
}
