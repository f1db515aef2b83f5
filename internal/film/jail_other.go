//go:build !linux

package film

import (
	"context"
	"os/exec"
)

// Jailed must be the first thing that main does. Here there is no jail: only the
// limit of time holds, and Walls says so.
func Jailed() {}

func jailed(ctx context.Context, j job) (*exec.Cmd, error) {
	return exec.CommandContext(ctx, j.program, j.args...), nil //nolint:gosec // found by Find
}

func netless() bool { return false }
