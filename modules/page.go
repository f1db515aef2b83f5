package modules

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// Pager tells people of the team, now, that somebody needs them: whatever they
// chose, and at any hour. The words are fixed and say nothing of anybody. It opens
// its own units of work, so it is for handlers with OwnUnits.
type Pager interface {
	// Page tells a member on every channel that reaches them. Called again with the
	// same key, it sends what has not gone out, and tells of the rest as it was. An
	// error says that it could not even look: call again.
	Page(ctx context.Context, s tenants.Scope, call Call) ([]Attempt, error)
	// PageNumber texts a telephone number, such as that of whoever is on call. What
	// the provider is known to have had under this key is not sent again.
	PageNumber(ctx context.Context, s tenants.Scope, key uuid.UUID, number, path string) Attempt
}

// Call is what a member is to look at now.
type Call struct {
	// Key is of this call to this member; another call has another.
	Key  uuid.UUID
	To   uuid.UUID // a member
	Path string    // below the service
}

// Attempt is what became of a call on one channel.
type Attempt struct {
	Channel string    `json:"channel"` // push, text or email
	At      time.Time `json:"at"`
	// Result is in plain words: sent, no device, no number, not a mobile number,
	// refused: 550 5.1.1, unreachable, not set up here, left.
	Result string `json:"result"`
	OK     bool   `json:"ok"` // it was taken; whether it was seen nobody knows
	// Tried tells that something was sent, or would have been had anybody answered:
	// not where there is nothing to send it with, or nowhere to send it.
	Tried bool `json:"tried"`
}
