package main

import (
	"context"
	"fmt"

	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/audit"
)

type auditCmd struct {
	Verify auditVerify `cmd:"" help:"Recompute the chain of a trust's audit log and say what was changed, removed or put in. Ends with 1 if anything is wrong."`
}

type auditVerify struct {
	config
	Trust      string   `help:"The trust's part of the address." required:""`
	Checkpoint []string `help:"What an earlier run printed, or the page of the log or the server's own log said; may be given several times. Only this shows that the end was cut off." placeholder:"NUMBER:HASH"`
}

// Run prints what it finds.
func (cmd auditVerify) Run(ctx context.Context) error {
	var checkpoints []audit.Checkpoint
	for _, text := range cmd.Checkpoint {
		one, err := audit.ParseCheckpoint(text)
		if err != nil {
			return err
		}
		checkpoints = append(checkpoints, one)
	}
	a, err := cmd.open(ctx, "http://localhost:8080")
	if err != nil {
		return err
	}
	defer func() { _ = a.DB.Close() }()
	trust, err := a.trust(ctx, cmd.Trust)
	if err != nil {
		return err
	}
	return a.verify(ctx, trust, checkpoints)
}

func (a *app) verify(ctx context.Context, trust tenants.Trust, checkpoints []audit.Checkpoint) error {
	var found audit.Verdict
	err := a.Directory.ReadAs(ctx, trust.ID, "", func(ctx context.Context, s tenants.Scope) (err error) {
		found, err = audit.Verify(ctx, s, checkpoints)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d records are sealed, %d wait for the next round.\n", trust.Name, found.Sealed, found.Waiting)
	if found.Sealed > 0 {
		fmt.Printf("Checkpoint: %s\nKeep it somewhere else and give it to the next run.\n", found.Last)
	}
	for _, problem := range found.Problems {
		fmt.Println("✗", problem)
	}
	if len(found.Problems) > 0 {
		return fmt.Errorf("the audit log of %s is not whole: %d problems", trust.Name, len(found.Problems))
	}
	fmt.Println("✓ The log is whole.")
	return nil
}
