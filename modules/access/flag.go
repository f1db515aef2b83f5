package access

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// flags are the room as the pages of the team know it.
type flags struct{ Access }

var _ safety.Needs = flags{}

// Of tells what members need in a line each, by their ids, to those of the team who
// may know it, and nothing to anybody else. It implements safety.Needs.
func (f flags) Of(ctx context.Context, s tenants.Scope, members ...uuid.UUID) (map[uuid.UUID][]string, error) {
	if len(members) == 0 || !s.May("access.work") {
		return nil, nil
	}
	rows, err := recordsOf(ctx, s, members)
	if err != nil {
		return nil, err
	}
	all := map[uuid.UUID][]string{}
	for _, row := range rows {
		if err := f.open(row.Sealed, row.ID, &row.Needs); err != nil {
			return nil, err
		}
		if !row.none() {
			all[row.MemberID] = row.flags()
		}
	}
	return all, nil
}

// HandOver takes what a member needs along to another service, if they agreed to
// that and it is not known there yet. It implements safety.Needs.
func (f flags) HandOver(ctx context.Context, s tenants.Scope, member uuid.UUID, to tenants.Scope, moved uuid.UUID) error {
	was, err := f.of(ctx, s, member)
	if err != nil || was.Version == 0 || !was.Shared || member == moved {
		return err
	}
	if there, err := f.of(ctx, to, moved); err != nil || there.Version > 0 {
		return err
	}
	row := Record{ID: uuid.Must(uuid.NewV7()), MemberID: moved, Shared: true, RecordedAt: was.RecordedAt, ReviewOn: was.ReviewOn, Version: 1}
	if row.Sealed, err = f.seal(was.Needs, row.ID); err != nil {
		return err
	}
	err = put(ctx, to, row, 0)
	if fault.Is(err, fault.Conflict) { // written down there at this moment
		return nil
	}
	return err
}
