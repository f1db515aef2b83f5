package access

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/tenants"
)

// Kept is what a member has needed over time, such as in a demonstration. Its rows
// have ids, times and words; Keep seals them.
type Kept struct {
	Record Record
	Met    []Contact
}

// Keep writes it all.
func (k Kept) Keep(ctx context.Context, s tenants.Scope, keys crypt.Keys) (err error) {
	a := Access{keys}
	if k.Record.Needs, err = k.Record.read(); err != nil {
		return err
	}
	if k.Record.Sealed, err = a.seal(k.Record.Needs, k.Record.ID); err != nil {
		return err
	}
	if _, err = s.Insert(&k.Record).Exec(ctx); err != nil {
		return err
	}
	for _, one := range k.Met {
		if one.Sealed, err = a.seal(one.Outcome, one.ID); err != nil {
			return err
		}
		if _, err = s.Insert(&one).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
