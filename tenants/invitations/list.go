package invitations

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// List asks for invitations; State narrows to one of them.
type List struct {
	State  State  `json:"state" validate:"omitempty,oneof=open accepted ended"`
	Before string `json:"before" validate:"omitempty,uuid"`
}

// Listed are a service's invitations, the latest first.
type Listed struct {
	State       State   `json:"state"`
	Invitations []Entry `json:"invitations"`
	Older       string  `json:"older,omitempty"` // the next page's before
}

// Entry is an invitation as the team sees it. Once it has been accepted its
// address is veiled: who joined is not to be read off this list.
type Entry struct {
	ID        uuid.UUID `json:"id"`
	Email     string    `json:"email"`
	Role      string    `json:"role"`
	State     State     `json:"state"`
	SentAt    time.Time `json:"sent_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Open      bool      `json:"open"` // it can be sent again or taken back
}

const onePage = 30

// whichOf are the choices of the list; the time is now.
var whichOf = []struct {
	State
	name, where string
}{
	{"", "All", ""},
	{"open", "Waiting for an answer", "invitation.closed_at IS NULL AND invitation.expires_at > ?"},
	{"accepted", "Accepted", "invitation.accepted_at <= ?"},
	{"ended", "Expired or taken back", "(invitation.revoked_at IS NOT NULL OR invitation.accepted_at IS NULL AND invitation.expires_at <= ?)"},
}

// List shows them.
func (i Invitations) List(ctx context.Context, s tenants.Scope, in List) (Listed, error) {
	out := Listed{State: in.State, Invitations: []Entry{}}
	var rows []Row
	q := s.Select(&rows).Order("invitation.id DESC").Limit(onePage + 1)
	for _, which := range whichOf {
		if which.State == in.State && which.where != "" {
			q = q.Where(which.where, s.Now)
		}
	}
	if in.Before != "" {
		q = q.Where("invitation.id < ?", in.Before)
	}
	if err := q.Scan(ctx); err != nil {
		return Listed{}, err
	}
	if len(rows) > onePage {
		rows = rows[:onePage]
		out.Older = rows[onePage-1].ID.String()
	}
	for _, row := range rows {
		email, err := i.office.Keys.Open(row.EmailSealed, row.ID.String())
		if err != nil {
			return Listed{}, err
		}
		if row.ClosedAt != nil {
			email = veiled(email)
		}
		out.Invitations = append(out.Invitations, Entry{ID: row.ID, Email: email, Role: row.Role.Name(), State: row.State(s.Now), SentAt: row.CreatedAt, ExpiresAt: row.ExpiresAt, Open: row.ClosedAt == nil})
	}
	return out, nil
}
