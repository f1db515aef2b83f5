// Package demo fills a database with invented people and conversation.
package demo

import (
	"context"
	"io"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/tenants"
)

// Password is that of every demo account.
const Password = "demo-sharon-2026"

// Deps are what the data is written with.
type Deps struct {
	Directory *tenants.Directory
	Keys      crypt.Keys
	Clock     clock.Clock
}

// Seed makes the two demo trusts unless they are there already.
func Seed(ctx context.Context, d Deps) error { return nil }

// Print shows where to sign in as whom.
func Print(w io.Writer, baseURL string) {}
