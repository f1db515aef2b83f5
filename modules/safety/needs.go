package safety

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// Needs is the room that keeps how members are to be told things.
type Needs interface {
	// Of says what members need, a line each, by their ids: to those of the team who
	// may know it, and nothing to anybody else.
	Of(ctx context.Context, s tenants.Scope, members ...uuid.UUID) (map[uuid.UUID][]string, error)
	// HandOver takes what a member needs along to another service, where they are
	// moved, if they agreed to that.
	HandOver(ctx context.Context, s tenants.Scope, member uuid.UUID, to tenants.Scope, moved uuid.UUID) error
}

// NeedsOf is what one member needs; nothing where no room keeps that.
func (d *Desk) NeedsOf(ctx context.Context, s tenants.Scope, member uuid.UUID) ([]string, error) {
	if d.Needs == nil || member == uuid.Nil {
		return nil, nil
	}
	all, err := d.Needs.Of(ctx, s, member)
	return all[member], err
}
