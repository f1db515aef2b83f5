package programmes

import (
	"context"
	"time"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// signedFor is what the links are signed for.
const signedFor = "programme"

// round is that of every link: sending again makes another row.
const round = 1

// Ask writes to the approver of a gate.
func (p Programmes) Ask(ctx context.Context, s tenants.Scope, by By, in ByNumber) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	g, err := w.gate(s, by, in.Number)
	if err != nil {
		return "", err
	}
	switch {
	case g.Phase.SignedAt != nil:
		return "", fault.New(fault.Conflict, "This gate is open already.")
	case g.Phase.ApproverID == nil:
		return "", fault.New(fault.Conflict, "Name who signs here first.")
	case len(g.Lacks) > 0:
		return "", fault.New(fault.Conflict, "There is nothing to sign yet. "+g.Lacks[0])
	}
	return gatePath(in.Number), p.send(ctx, s, by, w, *g.Phase.ApproverID, toSign, g.Phase.ID)
}

// Share writes to somebody with a link to see how the programme goes.
func (p Programmes) Share(ctx context.Context, s tenants.Scope, by By, in ByID) (string, error) {
	w, err := alone(ctx, s)
	if err != nil {
		return "", err
	}
	if _, known := w.person(&in.ID); !known {
		return "", fault.Missing()
	}
	return "/people/" + in.ID.String() + "#links", p.send(ctx, s, by, w, in.ID, toLook, w.ID)
}

// Revoke ends a link.
func (p Programmes) Revoke(ctx context.Context, s tenants.Scope, by By, in ByID) (string, error) {
	row, err := linkOf(ctx, s, in.ID)
	if database.Missing(err) {
		return "", fault.Missing()
	}
	if err != nil {
		return "", err
	}
	path := "/people/" + row.PersonID.String() + "#links"
	if row.EndedAt != nil {
		return path, nil
	}
	row.EndedAt = &s.Now
	if err := set(ctx, s, &row, row.ID, "ended_at"); err != nil {
		return "", err
	}
	return path, note(ctx, s, by, "programme.link", row.ID, nil, "ended")
}

func (l Link) usable(now time.Time) bool { return l.EndedAt == nil && now.Before(l.ExpiresAt) }
