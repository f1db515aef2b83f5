package recovery

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/tenants"
)

// Kept is what a member has kept over time, such as in a demonstration. Its rows
// have ids, times and words; the rest is filled in by Keep.
type Kept struct {
	CheckIns []CheckIn
	Plans    []Plan // the first version first
	Goals    []Goal // with their scores
	Entries  []Entry
	Shares   []Share
}

// Keep writes it all as a member's.
func (k Kept) Keep(ctx context.Context, s tenants.Scope, keys crypt.Keys, member uuid.UUID) (err error) {
	v, write := vault{keys}, func(row tenants.Row) {
		if err == nil {
			_, err = s.Insert(row).Exec(ctx)
		}
	}
	seal := func(value any, row uuid.UUID) (sealed string) {
		if err == nil {
			sealed, err = v.seal(value, row)
		}
		return sealed
	}
	for _, one := range k.CheckIns {
		if one.MemberID, one.Version = member, 1; one.Words != "" {
			one.Sealed = seal(one.Words, one.ID)
		}
		write(&one)
	}
	for i, one := range k.Plans {
		one.MemberID, one.Version, one.Sealed = member, i+1, seal(one.Words, one.ID)
		write(&one)
	}
	for _, one := range k.Goals {
		one.MemberID, one.Version, one.Sealed = member, 1, seal(one.GoalWords, one.ID)
		write(&one)
		for _, score := range one.Scores {
			score.GoalID = one.ID
			write(&score)
		}
	}
	for _, one := range k.Entries {
		one.MemberID, one.Version, one.Sealed = member, 1, seal(one.EntryWords, one.ID)
		write(&one)
	}
	for _, one := range k.Shares {
		one.MemberID = member
		write(&one)
	}
	return err
}
