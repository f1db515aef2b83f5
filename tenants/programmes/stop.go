package programmes

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Stopped is the end of the weekly update, or what would end it.
type Stopped struct {
	Done  bool `json:"done"`
	token string
}

// Stopping shows a button: programmes that look through emails open links.
func (p Programmes) Stopping(ctx context.Context, s tenants.Scope, in ByToken) (Stopped, error) {
	_, err := p.follower(ctx, s, in.Token)
	return Stopped{token: in.Token}, err
}

// Stop ends the weekly update for whoever got it. It works for as long as somebody
// keeps the email; doing so twice changes nothing.
func (p Programmes) Stop(ctx context.Context, s tenants.Scope, in ByToken) (Stopped, error) {
	out := Stopped{Done: true, token: in.Token}
	row, err := p.follower(ctx, s, in.Token)
	if err != nil {
		return out, err
	}
	at, open := s.Within(row.ServiceID)
	if !open {
		return out, nil // nothing is sent from there
	}
	w, err := alone(ctx, at)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return out, nil // nothing is sent any more
	}
	if err != nil {
		return out, err
	}
	who, _ := w.person(&row.PersonID)
	if !who.Weekly {
		return out, nil
	}
	who.Weekly = false
	if err := set(ctx, at, &who, who.ID, "weekly"); err != nil {
		return out, err
	}
	return out, at.Audit(ctx, "programme.person", tenants.Audited{Subject: who.ID, After: map[string]any{"weekly": false}})
}

// follower is the link of a weekly update, or one to look. NotFound for any other,
// and for one that somebody took back.
func (p Programmes) follower(ctx context.Context, s tenants.Scope, token string) (Link, error) {
	row, ok, err := p.proven(ctx, s, token)
	if err == nil && (!ok || !looks[row.Purpose] || row.EndedAt != nil) {
		err = fault.Missing()
	}
	return row, err
}
