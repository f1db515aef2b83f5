package safety

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// Step is one rung of the escalation tree at a moment: whom to call, and how long
// to wait for an acknowledgement before the next.
type Step struct {
	Position int
	Name     string        // "On duty", "Second on call", "Service lead", "Crisis team’s phone"
	People   []uuid.UUID   // members
	Phone    string        // a bare number, instead of people
	Wait     time.Duration // for an acknowledgement
}

// Tree lists the steps that there are at a time, those without anybody left out;
// gaps says in words which were, and what follows. It is never empty where the
// service has a lead or a crisis contact. Desk.Tree is nil without a rota: then
// the service leads are called.
type Tree func(ctx context.Context, s tenants.Scope, at time.Time) (steps []Step, gaps []string, err error)
