package safety

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// Plan is somebody's safety plan: what they do, and whom they ask, before it
// becomes too much.
type Plan struct {
	Parts     []PlanPart `json:"parts"`
	WrittenAt time.Time  `json:"written_at"`
}

// PlanPart is one step of it.
type PlanPart struct {
	Title string     `json:"title"`
	Lines []PlanLine `json:"lines"`
}

// PlanLine is one thing of a step; Phone is a number as somebody wrote it, empty for
// none.
type PlanLine struct {
	Text  string `json:"text"`
	Phone string `json:"phone,omitempty"`
}

// Dials is the number as a telephone takes it.
func (x PlanLine) Dials() string { return strings.Join(strings.Fields(x.Phone), "") }

// Plans is the room in which members keep safety plans.
type Plans interface {
	// Shares tells whether a member shows theirs to the team.
	Shares(ctx context.Context, s tenants.Scope, member uuid.UUID) (bool, error)
	// Open reads it and keeps that the actor did, for the member to see. NotFound
	// where they do not share one.
	Open(ctx context.Context, s tenants.Scope, member uuid.UUID) (Plan, error)
}
