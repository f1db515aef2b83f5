package tenants

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Known gives what a room keeps in memory of the service: a T, which is read by the
// first unit of work that asks and shared by all, so nobody may write to it. Whoever
// changes it in the database calls Changed in the same transaction; then the next
// unit of work reads it anew, on every node.
func Known[T any](ctx context.Context, s Scope, read func(context.Context, Scope) (T, error)) (T, error) {
	estate, err := s.current(ctx)
	if err != nil {
		return *new(T), err
	}
	at := knownOf[T]{s.serviceID()}
	if kept, ok := estate.known.Load(at); ok {
		return kept.(T), nil
	}
	found, err := read(ctx, s)
	if err == nil && !s.unit.changed {
		estate.known.Store(at, found)
	}
	return found, err
}

// knownOf is where a T of a service is kept.
type knownOf[T any] struct{ service uuid.UUID }

// current is the estate as it stands in this unit of work: that of the scope may be
// from the beginning of a request whose units are its own.
func (s Scope) current(ctx context.Context) (*Estate, error) {
	if s.unit.estate == nil {
		version, err := versionOf(ctx, s.unit.db, s.Estate.Trust.ID)
		if err != nil {
			return nil, err
		}
		if s.unit.estate, err = s.unit.dir.estate(ctx, s.unit.db, s.Estate.Trust.ID, version); err != nil {
			return nil, err
		}
	}
	return s.unit.estate, nil
}

// versionOf grows with each change of what seldom changes in a trust.
func versionOf(ctx context.Context, db bun.IDB, trust uuid.UUID) (version int64, err error) {
	err = db.NewSelect().Model((*Trust)(nil)).Column("config_version").Where("id = ?", trust).Scan(ctx, &version)
	return version, err
}
