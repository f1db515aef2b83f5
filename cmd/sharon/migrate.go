package main

import (
	"context"
	"fmt"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/migrations"
)

type migrateCmd struct {
	Up     migrateUp     `cmd:"" help:"Apply every migration that the database lacks. Safe to run from several nodes at once."`
	Down   migrateDown   `cmd:"" help:"Take back the last group of migrations. Data in dropped tables is gone."`
	Status migrateStatus `cmd:"" help:"List the migrations and which are applied."`
}

type migrateUp struct{ config }

func (cmd migrateUp) Run(ctx context.Context) error {
	return cmd.step(ctx, (*database.Migrator).Up, "applied")
}

type migrateDown struct{ config }

func (cmd migrateDown) Run(ctx context.Context) error {
	return cmd.step(ctx, (*database.Migrator).Down, "taken back")
}

func (c config) step(ctx context.Context, do func(*database.Migrator, context.Context) ([]string, error), word string) error {
	m, err := database.NewMigrator(c.database(), migrations.Files)
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	names, err := do(m, ctx)
	for _, name := range names {
		fmt.Println(word, name)
	}
	if err == nil && len(names) == 0 {
		fmt.Println("nothing to do")
	}
	return err
}

type migrateStatus struct{ config }

func (cmd migrateStatus) Run(ctx context.Context) error {
	m, err := database.NewMigrator(cmd.database(), migrations.Files)
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	steps, err := m.Status(ctx)
	for _, step := range steps {
		state := "missing"
		if step.Applied {
			state = "applied"
		}
		fmt.Printf("%-8s %s\n", state, step.Name)
	}
	return err
}
