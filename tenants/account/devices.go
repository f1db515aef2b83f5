package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/signin"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Device is a browser or app on which somebody is signed in.
type Device struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"`
	This      bool      `json:"this"` // it is the one that asks
	CreatedAt time.Time `json:"signed_in_at"`
	SeenAt    time.Time `json:"seen_at"`
}

// Devices are all of one person, the last used first.
type Devices struct {
	Devices []Device `json:"devices"`
}

// Devices lists the sessions of whoever asks.
func (a Accounts) Devices(ctx context.Context, s tenants.Scope, _ web.None) (Devices, error) {
	rows, err := sessionsOf(ctx, s)
	out := Devices{Devices: []Device{}}
	for _, row := range rows {
		if !signin.Sessions(a.Entrance.Sessions).Over(row.CreatedAt, row.SeenAt, s.Now) {
			out.Devices = append(out.Devices, Device{row.ID, row.Device, row.ID == s.Actor.Session(), row.CreatedAt, row.SeenAt})
		}
	}
	return out, err
}

// One names a thing of one's own.
type One struct {
	ID uuid.UUID `path:"id"`
}

// SignOutDevice ends one session of whoever asks. NotFound if it is over, or
// somebody else's. What it has open is told nothing more within half a minute.
func (a Accounts) SignOutDevice(ctx context.Context, s tenants.Scope, in One) (web.None, error) {
	if err := endSession(ctx, s, in.ID); err != nil {
		return web.None{}, err
	}
	return web.None{}, s.Audit(ctx, "session.revoked", tenants.Audited{Subject: s.Actor.AccountID, Before: in})
}

// SignOutEverywhere ends all sessions of whoever asks, this one too.
func (a Accounts) SignOutEverywhere(ctx context.Context, s tenants.Scope, _ web.None) (tenants.SignedOut, error) {
	ended, err := endSessions(ctx, s)
	if err != nil {
		return tenants.SignedOut{}, err
	}
	return tenants.SignedOut{}, s.Audit(ctx, "session.revoked_all", tenants.Audited{Subject: s.Actor.AccountID, Before: map[string]int64{"devices": ended}})
}
