package identity

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// Phone is where somebody gets text messages.
type Phone struct {
	Number string // +447700900123; empty if none is known that takes texts
	// Proved says that its owner showed us a code that we sent to it. Nothing but
	// such a code is sent to one that is not.
	Proved bool
	// Refuses says that it did not take our last text.
	Refuses bool
}

// Phone is an account's.
func (a Archive) Phone(ctx context.Context, s tenants.Scope, account uuid.UUID) (Phone, error) {
	row, who, err := a.seen(ctx, s, account)
	if err != nil || !who.Mobile() {
		return Phone{}, err
	}
	return Phone{who.Phone, row.PhoneVerifiedAt != nil, row.PhoneRefusedAt != nil}, nil
}

// PhoneRefused notes that an account's number took no text that was written at a
// time. A number that was shown to work since then is another one.
func (a Archive) PhoneRefused(ctx context.Context, s tenants.Scope, account uuid.UUID, at time.Time) error {
	return refuse(ctx, s, account, at)
}
