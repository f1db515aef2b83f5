package admin

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/web"
)

// InviteFounder asks somebody to run a trust.
type InviteFounder struct {
	OneTrust
	Email string `json:"email" validate:"required,email,max=254" label:"an email address"`
}

// InviteFounder sends somebody a link by which they become the trust's first
// administrator. Conflict if there is one, or somebody is asked.
func (c Console) InviteFounder(ctx context.Context, s Scope, in InviteFounder) (web.None, error) {
	_, err := c.Founding.Invite(ctx, in.Trust, in.Email, s.by())
	return web.None{}, err
}

// OneInvitation names an invitation to run a trust.
type OneInvitation struct {
	OneTrust
	ID uuid.UUID `path:"id"`
}

// InviteAgain sends the invitation with a new link, and its days begin anew.
func (c Console) InviteAgain(ctx context.Context, s Scope, in OneInvitation) (web.None, error) {
	return web.None{}, c.Founding.Resend(ctx, in.Trust, in.ID, s.by())
}

// TakeBack ends the invitation.
func (c Console) TakeBack(ctx context.Context, s Scope, in OneInvitation) (web.None, error) {
	return web.None{}, c.Founding.Revoke(ctx, in.Trust, in.ID, s.by())
}
