package recovery

import (
	"context"
	_ "embed"
	"strings"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// usualPrompts are those of a service that never changed them, one a line.
//
//go:embed prompts.txt
var usualPrompts string

// Prompts are what a service asks in the journal, one a line; none of version 0
// have been changed.
type Prompts struct {
	bun.BaseModel `bun:"table:recovery_prompts,alias:prompts"`
	tenants.InService

	Prompts string `bun:"prompts" json:"prompts"`
	Version int    `bun:"version" json:"version"`
}

func (x Prompts) lines() []string {
	all := []string{}
	for line := range strings.Lines(x.Prompts) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// The most prompts that there can be, and how long each.
const mostPrompts, longestPrompt = 30, 300

// Prompts shows what the service asks in the journal.
func (r Recovery) Prompts(ctx context.Context, s tenants.Scope, _ web.None) (Prompts, error) {
	return promptsOf(ctx, s)
}

// SetPrompts are the prompts as they are to be.
type SetPrompts struct {
	Version int    `json:"version"`
	Prompts string `json:"prompts" validate:"max=10000" label:"the prompts"`
}

// SetPrompts changes what the service asks in the journal; nothing is fine too.
func (r Recovery) SetPrompts(ctx context.Context, s tenants.Scope, in SetPrompts) (Prompts, error) {
	was, err := promptsOf(ctx, s)
	if err != nil {
		return Prompts{}, err
	}
	row := Prompts{Prompts: in.Prompts}
	lines := row.lines()
	if len(lines) > mostPrompts {
		return Prompts{}, fault.Bad("prompts", "There can be 30 prompts at most. Take some out.")
	}
	for _, line := range lines {
		if len([]rune(line)) > longestPrompt {
			return Prompts{}, fault.Bad("prompts", "A prompt can have 300 characters at most. Make the longest shorter.")
		}
	}
	if err := keepPrompts(ctx, s, row, in.Version); err != nil {
		return Prompts{}, err
	}
	if err := s.Audit(ctx, "recovery.prompts", tenants.Audited{Subject: s.Service.ID, Before: was.Prompts, After: in.Prompts}); err != nil {
		return Prompts{}, err
	}
	return promptsOf(ctx, s)
}
